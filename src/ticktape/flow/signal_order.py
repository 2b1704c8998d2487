"""The signals of several studies in one order, whatever the batches they came in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from ticktape.flow.joined_rows import join_rows
from ticktape.flow.signals.signal import SIGNAL

# The last counts most.
_ORDER: Final = ("amount", "price", "direction", "kind", "ts_ns")


def in_order(signals: np.ndarray) -> np.ndarray:
    """Give signals by time, then kind, direction, price and amount."""
    if len(signals) < 2:
        return signals
    return np.take(signals, np.lexsort([signals[name] for name in _ORDER]))


class SignalOrder:
    """Gives signals on by time, then kind, direction, price and amount.

    A signal waits until the clock is past its time, as another study may still tell of that time.
    How many can wait is bounded by the prints of one nanosecond.
    """

    def __init__(self) -> None:
        self._waiting = np.empty(0, SIGNAL)

    def reset(self) -> None:
        """Forget what waits."""
        self._waiting = np.empty(0, SIGNAL)

    def take(self, signals: Sequence[np.ndarray], clock_ns: int) -> np.ndarray:
        """Take signals, and give those whose time is past.

        Parameters
        ----------
        signals : sequence of numpy.ndarray
            dtype ``SIGNAL``, of any studies.
        clock_ns : int
            The clock.

        Returns
        -------
        numpy.ndarray
            dtype ``SIGNAL``, in order.
        """
        new = [rows for rows in signals if len(rows)]
        if new:
            self._waiting = in_order(join_rows([self._waiting, *new], SIGNAL))
        if not len(self._waiting):
            return self._waiting
        past = int(self._waiting["ts_ns"].searchsorted(clock_ns))
        given, self._waiting = self._waiting[:past], self._waiting[past:]
        return given

    def waiting(self) -> np.ndarray:
        """Give those whose time is not past yet."""
        return self._waiting
