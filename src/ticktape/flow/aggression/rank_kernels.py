"""Ranks in a bounded memory: how many values so far are up to each, exact for small ones."""

from __future__ import annotations

from typing import Final

import numpy as np

from ticktape.ops.kernels import lean_kernel

# A bin for each value below 2,048, then 1,024 bins an octave: a value is known exactly below 2,048
# and within 0.1 % above. 32,768 bins reach past 2**41.
_EXACT_BITS: Final = 11
_OCTAVE: Final = 1 << (_EXACT_BITS - 1)
BINS: Final = 1 << 15
_LARGEST: Final = (1 << 41) - 1
_MILLION: Final = 1_000_000


@lean_kernel
def bin_of(value: int) -> int:
    """Give the bin of a value of 0 or more."""
    shift = 0
    left = min(value, _LARGEST) >> _EXACT_BITS
    while left > 0:
        left >>= 1
        shift += 1
    return shift * _OCTAVE + (min(value, _LARGEST) >> shift)


@lean_kernel
def least_of_bin(place: int) -> int:
    """Give the least value of a bin."""
    if place < 2 * _OCTAVE:
        return place
    shift = place // _OCTAVE - 1
    return (place % _OCTAVE + _OCTAVE) << shift


@lean_kernel
def count_value(tree: np.ndarray, value: int, times: int) -> None:
    """Count a value so many times more: `tree` is ``i4[BINS + 1]``, sums in Fenwick's order."""
    place = bin_of(value) + 1
    while place <= BINS:
        tree[place] += times
        place += place & -place


@lean_kernel
def value_at_rank(tree: np.ndarray, count: int, millionths: int) -> int:
    """Give the least value that `millionths` of the `count` values are not above (nearest rank)."""
    rank = (count * millionths + _MILLION - 1) // _MILLION
    place = 0
    step = BINS >> 1
    while step > 0:
        if tree[place + step] < rank:
            place += step
            rank -= tree[place]
        step >>= 1
    return least_of_bin(place)
