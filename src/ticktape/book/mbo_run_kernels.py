"""Runs of records into the books of many instruments, with the quotes they lead to."""

from __future__ import annotations

import numpy as np

from ticktape.book.mbo_find_kernels import find_book
from ticktape.book.mbo_kernels import apply_row
from ticktape.book.mbo_state_kernels import (
    BOOK_NOT_WANTED,
    NO_ROOM,
    SKIPPED,
    Integer,
    MboState,
    Row,
)
from ticktape.ops.kernels import lean_kernel
from ticktape.tape.layouts import F_LAST, UNDEF_PRICE


@lean_kernel
def apply_records(state: MboState, records: np.ndarray, start: Integer) -> Integer:
    """Apply records to their books, from one on; return the first not applied for want of room."""
    for i in range(start, len(records)):
        record = records[i]
        book = find_book(state, record["publisher_id"], record["instrument_id"])
        if book == BOOK_NOT_WANTED:
            state.usage[SKIPPED] += 1
        elif book == NO_ROOM or apply_row(state, book, record) == NO_ROOM:
            return i
    return len(records)


@lean_kernel
def write_bbo(state: MboState, book: Integer, record: Row, row: Row) -> None:
    """Write a book's best levels into a row, with the keys and times of a record."""
    row["ts_event"] = record["ts_event"]
    row["ts_recv"] = record["ts_recv"]
    row["instrument_id"] = record["instrument_id"]
    row["publisher_id"] = record["publisher_id"]
    row["flags"] = record["flags"]
    row["_reserved"] = 0
    own = state.sides[2 * book]
    if own["levels"] == 0:
        row["bid_price"] = UNDEF_PRICE
        row["bid_size"] = 0
        row["bid_count"] = 0
    else:
        best = state.slots[state.ladder_levels[own["start"] + own["levels"] - 1]]
        row["bid_price"] = best["price"]
        row["bid_size"] = best["total"]
        row["bid_count"] = best["count"]
    own = state.sides[2 * book + 1]
    if own["levels"] == 0:
        row["ask_price"] = UNDEF_PRICE
        row["ask_size"] = 0
        row["ask_count"] = 0
    else:
        best = state.slots[state.ladder_levels[own["start"] + own["levels"] - 1]]
        row["ask_price"] = best["price"]
        row["ask_size"] = best["total"]
        row["ask_count"] = best["count"]


@lean_kernel
def apply_records_with_bbos(
    state: MboState, records: np.ndarray, start: Integer, rows: np.ndarray, written: Integer
) -> tuple[Integer, Integer]:
    """Apply records, and write a row of the best bid and offer at every ``F_LAST``.

    Returns the first record not applied for want of room, and the number of rows written.
    """
    for i in range(start, len(records)):
        record = records[i]
        book = find_book(state, record["publisher_id"], record["instrument_id"])
        if book == BOOK_NOT_WANTED:
            state.usage[SKIPPED] += 1
        elif book == NO_ROOM or apply_row(state, book, record) == NO_ROOM:
            return i, written
        elif record["flags"] & F_LAST:
            write_bbo(state, book, record, rows[written])
            written += 1
    return len(records), written
