"""The event inspector: the records of the instrument, and what each did to the book."""

from __future__ import annotations

import json
import re
import urllib.request

import pytest
from tests.browser.viewer_page import expect, paused_ns, watched

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def records(page):
    return page.get_by_role("listbox", name="Records").locator("[data-record]")


def told(replay, position: int) -> dict[str, object]:
    """The record at a position, as the server's stream of records tells it."""
    url = f"{replay.url}/api/mbo/stream/json/0?from={position}&limit=1"
    with urllib.request.urlopen(url, timeout=60) as answer:
        for line in answer:
            if line.startswith(b"data:"):
                return json.loads(line[5:])["record"]
    raise AssertionError(f"nothing was said of record {position}")


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
    wanted = told(replay, position)
    detail = page.get_by_role("region", name="Record", exact=True)
    expect(detail).to_contain_text(f"record{position + 1:,}")
    expect(detail).to_contain_text(f"order{wanted['order_id']}")
    expect(detail).to_contain_text(f"sequence{wanted['sequence']}")
    expect(detail).to_contain_text(re.compile(r"added|took away|moved|keeps|queue|no effect"))
    page.keyboard.press("Escape")
    expect(page.locator("[data-record][aria-selected=true]")).to_have_count(0)


def test_a_step_shows_exactly_its_event(open_page, replay, until):
    page = still(open_page, replay, until)
    for _ in range(5):
        before = mbo_position(replay)
        page.keyboard.press("ArrowRight")
        until("a step", lambda before=before: mbo_position(replay) > before)
        until("the event", lambda before=before: fresh(page) == (before, mbo_position(replay)))
    expect(page.get_by_role("region", name="Inspector")).to_contain_text("event at the cursor")


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
