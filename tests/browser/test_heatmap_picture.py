"""The heatmap's pixels on a made-up tape: each is what rested, traded or is missing there."""

from __future__ import annotations

import re
from itertools import pairwise
from math import log2
from typing import NamedTuple

import numpy as np
import pytest
from tests.browser.heatmap_page import seconds_of
from tests.browser.liquidity_tape import (
    AFTER,
    BEFORE,
    BUY_S,
    CURSOR_S,
    HOLE_S,
    KNOWN_S,
    LARGE,
    MID,
    MIDDLING,
    QUIET_S,
    RISE_S,
    SELL_S,
    SIZES,
    SMALL,
    liquidity_tape,
)
from tests.browser.page_colours import colour_of, is_near, screen
from tests.browser.viewer_page import connection, drawn, expect, show_panel
from tests.server.market_day import SECOND, START_NS

# A first start compiles the kernels.
pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

DAY_NS = 86_400 * SECOND
START_S = START_NS % DAY_NS / SECOND
TICK = 0.25
EDGE_PX = 5


class Plot(NamedTuple):
    """Where times and prices are drawn, found out by pointing."""

    left: int
    top: int
    width: int
    height: int
    # Second of the tape at the left edge; a pixel is a column of 100 ms.
    first_s: float
    # Ticks from the middle of the book at the upper edge.
    highest: float
    row_px: float

    def x_of(self, second: float) -> int:
        """The pixel of a column, from the left edge."""
        return round((second - self.first_s) * 10)

    def y_of(self, away: float) -> float:
        """The middle of a row, from the upper edge."""
        return (self.highest - away) * self.row_px


def said_at(page, x: float, y: float) -> tuple[float, int]:
    """Second of the tape, and ticks from the middle, that the page says a place of the plot is."""
    page.mouse.move(x, y)
    drawn(page)
    time, price, *_ = page.get_by_label("At the crosshair").inner_text().split(" · ")
    return seconds_of(time) - START_S, round(float(price) / TICK) - MID


def plot_of(page) -> Plot:
    box = page.locator(".heatmap-plot").bounding_box()
    left, top, width, height = (round(box[side]) for side in ("x", "y", "width", "height"))

    def away_at(y: int) -> int:
        return said_at(page, left + 50.5, top + y + 0.5)[1]

    def edge_below(y: int) -> tuple[int, int]:
        """Where the row at a height ends, and which it is."""
        away = away_at(y)
        while away_at(y) == away:
            y += 1
        return y, away

    (high_y, high), (low_y, low) = edge_below(round(height * 0.1)), edge_below(round(height * 0.85))
    row_px = (low_y - high_y) / (high - low)
    first_s = said_at(page, left + 50.5, top + 50.5)[0] - 5.0
    return Plot(left, top, width, height, first_s, high - 0.5 + high_y / row_px, row_px)


def pixels_of(page, plot: Plot) -> np.ndarray:
    page.mouse.move(2, 2)
    drawn(page)
    return screen(page)[plot.top : plot.top + plot.height, plot.left : plot.left + plot.width]


@pytest.fixture(scope="module")
def liquidity(serve, tmp_path_factory, until):
    """The made-up tape, played to its cursor and paused there."""
    tape = liquidity_tape(tmp_path_factory.mktemp("liquidity"))
    with serve("--replay", str(tape)) as server:
        server.order("pause")
        until("the whole tape to be indexed", lambda: server.replay()["indexed"] == 1.0)
        yield server


@pytest.fixture
def paused(open_page, liquidity, until):
    page = open_page(liquidity, width=1440, height=900)
    expect(connection(page)).to_have_text("Connected")
    show_panel(page, "Heatmap")
    page.keyboard.press("Shift+E")
    liquidity.order("seek", ts_ns=str(START_NS + CURSOR_S * SECOND + 1))
    readout = page.get_by_label("At the crosshair")

    def has_its_past() -> bool:
        box = page.locator(".heatmap-plot").bounding_box()
        ago = 10 * (CURSOR_S - RISE_S / 2)
        page.mouse.move(box["x"] + box["width"] - ago, box["y"] + box["height"] * 0.4)
        drawn(page)
        says = readout.inner_text()
        return re.search(r"(bid|ask) \d|nothing rests", says) is not None

    until("the past", has_its_past)
    return page


