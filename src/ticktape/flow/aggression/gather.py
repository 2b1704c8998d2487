"""Running a kernel until it has taken everything, whatever room it has for rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

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
    done, filled = step(0)
    if done >= end:
        return rows[:filled].copy()
    pieces = [rows[:filled].copy()]
    while done < end:
        done, filled = step(done)
        pieces.append(rows[:filled].copy())
    return np.concatenate(pieces)
