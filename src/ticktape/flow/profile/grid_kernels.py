"""A span of adjacent prices and the volume at each, and the value area of it."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from ticktape.book.mbo_state_kernels import Integer
from ticktape.ops.kernels import lean_kernel

# What was bought, sold and unsided at one price, and the revision in which that changed last.
CELL: Final = np.dtype([("buy", "i8"), ("sell", "i8"), ("unsided", "i8"), ("touched", "i8")])

# The first columns of every state's counts: the price of the first cell, and of the one after the
# last; the width of a cell; the first and the last cell in use; the base in ticks.
BASE: Final = 0
LIMIT: Final = 1
TICK: Final = 2
LOW: Final = 3
HIGH: Final = 4
BASE_TICKS: Final = 5
# The session: its open, its close, the length of a window, and when the one that is open ends.
OPEN_NS: Final = 6
CLOSE_NS: Final = 7
EVERY_NS: Final = 8
END_NS: Final = 9
REVISION: Final = 10
MOST_TICKS: Final = 11  # the widest span of cells in use
FIRST_OWN: Final = 12

NEVER: Final = 2**63 - 1
OUTSIDE: Final = -1


class Grid(NamedTuple):
    """Where the cells are, as the loops over prints hold it: an array is read anew each time."""

    base: Integer
    limit: Integer
    tick: Integer
    inverse: float
    most_ticks: Integer


@lean_kernel
def grid_of(counts: np.ndarray, inverse: np.ndarray) -> Grid:
    """Give where the cells are."""
    return Grid(counts[BASE], counts[LIMIT], counts[TICK], inverse[0], counts[MOST_TICKS])


# A multiplication by the tick's inverse costs a fifth of an integer division. It may miss by one.
@lean_kernel
def cell_of(grid: Grid, price: Integer) -> Integer:
    """Give the cell of a price, or OUTSIDE where there is none."""
    if price < grid.base or price >= grid.limit:
        return OUTSIDE
    above = price - grid.base
    cell = np.int64(np.float64(above) * grid.inverse)
    rest = above - cell * grid.tick
    return cell - np.int64(rest < 0) + np.int64(rest >= grid.tick)


# Windows are multiples of their length from the session's open; its last one ends with it.
@lean_kernel
def window_end(counts: np.ndarray, now: Integer) -> Integer:
    """Give when the window of a time ends."""
    end: Integer = now - (now - counts[OPEN_NS]) % counts[EVERY_NS] + counts[EVERY_NS]
    if now < counts[CLOSE_NS]:
        return min(end, counts[CLOSE_NS])
    return end


# From the point of control, level by level: the greater of the next one above and the next one
# below that hold volume, the upper where they are equal, until the share of the total is reached.
# Levels without volume are stepped over, they never end it.
@lean_kernel
def value_area(
    levels: np.ndarray, low: Integer, high: Integer, poc: Integer, total: Integer, percent: Integer
) -> tuple[Integer, Integer, Integer]:
    """Give the lowest and the highest level of the value area, and its volume.

    Parameters
    ----------
    levels : numpy.ndarray
        Lowest price first, with the fields `buy` and `sell`; empty ones may be among them.
    low, high : int
        The first and the last level in use.
    poc : int
        The level of the point of control.
    total : int
        The volume of all levels.
    percent : int
        The share of it that the value area holds, at least.
    """
    inside = levels[poc]["buy"] + levels[poc]["sell"]
    bottom = poc
    top = poc
    below = poc
    above = poc
    volume_below = -1
    volume_above = -1
    look_below = True
    look_above = True
    while inside * 100 < total * percent:
        if look_above:
            volume_above = 0
            while volume_above == 0 and above < high:
                above += 1
                volume_above = levels[above]["buy"] + levels[above]["sell"]
            look_above = False
        if look_below:
            volume_below = 0
            while volume_below == 0 and below > low:
                below -= 1
                volume_below = levels[below]["buy"] + levels[below]["sell"]
            look_below = False
        if volume_above == 0 and volume_below == 0:
            break
        if volume_above >= volume_below:
            top = above
            inside += volume_above
            look_above = True
        else:
            bottom = below
            inside += volume_below
            look_below = True
    return bottom, top, inside
