"""What is kept of two sessions, side by side and over time, in the numbers of the API."""

from __future__ import annotations

import math
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from tests.browser.conftest import TICKTAPE, Server
from tests.browser.viewer_page import expect, show_panel, symbol_of, watched

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

HOUR_NS = 3_600_000_000_000
PAGE = 200


@pytest.fixture(scope="module")
def two_sessions(serve, generated_tape, tmp_path_factory) -> Iterator[Server]:
    """The end of a replay of two minutes of one trade date and three of the next."""
    folder = tmp_path_factory.mktemp("evening")
    tape, definitions = folder / "market.dbn", folder / "definitions.dbn"
    options = ["--seconds", "180", "--rate", "2000", "--seed", "7", "--start", "2026-01-05T23:10Z"]
    command = [TICKTAPE, "simulate", tape, *options, "--definitions", definitions]
    subprocess.run(command, check=True, capture_output=True, timeout=200)
    with serve("--replay", *generated_tape, str(definitions), str(tape)) as server:
        server.order("speed", speed=None)
        yield server


@pytest.fixture
def history(open_page, two_sessions, until):
    """The history of signals, where all of both sessions has been played."""
    until("the end of the tape", lambda: two_sessions.replay()["finished"], 120)
    page = watched(open_page, two_sessions)
    symbol = symbol_of(page)
    until("both sessions", lambda: len(sessions_of(two_sessions, symbol)) == 2, 60)
    show_panel(page, "Signal history")
    return page.get_by_role("region", name="Signal history")


def sessions_of(server: Server, symbol: str) -> list[dict[str, Any]]:
    return server.ask(f"/api/sessions?limit=100&symbol={symbol}")["sessions"]


def kept(server: Server) -> list[dict[str, Any]]:
    """Every signal that is kept."""
    rows: list[dict[str, Any]] = []
    while True:
        page = server.ask(f"/api/signals?limit={PAGE}&offset={len(rows)}")
        rows += page["signals"]
        if len(rows) >= page["total"]:
            return rows


def cells(row) -> list[str]:
    return [text.strip() for text in row.locator("th, td").all_inner_texts()]


def test_sessions_are_listed_with_their_numbers(history, two_sessions, until):
    history.get_by_role("button", name="Sessions").click()
    rows = history.get_by_role("table", name="Sessions").locator("tbody tr")

    def wanted() -> list[list[str]]:
        return [
            [
                one["trade_date"],
                one["symbol"],
                *(f"{one[name]:,}" for name in ("signals", "bullish", "bearish", "wins", "losses")),
                rate(one["wins"], one["losses"]),
            ]
            for one in two_sessions.ask("/api/sessions?limit=100")["sessions"]
        ]

    assert {dates[0] for dates in wanted()} == {"2026-01-05", "2026-01-06"}
    until("the sessions of the API", lambda: [cells(row)[1:] for row in rows.all()] == wanted())


def test_two_sessions_are_compared_by_kind(history, two_sessions, until, keep_screenshot):
    history.get_by_role("button", name="Sessions").click()
    symbol = symbol_of(history.page)
    dates = ("2026-01-05", "2026-01-06")
    for date in dates:
        history.get_by_role("checkbox", name=f"Compare {symbol} {date}").check()
    table = history.get_by_role("table", name="Comparison")
    expect(table).to_be_visible()
    head = table.locator("thead th").all_inner_texts()
    assert head[1:3] == [f"{symbol} {date}" for date in dates]
    both = {one["trade_date"]: one for one in sessions_of(two_sessions, symbol)}

    def wanted() -> dict[str, list[str]]:
        stats = [
            two_sessions.ask(f"/api/stats?session_id={both[date]['id']}")["by_type"]
            for date in dates
        ]
        kinds = {kind: [of.get(kind) for of in stats] for kind in {*stats[0], *stats[1]}}
        return {kind.replace("_", " "): compared(*pair) for kind, pair in kinds.items()}

    def shown() -> dict[str, list[str]]:
        rows = [cells(row) for row in table.locator("tbody").first.locator("tr").all()]
        return {kind.lower(): numbers for kind, *numbers in rows}

    until("the statistics of both", lambda: shown() == wanted())
    assert any(numbers[-1] not in {"0", "–"} for numbers in shown().values())
    every = cells(table.locator("tbody").last.locator("tr"))
    counts = [
        {"count": both[date]["signals"], "win_rate": both[date]["win_rate"]} for date in dates
    ]
    assert every == ["All", *compared(*counts)]
    keep_screenshot(history.page, "signal-sessions-desktop-dark")


