"""What ``/metrics`` tells of the market, read when it is asked for: nothing is counted a batch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from ticktape.market import Market
from ticktape.ops.metrics import (
    BOOK_LEVELS,
    BOOKS,
    CROSSINGS,
    FEED_CONNECTED,
    FEED_LAG,
    LIVE_ORDERS,
    RECORD_ERRORS,
    UNKNOWN_ORDERS,
    ReadWhenAsked,
)

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
    """Gives the metrics of one market: of a viewer, of a gateway's timeline.

    Parameters
    ----------
    market : Market
        Whose books.
    lag_s : callable
        Gives how late the newest record is, in seconds.
    is_connected : callable
        Tells whether the feed is connected.
    """

    def __init__(
        self, market: Market, lag_s: Callable[[], float], is_connected: Callable[[], bool]
    ) -> None:
        self._market = market
        self._lag_s = lag_s
        self._is_connected = is_connected
        self._reads: list[tuple[ReadWhenAsked, Callable[[], Values]]] = [
            (RECORD_ERRORS, self._errors),
            (UNKNOWN_ORDERS, self._unknown_orders),
            (CROSSINGS, self._crossings),
            (BOOKS, self._books),
            (LIVE_ORDERS, self._live_orders),
            (BOOK_LEVELS, self._levels),
            (FEED_LAG, self._feed_lag),
            (FEED_CONNECTED, self._connected),
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
        counters = self._market.counters
        return {(kind,): float(counters[kind]) for kind in ERROR_KINDS}

    def _unknown_orders(self) -> Values:
        counters = self._market.counters
        return {
            ("cancel",): float(counters["unknown_cancels"]),
            ("modify",): float(counters["adopted_modifies"]),
        }

    def _crossings(self) -> Values:
        return {(): float(self._market.counters["crossings"])}

    def _books(self) -> Values:
        return {(): float(self._market.book_count)}

    def _live_orders(self) -> Values:
        return {(): float(self._market.live_orders)}

    def _levels(self) -> Values:
        bids, asks = self._market.level_counts
        return {("bid",): float(bids), ("ask",): float(asks)}

    def _feed_lag(self) -> Values:
        return {(): self._lag_s()}

    def _connected(self) -> Values:
        return {(): float(self._is_connected())}
