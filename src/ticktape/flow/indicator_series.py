"""The series that indicators are made of: read and checked, then smoothed, searched, shifted.

Those that read are told the `indicator`, for the words of a ``BadValueError``. What they give, and
what the others take and give, is ``f8`` of one dimension, NaN where a value is not known.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ticktape.flow.indicators_kernels import find_highest, smooth, take_means
from ticktape.ops.kernels import kernel_input
from ticktape.tape.errors import BadValueError


def series_of(indicator: str, name: str, values: ArrayLike) -> np.ndarray:
    """Read a series of numbers; what is not finite becomes NaN.

    Parameters
    ----------
    indicator, name : str
        Whose series, and what it is called, for the error.
    values : array_like
        Numbers, in one dimension.

    Returns
    -------
    numpy.ndarray
        Read-only and contiguous.

    Raises
    ------
    BadValueError
        If they are anything else.
    """
    try:
        series = np.asarray(values, np.float64)
    except (TypeError, ValueError):
        raise BadValueError(
            f"{indicator}: {name} are not all numbers", hint="give a series of numbers"
        ) from None
    if series.ndim != 1:
        raise BadValueError(
            f"{indicator}: {name} have {series.ndim} dimensions", hint="give a series, in one"
        )
    return kernel_input(np.where(np.isfinite(series), series, np.nan))


def series_of_one_length(indicator: str, **named: ArrayLike) -> list[np.ndarray]:
    """Read series that stand beside each other, each as :func:`series_of` does, by its name.

    Raises
    ------
    BadValueError
        If one is no series of numbers, or their lengths differ.
    """
    found = {name: series_of(indicator, name, values) for name, values in named.items()}
    if len({len(series) for series in found.values()}) > 1:
        lengths = ", ".join(f"{len(series)} of {name}" for name, series in found.items())
        raise BadValueError(
            f"{indicator}: series of different lengths ({lengths})",
            hint="give as many of each",
        )
    return list(found.values())


def series_and_line(
    indicator: str, values: ArrayLike, line: ArrayLike
) -> tuple[np.ndarray, np.ndarray]:
    """Read a series and the line it is compared with: one level, or a series of the same length.

    Raises
    ------
    BadValueError
        If they are no series of numbers of one length.
    """
    if np.ndim(line) == 0:
        series = series_of(indicator, "values", values)
        return series, np.repeat(series_of(indicator, "line", np.reshape(line, 1)), len(series))
    series, lines = series_of_one_length(indicator, values=values, line=line)
    return series, lines


def period_of(indicator: str, period: int, series: np.ndarray) -> int:
    """Check how far back an indicator of a series looks.

    Returns
    -------
    int
        The period; of any longer than the series, one more than its length, as nothing is known of
        either and the kernels count in 64 bits.

    Raises
    ------
    BadValueError
        If it is no whole number above zero.
    """
    if isinstance(period, bool) or not isinstance(period, int | np.integer) or period < 1:
        raise BadValueError(
            f"{indicator}: the period cannot be {period!r}", hint="give a whole number above zero"
        )
    return min(int(period), len(series) + 1)


def means_of(series: np.ndarray, period: int) -> np.ndarray:
    """Give the mean of the last `period` values at each place; NaN until all are known."""
    means = np.empty(len(series))
    take_means(series, period, means)
    return means


def smoothed(series: np.ndarray, period: int, weight: float) -> np.ndarray:
    """Smooth a series exponentially, from the mean of its first values on.

    Parameters
    ----------
    series : numpy.ndarray
        After a value that is not known it begins anew.
    period : int
        How many values the first mean is of.
    weight : float
        The share of the distance that each later value moves it by.

    Returns
    -------
    numpy.ndarray
        NaN until there is a first mean.
    """
    levels = np.empty(len(series))
    smooth(kernel_input(series), period, weight, levels)
    return levels


def highest_of(series: np.ndarray, period: int) -> np.ndarray:
    """Give the highest of the last `period` values at each place; NaN until all are known."""
    tops = np.empty(len(series))
    find_highest(kernel_input(series), period, tops)
    return tops


def earlier(series: np.ndarray, period: int) -> np.ndarray:
    """Give the value that stood `period` places before, at each place; NaN where none had begun."""
    before = np.full(len(series), np.nan)
    before[period:] = series[:-period]
    return before


def true_ranges_of(high: np.ndarray, low: np.ndarray, close: np.ndarray) -> np.ndarray:
    """Give the span of each bar and the close before it."""
    before = earlier(close, 1)
    # A close that is not known widens nothing.
    before = np.where(np.isnan(before), low, before)
    ranges: np.ndarray = np.maximum(high, before) - np.minimum(low, before)
    return ranges


def crossings_of(series: np.ndarray, line: np.ndarray) -> np.ndarray:
    """Tell (``bool``) where a series is above a line, and known not to have been a place before."""
    crosses = np.zeros(len(series), bool)
    crosses[1:] = (series[1:] > line[1:]) & (series[:-1] <= line[:-1])
    return crosses
