"""The sums of a run of prints: volumes, prices, delta, and windows by the fixed rules."""

from __future__ import annotations

import numpy as np

from ticktape.flow.tally_kernels import PART_BITS, TALLY, TallyState, close_second, count_prints

__all__ = ["TALLY", "Tally"]


class Tally:
    """Sums of all prints that it was given, in event time only.

    A window is one second of the epoch with a print that has a side; it is significant where its
    delta is more than 15 % of its volume. A flip is a change of the delta's sign between the ends
    of two windows, those between them at zero left out. (The reference's fixed rules, without its
    cooldown; the studies have adaptive ones.)
    """

    def __init__(self) -> None:
        self._state = TallyState(np.zeros(1, TALLY))

    def reset(self) -> None:
        """Forget every print."""
        self._state.tally[:] = np.zeros(1, TALLY)

    def update(self, prints: np.ndarray) -> None:
        """Count prints.

        Parameters
        ----------
        prints : numpy.ndarray
            dtype ``PRINT``.
        """
        if len(prints):
            count_prints(self._state, prints)

    def sums(self) -> np.void:
        """Give the sums so far, the open window counted as if it ended here.

        Returns
        -------
        numpy.void
            dtype ``TALLY``: a copy.
        """
        ended = TallyState(self._state.tally.copy())
        close_second(ended)
        sums: np.void = ended.tally[0]
        return sums


def vwap_of(sums: np.void) -> int | None:
    """Give the volume-weighted average price of all prints, those without a side too.

    Parameters
    ----------
    sums : numpy.void
        dtype ``TALLY``.

    Returns
    -------
    int or None
        In 1e-9, rounded to the nearest; None without prints.
    """
    volume = int(sums["buy_volume"] + sums["sell_volume"] + sums["unsided_volume"])
    if not volume:
        return None
    turnover = 0
    for part in ("high", "middle", "low"):
        turnover = (turnover << PART_BITS) + int(sums[f"turnover_{part}"])
    return (2 * turnover + volume) // (2 * volume)
