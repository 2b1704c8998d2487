"""The best levels of books as rows: one where an event changed them, or one an interval."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np

from ticktape.book.derive_quotes_kernels import UNCHANGED, refresh_asks, refresh_bids
from ticktape.book.mbo_find_kernels import find_book
from ticktape.book.mbo_kernels import TOUCHED_ASKS, TOUCHED_BIDS, apply_row
from ticktape.book.mbo_state_kernels import NO_ROOM, Integer, MboState, Row
from ticktape.book.time_kernels import NO_TIME, event_time
from ticktape.ops.kernels import kernel, lean_kernel
from ticktape.tape.layouts import F_LAST

# What a row tells of the record that ended its event; `ts_recv` of an interval's row is its end.
LEVEL_HEAD: Final = np.dtype(
    [
        ("position", "i8"),
        ("ts_recv", "u8"),
        ("ts_event", "u8"),
        ("instrument_id", "u4"),
        ("sequence", "u4"),
        ("publisher_id", "u2"),
        ("flags", "u1"),
    ]
)

INTERVAL_END: Final = 0
MOVED: Final = 1
CLOSED: Final = 2


class LevelsShown(NamedTuple):
    """What was last shown of each book.

    Attributes
    ----------
    levels : numpy.ndarray
        ``LEVEL_PAIR``, shape ``(books, depth)``: as of the last end of an event.
    touched : numpy.ndarray
        ``i8``: the sides touched since then, as bits.
    heads : numpy.ndarray
        ``LEVEL_HEAD``: of the last event in this interval.
    moved, has_moved : numpy.ndarray
        ``i4`` and ``u1``: the books with an event in this interval, in the order of the first.
    counts : numpy.ndarray
        ``i8[3]``: the end of the interval, how many have moved in it, and how many of those have
        been written already.
    """

    levels: np.ndarray
    touched: np.ndarray
    heads: np.ndarray
    moved: np.ndarray
    has_moved: np.ndarray
    counts: np.ndarray


@lean_kernel
def write_level_head(record: Row, position: Integer, head: Row) -> None:
    """Write what a row tells of the record that ended its event."""
    head["position"] = position
    head["ts_recv"] = record["ts_recv"]
    head["ts_event"] = record["ts_event"]
    head["instrument_id"] = record["instrument_id"]
    head["sequence"] = record["sequence"]
    head["publisher_id"] = record["publisher_id"]
    head["flags"] = record["flags"]


@lean_kernel
def copy_levels(shown: LevelsShown, book: Integer, levels: np.ndarray, at: Integer) -> None:
    """Copy the levels last shown of a book into a row."""
    for depth in range(levels.shape[1]):
        levels[at, depth] = shown.levels[book, depth]


@lean_kernel
def close_level_interval(
    shown: LevelsShown, heads: np.ndarray, levels: np.ndarray, filled: Integer
) -> Integer:
    """Write the rows of the interval as far as there is room; give the count of rows."""
    counts = shown.counts
    while counts[CLOSED] < counts[MOVED] and filled < len(heads):
        book = np.int64(shown.moved[counts[CLOSED]])
        heads[filled] = shown.heads[book]
        heads[filled]["ts_recv"] = counts[INTERVAL_END]
        copy_levels(shown, book, levels, filled)
        shown.has_moved[book] = 0
        counts[CLOSED] += 1
        filled += 1
    if counts[CLOSED] == counts[MOVED]:
        counts[CLOSED] = 0
        counts[MOVED] = 0
    return filled


@kernel
def flush_level_interval(
    shown: LevelsShown, heads: np.ndarray, levels: np.ndarray
) -> tuple[Any, Any]:
    """Write the rows of the open interval; give how many are left, and the count of rows."""
    filled = close_level_interval(shown, heads, levels, 0)
    return shown.counts[MOVED] - shown.counts[CLOSED], filled


# An event (the records of a book up to F_LAST) gives a row where at its end the levels shown are
# not what they were before it. An interval is as in bbo-1s (databento.com/docs/schemas/bbo): no row
# where no event ended in it, the state of the last event otherwise, and it ends when the clock of
# the records passes its end.
@kernel
def derive_level_rows(
    state: MboState,
    shown: LevelsShown,
    records: np.ndarray,
    positions: np.ndarray,
    start: int,
    every_ns: int,
    is_wanted: bool,
    heads: np.ndarray,
    levels: np.ndarray,
) -> tuple[Any, Any]:
    """Apply records from `start`; give the next record to apply and the count of rows written.

    Stops early where the rows are full, or where there is no room for a book or an order: the
    caller takes the rows or makes room, and calls again. Of records that are not wanted there is
    no row; `every_ns` is 0 for a row an event.
    """
    counts = shown.counts
    filled = np.int64(0)
    for i in range(start, len(records)):
        record = records[i]
        if is_wanted and every_ns:
            now = event_time(
                np.int64(record["ts_recv"]), np.int64(record["ts_event"]), record["flags"]
            )
            if now != NO_TIME and now >= counts[INTERVAL_END]:
                filled = close_level_interval(shown, heads, levels, filled)
                if counts[MOVED]:
                    return i, filled
                counts[INTERVAL_END] = now - now % every_ns + every_ns
        if filled == len(heads):
            return i, filled
        book = find_book(state, record["publisher_id"], record["instrument_id"])
        if book == NO_ROOM or book >= len(shown.touched):
            return i, filled
        touched = apply_row(state, book, record)
        if touched == NO_ROOM:
            return i, filled
        shown.touched[book] |= touched
        if not record["flags"] & F_LAST:
            continue
        changed = np.int64(UNCHANGED)
        if shown.touched[book] & TOUCHED_BIDS:
            changed = max(changed, np.int64(refresh_bids(state, book, shown.levels[book])))
        if shown.touched[book] & TOUCHED_ASKS:
            changed = max(changed, np.int64(refresh_asks(state, book, shown.levels[book])))
        shown.touched[book] = 0
        if not is_wanted:
            continue
        if every_ns:
            write_level_head(record, positions[i], shown.heads[book])
            if not shown.has_moved[book]:
                shown.has_moved[book] = 1
                shown.moved[counts[MOVED]] = book
                counts[MOVED] += 1
        elif changed != UNCHANGED:
            write_level_head(record, positions[i], heads[filled])
            copy_levels(shown, book, levels, filled)
            filled += 1
    return len(records), filled
