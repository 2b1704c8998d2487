"""Bars of one instrument's prints, by time, prints, volume, range or delta."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from ticktape.flow.session.sums_kernels import mean_of, weighted
from ticktape.ops.kernels import kernel, lean_kernel
from ticktape.tape.layouts import SIDE_ASK, SIDE_BID

# One bar of one instrument. start_ns: the first nanosecond of its interval (time bars), else the
# time of its first print. end_ns: when it became known: the end of its interval, the time of the
# print that filled it, or the end of the session that cut it off. Prices in 1e-9; vwap to the
# nearest 1e-9. Volumes in the records' own unit: B bought, A sold, unsided is of neither; delta is
# bought less sold. trades counts prints; 0 in a bar that stands for an interval without any, whose
# prices are all the last close.
BAR: Final = np.dtype(
    [
        ("start_ns", "i8"),
        ("end_ns", "i8"),
        ("open", "i8"),
        ("high", "i8"),
        ("low", "i8"),
        ("close", "i8"),
        ("volume", "i8"),
        ("buy_volume", "i8"),
        ("sell_volume", "i8"),
        ("unsided_volume", "i8"),
        ("delta", "i8"),
        ("vwap", "i8"),
        ("trades", "i8"),
    ]
)

# Columns of a row, and of the open bar.
_START: Final = 0
_END: Final = 1
_OPEN: Final = 2
_HIGH: Final = 3
_LOW: Final = 4
_CLOSE: Final = 5
_VOLUME: Final = 6
_BUY: Final = 7
_SELL: Final = 8
_UNSIDED: Final = 9
_DELTA: Final = 10
_VWAP: Final = 11
_TRADES: Final = 12

TIME: Final = 0
TICK: Final = 1
VOLUME: Final = 2
RANGE: Final = 3
DELTA: Final = 4

# Places in BarState.at.
AT_OPEN: Final = 0
AT_CLOSE: Final = 1
AT_DUE: Final = 2
AT_SUM: Final = 3  # and the next

NEVER: Final = 2**63 - 1


class BarState(NamedTuple):
    """The open bar.

    Attributes
    ----------
    bar : numpy.ndarray
        ``i8[13]``, as a row of ``BAR``; ``_TRADES`` is 0 while no print is in it.
    at : numpy.ndarray
        ``i8[5]``: the session's open and close; when the clock closes the open bar, or the empty
        interval that began at ``bar[_START]``; the sum of price times size, two parts.
    """

    bar: np.ndarray
    at: np.ndarray


class BarRule(NamedTuple):
    """What fills a bar.

    Attributes
    ----------
    kind : int
        ``TIME`` to ``DELTA``.
    every : int
        Nanoseconds, prints, contracts, span of prices in 1e-9, or contracts of delta.
    flat : int
        1 where empty intervals have bars.
    """

    kind: int
    every: int
    flat: int


@lean_kernel
def close_bar(state: BarState, end_ns: int, rows: np.ndarray, filled: int) -> int:
    """Move the open bar to `rows`; give the new count of rows."""
    bar = state.bar
    bar[_END] = end_ns
    bar[_DELTA] = bar[_BUY] - bar[_SELL]
    bar[_VWAP] = bar[_CLOSE]
    if bar[_VOLUME] > 0:
        bar[_VWAP] = mean_of(state.at, AT_SUM, bar[_VOLUME])
    for column in range(len(bar)):
        rows[filled, column] = bar[column]
    bar[_TRADES] = 0
    return filled + 1


@lean_kernel
def empty_bar(state: BarState, start_ns: int, price: int) -> None:
    """Begin a bar without a print in it."""
    bar = state.bar
    bar[_START] = start_ns
    bar[_OPEN] = price
    bar[_HIGH] = price
    bar[_LOW] = price
    bar[_CLOSE] = price
    bar[_VOLUME] = 0
    bar[_BUY] = 0
    bar[_SELL] = 0
    bar[_UNSIDED] = 0
    state.at[AT_SUM] = 0
    state.at[AT_SUM + 1] = 0


# What the clock closes: a time bar at its end, any other bar at the session's close. The interval
# after a time bar's is begun at once where flat bars are asked for, up to the session's close.
@lean_kernel
def pass_time(state: BarState, rule: BarRule, now: int, rows: np.ndarray, filled: int) -> int:
    """Close what ends by `now`, as far as `rows` has room; give the new count of rows."""
    at = state.at
    while at[AT_DUE] <= now and filled < len(rows):
        due = at[AT_DUE]
        filled = close_bar(state, due, rows, filled)
        at[AT_DUE] = NEVER
        if rule.flat == 1 and rule.kind == TIME and due < at[AT_CLOSE]:
            empty_bar(state, due, state.bar[_CLOSE])
            at[AT_DUE] = min(due + rule.every, at[AT_CLOSE])
    return filled


@lean_kernel
def begin_bar(state: BarState, rule: BarRule, now: int, price: int) -> None:
    """Begin the bar that a print at `now` belongs to."""
    at = state.at
    opens, closes = at[AT_OPEN], at[AT_CLOSE]
    if now >= closes:
        # What is printed after the close has intervals of its own, from the close on.
        opens, closes = closes, np.int64(NEVER)
    start = now
    at[AT_DUE] = closes
    if rule.kind == TIME:
        start = opens + (now - opens) // rule.every * rule.every
        at[AT_DUE] = min(start + rule.every, closes)
    empty_bar(state, start, price)


@lean_kernel
def is_full(rule: BarRule, trades: int, volume: int, span: int, delta: int) -> bool:
    """Tell if a bar has what fills it; a time bar is filled by the clock alone."""
    if rule.kind == TICK:
        return bool(trades >= rule.every)
    if rule.kind == VOLUME:
        return bool(volume >= rule.every)
    if rule.kind == RANGE:
        return bool(span >= rule.every)
    if rule.kind == DELTA:
        return bool(abs(delta) >= rule.every)
    return False


# What changes with every print is kept in variables: writing it to the bar each time costs as much
# again.
@lean_kernel
def add_prints(state: BarState, rule: BarRule, prints: np.ndarray, start: int) -> tuple[int, bool]:
    """Add prints from `start` on to the open bar; give the first that is not, and if it is full.

    That is the one at which the clock closes the bar, or the one after the print that filled it.
    """
    bar = state.bar
    at = state.at
    due_ns = at[AT_DUE]
    high = bar[_HIGH]
    low = bar[_LOW]
    trades = bar[_TRADES]
    volume = bar[_VOLUME]
    bought = bar[_BUY]
    sold = bar[_SELL]
    money_high = at[AT_SUM]
    money_low = at[AT_SUM + 1]
    full = False
    i = start
    while i < len(prints) and prints[i]["ts_event"] < due_ns and not full:
        price = prints[i]["price"]
        size = np.int64(prints[i]["size"])
        side = prints[i]["side"]
        high = max(high, price)
        low = min(low, price)
        volume += size
        # Without a branch: which side comes next cannot be predicted.
        bought += size * np.int64(side == SIDE_BID)
        sold += size * np.int64(side == SIDE_ASK)
        money_high, money_low = weighted(money_high, money_low, price, size)
        trades += 1
        i += 1
        full = rule.kind != TIME and is_full(rule, trades, volume, high - low, bought - sold)
    bar[_HIGH] = high
    bar[_LOW] = low
    bar[_CLOSE] = prints[i - 1]["price"]
    bar[_TRADES] = trades
    bar[_VOLUME] = volume
    bar[_BUY] = bought
    bar[_SELL] = sold
    bar[_UNSIDED] = volume - bought - sold
    at[AT_SUM] = money_high
    at[AT_SUM + 1] = money_low
    return i, full


# A bar closes on the print that fills it (the Nth print of a tick bar), and that print is whole in
# it: none is split, and none is made up where prices jump.
@kernel
def gather_bars(
    state: BarState,
    rule: BarRule,
    prints: np.ndarray,
    start: int,
    clock_ns: int,
    rows: np.ndarray,
) -> tuple[int, int]:
    """Apply prints from `start` on, then the clock; give the next print and the count of rows.

    Stops early where `rows` (``i8[n, 13]``) is full: it is full then, and the caller comes again.
    """
    bar = state.bar
    at = state.at
    filled = 0
    i = start
    while i < len(prints):
        now = prints[i]["ts_event"]
        if at[AT_DUE] <= now:
            filled = pass_time(state, rule, now, rows, filled)
        if filled == len(rows):
            return i, filled
        # An empty interval has begun only where flat bars are asked for; its first print opens it.
        if bar[_TRADES] == 0:
            begin_bar(state, rule, now, prints[i]["price"])
        i, full = add_prints(state, rule, prints, i)
        if full:
            filled = close_bar(state, prints[i - 1]["ts_event"], rows, filled)
            at[AT_DUE] = NEVER
    return len(prints), pass_time(state, rule, clock_ns, rows, filled)


@kernel
def cut_bar(state: BarState, end_ns: int, rows: np.ndarray) -> int:
    """Close the open bar whatever is in it; give the count of rows."""
    filled = 0
    if state.bar[_TRADES] > 0:
        filled = close_bar(state, min(state.at[AT_DUE], end_ns), rows, 0)
    state.at[AT_DUE] = NEVER
    return filled


@kernel
def look_at_bar(state: BarState, rows: np.ndarray) -> int:
    """Copy the open bar to `rows`, its end where the clock would close it; give the count."""
    trades = state.bar[_TRADES]
    if trades == 0 and state.at[AT_DUE] == NEVER:
        return 0
    filled = close_bar(state, state.at[AT_DUE], rows, 0)
    state.bar[_TRADES] = trades
    return filled
