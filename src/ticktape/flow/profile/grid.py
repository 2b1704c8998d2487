"""Making room for prices in a grid of cells."""

from __future__ import annotations

import numpy as np

from ticktape.flow.profile.grid_kernels import (
    BASE,
    BASE_TICKS,
    CELL,
    CLOSE_NS,
    END_NS,
    EVERY_NS,
    HIGH,
    LIMIT,
    LOW,
    MOST_TICKS,
    NEVER,
    OPEN_NS,
    OUTSIDE,
    TICK,
    cell_of,
    grid_of,
)
from ticktape.tape.errors import BadValueError
from ticktape.tape.session import Session

_FIRST_ROOM = 1024
_LARGEST = 2**62


def new_grid(
    tick: int, every_ns: int, most_ticks: int, columns: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Make cells without a place yet, the tick's inverse and counts.

    Parameters
    ----------
    tick : int
        Price step of the instrument in 1e-9.
    every_ns : int
        Length of a window; 0 for none.
    most_ticks : int
        The widest span of prices.
    columns : int
        How many counts.

    Returns
    -------
    tuple of numpy.ndarray
        ``CELL``, ``f8[1]`` and ``i8[columns]``.

    Raises
    ------
    BadValueError
        If the tick is not more than zero.
    """
    if tick <= 0:
        raise BadValueError(
            f"an instrument cannot have a tick of {tick}",
            hint="give min_price_increment of its definition, in 1e-9",
        )
    counts = np.zeros(columns, "i8")
    counts[TICK] = tick
    counts[LOW], counts[HIGH] = _FIRST_ROOM, -1
    counts[CLOSE_NS] = counts[END_NS] = NEVER
    counts[EVERY_NS] = every_ns or NEVER
    counts[MOST_TICKS] = most_ticks
    return np.zeros(_FIRST_ROOM, CELL), np.array([1.0 / tick]), counts


def set_session(counts: np.ndarray, session: Session) -> None:
    """Align the windows to a session."""
    counts[OPEN_NS], counts[CLOSE_NS] = session.open_ns, session.close_ns
    counts[END_NS] = NEVER


def clear_cells(cells: np.ndarray, counts: np.ndarray) -> None:
    """Empty the cells in use."""
    cells[counts[LOW] : counts[HIGH] + 1] = 0
    counts[LOW], counts[HIGH] = len(cells), -1


def is_outside(counts: np.ndarray, inverse: np.ndarray, price: int) -> bool:
    """Tell whether a price has no cell, or one too far from those in use."""
    cell = int(cell_of(grid_of(counts, inverse), price))
    if cell == OUTSIDE:
        return True
    span = max(int(counts[HIGH]), cell) - min(int(counts[LOW]), cell) + 1
    return span > int(counts[MOST_TICKS])


def room_for(cells: np.ndarray, counts: np.ndarray, price: int) -> tuple[np.ndarray, int] | None:
    """Move the cells, or make more of them, so that a price is among them.

    Parameters
    ----------
    cells, counts : numpy.ndarray
        The grid; the counts are set to where the cells are after it.
    price : int
        A price outside.

    Returns
    -------
    tuple of numpy.ndarray and int, or None
        The cells, and by how many places those in use have moved up; None where the span would be
        too wide, and nothing has changed.
    """
    tick = int(counts[TICK])
    wanted = price // tick
    used = int(counts[HIGH]) >= int(counts[LOW])
    base = int(counts[BASE_TICKS])
    low = min(base + int(counts[LOW]), wanted) if used else wanted
    high = max(base + int(counts[HIGH]), wanted) if used else wanted
    span = high - low + 1
    room = len(cells)
    while room < 2 * span:
        room *= 2
    new_base = low - (room - span) // 2
    if span > counts[MOST_TICKS] or max(abs(new_base), abs(new_base + room)) * tick > _LARGEST:
        return None
    moved = base - new_base
    grown = np.zeros(room, CELL)
    if used:
        first, last = int(counts[LOW]), int(counts[HIGH]) + 1
        grown[first + moved : last + moved] = cells[first:last]
        counts[LOW] += moved
        counts[HIGH] += moved
    else:
        counts[LOW] = room
    counts[BASE_TICKS] = new_base
    counts[BASE], counts[LIMIT] = new_base * tick, (new_base + room) * tick
    return grown, moved
