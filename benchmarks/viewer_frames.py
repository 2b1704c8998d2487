"""Frames a second and memory of the page: heatmap, ladder and tape open, the exchange simulated.

``make bench-viewer``, or ``python benchmarks/viewer_frames.py --minutes 10 --rate 50000``.

The exchange and the server stand in for another machine: they run with less precedence than the
browser (``--nice``), and whether they still gave the rate asked for is judged with the rest.

The page runs in headless Chromium. On a machine without a graphics card Chromium draws WebGL with
SwiftShader, in software and on the same cores that run the exchange and the page: the figures are
then a lower bound, and the line of the renderer says so.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from typing import Any

from playwright.sync_api import sync_playwright

from bare_pages import bare_frames, rows_of_bare
from measured_page import (
    FULL_FPS,
    RENDERER,
    TAKE,
    WATCH,
    Process,
    browser_processes,
    cores_used,
    frame_figures,
    frame_times,
    joined,
    launch,
    measure_and_tell,
    process_cpu_s,
    rows_of_machine,
    slope_per_minute,
    verdict,
)
from ticktape.bench.input_rate import InputRate
from ticktape.bench.machine import describe_machine
from ticktape.bench.processes import free_port, running, wait_for_port

FLOOR_FPS = 60.0
FLAT_MB_PER_MINUTE = 0.5
# The system counts pages, and the browser gives them back at its own pace: no figure to a tenth.
FLAT_RESIDENT_MB_PER_MINUTE = 2.0
# A long task is told of a little after it ended: our own collection of garbage is not the page's.
OBSERVED_MS = 300


class Page:
    """The viewer in a browser, and the questions it is asked."""

    def __init__(self, browser: Any, port: int, width: int, height: int) -> None:
        self.page = browser.new_page(viewport={"width": width, "height": height})
        self.session = self.page.context.new_cdp_session(self.page)
        self.page.add_init_script(WATCH)
        self.page.goto(f"http://127.0.0.1:{port}/")
        for name in ("Heatmap", "Book", "Tape"):
            self.page.locator(f"section[aria-label={name}]").wait_for(timeout=120_000)
        self.page.locator("[data-trade]").first.wait_for(timeout=240_000)
        self.session.send("Performance.enable")

    def metrics(self) -> dict[str, float]:
        listed = self.session.send("Performance.getMetrics")["metrics"]
        return {m["name"]: m["value"] for m in listed}

    def heap_mb(self) -> float:
        """Live bytes of the page's script, after everything dead was collected."""
        self.session.send("HeapProfiler.collectGarbage")
        return self.session.send("Runtime.getHeapUsage")["usedSize"] / 1e6

    def taken(self) -> dict[str, list[float]]:
        return self.page.evaluate(TAKE)


def measure(
    page: Page, browser_session: Any, pid: int, port: int, rate: float, seconds: float
) -> dict[str, Any]:
    """Watch the page for as long as asked; its heap is measured between the frames counted."""
    stamps: list[float] = []
    long_tasks: list[float] = []
    heap: list[tuple[float, float]] = []
    resident: list[tuple[float, float]] = []
    resident_of: list[dict[str, float]] = []
    drift: list[dict[str, float]] = []
    page.taken()
    began = time.monotonic()
    before, cpu, server = page.metrics(), browser_processes(browser_session), process_cpu_s(pid)
    coming = InputRate(port, rate)
    rest = max(5.0, min(60.0, seconds / 6))
    pauses: list[int] = []
    heap.append((0.0, page.heap_mb()))
    while time.monotonic() - began < seconds:
        page.page.wait_for_timeout(1000 * min(rest, seconds - (time.monotonic() - began)))
        taken = page.taken()
        # The collection of garbage that follows is ours, not the page's.
        pauses.append(len(stamps))
        stamps += taken["frames"]
        long_tasks += taken["long"]
        drift.append(frame_figures(taken["frames"]))
        heap.append((time.monotonic() - began, page.heap_mb()))
        at_s, mb = heap[-1]
        resident_of.append(resident_by_kind(browser_processes(browser_session)))
        resident.append((at_s, sum(resident_of[-1].values())))
        mean = drift[-1].get("fps_mean", 0)
        print(
            f"{at_s / 60:.1f} min: {mean:.1f} frames/s, heap {mb:.1f} MB, "
            f"browser {resident[-1][1]:.0f} MB",
            file=sys.stderr,
        )
        page.page.wait_for_timeout(OBSERVED_MS)
        page.taken()
    took = time.monotonic() - began
    coming.take()
    after = page.metrics()
    share = lambda name: (after[name] - before[name]) / took  # noqa: E731 -- a word for a formula
    kinds = {
        kind: sum(p.cpu_s for p in browser_processes(browser_session) if p.kind == kind)
        - sum(p.cpu_s for p in cpu if p.kind == kind)
        for kind in {p.kind for p in cpu}
    }
    return {
        "seconds": took,
        # Where more waits for a core than there are cores, the figures are those of the queue.
        "load": os.getloadavg()[0],
        "records_per_s": coming.measured,
        "fell_short": coming.fell_short,
        "frames": joined(stamps, pauses),
        "frames_over_time": drift,
        "long_tasks": len(long_tasks),
        "long_tasks_ms": sum(long_tasks),
        "main_thread_busy": share("TaskDuration"),
        "script_share": share("ScriptDuration"),
        "layout_share": share("LayoutDuration"),
        "style_share": share("RecalcStyleDuration"),
        "browser_cores": {kind: used / took for kind, used in kinds.items()},
        "server_cores": (process_cpu_s(pid) - server) / took,
        "resident_mb_by_kind": resident_of,
        "resident_mb_over_time": resident,
        "resident_mb_per_minute": slope_per_minute(resident),
        "heap_mb": heap,
        "heap_mb_per_minute": slope_per_minute(heap),
    }


