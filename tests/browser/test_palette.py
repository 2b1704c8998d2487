"""Keys, the palette and what they lead to: symbols, other keys, a picture, a second symbol."""

from __future__ import annotations

import re
import struct

import pytest
from tests.browser.viewer_page import expect, tape_rows, watched

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def combobox(page, name: str):
    return page.get_by_role("combobox", name=name)


def settings(page, part: str):
    page.get_by_role("button", name="Settings").click()
    dialog = page.get_by_role("dialog", name="Settings")
    dialog.get_by_role("tab", name=part).click()
    return dialog


def selected(page) -> str:
    tabs = page.get_by_role("tablist", name="Instruments").get_by_role("tab", selected=True)
    return tabs.inner_text().split()[0]


def test_a_typed_letter_begins_the_search_of_a_symbol(open_page, replay, until):
    page = watched(open_page, replay)
    page.keyboard.type("esm6")
    search = combobox(page, "Search symbols")
    expect(search).to_have_value("Esm6")
    found = page.get_by_role("dialog").get_by_role("option", selected=True)
    expect(found).to_contain_text("ESM6")
    page.keyboard.press("Enter")
    expect(search).to_have_count(0)
    until("the symbol", lambda: selected(page) == "ESM6")
    page.keyboard.type("nq")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    until("another one, not streamed before", lambda: selected(page).startswith("NQ"))
    expect(tape_rows(page).first).to_be_visible()


def test_the_palette_does_what_is_typed_and_escape_leaves_it(open_page, replay, until):
    page = watched(open_page, replay)
    page.keyboard.press("/")
    expect(combobox(page, "Commands")).to_be_focused()
    page.keyboard.press("Escape")
    expect(combobox(page, "Commands")).to_have_count(0)
    page.keyboard.press("Control+k")
    page.keyboard.type("dark or")
    page.keyboard.press("Enter")
    expect(page.locator(".app")).to_have_attribute("data-theme", "light")
    page.keyboard.press("Control+k")
    page.keyboard.type("pause")
    # What the keys of the page mean has to wait.
    assert not replay.replay()["paused"]
    page.keyboard.press("Enter")
    until("a pause", lambda: replay.replay()["paused"])


def test_another_key_is_given_shown_in_conflict_and_found_again(open_page, replay, until):
    page = watched(open_page, replay)
    dialog = settings(page, "Keys")
    mute = dialog.get_by_role("listitem", name="Mute or unmute alerts")
    mute.get_by_role("button", name="Add a key").click()
    page.keyboard.press("s")
    expect(mute.get_by_role("note")).to_contain_text("“Save a picture of the panels”")
    mute.get_by_role("button", name="Take S from").click()
    expect(mute.get_by_role("note")).to_have_count(0)
    mute.get_by_role("button", name="Add a key").click()
    page.keyboard.press("q")
    mute.get_by_role("button", name="Take M from").click()
    expect(dialog.get_by_role("status", name="Kept")).to_contain_text("on the server")
    until("the server to have it", lambda: kept_keys(replay) == {"mute": ["Q"]})
    # Kept by the server: a browser that knows nothing has it too.
    again = watched(open_page, replay, settings=replay.ask("/api/settings"))
    again.keyboard.press("?")
    expect(again.get_by_role("dialog", name="Keys")).to_contain_text("QMute or unmute alerts")
    again.keyboard.press("Escape")
    again.keyboard.press("m")
    expect(combobox(again, "Search symbols")).to_have_value("M")


def kept_keys(replay) -> dict[str, list[str]]:
    return replay.ask("/api/settings").get("viewer", {}).get("keys", {})


def test_a_picture_of_the_panels_is_saved(open_page, replay):
    page = watched(open_page, replay)
    with page.expect_download() as download:
        page.keyboard.press("s")
    assert re.fullmatch(
        r"ticktape-ES\w+-2026-01-05T14-3\d-\d\d\.png", download.value.suggested_filename
    )
    content = download.value.path().read_bytes()
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", content[16:24]) == (1280, 800)
    # Text, candles and a ladder do not pack as a plain ground does.
    assert len(content) > 40_000


def test_two_symbols_stand_side_by_side_on_one_clock(open_page, replay, until, keep_screenshot):
    page = watched(open_page, replay)
    page.keyboard.press("Shift+D")
    page.keyboard.type("nqh6")
    page.keyboard.press("Enter")
    chart = page.get_by_role("region", name="Chart of NQH6")
    ladder = page.get_by_role("region", name="Book of NQH6")
    expect(chart).to_be_visible()
    expect(ladder.get_by_role("table", name="Order book")).to_be_attached()
    assert selected(page).startswith("ES")
    first = page.get_by_role("region", name="Chart", exact=True)
    assert chart.bounding_box()["x"] >= first.bounding_box()["x"] + first.bounding_box()["width"]
    replay.order("pause")
    until("a pause", lambda: replay.replay()["paused"])
    replay.order("seek", ts_ns=str(int(replay.replay()["start_ns"]) + 40_000_000_000))
    until("both books at the cursor", lambda: both_at_the_cursor(page, replay))
    keep_screenshot(page, "two-symbols-desktop-dark")
    page.reload()
    expect(ladder.get_by_role("table", name="Order book")).to_be_attached()
    expect(page.get_by_role("region", name="Book", exact=True)).to_be_visible()
    page.keyboard.type("esm6")
    page.keyboard.press("Enter")
    until("another symbol", lambda: selected(page) == "ESM6")
    page.keyboard.press("/")
    page.keyboard.type("cl.fut")
    page.keyboard.press("Enter")
    until("one that was not streamed", lambda: selected(page).startswith("CL"))
    until(
        "the other one all the same",
        lambda: best_shown(page, "Book of NQH6") == best_of(replay, "NQH6"),
    )


def both_at_the_cursor(page, replay) -> bool:
    """Whether either ladder shows what the server's book of its symbol is."""
    return all(
        best_shown(page, name) == best_of(replay, symbol)
        for name, symbol in (("Book", selected(page)), ("Book of NQH6", "NQH6"))
    )


def best_shown(page, region: str) -> list[str]:
    rows = page.get_by_role("region", name=region, exact=True).locator("table tbody tr").all()
    cells = [(row.locator(".price").text_content(), row.locator(".bid.size")) for row in rows]
    asks = [price for price, size in cells if not size.text_content()]
    bids = [price for price, size in cells if size.text_content()]
    return [bids[0] if bids else "", asks[-1] if asks else ""]


def best_of(replay, symbol: str) -> list[str]:
    book = replay.ask(f"/api/book/{symbol}?levels=1")
    return [f"{book[side][0]['price_i64'] / 1e9:.2f}" for side in ("bids", "asks")]
