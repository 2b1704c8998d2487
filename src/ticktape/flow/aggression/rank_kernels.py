"""Ranks in a bounded memory: which of the values so far is the percentile, exact for small ones."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from ticktape.ops.kernels import lean_kernel

# A bin for each value below 2,048, then 1,024 bins an octave: a value is known exactly below 2,048
# and within 0.1 % above. 32,768 bins reach past 2**41.
_EXACT_BITS: Final = 11
_OCTAVE: Final = 1 << (_EXACT_BITS - 1)
BINS: Final = 1 << 15
_LARGEST: Final = (1 << 41) - 1
_MILLION: Final = 1_000_000

# Bins are also counted in groups, so that a walk over many empty ones is short.
_GROUP_BITS: Final = 7
_GROUP: Final = 1 << _GROUP_BITS

COUNT: Final = 0
PLACE: Final = 1
BELOW: Final = 2


class Ranks(NamedTuple):
    """The values so far.

    Attributes
    ----------
    at : numpy.ndarray
        ``i8[3]``: how many values there are, the bin of the percentile when it was last asked for,
        and how many values are in the bins below that.
    bins : numpy.ndarray
        ``i4[32768]``: how many values each bin holds.
    groups : numpy.ndarray
        ``i4[256]``: how many each 128 bins hold.
    """

    at: np.ndarray
    bins: np.ndarray
    groups: np.ndarray


def new_ranks() -> Ranks:
    """Give ranks of no values."""
    return Ranks(np.zeros(3, "i8"), np.zeros(BINS, "i4"), np.zeros(BINS // _GROUP, "i4"))


def clear_ranks(ranks: Ranks) -> None:
    """Forget all values."""
    for array in ranks:
        array[:] = 0


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
def count_value(ranks: Ranks, value: int, times: int) -> None:
    """Count a value once more (`times` 1), or once less (-1)."""
    place = bin_of(value)
    ranks.bins[place] += times
    ranks.groups[place >> _GROUP_BITS] += times
    ranks.at[COUNT] += times
    if place < ranks.at[PLACE]:
        ranks.at[BELOW] += times


@lean_kernel
def percentile_of(ranks: Ranks, millionths: int) -> int:
    """Give the least value that `millionths` of the values are not above: the nearest rank.

    There is a value at least. The walk begins where the last one ended: it is a step or none.
    """
    bins, groups = ranks.bins, ranks.groups
    rank = (ranks.at[COUNT] * millionths + _MILLION - 1) // _MILLION
    place = ranks.at[PLACE]
    below = ranks.at[BELOW]
    while below >= rank:
        if place % _GROUP == 0 and groups[(place >> _GROUP_BITS) - 1] == 0:
            place -= _GROUP
        else:
            place -= 1
            below -= bins[place]
    while below + bins[place] < rank:
        if place % _GROUP == 0 and groups[place >> _GROUP_BITS] == 0:
            place += _GROUP
        else:
            below += bins[place]
            place += 1
    ranks.at[PLACE] = place
    ranks.at[BELOW] = below
    return least_of_bin(place)
