"""The quotes that follow from orders: mbp-1, mbp-10 and tbbo out of mbo."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from ticktape.book.mbo_find_kernels import find_book
from ticktape.book.mbo_kernels import TOUCHED_ASKS, TOUCHED_BIDS, apply_row
from ticktape.book.mbo_state_kernels import BOOK_NOT_WANTED, NO_ROOM, Integer, MboState
from ticktape.ops.kernels import kernel, lean_kernel
from ticktape.tape.layouts import (
    ACTION_TRADE,
    F_LAST,
    SIDE_NONE,
    UNDEF_ORDER_SIZE,
    UNDEF_PRICE,
)

# The fields that every mbp record begins with, as in the vendor's MBP1Msg and MBP10Msg.
QUOTE_HEAD: Final = np.dtype(
    [
        ("length", "u1"),
        ("rtype", "u1"),
        ("publisher_id", "u2"),
        ("instrument_id", "u4"),
        ("ts_event", "u8"),
        ("price", "i8"),
        ("size", "u4"),
        ("action", "u1"),
        ("side", "u1"),
        ("flags", "u1"),
        ("depth", "u1"),
        ("ts_recv", "u8"),
        ("ts_in_delta", "i4"),
        ("sequence", "u4"),
    ]
)
LEVEL_PAIR: Final = np.dtype(
    [
        ("bid_px", "i8"),
        ("ask_px", "i8"),
        ("bid_sz", "u4"),
        ("ask_sz", "u4"),
        ("bid_ct", "u4"),
        ("ask_ct", "u4"),
    ]
)
# The last record of an unfinished event that changed the levels shown, and which sides have.
PENDING: Final = np.dtype(
    [
        ("price", "i8"),
        ("size", "u4"),
        ("action", "u1"),
        ("side", "u1"),
        ("depth", "u1"),
        ("sides", "u1"),
    ]
)

UNCHANGED: Final = -1
_NOT_LAST: Final = 255 ^ F_LAST


class Shown(NamedTuple):
    """What was last shown of each book.

    Attributes
    ----------
    levels : numpy.ndarray
        ``LEVEL_PAIR``, shape ``(books, depth)``: the best levels as of the last record.
    pending : numpy.ndarray
        ``PENDING``, one a book.
    """

    levels: np.ndarray
    pending: np.ndarray


class QuoteRows(NamedTuple):
    """Room for rows: two views of one array of mbp records.

    Attributes
    ----------
    heads : numpy.ndarray
        ``QUOTE_HEAD``, one a record.
    levels : numpy.ndarray
        ``LEVEL_PAIR``, shape ``(records, depth)``.
    length, rtype : int
        What the head of every row says of itself.
    """

    heads: np.ndarray
    levels: np.ndarray
    length: int
    rtype: int


@lean_kernel
def shown_size(total: np.uint64) -> np.uint64:
    """Give a level's size as the 32 bits of a record can: at most all of them."""
    return min(total, np.uint64(UNDEF_ORDER_SIZE))


@lean_kernel
def refresh_bids(state: MboState, book: Integer, levels: np.ndarray) -> int:
    """Bring the bids of a row of levels up to date; give the best one that changed, or -1."""
    changed = UNCHANGED
    own = state.sides[2 * book]
    best = np.int64(own["start"]) + np.int64(own["levels"]) - 1
    for depth in range(len(levels)):
        price = np.int64(UNDEF_PRICE)
        size = np.uint64(0)
        orders = np.int64(0)
        if depth < np.int64(own["levels"]):
            slot = state.slots[state.ladder_levels[best - depth]]
            price = slot["price"]
            size = shown_size(slot["total"])
            orders = np.int64(slot["count"])
        shown = levels[depth]
        if shown["bid_px"] != price or shown["bid_sz"] != size or shown["bid_ct"] != orders:
            shown["bid_px"] = price
            shown["bid_sz"] = size
            shown["bid_ct"] = orders
            if changed == UNCHANGED:
                changed = depth
    return changed


@lean_kernel
def refresh_asks(state: MboState, book: Integer, levels: np.ndarray) -> int:
    """Bring the asks of a row of levels up to date; give the best one that changed, or -1."""
    changed = UNCHANGED
    own = state.sides[2 * book + 1]
    best = np.int64(own["start"]) + np.int64(own["levels"]) - 1
    for depth in range(len(levels)):
        price = np.int64(UNDEF_PRICE)
        size = np.uint64(0)
        orders = np.int64(0)
        if depth < np.int64(own["levels"]):
            slot = state.slots[state.ladder_levels[best - depth]]
            price = slot["price"]
            size = shown_size(slot["total"])
            orders = np.int64(slot["count"])
        shown = levels[depth]
        if shown["ask_px"] != price or shown["ask_sz"] != size or shown["ask_ct"] != orders:
            shown["ask_px"] = price
            shown["ask_sz"] = size
            shown["ask_ct"] = orders
            if changed == UNCHANGED:
                changed = depth
    return changed


