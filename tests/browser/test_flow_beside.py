"""Flow charts of two symbols beside each other: one clock, one crosshair."""

from __future__ import annotations

import pytest
from tests.browser.flow_page import (
    BAR_NS,
    DAY_NS,
    READOUT,
    body,
    flow,
    ns_of_day,
    point,
    trades_of,
    with_settings,
)
from tests.browser.viewer_page import expect, paused_ns, show_panel, watched

# A first start compiles the kernels.
pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

S = 1_000_000_000
OTHER = "NQH6"


@pytest.fixture
def two_charts(open_page, replay, until):
    """Flow charts of the page's symbol and of another, paused a minute into the tape."""
    page = watched(
        open_page,
        replay,
        width=1920,
        height=1000,
        prepare=with_settings(every="5s", marks=[]),
    )
    show_panel(page, "Flow")
    page.keyboard.press("Shift+D")
    page.keyboard.type(OTHER.lower())
    page.keyboard.press("Enter")
    expect(flow(page)).to_be_visible()
    expect(flow(page, OTHER)).to_be_visible()
    flow(page, OTHER).get_by_label("Length of a bar").select_option("5s")
    replay.order("pause")
    paused_ns(replay, until)
    go(replay, until, 60)
    return page


def go(replay, until, seconds: int) -> int:
    """Send the replay so far into the tape; where it stands then."""
    target = int(replay.replay()["start_ns"]) + seconds * S
    replay.order("seek", ts_ns=str(target))
    until("the place", lambda: abs(replay.cursor_ns() - target) < S)
    return replay.cursor_ns()


def newest(page, of: str | None) -> tuple[int, int] | None:
    """Beginning in the day and volume of the newest bar that a chart tells of."""
    told = (READOUT.search(point(page, at / 100, 0.3, of)) for at in range(98, 60, -2))
    bar = next((one for one in told if one is not None), None)
    if bar is None:
        return None
    begin = ns_of_day(bar["time"]) // BAR_NS * BAR_NS
    return begin, int(bar["volume"].replace(",", ""))


@pytest.mark.parametrize("seconds", [30, 90], ids=["sent back", "sent on"])
def test_both_stand_at_the_same_instant(two_charts, replay, until, generated_tape, seconds):
    page = two_charts
    cursor = go(replay, until, seconds)
    for of in (None, OTHER):
        trades = trades_of(page, generated_tape, of)
        times = trades["ts_event"].astype("i8")
        past = trades[times <= cursor]
        begin = int(past["ts_event"][-1]) // BAR_NS * BAR_NS
        volume = int(past["size"][past["ts_event"] >= begin].sum())
        wanted = (begin % DAY_NS, volume)
        until(
            f"the newest bar of {of or 'the page'}",
            lambda of=of, wanted=wanted: newest(page, of) == wanted,
        )


def test_the_time_that_is_pointed_at_is_marked_on_both(two_charts, until):
    page = two_charts
    until("bars of both", lambda: all(newest(page, of) for of in (None, OTHER)))
    for of, other in ((None, OTHER), (OTHER, None)):
        for across in (0.5, 0.7):
            clock = point(page, across, 0.3, of)[:8]
            assert ns_of_day(clock) > 0
            marked = body(page, other).locator(".flow-cross-tag").first
            expect(marked).to_be_visible()
            expect(marked).to_have_text(clock)
            price = body(page, other).locator(".flow-cross-price")
            expect(price).to_be_hidden()
    page.get_by_role("heading", name="ticktape").hover()
    expect(body(page).locator(".flow-cross-tag").first).to_be_hidden()
    expect(body(page, OTHER).locator(".flow-cross-tag").first).to_be_hidden()