def run(options: argparse.Namespace) -> dict[str, Any]:
    port = free_port()
    command = ["up", "--demo", "--rate", str(options.rate), "--port", str(port)]
    with (
        running(*command, "--gateway-port", "0", nice=options.nice) as process,
        sync_playwright() as playwright,
    ):
        wait_for_port(process, port, 240)
        browser = launch(playwright)
        try:
            bare = bare_frames(browser, options.width, options.height, options.bare)
            page = Page(browser, port, options.width, options.height)
            page.page.wait_for_timeout(1000 * options.settle)
            found = measure(
                page,
                browser.new_browser_cdp_session(),
                process.pid,
                port,
                options.rate,
                60 * options.minutes,
            )
            return {
                "machine": describe_machine(),
                "browser": browser.version,
                "renderer": page.page.evaluate(RENDERER),
                "viewport": [options.width, options.height],
                "rate_asked": options.rate,
                "nice": options.nice,
                "bare": bare,
                **found,
            }
        finally:
            browser.close()


def rows(found: dict[str, Any]) -> list[tuple[str, str]]:
    """What was measured, to be read."""
    frames = found["frames"]
    mean = frames.get("fps_mean", 0)
    flat = found["heap_mb_per_minute"] <= FLAT_MB_PER_MINUTE
    settled = found["resident_mb_per_minute"] <= FLAT_RESIDENT_MB_PER_MINUTE
    return [
        *rows_of_machine(found),
        ("load", f"{found['load']:.1f} on {found['machine']['cores']} cores"),
        (
            "records/s",
            f"{found['records_per_s']:,.0f} (asked: {found['rate_asked']:,.0f}: "
            f"{verdict(not found['fell_short'])}; exchange and server at nice {found['nice']})",
        ),
        ("frames/s, mean", f"{mean:.1f} (floor {FLOOR_FPS:.0f}: {verdict(mean >= FULL_FPS)})"),
        ("frames/s, median second", f"{frames.get('fps_median_second', 0):.0f}"),
        ("frames/s, worst 1 % second", f"{frames.get('fps_worst_hundredth_second', 0):.0f}"),
        ("frame time p50 / p99 / most", frame_times(frames)),
        *rows_of_bare(found["bare"]),
        (
            "frames dropped",
            f"{frames.get('frames_dropped', 0)} "
            f"({100 * frames.get('frames_dropped_share', 0):.1f} %)",
        ),
        ("long tasks", f"{found['long_tasks']} ({found['long_tasks_ms']:.0f} ms)"),
        (
            "main thread busy",
            f"{100 * found['main_thread_busy']:.0f} % (script {100 * found['script_share']:.0f}, "
            f"layout {100 * found['layout_share']:.0f}, style {100 * found['style_share']:.0f})",
        ),
        ("cores used", cores_used(found["server_cores"], found["browser_cores"])),
        ("script heap, min: MB", course(found["heap_mb"])),
        ("heap growth, MB/min", f"{found['heap_mb_per_minute']:.2f} ({verdict(flat)})"),
        ("whole browser, min: MB", course(found["resident_mb_over_time"])),
        (
            "whole browser's growth, MB/min",
            f"{found['resident_mb_per_minute']:.2f} ({verdict(settled)})",
        ),
    ]


def resident_by_kind(processes: list[Process]) -> dict[str, float]:
    """Memory in MB of the browser's processes of each kind."""
    found: dict[str, float] = {}
    for one in processes:
        found[one.kind] = found.get(one.kind, 0) + one.resident_mb
    return found


def course(mb_by_time: list[tuple[float, float]]) -> str:
    """How large it was after so many minutes each."""
    return ", ".join(f"{at_s / 60:.1f}: {mb:.1f}" for at_s, mb in mb_by_time)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--rate", type=float, default=50_000.0, help="records a second")
    parser.add_argument("--nice", type=int, default=10, help="of the exchange and the server")
    parser.add_argument("--settle", type=float, default=20.0, help="seconds before it is measured")
    parser.add_argument("--bare", type=float, default=20.0, help="seconds of each bare page")
    measure_and_tell(parser, run, rows)


if __name__ == "__main__":
    main()
