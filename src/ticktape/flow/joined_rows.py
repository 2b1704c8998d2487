"""Arrays of rows, copied and put one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np


def copy_rows(rows: np.ndarray) -> np.ndarray:
    """Copy rows as bytes, what is in their padding too.

    NumPy's own ``copy`` goes field by field: it takes ten times as long, and what is in the padding
    of such a copy is anything.

    Parameters
    ----------
    rows : numpy.ndarray
        One-dimensional, of any dtype with fields.

    Returns
    -------
    numpy.ndarray
        Of the same dtype; it may be written to.
    """
    return rows.view(f"V{rows.dtype.itemsize}").copy().view(rows.dtype)


def join_rows(pieces: Sequence[np.ndarray], rows: np.dtype) -> np.ndarray:
    """Put pieces one after the other; equal rows have equal bytes.

    NumPy's own ``concatenate`` gives another dtype, without the padding, where a dtype has some:
    a kernel would be compiled again for it. And what is in the padding of a copy is anything.

    Parameters
    ----------
    pieces : sequence of numpy.ndarray
        All of dtype `rows`, but for padding.
    rows : numpy.dtype
        Of the result too.

    Returns
    -------
    numpy.ndarray
        The padding is zero. The only piece itself, where there is one, and no padding.
    """
    if not pieces:
        return np.empty(0, rows)
    padding = _padding(rows)
    if len(pieces) == 1 and not padding:
        return pieces[0]
    # Copied as bytes: as rows they would be copied field by field.
    joined = np.empty(sum(map(len, pieces)), rows)
    every = joined.view(f"V{rows.itemsize}")
    at = 0
    for piece in pieces:
        if piece.dtype == rows and piece.flags.c_contiguous:
            every[at : at + len(piece)] = piece.view(every.dtype)
        else:
            joined[at : at + len(piece)] = piece
        at += len(piece)
    bytes_of = every.view("u1").reshape(len(every), rows.itemsize)
    for start, end in padding:
        bytes_of[:, start:end] = 0
    return joined


@cache
def _padding(rows: np.dtype) -> list[tuple[int, int]]:
    """Give where there is padding in a row: from and to, in bytes."""
    fields = sorted((offset, field.itemsize) for field, offset, *_ in (rows.fields or {}).values())
    ends = [0, *(offset + size for offset, size in fields)]
    begins = [*(offset for offset, _ in fields), rows.itemsize]
    return [(end, begin) for end, begin in zip(ends, begins, strict=True) if end < begin]