def ramp_of(page, side: str) -> np.ndarray:
    """The colours of a side from the faintest to the strongest, a thousand steps apart."""
    stops = [colour_of(page, f"heat-{side}-{name}") for name in ("low", "mid", "high")]
    steps = np.linspace(0, 1, 501)[:, None]
    return np.concatenate([a + (b - a) * steps for a, b in pairwise(stops)])


def strength_on(ramp: np.ndarray, colour: np.ndarray) -> tuple[float, float]:
    """Where on a ramp a colour lies, from 0 to 1, and how far off it is."""
    away = np.abs(ramp - colour).max(axis=1)
    return float(away.argmin()) / (len(ramp) - 1), float(away.min())


def strengths(page) -> dict[int, set[float]]:
    """How strongly each size is drawn while all of the opening book rests, one value a level."""
    plot = plot_of(page)
    pixels = pixels_of(page, plot)
    ramps = {side: ramp_of(page, side) for side in ("bid", "ask")}
    found: dict[int, set[float]] = {}
    for away, size in SIZES.items():
        # Beside the row's middle: a best price's line lies there.
        y = int(plot.y_of(away) + plot.row_px * 0.3)
        colour = pixels[y, plot.x_of(RISE_S / 2)]
        side, other = ("bid", "ask") if away < 0 else ("ask", "bid")
        strength, off = strength_on(ramps[side], colour)
        assert off < 3, (away, colour)
        assert strength_on(ramps[other], colour)[1] > 10, (away, colour)
        found.setdefault(size, set()).add(strength)
    return found


def test_bids_and_asks_have_hues_of_their_own_and_more_of_it_where_more_rests(
    paused, keep_screenshot
):
    found = strengths(paused)
    assert found[SMALL] == {0.0}
    assert all(0.15 < strength < 0.25 for strength in found[MIDDLING])
    assert all(strength > 0.9 for strength in found[LARGE])
    keep_screenshot(paused, "heatmap-liquidity-desktop-dark")


def of_span(size: float, low: float, high: float) -> float:
    return (size - low) / (high - low)


@pytest.mark.parametrize(
    ("chosen", "middling", "large"),
    [
        # Four of five levels are small, eleven of twelve are no more than middling.
        ({"Upper": "90"}, 1.0, 1.0),
        ({"Upper": "100"}, of_span(MIDDLING, SMALL, LARGE), 1.0),
        ({"Lower": "85"}, 0.0, 1.0),
        ({"Contrast": "2"}, of_span(MIDDLING, SMALL, LARGE) ** 2, 1.0),
        ({"Contrast": "0.5"}, of_span(MIDDLING, SMALL, LARGE) ** 0.5, 1.0),
        (
            {"Logarithmic scale": True},
            of_span(log2(1 + MIDDLING), log2(1 + SMALL), log2(1 + LARGE)),
            1.0,
        ),
    ],
    ids=lambda value: " ".join(map(str, *value.items())) if isinstance(value, dict) else "",
)
def test_cut_offs_contrast_and_scale_change_colours_as_they_say(paused, chosen, middling, large):
    section = paused.locator("section.heatmap")
    section.get_by_text("Colours", exact=True).click()
    for name, value in chosen.items():
        control = section.get_by_label(name, exact=True)
        control.check() if value is True else control.fill(value)
    paused.keyboard.press("Escape")
    found = strengths(paused)
    assert found[SMALL] == {0.0}
    # Percentiles are known to within four in a hundred.
    assert all(strength == pytest.approx(middling, abs=0.06) for strength in found[MIDDLING])
    assert all(strength == pytest.approx(large, abs=0.1) for strength in found[LARGE])


