"""Indicators: known answers, then each against its definition in plain Python."""

from __future__ import annotations

import random
from itertools import pairwise
from math import inf, isnan, nan
from statistics import fmean

import numpy as np
import pytest

from ticktape.flow import indicators
from ticktape.flow.indicators import (
    atr,
    change,
    crosses_above,
    crosses_below,
    donchian,
    ema,
    highest,
    lowest,
    roc,
    rsi,
    sma,
    true_range,
    typical_price,
)
from ticktape.tape.errors import BadValueError

HIGH, LOW, CLOSE = [110, 120, 130], [90, 90, 100], [100, 105, 115]
# Spans of 10, 20, 30 and 40 around one close.
SPANS = [[105, 110, 115, 120], [95, 90, 85, 80], [100] * 4]


@pytest.mark.parametrize(
    ("take", "expected"),
    [
        (lambda: sma([10, 20, 30, 40, 50], 3), [nan, nan, 20, 30, 40]),
        (lambda: sma([10, 20, 30], 3), [nan, nan, 20]),
        (lambda: sma(typical_price(HIGH, LOW, CLOSE), 3), [nan, nan, 320 / 3]),
        (lambda: ema([10, 20, 30, 40], 3), [nan, nan, 20, 30]),
        (lambda: ema([100, 100, 100, 200], 3), [nan, nan, 100, 150]),
        (lambda: ema([0] * 3 + [1], 3), [nan] * 2 + [0, 0.5]),
        (lambda: ema([0] * 9 + [1], 9), [nan] * 8 + [0, 0.2]),
        (lambda: ema([0] * 19 + [1], 19), [nan] * 18 + [0, 0.1]),
        (lambda: rsi([1, 2, 3, 4, 5], 3), [nan, nan, nan, 100, 100]),
        (lambda: rsi([5, 4, 3, 2, 1], 3), [nan, nan, nan, 0, 0]),
        (lambda: rsi([7, 7, 7, 7, 7], 3), [nan, nan, nan, 50, 50]),
        (lambda: rsi([100, 102, 100, 102, 100], 4), [nan, nan, nan, nan, 50]),
        # Wilder's: gains 1 and losses 1 of 4 become 7/4 and 3/4; simple means would give 2 and 1/2.
        (lambda: rsi([100, 102, 100, 102, 100, 104], 4), [nan, nan, nan, nan, 50, 70]),
        (lambda: true_range([110], [100], [100]), [10]),
        (lambda: true_range([105, 110], [105, 100], [105, 100]), [0, 10]),
        (lambda: true_range([100, 120], [100, 115], [100, 115]), [0, 20]),
        (lambda: true_range([110, 95], [110, 90], [110, 90]), [0, 20]),
        (lambda: true_range(*SPANS), [10, 20, 30, 40]),
        (lambda: atr(*SPANS, 3), [nan, nan, 20, 80 / 3]),
        (lambda: change([100, 105]), [nan, 5]),
        (lambda: roc([100, 110]), [nan, 10]),
        (lambda: roc([100, 80]), [nan, -20]),
        (lambda: roc([0, 5, 10]), [nan, nan, 100]),
        (lambda: highest([10, 50, 30, 20, 40], 3), [nan, nan, 50, 50, 40]),
        (lambda: lowest([10, 50, 30, 20, 40], 3), [nan, nan, 10, 20, 20]),
        (lambda: donchian([110, 115, 120], [90, 95, 100], 3).upper, [nan, nan, 120]),
        (lambda: donchian([110, 115, 120], [90, 95, 100], 3).lower, [nan, nan, 90]),
    ],
)
def test_known_answers(take, expected):
    series = take()
    assert series.dtype == np.float64
    assert series.tolist() == pytest.approx(expected, rel=1e-14, nan_ok=True)


@pytest.mark.parametrize(
    ("find", "expected"),
    [
        (lambda: crosses_above(sma([20, 20, 30, 30], 2), 25), [0, 0, 0, 1]),
        (lambda: crosses_below(sma([30, 30, 20, 20], 2), 25), [0, 0, 0, 1]),
        (lambda: crosses_above([26, 27, 26, 30], 25), [0, 0, 0, 0]),
        (lambda: crosses_below([26, 27, 26, 30], 25), [0, 0, 0, 0]),
        (lambda: crosses_above([24, 20, 24], 25), [0, 0, 0]),
        (lambda: crosses_below([24, 20, 24], 25), [0, 0, 0]),
        (lambda: crosses_above([30, 30, 20, 20], 25), [0, 0, 0, 0]),
        (lambda: crosses_below([20, 20, 30, 30], 25), [0, 0, 0, 0]),
        (lambda: crosses_above([1, 2, 3], [2, 2, 2]), [0, 0, 1]),
        (lambda: crosses_below([3, 2, 1, 0], [0, 2.5, 0, 0]), [0, 1, 0, 0]),
        # On the line is on neither side, and what is not known crosses nothing.
        (lambda: crosses_above([1, 2, 1], 2), [0, 0, 0]),
        (lambda: crosses_above([1, nan, 3, 1, 3], 2), [0, 0, 0, 0, 1]),
        (lambda: crosses_below([3, 1], nan), [0, 0]),
    ],
)
def test_known_crossings(find, expected):
    crossings = find()
    assert crossings.dtype == bool
    assert crossings.astype(int).tolist() == expected


