"""Reading and pointing at the ladder: by what it tells who does not see it."""

from __future__ import annotations

import re

from tests.browser.viewer_page import drawn, symbol_of, watched

DESKTOP = {"width": 1600, "height": 900}


def ladder(page):
    return page.get_by_role("application", name=re.compile("Ladder"))


def rows_of(page) -> list[dict[str, str]]:
    """Rows that are drawn, highest price first: what the ladder tells who does not see it."""
    return page.evaluate(
        "() => [...document.querySelectorAll('table[aria-label=\"Order book\"] tbody tr')].map("
        "row => ({y: row.dataset.y, ...Object.fromEntries([...row.cells].map("
        "cell => [cell.className, cell.textContent.replaceAll(',', '')]))}))"
    )


def levels_of(rows, side: str) -> list[tuple[str, int, int]]:
    """Price, size and count of each level of a side, best first."""
    found = [
        (row["price"], int(row[f"{side} size"]), int(row[f"{side} count"]))
        for row in rows
        if row[f"{side} size"]
    ]
    return found if side == "bid" else found[::-1]


def agrees(page, server) -> bool:
    """Whether the rows that are drawn are the first levels of the server's book, order by order."""
    wanted = server.ask(f"/api/book/{symbol_of(page)}?levels=200&orders=true")
    rows = rows_of(page)
    return all(
        len(shown) >= 10
        and shown
        == [
            (f"{level['price_i64'] / 1e9:.2f}", level["size"], len(level["orders"]))
            for level in wanted[f"{side}s"]
        ][: len(shown)]
        for side in ("bid", "ask")
        for shown in [levels_of(rows, side)]
    )


def paused_ladder(open_page, replay, until):
    """A page on the generated tape, a third of its way in and paused there."""
    page = watched(open_page, replay, **DESKTOP)
    replay.order("pause")
    start = int(replay.replay()["start_ns"])
    replay.order("seek", ts_ns=str(start + 40_000_000_000))
    until("the ladder to be the server's book", lambda: agrees(page, replay))
    return page


def places_of(page) -> dict[str, float]:
    """Where in the drawing the columns are, and how many pixels a size is long."""
    table = page.get_by_role("table", name="Order book")
    return {name: float(text) for name, text in table.evaluate("one => ({...one.dataset})").items()}


def point_at(page, side: str, level: dict, place: int) -> tuple[float, float]:
    """Where the middle of an order is drawn: from the price outwards, after those before it."""
    order = level["orders"][place]
    price = f"{level['price_i64'] / 1e9:.2f}"
    row = next(row for row in rows_of(page) if row["price"] == price)
    where = places_of(page)
    away = (order["size_ahead"] + order["size"] / 2) * where["lotPx"]
    x = where[f"{side}X"] + (away if side == "ask" else -away)
    return x, float(row["y"])


def hover(page, at: tuple[float, float]) -> None:
    ladder(page).locator("canvas").hover(position={"x": at[0], "y": at[1]})
    drawn(page)


def step(replay, until, events: int) -> None:
    """Go on by so many events, and be there."""
    places = [int(replay.replay()["position"])]

    def has_stopped() -> bool:
        places.append(int(replay.replay()["position"]))
        return places[-1] == places[-2] > places[0]

    replay.order("step", events=events)
    until("the step to be over", has_stopped)
