"""Ranges of the past on the page: candles, rows, and nothing after a replay's cursor."""

from __future__ import annotations

import re

import pytest
from tests.browser.viewer_page import expect, watched

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def test_fetched_history_shows_candles_and_rows(open_page, replay, keep_screenshot):
    page = watched(open_page, replay)
    page.get_by_role("button", name="Disconnect").click()
    page.get_by_label("Schema").select_option("ohlcv-1s")
    page.get_by_role("button", name="Fetch historical").click()
    history = page.get_by_role("region", name="History", exact=True)
    expect(history.get_by_role("status")).to_contain_text(re.compile(r"\d{2,} rows of ohlcv-1s"))
    expect(history.locator("[data-row]").first).to_be_visible()
    keep_screenshot(page, "history-desktop-dark")
    page.get_by_label("Schema").select_option("trades")
    page.get_by_role("button", name="Fetch historical").click()
    expect(history.get_by_role("status")).to_contain_text(re.compile(r"rows of trades"))
    expect(history.locator("[data-row]").first).to_contain_text(re.compile("Buy|Sell"))
    page.get_by_role("button", name="Close history", exact=True).click()
    expect(history).to_have_count(0)
    expect(page.get_by_role("region", name="Heatmap")).to_be_visible()


def test_rows_of_the_shown_instrument_and_candles_beside_trades(open_page, replay):
    page = watched(open_page, replay)
    replay.order("pause")
    page.get_by_label("Schema").select_option("trades")
    with (
        page.expect_request(asks_for("ohlcv-1s")),
        page.expect_request(asks_for("trades")) as asked,
    ):
        page.get_by_role("button", name="Fetch historical").click()
    assert asked.value.post_data_json["clip"] is True
    history = page.get_by_role("region", name="History", exact=True)
    expect(history.get_by_role("status")).to_contain_text(
        re.compile(r"[\d,]+ of [\d,]+ rows of trades")
    )
    history.get_by_label("All instruments").check()
    expect(history.get_by_role("status")).to_contain_text(re.compile(r"^[\d,]+ rows of trades"))


def asks_for(schema):
    return lambda request: (
        request.url.endswith("/api/historical") and request.post_data_json["schema"] == schema
    )


def test_history_of_a_watched_replay_ends_at_its_cursor(open_page, replay):
    page = watched(open_page, replay)
    replay.order("pause")
    page.get_by_label("Schema").select_option("ohlcv-1s")
    page.get_by_role("button", name="Fetch historical").click()
    note = page.get_by_role("region", name="History", exact=True).get_by_role("status")
    expect(note).to_contain_text("up to the replay's cursor")
