"""The latest records of every instrument among many."""

from __future__ import annotations

import numpy as np

from ticktape.book.keys_kernels import grow_keys, new_keys
from ticktape.flow.latest_kernels import mark_latest
from ticktape.ops.kernels import kernel_input


def latest_of_each(records: np.ndarray, most: int) -> np.ndarray:
    """Find the latest records of every publisher and instrument.

    Parameters
    ----------
    records : numpy.ndarray
        Any with ``publisher_id`` and ``instrument_id``.
    most : int
        How many of each, at most.

    Returns
    -------
    numpy.ndarray
        Their indices, ``i8``, in order.
    """
    count = len(records)
    # A column of one record would count as contiguous, and have a kernel compiled of its own.
    if count <= max(most, 1):
        return np.arange(count)
    records = kernel_input(records)
    keys = new_keys()
    left = np.full(len(keys.of_slot), most, np.int64)
    is_latest = np.zeros(count, np.uint8)
    at = count - 1
    while True:
        at = mark_latest(
            keys, left, records["publisher_id"], records["instrument_id"], at, is_latest
        )
        if at < 0:
            return np.flatnonzero(is_latest)
        keys = grow_keys(keys)
        left = np.concatenate([left, np.full(len(left), most, np.int64)])
