"""How much happened when: records and traded volume by stretches of a tape's time."""

from __future__ import annotations

from typing import Final

import numpy as np

from ticktape.tape.batch import Batch
from ticktape.tape.layouts import ACTION_TRADE

BUCKETS: Final = 4096


class Activity:
    """Counts of a tape in equal stretches of its time.

    Parameters
    ----------
    start_ns, end_ns : int
        The tape's span; what lies outside counts at its ends.
    """

    def __init__(self, start_ns: int, end_ns: int) -> None:
        self.start_ns = start_ns
        self.width_ns = max(1, -(-(end_ns + 1 - start_ns) // BUCKETS))
        self._records = np.zeros(BUCKETS, np.int64)
        self._volume = np.zeros(BUCKETS, np.int64)

    def take(self, batch: Batch, times: np.ndarray) -> None:
        """Count records.

        Parameters
        ----------
        batch : Batch
            Of any schema.
        times : numpy.ndarray
            Their times, never falling, ``u8``.
        """
        edges = np.uint64(self.start_ns) + np.uint64(self.width_ns) * _NUMBERS
        # Times do not fall: the stretches of a batch are few and next to each other.
        first, last = (self._bucket(int(time)) for time in (times[0], times[-1]))
        cuts = np.searchsorted(times, edges[first + 1 : last + 1])
        bounds = np.concatenate([[0], cuts, [len(times)]])
        self._records[first : last + 1] += np.diff(bounds)
        sizes = _traded(batch)
        if sizes is not None:
            total = np.concatenate([[0], np.cumsum(sizes)])
            self._volume[first : last + 1] += np.diff(total[bounds])

    def _bucket(self, time_ns: int) -> int:
        return min(max((time_ns - self.start_ns) // self.width_ns, 0), BUCKETS - 1)

    def gather(self, buckets: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Give the counts in fewer stretches.

        Parameters
        ----------
        buckets : int
            How many, from 1 to ``BUCKETS``.

        Returns
        -------
        starts_ns, records, volume : numpy.ndarray
            ``i8``, shape ``(buckets,)``; every stretch but the last ends where the next begins.
        """
        firsts = np.arange(buckets, dtype=np.int64) * BUCKETS // buckets
        return (
            self.start_ns + firsts * self.width_ns,
            np.add.reduceat(self._records, firsts),
            np.add.reduceat(self._volume, firsts),
        )


_NUMBERS: Final = np.arange(BUCKETS, dtype=np.uint64)


def _traded(batch: Batch) -> np.ndarray | None:
    names = batch.records.dtype.names or ()
    if "volume" in names:
        volumes: np.ndarray = batch.records["volume"].astype(np.int64)
        return volumes
    if "action" in names and "size" in names:
        is_trade = batch.records["action"] == ACTION_TRADE
        return np.where(is_trade, batch.records["size"], 0).astype(np.int64)
    return None
