"""Pointing at the heatmap, and reading what it says of the place."""

from __future__ import annotations

from typing import NamedTuple

from tests.browser.viewer_page import drawn


class Spot(NamedTuple):
    """What the page says of a place of the heatmap."""

    x: float
    y: float
    time: str
    price: str
    says: str


def heatmap(page):
    return page.locator("section.heatmap .heatmap-body")


def spot(page, across: float, down: float) -> Spot:
    """Point at a place of the plot, in shares of it, and read what rests there."""
    box = heatmap(page).bounding_box()
    narrow = box["width"] < 520
    plot = box["width"] - 64 - (40 if narrow else 76)
    x = box["x"] + round(across * plot) + 0.5
    y = box["y"] + round(down * (box["height"] - 22)) + 0.5
    page.mouse.move(x, y)
    drawn(page)
    text = page.get_by_label("At the crosshair").inner_text()
    time, price, says = [*text.split(" · ", 2), "", "", ""][:3]
    return Spot(x, y, time, price, says)


def seconds_of(time: str) -> float:
    hours, minutes, seconds = time.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)
