"""Arrays of rows, put one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np


def join_rows(pieces: Sequence[np.ndarray], rows: np.dtype) -> np.ndarray:
    """Put pieces one after the other; equal rows have equal bytes.

    NumPy's own ``concatenate`` gives another dtype, without the padding, where a dtype has some:
    a kernel would be compiled again for it. And what is in the padding of a copy is anything.

    Parameters
    ----------
    pieces : sequence of numpy.ndarray
        All of dtype `rows`.
    rows : numpy.dtype
        Of the result too.

    Returns
    -------
    numpy.ndarray
        The padding is zero. The only piece itself, where there is one, and no padding.
    """
    if len(pieces) == 1 and not _has_padding(rows):
        return pieces[0]
    joined = np.zeros(sum(map(len, pieces)), rows)
    at = 0
    for piece in pieces:
        joined[at : at + len(piece)] = piece
        at += len(piece)
    return joined


@cache
def _has_padding(rows: np.dtype) -> bool:
    fields = (rows.fields or {}).values()
    return sum(field[0].itemsize for field in fields) < rows.itemsize
