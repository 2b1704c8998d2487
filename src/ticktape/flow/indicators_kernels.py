"""Means, smoothings and extremes of the last values of a series; NaN where they are not known."""

from __future__ import annotations

from math import isnan, nan

import numpy as np

from ticktape.ops.kernels import kernel


# Each window is summed afresh: a running sum gathers rounding errors, and its value would depend on
# where the series begins. What is summed is the distance to the newest value, so that the mean of
# equal prices is that price to the last bit, and crosses no line drawn at it.
@kernel
def take_means(values: np.ndarray, period: int, means: np.ndarray) -> None:
    """Write the mean of the last `period` values at each place."""
    for i in range(len(values)):
        if i < period - 1:
            means[i] = nan
        else:
            total = 0.0
            for j in range(i - period + 1, i + 1):
                total += values[j] - values[i]
            means[i] = values[i] + total / period


# The seed is summed as distances to its first value, for the reason above.
@kernel
def smooth(values: np.ndarray, period: int, weight: float, smoothed: np.ndarray) -> None:
    """Write the mean of the first `period` values, then go `weight` of the way to each new one.

    Begins anew after a value that is not known.
    """
    known = 0
    first = 0.0
    total = 0.0
    level = 0.0
    for i in range(len(values)):
        value = values[i]
        smoothed[i] = nan
        if isnan(value):
            known = 0
        else:
            if known == 0:
                first = value
                total = 0.0
            known += 1
            if known <= period:
                total += value - first
                level = first + total / period
            else:
                level += weight * (value - level)
            if known >= period:
                smoothed[i] = level


@kernel
def find_highest(values: np.ndarray, period: int, highest: np.ndarray) -> None:
    """Write the highest of the last `period` values at each place."""
    top = -1  # where the highest of the window stands; before its start: not known
    unknown = -1  # the last place that no window may reach back to
    for i in range(len(values)):
        start = i - period + 1
        if isnan(values[i]):
            unknown = i
        if start <= unknown:
            highest[i] = nan
        else:
            if top < start:
                top = start
                for j in range(start + 1, i):
                    if values[j] >= values[top]:
                        top = j
            if values[i] >= values[top]:
                top = i
            highest[i] = values[top]
