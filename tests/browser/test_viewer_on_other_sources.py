"""The page on the simulated exchange and on a real recorded session, and when the server goes."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

# A first start compiles the kernels.
pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def expect(locator):
    from playwright.sync_api import expect as expectation

    return expectation(locator)


def tape_rows(page):
    return page.get_by_role("log", name="Trades").locator("[data-trade]")


def test_the_demo_moves_by_itself(open_page, serve, keep_screenshot):
    with serve("--demo") as server:
        page = open_page(server)
        expect(page.get_by_role("banner").get_by_text("SIMULATED", exact=True)).to_be_visible()
        expect(page.get_by_role("status", name="Connection")).to_have_text("Connected")
        book = page.get_by_role("table", name="Order book")
        expect(book.locator("tr[data-level]")).to_have_count(20)
        trade = tape_rows(page).first.inner_text()
        expect(tape_rows(page).first).not_to_have_text(trade)
        expect(page.get_by_role("region", name="Replay")).to_have_count(0)
        keep_screenshot(page, "demo-desktop-dark")
        page.get_by_role("button", name="Colour-blind-safe colours").click()
        keep_screenshot(page, "demo-desktop-dark-safe")
        page.get_by_role("button", name="Light theme").click()
        keep_screenshot(page, "demo-desktop-light-safe")


@pytest.mark.skipif(
    "TICKTAPE_PICTURE" not in os.environ,
    reason="writes the README's picture: TICKTAPE_PICTURE=docs/images/viewer.png",
)
def test_picture_of_the_readme(open_page, serve):
    """The simulated exchange after a while, so that the chart is full; never recorded data."""
    with serve("--demo") as server:
        page = open_page(server, width=1440, height=900)
        page.set_default_timeout(200_000)
        expect(tape_rows(page).first).to_be_visible()
        page.wait_for_function("() => new Promise(done => setTimeout(() => done(true), 110_000))")
        target = Path(os.environ["TICKTAPE_PICTURE"])
        target.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=target)


def test_a_server_that_stops_is_said_and_found_again(open_page, serve, generated_tape):
    with serve("--replay", *generated_tape) as server:
        page = open_page(server)
        expect(page.get_by_role("status", name="Connection")).to_have_text("Connected")
        expect(tape_rows(page).first).to_be_visible()
    expect(page.get_by_role("status", name="Connection")).to_contain_text("Reconnecting")
    expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
    expect(tape_rows(page).first).to_be_visible()
    page.get_by_role("button", name="Disconnect").click()
    expect(page.get_by_role("status", name="Connection")).to_have_text("Disconnected")
    page.get_by_role("button", name="Fetch historical").click()
    expect(page.get_by_role("alert")).to_contain_text("ticktape up")


def test_a_real_session(open_page, serve, real_tape, until, keep_screenshot):
    with serve("--replay", str(real_tape("CLX5-20250924.mbo.dbn")), "--speed", "20") as server:
        page = open_page(server)
        expect(page.get_by_role("status", name="Connection")).to_have_text("Connected")
        expect(page.get_by_role("tab", name=re.compile("CLX5"))).to_be_visible()
        expect(
            page.get_by_role("table", name="Order book").locator("tr[data-level]")
        ).to_have_count(20)
        trade = tape_rows(page).first.inner_text()
        expect(tape_rows(page).first).not_to_have_text(trade)
        keep_screenshot(page, "real-desktop-dark")

        page.get_by_label("Seek").fill("9200")
        until("the pre-open", lambda: server.ask("/api/book/CLX5")["crossed"])
        expect(page.get_by_role("region", name="Book").get_by_text("crossed")).to_be_visible()
        keep_screenshot(page, "real-crossed-desktop-dark")

        page.get_by_role("button", name="Disconnect").click()
        page.get_by_label("Schema").select_option("ohlcv-1m")
        page.get_by_role("button", name="Fetch historical").click()
        history = page.get_by_role("region", name="History")
        expect(history.get_by_role("status")).to_contain_text(re.compile(r"\d\d rows of ohlcv-1m"))
        expect(page.get_by_label("Candle", exact=True)).to_contain_text("64.")
        keep_screenshot(page, "real-history-desktop-dark")
