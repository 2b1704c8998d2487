"""The page on a replay of a generated tape: everything moves, stops and goes where it is told."""

from __future__ import annotations

import json
import re
from itertools import pairwise

import pytest
from tests.browser.viewer_page import (
    clock_ns,
    connection,
    drawn,
    expect,
    newest_trade,
    paused_ns,
    problem,
    same_book,
    tape_rows,
    watched,
)

# A first start compiles the kernels.
pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def test_says_what_the_data_is(open_page, replay, keep_screenshot):
    page = watched(open_page, replay)
    assert page.title() == "ticktape"
    expect(page.get_by_role("heading", name="ticktape")).to_be_visible()
    banner = page.get_by_role("banner")
    expect(banner.get_by_text("REPLAY", exact=True)).to_be_visible()
    expect(banner.get_by_text("L3", exact=True)).to_be_visible()
    for mark in ("lag", "drops", "gaps"):
        expect(banner.get_by_text(mark)).to_be_visible()
    expect(page.get_by_role("combobox", name="Symbols")).to_have_value("ES.FUT")
    keep_screenshot(page, "replay-desktop-dark")


def test_trades_and_candles_move(open_page, replay):
    page = watched(open_page, replay)
    trade = newest_trade(page)
    candle = page.get_by_label("Candle", exact=True)
    before = candle.inner_text()
    expect(tape_rows(page).first).not_to_have_text(trade)
    page.wait_for_function(
        "before => document.querySelector('[aria-label=Candle]').innerText !== before", arg=before
    )
    expect(candle).to_contain_text(re.compile(r"O\s*\d+\.\d\d.*V\s*[\d,]+"))


def test_the_book_is_the_servers(open_page, replay, until):
    page = watched(open_page, replay)
    replay.order("pause")
    until("the page's book to be the server's", lambda: same_book(page, replay))
    region = page.get_by_role("region", name="Book")
    expect(region).to_contain_text(re.compile(r"spread .* tick"))


def test_disconnect_stops_and_connect_resumes(open_page, replay, until):
    page = watched(open_page, replay)
    page.get_by_role("button", name="Disconnect").click()
    expect(connection(page)).to_have_text("Disconnected")
    # What had come is drawn within a tenth of a second.
    drawn_ns = replay.cursor_ns() + 1_000_000_000
    until("the replay to go on", lambda: replay.cursor_ns() > drawn_ns)
    trade = newest_trade(page)
    later_ns = replay.cursor_ns() + 4_000_000_000
    until("the replay to go on", lambda: replay.cursor_ns() > later_ns)
    assert newest_trade(page) == trade
    page.get_by_role("button", name="Connect live").click()
    expect(connection(page)).to_have_text("Connected")
    expect(tape_rows(page).first).not_to_have_text(trade)


def test_play_pause_speed_and_step(open_page, replay, until):
    page = watched(open_page, replay)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    at_ns = paused_ns(replay, until)
    page.get_by_role("button", name="Step one event", exact=True).click()
    until("one step", lambda: replay.cursor_ns() != at_ns)
    assert abs(replay.cursor_ns() - at_ns) < 1_000_000_000
    page.get_by_label("Speed").select_option("50×")
    until("the speed", lambda: replay.replay()["speed"] == 50)
    page.get_by_label("Speed").select_option("max")
    until("full speed", lambda: replay.replay()["speed"] is None)
    page.get_by_label("Speed").select_option("2×")
    page.get_by_role("button", name="Play").click()
    until("it to play", lambda: not replay.replay()["paused"])
    expect(page.get_by_role("button", name="Pause")).to_be_visible()


