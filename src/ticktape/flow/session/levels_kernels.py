"""Levels that traders watch: of the day before, the night, the open; the VWAP of the session."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from ticktape.flow.session.sums_kernels import mean_of, weighted
from ticktape.ops.kernels import kernel, lean_kernel

# A level's price from a time on. ts_ns: when it became known or changed; price in 1e-9; session:
# the trade date (days since 1970-01-01) for which it holds; kind: a LevelKind. It holds until the
# next row of its kind, or until the session ends.
# Without padding, so that equal rows have equal bytes.
LEVEL: Final = np.dtype([("ts_ns", "i8"), ("price", "i8"), ("session", "i4"), ("kind", "i4")])

# Kinds that the kernel tells; every high is followed by its low.
OVERNIGHT_HIGH: Final = 7
VWAP: Final = 17  # then its bands
AFTER_VWAP: Final = 24
KINDS: Final = 27
SPANS: Final = 4
BANDS: Final = 3

# Places in LevelState.at.
AT_SESSION: Final = 0
AT_OPEN: Final = 1
AT_NIGHT_END: Final = 2  # overnight is before it
AT_SPANS_FROM: Final = 3  # opening ranges are from it on
AT_DUE: Final = 4  # when the clock next tells something
AT_SPANS_TOLD: Final = 5
AT_VWAP_DUE: Final = 6  # end of the window in which the VWAP has changed
AT_VOLUME: Final = 7  # 0 before the session's first print
AT_HIGH: Final = 8
AT_LOW: Final = 9
AT_LAST: Final = 10
AT_LAST_NS: Final = 11
AT_NIGHT_HIGH: Final = 12
AT_NIGHT_LOW: Final = 13
AT_SPAN_HIGH: Final = 14
AT_SPAN_LOW: Final = 15
AT_MONEY: Final = 16  # sum of price times size, two parts
AT_BASE: Final = 18  # the session's first price: deviations are from it
AT_SQUARES: Final = 19  # sum of squared deviation times size, two parts
AT_DEVIATIONS: Final = 21  # sum of deviation times size
AT_DAY_FROM: Final = 22  # the next day's previous high, low and close are of prints from it on
AT_DAY_END: Final = 23  # and before it
PLACES: Final = 24

NEVER: Final = 2**63 - 1
NO_HIGH: Final = -(2**63)
NO_LOW: Final = 2**63 - 1
# Where every price is within the overnight high and low.
_NO_CEILING: Final = 2**63 - 1
_NO_FLOOR: Final = -(2**63)

# Whole numbers nearer to 0 are exact in floating point, and so is what is left of a product of one.
_EXACT_IN_FLOAT: Final = 2**50

# The most rows that one step tells: the VWAP and its bands.
ROWS_A_STEP: Final = 1 + 2 * BANDS


class LevelState(NamedTuple):
    """What the levels of a session are made of.

    Attributes
    ----------
    at : numpy.ndarray
        ``i8[PLACES]``.
    spans : numpy.ndarray
        ``i8[SPANS, 2]``: when an opening range or the initial balance ends, first to last; and
        the kind of its high.
    told : numpy.ndarray
        ``LEVEL``, by kind: what was told last; kind 0 where nothing was.
    """

    at: np.ndarray
    spans: np.ndarray
    told: np.ndarray


class LevelRule(NamedTuple):
    """How levels are made.

    Attributes
    ----------
    vwap_every_ns : int
        Length of the windows after which the VWAP is told.
    unit : int
        What deviations from the VWAP are counted in, 1e-9: it and its bands are told again once
        they have moved by as much.
    bands : tuple of float
        How many deviations each band is from the VWAP.
    """

    vwap_every_ns: int
    unit: int
    bands: tuple[float, float, float]


@lean_kernel
def tell(
    state: LevelState,
    kind: int,
    now: int,
    price: int | np.int64,
    least: int,
    rows: np.ndarray,
    filled: int,
) -> int:
    """Add a row if the level is new or has moved by `least`; give the new count of rows."""
    row = state.told[kind]
    if row["kind"] == kind and abs(row["price"] - price) < least:
        return filled
    row["ts_ns"] = now
    row["price"] = price
    row["session"] = state.at[AT_SESSION]
    row["kind"] = kind
    out = rows[filled]
    out["ts_ns"] = now
    out["price"] = price
    out["session"] = state.at[AT_SESSION]
    out["kind"] = kind
    return filled + 1


# Standard deviation of the prices, each weighted by its volume. The sums are exact, so it is the
# same for any cutting; only its last step is in floating point.
@lean_kernel
def deviation_of(state: LevelState, unit: int) -> float:
    """Give the standard deviation of the session's prices, 1e-9."""
    at = state.at
    volume = float(at[AT_VOLUME])
    mean = float(at[AT_DEVIATIONS]) / volume
    squares = float(at[AT_SQUARES]) * 2147483648.0 + float(at[AT_SQUARES + 1])
    variance = squares / volume - mean * mean
    return math.sqrt(max(variance, 0.0)) * unit


