"""Frames a second and memory of the page: heatmap, ladder and tape open, the exchange simulated.

``make bench-viewer``, or ``python benchmarks/viewer_frames.py --minutes 10 --rate 50000``.

The page runs in headless Chromium. On a machine without a graphics card Chromium draws WebGL with
SwiftShader, in software and on the same cores that run the exchange and the page: the figures are
then a lower bound, and the line of the renderer says so.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import sys
import time
import urllib.request
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from playwright.sync_api import sync_playwright

from ticktape.bench.machine import describe_machine
from ticktape.bench.processes import free_port, running, wait_for_port

FLOOR_FPS = 60.0
# A display of 60 Hz is paced by a timer in a headless browser: 59.9 of it is all of it.
FULL_FPS = 59.5
FRAME_MS = 1000 / 60
FLAT_MB_PER_MINUTE = 0.5
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# SwiftShader is what Chromium falls back to; these only keep it from refusing to.
FLAGS = ["--no-sandbox", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]

WATCH = """
window.__frames = [];
window.__long = [];
const stamp = (at) => { window.__frames.push(at); requestAnimationFrame(stamp); };
requestAnimationFrame(stamp);
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.__long.push(entry.duration);
}).observe({ entryTypes: ['longtask'] });
"""
TAKE = """() => {
  const taken = { frames: window.__frames, long: window.__long };
  window.__frames = [];
  window.__long = [];
  return taken;
}"""
RENDERER = """() => {
  const gl = document.createElement('canvas').getContext('webgl2');
  if (gl === null) return 'no WebGL2';
  const named = gl.getExtension('WEBGL_debug_renderer_info');
  const name = gl.getParameter(named === null ? gl.RENDERER : named.UNMASKED_RENDERER_WEBGL);
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return name;
}"""


class Process(NamedTuple):
    """A process of the browser: what for, how much of a core so far, how large."""

    kind: str
    cpu_s: float
    resident_mb: float


def resident_mb(pid: int) -> float:
    try:
        found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    except OSError:
        return 0.0
    return int(found[1]) / 1024 if found else 0.0


def browser_processes(session: Any) -> list[Process]:
    listed = session.send("SystemInfo.getProcessInfo")["processInfo"]
    return [Process(p["type"], p["cpuTime"], resident_mb(p["id"])) for p in listed]


def records_taken(port: int) -> float:
    """Records that the server has taken so far, by its own count."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as answer:
        text = answer.read().decode()
    counts = re.findall(r"^ticktape_\w*records_total(?:\{[^}]*\})? ([\d.e+]+)$", text, re.M)
    return max(map(float, counts), default=0.0)


