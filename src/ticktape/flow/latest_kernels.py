"""The latest records of every instrument among many."""

from __future__ import annotations

import numpy as np

from ticktape.book.keys_kernels import NO_ROOM, Keys, key_of, slot_of_key
from ticktape.ops.kernels import lean_kernel


@lean_kernel
def mark_latest(
    keys: Keys,
    left: np.ndarray,
    publisher_id: np.ndarray,
    instrument_id: np.ndarray,
    start: int,
    is_latest: np.ndarray,
) -> int:
    """Mark records from the last on while their instrument has some left; give where it stopped.

    `start` is the record to begin with; -1 is given at the end, any other number where there was
    no room for a new instrument.
    """
    for i in range(start, -1, -1):
        slot = slot_of_key(keys, key_of(publisher_id[i], instrument_id[i]))
        if slot == NO_ROOM:
            return i
        if left[slot] > 0:
            left[slot] -= 1
            is_latest[i] = 1
    return -1
