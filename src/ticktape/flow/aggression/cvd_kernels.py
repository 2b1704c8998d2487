"""Cumulative delta: what was bought less what was sold, since the open and since ever."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from ticktape.flow.aggression.span_kernels import span_of
from ticktape.ops.kernels import kernel, lean_kernel
from ticktape.tape.layouts import SIDE_ASK, SIDE_BID

IS_OPEN: Final = 0
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

NOTHING_HIGH: Final = -(2**62)
NOTHING_LOW: Final = 2**62


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
        ``i8[11]``: whether a window is open, its start, end, the value before it, the highest and
        the lowest value after a print of it, the last price; the session's value; the value since
        ever; the session's highest and lowest value after a print of a window that has closed.
    buckets : numpy.ndarray
        ``i8[8]``: the session's value by the size of the print.
    bucket_of : numpy.ndarray
        ``u1``: the bucket of each size that it has a place for; of those above, the last place's
        at least.
    bounds : numpy.ndarray
        ``i8``: the sizes at which the second bucket and those after it begin.
    """

    now: np.ndarray
    buckets: np.ndarray
    bucket_of: np.ndarray
    bounds: np.ndarray


@lean_kernel
def write_point(state: CvdState, point: np.ndarray) -> None:
    """Write the open window to a row of ``CVD_POINT``."""
    now = state.now
    point["start_ns"] = now[START]
    point["end_ns"] = now[END]
    point["open"] = now[OPEN]
    point["high"] = max(now[OPEN], now[HIGH])
    point["low"] = min(now[OPEN], now[LOW])
    point["close"] = now[VALUE]
    point["continuous"] = now[CONTINUOUS]
    point["price"] = now[PRICE]
    for place in range(len(state.buckets)):
        point["buckets"][place] = state.buckets[place]


@lean_kernel
def _close_window(now: np.ndarray) -> None:
    now[IS_OPEN] = 0
    now[HIGHEST] = max(now[HIGHEST], now[HIGH])
    now[LOWEST] = min(now[LOWEST], now[LOW])


@lean_kernel
def _bucket_of(state: CvdState, size: np.int64) -> int:
    if size < len(state.bucket_of):
        return int(state.bucket_of[size])
    bucket = 0
    for place in range(len(state.bounds)):
        bucket += size >= state.bounds[place]
    return bucket


# What changes with every print is held outside the state while the prints of a window are taken:
# it is an array, and a store to it and a load from it for each sum took twice the time.
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
    now, buckets = state.now, state.buckets
    filled = 0
    i = start
    while i < len(prints):
        ts_ns = prints[i]["ts_event"]
        if now[IS_OPEN] and ts_ns >= now[END]:
            if filled == len(rows):
                return i, filled
            write_point(state, rows[filled])
            _close_window(now)
            filled += 1
        if now[IS_OPEN] == 0:
            now[START], now[END] = span_of(ts_ns, rules.open_ns, rules.close_ns, rules.length_ns)
            now[IS_OPEN] = 1
            now[OPEN] = now[VALUE]
            now[HIGH] = NOTHING_HIGH
            now[LOW] = NOTHING_LOW
        end_ns = now[END]
        before = now[VALUE]
        value = before
        high = now[HIGH]
        low = now[LOW]
        while i < len(prints) and prints[i]["ts_event"] < end_ns:
            size = np.int64(prints[i]["size"])
            side = prints[i]["side"]
            # Without a branch: which side comes next cannot be predicted.
            change = size * (np.int64(side == SIDE_BID) - np.int64(side == SIDE_ASK))
            value += change
            high = max(high, value)
            low = min(low, value)
            buckets[_bucket_of(state, size)] += change
            i += 1
        now[VALUE] = value
        now[CONTINUOUS] += value - before
        now[HIGH] = high
        now[LOW] = low
        now[PRICE] = prints[i - 1]["price"]
    if now[IS_OPEN] and clock_ns >= now[END]:
        if filled == len(rows):
            return len(prints), filled
        write_point(state, rows[filled])
        _close_window(now)
        filled += 1
    return len(prints) + 1, filled


@kernel
def show_point(state: CvdState, rows: np.ndarray, closes: bool) -> int:
    """Write the open window to `rows`, and close it if it `closes`; give how many, 0 or 1."""
    if state.now[IS_OPEN] == 0:
        return 0
    write_point(state, rows[0])
    if closes:
        _close_window(state.now)
    return 1
