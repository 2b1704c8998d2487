"""What ``/metrics`` tells of the market that a gateway keeps: counted a batch, read when asked."""

from __future__ import annotations

import time
from collections.abc import Callable

from ticktape.market import MAKES_BOOKS, Market
from ticktape.market_metrics import MarketMetrics
from ticktape.ops.metrics import APPLY_SECONDS, BOOK_UPDATES, RECORDS
from ticktape.tape.batch import Batch


class SourceMetrics(MarketMetrics):
    """Gives the metrics of one timeline.

    The lag is now less the newest ``ts_recv``; 0 where the feed is none that happens now.

    Parameters
    ----------
    market : Market
        Of the timeline.
    is_connected : callable
        Tells whether its feed is connected.
    is_live : bool
        Whether the feed happens now.
    """

    def __init__(self, market: Market, is_connected: Callable[[], bool], *, is_live: bool) -> None:
        super().__init__(market, self._seconds_behind, is_connected)
        self._is_live = is_live
        self._received_ns = 0

    def note(self, batch: Batch, seconds: float) -> None:
        """Count a batch that the market took so many seconds to apply."""
        schema, records = batch
        APPLY_SECONDS.observe(seconds)
        RECORDS.labels(str(schema)).inc(len(records))
        if schema in MAKES_BOOKS:
            BOOK_UPDATES.inc(len(records))
        if "ts_recv" in (records.dtype.names or ()):
            self._received_ns = max(self._received_ns, int(records["ts_recv"][-1]))

    def _seconds_behind(self) -> float:
        if not self._is_live or not self._received_ns:
            return 0.0
        return max(0.0, (time.time_ns() - self._received_ns) / 1e9)