def test_seeking_shows_nothing_after_the_cursor(open_page, replay, until):
    page = watched(open_page, replay)
    replay.order("pause")
    state = replay.replay()
    start, end = int(state["start_ns"]), int(state["end_ns"])
    midnight_ns = start - start % 86_400_000_000_000
    for share in (0.8, 0.2):
        page.get_by_label("Seek").fill(str(round(share * 10_000)))
        target = start + round(share * (end - start))
        until("the seek", lambda target=target: abs(replay.cursor_ns() - target) < 1_000_000_000)
        until(
            "the tape to be there",
            lambda target=target: abs(midnight_ns + clock_ns(page) - target) < 3_000_000_000,
        )
        cursor = replay.cursor_ns()
        assert midnight_ns + clock_ns(page) <= cursor
        until(
            "a candle of before the cursor",
            lambda cursor=cursor: midnight_ns + candle_ns(page) <= cursor,
        )


def candle_ns(page) -> int:
    """Time of day of the candle that the chart tells of, in nanoseconds."""
    candle = page.get_by_label("Candle", exact=True)
    expect(candle).to_have_text(re.compile(r"\d\d:\d\d:\d\d"))
    hours, minutes, seconds = map(
        int, re.search(r"(\d\d):(\d\d):(\d\d)", candle.inner_text()).groups()
    )
    return (hours * 3600 + minutes * 60 + seconds) * 10**9


def test_the_tape_rests_under_the_pointer_and_filters_by_size(open_page, replay):
    page = watched(open_page, replay)
    page.get_by_role("log", name="Trades").hover()
    waiting = page.get_by_label("Tape").get_by_text("waiting")
    expect(waiting).to_be_visible()
    still, count = newest_trade(page), waiting.inner_text()
    expect(waiting).not_to_have_text(count)
    assert newest_trade(page) == still
    page.get_by_label("Min size").fill("10")
    page.get_by_role("heading", name="ticktape").hover()
    expect(page.get_by_label("Tape").get_by_text("waiting")).to_have_count(0)
    page.wait_for_function(
        "() => { const sizes = [...document.querySelectorAll('[data-trade] .size')];"
        " return sizes.length > 0 && sizes.every(s => Number(s.textContent) >= 10) }"
    )
    page.get_by_label("All").check()
    expect(tape_rows(page).first).to_contain_text(re.compile(r"(ES|NQ|CL)[A-Z]\d"))


# Follows the newest row until two trades stand above it, or it is no longer that trade's; gives
# where the rows begin, after where the head ends.
FOLLOW_A_ROW = """() => {
  const rows = [...document.querySelectorAll('[data-trade]')];
  const at = rows.findIndex(row => row.followed === row.innerText);
  if (at >= 2) {
    const head = document.querySelector('.tape .tape-row.head').getBoundingClientRect();
    return [head.bottom, ...rows.map(row => row.getBoundingClientRect().top)];
  }
  if (at < 0) {
    for (const row of rows) row.followed = undefined;
    rows[0].followed = rows[0].innerText;
  }
  return null;
}"""


def test_a_trade_keeps_its_row_when_others_come_on_top(open_page, replay):
    # Not more trades between two pictures than are in sight, however slow the machine.
    replay.order("speed", speed=0.5)
    page = watched(open_page, replay)
    head_ends, *tops = page.wait_for_function(FOLLOW_A_ROW).json_value()
    assert abs(tops[0] - head_ends) < 0.5, "the newest right under the head"
    apart = {round(below - above) for above, below in pairwise(tops)}
    assert apart == {20}, "newest on top, each right under the one before it"