def random_bars(seed, count=300):
    """Highs, lows and closes of a walk in quarter points, with jumps, often flat."""
    rng = random.Random(seed)
    rows, price = [], 40.0
    for _ in range(count):
        steps = [price + 0.25 * rng.choice((-4, -1, 0, 0, 0, 1, 4)) for _ in range(4)]
        rows.append((max(steps), min(steps), steps[-1]))
        price = steps[-1] + 0.25 * rng.choice((0, 0, 0, -20, 20))
    return [list(column) for column in zip(*rows, strict=True)]


def windows(values, period):
    """The last `period` values at each place; None where there are fewer."""
    for end in range(1, len(values) + 1):
        yield values[end - period : end] if end >= period else None


def of_windows(values, period, measure):
    return [nan if window is None else measure(window) for window in windows(values, period)]


def wilder(values, period):
    made = []
    for place, value in enumerate(values):
        if place < period - 1:
            made.append(nan)
        elif place == period - 1:
            made.append(fmean(values[:period]))
        else:
            made.append((made[-1] * (period - 1) + value) / period)
    return made


def ema_by_hand(values, period):
    made = [nan] * (period - 1) + [fmean(values[:period])]
    k = 2 / (period + 1)
    for value in values[period:]:
        made.append(value * k + made[-1] * (1 - k))
    return made


def rsi_by_hand(values, period):
    steps = [b - a for a, b in pairwise(values)]
    gains = wilder([max(step, 0) for step in steps], period)
    losses = wilder([max(-step, 0) for step in steps], period)

    def index(gain, loss):
        if isnan(gain):
            return nan
        if loss == 0:
            return 50 if gain == 0 else 100
        return 100 - 100 / (1 + gain / loss)

    return [nan, *map(index, gains, losses)]


def true_ranges_by_hand(high, low, close):
    return [high[0] - low[0]] + [
        max(h - lo, abs(h - c), abs(lo - c))
        for h, lo, c in zip(high[1:], low[1:], close[:-1], strict=True)
    ]


def since(values, period, measure):
    return [
        nan if place < period else measure(values[place - period], value)
        for place, value in enumerate(values)
    ]


BY_HAND = {
    "sma": lambda h, lo, c, n: (sma(c, n), of_windows(c, n, fmean)),
    "ema": lambda h, lo, c, n: (ema(c, n), ema_by_hand(c, n)),
    "rsi": lambda h, lo, c, n: (rsi(c, n), rsi_by_hand(c, n)),
    "true_range": lambda h, lo, c, n: (true_range(h, lo, c), true_ranges_by_hand(h, lo, c)),
    "atr": lambda h, lo, c, n: (atr(h, lo, c, n), wilder(true_ranges_by_hand(h, lo, c), n)),
    "change": lambda h, lo, c, n: (change(c, n), since(c, n, lambda a, b: b - a)),
    "roc": lambda h, lo, c, n: (
        roc(c, n),
        since(c, n, lambda a, b: (b / a - 1) * 100 if a else nan),
    ),
    "highest": lambda h, lo, c, n: (highest(c, n), of_windows(c, n, max)),
    "lowest": lambda h, lo, c, n: (lowest(c, n), of_windows(c, n, min)),
    "donchian upper": lambda h, lo, c, n: (donchian(h, lo, n).upper, of_windows(h, n, max)),
    "donchian lower": lambda h, lo, c, n: (donchian(h, lo, n).lower, of_windows(lo, n, min)),
    "typical_price": lambda h, lo, c, n: (
        typical_price(h, lo, c),
        [sum(one) / 3 for one in zip(h, lo, c, strict=True)],
    ),
}


