"""The ladder on a paused replay: what is drawn is the book, each order at its own place."""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
import pytest
from tests.browser.ladder_page import (
    agrees,
    hover,
    ladder,
    paused_ladder,
    point_at,
    rows_of,
    step,
)
from tests.browser.viewer_page import drawn, expect, symbol_of

from ticktape.book import MboBooks
from ticktape.tape import Schema
from ticktape.tape.files import open_tape

# A first start compiles the kernels.
pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def followed(page):
    return page.get_by_role("status", name="Followed order")


@pytest.fixture
def paused(open_page, replay, until):
    return paused_ladder(open_page, replay, until)


def test_its_rows_are_the_servers_book(paused, replay, keep_screenshot):
    best = replay.ask(f"/api/book/{symbol_of(paused)}?levels=1")
    name = ladder(paused).get_attribute("aria-label")
    for word, side in (("bid", "bids"), ("ask", "asks")):
        assert f"best {word} {best[side][0]['price_i64'] / 1e9:.2f}" in name
    expect(paused.get_by_label("Book", exact=True).get_by_text("spread")).to_contain_text("tick")
    keep_screenshot(paused, "ladder-desktop-dark")


def test_an_order_under_the_pointer_is_told_with_its_place_in_the_queue(paused, replay):
    book = replay.ask(f"/api/book/{symbol_of(paused)}?levels=3&orders=true")
    tip = paused.get_by_role("tooltip")
    for side in ("bid", "ask"):
        for level in book[f"{side}s"][:2]:
            count = len(level["orders"])
            for place in {0, count // 2}:
                order = level["orders"][place]
                hover(paused, point_at(paused, side, level, place))
                expect(tip).to_contain_text(order["order_id"])
                ahead = f"{order['size_ahead']} ahead" if place else "front of the queue"
                queue = tip.locator("p").nth(1)
                expect(queue).to_have_text(re.compile(rf"^{place + 1}\w\w of {count} · {ahead}$"))
    paused.get_by_role("heading", name="ticktape").hover()
    expect(tip).to_have_count(0)


def seconds_of_age(text: str) -> tuple[float, float]:
    """How old an order is said to be, and how finely that is said."""
    if found := re.match(r"(\d+):(\d\d) old", text):
        return int(found[1]) * 60 + int(found[2]), 1
    number, unit = re.match(r"([\d.]+) (µs|ms|s) old", text).groups()
    seconds = {"µs": 1e-6, "ms": 1e-3, "s": 1}[unit]
    return float(number) * seconds, 0.1 if unit == "s" else seconds


def placed_ns(records: np.ndarray) -> int:
    """When an order got its place: added, moved to another price, or made larger."""
    placed = 0
    resting = (0, 0)
    for record in records:
        action, price, size = chr(record["action"]), int(record["price"]), int(record["size"])
        if action == "C":
            resting = (resting[0], resting[1] - size)
        if action not in "AM":
            continue
        if action == "A" or price != resting[0] or size > resting[1]:
            placed = int(record["ts_event"])
        resting = (price, size)
    return placed


def test_an_order_is_as_old_as_its_place_in_the_queue(paused, replay, generated_tape):
    book = replay.ask(f"/api/book/{symbol_of(paused)}?levels=6&orders=true")
    position = replay.replay()["mbo_position_u64"]
    tape = np.concatenate(
        [batch.records for batch in open_tape(generated_tape[1]) if batch.schema == Schema.MBO]
    )[:position]
    own = tape[tape["instrument_id"] == book["instrument_id"]]
    ages = []
    for side in ("bid", "ask"):
        for level in book[f"{side}s"]:
            for place in {0, len(level["orders"]) // 2}:
                order = level["orders"][place]
                hover(paused, point_at(paused, side, level, place))
                tip = paused.get_by_role("tooltip")
                expect(tip).to_contain_text(order["order_id"])
                told, unit = seconds_of_age(tip.locator("p").nth(2).inner_text())
                records = own[own["order_id"] == int(order["order_id"])]
                age = (int(own["ts_recv"][-1]) - placed_ns(records)) / 1e9
                # The clock may have gone on with another instrument.
                assert age - unit <= told <= age + unit + 0.02, order
                ages.append(age)
    assert max(ages) > 2 * min(ages)


class Fill(NamedTuple):
    """An order that rests near the best prices now and is filled later."""

    order_id: int
    side: str
    size: int


def next_fill(paths: list[str], position: int, instrument_id: int) -> Fill:
    """Find the first order, of those that rest after ``position`` records, that fills whole."""
    records = np.concatenate(
        [batch.records for path in paths for batch in open_tape(path) if batch.schema == Schema.MBO]
    )
    books = MboBooks()
    books.update(records[:position])
    after = records[position:]
    after = after[after["instrument_id"] == instrument_id]
    publisher = int(after["publisher_id"][0])
    book = books.book(publisher, instrument_id)
    for fill in after[after["action"] == ord("F")]:
        found = book.order(int(fill["order_id"]))
        own = after[after["order_id"] == fill["order_id"]]
        if found is None or (own["action"] == ord("M")).any():
            continue
        filled = int(own["size"][own["action"] == ord("F")].sum())
        if filled == found.size:
            return Fill(int(fill["order_id"]), chr(fill["side"]), filled)
    pytest.fail("no order of this book fills whole")


def test_an_order_is_followed_until_it_fills(
    paused, replay, generated_tape, until, keep_screenshot
):
    symbol = symbol_of(paused)
    book = replay.ask(f"/api/book/{symbol}?levels=50&orders=true")
    position = replay.replay()["mbo_position_u64"]
    fill = next_fill(generated_tape, position, book["instrument_id"])
    side = "bid" if fill.side == "B" else "ask"
    level, place = next(
        (level, place)
        for level in book[f"{side}s"]
        for place, order in enumerate(level["orders"])
        if int(order["order_id"]) == fill.order_id
    )
    at = point_at(paused, side, level, place)
    hover(paused, at)
    expect(paused.get_by_role("tooltip")).to_contain_text(str(fill.order_id))
    ladder(paused).locator("canvas").click(position={"x": at[0], "y": at[1]})
    expect(followed(paused)).to_contain_text(
        re.compile(rf"^{fill.size} at .* {place + 1}\w\w of {len(level['orders'])}\b")
    )
    keep_screenshot(paused, "ladder-follow-desktop-dark")
    replay.order("resume")
    expect(followed(paused)).to_contain_text(f"filled {fill.size} of {fill.size}", timeout=60_000)
    keep_screenshot(paused, "ladder-filled-desktop-dark")
    paused.keyboard.press("Escape")
    expect(followed(paused)).to_have_count(0)


def test_it_scrolls_by_keys_and_wheel_and_goes_back_to_the_market(paused):
    centre = paused.get_by_role("button", name="Centre")
    expect(centre).to_have_attribute("aria-pressed", "true")

    def highest() -> float:
        return float(rows_of(paused)[0]["price"])

    before = highest()
    ladder(paused).focus()
    for _ in range(3):
        paused.keyboard.press("ArrowDown")
    expect(centre).to_have_attribute("aria-pressed", "false")
    paused.wait_for_function(
        "before => Number(document.querySelector('table[aria-label=\"Order book\"] tbody .price')"
        ".textContent) < before",
        arg=before,
    )
    paused.keyboard.press("Shift+P")
    expect(centre).to_have_attribute("aria-pressed", "true")
    ladder(paused).locator("canvas").hover()
    paused.mouse.wheel(0, -400)
    expect(centre).to_have_attribute("aria-pressed", "false")
    ladder(paused).locator("canvas").dblclick(position={"x": 5, "y": 200})
    expect(centre).to_have_attribute("aria-pressed", "true")


def test_a_double_click_on_an_order_goes_back_to_the_market_and_follows_no_order(paused, replay):
    centre = paused.get_by_role("button", name="Centre")
    level = replay.ask(f"/api/book/{symbol_of(paused)}?levels=2&orders=true")["asks"][1]
    paused.mouse.move(0, 0)
    ladder(paused).focus()
    paused.keyboard.press("ArrowDown")
    expect(centre).to_have_attribute("aria-pressed", "false")
    x, y = point_at(paused, "ask", level, 0)
    ladder(paused).locator("canvas").dblclick(position={"x": x, "y": y - 18})
    expect(centre).to_have_attribute("aria-pressed", "true")
    expect(followed(paused)).to_have_count(0)


def test_ticks_are_grouped_and_no_size_is_lost(paused, replay):
    paused.get_by_label("Ticks a row").select_option("5 ticks")
    book = replay.ask(f"/api/book/{symbol_of(paused)}?levels=200")
    step = 5 * 0.25
    best = book["bids"][0]["price_i64"] / 1e9 // step * step
    wanted = sum(
        level["size"] for level in book["bids"] if level["price_i64"] / 1e9 // step * step == best
    )
    paused.wait_for_function(
        "wanted => [...document.querySelectorAll('table[aria-label=\"Order book\"] tbody tr')]"
        ".some(row => row.querySelector('.price').textContent === wanted[0] &&"
        " row.querySelector('.bid.size').textContent.replaceAll(',', '') === wanted[1])",
        arg=[f"{best:.2f}", str(wanted)],
    )


def test_the_tree_tells_every_order_of_a_level(paused, replay):
    paused.locator(".dock-theme").get_by_role("tab", name="Orders").click()
    tree = paused.get_by_role("tree", name="Orders of the book")
    level = replay.ask(f"/api/book/{symbol_of(paused)}?levels=1&orders=true")["asks"][0]
    price = f"{level['price_i64'] / 1e9:.2f}"
    tree.get_by_role("treeitem", name=re.compile(re.escape(price))).first.click()
    for place, order in enumerate(level["orders"][:5]):
        row = tree.get_by_role("treeitem", name=re.compile(order["order_id"]))
        expect(row).to_contain_text(re.compile(rf"^{place + 1}\w\w"))
        expect(row).to_contain_text(f"{order['size_ahead']} ahead")
    tree.get_by_role("treeitem", name=re.compile(level["orders"][0]["order_id"])).click()
    expect(followed(paused)).to_contain_text("next to fill")


def test_a_phone_shows_it_whole(open_page, replay, keep_screenshot):
    page = open_page(replay, width=390, height=844)
    page.get_by_role("tab", name="Book", exact=True).click()
    page.wait_for_function(
        "document.querySelectorAll('table[aria-label=\"Order book\"] tbody tr').length > 10"
    )
    box = ladder(page).bounding_box()
    assert box["width"] == pytest.approx(390, abs=2)
    assert box["height"] > 300
    keep_screenshot(page, "ladder-phone-dark")


PIXELS = "canvas => canvas.toDataURL()"


def test_rows_drawn_by_themselves_are_those_of_a_whole_drawing(paused, replay, until):
    canvas = ladder(paused).locator("canvas")
    for events in (1, 3, 40, 400):
        step(replay, until, events)
        until("the ladder to be the server's book", lambda: agrees(paused, replay))
        drawn(paused)
        rows = canvas.evaluate(PIXELS)
        # While an order is marked, and once more when the pointer leaves it, all is drawn.
        book = replay.ask(f"/api/book/{symbol_of(paused)}?levels=1&orders=true")
        hover(paused, point_at(paused, "bid", book["bids"][0], 0))
        assert canvas.evaluate(PIXELS) != rows
        paused.mouse.move(2, 2)
        drawn(paused)
        assert canvas.evaluate(PIXELS) == rows