def test_keys(open_page, replay, until, keep_screenshot):
    page = watched(open_page, replay)
    page.keyboard.press("Space")
    at_ns = paused_ns(replay, until)
    page.keyboard.press("ArrowRight")
    until("a step", lambda: replay.cursor_ns() != at_ns)
    at_ns = replay.cursor_ns()
    page.keyboard.press("ArrowLeft")
    until("a step back", lambda: replay.cursor_ns() < at_ns)
    page.keyboard.press("Shift+ArrowLeft")
    until("ten seconds back", lambda: replay.cursor_ns() < at_ns - 9_000_000_000)
    page.keyboard.press("Space")
    until("it to play", lambda: not replay.replay()["paused"])
    page.keyboard.press("?")
    overlay = page.get_by_role("dialog", name="Keys")
    expect(overlay).to_contain_text("Step one event on")
    keep_screenshot(page, "help-desktop-dark")
    page.keyboard.press("Escape")
    expect(overlay).to_have_count(0)
    page.keyboard.press("Shift+T")
    expect(page.locator(".app")).to_have_attribute("data-theme", "light")
    page.keyboard.press("4")
    expect(page.get_by_role("button", name="1m", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )
    keep_screenshot(page, "replay-desktop-light")
    page.keyboard.type("nq")
    search = page.get_by_role("combobox", name="Search symbols")
    expect(search).to_have_value("Nq")
    expect(search).to_be_focused()
    keep_screenshot(page, "picker-desktop-light")
    page.keyboard.press("Enter")
    expect(page.get_by_role("tab", name=re.compile("^NQ")).first).to_be_visible()
    page.reload()
    expect(page.locator(".app")).to_have_attribute("data-theme", "light")


def test_what_goes_wrong_is_said(open_page, replay, keep_screenshot):
    page = watched(open_page, replay)
    alert = problem(page)
    page.get_by_role("textbox", name="Start").fill("yesterday")
    page.get_by_role("button", name="Fetch historical").click()
    expect(alert).to_contain_text("yesterday")
    page.get_by_role("button", name="Dismiss").click()
    expect(alert).to_have_count(0)
    symbols = page.get_by_role("combobox", name="Symbols")
    symbols.fill("ZZ.FUT")
    symbols.press("Enter")
    expect(alert).to_contain_text("ZZ.FUT")
    symbols.fill("ES")
    symbols.press("Enter")
    expect(alert).to_contain_text("Did you mean ES.FUT?")
    keep_screenshot(page, "unknown-symbol-desktop-dark")
    symbols.fill("ES.FUT")
    symbols.press("Enter")
    expect(alert).to_have_count(0)
    expect(tape_rows(page).first).to_be_visible()


def test_missed_records_are_marked_on_the_chart(open_page, replay, until, keep_screenshot):
    sockets = []

    def listen(page):
        def between(socket):
            socket.connect_to_server()
            sockets.append(socket)

        page.route_web_socket(re.compile("/ws/live"), between)

    page = watched(open_page, replay, prepare=listen)
    replay.order("pause")
    legend = page.get_by_label("Candle", exact=True)
    cursor_ns = replay.cursor_ns()
    gap = {"type": "gap", "symbol": None, "reason": "connection lost"}
    gap |= {"start_ns": str(cursor_ns - 5 * 10**9), "end_ns": str(cursor_ns - 10**9)}
    sockets[-1].send(json.dumps(gap))
    canvas = page.locator(".chart-canvas").bounding_box()

    def is_pointed_at() -> bool:
        for x in range(int(canvas["width"]) - 70, 0, -8):
            page.mouse.move(canvas["x"] + x, canvas["y"] + 200)
            drawn(page)
            if "connection lost" in legend.inner_text():
                return True
        return False

    until("the gap", is_pointed_at)
    expect(legend).to_contain_text("gap")
    keep_screenshot(page, "gap-desktop-dark")


def test_the_wheel_zooms_and_dragging_pans(open_page, replay):
    page = watched(open_page, replay)
    replay.order("pause")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    canvas = page.locator(".chart-canvas").bounding_box()
    legend = page.get_by_label("Candle", exact=True)

    def times_across() -> list[str]:
        times = []
        for x in range(0, int(canvas["width"]) - 70, 24):
            page.mouse.move(canvas["x"] + x, canvas["y"] + 150)
            drawn(page)
            times.append(legend.inner_text()[:19])
        return times

    before = times_across()
    page.mouse.wheel(0, -400)
    zoomed = times_across()
    assert zoomed != before
    page.mouse.move(canvas["x"] + 100, canvas["y"] + 150)
    page.mouse.down()
    page.mouse.move(canvas["x"] + 300, canvas["y"] + 150, steps=4)
    page.mouse.up()
    panned = times_across()
    assert panned != zoomed
    page.get_by_role("button", name="Newest").click()
    assert times_across() != panned


def test_keys_belong_to_a_field_that_has_the_focus(open_page, replay):
    page = watched(open_page, replay)
    size = page.get_by_label("Min size")
    size.fill("5")
    page.keyboard.press("Shift+T")
    page.keyboard.press("Space")
    assert not replay.replay()["paused"]
    expect(page.locator(".app")).to_have_attribute("data-theme", "dark")
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+T")
    expect(page.locator(".app")).to_have_attribute("data-theme", "light")
    page.reload()
    expect(size).to_have_value("5")


def test_a_choice_by_hand_gives_the_keys_back_to_the_page(open_page, replay):
    page = watched(open_page, replay)
    speed = page.get_by_label("Speed")
    speed.click()
    speed.select_option("2×")
    page.keyboard.press("Shift+T")
    expect(page.locator(".app")).to_have_attribute("data-theme", "light")
    expect(speed).to_have_value("2")


def test_who_chooses_by_keys_steps_on(open_page, replay, until):
    page = watched(open_page, replay)
    speed = page.get_by_label("Speed")
    speed.select_option("1×")
    until("the speed", lambda: replay.replay()["speed"] == 1)
    speed.focus()
    page.keyboard.press("ArrowDown")
    until("the next speed", lambda: replay.replay()["speed"] == 2)
    # The page shows what the replay does, not what was asked of it.
    expect(speed.locator("option:checked")).to_have_text("2×")
    expect(speed).to_be_focused()
    page.keyboard.press("ArrowDown")
    until("the one after it", lambda: replay.replay()["speed"] == 5)


def test_a_server_that_still_prepares_is_waited_for(open_page, replay):
    def unprepared(page):
        def answer(route):
            source = route.fetch().json()
            if len(asked) < 2:
                source |= {"connected": False, "default_symbols": []}
            asked.append(source)
            route.fulfill(json=source)

        asked = []
        page.route("**/api/source", answer)

    page = open_page(replay, prepare=unprepared)
    expect(connection(page)).to_have_text("Preparing the source…")
    expect(connection(page)).to_have_text("Connected")
    expect(problem(page)).to_have_count(0)
    expect(tape_rows(page).first).to_be_visible()


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_fits_a_phone(open_page, replay, keep_screenshot, theme):
    page = watched_on_phone(open_page, replay)
    if theme == "light":
        page.get_by_role("button", name="Light theme").click()
    keep_screenshot(page, f"replay-phone-{theme}-chart")
    for name, panel in (("Book", "Book"), ("Tape", "Tape")):
        page.get_by_role("tab", name=name, exact=True).click()
        expect(page.get_by_role("region", name=panel)).to_be_visible()
        keep_screenshot(page, f"replay-phone-{theme}-{name.lower()}")
    page.get_by_role("button", name="Historical range").click()
    page.get_by_label("Schema").select_option("ohlcv-1s")
    keep_screenshot(page, f"replay-phone-{theme}-range")
    # What is seldom pressed once the page is connected opens with the range.
    inside(page, "Connect live", "Disconnect")
    page.get_by_role("button", name="Fetch historical").click()
    expect(page.get_by_role("region", name="History", exact=True)).to_be_visible()
    keep_screenshot(page, f"replay-phone-{theme}-history")
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
    inside(page, "Pause", "Step one event")


def inside(page, *buttons):
    for name in buttons:
        box = page.get_by_role("button", name=name, exact=name.startswith("Step")).bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        assert box["y"] + box["height"] <= 844


def watched_on_phone(open_page, server):
    page = open_page(server, width=390, height=844)
    expect(connection(page)).to_have_text("Connected")
    return page
