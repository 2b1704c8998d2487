"""The header's figures are those of the server's metrics: how late it is, what was dropped."""

from __future__ import annotations

import re
import urllib.request

import pytest
from tests.browser.viewer_page import connection, expect, same_book

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def metric(server, name: str, **labels: str) -> float:
    """One value of a scrape; of labels in the order of the scrape."""
    with urllib.request.urlopen(f"{server.url}/metrics", timeout=60) as answer:
        told = answer.read().decode()
    own = ",".join(f'{label}="{value}"' for label, value in labels.items())
    series = f"{name}{{{own}}}" if own else name
    return float(re.search(rf"^{re.escape(series)} (\S+)$", told, re.MULTILINE)[1])


def mark(page, name: str):
    return page.get_by_role("banner").locator(".mark", has_text=name)


def number_in(text: str) -> int:
    return int(re.search(r"[\d,]+$", text)[0].replace(",", ""))


def lag_seconds(page) -> float:
    found = re.search(r"([\d.]+) (ms|s)$", mark(page, "lag").inner_text())
    return float(found[1]) / (1_000 if found[2] == "ms" else 1)


def test_the_lag_is_that_of_the_metrics(open_page, serve, until):
    # Seconds pass between two records, and meanwhile the newest gets older.
    with serve("--demo", "--rate", "1") as server:
        page = open_page(server)
        expect(connection(page)).to_have_text("Connected")

        def agree() -> bool:
            told = metric(server, "ticktape_feed_lag_seconds")
            # The page is told twice a second.
            return told > 2 and told - 0.8 < lag_seconds(page) < told + 0.2

        until("the header to show the lag of the metrics", agree, 90)


def test_the_drops_are_those_of_the_metrics(
    open_page, serve, generated_tape, until, monkeypatch, keep_screenshot
):
    # Hardly anything may wait for a client: bursts of trades, and books that change much, do not.
    monkeypatch.setenv("TICKTAPE_WEB_QUEUE_BYTES", "1024")
    with serve("--replay", *generated_tape, "--speed", "8", "--paused") as server:
        start_ns = int(server.replay()["start_ns"])
        server.order("seek", ts_ns=str(start_ns + 12_000_000_000))
        page = open_page(server)
        expect(connection(page)).to_have_text("Connected", timeout=60_000)
        expect(page.get_by_role("tab", selected=True).first).to_be_visible(timeout=60_000)
        until("the page's book to be the server's", lambda: same_book(page, server))
        # What was dropped for a connection that is replaced while panels come is told to nobody.
        server.order("resume")

        def counted() -> tuple[int, int]:
            return (
                int(metric(server, "ticktape_client_drops_total", client="live")),
                int(metric(server, "ticktape_client_conflations_total", client="book")),
            )

        until("drops of both streams", lambda: all(counted()))
        server.order("pause")
        until(
            "the header to show the drops of the metrics",
            lambda: number_in(mark(page, "drops").inner_text()) == sum(counted()),
        )
        trades, books = counted()
        title = mark(page, "drops").get_attribute("title")
        assert f"Trades and closed bars dropped: {trades:,}\n" in title
        assert f"a later snapshot tells more: {books:,}\n" in title
        keep_screenshot(page, "drops-desktop-dark")
