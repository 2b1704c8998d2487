"""How much happened when: records and traded volume by stretches of a tape's time."""

from __future__ import annotations

from typing import Final

import numpy as np

from ticktape.tape.batch import Batch
from ticktape.tape.layouts import ACTION_TRADE

BUCKETS: Final = 4096
_FIRST_WIDTH_NS: Final = 1_000


class Activity:
    """Counts of a tape in equal stretches of its time, that grow as the tape goes on.

    Parameters
    ----------
    start_ns : int
        Time of the first record.
    """

    def __init__(self, start_ns: int) -> None:
        self.start_ns = start_ns
        self._end_ns = start_ns
        self._width_ns = _FIRST_WIDTH_NS
        self._records = np.zeros(BUCKETS, np.int64)
        self._volume = np.zeros(BUCKETS, np.int64)

    def take(self, batch: Batch, times: np.ndarray) -> None:
        """Count records.

        Parameters
        ----------
        batch : Batch
            Of any schema.
        times : numpy.ndarray
            Their times, never falling, not before the first record's, ``u8``.
        """
        self._end_ns = int(times[-1])
        while self._end_ns - self.start_ns >= BUCKETS * self._width_ns:
            self._double()
        first = (int(times[0]) - self.start_ns) // self._width_ns
        last = (self._end_ns - self.start_ns) // self._width_ns
        edges = self.start_ns + np.arange(first + 1, last + 1, dtype=np.int64) * self._width_ns
        cuts = np.searchsorted(times, edges.astype(np.uint64))
        bounds = np.concatenate([[0], cuts, [len(times)]])
        self._records[first : last + 1] += np.diff(bounds)
        sizes = _traded(batch)
        if sizes is not None:
            total = np.concatenate([[0], np.cumsum(sizes)])
            self._volume[first : last + 1] += np.diff(total[bounds])

    def _double(self) -> None:
        for counts in (self._records, self._volume):
            counts[: BUCKETS // 2] = counts[::2] + counts[1::2]
            counts[BUCKETS // 2 :] = 0
        self._width_ns *= 2

    def gather(self, buckets: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Give the counts so far in fewer stretches.

        Parameters
        ----------
        buckets : int
            How many at most; fewer where the tape was counted in fewer.

        Returns
        -------
        starts_ns, records, volume : numpy.ndarray
            ``i8``; every stretch ends where the next begins, the last at the tape's end.
        """
        used = (self._end_ns - self.start_ns) // self._width_ns + 1
        given = min(buckets, used)
        firsts = np.arange(given, dtype=np.int64) * used // given
        return (
            self.start_ns + firsts * self._width_ns,
            np.add.reduceat(self._records[:used], firsts),
            np.add.reduceat(self._volume[:used], firsts),
        )


def _traded(batch: Batch) -> np.ndarray | None:
    names = batch.records.dtype.names or ()
    if "volume" in names:
        volumes: np.ndarray = batch.records["volume"].astype(np.int64)
        return volumes
    if "action" in names and "size" in names:
        is_trade = batch.records["action"] == ACTION_TRADE
        return np.where(is_trade, batch.records["size"], 0).astype(np.int64)
    return None
