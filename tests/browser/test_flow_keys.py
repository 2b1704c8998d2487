"""Keys that change what the flow chart draws: counted from now on, cleared, of another length."""

from __future__ import annotations

import numpy as np
import pytest
from tests.browser.flow_page import charted, flow, trades_of
from tests.browser.viewer_page import expect, paused_ns, show_panel

# A first start compiles the kernels.
pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

S = 1_000_000_000
LENGTHS = ("1s", "5s", "15s", "1m", "5m", "15m", "1h", "1d")


def shown(page, picture: str, what: str) -> str:
    """What a picture of the chart says that it shows."""
    return flow(page).locator(f".flow-{picture}").get_attribute(f"data-{what}")


def drawn_cvd(page) -> int | None:
    """The newest number of the CVD that is drawn, from its baseline."""
    said = shown(page, "below", "cvd")
    return int(said) if said else None


def cvd_at(trades: np.ndarray, cursor_ns: int) -> int:
    """The delta of all that traded in the windows that are over."""
    over = trades[trades["ts_event"] < cursor_ns // S * S]
    sizes = over["size"].astype("i8")
    bought, sold = (int(sizes[over["side"] == ord(side)].sum()) for side in "BA")
    return bought - sold


def test_r_counts_the_cvd_from_there(open_page, replay, until, generated_tape, keep_screenshot):
    page = charted(open_page, replay, until)
    trades = trades_of(page, generated_tape)
    before = cvd_at(trades, replay.cursor_ns())
    assert before != 0
    until("the session's CVD", lambda: drawn_cvd(page) == before)
    page.keyboard.press("r")
    until("the CVD from nought", lambda: drawn_cvd(page) == 0)
    at_ns = replay.cursor_ns()
    replay.order("resume")
    until("the market to go on", lambda: replay.cursor_ns() > at_ns + 6 * S)
    replay.order("pause")
    after = cvd_at(trades, paused_ns(replay, until))
    assert after != before
    until("what was traded since", lambda: drawn_cvd(page) == after - before)
    keep_screenshot(page, "flow-cvd-reset-desktop-dark")
    replay.order("seek", ts_ns=str(int(replay.replay()["start_ns"]) + 40_500_000_000))
    until("the place", lambda: replay.cursor_ns() < at_ns)
    earlier = cvd_at(trades, replay.cursor_ns())
    until("the session's CVD before all that", lambda: drawn_cvd(page) == earlier)


def test_c_clears_the_chart_and_the_list_of_signals(open_page, replay, until):
    page = charted(open_page, replay, until)
    page.keyboard.press("Shift+E")
    show_panel(page, "Signals")
    listed = page.get_by_role("region", name="Signals", exact=True).locator("[data-signal]")

    def counted() -> tuple[int, int, int]:
        chart = int(shown(page, "bubbles", "bubbles")), int(shown(page, "prices", "marks"))
        return *chart, listed.count()

    until("bubbles, marks and signals", lambda: all(counted()))
    bars = shown(page, "prices", "bars")
    page.get_by_role("heading", name="ticktape").click()
    page.keyboard.press("c")
    until("all of them to be gone", lambda: counted() == (0, 0, 0))
    assert shown(page, "prices", "bars") == bars, "bars are not cleared"
    replay.order("speed", speed=10)
    replay.order("resume")
    until("what comes after", lambda: all(counted()), 60)


def test_digits_set_the_length_of_bars(open_page, replay, until):
    page = charted(open_page, replay, until)
    length = flow(page).get_by_label("Length of a bar")
    expect(length).to_have_value("5s")
    for digit, every in enumerate(LENGTHS, 1):
        page.keyboard.press(str(digit))
        until(f"bars of {every}", lambda every=every: every in length_shown(length))
    page.keyboard.press("0")
    until("the length that suits the trading", lambda: "1d" not in length_shown(length))


def length_shown(length) -> str:
    return length.locator("option:checked").text_content()
