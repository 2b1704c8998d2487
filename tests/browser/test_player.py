"""The player of a recorded session: there and back, and all panels at one instant."""

from __future__ import annotations

import json
import re
import urllib.request

import pytest
from tests.browser.viewer_page import (
    cursor_text,
    expect,
    paused_ns,
    problem,
    same_book,
    shown_book,
    symbol_of,
    tape_rows,
    watched,
)

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

DAY_NS = 86_400_000_000_000
S = 1_000_000_000


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def paused(open_page, replay, until, **size):
    page = watched(open_page, replay, **size)
    replay.order("pause")
    paused_ns(replay, until)
    until("the whole tape to be indexed", lambda: replay.replay()["indexed"] == 1.0)
    until("the page's book to be the server's", lambda: same_book(page, replay))
    return page


def mbo_position(replay) -> int:
    return int(replay.replay()["mbo_position"])


def newest_record(page) -> int:
    """Position of the newest record in the inspector."""
    first = page.get_by_role("listbox", name="Records").locator("[data-record]").first
    return int(first.get_attribute("data-record"))


def at_one_instant(page, replay) -> bool:
    """Whether every panel stands at the replay's cursor, and none is ahead of it."""
    state = replay.replay()
    cursor_ns, midnight_ns = int(state["cursor_ns"]), int(state["cursor_ns"]) // DAY_NS * DAY_NS
    hours, minutes, seconds = tape_rows(page).first.locator("time").inner_text().split(":")
    trade_ns = midnight_ns + (int(hours) * 3600 + int(minutes) * 60) * S + int(float(seconds) * S)
    candle = page.get_by_label("Candle", exact=True).inner_text()
    clock = re.search(r"(\d\d):(\d\d):(\d\d)", candle)
    if clock is None:
        return False
    hours, minutes, seconds = map(int, clock.groups())
    candle_ns = midnight_ns + (hours * 3600 + minutes * 60 + seconds) * S
    position = int(page.get_by_role("table", name="Order book").get_attribute("data-position"))
    return (
        same_book(page, replay)
        and position <= int(state["mbo_position"])
        and newest_record(page) < int(state["mbo_position"])
        and cursor_ns - 5 * S < trade_ns <= cursor_ns
        and cursor_ns - 3 * S < candle_ns <= cursor_ns
    )


def test_next_and_previous_go_by_events(open_page, replay, until):
    page = paused(open_page, replay, until)
    # A pause may come in the middle of an event; a step ends with one.
    before = mbo_position(replay)
    button(page, "Step one event").click()
    until("the end of an event", lambda: mbo_position(replay) > before)
    until("the page to be there", lambda: same_book(page, replay))
    book = shown_book(page)
    stood = [mbo_position(replay)]
    for _ in range(4):
        button(page, "Step one event").click()
        until("a step", lambda: mbo_position(replay) > stood[-1])
        stood.append(mbo_position(replay))
    for place in reversed(stood[:-1]):
        button(page, "Step one event back").click()
        until("a step back", lambda place=place: mbo_position(replay) == place)
    until("the book to be as it was", lambda: shown_book(page) == book)
    until("all panels there", lambda: at_one_instant(page, replay))


def test_seeking_brings_every_panel_to_the_same_instant(open_page, replay, until):
    page = paused(open_page, replay, until)
    for share in (0.9, 0.3, 0.6):
        page.get_by_label("Seek").fill(str(round(share * 10_000)))
        state = replay.replay()
        start, end = int(state["start_ns"]), int(state["end_ns"])
        target = start + round(share * (end - start))
        until("the seek", lambda target=target: abs(replay.cursor_ns() - target) < S)
        until("all panels there", lambda: at_one_instant(page, replay))


def test_the_ends_and_the_trades(open_page, replay, until):
    page = paused(open_page, replay, until)
    before = mbo_position(replay)
    button(page, "Next trade").click()
    until("a trade", lambda: mbo_position(replay) > before and trade_at_cursor(page, replay))
    first = mbo_position(replay)
    button(page, "Next trade").click()
    until("the next trade", lambda: mbo_position(replay) > first and trade_at_cursor(page, replay))
    button(page, "Previous trade").click()
    until("the trade before", lambda: mbo_position(replay) == first)
    expect(page.get_by_role("region", name="Inspector")).to_contain_text("event at the cursor")
    page.keyboard.press("End")
    until("the end", lambda: replay.replay()["finished"])
    expect(button(page, "To the end")).to_be_disabled()
    page.keyboard.press("Shift+N")
    missed = page.get_by_role("status", name="Jump")
    expect(missed).to_have_text(f"there is no trade of {symbol_of(page)} after this")
    page.keyboard.press("Home")
    until("the start", lambda: replay.cursor_ns() == int(replay.replay()["start_ns"]))
    expect(button(page, "Step one event back")).to_be_disabled()
    expect(missed).to_have_count(0)


