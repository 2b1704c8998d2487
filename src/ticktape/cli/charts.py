"""Small charts made of characters: the same on a terminal, in a pipe and in a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

_UP: Final = " ▁▂▃▄▅▆▇█"
_ACROSS: Final = " ▏▎▍▌▋▊▉█"
_STEPS: Final = 8


def column_chart(values: Sequence[float] | np.ndarray, width: int, height: int = 1) -> list[str]:
    """Draw values as columns over time, the least of them at the bottom.

    Parameters
    ----------
    values : sequence of float, or numpy.ndarray
        In order. Where there are more than `width`, each column is the last of its share, as the
        close of a longer bar is.
    width, height : int
        In characters.

    Returns
    -------
    list of str
        One line each, the top one first, of at most `width` characters; empty lines without
        values.
    """
    shown = np.asarray(values, np.float64)
    if len(shown) > width:
        ends = (np.arange(1, width + 1) * len(shown)) // width - 1
        shown = shown[ends]
    if not len(shown):
        return [""] * height
    least, most = shown.min(), shown.max()
    steps = height * _STEPS
    span = most - least
    # Every column shows: the least value is one step high.
    tall = np.ones(len(shown), np.int64)
    if span > 0:
        tall += np.rint((shown - least) / span * (steps - 1)).astype(np.int64)
    lines = []
    for floor in range(steps - _STEPS, -1, -_STEPS):
        part = np.clip(tall - floor, 0, _STEPS)
        lines.append("".join(_UP[step] for step in part.tolist()).rstrip())
    return lines


def bar(value: float, most: float, width: int) -> str:
    """Draw one value as a bar from left to right.

    Parameters
    ----------
    value : float
        Not below zero.
    most : float
        The value of a bar of full width.
    width : int
        In characters.

    Returns
    -------
    str
        At most `width` characters; one eighth of one at least, where the value is not zero.
    """
    if value <= 0 or most <= 0:
        return ""
    eighths = max(1, round(min(value / most, 1.0) * width * _STEPS))
    whole, part = divmod(eighths, _STEPS)
    return _ACROSS[-1] * whole + (_ACROSS[part] if part else "")
