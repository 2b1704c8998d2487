"""Pulling and stacking: what is added, pulled and filled near the best prices, by window.

Near is a number of ticks from the best price of the order's side as it stood at the end of the last
event, better prices included; nothing is near a side that was empty. What a snapshot adds was there
before. A modify to another price pulls at the old one and adds at the new one. A modify of an order
that the book does not hold adds nothing: it rested before. What an event filled of an order is not
pulled by the cancel or modify that tells it; what that order shows beyond the rest is added.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from ticktape.book.mbo_state_kernels import Integer, Row
from ticktape.flow.absorption.settings import OrderActivitySettings
from ticktape.ops.kernels import lean_kernel
from ticktape.tape.layouts import SIDE_ASK, SIDE_BID, UNDEF_PRICE

# Columns of `counts`, of a side.
ADDED: Final = 0
PULLED: Final = 1
FILLED: Final = 2

# Columns of `window`.
ENDS: Final = 0
LENGTH: Final = 1
NEAR: Final = 2
NO_WINDOW: Final = 2**63 - 1


class TouchState(NamedTuple):
    """The open window of what happens near the best prices.

    Attributes
    ----------
    counts : numpy.ndarray
        ``i8``, shape ``(2, 3)``: of bids, of asks.
    best : numpy.ndarray
        ``i8[2]``: the best bid and ask at the end of the last event, or ``UNDEF_PRICE``.
    window : numpy.ndarray
        ``i8``: the first nanosecond after the window, ``NO_WINDOW`` while nothing was counted;
        its length; how far from the best is near, in 1e-9.
    """

    counts: np.ndarray
    best: np.ndarray
    window: np.ndarray


def new_touch_state(settings: OrderActivitySettings, tick: int) -> TouchState:
    """Make the state in which nothing happened; the tick in 1e-9."""
    return TouchState(
        np.zeros((2, 3), np.int64),
        np.full(2, UNDEF_PRICE, np.int64),
        np.array([NO_WINDOW, settings.window_ns, settings.near_ticks * tick], np.int64),
    )


@lean_kernel
def count_touch(
    state: TouchState,
    what: Integer,
    side_code: Integer,
    price: Integer,
    size: Integer,
    now: Integer,
) -> None:
    """Count a size where its price is near the best of its side."""
    if side_code not in (SIDE_ASK, SIDE_BID):
        return
    side = np.int64(side_code == SIDE_ASK)
    best = state.best[side]
    if size <= 0 or best == UNDEF_PRICE:
        return
    away = price - best if side else best - price
    if away > state.window[NEAR]:
        return
    state.counts[side, what] += size
    if state.window[ENDS] == NO_WINDOW:
        state.window[ENDS] = (now // state.window[LENGTH] + 1) * state.window[LENGTH]


@lean_kernel
def write_touch(state: TouchState, row: Row) -> None:
    """Write the open window's counts."""
    counts = state.counts
    row["ts_ns"] = state.window[ENDS]
    row["bid_added"] = counts[0, ADDED]
    row["bid_pulled"] = counts[0, PULLED]
    row["bid_filled"] = counts[0, FILLED]
    row["ask_added"] = counts[1, ADDED]
    row["ask_pulled"] = counts[1, PULLED]
    row["ask_filled"] = counts[1, FILLED]


@lean_kernel
def close_touch(state: TouchState, row: Row) -> None:
    """Write the open window's counts, and end it."""
    write_touch(state, row)
    counts = state.counts
    for side in range(2):
        for what in range(3):
            counts[side, what] = 0
    state.window[ENDS] = NO_WINDOW