def trade_at_cursor(page, replay) -> bool:
    """Whether the event that ends at the cursor has a trade of the instrument that is shown."""
    position = mbo_position(replay)
    url = f"{replay.url}/api/mbo/stream/json/0?from={position - 60}&limit=60"
    with urllib.request.urlopen(url, timeout=60) as answer:
        lines = [line[5:] for line in answer if line.startswith(b'data: {"position"')]
    records = [json.loads(line)["record"] for line in lines]
    event = [records.pop()]
    while records and not records[-1]["flags"] & 128:
        event.append(records.pop())
    instrument = replay.ask(f"/api/book/{symbol_of(page)}")["instrument_id"]
    return any(
        record["action"] == "T" and record["instrument_id"] == instrument for record in event
    )


def test_a_place_without_any_is_said(open_page, replay, until):
    page = paused(open_page, replay, until)
    for place in ("gap", "crossing"):
        expect(button(page, f"Next {place}")).to_be_disabled()
        expect(button(page, f"Next {place}")).to_have_attribute(
            "title", f"This tape has no {place}"
        )


def test_a_typed_place_is_gone_to(open_page, replay, until):
    page = paused(open_page, replay, until)
    start = int(replay.replay()["start_ns"])
    field = page.get_by_label("Replay time")
    for typed, offset in (("14:30:30.5", 30.5), ("2026-01-05 14:31:10", 70), ("50%", 60)):
        page.keyboard.press("Shift+G")
        expect(field).to_be_focused()
        field.fill(typed)
        field.press("Enter")
        target = start + int(offset * S)
        until(f"{typed}", lambda target=target: abs(replay.cursor_ns() - target) < S // 100)
    # Who types at once replaces what is there.
    page.keyboard.press("Shift+G")
    page.keyboard.type("14:30:45")
    page.keyboard.press("Enter")
    until("the time typed at once", lambda: abs(replay.cursor_ns() - start - 45 * S) < S // 100)
    field.click()
    field.fill("#100000")
    field.press("Enter")
    until("the record", lambda: 0 <= int(replay.replay()["position"]) - 100_000 < 100)
    expect(page.get_by_label("Record number")).to_contain_text("record 100,0")
    field.click()
    field.fill("noon")
    field.press("Enter")
    expect(field).to_have_attribute("aria-invalid", "true")
    field.press("Escape")
    expect(field).not_to_have_value("noon")


def test_dragging_seeks_as_often_as_the_server_can_and_the_last_place_wins(
    open_page, replay, until
):
    page = paused(open_page, replay, until)
    asked = []
    page.on(
        "request",
        lambda request: (
            request.url.endswith("/api/replay") and asked.append(request.post_data_json)
        ),
    )
    box = page.locator(".seek").bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 0.2 * box["width"], middle)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.8 * box["width"], middle, steps=120)
    page.mouse.up()
    state = replay.replay()
    start, end = int(state["start_ns"]), int(state["end_ns"])
    target = start + 0.8 * (end - start)
    until("the last place", lambda: abs(replay.cursor_ns() - target) < S)
    until("all panels there", lambda: at_one_instant(page, replay))
    assert 1 < len(asked) < 100
    assert abs(int(asked[-1]["ts_ns"]) - target) < S


def test_the_seek_bar_draws_what_happens_when(open_page, replay, until):
    page = paused(open_page, replay, until)
    drawn = "() => { const c = document.querySelector('canvas.activity');"
    drawn += " const p = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;"
    drawn += " return p.filter((v, i) => i % 4 === 3 && v > 0).length / (c.width * c.height) }"
    until("a drawing", lambda: page.evaluate(drawn) > 0.1)
    page.locator(".seek").hover(position={"x": 400, "y": 10})
    expect(page.locator(".seek-time")).to_contain_text(re.compile(r"14:3\d:\d\d.\d{3} .*records"))


def test_speeds(open_page, replay, until):
    page = watched(open_page, replay)
    for name, speed in (("1×", 1), ("2×", 2), ("5×", 5), ("10×", 10), ("100×", 100), ("max", None)):
        page.get_by_label("Speed").select_option(name)
        until(name, lambda speed=speed: replay.replay()["speed"] == speed)
    page.get_by_role("heading", name="ticktape").click()
    page.keyboard.press("<")
    until("slower", lambda: replay.replay()["speed"] == 100)
    page.keyboard.press(">")
    until("faster", lambda: replay.replay()["speed"] is None)
    expect(problem(page)).to_have_count(0)
    assert cursor_text(page).startswith("2026-01-05 14:3")


def test_keys_that_are_quicker_than_the_server_step_the_speed_each(open_page, replay, until):
    page = watched(open_page, replay)
    speed = page.get_by_label("Speed")
    until("the speed that is set", lambda: speed.input_value() == "4")
    orders = []
    is_held = True

    def hold(order) -> None:
        if is_held:
            orders.append(order)
        else:
            order.continue_()

    def answered(chosen: float) -> None:
        """The order that was held is carried out, and the one that waited for it."""
        nonlocal is_held
        until("the order", lambda: page.evaluate("true") and orders)
        is_held = False
        orders.pop().continue_()
        until("the speed", lambda: page.evaluate("true") and replay.replay()["speed"] == chosen)
        is_held = True

    page.route("**/api/replay", hold)
    page.keyboard.press(">")
    page.keyboard.press(">")
    expect(speed).to_have_value("10")
    answered(10)
    speed.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(speed).to_have_value("100")
    answered(100)
