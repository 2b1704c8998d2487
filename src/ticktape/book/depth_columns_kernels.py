"""Depth columns: what rested at the end of each stretch of time, and what traded in it."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from ticktape.book.ladder_activity_kernels import best_price
from ticktape.book.mbo_kernels import apply_row
from ticktape.book.mbo_state_kernels import NO_ROOM, Integer, MboState
from ticktape.ops.kernels import lean_kernel
from ticktape.tape.layouts import (
    ACTION_TRADE,
    F_LAST,
    F_MAYBE_BAD_BOOK,
    SIDE_ASK,
    SIDE_BID,
    UNDEF_PRICE,
)

# The layouts are those of the book stream. Prices are in 1e-9; sizes above 2^32 - 1 are told so.
COLUMN_HEAD: Final = np.dtype(
    {
        "names": ["begin", "best_bid", "best_ask", "depth_cells", "trade_cells", "flags"],
        "formats": ["<i8", "<i8", "<i8", "<u2", "<u2", "u1"],
        "offsets": [0, 8, 16, 24, 26, 28],
        "itemsize": 32,
    }
)
DEPTH_CELL: Final = np.dtype(
    {
        "names": ["price", "size", "side"],
        "formats": ["<i8", "<u4", "u1"],
        "offsets": [0, 8, 12],
        "itemsize": 16,
    }
)
TRADE_CELL: Final = np.dtype(
    {
        "names": ["price", "bought", "sold", "unsided"],
        "formats": ["<i8", "<u4", "<u4", "<u4"],
        "offsets": [0, 8, 12, 16],
        "itemsize": 24,
    }
)

# What was traded at a price in the column that is open.
OPEN_TRADE: Final = np.dtype([("price", "i8"), ("bought", "i8"), ("sold", "i8"), ("unsided", "i8")])

# Columns of ``usage``.
WRITTEN: Final = 0  # words of ``words`` in use
COLUMNS_WRITTEN: Final = 1
BEGIN: Final = 2  # of the column that is open
IS_OPEN: Final = 3
TRADES: Final = 4  # prices traded at in the column that is open
MISSING: Final = 5  # of which columns records were missed: 1 the open or next one, 2 the one after
END_OF_EVENT: Final = 6  # the last record of the book ended its event
USAGE: Final = 7

HEAD_WORDS: Final = 4
DEPTH_WORDS: Final = 2
TRADE_WORDS: Final = 3
MOST_CELLS: Final = 0xFFFF
MOST_SIZE: Final = 0xFFFFFFFF

FLAG_IN_EVENT: Final = 1
FLAG_CROSSED: Final = 2
FLAG_LOCKED: Final = 4
FLAG_STALE: Final = 8
FLAG_MISSING: Final = 16


class ColumnsState(NamedTuple):
    """The column that is open, and the columns that are done.

    Attributes
    ----------
    words : numpy.ndarray
        Columns that are done, as on the wire, ``i8``: every part of a column is some words long.
    trades : numpy.ndarray
        Trades of the open column by price, lowest first, dtype ``OPEN_TRADE``.
    usage : numpy.ndarray
        ``i8``.
    """

    words: np.ndarray
    trades: np.ndarray
    usage: np.ndarray


def new_columns_state(words: int, trades: int = 64) -> ColumnsState:
    """Make a state without columns."""
    usage = np.zeros(USAGE, np.int64)
    usage[END_OF_EVENT] = 1
    return ColumnsState(np.zeros(words, np.int64), np.zeros(trades, OPEN_TRADE), usage)


@lean_kernel
def write_side(
    state: ColumnsState, book: MboState, side: Integer, levels: Integer, at: Integer
) -> Integer:
    """Write the best levels of a side as depth cells; give how many."""
    own = book.sides[side]
    count = min(np.int64(own["levels"]), np.int64(levels))
    end = np.int64(own["start"]) + np.int64(own["levels"])
    letter = np.int64(SIDE_ASK if side & 1 else SIDE_BID)
    for i in range(count):
        level = book.slots[book.ladder_levels[end - 1 - i]]
        size = min(np.uint64(level["total"]), np.uint64(MOST_SIZE))
        state.words[at + DEPTH_WORDS * i] = level["price"]
        state.words[at + DEPTH_WORDS * i + 1] = np.int64(size) | (letter << 32)
    return count


@lean_kernel
def close_column(state: ColumnsState, book: MboState, number: Integer, levels: Integer) -> bool:
    """Write the column that is open; False, with nothing done, where there is no room."""
    usage = state.usage
    at = usage[WRITTEN]
    trades = usage[TRADES]
    need = HEAD_WORDS + 2 * levels * DEPTH_WORDS + trades * TRADE_WORDS
    if at + need > len(state.words):
        return False
    bid = best_price(book, 2 * number)
    ask = best_price(book, 2 * number + 1)
    flags = np.int64(0)
    if UNDEF_PRICE not in (bid, ask):
        if bid > ask:
            flags |= FLAG_CROSSED
        elif bid == ask:
            flags |= FLAG_LOCKED
    if book.books[number]["stale"]:
        flags |= FLAG_STALE
    if usage[MISSING] & 1:
        flags |= FLAG_MISSING
    if not usage[END_OF_EVENT]:
        flags |= FLAG_IN_EVENT
    cells = write_side(state, book, 2 * number, levels, at + HEAD_WORDS)
    cells += write_side(state, book, 2 * number + 1, levels, at + HEAD_WORDS + cells * DEPTH_WORDS)
    state.words[at] = usage[BEGIN]
    state.words[at + 1] = bid
    state.words[at + 2] = ask
    state.words[at + 3] = np.int64(cells) | (trades << 16) | (flags << 32)
    at += HEAD_WORDS + cells * DEPTH_WORDS
    for i in range(trades):
        row = state.trades[i]
        state.words[at] = row["price"]
        bought = np.int64(min(np.int64(row["bought"]), np.int64(MOST_SIZE)))
        sold = np.int64(min(np.int64(row["sold"]), np.int64(MOST_SIZE)))
        state.words[at + 1] = bought | (sold << 32)
        state.words[at + 2] = min(np.int64(row["unsided"]), np.int64(MOST_SIZE))
        at += TRADE_WORDS
    usage[WRITTEN] = at
    usage[COLUMNS_WRITTEN] += 1
    usage[IS_OPEN] = 0
    usage[TRADES] = 0
    usage[MISSING] >>= 1
    return True


@lean_kernel
def add_column_trade(state: ColumnsState, price: Integer, size: Integer, side: Integer) -> None:
    """Add a trade to the column that is open, which has room for a price.

    A column tells at most 65,535 prices; trades at further ones are not in it.
    """
    usage = state.usage
    low = np.int64(0)
    high = usage[TRADES]
    while low < high:
        middle = (low + high) >> 1
        if state.trades[middle]["price"] < price:
            low = middle + 1
        else:
            high = middle
    if low == usage[TRADES] or state.trades[low]["price"] != price:
        if usage[TRADES] == MOST_CELLS:
            return
        for i in range(usage[TRADES], low, -1):
            state.trades[i] = state.trades[i - 1]
        state.trades[low]["price"] = price
        state.trades[low]["bought"] = 0
        state.trades[low]["sold"] = 0
        state.trades[low]["unsided"] = 0
        usage[TRADES] += 1
    if side == SIDE_BID:
        state.trades[low]["bought"] += size
    elif side == SIDE_ASK:
        state.trades[low]["sold"] += size
    else:
        state.trades[low]["unsided"] += size


@lean_kernel
def advance_columns(
    state: ColumnsState,
    book: MboState,
    number: Integer,
    ts: Integer,
    every: Integer,
    levels: Integer,
) -> bool:
    """Close the open column where its time is over; False where there is no room for it."""
    usage = state.usage
    if usage[IS_OPEN] and usage[END_OF_EVENT] and ts - usage[BEGIN] >= every:
        return close_column(state, book, number, levels)
    return True


@lean_kernel
def make_columns(
    book: MboState,
    state: ColumnsState,
    records: np.ndarray,
    start: Integer,
    number: Integer,
    every: Integer,
    levels: Integer,
) -> Integer:
    """Apply the records of one book among others, and write a column at the end of each stretch.

    An event belongs to the stretch in which its first record was received, so that a column shows
    the book between two events. Time that goes back, or is undefined, stays in the open column.
    A record with F_MAYBE_BAD_BOOK says that others were missed.
    Returns the first record not applied for want of room, of the book, the words or the trades.
    """
    publisher_id = book.books[number]["publisher_id"]
    instrument_id = book.books[number]["instrument_id"]
    usage = state.usage
    for i in range(start, len(records)):
        record = records[i]
        if record["instrument_id"] != instrument_id or record["publisher_id"] != publisher_id:
            continue
        ts = np.int64(record["ts_recv"])
        if not advance_columns(state, book, number, ts, every, levels):
            return i
        if not usage[IS_OPEN]:
            usage[IS_OPEN] = 1
            usage[BEGIN] = ts - ts % every
        is_trade = record["action"] == ACTION_TRADE and record["price"] != UNDEF_PRICE
        if is_trade and usage[TRADES] == len(state.trades) and usage[TRADES] < MOST_CELLS:
            return i
        if apply_row(book, number, record) == NO_ROOM:
            return i
        if is_trade:
            add_column_trade(
                state, record["price"], np.int64(record["size"]), np.int64(record["side"])
            )
        if record["flags"] & F_MAYBE_BAD_BOOK:
            usage[MISSING] |= 1
        usage[END_OF_EVENT] = (record["flags"] & F_LAST) != 0
    return len(records)
