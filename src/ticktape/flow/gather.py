"""Running a kernel until it has taken everything, whatever room it has for rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from ticktape.flow.joined_rows import copy_rows, join_rows

ROOM: Final = 8_192


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
        A copy of all that were filled. Nothing is in their padding, as nothing is in that of
        `rows`.
    """
    done, filled = step(0)
    pieces = [copy_rows(rows[:filled])]
    while done < end:
        done, filled = step(done)
        pieces.append(copy_rows(rows[:filled]))
    return pieces[0] if len(pieces) == 1 else join_rows(pieces, rows.dtype)
