"""A session's volume by price, and how its point of control and value area develop."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from ticktape.book.mbo_state_kernels import Integer
from ticktape.flow.profile.grid_kernels import (
    BASE,
    END_NS,
    FIRST_OWN,
    HIGH,
    LOW,
    NEVER,
    OUTSIDE,
    REVISION,
    TICK,
    cell_of,
    grid_of,
    value_area,
    window_end,
)
from ticktape.ops.kernels import lean_kernel
from ticktape.tape.layouts import SIDE_ASK, SIDE_BID, UNDEF_PRICE

POC: Final = FIRST_OWN  # cell of the point of control, -1 before it
POC_VOLUME: Final = FIRST_OWN + 1
SIDED: Final = FIRST_OWN + 2
UNSIDED: Final = FIRST_OWN + 3
PERCENT: Final = FIRST_OWN + 4
PROFILE_COUNTS: Final = FIRST_OWN + 5


class ProfileState(NamedTuple):
    """A profile.

    Attributes
    ----------
    cells : numpy.ndarray
        ``CELL``, one a tick.
    inverse : numpy.ndarray
        ``f8[1]``: one by the tick.
    counts : numpy.ndarray
        ``i8``: what ``grid_kernels`` and this file name.
    """

    cells: np.ndarray
    inverse: np.ndarray
    counts: np.ndarray


@lean_kernel
def write_developing(state: ProfileState, end_ns: Integer, rows: np.ndarray, row: Integer) -> None:
    """Write how the profile stands into a row."""
    cells, _, counts = state
    rows[row]["ts_ns"] = end_ns
    rows[row]["total"] = counts[SIDED]
    rows[row]["unsided"] = counts[UNSIDED]
    if counts[POC] < 0:
        rows[row]["poc"] = UNDEF_PRICE
        rows[row]["vah"] = UNDEF_PRICE
        rows[row]["val"] = UNDEF_PRICE
        rows[row]["value_area_volume"] = 0
        return
    bottom, top, inside = value_area(
        cells, counts[LOW], counts[HIGH], counts[POC], counts[SIDED], counts[PERCENT]
    )
    rows[row]["poc"] = counts[BASE] + counts[POC] * counts[TICK]
    rows[row]["vah"] = counts[BASE] + top * counts[TICK]
    rows[row]["val"] = counts[BASE] + bottom * counts[TICK]
    rows[row]["value_area_volume"] = inside


# The point of control is the price with the most volume that has a side, the highest of equal ones.
# Volume only grows within a session, so each print can only make its own price that. What changes
# with every print is kept in variables: writing it to the counts each time costs as much again.
@lean_kernel
def add_prints(state: ProfileState, prints: np.ndarray, start: int, count: int) -> int:
    """Add prints from `start` on; give the first of another window, without a cell, or `count`."""
    cells, inverse, counts = state
    grid = grid_of(counts, inverse)
    end_ns = counts[END_NS]
    low = counts[LOW]
    high = counts[HIGH]
    poc = counts[POC]
    poc_volume = counts[POC_VOLUME]
    sided = counts[SIDED]
    unsided = counts[UNSIDED]
    revision = counts[REVISION]
    done = count
    for i in range(start, count):
        now = prints[i]["ts_event"]
        cell = cell_of(grid, prints[i]["price"])
        if now >= end_ns or cell == OUTSIDE:
            done = i
            break
        if cell < low or cell > high:
            if max(high, cell) - min(low, cell) >= grid.most_ticks:
                done = i
                break
            low = min(low, cell)
            high = max(high, cell)
        if end_ns == NEVER:
            end_ns = window_end(counts, now)
        side = prints[i]["side"]
        size = np.int64(prints[i]["size"])
        cells[cell]["touched"] = revision
        # Without a branch: which side comes next cannot be predicted.
        bought = cells[cell]["buy"] + size * np.int64(side == SIDE_BID)
        sold = cells[cell]["sell"] + size * np.int64(side == SIDE_ASK)
        cells[cell]["buy"] = bought
        cells[cell]["sell"] = sold
        if side not in (SIDE_BID, SIDE_ASK):
            cells[cell]["unsided"] += size
            unsided += size
            continue
        sided += size
        volume = bought + sold
        if volume > poc_volume or (volume == poc_volume and cell > poc):
            poc_volume = volume
            poc = cell
    counts[END_NS] = end_ns
    counts[LOW] = low
    counts[HIGH] = high
    counts[POC] = poc
    counts[POC_VOLUME] = poc_volume
    counts[SIDED] = sided
    counts[UNSIDED] = unsided
    return done


@lean_kernel
def gather_profile(
    state: ProfileState,
    prints: np.ndarray,
    start: int,
    count: int,
    clock_ns: int,
    rows: np.ndarray,
) -> tuple[int, int]:
    """Apply prints from `start` to `count`, then the clock; give the next, and the closed rows.

    The next is ``count + 1`` after the clock. Stops before a print outside the cells, and where
    `rows` is full: the caller takes the rows, makes room and calls again.
    """
    counts = state.counts
    filled = 0
    i = start
    while True:
        now = clock_ns if i == count else prints[i]["ts_event"]
        if counts[END_NS] != NEVER and now >= counts[END_NS]:
            if filled == len(rows):
                return i, filled
            write_developing(state, counts[END_NS], rows, filled)
            filled += 1
            counts[END_NS] = NEVER
        if i == count:
            return count + 1, filled
        done = add_prints(state, prints, i, count)
        if done == i:
            return i, filled
        i = done


@lean_kernel
def read_value_area(
    levels: np.ndarray, poc: int, total: int, percent: int, found: np.ndarray
) -> None:
    """Write the value area of levels into `found`: lowest and highest level, and volume."""
    bottom, top, inside = value_area(levels, 0, len(levels) - 1, poc, total, percent)
    found[0] = bottom
    found[1] = top
    found[2] = inside