@pytest.mark.parametrize("period", [1, 2, 3, 14, 50, 299])
@pytest.mark.parametrize("name", BY_HAND)
def test_every_indicator_is_that_of_its_definition(name, period):
    for seed in range(5):
        made, expected = BY_HAND[name](*random_bars(seed), period)
        np.testing.assert_allclose(made, expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_crossings_are_those_of_their_definition(seed):
    _, _, close = random_bars(seed)
    fast, slow = sma(close, 3).tolist(), sma(close, 8).tolist()
    level = fmean(close)
    for line in (slow, [level] * len(close)):
        pairs = list(zip(fast, line, strict=True))
        steps = list(pairwise(pairs))
        above = [False] + [a > b and before[0] <= before[1] for before, (a, b) in steps]
        below = [False] + [a < b and before[0] >= before[1] for before, (a, b) in steps]
        assert crosses_above(fast, line).tolist() == above
        assert crosses_below(fast, line).tolist() == below
        assert any(above)
        assert any(below)
    assert np.array_equal(crosses_above(fast, level), crosses_above(fast, [level] * len(fast)))


def all_of(high, low, close, period):
    """Every indicator over the same bars, by its name."""
    channel = donchian(high, low, period)
    return {
        "sma": sma(close, period),
        "ema": ema(close, period),
        "rsi": rsi(close, period),
        "true_range": true_range(high, low, close),
        "atr": atr(high, low, close, period),
        "change": change(close, period),
        "roc": roc(close, period),
        "highest": highest(close, period),
        "lowest": lowest(close, period),
        "upper": channel.upper,
        "lower": channel.lower,
        "typical_price": typical_price(high, low, close),
        "crosses_above": crosses_above(close, sma(close, period)),
        "crosses_below": crosses_below(close, sma(close, period)),
    }


def test_what_comes_later_changes_nothing_before():
    bars = np.array(random_bars(1))
    whole = all_of(*bars, 14)
    for count in (0, 1, 13, 14, 15, 200):
        for name, made in all_of(*bars[:, :count], 14).items():
            assert made.tobytes() == whole[name][:count].tobytes(), name


def test_moving_averages_are_of_their_window_alone():
    _, _, close = random_bars(2)
    assert sma(close, 14)[100:].tobytes() == sma(close[87:], 14)[13:].tobytes()


def test_a_period_longer_than_the_series_is_never_known():
    bars = random_bars(3, 20)
    for period in (21, 10**30):
        for name, made in all_of(*bars, period).items():
            assert len(made) == 20
            if made.dtype == bool:
                assert not made.any()
            elif name not in {"true_range", "typical_price"}:
                assert np.isnan(made).all(), name


@pytest.mark.parametrize("unknown", [nan, inf, -inf])
def test_after_a_value_that_is_not_known_windows_fill_and_smoothings_begin_anew(unknown):
    high, low, close = random_bars(4, 60)
    broken = [[*column[:29], unknown, *column[30:]] for column in (high, low, close)]
    after = all_of(*(column[30:] for column in (high, low, close)), 5)
    for name, made in all_of(*broken, 5).items():
        assert made[:29].tobytes() == all_of(high, low, close, 5)[name][:29].tobytes()
        assert made.dtype == bool or isnan(made[29]), name
        if name in {"change", "roc"}:
            # They look at two places alone, and see past what is between.
            assert np.flatnonzero(np.isnan(made)).tolist() == [0, 1, 2, 3, 4, 29, 34]
        else:
            assert made[30:].tobytes() == after[name].tobytes(), name


def test_equal_prices_cross_no_line_drawn_at_them():
    for price in (0.1, 64.83, 5_012.7):
        for series in (
            sma([price] * 50, 7),
            ema([price] * 50, 7),
            typical_price(*[[price] * 9] * 3),
        ):
            assert set(series[~np.isnan(series)].tolist()) == {price}


def test_prices_of_bars_do_as_they_are_and_stay_as_they_were():
    rows = np.zeros(4, [("close", "i8"), ("volume", "i8")])
    rows["close"] = [24_455_750_000_000, 24_456_000_000_000, 24_456_250_000_000, 24_456_250_000_000]
    assert sma(rows["close"], 3).tolist()[2] == 24_456_000_000_000
    given = np.array([3.0, 1.0, inf, 2.0])
    lowest(given, 2)
    assert given.tolist() == [3.0, 1.0, inf, 2.0]


OVER_A_SERIES = ["sma", "ema", "rsi", "change", "roc", "highest", "lowest"]
OVER_BARS = {"atr": 3, "donchian": 2}


@pytest.mark.parametrize("period", [0, -1, 1.5, "3", None, True, nan])
@pytest.mark.parametrize("name", [*OVER_A_SERIES, *OVER_BARS])
def test_a_period_that_is_no_whole_number_above_zero_is_refused(name, period):
    series = [[1.0, 2.0]] * OVER_BARS.get(name, 1)
    with pytest.raises(BadValueError, match=rf"^{name}: the period .*give a whole number"):
        getattr(indicators, name)(*series, period)


@pytest.mark.parametrize("values", [["a"], [None, {}], [[1.0, 2.0]], 3.0, [[1.0], [1.0, 2.0]]])
@pytest.mark.parametrize("name", OVER_A_SERIES)
def test_what_is_no_series_of_numbers_is_refused(name, values):
    with pytest.raises(BadValueError, match=rf"^{name}: (values|prices) .*give a series"):
        getattr(indicators, name)(values, 1)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("true_range", ([1, 2], [1], [1, 2])),
        ("atr", ([1, 2], [1, 2], [1], 1)),
        ("donchian", ([1, 2], [1], 1)),
        ("typical_price", ([1], [1, 2], [1])),
        ("crosses_above", ([1, 2], [1])),
        ("crosses_below", ([1, 2], [1, 2, 3])),
    ],
)
def test_series_of_different_lengths_are_refused(name, arguments):
    with pytest.raises(BadValueError, match=rf"^{name}: series of different lengths"):
        getattr(indicators, name)(*arguments)


@pytest.mark.parametrize("line", ["a", [["a"]]])
def test_a_line_that_is_no_number_is_refused(line):
    with pytest.raises(BadValueError, match=r"^crosses_above: line"):
        crosses_above([1.0], line)
