"""Running a kernel until it has taken everything, whatever room it has for rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from ticktape.flow.joined_rows import join_rows

ROOM: Final = 16_384


def gather(step: Callable[[int], tuple[int, int]], end: int, rows: np.ndarray) -> np.ndarray:
    """Collect the rows that a kernel closes.

    Parameters
    ----------
    step : callable
        Runs the kernel from a place on; gives the next place, and how many of `rows` it filled.
    end : int
        The place at which all is taken.
    rows : numpy.ndarray
        What the kernel fills.

    Returns
    -------
    numpy.ndarray
        A copy of all that were filled.
    """
    # Rows are copied as bytes: NumPy copies an array of records field by field, ten times slower.
    held = rows.view("u1")
    one = rows.dtype.itemsize
    done, filled = step(0)
    pieces = [held[: filled * one].copy()]
    while done < end:
        done, filled = step(done)
        pieces.append(held[: filled * one].copy())
    return (pieces[0] if len(pieces) == 1 else np.concatenate(pieces)).view(rows.dtype)


def take_across_open(
    points: np.ndarray,
    opens_ns: int,
    take: Callable[[np.ndarray], np.ndarray],
    start_over: Callable[[], None],
    rows: np.dtype,
) -> np.ndarray:
    """Take the first points after a session's open: those from before it, then the session's own.

    What the delta's own window held back at the open is still of the session before.

    Parameters
    ----------
    points : numpy.ndarray
        dtype ``CVD_POINT``.
    opens_ns : int
        The open.
    take : callable
        Takes points, and gives the rows that they close.
    start_over : callable
        Forgets the session before.
    rows : numpy.dtype
        Of what `take` gives.

    Returns
    -------
    numpy.ndarray
        dtype `rows`, by time.
    """
    is_new = points["start_ns"] >= opens_ns
    before = take(points[~is_new])
    start_over()
    return join_rows([before, take(points[is_new])], rows)
