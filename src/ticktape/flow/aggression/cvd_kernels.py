"""Cumulative delta: what was bought less what was sold, since the open and since ever."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from ticktape.flow.aggression.span_kernels import span_of
from ticktape.ops.kernels import kernel, lean_kernel
from ticktape.tape.layouts import SIDE_ASK, SIDE_BID

TRADES: Final = 0
START: Final = 1
END: Final = 2
OPEN: Final = 3
HIGH: Final = 4
LOW: Final = 5
PRICE: Final = 6
VALUE: Final = 7
CONTINUOUS: Final = 8
HIGHEST: Final = 9
LOWEST: Final = 10
PRINTS: Final = 11


class CvdRules(NamedTuple):
    """Where the windows lie."""

    length_ns: int
    open_ns: int
    close_ns: int


class CvdState(NamedTuple):
    """The cumulative delta as it stands.

    Attributes
    ----------
    now : numpy.ndarray
        ``i8[12]``: the open window's prints (none: no window is open), start, end, value before
        it, highest and lowest value in it, last price; the session's value; the value since
        ever; the session's highest and lowest value after a print; the session's prints.
    buckets : numpy.ndarray
        ``i8[8]``: the session's value by the size of the print.
    bounds : numpy.ndarray
        ``i8``: the sizes at which the second bucket and those after it begin.
    """

    now: np.ndarray
    buckets: np.ndarray
    bounds: np.ndarray


@lean_kernel
def close_point(state: CvdState, point: np.ndarray) -> None:
    """Write the open window to a row of ``CVD_POINT``."""
    now = state.now
    point["start_ns"] = now[START]
    point["end_ns"] = now[END]
    point["open"] = now[OPEN]
    point["high"] = now[HIGH]
    point["low"] = now[LOW]
    point["close"] = now[VALUE]
    point["continuous"] = now[CONTINUOUS]
    point["price"] = now[PRICE]
    for place in range(len(state.buckets)):
        point["buckets"][place] = state.buckets[place]


@kernel
def gather_cvd(
    state: CvdState,
    rules: CvdRules,
    prints: np.ndarray,
    start: int,
    clock_ns: int,
    rows: np.ndarray,
) -> tuple[int, int]:
    """Take prints from `start` on; give the next to take, and the count of closed rows.

    Stops early where `rows` are full; past the last print once the clock has closed what it can.
    """
    now, buckets, bounds = state.now, state.buckets, state.bounds
    filled = 0
    for i in range(start, len(prints)):
        ts_ns = prints[i]["ts_event"]
        is_over = now[TRADES] > 0 and ts_ns >= now[END]
        if is_over:
            if filled == len(rows):
                return i, filled
            close_point(state, rows[filled])
            filled += 1
        if is_over or now[TRADES] == 0:
            now[START], now[END] = span_of(ts_ns, rules.open_ns, rules.close_ns, rules.length_ns)
            now[OPEN] = now[VALUE]
            now[HIGH] = now[VALUE]
            now[LOW] = now[VALUE]
            now[TRADES] = 0
        size = np.int64(prints[i]["size"])
        side = prints[i]["side"]
        change = size if side == SIDE_BID else -size if side == SIDE_ASK else 0
        value = now[VALUE] + change
        now[VALUE] = value
        now[CONTINUOUS] += change
        bucket = 0
        for place in range(len(bounds)):
            bucket += size >= bounds[place]
        buckets[bucket] += change
        now[HIGH] = max(now[HIGH], value)
        now[LOW] = min(now[LOW], value)
        if now[PRINTS] == 0:
            now[HIGHEST] = value
            now[LOWEST] = value
        now[HIGHEST] = max(now[HIGHEST], value)
        now[LOWEST] = min(now[LOWEST], value)
        now[PRICE] = prints[i]["price"]
        now[TRADES] += 1
        now[PRINTS] += 1
    if now[TRADES] > 0 and clock_ns >= now[END]:
        if filled == len(rows):
            return len(prints), filled
        close_point(state, rows[filled])
        filled += 1
        now[TRADES] = 0
    return len(prints) + 1, filled


@kernel
def show_point(state: CvdState, rows: np.ndarray, closes: bool) -> int:
    """Write the open window to `rows`, and close it if it `closes`; give how many, 0 or 1."""
    if state.now[TRADES] == 0:
        return 0
    close_point(state, rows[0])
    if closes:
        state.now[TRADES] = 0
    return 1
