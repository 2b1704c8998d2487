"""The records that make the books of a whole state anew, as they stand."""

from __future__ import annotations

from typing import Final

import numpy as np

from ticktape.book.mbo_state_kernels import BOOKS, Integer, MboState, Row
from ticktape.ops.kernels import lean_kernel
from ticktape.tape.layouts import (
    ACTION_ADD,
    ACTION_CLEAR,
    ACTION_NONE,
    F_BAD_TS_RECV,
    F_LAST,
    F_MAYBE_BAD_BOOK,
    F_MBP,
    F_SNAPSHOT,
    SIDE_ASK,
    SIDE_BID,
    SIDE_NONE,
    UNDEF_PRICE,
)

_SNAPSHOT: Final = F_SNAPSHOT | F_BAD_TS_RECV
_KEPT_FLAGS: Final = F_LAST | F_BAD_TS_RECV | F_MAYBE_BAD_BOOK
_MBO_LENGTH: Final = 14
_MBO_RTYPE: Final = 160


@lean_kernel
def most_book_records(state: MboState) -> Integer:
    """Give how many records :func:`write_books` writes at most."""
    count = 2 * state.usage[BOOKS]
    for side in range(2 * state.usage[BOOKS]):
        count += np.int64(state.sides[side]["levels"]) + np.int64(state.sides[side]["orders"])
    return count


@lean_kernel
def begin_row(row: Row, named: Row, ts_ns: Integer) -> None:
    """Fill in what all records of a book's snapshot have in common."""
    row["length"] = _MBO_LENGTH
    row["rtype"] = _MBO_RTYPE
    row["publisher_id"] = named["publisher_id"]
    row["instrument_id"] = named["instrument_id"]
    row["ts_event"] = ts_ns
    row["order_id"] = 0
    row["price"] = UNDEF_PRICE
    row["size"] = 0
    row["flags"] = _SNAPSHOT
    row["channel_id"] = 0
    row["action"] = ACTION_ADD
    row["side"] = SIDE_NONE
    row["ts_recv"] = ts_ns
    row["ts_in_delta"] = 0
    row["sequence"] = 0


# As ``book.mbo_snapshot`` does for one book: a clear, then what rests, bids before asks, best level
# first, in queue order; what rests at a level without orders before them, with F_MBP. The last
# record of each book has F_LAST. Behind it stands a record of action N, which changes nothing, with
# the times, the sequence and the flags of the last record that the book had: so whoever applies
# all this knows when the book last changed, and whether it was within an event.
@lean_kernel
def write_books(state: MboState, last: np.ndarray, rows: np.ndarray, ts_ns: Integer) -> Integer:
    """Write every book into rows, in the books' own order; give how many rows were written."""
    at = 0
    for book in range(state.usage[BOOKS]):
        named = state.books[book]
        begin_row(rows[at], named, ts_ns)
        rows[at]["action"] = ACTION_CLEAR
        at += 1
        for side in range(2 * book, 2 * book + 2):
            own = state.sides[side]
            code = SIDE_ASK if side & 1 else SIDE_BID
            start = np.int64(own["start"])
            for place in range(start + own["levels"] - 1, start - 1, -1):
                level = np.int64(state.ladder_levels[place])
                without_orders = np.int64(state.slots[level]["total"])
                order = np.int64(state.slots[level]["next"])
                while order != level:
                    without_orders -= np.int64(state.slots[order]["size"])
                    order = np.int64(state.slots[order]["next"])
                if without_orders > 0:
                    begin_row(rows[at], named, ts_ns)
                    rows[at]["flags"] = _SNAPSHOT | F_MBP
                    rows[at]["side"] = code
                    rows[at]["price"] = state.slots[level]["price"]
                    rows[at]["size"] = without_orders
                    at += 1
                order = np.int64(state.slots[level]["next"])
                while order != level:
                    slot = state.slots[order]
                    begin_row(rows[at], named, ts_ns)
                    rows[at]["ts_event"] = state.times[order]
                    rows[at]["order_id"] = slot["order_id"]
                    rows[at]["side"] = code
                    rows[at]["price"] = slot["price"]
                    rows[at]["size"] = slot["size"]
                    at += 1
                    order = np.int64(slot["next"])
        rows[at - 1]["flags"] |= F_LAST
        if named["stale"]:
            rows[at - 1]["flags"] |= F_MAYBE_BAD_BOOK
        rows[at] = last[book]
        rows[at]["length"] = _MBO_LENGTH
        rows[at]["rtype"] = _MBO_RTYPE
        rows[at]["publisher_id"] = named["publisher_id"]
        rows[at]["instrument_id"] = named["instrument_id"]
        rows[at]["order_id"] = 0
        rows[at]["price"] = UNDEF_PRICE
        rows[at]["size"] = 0
        rows[at]["action"] = ACTION_NONE
        rows[at]["side"] = SIDE_NONE
        rows[at]["flags"] &= _KEPT_FLAGS
        at += 1
    return at
