"""The flow chart on a replay of a generated tape: its bars are what traded."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest
from tests.browser.flow_page import (
    BAR_NS,
    DAY_NS,
    NEWEST,
    READOUT,
    body,
    charted,
    flow,
    ns_of_day,
    point,
    trades_of,
    with_settings,
)
from tests.browser.viewer_page import drawn, expect

# A first start compiles the kernels.
pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


class Bar(NamedTuple):
    open: float
    high: float
    low: float
    close: float
    volume: int
    delta: int


def bar_of(trades: np.ndarray, begin_ns: int, end_ns: int) -> Bar:
    """What a bar of these trades is, counted one by one."""
    inside = trades[(trades["ts_event"] >= begin_ns) & (trades["ts_event"] < end_ns)]
    prices = [int(price) / 1e9 for price in inside["price"]]
    signs = {ord("B"): 1, ord("A"): -1}
    delta = sum(
        signs.get(int(side), 0) * int(size)
        for side, size in zip(inside["side"], inside["size"], strict=True)
    )
    volume = sum(int(size) for size in inside["size"])
    return Bar(prices[0], max(prices), min(prices), prices[-1], volume, delta)


def shown_bar(text: str) -> tuple[str, Bar]:
    found = READOUT.search(text)
    whole = [int(found[name].replace(",", "")) for name in ("volume", "delta")]
    prices = [float(found[name]) for name in ("open", "high", "low", "close")]
    return found["time"], Bar(*prices, *whole)


def bars_seen(page) -> dict[int, Bar]:
    """Bars that the chart tells of when it is pointed at, by their beginnings in the day."""
    texts = [point(page, at / 200, 0.4) for at in range(140, 200)]
    told = [shown_bar(text) for text in texts if READOUT.search(text)]
    return {ns_of_day(clock) // BAR_NS * BAR_NS: bar for clock, bar in told}


def told_wrong(page, trades: np.ndarray, cursor: int) -> dict[int, tuple[Bar, Bar]]:
    """Bars that are over and are told otherwise than they traded: what is told, what traded."""
    midnight = cursor // DAY_NS * DAY_NS
    return {
        begin: (bar, traded)
        for begin, bar in bars_seen(page).items()
        if midnight + begin + BAR_NS < cursor
        and bar != (traded := bar_of(trades, midnight + begin, midnight + begin + BAR_NS))
    }


def test_every_bar_is_what_traded_in_it(open_page, replay, until, generated_tape, keep_screenshot):
    page = charted(open_page, replay, until)
    cursor = replay.cursor_ns()
    trades = trades_of(page, generated_tape)
    # What the last trades before the pause made may still be on its way.
    until("the bars that traded", lambda: told_wrong(page, trades, cursor) == {})
    seen = bars_seen(page)
    assert len(seen) >= 8
    assert max(seen) + cursor // DAY_NS * DAY_NS <= cursor, "nothing after the cursor is shown"
    keep_screenshot(page, "flow-desktop-dark")


def test_the_chart_is_dragged_zoomed_and_called_back(open_page, replay, until):
    page = charted(open_page, replay, until)
    follow = flow(page).get_by_role("button", name="Follow")
    expect(follow).to_have_attribute("aria-pressed", "true")
    before = point(page, 0.5, 0.4)[:8]
    page.mouse.down()
    page.mouse.move(*[value + 160 for value in centre_of(page)], steps=4)
    page.mouse.up()
    expect(follow).to_have_attribute("aria-pressed", "false")
    assert ns_of_day(point(page, 0.5, 0.4)[:8]) < ns_of_day(before)
    page.keyboard.press("f")
    expect(follow).to_have_attribute("aria-pressed", "true")

    def width_s() -> int:
        left, right = point(page, 0.05, 0.4)[:8], point(page, 0.95, 0.4)[:8]
        return (ns_of_day(right) - ns_of_day(left)) // 1_000_000_000

    wide = width_s()
    point(page, 0.5, 0.4)
    page.mouse.wheel(0, -400)
    until("a closer look", lambda: width_s() < wide)
    page.mouse.dblclick(*centre_of(page))
    until("the usual view", lambda: width_s() == wide)


def centre_of(page) -> tuple[float, float]:
    box = body(page).bounding_box()
    return box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.4


# The prices as they are seen, and whether their picture was moved there or drawn there.
PRICES = """() => {
  const picture = document.querySelector('.flow-prices');
  const { e: dx, f: dy } = new DOMMatrix(picture.style.transform);
  const { clientWidth: width, clientHeight: height } = picture.parentElement;
  const seen = new OffscreenCanvas(width, height).getContext('2d');
  seen.drawImage(picture, picture.offsetLeft + dx, picture.offsetTop + dy);
  const words = new Uint32Array(seen.getImageData(0, 0, width, height).data.buffer);
  return { isMoved: dx !== 0 || dy !== 0, pixels: [...words] };
}"""


def test_a_chart_that_was_dragged_looks_as_one_drawn_there(open_page, replay, until):
    plain = {"levels": False, "nakedPocs": False, "developing": False, "marks": []}
    page = charted(open_page, replay, until, bars="footprint", **plain)
    box = body(page).bounding_box()
    x, y = box["x"] + 300, box["y"] + 200
    page.mouse.move(x, y)
    page.mouse.down()
    step = 0

    def looks() -> dict:
        drawn(page)
        return page.evaluate(PRICES)

    def dragged() -> dict | None:
        nonlocal step
        step += 1
        page.mouse.move(x + 20 + step % 5, y + 7 + step % 3)
        shown = looks()
        return shown if shown["isMoved"] else None

    moved = until("a picture that was only moved", dragged)
    until("a picture that was drawn there", lambda: not looks()["isMoved"])
    there = np.array(looks()["pixels"])
    assert np.mean(np.array(moved["pixels"]) != there) < 0.005, (
        "but for the dashes of the last price"
    )
    assert np.mean(np.roll(there, 1) != there) > 0.005
    page.mouse.up()


def test_a_replay_sent_back_shows_nothing_of_later(open_page, replay, until):
    page = charted(open_page, replay, until)
    start = int(replay.replay()["start_ns"])
    replay.order("seek", ts_ns=str(start + 30_000_000_000))

    def newest() -> int:
        seen = [point(page, at / 200, 0.4) for at in range(180, 200)]
        clocks = [ns_of_day(text[:8]) for text in seen if READOUT.search(text)]
        return max(clocks, default=DAY_NS)

    wanted = (start + 30_000_000_000) % DAY_NS
    until("the place it was sent to", lambda: newest() <= wanted + BAR_NS)


@pytest.mark.parametrize("cells", ["bidask", "delta", "volume", "profile"])
def test_footprints_are_drawn(open_page, replay, until, keep_screenshot, cells):
    page = charted(open_page, replay, until, bars="footprint", cells=cells)
    assert READOUT.search(point(page, NEWEST, 0.4))
    keep_screenshot(page, f"flow-{cells}-desktop-dark")


def test_bars_of_another_length_are_asked_for(open_page, replay, until):
    page = charted(open_page, replay, until)
    flow(page).get_by_label("Length of a bar").select_option("100t")
    until("bars of trades", lambda: READOUT.search(point(page, NEWEST, 0.4)))
    expect(flow(page).get_by_text("Asking for the past")).to_have_count(0)


def test_a_phone_shows_it_whole(open_page, replay, until, keep_screenshot):
    page = open_page(replay, width=390, height=844, prepare=with_settings(every="5s"))
    page.get_by_role("tab", name="Flow", exact=True).click()
    until("bars", lambda: READOUT.search(point(page, 0.85, 0.4)))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    keep_screenshot(page, "flow-phone-dark")