@lean_kernel
def tell_vwap(state: LevelState, rule: LevelRule, now: int, rows: np.ndarray, filled: int) -> int:
    """Tell the VWAP and its bands; give the new count of rows."""
    vwap = mean_of(state.at, AT_MONEY, state.at[AT_VOLUME])
    deviation = deviation_of(state, rule.unit)
    filled = tell(state, VWAP, now, vwap, rule.unit, rows, filled)
    for band in range(BANDS):
        away = np.int64(math.floor(rule.bands[band] * deviation + 0.5))
        kind = VWAP + 2 * band + 1
        filled = tell(state, kind, now, vwap + away, rule.unit, rows, filled)
        filled = tell(state, kind + 1, now, vwap - away, rule.unit, rows, filled)
    return filled


@lean_kernel
def set_due(state: LevelState) -> None:
    """Find what the clock tells next."""
    at = state.at
    at[AT_DUE] = at[AT_VWAP_DUE]
    if at[AT_SPANS_TOLD] < SPANS:
        at[AT_DUE] = min(at[AT_DUE], state.spans[at[AT_SPANS_TOLD], 0])


@lean_kernel
def pass_time(state: LevelState, rule: LevelRule, now: int, rows: np.ndarray, filled: int) -> int:
    """Tell what becomes known by `now`, as far as `rows` has room; give the count of rows."""
    at = state.at
    while at[AT_DUE] <= now and filled + ROWS_A_STEP <= len(rows):
        due = at[AT_DUE]
        span = at[AT_SPANS_TOLD]
        if span < SPANS and state.spans[span, 0] == due:
            at[AT_SPANS_TOLD] = span + 1
            if at[AT_SPAN_HIGH] != NO_HIGH:
                kind = state.spans[span, 1]
                filled = tell(state, kind, due, at[AT_SPAN_HIGH], 1, rows, filled)
                filled = tell(state, kind + 1, due, at[AT_SPAN_LOW], 1, rows, filled)
        else:
            at[AT_VWAP_DUE] = NEVER
            filled = tell_vwap(state, rule, due, rows, filled)
        set_due(state)
    return filled


# A multiplication by the unit's inverse costs a fifth of an integer division. It may miss by one.
@lean_kernel
def steps_of(distance: int | np.int64, unit: int, inverse: float) -> int | np.int64:
    """Give how many whole units there are in a distance, rounded down."""
    if not -_EXACT_IN_FLOAT < distance < _EXACT_IN_FLOAT:
        return distance // unit
    steps = np.int64(np.float64(distance) * inverse)
    rest = distance - steps * unit
    return steps - np.int64(rest < 0) + np.int64(rest >= unit)


@lean_kernel
def widen_night(
    state: LevelState, now: int, price: int | np.int64, rows: np.ndarray, filled: int
) -> int:
    """Tell the overnight high or low that a print makes, if any; give the new count of rows."""
    at = state.at
    if price > at[AT_NIGHT_HIGH]:
        at[AT_NIGHT_HIGH] = price
        filled = tell(state, OVERNIGHT_HIGH, now, price, 1, rows, filled)
    if price < at[AT_NIGHT_LOW]:
        at[AT_NIGHT_LOW] = price
        filled = tell(state, OVERNIGHT_HIGH + 1, now, price, 1, rows, filled)
    return filled


@lean_kernel
def alike_until(at: np.ndarray, now: int | np.int64) -> int | np.int64:
    """Give the time up to which prints after `now` are in the same parts of the session."""
    until_ns: int | np.int64 = at[AT_DUE]
    for place in (AT_NIGHT_END, AT_SPANS_FROM, AT_DAY_FROM, AT_DAY_END):
        if at[place] > now:
            until_ns = min(until_ns, at[place])
    return until_ns


