"""Points of control of bars to which price has not come back."""

from __future__ import annotations

from typing import Final

import numpy as np

from ticktape.flow.joined_rows import copy_rows, join_rows
from ticktape.flow.profile.naked_kernels import (
    DROPPED,
    LAST_PRICE,
    NAKED,
    NakedState,
    follow_bars,
)
from ticktape.flow.profile.rows import NAKED_POC
from ticktape.ops.kernels import kernel_input
from ticktape.tape.errors import BadValueError
from ticktape.tape.layouts import UNDEF_PRICE


class NakedPocs:
    """Naked points of control, from closed footprint bars; they outlive their session.

    A bar's point of control is naked until a later bar comes to its price, or passes it on the way
    from the last price before it to its first one. Rows are those that this ended.

    Parameters
    ----------
    most : int
        How many may be naked at once; the oldest goes first, and is counted.
    """

    rows: Final = NAKED_POC

    def __init__(self, most: int = 1_000) -> None:
        if most < 1:
            raise BadValueError(f"{most} naked prices cannot be kept", hint="give 1 or more")
        self._ended = np.zeros(2 * most, NAKED_POC)
        self._most = most
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self._state = NakedState(np.zeros(self._most, NAKED_POC), np.zeros(3, "i8"))
        self._state.counts[LAST_PRICE] = UNDEF_PRICE

    @property
    def dropped(self) -> int:
        """How many were naked still when they had to go."""
        return int(self._state.counts[DROPPED])

    def update(self, bars: np.ndarray) -> np.ndarray:
        """Take closed bars, and give what is not naked any more.

        Parameters
        ----------
        bars : numpy.ndarray
            dtype ``FOOTPRINT``, every bar once, in the order of time.

        Returns
        -------
        numpy.ndarray
            dtype ``NAKED_POC``: by the bar that came there, then the oldest first.
        """
        bars = kernel_input(bars)
        pieces = []
        done = 0
        while done < len(bars):
            done, filled = follow_bars(self._state, bars, done, self._ended)
            pieces.append(copy_rows(self._ended[:filled]))
        return join_rows(pieces, NAKED_POC)

    def current(self, open_bar: np.ndarray | None = None) -> np.ndarray:
        """Give what is naked now, the oldest first; ``NAKED_POC``.

        Parameters
        ----------
        open_bar : numpy.ndarray, optional
            ``Footprint.current()``: what the open bar has come to is left out.
        """
        naked = self._state.pocs[: int(self._state.counts[NAKED])].copy()
        if open_bar is None or not len(open_bar):
            return naked
        bar, last = open_bar[0], int(self._state.counts[LAST_PRICE])
        low = bar["low"] if last == UNDEF_PRICE else min(bar["low"], last + 1)
        high = bar["high"] if last == UNDEF_PRICE else max(bar["high"], last - 1)
        is_ahead = (naked["price"] < low) | (naked["price"] > high)
        return np.compress(is_ahead, naked)