def test_the_best_prices_are_lines_that_go_where_they_go(paused):
    plot = plot_of(paused)
    pixels = pixels_of(paused, plot)
    # Of the levels as near to the market as this none is large, and so none as bright as a line.
    near = slice(int(plot.y_of(4)), int(plot.y_of(-4)))
    for second, best in ((RISE_S - 3, BEFORE), (RISE_S + 2, AFTER)):
        column = pixels[near, plot.x_of(second)]
        for side, away in zip(("bid", "ask"), best, strict=True):
            # Where it lies on two rows of pixels, each is a quarter what it lies over.
            line = np.flatnonzero(is_near(column, colour_of(paused, f"heat-{side}-line"), 60))
            assert 1 <= len(line) <= 2, (second, side, line)
            y = near.start + line.mean() + 0.5
            assert y == pytest.approx(plot.y_of(away), abs=1.1), (second, side)


@pytest.mark.parametrize(
    ("name", "second", "away"), [("buy", BUY_S, AFTER[1]), ("sell", SELL_S, AFTER[0])]
)
def test_a_trade_is_a_circle_in_the_colour_of_who_came_for_it(paused, name, second, away):
    plot = plot_of(paused)
    pixels = pixels_of(paused, plot)
    ys, xs = np.nonzero(is_near(pixels, colour_of(paused, name), 20))
    assert len(xs) > 60
    # Narrow columns share a circle, so it may stand as far off as half of those that do.
    assert xs.mean() == pytest.approx(plot.x_of(second), abs=9)
    assert ys.mean() + 0.5 == pytest.approx(plot.y_of(away), abs=1.5)
    width, height = np.ptp(xs) + 1, np.ptp(ys) + 1
    assert width == pytest.approx(height, abs=2)
    assert len(xs) == pytest.approx(np.pi / 4 * width * height, rel=0.2), "a disc, no square"


def test_no_trade_is_drawn_where_none_are_wanted(paused):
    section = paused.locator("section.heatmap")
    section.get_by_text("Colours", exact=True).click()
    section.get_by_label("Trades", exact=True).uncheck()
    paused.keyboard.press("Escape")
    pixels = pixels_of(paused, plot_of(paused))
    for name in ("buy", "sell"):
        assert not is_near(pixels, colour_of(paused, name), 20).any()


def field_of(pixels: np.ndarray, plot: Plot) -> np.ndarray:
    """All but the panel's edges, and the dashed line of the last price from side to side."""
    dashed = round(plot.y_of(AFTER[0]))
    field = np.delete(pixels, [0, *range(dashed - 1, dashed + 2)], axis=0)
    field[:, :EDGE_PX] = field[:, EDGE_PX : EDGE_PX + 1]
    return field


def test_what_was_before_the_tape_is_blank(paused):
    plot = plot_of(paused)
    before = plot.x_of(0)
    assert before > 50
    shown = field_of(pixels_of(paused, plot), plot)
    blank = is_near(shown, colour_of(paused, "panel"), 1)
    assert blank[:, : before - 1].all()
    assert not blank[:, before + 1 : plot.x_of(QUIET_S)].all(axis=0).any()


def test_what_comes_after_the_cursor_is_blank(paused):
    box = paused.locator(".heatmap-plot").bounding_box()
    x, y = box["x"] + 300, box["y"] + 200
    paused.mouse.move(x, y)
    paused.mouse.down()
    paused.mouse.move(x - 120, y, steps=4)
    paused.mouse.up()
    plot = plot_of(paused)
    now = plot.x_of(CURSOR_S) + 1
    assert plot.width - now > 100
    shown = field_of(pixels_of(paused, plot), plot)
    blank = is_near(shown, colour_of(paused, "panel"), 1)
    assert blank[:, now:].all()
    assert not blank[:, plot.x_of(KNOWN_S) : now - 2].all(axis=0).any()


def test_where_records_are_missing_nothing_rests_but_hatching(paused):
    plot = plot_of(paused)
    shown = field_of(pixels_of(paused, plot), plot)
    hole = shown[:, plot.x_of(QUIET_S) + 1 : plot.x_of(HOLE_S) + 1]
    stripes = is_near(hole, colour_of(paused, "heat-hatch"), 1)
    ground = is_near(hole, colour_of(paused, "panel"), 1)
    assert (stripes | ground).all()
    assert stripes.mean() == pytest.approx(0.25, abs=0.02)
