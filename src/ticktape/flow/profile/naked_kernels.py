"""Points of control of bars to which price has not come back."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from ticktape.book.mbo_state_kernels import Integer, Row
from ticktape.ops.kernels import lean_kernel
from ticktape.tape.layouts import UNDEF_PRICE

NAKED: Final = 0
LAST_PRICE: Final = 1
DROPPED: Final = 2


class NakedState(NamedTuple):
    """What is naked.

    Attributes
    ----------
    pocs : numpy.ndarray
        ``NAKED_POC``, the oldest first, as many as `counts` says.
    counts : numpy.ndarray
        ``i8[3]``: how many are naked, the last bar's last price (``UNDEF_PRICE`` before one), how
        many were dropped for want of room.
    """

    pocs: np.ndarray
    counts: np.ndarray


# Price comes through all between the last price before a bar and the bar's first one, too, though
# nothing was traded there. The last price before itself counts only where the bar comes back to it.
@lean_kernel
def is_passed(price: Integer, last_price: Integer, bar: Row) -> bool:
    """Tell whether price came to a price in a bar, or passed it on the way there."""
    if bar["low"] <= price <= bar["high"]:
        return True
    if last_price == UNDEF_PRICE:
        return False
    return bool(last_price < price < bar["low"] or bar["high"] < price < last_price)


@lean_kernel
def follow_bars(
    state: NakedState, bars: np.ndarray, start: int, ended: np.ndarray
) -> tuple[int, int]:
    """Apply bars from `start`; give the next one and how many rows of `ended` were written.

    Stops where `ended` could not hold what the next bar ends.
    """
    pocs, counts = state
    filled = 0
    for i in range(start, len(bars)):
        if filled + counts[NAKED] > len(ended):
            return i, filled
        kept = 0
        for place in range(counts[NAKED]):
            if is_passed(pocs[place]["price"], counts[LAST_PRICE], bars[i]):
                ended[filled] = pocs[place]
                ended[filled]["ended_ns"] = bars[i]["end_ns"]
                filled += 1
            else:
                if kept < place:
                    pocs[kept] = pocs[place]
                kept += 1
        counts[LAST_PRICE] = bars[i]["close"]
        if bars[i]["poc"] != UNDEF_PRICE:
            if kept == len(pocs):
                for place in range(1, kept):
                    pocs[place - 1] = pocs[place]
                kept -= 1
                counts[DROPPED] += 1
            pocs[kept]["price"] = bars[i]["poc"]
            pocs[kept]["start_ns"] = bars[i]["start_ns"]
            pocs[kept]["end_ns"] = bars[i]["end_ns"]
            pocs[kept]["ended_ns"] = 0
            kept += 1
        counts[NAKED] = kept
    return len(bars), filled
