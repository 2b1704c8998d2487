"""The latest trades of every instrument; told apart when somebody asks, not with every batch."""

from __future__ import annotations

from collections import defaultdict, deque
from typing import Final

import numpy as np

from ticktape.tape.batch import join_records

# Of trades that were not told apart yet: so many at once cost a hundredth of batch by batch.
_MOST_MIXED: Final = 1 << 12


class KeptTrades:
    """Keeps the latest trades of each instrument, in the order that they came.

    Parameters
    ----------
    most : int
        How many of each; a run that begins before them is kept whole.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._mixed: list[np.ndarray] = []
        self._mixed_count = 0
        self._runs: dict[int, deque[np.ndarray]] = defaultdict(deque)
        self._counts: dict[int, int] = defaultdict(int)

    def add(self, trades: np.ndarray) -> None:
        """Keep trades of any instruments, later than those before."""
        if not len(trades):
            return
        self._mixed.append(trades)
        self._mixed_count += len(trades)
        if self._mixed_count > _MOST_MIXED:
            self._tell_apart()

    def _tell_apart(self) -> None:
        if not self._mixed:
            return
        trades = join_records(self._mixed)
        self._mixed, self._mixed_count = [], 0
        instruments = np.ascontiguousarray(trades["instrument_id"])
        for instrument in np.unique(instruments).tolist():
            own = trades[np.flatnonzero(instruments == instrument)[-self._most :]]
            runs = self._runs[instrument]
            runs.append(own)
            count = self._counts[instrument] + len(own)
            while count - len(runs[0]) >= self._most:
                count -= len(runs.popleft())
            self._counts[instrument] = count

    def put_before(self, instrument: int, trades: np.ndarray) -> None:
        """Keep trades of an instrument that were before all that are kept of it."""
        self._tell_apart()
        if len(trades):
            self._runs[instrument].appendleft(trades)
            self._counts[instrument] += len(trades)

    def count(self, instrument: int) -> int:
        """Count the trades that are kept of an instrument."""
        self._tell_apart()
        return self._counts.get(instrument, 0)

    def of(self, instrument: int) -> list[np.ndarray]:
        """Give the trades of an instrument, as runs, oldest first."""
        self._tell_apart()
        return list(self._runs.get(instrument, ()))
