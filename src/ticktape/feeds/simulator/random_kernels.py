"""Random numbers of the simulated exchange: one 64-bit word of state, the same on every machine.

Nothing here calls a mathematical library (``log``, ``exp``): their last bit differs between
machines, and the same seed must give the same bytes. Distributions come from tables rounded far
above that bit, and from sums of uniform draws.
"""

from __future__ import annotations

import math

import numpy as np

from ticktape.feeds.simulator.state import Integer
from ticktape.ops.kernels import lean_kernel

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_SHIFT_30 = np.uint64(30)
_SHIFT_27 = np.uint64(27)
_SHIFT_31 = np.uint64(31)
_SHIFT_11 = np.uint64(11)
_SHIFT_32 = np.uint64(32)
_SHIFT_22 = np.uint64(22)
_SHIFT_43 = np.uint64(43)
_LOW_21 = np.uint64((1 << 21) - 1)
_LOW_10 = np.uint64(1023)
_UNIT_53 = 2.0**-53
_UNIT_32 = 2.0**-32
_UNIT_21 = 2.0**-21

# Edges of 1,024 equally likely steps of the unit exponential distribution; the last one, which
# has no end, is cut so that the mean is one.
_EDGES = [round(-math.log1p(-step / 1024) * 2**30) / 2**30 for step in range(1024)]
_LAST_EDGE = round((1024 - (sum(_EDGES) - _EDGES[-1] / 2)) * 2 * 2**30) / 2**30
EXPONENTIAL_EDGES = np.array([*_EDGES, _LAST_EDGE])


# SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
@lean_kernel
def next_bits(rng: np.ndarray) -> np.uint64:
    """Give the next 64 random bits."""
    rng[0] += _GOLDEN
    bits: np.uint64 = rng[0]
    bits = (bits ^ (bits >> _SHIFT_30)) * _MIX_1
    bits = (bits ^ (bits >> _SHIFT_27)) * _MIX_2
    return bits ^ (bits >> _SHIFT_31)


@lean_kernel
def uniform(rng: np.ndarray) -> float:
    """Draw from [0, 1)."""
    return float(next_bits(rng) >> _SHIFT_11) * _UNIT_53


# Lemire's multiplication without rejection: the bias is below n / 2**32.
@lean_kernel
def below(rng: np.ndarray, count: Integer) -> Integer:
    """Draw an integer from [0, count)."""
    return np.int64(((next_bits(rng) >> _SHIFT_32) * np.uint64(count)) >> _SHIFT_32)


# Mean one: a step of the table by ten bits, a place inside it by thirty-two others.
@lean_kernel
def exponential(rng: np.ndarray) -> float:
    """Draw from the exponential distribution of mean one."""
    bits = next_bits(rng)
    step = np.int64(bits & _LOW_10)
    low: float = EXPONENTIAL_EDGES[step]
    drawn: float = low + (EXPONENTIAL_EDGES[step + 1] - low) * (float(bits >> _SHIFT_32) * _UNIT_32)
    return drawn


# Mean zero, variance one: twice the sum of three uniform draws, less its mean.
@lean_kernel
def bell(rng: np.ndarray) -> float:
    """Draw from a bell shape of mean zero and variance one."""
    bits = next_bits(rng)
    total = float(bits >> _SHIFT_43) + float((bits >> _SHIFT_22) & _LOW_21) + float(bits & _LOW_21)
    return 2.0 * (total * _UNIT_21 - 1.5)


# An entry of a table in which an outcome stands as often as it is likely.
@lean_kernel
def drawn_from(rng: np.ndarray, table: np.ndarray) -> Integer:
    """Draw an entry of a table in which an outcome stands as often as it is likely."""
    return np.int64(table[below(rng, table.shape[0])])
