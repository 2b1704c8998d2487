"""Indicators over the prices of bars: means, momentum, ranges, extremes, crossings.

What all of them share:

Parameters
----------
values, prices, high, low, close : array_like
    Whole series, oldest value first, those of one call of one length. Prices are of any one unit,
    as they are: those of bars, in 1e-9, do as well as dollars. NaN (or an infinity) is a value that
    is not known, so indicators can be given indicators.
period : int
    How many values (changes, bars) it takes together, or places it looks back: 1 or more.

Returns
-------
numpy.ndarray
    As long as what was given: ``f8``, NaN until `period` values (changes, bars) are known; of
    crossings ``bool``.

Raises
------
BadValueError
    If what is given is no series of numbers, series differ in length, or a period is below 1.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from ticktape.flow.indicator_series import (
    crossings_of,
    earlier,
    highest_of,
    means_of,
    period_of,
    series_and_line,
    series_of,
    series_of_one_length,
    smoothed,
    true_ranges_of,
)

__all__ = [
    "Channel",
    "atr",
    "change",
    "crosses_above",
    "crosses_below",
    "donchian",
    "ema",
    "highest",
    "lowest",
    "roc",
    "rsi",
    "sma",
    "true_range",
    "typical_price",
]


class Channel(NamedTuple):
    """The two lines of a channel.

    Attributes
    ----------
    upper : numpy.ndarray
        ``f8``, the line above.
    lower : numpy.ndarray
        ``f8``, the line below.
    """

    upper: np.ndarray
    lower: np.ndarray


def sma(values: ArrayLike, period: int) -> np.ndarray:
    """Take the simple moving average: the mean of the last `period` values.

    It depends on those alone, to the last bit.
    """
    series = series_of("sma", "values", values)
    return means_of(series, period_of("sma", period, series))


def ema(values: ArrayLike, period: int) -> np.ndarray:
    """Take the exponential moving average: each value moves it ``2 / (period + 1)`` of the way.

    Its first is the simple mean of the first `period` values; after a value that is not known it
    begins anew in the same way.
    """
    series = series_of("ema", "values", values)
    known = period_of("ema", period, series)
    return smoothed(series, known, 2 / (known + 1))


def rsi(prices: ArrayLike, period: int) -> np.ndarray:
    """Take the relative strength index: the gains, in percent of gains and losses.

    Gains and losses are smoothed as in J. Welles Wilder, "New Concepts in Technical Trading
    Systems" (1978): the simple mean of the first `period` changes, which each later one moves by
    ``1 / period`` of the distance.

    Returns
    -------
    numpy.ndarray
        0 to 100, known once `period` changes are: from place `period` on. 100 where nothing was
        lost, 0 where nothing was gained, 50 where neither.
    """
    series = series_of("rsi", "prices", prices)
    known = period_of("rsi", period, series)
    changes = series - earlier(series, 1)
    gains = smoothed(np.maximum(changes, 0.0), known, 1 / known)
    losses = smoothed(np.maximum(-changes, 0.0), known, 1 / known)
    moved = gains + losses
    shares = np.full(len(series), 0.5)
    # NaN is not 0: what is not known is divided, and stays so.
    np.divide(gains, moved, out=shares, where=moved != 0)
    return 100 * shares


def true_range(high: ArrayLike, low: ArrayLike, close: ArrayLike) -> np.ndarray:
    """Take the true range of each bar: its span, widened to the close before (Wilder, 1978).

    Where no close before is known, as of the first bar, it is high less low.
    """
    return true_ranges_of(*series_of_one_length("true_range", high=high, low=low, close=close))


def atr(high: ArrayLike, low: ArrayLike, close: ArrayLike, period: int) -> np.ndarray:
    """Take the average true range: true ranges, smoothed as Wilder does (1978).

    Its first is the simple mean of the first `period` true ranges, the first bar's among them; each
    later one moves it by ``1 / period`` of the distance.
    """
    ranges = true_ranges_of(*series_of_one_length("atr", high=high, low=low, close=close))
    known = period_of("atr", period, ranges)
    return smoothed(ranges, known, 1 / known)


def change(values: ArrayLike, period: int = 1) -> np.ndarray:
    """Take the change: each value less the one `period` places before; from place `period` on."""
    series = series_of("change", "values", values)
    changes: np.ndarray = series - earlier(series, period_of("change", period, series))
    return changes


def roc(values: ArrayLike, period: int = 1) -> np.ndarray:
    """Take the rate of change: the change in percent of the value `period` places before.

    It is NaN where the value before was 0. A value below 0 (a spread's price) turns the sign, as
    any quotient's.
    """
    series = series_of("roc", "values", values)
    before = earlier(series, period_of("roc", period, series))
    rates = np.full(len(series), np.nan)
    np.divide(100 * (series - before), before, out=rates, where=before != 0)
    return rates


def highest(values: ArrayLike, period: int) -> np.ndarray:
    """Find the highest of the last `period` values."""
    series = series_of("highest", "values", values)
    return highest_of(series, period_of("highest", period, series))


def lowest(values: ArrayLike, period: int) -> np.ndarray:
    """Find the lowest of the last `period` values."""
    series = series_of("lowest", "values", values)
    return -highest_of(-series, period_of("lowest", period, series))


def donchian(high: ArrayLike, low: ArrayLike, period: int) -> Channel:
    """Draw the Donchian channel: the highest high and the lowest low of the last `period` bars.

    The newest bar is one of them.
    """
    highs, lows = series_of_one_length("donchian", high=high, low=low)
    known = period_of("donchian", period, highs)
    return Channel(highest_of(highs, known), -highest_of(-lows, known))


def typical_price(high: ArrayLike, low: ArrayLike, close: ArrayLike) -> np.ndarray:
    """Take the typical price of each bar: the mean of its high, low and close."""
    highs, lows, closes = series_of_one_length("typical_price", high=high, low=low, close=close)
    # As distances to the close, so that a bar of one price has that price to the last bit.
    prices: np.ndarray = closes + ((highs - closes) + (lows - closes)) / 3
    return prices


def crosses_above(values: ArrayLike, line: ArrayLike) -> np.ndarray:
    """Tell where a series crossed above a line: above it here, and not above it a place before.

    That is how charting programs define it (TradingView's ``ta.crossover``): a value that was on
    the line has crossed once it leaves it.

    Parameters
    ----------
    values : array_like
        The series.
    line : float or array_like
        One level, or a series of the same length.

    Returns
    -------
    numpy.ndarray
        ``bool``, true at the places of crossing; false where either is not known, here or before.
    """
    series, level = series_and_line("crosses_above", values, line)
    return crossings_of(series, level)


def crosses_below(values: ArrayLike, line: ArrayLike) -> np.ndarray:
    """Tell where a series crossed below a line: below it here, and not below it a place before.

    As :func:`crosses_above` otherwise.
    """
    series, level = series_and_line("crosses_below", values, line)
    return crossings_of(-series, -level)