# What changes with every print is kept in variables: writing it to the state each time costs as
# much again.
@lean_kernel
def add_prints(state: LevelState, rule: LevelRule, prints: np.ndarray, start: int) -> int:
    """Add prints from `start` on; give the first that has to be looked at by itself.

    That is one by which something is due, one in another part of the session, or one that makes
    the overnight high or low. The print at `start` is none, or has been looked at.
    """
    at = state.at
    now = prints[start]["ts_event"]
    until_ns = alike_until(at, now)
    is_night = now < at[AT_NIGHT_END]
    ceiling = at[AT_NIGHT_HIGH] if is_night else _NO_CEILING
    floor = at[AT_NIGHT_LOW] if is_night else _NO_FLOOR
    base = at[AT_BASE]
    inverse = 1.0 / rule.unit
    high = prints[start]["price"]
    low = high
    price = high
    volume = at[AT_VOLUME]
    deviations = at[AT_DEVIATIONS]
    money_high = at[AT_MONEY]
    money_low = at[AT_MONEY + 1]
    squares_high = at[AT_SQUARES]
    squares_low = at[AT_SQUARES + 1]
    i = start
    while i < len(prints) and prints[i]["ts_event"] < until_ns:
        if not floor <= prints[i]["price"] <= ceiling:
            break
        price = prints[i]["price"]
        size = np.int64(prints[i]["size"])
        high = max(high, price)
        low = min(low, price)
        volume += size
        away = steps_of(price - base, rule.unit, inverse)
        deviations += away * size
        money_high, money_low = weighted(money_high, money_low, price, size)
        squares_high, squares_low = weighted(squares_high, squares_low, away * away, size)
        i += 1
    at[AT_VOLUME] = volume
    at[AT_DEVIATIONS] = deviations
    at[AT_MONEY] = money_high
    at[AT_MONEY + 1] = money_low
    at[AT_SQUARES] = squares_high
    at[AT_SQUARES + 1] = squares_low
    at[AT_LAST_NS] = prints[i - 1]["ts_event"]
    if at[AT_DAY_FROM] <= now < at[AT_DAY_END]:
        at[AT_HIGH] = max(at[AT_HIGH], high)
        at[AT_LOW] = min(at[AT_LOW], low)
        at[AT_LAST] = price
    if now >= at[AT_SPANS_FROM] and at[AT_SPANS_TOLD] < SPANS:
        at[AT_SPAN_HIGH] = max(at[AT_SPAN_HIGH], high)
        at[AT_SPAN_LOW] = min(at[AT_SPAN_LOW], low)
    return i


@kernel
def gather_levels(
    state: LevelState,
    rule: LevelRule,
    prints: np.ndarray,
    start: int,
    clock_ns: int,
    rows: np.ndarray,
) -> tuple[int, int]:
    """Apply prints from `start` on, then the clock; give the next print and the count of rows.

    Stops early where `rows` (``LEVEL``) may not have room for one step more.
    """
    at = state.at
    filled = 0
    i = start
    while i < len(prints):
        now = prints[i]["ts_event"]
        price = prints[i]["price"]
        if at[AT_DUE] <= now:
            filled = pass_time(state, rule, now, rows, filled)
        if filled + ROWS_A_STEP > len(rows):
            return i, filled
        if at[AT_VOLUME] == 0:
            at[AT_BASE] = price
        if at[AT_VWAP_DUE] == NEVER:
            windows = (now - at[AT_OPEN]) // rule.vwap_every_ns + 1
            at[AT_VWAP_DUE] = at[AT_OPEN] + windows * rule.vwap_every_ns
            at[AT_DUE] = min(at[AT_DUE], at[AT_VWAP_DUE])
        if now < at[AT_NIGHT_END]:
            filled = widen_night(state, now, price, rows, filled)
        i = add_prints(state, rule, prints, i)
    return len(prints), pass_time(state, rule, clock_ns, rows, filled)


@kernel
def look_at_vwap(state: LevelState, rule: LevelRule, rows: np.ndarray) -> int:
    """Write the VWAP and its bands as of the last print to `rows`; give their count.

    What was told is overwritten: the caller gives a copy.
    """
    if state.at[AT_VOLUME] == 0:
        return 0
    return tell_vwap(state, rule, state.at[AT_LAST_NS], rows, 0)
