"""Reading the viewer's page as a person would: by roles and labels."""

from __future__ import annotations


def expect(locator):
    from playwright.sync_api import expect as expectation

    return expectation(locator)


def connection(page):
    return page.get_by_role("status", name="Connection")


def problem(page):
    """The bar that says what went wrong; the dock has an alert of its own, for announcements."""
    return page.get_by_role("alert", name="Problem")


def tape_rows(page):
    return page.get_by_role("log", name="Trades").locator("[data-trade]")


def newest_trade(page) -> str:
    return tape_rows(page).first.inner_text()


def clock_ns(page) -> int:
    """Time of day of the newest trade on the tape, in nanoseconds."""
    text = tape_rows(page).first.locator("time").inner_text()
    hours, minutes, seconds = text.split(":")
    return round((int(hours) * 3600 + int(minutes) * 60 + float(seconds)) * 1e9)


def paused_ns(replay, until) -> int:
    until("a pause", lambda: replay.replay()["paused"])
    return replay.cursor_ns()


def watched(open_page, server, **size):
    page = open_page(server, **size)
    expect(connection(page)).to_have_text("Connected")
    expect(tape_rows(page).first).to_be_visible()
    return page


def drawn(page) -> None:
    """Wait until what was just done is on the screen."""
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