def compared(one: dict[str, Any] | None, other: dict[str, Any] | None) -> list[str]:
    """Count and win rate of either, and by how many points the rates differ."""
    rates = [None if tally is None else tally["win_rate"] for tally in (one, other)]
    told = [
        text
        for tally, win_rate in zip((one, other), rates, strict=True)
        for text in ("–" if tally is None else f"{tally['count']:,}", percent(win_rate))
    ]
    if None in rates:
        return [*told, "–"]
    points = halves_up(rates[1] - rates[0])
    return [*told, f"{points:+d}" if points > 0 else str(points)]


def halves_up(value: float) -> int:
    return math.floor(value + 0.5)


def percent(win_rate: float | None) -> str:
    """A win rate as it is read."""
    return "–" if win_rate is None else f"{halves_up(win_rate)} %"


def rate(wins: int, losses: int) -> str:
    return percent(None if wins + losses == 0 else 100 * wins / (wins + losses))


def test_win_rates_over_time_are_those_of_the_signals(history, two_sessions, until):
    history.get_by_role("button", name="Win rates").click()
    figure = history.get_by_role("figure", name="Win rate over time")
    expect(figure).to_contain_text("by hour")

    def wanted() -> list[tuple[int, int, str]]:
        by_hour = [(int(row["ts_ns"]) // HOUR_NS, row["outcome"]) for row in kept(two_sessions)]
        outcomes, hours = Counter(by_hour), [hour for hour, _ in by_hour]
        pairs = [
            (outcomes[hour, "win"], outcomes[hour, "loss"])
            for hour in range(min(hours), max(hours) + 1)
        ]
        return [(*pair, rate(*pair)) for pair in pairs]

    def shown() -> list[tuple[int, int, str]]:
        bars = figure.get_by_role("listitem").all()
        told = [re.search(r"(\d+) won, (\d+) lost", bar.get_attribute("title")) for bar in bars]
        rates = [bar.locator(".rate-text").inner_text() for bar in bars]
        return [(int(one[1]), int(one[2]), text) for one, text in zip(told, rates, strict=True)]

    until("each hour's", lambda: shown() == wanted())
    assert len(shown()) == 10, "from 14:00 to 23:59"
    assert sum(wins + losses > 0 for wins, losses, _ in shown()) == 2


def test_win_rates_by_kind_are_those_of_the_api(history, two_sessions, until):
    history.get_by_role("button", name="Win rates").click()
    table = history.get_by_role("table", name="Statistics")

    def wanted() -> dict[str, list[str]]:
        stats = two_sessions.ask("/api/stats")
        assert stats["total_signals"] == len(kept(two_sessions))
        return {
            name.replace("_", " "): [
                *(f"{tally[field]:,}" for field in ("count", "wins", "losses", "breakeven")),
                percent(tally["win_rate"]),
            ]
            for name, tally in {**stats["by_type"], **stats["by_direction"]}.items()
            if tally["count"]
        }

    def shown() -> dict[str, list[str]]:
        rows = [cells(row) for row in table.locator("tbody tr").all()]
        return {name.lower(): numbers for name, *numbers in rows}

    until("the statistics of the API", lambda: shown() == wanted())
