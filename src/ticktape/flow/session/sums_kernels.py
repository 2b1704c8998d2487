"""Exact sums of value times volume, which do not fit 64 bits, and their exact mean.

A sum is two integers: ``high * 2**31 + low`` with ``0 <= low < 2**31``. Adding splits the value at
bit 31: every product then fits, for sizes below 2**32 and sums of ``abs(value) / 2**31 * size``
below 2**63. That is so for a price of a million over two trillion contracts.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from ticktape.ops.kernels import lean_kernel

_BITS: Final = 31
_MASK: Final = 2**31 - 1
# A rest below it has room for all of the low part beside it.
_ONE_STEP: Final = 2**32


@lean_kernel
def weighted(
    high: int | np.int64, low: int | np.int64, value: int | np.int64, size: int | np.int64
) -> tuple[int | np.int64, int | np.int64]:
    """Add `value` times `size` to a sum; give its two parts."""
    part = low + (value & _MASK) * size
    return high + (value >> _BITS) * size + (part >> _BITS), part & _MASK


@lean_kernel
def mean_of(sums: np.ndarray, high: int, count: int) -> int:
    """Give the sum at `high` over `count`, to the nearest whole number, halves up."""
    quotient = sums[high] // count
    rest = sums[high] - quotient * count
    low = sums[high + 1]
    if count <= _ONE_STEP:
        rest = (rest << _BITS) | low
        quotient = (quotient << _BITS) + rest // count
        rest %= count
    else:
        # A long division, bit by bit: no step of it leaves 64 bits.
        for bit in range(_BITS - 1, -1, -1):
            rest = 2 * rest + ((low >> bit) & 1)
            quotient *= 2
            if rest >= count:
                rest -= count
                quotient += 1
    if 2 * rest >= count:
        quotient += 1
    return int(quotient)
