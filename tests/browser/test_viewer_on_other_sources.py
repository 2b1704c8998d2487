"""The page on the simulated exchange and on a real recorded session, and when the server goes."""

from __future__ import annotations

import re
import socket

import pytest
from tests.browser.viewer_page import expect, problem, tape_rows

# The ladder tells who does not see it what it draws.
SOME_LEVELS = "document.querySelectorAll('[aria-label=\"Order book\"] tbody tr').length >= 10"

# A first start compiles the kernels.
pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def test_the_demo_moves_by_itself(open_page, serve, keep_screenshot):
    with serve("--demo") as server:
        page = open_page(server)
        expect(page.get_by_role("banner").get_by_text("SIMULATED", exact=True)).to_be_visible()
        expect(page.get_by_role("status", name="Connection")).to_have_text("Connected")
        page.wait_for_function(SOME_LEVELS)
        trade = tape_rows(page).first.inner_text()
        expect(tape_rows(page).first).not_to_have_text(trade)
        expect(page.get_by_role("region", name="Replay")).to_have_count(0)
        keep_screenshot(page, "demo-desktop-dark")
        page.get_by_role("button", name="Colour-blind-safe colours").click()
        keep_screenshot(page, "demo-desktop-dark-safe")
        page.get_by_role("button", name="Light theme").click()
        keep_screenshot(page, "demo-desktop-light-safe")


def test_a_server_that_stops_is_said_and_found_again(open_page, serve, generated_tape):
    with serve("--replay", *generated_tape) as server:
        page = open_page(server)
        expect(page.get_by_role("status", name="Connection")).to_have_text("Connected")
        expect(tape_rows(page).first).to_be_visible()
    expect(page.get_by_role("status", name="Connection")).to_contain_text("Reconnecting")
    expect(problem(page)).to_contain_text("cannot be reached")
    expect(tape_rows(page).first).to_be_visible()
    page.get_by_role("button", name="Disconnect").click()
    expect(page.get_by_role("status", name="Connection")).to_have_text("Disconnected")
    page.get_by_role("button", name="Fetch historical").click()
    expect(problem(page)).to_contain_text("ticktape up")


def free_port() -> str:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return str(taken.getsockname()[1])


def test_a_server_that_comes_back_is_found_by_itself(open_page, serve, generated_tape):
    port = free_port()
    with serve("--replay", *generated_tape, port=port) as server:
        page = open_page(server)
        expect(page.get_by_role("status", name="Connection")).to_have_text("Connected")
    expect(problem(page)).to_contain_text("cannot be reached")
    expect(page.get_by_role("button", name="Step one event", exact=True)).to_be_disabled()
    with serve("--replay", *generated_tape, port=port):
        expect(page.get_by_role("status", name="Connection")).to_have_text("Connected")
        expect(problem(page)).to_have_count(0)
        expect(page.get_by_role("button", name="Step one event", exact=True)).to_be_enabled()


def test_a_source_of_candles_says_what_it_has_not(open_page, serve, real_tape, keep_screenshot):
    tape = real_tape("futures-20240701.ohlcv-1m.dbn.zst")
    with serve("--replay", str(tape), "--speed", "max") as server:
        page = open_page(server)
        expect(page.get_by_role("region", name="Book")).to_contain_text("there is no book")
        expect(page.get_by_role("region", name="Tape")).to_contain_text("there is no tape")
        expect(page.get_by_label("Candle", exact=True)).to_contain_text("55")
        keep_screenshot(page, "candles-only-desktop-dark")


def test_a_source_of_quotes_shows_one_level(open_page, serve, real_tape, keep_screenshot):
    tape = real_tape("futures-20240701.mbp-1.dbn.zst")
    with serve("--replay", str(tape), "--speed", "50") as server:
        page = open_page(server)
        book = page.get_by_role("table", name="Order book")
        for side in ("bid", "ask"):
            expect(book.locator(f".{side}.size", has_text=re.compile(r"\d"))).to_have_count(1)
        expect(page.get_by_role("region", name="Book")).to_contain_text("best bid and offer only")
        keep_screenshot(page, "quotes-only-desktop-dark")


def test_a_real_session(open_page, serve, real_tape, until, keep_screenshot):
    with serve("--replay", str(real_tape("CLX5-20250924.mbo.dbn")), "--speed", "20") as server:
        page = open_page(server)
        expect(page.get_by_role("status", name="Connection")).to_have_text("Connected")
        expect(page.get_by_role("tab", name=re.compile("CLX5"))).to_be_visible()
        page.wait_for_function(SOME_LEVELS)
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
        history = page.get_by_role("region", name="History", exact=True)
        expect(history.get_by_role("status")).to_contain_text(re.compile(r"\d\d rows of ohlcv-1m"))
        expect(page.get_by_label("Candle", exact=True)).to_contain_text("64.")
        keep_screenshot(page, "real-history-desktop-dark")
