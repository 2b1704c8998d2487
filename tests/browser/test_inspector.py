"""The event inspector: the records of the instrument, and what each did to the book."""

from __future__ import annotations

import itertools
import json
import urllib.request

import pytest
from tests.browser.viewer_page import expect, paused_ns, watched

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def records(page):
    return page.get_by_role("listbox", name="Records").locator("[data-record]")


def told(replay, first: int, count: int = 1) -> dict[int, dict]:
    """Records from a position on and their effects, as the server's stream tells them."""
    url = f"{replay.url}/api/mbo/stream/json/0?from={first}&limit={count}"
    with urllib.request.urlopen(url, timeout=60) as answer:
        told = [json.loads(line[5:]) for line in answer if line.startswith(b"data:")]
    return {one["position"]: one for one in told if "position" in one}


SIDES = {"B": "bid", "A": "ask"}
NO_EFFECT = {
    "T": "no effect: a trade; the book changes with the orders it meets",
    "F": "no effect: a fill; the order changes with its own cancel or modify",
}


def words_of(one: dict) -> str:
    """What a record did to its book, in the words of docs/viewer.md's inspector."""
    effect = one["effect"]
    if effect["kind"] == "none":
        return NO_EFFECT[one["record"]["action"]]
    if effect["kind"] != "modify":
        verb = {"add": "added", "cancel": "took away"}[effect["kind"]]
        price = f"{effect['price_i64'] / 1e9:.2f}"
        return f"{verb} {effect['size']:,} at {SIDES[effect['side']]} {price}"
    before, price = (f"{effect[f'{when}_price_i64'] / 1e9:.2f}" for when in ("old", "new"))
    old_size, size = effect["old_size"], effect["new_size"]
    sizes = f"{size:,}" if size == old_size else f"{old_size:,} → {size:,}"
    if before != price:
        return f"moved {sizes} from {before} to {price}: behind all who wait there"
    if size == old_size:
        return f"{size:,} at {price}, as before"
    place = "back to the end of the queue" if size > old_size else "keeps its place"
    return f"{sizes} at {price}: {place}"


def still(open_page, replay, until):
    page = watched(open_page, replay)
    replay.order("pause")
    paused_ns(replay, until)
    expect(page.get_by_role("region", name="Inspector")).to_contain_text("event at the cursor")
    return page


def test_a_record_is_told_in_full(open_page, replay, until):
    page = still(open_page, replay, until)
    page.keyboard.press("Shift+I")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    row = page.locator("[data-record][aria-selected=true]")
    expect(row).to_have_count(1)
    position = int(row.get_attribute("data-record"))
    wanted = told(replay, position)[position]["record"]
    detail = page.get_by_role("region", name="Record", exact=True)
    expect(detail).to_contain_text(f"record{position + 1:,}")
    expect(detail).to_contain_text(f"order{wanted['order_id']}")
    expect(detail).to_contain_text(f"sequence{wanted['sequence']}")
    expect(detail.locator(".effect-words")).to_contain_text(
        words_of(told(replay, position)[position])
    )
    page.keyboard.press("Escape")
    expect(page.locator("[data-record][aria-selected=true]")).to_have_count(0)


def test_a_step_shows_exactly_its_event(open_page, replay, until):
    page = still(open_page, replay, until)
    for _ in range(5):
        before = mbo_position(replay)
        page.keyboard.press("ArrowRight")
        until("a step", lambda before=before: mbo_position(replay) > before)
        until("the event", lambda before=before: shows_event(page, before, mbo_position(replay)))
    expect(page.get_by_role("region", name="Inspector")).to_contain_text("event at the cursor")


def effects_shown(page) -> dict[int, str]:
    """Records in sight by position, and what the list says that they did."""
    shown = records(page).evaluate_all(
        "all => all.map(row => [row.dataset.record, row.querySelector('.effect').textContent])"
    )
    return {int(position): words for position, words in shown}


def test_what_every_record_did_is_what_the_server_says_it_did(open_page, replay, until):
    page = still(open_page, replay, until)
    wanted = {"addA", "cancelC", "modifyM", "noneT", "noneF"}
    kinds = set()
    keys = itertools.cycle(("ArrowRight", "Shift+N", "ArrowRight", "Shift+N", "ArrowLeft"))
    for key in itertools.islice(keys, 60):
        if wanted <= kinds:
            break
        before = mbo_position(replay)
        page.keyboard.press(key)
        until("a step", lambda before=before: mbo_position(replay) != before)
        until("the event", lambda: fresh(page)[1] == mbo_position(replay))
        shown = effects_shown(page)
        first = min(shown)
        server = told(replay, first, max(shown) + 1 - first)
        assert shown == {position: words_of(server[position]) for position in shown}
        kinds |= {
            server[position]["effect"]["kind"] + server[position]["record"]["action"]
            for position in shown
        }
    assert wanted <= kinds


def test_a_picked_record_is_told_with_its_own_effect(open_page, replay, until):
    page = still(open_page, replay, until)
    page.keyboard.press("Shift+I")
    words = page.get_by_role("region", name="Record", exact=True).locator(".effect-words")
    for _ in range(6):
        page.keyboard.press("ArrowDown")
        row = page.locator("[data-record][aria-selected=true]")
        expect(row).to_have_count(1)
        position = int(row.get_attribute("data-record"))
        expect(words).to_contain_text(words_of(told(replay, position)[position]))


def test_a_step_back_shows_the_event_before(open_page, replay, until):
    page = still(open_page, replay, until)
    for _ in range(4):
        before = mbo_position(replay)
        page.keyboard.press("ArrowLeft")
        until("a step back", lambda before=before: mbo_position(replay) < before)
        until("the event", lambda: fresh(page)[1] == mbo_position(replay))
    assert records(page).count() > 3


def mbo_position(replay) -> int:
    return int(replay.replay()["mbo_position"])


def fresh(page) -> tuple[int, int]:
    """The newest event in the list: the position of its first record, and that after its last."""
    places = page.locator("[data-record][data-fresh=true]").evaluate_all(
        "all => all.map(row => Number(row.dataset.record))"
    )
    return (min(places), max(places) + 1) if places else (0, 0)


def shows_event(page, begin: int, end: int) -> bool:
    """Whether the newest event is exactly these records, as far as the list has room for them."""
    first, after = fresh(page)
    is_whole = records(page).count() > after - first
    return after == end and (first == begin if is_whole else first >= begin)