def process_cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def frames_by_second(stamps: list[float]) -> list[int]:
    """Frames in each whole second, the first and the last left out."""
    if not stamps:
        return []
    counts: dict[int, int] = {}
    for stamp in stamps:
        counts[int(stamp // 1000)] = counts.get(int(stamp // 1000), 0) + 1
    first, last = int(stamps[0] // 1000), int(stamps[-1] // 1000)
    return [counts.get(second, 0) for second in range(first + 1, last)]


def frame_figures(stamps: list[float]) -> dict[str, float]:
    """Rates and drops of frames by their times in milliseconds."""
    seconds = sorted(frames_by_second(stamps))
    gaps = sorted(b - a for a, b in pairwise(stamps))
    if not seconds or not gaps:
        return {}
    dropped = sum(max(0, round(gap / FRAME_MS) - 1) for gap in gaps)
    whole = (stamps[-1] - stamps[0]) / 1000
    return {
        "fps_mean": (len(stamps) - 1) / whole,
        "fps_median_second": median(seconds),
        "fps_worst_hundredth_second": seconds[int(len(seconds) * 0.01)],
        "frame_ms_p50": gaps[len(gaps) // 2],
        "frame_ms_p99": gaps[int(len(gaps) * 0.99)],
        "frame_ms_most": gaps[-1],
        "frames_dropped": dropped,
        "frames_dropped_share": dropped / (len(gaps) + dropped),
    }


def slope_per_minute(heap_mb: list[tuple[float, float]]) -> float:
    """Growth in MB a minute over the last third, once every ring of the page is full."""
    late = heap_mb[-max(2, len(heap_mb) // 3) :]
    minutes = (late[-1][0] - late[0][0]) / 60
    return (late[-1][1] - late[0][1]) / minutes if minutes > 0 else 0.0


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
    page: Page, browser_session: Any, pid: int, port: int, seconds: float
) -> dict[str, Any]:
    """Watch the page for as long as asked; its heap is measured between the frames counted."""
    stamps: list[float] = []
    long_tasks: list[float] = []
    heap: list[tuple[float, float]] = []
    drift: list[dict[str, float]] = []
    page.taken()
    began = time.monotonic()
    before, cpu, server, records = (
        page.metrics(),
        browser_processes(browser_session),
        process_cpu_s(pid),
        records_taken(port),
    )
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
        page.taken()
    took = time.monotonic() - began
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
        "records_per_s": (records_taken(port) - records) / took,
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
        "resident_mb": {
            kind: sum(p.resident_mb for p in browser_processes(browser_session) if p.kind == kind)
            for kind in kinds
        },
        "heap_mb": heap,
        "heap_mb_per_minute": slope_per_minute(heap),
    }


def joined(stamps: list[float], pauses: list[int]) -> dict[str, float]:
    """Figures of all stretches; what lies between two of them is no frame."""
    closed: list[float] = []
    shift = 0.0
    for i, stamp in enumerate(stamps):
        if i in pauses and closed:
            shift += stamp - stamps[i - 1] - FRAME_MS
        closed.append(stamp - shift)
    return frame_figures(closed)


def run(options: argparse.Namespace) -> dict[str, Any]:
    executable = os.environ.get("TICKTAPE_CHROMIUM") or next(
        filter(None, map(shutil.which, BROWSERS)), None
    )
    if executable is None:
        sys.exit("no Chromium on PATH: install chromium, or set TICKTAPE_CHROMIUM")
    port = free_port()
    command = ["up", "--demo", "--rate", str(options.rate), "--port", str(port)]
    with (
        running(*command, "--gateway-port", "0") as process,
        sync_playwright() as playwright,
    ):
        wait_for_port(process, port, 240)
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        try:
            page = Page(browser, port, options.width, options.height)
            page.page.wait_for_timeout(1000 * options.settle)
            found = measure(
                page,
                browser.new_browser_cdp_session(),
                process.pid,
                port,
                60 * options.minutes,
            )
            return {
                "machine": describe_machine(),
                "browser": browser.version,
                "renderer": page.page.evaluate(RENDERER),
                "viewport": [options.width, options.height],
                "rate_asked": options.rate,
                **found,
            }
        finally:
            browser.close()


def table(found: dict[str, Any]) -> str:
    """What was measured, to be read."""
    machine, frames = found["machine"], found["frames"]
    cores = ", ".join(f"{kind} {used:.2f}" for kind, used in found["browser_cores"].items())
    heap = found["heap_mb"]
    mean = frames.get("fps_mean", 0)
    flat = found["heap_mb_per_minute"] <= FLAT_MB_PER_MINUTE
    rows = [
        ("machine", f"{machine['processor']}, {machine['cores']} cores, {machine['system']}"),
        ("load", f"{found['load']:.1f} on {machine['cores']} cores"),
        ("browser", f"Chromium {found['browser']}, headless, {found['viewport']}"),
        ("renderer", found["renderer"]),
        ("records/s", f"{found['records_per_s']:,.0f} (asked: {found['rate_asked']:,.0f})"),
        ("frames/s, mean", f"{mean:.1f} (floor {FLOOR_FPS:.0f}: {verdict(mean >= FULL_FPS)})"),
        ("frames/s, median second", f"{frames.get('fps_median_second', 0):.0f}"),
        ("frames/s, worst 1 % second", f"{frames.get('fps_worst_hundredth_second', 0):.0f}"),
        (
            "frame time p50 / p99 / most",
            " / ".join(f"{frames.get(f'frame_ms_{p}', 0):.1f}" for p in ("p50", "p99", "most")),
        ),
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
        ("cores used", f"server {found['server_cores']:.2f}; browser: {cores}"),
        ("script heap, MB", " ".join(f"{mb:.1f}" for _, mb in heap)),
        ("heap growth, MB/min", f"{found['heap_mb_per_minute']:.2f} ({verdict(flat)})"),
    ]
    width = max(len(name) for name, _ in rows)
    return "\n".join(f"{name:<{width}}  {value}" for name, value in rows)


def verdict(holds: bool) -> str:
    return "holds" if holds else "does not hold"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--rate", type=float, default=50_000.0, help="records a second")
    parser.add_argument("--settle", type=float, default=10.0, help="seconds before it is measured")
    parser.add_argument("--width", type=int, default=1440)
    parser.add_argument("--height", type=int, default=900)
    parser.add_argument("--out", type=Path, help="write the figures there as JSON")
    options = parser.parse_args()
    found = run(options)
    if options.out is not None:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(json.dumps(found, indent=1) + "\n")
    print(table(found))
    print(json.dumps(found))


if __name__ == "__main__":
    main()
