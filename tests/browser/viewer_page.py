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
    # A machine that is busy opens slowly.
    expect(connection(page)).to_have_text("Connected", timeout=20_000)
    expect(tape_rows(page).first).to_be_visible(timeout=20_000)
    return page


def drawn(page) -> None:
    """Wait until what was just done is on the screen."""
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def shown_book(page) -> dict[str, list[tuple[str, int]]]:
    """Levels of the ladder, best first: prices as they are written, and sizes."""
    rows = page.evaluate(
        "() => [...document.querySelectorAll('table[aria-label=\"Order book\"] tbody tr')].map("
        "row => ['.price', '.bid.size', '.ask.size'].map("
        "cell => row.querySelector(cell)?.textContent ?? ''))"
    )
    size = {"bids": 1, "asks": 2}
    shown = {
        side: [(row[0], int(row[at].replace(",", ""))) for row in rows if row[at]]
        for side, at in size.items()
    }
    return {"bids": shown["bids"], "asks": shown["asks"][::-1]}


def book_of_server(page, server, levels: int = 10) -> dict[str, list[tuple[str, int]]]:
    """The same of the API, for the instrument that the page shows."""
    book = server.ask(f"/api/book/{symbol_of(page)}?levels={levels}")
    return {
        side: [(f"{level['price_i64'] / 1e9:.2f}", level["size"]) for level in book[side]]
        for side in ("bids", "asks")
    }


def symbol_of(page) -> str:
    """The instrument that the page shows."""
    return page.get_by_role("tab", selected=True).first.inner_text().split()[0]


def same_book(page, server) -> bool:
    """Whether the ladder shows the book that the server has, as far as it shows levels."""
    shown, wanted = shown_book(page), book_of_server(page, server)
    return all(
        len(shown[side]) >= 5 and shown[side][:10] == wanted[side][: len(shown[side][:10])]
        for side in ("bids", "asks")
    )


def show_panel(page, name: str) -> None:
    """Bring a panel to the front of its group."""
    page.locator(".dock-theme").get_by_role("tab", name=name).click()


def cursor_text(page) -> str:
    return page.get_by_label("Replay time").input_value()
