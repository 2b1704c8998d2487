"""What the measurements of the page share: the browser, its frames, and how figures are told."""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from statistics import linear_regression, median
from typing import Any, NamedTuple

from playwright.sync_api import Browser, Playwright

# A display of 60 Hz is paced by a timer in a headless browser: 59.9 of it is all of it.
FULL_FPS = 59.5
FRAME_MS = 1000 / 60
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


def slope_per_minute(mb_by_s: list[tuple[float, float]]) -> float:
    """Growth in MB a minute over the later half, once every ring of the page is full.

    By least squares: of two samples alone the pages that a collection of garbage happens to leave
    would be most of the answer.
    """
    late = mb_by_s[-max(2, len(mb_by_s) // 2) :]
    at_s, mb = zip(*late, strict=True)
    return 60 * linear_regression(at_s, mb).slope if len(set(at_s)) > 1 else 0.0


def joined(stamps: list[float], pauses: list[int]) -> dict[str, float]:
    """Figures of all stretches; what lies between two of them is no frame."""
    closed: list[float] = []
    shift = 0.0
    for i, stamp in enumerate(stamps):
        if i in pauses and closed:
            shift += stamp - stamps[i - 1] - FRAME_MS
        closed.append(stamp - shift)
    return frame_figures(closed)


def launch(playwright: Playwright) -> Browser:
    """Start the browser that is on the machine."""
    executable = os.environ.get("TICKTAPE_CHROMIUM") or next(
        filter(None, map(shutil.which, BROWSERS)), None
    )
    if executable is None:
        sys.exit("no Chromium on PATH: install chromium, or set TICKTAPE_CHROMIUM")
    return playwright.chromium.launch(executable_path=executable, args=FLAGS)


def rows_of_machine(found: dict[str, Any]) -> list[tuple[str, str]]:
    """What it was measured on."""
    machine = found["machine"]
    return [
        ("machine", f"{machine['processor']}, {machine['cores']} cores, {machine['system']}"),
        ("browser", f"Chromium {found['browser']}, headless, {found['viewport']}"),
        ("renderer", found["renderer"]),
    ]


def frame_times(frames: dict[str, float]) -> str:
    return " / ".join(f"{frames.get(f'frame_ms_{p}', 0):.1f}" for p in ("p50", "p99", "most"))


def cores_used(server: float, browser: dict[str, float]) -> str:
    kinds = ", ".join(f"{kind} {used:.2f}" for kind, used in browser.items())
    return f"server {server:.2f}; browser: {kinds}"


def verdict(holds: bool) -> str:
    return "holds" if holds else "does not hold"


def measure_and_tell(
    parser: argparse.ArgumentParser,
    run: Callable[[argparse.Namespace], dict[str, Any]],
    rows: Callable[[dict[str, Any]], list[tuple[str, str]]],
) -> None:
    """Read the options, measure, and tell the figures: as a table, as JSON, and to a file."""
    parser.add_argument("--width", type=int, default=1440)
    parser.add_argument("--height", type=int, default=900)
    parser.add_argument("--out", type=Path, help="write the figures there as JSON")
    options = parser.parse_args()
    found = run(options)
    if options.out is not None:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(json.dumps(found, indent=1) + "\n")
    told = rows(found)
    width = max(len(name) for name, _ in told)
    print("\n".join(f"{name:<{width}}  {value}" for name, value in told))
    print(json.dumps(found))
