"""What ``/metrics`` tells of the market, read when it is asked for: nothing is counted a batch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from ticktape.ops.metrics import (
    BOOK_LEVELS,
    BOOKS,
    CLIENT_QUEUE,
    CROSSINGS,
    FEED_CONNECTED,
    FEED_LAG,
    LIVE_ORDERS,
    RECORD_ERRORS,
    UNKNOWN_ORDERS,
    ReadWhenAsked,
)
from ticktape.server.feed_lag import FeedLag
from ticktape.server.hub import Hub

Values = Mapping[tuple[str, ...], float]
# Counters of a book that say its records were wrong; those of unknown orders are apart.
ERROR_KINDS: Final = (
    "duplicate_adds",
    "over_cancels",
    "mismatched_sides",
    "mismatched_prices",
    "bad_sides",
    "bad_actions",
    "undefined_prices",
    "zero_sizes",
    "maybe_bad_books",
)


class MarketMetrics:
    """Gives the metrics of one viewer's market.

    Parameters
    ----------
    hub : Hub
        Whose market, source and clients.
    lag : FeedLag
        Of the source.
    """

    def __init__(self, hub: Hub, lag: FeedLag) -> None:
        self._hub = hub
        self._lag = lag
        self._reads: list[tuple[ReadWhenAsked, Callable[[], Values]]] = [
            (RECORD_ERRORS, self._errors),
            (UNKNOWN_ORDERS, self._unknown_orders),
            (CROSSINGS, self._crossings),
            (BOOKS, self._books),
            (LIVE_ORDERS, self._live_orders),
            (BOOK_LEVELS, self._levels),
            (FEED_LAG, self._feed_lag),
            (FEED_CONNECTED, self._connected),
            (CLIENT_QUEUE, self._waiting),
        ]

    def begin(self) -> None:
        """Give them from now on."""
        for metric, read in self._reads:
            metric.read_from(read)

    def end(self) -> None:
        """Give them no more."""
        for metric, read in self._reads:
            metric.forget(read)

    def _errors(self) -> Values:
        counters = self._hub.directory.market.counters
        return {(kind,): float(counters[kind]) for kind in ERROR_KINDS}

    def _unknown_orders(self) -> Values:
        counters = self._hub.directory.market.counters
        return {
            ("cancel",): float(counters["unknown_cancels"]),
            ("modify",): float(counters["adopted_modifies"]),
        }

    def _crossings(self) -> Values:
        return {(): float(self._hub.directory.market.counters["crossings"])}

    def _books(self) -> Values:
        return {(): float(self._hub.directory.market.book_count)}

    def _live_orders(self) -> Values:
        return {(): float(self._hub.directory.market.live_orders)}

    def _levels(self) -> Values:
        bids, asks = self._hub.directory.market.level_counts
        return {("bid",): float(bids), ("ask",): float(asks)}

    def _feed_lag(self) -> Values:
        return {(): self._lag.seconds}

    def _connected(self) -> Values:
        return {(): float(self._hub.source.connected)}

    def _waiting(self) -> Values:
        return {("live",): float(sum(client.items_waiting for client in self._hub.clients))}
