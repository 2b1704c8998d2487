"""Windows: the prints of one second gathered by the side that was the aggressor."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from ticktape.flow.aggression.rank_kernels import Ranks, count_value, percentile_of
from ticktape.flow.aggression.span_kernels import span_of
from ticktape.ops.kernels import kernel, lean_kernel
from ticktape.tape.layouts import SIDE_ASK, SIDE_BID, SIDE_NONE

TRADES: Final = 0
START: Final = 1
END: Final = 2
BASE: Final = 3
HIGH: Final = 4
LOW: Final = 5
LAST: Final = 6

BUY: Final = 0
SELL: Final = 1
UNSIDED: Final = 2

_VOLUME: Final = 0
_COARSE: Final = 1
_FINE: Final = 2

_SPLIT_BITS: Final = 20
_FINE_MASK: Final = (1 << _SPLIT_BITS) - 1
_SAFE: Final = 1 << 41
_MILLION: Final = 1_000_000


class WindowRules(NamedTuple):
    """What a window is measured by: whole numbers, so that every comparison is exact."""

    length_ns: int
    open_ns: int
    close_ns: int
    min_size: int
    imbalance_millionths: int
    percentile_millionths: int
    is_adaptive: bool


class WindowState(NamedTuple):
    """The window that is open, and the sizes of those closed in the session.

    Attributes
    ----------
    now : numpy.ndarray
        ``i8[7]``: trades (none: no window is open), start, end, first price, high, low, last
        price.
    sides : numpy.ndarray
        ``i8[3, 3]``: of buys, sells and unsided prints the volume, and the sum of size times
        distance from the first price, as ``coarse * 2**20 + fine``: no sum overflows.
    ranks : Ranks
        The absolute deltas of the session's closed windows that had prints with a side.
    tiers : numpy.ndarray
        ``i8``: sizes at which the tiers of a window begin, rising.
    """

    now: np.ndarray
    sides: np.ndarray
    ranks: Ranks
    tiers: np.ndarray


@lean_kernel
def _mean_price(base: int, volume: int, coarse: int, fine: int) -> int:
    # Half a unit rounds up. Where the sum might overflow, the quotient is taken in two steps.
    if -_SAFE < coarse < _SAFE:
        return base + ((coarse << _SPLIT_BITS) + fine + volume // 2) // volume
    whole = coarse // volume
    rest = ((coarse % volume) << _SPLIT_BITS) + fine + volume // 2
    return base + (whole << _SPLIT_BITS) + rest // volume


# Products in place of branches: which side dominates cannot be predicted, and a branch that is
# guessed wrong costs more than both divisions.
@lean_kernel
def _average(
    state: WindowState, with_buys: bool, with_sells: bool, with_unsided: bool
) -> int | np.int64:
    """Give the average price of the prints of some sides, of which there is one at least."""
    sides = state.sides
    buys = np.int64(with_buys)
    sells = np.int64(with_sells)
    rest = np.int64(with_unsided)
    volume = buys * sides[BUY, _VOLUME] + sells * sides[SELL, _VOLUME]
    coarse = buys * sides[BUY, _COARSE] + sells * sides[SELL, _COARSE]
    fine = buys * sides[BUY, _FINE] + sells * sides[SELL, _FINE]
    volume += rest * sides[UNSIDED, _VOLUME]
    coarse += rest * sides[UNSIDED, _COARSE]
    fine += rest * sides[UNSIDED, _FINE]
    return _mean_price(state.now[BASE], volume, coarse, fine)


@lean_kernel
def close_window(state: WindowState, rules: WindowRules, window: np.ndarray, counts: bool) -> None:
    """Write the open window to a row of ``WINDOW``; `counts`: it is over, and is ranked."""
    now, sides = state.now, state.sides
    bought = sides[BUY, _VOLUME]
    sold = sides[SELL, _VOLUME]
    unsided = sides[UNSIDED, _VOLUME]
    delta = bought - sold
    total = bought + sold
    vwap = _average(state, True, True, True)
    price = _average(state, delta >= 0, delta <= 0, total == 0)
    size = max(bought, sold)
    tier = np.int64(0)
    for place in range(len(state.tiers)):
        tier += np.int64(size >= state.tiers[place])
    window["start_ns"] = now[START]
    window["end_ns"] = now[END]
    window["price"] = price
    window["vwap"] = vwap
    window["high"] = now[HIGH]
    window["low"] = now[LOW]
    window["last"] = now[LAST]
    window["size"] = size
    window["buy_volume"] = bought
    window["sell_volume"] = sold
    window["unsided_volume"] = unsided
    window["trades"] = now[TRADES]
    window["side"] = SIDE_BID if delta > 0 else SIDE_ASK if delta < 0 else SIDE_NONE
    window["tier"] = tier
    window["imbalance"] = abs(delta) / total if total > 0 else 0.0
    threshold = 0
    is_outstanding = False
    if total > 0:
        # A window is ranked among those before it and itself; one that is only looked at is taken
        # out again.
        count_value(state.ranks, abs(delta), 1)
        threshold = percentile_of(state.ranks, rules.percentile_millionths)
        is_outstanding = delta != 0 and abs(delta) >= threshold
        if not counts:
            count_value(state.ranks, abs(delta), -1)
    is_imbalanced = abs(delta) * _MILLION > rules.imbalance_millionths * total
    window["threshold"] = threshold
    window["is_imbalanced"] = is_imbalanced
    window["is_outstanding"] = is_outstanding
    window["is_significant"] = is_outstanding if rules.is_adaptive else is_imbalanced
    if counts:
        now[TRADES] = 0


@lean_kernel
def _open_window(state: WindowState, rules: WindowRules, ts_ns: int, price: int) -> None:
    now = state.now
    start_ns, end_ns = span_of(ts_ns, rules.open_ns, rules.close_ns, rules.length_ns)
    now[START] = start_ns
    now[END] = end_ns
    now[BASE] = price
    now[HIGH] = price
    now[LOW] = price
    state.sides[:] = 0


# What changes with every print is kept in variables: writing it to the state each time costs as
# much again.
@lean_kernel
def add_prints(state: WindowState, prints: np.ndarray, start: int, min_size: int) -> int:
    """Add prints from `start` on to the open window; give the first that is not before its end."""
    now, sides = state.now, state.sides
    end_ns = now[END]
    base = now[BASE]
    trades = now[TRADES]
    high = now[HIGH]
    low = now[LOW]
    last = now[LAST]
    # Of the prints with a side: all, and what was bought; what was sold is the rest.
    sided = sides[BUY, _VOLUME] + sides[SELL, _VOLUME]
    sided_coarse = sides[BUY, _COARSE] + sides[SELL, _COARSE]
    sided_fine = sides[BUY, _FINE] + sides[SELL, _FINE]
    bought = sides[BUY, _VOLUME]
    bought_coarse = sides[BUY, _COARSE]
    bought_fine = sides[BUY, _FINE]
    i = start
    while i < len(prints) and prints[i]["ts_event"] < end_ns:
        size = np.int64(prints[i]["size"])
        price = prints[i]["price"]
        side = prints[i]["side"]
        i += 1
        if size < min_size:
            continue
        high = max(high, price)
        low = min(low, price)
        last = price
        trades += 1
        coarse = ((price - base) >> _SPLIT_BITS) * size
        fine = ((price - base) & _FINE_MASK) * size
        if side not in (SIDE_BID, SIDE_ASK):
            sides[UNSIDED, _VOLUME] += size
            sides[UNSIDED, _COARSE] += coarse
            sides[UNSIDED, _FINE] += fine
            continue
        sided += size
        sided_coarse += coarse
        sided_fine += fine
        # Without a branch: which side comes next cannot be predicted.
        is_buy = np.int64(side == SIDE_BID)
        bought += is_buy * size
        bought_coarse += is_buy * coarse
        bought_fine += is_buy * fine
    now[TRADES] = trades
    now[HIGH] = high
    now[LOW] = low
    now[LAST] = last
    sides[BUY, _VOLUME] = bought
    sides[BUY, _COARSE] = bought_coarse
    sides[BUY, _FINE] = bought_fine
    sides[SELL, _VOLUME] = sided - bought
    sides[SELL, _COARSE] = sided_coarse - bought_coarse
    sides[SELL, _FINE] = sided_fine - bought_fine
    return i


@kernel
def gather_windows(
    state: WindowState,
    rules: WindowRules,
    prints: np.ndarray,
    start: int,
    clock_ns: int,
    rows: np.ndarray,
) -> tuple[int, int]:
    """Take prints from `start` on; give the next to take, and the count of closed rows.

    Stops early where `rows` are full; past the last print once the clock has closed what it can.
    """
    now = state.now
    filled = 0
    i = start
    while i < len(prints):
        if np.int64(prints[i]["size"]) < rules.min_size:
            i += 1
            continue
        ts_ns = prints[i]["ts_event"]
        if now[TRADES] > 0 and ts_ns >= now[END]:
            if filled == len(rows):
                return i, filled
            close_window(state, rules, rows[filled], True)
            filled += 1
        if now[TRADES] == 0:
            _open_window(state, rules, ts_ns, prints[i]["price"])
        i = add_prints(state, prints, i, rules.min_size)
    if now[TRADES] > 0 and clock_ns >= now[END]:
        if filled == len(rows):
            return len(prints), filled
        close_window(state, rules, rows[filled], True)
        filled += 1
    return len(prints) + 1, filled


@kernel
def show_window(state: WindowState, rules: WindowRules, rows: np.ndarray, counts: bool) -> int:
    """Write the open window to `rows`, closed if it `counts`; give how many that are, 0 or 1."""
    if state.now[TRADES] == 0:
        return 0
    close_window(state, rules, rows[0], counts)
    return 1
