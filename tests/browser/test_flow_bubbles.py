"""What is told of a bubble: the prints that it has counted, at a glance and in full."""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
import pytest
from tests.browser.flow_page import DAY_NS, charted, flow, ns_of_day, point, trades_of
from tests.browser.viewer_page import expect

# A first start compiles the kernels.
pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

S = 1_000_000_000
SAID = re.compile(r"(?P<who>Bought|Sold) (?P<size>[\d,]+)")
PRINT = re.compile(r"(?P<clock>[\d:]{8})\.(?P<ms>\d{3}) · (?P<price>[\d.]+) · (?P<size>[\d,]+)")


class Print(NamedTuple):
    """A print as a person reads it."""

    ms_of_day: int
    price: str
    size: int


def tip(page):
    return flow(page).get_by_role("tooltip")


def card(page):
    return flow(page).get_by_role("dialog", name="Bubble")


def number(text: str) -> int:
    return int(text.replace(",", ""))


def a_bubble(page) -> re.Match[str]:
    """Point at one place after the other until it is a bubble; what its tip says of it."""
    for across in (0.97, 0.96, 0.95, 0.94, 0.93, 0.92):
        for down in range(8, 60):
            point(page, across, down / 80)
            if tip(page).is_visible() and (said := SAID.match(tip(page).text_content())):
                return said
    pytest.fail("no bubble is in sight")


def told(text: str) -> list[Print]:
    """The prints that are told, in their order."""
    found = [PRINT.fullmatch(line) for line in text.splitlines()]
    return [
        Print(
            ns_of_day(one["clock"]) // 1_000_000 + int(one["ms"]), one["price"], number(one["size"])
        )
        for one in found
        if one is not None
    ]


def traded(trades: np.ndarray, prints: list[Print], who: str, least: int = 1) -> list[Print]:
    """What traded on the side and in the second of these prints, the largest first."""
    times = trades["ts_event"] % np.uint64(DAY_NS)
    second = prints[0].ms_of_day // 1_000
    side = ord("B" if who == "Bought" else "A")
    inside = trades[(times // S == second) & (trades["side"] == side) & (trades["size"] >= least)]
    rows = [
        Print(int(ts) % DAY_NS // 1_000_000, f"{int(price) / 1e9:.2f}", int(size))
        for ts, price, size in zip(inside["ts_event"], inside["price"], inside["size"], strict=True)
    ]
    return sorted(rows, key=lambda one: -one.size)


def clicked(page) -> list[Print]:
    """Click where the pointer is; the prints that the card lists."""
    page.mouse.down()
    page.mouse.up()
    rows = card(page).get_by_role("list", name="Prints").get_by_role("listitem")
    expect(rows.first).to_be_visible()
    parts = [" · ".join(row.locator("> *").all_inner_texts()) for row in rows.all()]
    return told("\n".join(parts))


def test_pointing_at_a_bubble_tells_its_prints(open_page, replay, until, generated_tape):
    page = charted(open_page, replay, until, marks=[])
    said = a_bubble(page)
    until("its prints", lambda: told(tip(page).text_content()))
    text = tip(page).text_content()
    prints = told(text)
    wanted = traded(trades_of(page, generated_tape), prints, said["who"])
    assert sum(one.size for one in wanted) == number(said["size"])
    assert [one.size for one in prints] == [one.size for one in wanted[:5]]
    assert set(prints) <= set(wanted)
    assert ("1 print\n" if len(wanted) == 1 else f"{len(wanted)} prints") in text + "\n"
    assert ("click for all" in text) == (len(wanted) > 5)


def test_a_bubble_is_asked_for_once_however_often_it_is_pointed_at(open_page, replay, until):
    page = charted(open_page, replay, until, marks=[])
    asked = []
    page.on("request", lambda request: "/api/historical" in request.url and asked.append(request))
    said = a_bubble(page)
    until("its prints", lambda: told(tip(page).text_content()))
    asked.clear()
    # Away, and back.
    box = flow(page).locator(".flow-body").bounding_box()
    page.mouse.move(box["x"] + 4, box["y"] + box["height"] - 2)
    expect(tip(page)).to_be_hidden()
    again = a_bubble(page)
    assert again[0] == said[0]
    until("its prints", lambda: told(tip(page).text_content()))
    assert sum(one.size for one in clicked(page)) == number(said["size"])
    assert asked == []


def test_a_click_pins_all_prints_of_a_bubble(
    open_page, replay, until, generated_tape, keep_screenshot
):
    page = charted(open_page, replay, until, marks=[])
    said = a_bubble(page)
    prints = clicked(page)
    wanted = traded(trades_of(page, generated_tape), prints, said["who"])
    assert sorted(prints) == sorted(wanted)
    expect(tip(page)).to_be_hidden()
    keep_screenshot(page, "flow-bubble-desktop-dark")
    card(page).get_by_role("button", name="Close").click()
    expect(card(page)).to_have_count(0)


def test_esc_closes_the_card(open_page, replay, until):
    page = charted(open_page, replay, until, marks=[])
    a_bubble(page)
    clicked(page)
    page.keyboard.press("Escape")
    expect(card(page)).to_have_count(0)


def test_a_replay_sent_back_takes_the_card_of_what_is_later_away(open_page, replay, until):
    page = charted(open_page, replay, until, marks=[])
    a_bubble(page)
    clicked(page)
    replay.order("seek", ts_ns=str(int(replay.replay()["start_ns"]) + 20 * S))
    expect(card(page)).to_have_count(0)


def test_prints_that_a_bubble_does_not_count_are_not_told(open_page, serve, until, generated_tape):
    least = 3
    own = ["--set", f"windows.min_size_contracts={least}"]
    with serve("--replay", *generated_tape, *own) as server:
        page = charted(open_page, server, until, marks=[])
        said = a_bubble(page)
        until("its prints", lambda: told(tip(page).text_content()))
        trades = trades_of(page, generated_tape)
        for prints in (told(tip(page).text_content()), clicked(page)):
            assert min(one.size for one in prints) >= least
            wanted = traded(trades, prints, said["who"], least)
            assert sum(one.size for one in wanted) == number(said["size"])
            assert set(prints) <= set(wanted)
        assert len(prints) == len(wanted) < len(traded(trades, prints, said["who"]))
