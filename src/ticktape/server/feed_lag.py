"""How late what is shown is: against the clock where the source is live, against a replay's pace.

The wall clock measures here; it decides nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from ticktape.server.source import Source
from ticktape.tape.batch import Batch


class FeedLag:
    """Measures the lag of a source; a sink of the pipeline.

    Live and simulated: now less the ``ts_recv`` of the newest record, also while none comes. In a
    replay: when the newest record was shown less when its pace wanted it shown; 0 while it is
    paused, catches up, or runs as fast as it is taken.

    Parameters
    ----------
    source : Source
        What is shown.
    now_ns : callable
        The clock.
    """

    def __init__(self, source: Source, now_ns: Callable[[], int] = time.time_ns) -> None:
        self._source = source
        self._now_ns = now_ns
        self._received_ns = 0
        self._behind_s = 0.0

    async def write(self, batch: Batch) -> None:
        """Note a batch that is shown now."""
        records = batch.records
        if not len(records) or "ts_recv" not in (records.dtype.names or ()):
            return
        newest_ns = int(records["ts_recv"][-1])
        self._received_ns = max(self._received_ns, newest_ns)
        replay = self._source.replay
        if replay is not None:
            status = replay.status()
            paced = status.speed is not None and not status.paused and not status.finished
            behind_ns = max(0, status.cursor_ns - newest_ns) if paced else 0
            self._behind_s = behind_ns / 1e9 / (status.speed or 1.0)

    async def close(self) -> None:
        """Take no more; the lag stays what it was."""

    @property
    def seconds(self) -> float:
        """The lag now."""
        if self._source.mode == "REPLAY":
            return self._behind_s
        if not self._received_ns:
            return 0.0
        return max(0.0, (self._now_ns() - self._received_ns) / 1e9)
