"""Arrays of rows, put one after the other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def join_rows(pieces: Sequence[np.ndarray], rows: np.dtype) -> np.ndarray:
    """Put pieces one after the other.

    NumPy's own ``concatenate`` gives another dtype, without the padding, where a dtype has some:
    a kernel would be compiled again for it.

    Parameters
    ----------
    pieces : sequence of numpy.ndarray
        All of dtype `rows`.
    rows : numpy.dtype
        Of the result too.

    Returns
    -------
    numpy.ndarray
        The only piece itself, where there is one.
    """
    if len(pieces) == 1:
        return pieces[0]
    joined = np.empty(sum(map(len, pieces)), rows)
    at = 0
    for piece in pieces:
        joined[at : at + len(piece)] = piece
        at += len(piece)
    return joined
