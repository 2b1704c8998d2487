"""Sweeps: the prints of one moment and one aggressor taken as the one order that made them."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from ticktape.flow.aggression.rank_kernels import Ranks, count_value, percentile_of
from ticktape.ops.kernels import kernel, lean_kernel
from ticktape.tape.layouts import SIDE_ASK, SIDE_BID

PRINTS: Final = 0
FIRST: Final = 1
LAST: Final = 2
HIGH: Final = 3
LOW: Final = 4
SIZE: Final = 5
LEVELS: Final = 6

_BUY: Final = 0
_SELL: Final = 1
_NEITHER: Final = 2


class SweepRules(NamedTuple):
    """What an event must have, one of the two, to be told of; and when it stands out."""

    levels: int
    size: int
    percentile_millionths: int


class SweepState(NamedTuple):
    """The events of the moment that is open.

    Attributes
    ----------
    moment : numpy.ndarray
        ``i8[1]``: the time of the prints in `sides`.
    sides : numpy.ndarray
        ``i8[3, 7]``: of the buying and the selling event prints (none: there is no such event),
        first and last price, high, low, size and levels; the third is of prints without a side,
        and is thrown away.
    ranks : Ranks
        The sizes of the session's sweeps that took enough levels.
    tiers : numpy.ndarray
        ``i8``: sizes at which tiers begin, rising.
    """

    moment: np.ndarray
    sides: np.ndarray
    ranks: Ranks
    tiers: np.ndarray


@lean_kernel
def close_event(
    state: SweepState, rules: SweepRules, rows: np.ndarray, filled: int, counts: bool
) -> int:
    """Write the events of the open moment that are worth a row; give the new count of rows.

    Each is ranked among the session's sweeps before it and itself; it stays there if it `counts`.
    """
    ranks = state.ranks
    for place in range(2):
        event = state.sides[place]
        if event[PRINTS] == 0:
            continue
        if event[LEVELS] >= rules.levels or event[SIZE] >= rules.size:
            tier = 0
            while tier < len(state.tiers) and event[SIZE] >= state.tiers[tier]:
                tier += 1
            sweep = rows[filled]
            sweep["ts_ns"] = state.moment[0]
            sweep["first"] = event[FIRST]
            sweep["last"] = event[LAST]
            sweep["high"] = event[HIGH]
            sweep["low"] = event[LOW]
            sweep["size"] = event[SIZE]
            sweep["prints"] = event[PRINTS]
            sweep["levels"] = event[LEVELS]
            sweep["side"] = SIDE_BID if place == _BUY else SIDE_ASK
            sweep["tier"] = tier
            sweep["is_outstanding"] = False
            if event[LEVELS] >= rules.levels:
                count_value(ranks, event[SIZE], 1)
                threshold = percentile_of(ranks, rules.percentile_millionths)
                sweep["is_outstanding"] = event[SIZE] >= threshold
                if not counts:
                    count_value(ranks, event[SIZE], -1)
            filled += 1
    return filled


@lean_kernel
def _clear(state: SweepState) -> None:
    state.sides[_NEITHER, PRINTS] = 0
    state.sides[_BUY, PRINTS] = 0
    state.sides[_SELL, PRINTS] = 0


# Most prints are the only one of their time: an event of one level that is too small to be told of.
@lean_kernel
def pass_lone_prints(prints: np.ndarray, start: int, rules: SweepRules) -> int:
    """Give the first print from `start` on that may be of an event worth a row, or the last."""
    i = start
    while (
        i + 1 < len(prints)
        and prints[i + 1]["ts_event"] != prints[i]["ts_event"]
        and rules.levels > 1
        and np.int64(prints[i]["size"]) < rules.size
    ):
        i += 1
    return i


# What changes with every print is kept in variables: writing it to the event each time costs as
# much again.
@lean_kernel
def add_run(event: np.ndarray, prints: np.ndarray, start: int) -> int:
    """Add the print at `start` to its event, and those after it of its time and side.

    Gives the first print that is not.
    """
    ts_ns = prints[start]["ts_event"]
    side = prints[start]["side"]
    price = prints[start]["price"]
    if event[PRINTS] == 0:
        event[FIRST] = price
        event[HIGH] = price
        event[LOW] = price
        event[SIZE] = 0
        event[LEVELS] = 1
    high = event[HIGH]
    low = event[LOW]
    size = event[SIZE]
    levels = event[LEVELS]
    i = start
    while i < len(prints) and prints[i]["ts_event"] == ts_ns and prints[i]["side"] == side:
        price = prints[i]["price"]
        levels += np.int64(price > high) + np.int64(price < low)
        high = max(high, price)
        low = min(low, price)
        size += np.int64(prints[i]["size"])
        i += 1
    event[PRINTS] += i - start
    event[LAST] = price
    event[HIGH] = high
    event[LOW] = low
    event[SIZE] = size
    event[LEVELS] = levels
    return i


@kernel
def gather_sweeps(
    state: SweepState,
    rules: SweepRules,
    prints: np.ndarray,
    start: int,
    clock_ns: int,
    rows: np.ndarray,
) -> tuple[int, int]:
    """Take prints from `start` on; give the next to take, and the count of closed rows.

    Stops early where `rows` have less room than two; past the last print once the clock has
    closed what it can.
    """
    moment, sides = state.moment, state.sides
    filled = 0
    i = start
    while i < len(prints):
        if prints[i]["ts_event"] != moment[0]:
            if filled + 2 > len(rows):
                return i, filled
            filled = close_event(state, rules, rows, filled, True)
            _clear(state)
            i = pass_lone_prints(prints, i, rules)
            moment[0] = prints[i]["ts_event"]
        side = prints[i]["side"]
        place = _BUY if side == SIDE_BID else _SELL if side == SIDE_ASK else _NEITHER
        i = add_run(sides[place], prints, i)
    if clock_ns > moment[0]:
        if filled + 2 > len(rows):
            return len(prints), filled
        filled = close_event(state, rules, rows, filled, True)
        _clear(state)
    return len(prints) + 1, filled


@kernel
def show_sweeps(state: SweepState, rules: SweepRules, rows: np.ndarray, counts: bool) -> int:
    """Write the events of the open moment to `rows`, ended if it `counts`; give how many."""
    filled = close_event(state, rules, rows, 0, counts)
    if counts:
        _clear(state)
    return filled
