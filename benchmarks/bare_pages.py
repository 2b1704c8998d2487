"""What the browser can do here at all: pages with next to nothing in them, beside the same load.

A page cannot have more frames than an empty one. One that only clears a canvas of WebGL in every
frame shows what a picture of that size costs where there is no graphics card.
"""

from __future__ import annotations

from typing import Any

from measured_page import TAKE, WATCH, frame_figures

CLEARING = """
const canvas = document.body.appendChild(document.createElement('canvas'));
[canvas.width, canvas.height] = [innerWidth, innerHeight];
const gl = canvas.getContext('webgl2', { alpha: false, antialias: false });
let frame = 0;
const clear = () => {
  frame += 1;
  gl?.clearColor((frame % 60) / 60, 0, 0, 1);
  gl?.clear(gl.COLOR_BUFFER_BIT);
  requestAnimationFrame(clear);
};
clear();
"""
BARE = {"an empty page": "", "a page that clears WebGL": CLEARING}
SETTLE_S = 3


def bare_frames(
    browser: Any, width: int, height: int, seconds: float
) -> dict[str, dict[str, float]]:
    """Frames of each bare page, one after the other."""
    found = {}
    for name, script in BARE.items():
        page = browser.new_page(viewport={"width": width, "height": height})
        page.set_content("<!doctype html><body style='margin: 0'></body>")
        page.evaluate(f"() => {{ {WATCH} {script} }}")
        page.wait_for_timeout(1000 * SETTLE_S)
        page.evaluate(TAKE)
        page.wait_for_timeout(1000 * seconds)
        found[name] = frame_figures(page.evaluate(TAKE)["frames"])
        page.close()
    return found


def rows_of_bare(found: dict[str, dict[str, float]]) -> list[tuple[str, str]]:
    """The same browser's frames without the viewer, to be read."""
    return [(name, told(frames)) for name, frames in found.items()]


def told(frames: dict[str, float]) -> str:
    share = 100 * frames.get("frames_dropped_share", 0)
    return f"{frames.get('fps_mean', 0):.1f} frames/s, {share:.1f} % dropped, beside the same load"
