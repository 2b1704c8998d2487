"""Frames a second of the flow chart: 500 bars, 2,000 bubbles and a day of volume in sight.

``python benchmarks/flow_frames.py --seconds 60``. The tape is made up: a day of trades but its
last minutes, then trades at the rate asked (5,000 a second), which a replay plays at its own pace.
The page is measured while it follows them, then while it is dragged to and fro and zoomed. What
``viewer_frames.py`` says of browsers without a graphics card holds here too.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import sync_playwright

from bare_pages import bare_frames, rows_of_bare
from measured_page import (
    FULL_FPS,
    RENDERER,
    WATCH,
    browser_processes,
    cores_used,
    frame_figures,
    frame_times,
    launch,
    measure_and_tell,
    process_cpu_s,
    rows_of_machine,
    verdict,
)
from ticktape.bench.flow import day_of_trades, write_day
from ticktape.bench.machine import describe_machine
from ticktape.bench.processes import free_port, running, wait_for_port
from ticktape.tape.times import NS_PER_SECOND
from viewer_frames import Page

# The floors of the scene that is measured.
BARS = 500
BUBBLES = 2_000
EVERY = "5s"
# Of the day's trades, those that are the past: all but its last minutes, which are played.
PAST_SHARE = 0.98
READY_SECONDS = 240
SETTINGS = {"bars": "footprint", "cells": "bidask", "every": EVERY}
SEEN = """() => ({
  bars: Number(document.querySelector('.flow-prices')?.dataset.bars ?? 0),
  bubbles: Number(document.querySelector('.flow-bubbles')?.dataset.bubbles ?? 0),
})"""


def made_up_trades(rate: float, seconds: float) -> tuple[np.ndarray, int]:
    """Trades of a day but its end and, from the time that is given with them, at this rate."""
    day = day_of_trades()
    past = day[: int(len(day) * PAST_SHARE)]
    live = day_of_trades(int(rate * seconds), seed=2)
    from_ns = int(past["ts_event"][-1]) + NS_PER_SECOND
    live["ts_event"] = from_ns + (np.arange(len(live)) * (NS_PER_SECOND / rate)).astype("i8")
    live["ts_recv"] = live["ts_event"]
    live["price"] += past["price"][-1] - live["price"][0]
    return np.concatenate([past, live]), from_ns


class FlowPage(Page):
    """The flow chart with the whole page to itself."""

    def __init__(self, browser: Any, port: int, width: int, height: int) -> None:
        self.page = browser.new_page(viewport={"width": width, "height": height})
        self.session = self.page.context.new_cdp_session(self.page)
        self.page.add_init_script(WATCH)
        kept = json.dumps({"state": {"charts": {"flow": SETTINGS}}, "version": 1})
        self.page.add_init_script(f"localStorage.setItem('ticktape.flow', {kept!r})")
        self.page.goto(f"http://127.0.0.1:{port}/")
        self.page.locator(".dock-theme").get_by_role("tab", name="Flow").click()
        self.body = self.page.locator("section.flow .flow-body")
        self.body.wait_for(timeout=1000 * READY_SECONDS)
        self.page.keyboard.press("Shift+E")
        self.session.send("Performance.enable")

    def seen(self) -> dict[str, int]:
        return self.page.evaluate(SEEN)

    def place(self, across: float, down: float) -> tuple[float, float]:
        box = self.body.bounding_box()
        return box["x"] + across * box["width"], box["y"] + down * box["height"]

    def look_at_all(self) -> dict[str, int]:
        """Zoom out, now at the right edge, until enough is in sight."""
        until = time.monotonic() + READY_SECONDS
        self.page.mouse.move(*self.place(0.8, 0.4))
        while True:
            seen = self.seen()
            if seen["bars"] >= BARS and seen["bubbles"] >= BUBBLES:
                return seen
            if time.monotonic() > until:
                sys.exit(f"the chart shows no more than {seen}")
            if seen["bars"] < BARS:
                self.page.mouse.wheel(0, 60)
            self.page.wait_for_timeout(300)

    def drag_about(self, seconds: float) -> None:
        """Drag the chart to and fro, as fast as a hand moves."""
        until = time.monotonic() + seconds
        x, y = self.place(0.4, 0.4)
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        step = 0
        while time.monotonic() < until:
            step += 1
            swing = abs(step % 80 - 40)
            self.page.mouse.move(x + 4 * swing, y + swing % 7)
        self.page.mouse.up()

    def zoom_about(self, seconds: float) -> None:
        """Zoom in a little and out again, at the pointer."""
        until = time.monotonic() + seconds
        self.page.mouse.move(*self.place(0.4, 0.4))
        step = 0
        while time.monotonic() < until:
            self.page.mouse.wheel(0, 12 if step // 10 % 2 else -12)
            self.page.wait_for_timeout(30)
            step += 1


def watched(page: FlowPage, browser: Any, pid: int, act: Any) -> dict[str, Any]:
    """Frames while something is done."""
    page.taken()
    cores = browser_processes(browser)
    began, before, cpu = time.monotonic(), page.metrics(), process_cpu_s(pid)
    act()
    taken, after = page.taken(), page.metrics()
    took = time.monotonic() - began
    share = {
        name: (after[f"{name}Duration"] - before[f"{name}Duration"]) / took
        for name in ("Task", "Script")
    }
    used: dict[str, float] = {}
    for sign, processes in ((-1, cores), (1, browser_processes(browser))):
        for one in processes:
            used[one.kind] = used.get(one.kind, 0) + sign * one.cpu_s / took
    return {
        "seconds": took,
        "browser_cores": used,
        "seen": page.seen(),
        "frames": frame_figures(taken["frames"]),
        "long_tasks": len(taken["long"]),
        "main_thread_busy": share["Task"],
        "script_share": share["Script"],
        "server_cores": (process_cpu_s(pid) - cpu) / took,
        "load": os.getloadavg()[0],
    }


def order(port: int, **what: Any) -> None:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/replay",
        json.dumps(what).encode(),
        {"content-type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=READY_SECONDS) as answer:
        answer.read()


def run(options: argparse.Namespace) -> dict[str, Any]:
    port = free_port()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        tape = Path(folder, "day.dbn")
        # As much again as is measured: the page is set up while it plays.
        trades, from_ns = made_up_trades(options.rate, 3 * options.seconds + 120)
        write_day(tape, trades)
        command = ["up", "--replay", str(tape), "--paused", "--port", str(port)]
        with running(*command, "--gateway-port", "0", nice=options.nice) as process:
            wait_for_port(process, port, READY_SECONDS)
            order(port, action="seek", ts_ns=str(from_ns))
            browser = launch(playwright)
            try:
                order(port, action="resume")
                bare = bare_frames(browser, options.width, options.height, options.bare)
                order(port, action="pause")
                order(port, action="seek", ts_ns=str(from_ns))
                page = FlowPage(browser, port, options.width, options.height)
                session = browser.new_browser_cdp_session()
                page.look_at_all()
                order(port, action="speed", speed=1)
                order(port, action="resume")
                page.page.wait_for_timeout(1000 * options.settle)
                wait = lambda: page.page.wait_for_timeout(1000 * options.seconds)  # noqa: E731
                acts = {
                    "follow": wait,
                    "drag": lambda: page.drag_about(options.seconds),
                    "zoom": lambda: page.zoom_about(options.seconds),
                }
                return {
                    "machine": describe_machine(),
                    "browser": browser.version,
                    "renderer": page.page.evaluate(RENDERER),
                    "viewport": [options.width, options.height],
                    "trades_per_s": options.rate,
                    "nice": options.nice,
                    "bare": bare,
                    **{
                        name: watched(page, session, process.pid, act) for name, act in acts.items()
                    },
                }
            finally:
                browser.close()


def rows(found: dict[str, Any]) -> list[tuple[str, str]]:
    """What was measured, to be read."""
    told = [
        *rows_of_machine(found),
        ("trades/s", f"{found['trades_per_s']:,.0f} (server at nice {found['nice']})"),
        *rows_of_bare(found["bare"]),
    ]
    for name in ("follow", "drag", "zoom"):
        one = found[name]
        frames = one["frames"]
        mean = frames.get("fps_mean", 0)
        told += [
            (name, f"{one['seen']['bars']} bars and {one['seen']['bubbles']} bubbles drawn"),
            ("  frames/s, mean", f"{mean:.1f} (floor 60: {verdict(mean >= FULL_FPS)})"),
            ("  frame time p50 / p99 / most", frame_times(frames)),
            ("  frames dropped", f"{100 * frames.get('frames_dropped_share', 0):.1f} %"),
            (
                "  main thread busy",
                f"{100 * one['main_thread_busy']:.0f} % (script {100 * one['script_share']:.0f})",
            ),
            ("  cores used", cores_used(one["server_cores"], one["browser_cores"])),
            ("  load", f"{one['load']:.1f}"),
        ]
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30.0, help="of each of the three")
    parser.add_argument("--rate", type=float, default=5_000.0, help="trades a second")
    parser.add_argument("--nice", type=int, default=10, help="of the server")
    parser.add_argument("--settle", type=float, default=5.0, help="seconds before it is measured")
    parser.add_argument("--bare", type=float, default=20.0, help="seconds of each bare page")
    measure_and_tell(parser, run, rows)


if __name__ == "__main__":
    main()