@lean_kernel
def note_change(
    state: MboState, shown: Shown, book: Integer, touched: Integer, record: np.void
) -> None:
    """Remember a record that changed the levels shown, until its event is over."""
    bids = UNCHANGED
    asks = UNCHANGED
    if touched & TOUCHED_BIDS:
        bids = refresh_bids(state, book, shown.levels[book])
    if touched & TOUCHED_ASKS:
        asks = refresh_asks(state, book, shown.levels[book])
    if bids == UNCHANGED and asks == UNCHANGED:
        return
    pending = shown.pending[book]
    if bids != UNCHANGED:
        pending["sides"] |= TOUCHED_BIDS
    if asks != UNCHANGED:
        pending["sides"] |= TOUCHED_ASKS
    pending["action"] = record["action"]
    pending["side"] = record["side"]
    pending["price"] = record["price"]
    pending["size"] = record["size"]
    pending["depth"] = min(bids, asks) if bids >= 0 and asks >= 0 else max(bids, asks)


@lean_kernel
def write_quote(
    shown: Shown, book: Integer, record: np.void, flags: Integer, rows: QuoteRows, at: int
) -> None:
    """Write the row of an event that changed the levels shown, and forget that it did."""
    pending = shown.pending[book]
    write_head(record, flags, rows, at)
    head = rows.heads[at]
    head["action"] = pending["action"]
    head["price"] = pending["price"]
    head["size"] = pending["size"]
    head["depth"] = pending["depth"]
    head["side"] = pending["side"]
    if pending["sides"] == TOUCHED_BIDS | TOUCHED_ASKS:
        head["side"] = SIDE_NONE
    write_levels(shown, book, rows, at)
    pending["sides"] = 0


@lean_kernel
def write_head(record: np.void, flags: Integer, rows: QuoteRows, at: int) -> None:
    """Copy a record's own fields into a row."""
    head = rows.heads[at]
    head["length"] = rows.length
    head["rtype"] = rows.rtype
    head["publisher_id"] = record["publisher_id"]
    head["instrument_id"] = record["instrument_id"]
    head["ts_event"] = record["ts_event"]
    head["price"] = record["price"]
    head["size"] = record["size"]
    head["action"] = record["action"]
    head["side"] = record["side"]
    head["flags"] = flags
    head["depth"] = 0
    head["ts_recv"] = record["ts_recv"]
    head["ts_in_delta"] = record["ts_in_delta"]
    head["sequence"] = record["sequence"]


@lean_kernel
def write_levels(shown: Shown, book: Integer, rows: QuoteRows, at: int) -> None:
    """Copy the levels last shown into a row."""
    for depth in range(rows.levels.shape[1]):
        rows.levels[at, depth] = shown.levels[book, depth]


# The rules, as the vendor's documents state them and its tapes show them:
# - A trade (action T; never F) gives a row at once, with the levels as they are: those immediately
#   before the trade's effect, which comes with the cancels and modifies after it.
# - An event (the records of an instrument up to F_LAST) in which the levels shown changed gives one
#   row at its end. On a real mbp-1 tape every row but a trade's carries F_LAST, a sweep of nine
#   orders is one row, and a snapshot is one row.
# - action, side, price, size and depth (the best level that changed) are those of the last record
#   of the event that changed the levels shown; side is N where both sides changed. The times,
#   flags and sequence are those of the record that ends the event, so F_LAST is kept.
# - Where the trade itself ends an event of other changes, their row comes first, without F_LAST.
@kernel
def derive_quotes(
    state: MboState,
    shown: Shown,
    records: np.ndarray,
    start: int,
    rows: QuoteRows,
    only_trades: bool,
) -> tuple[int, int]:
    """Apply records from `start`; give the next record to apply and the count of rows written.

    Stops early where `rows`, `shown` or the book state are full: the caller takes the rows, makes
    room and calls again.
    """
    filled = 0
    for i in range(start, len(records)):
        record = records[i]
        if filled + 2 > len(rows.heads):
            return i, filled
        book = find_book(state, record["publisher_id"], record["instrument_id"])
        if book == BOOK_NOT_WANTED:
            continue
        if book == NO_ROOM or book >= len(shown.pending):
            return i, filled
        touched = apply_row(state, book, record)
        if touched == NO_ROOM:
            return i, filled
        is_trade = record["action"] == ACTION_TRADE
        ends = record["flags"] & F_LAST
        if only_trades:
            if is_trade:
                refresh_bids(state, book, shown.levels[book])
                refresh_asks(state, book, shown.levels[book])
        elif touched:
            note_change(state, shown, book, touched, record)
        if ends and shown.pending[book]["sides"]:
            flags = record["flags"] & _NOT_LAST if is_trade else record["flags"]
            write_quote(shown, book, record, flags, rows, filled)
            filled += 1
        if is_trade:
            write_head(record, record["flags"], rows, filled)
            write_levels(shown, book, rows, filled)
            filled += 1
    return len(records), filled
