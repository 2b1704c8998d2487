"""Finding an order by its identifier, a level by its price, a book by its key."""

from __future__ import annotations

from typing import Final

import numpy as np

from ticktape.book.mbo_state_kernels import (
    BOOK_NOT_WANTED,
    BOOKS,
    HALF,
    LAST_BOOK,
    LAST_KEY,
    LOW_HALF,
    MOST_BOOKS,
    NO_ROOM,
    Integer,
    MboState,
)
from ticktape.ops.kernels import lean_kernel

# 2**32 over the golden ratio: spreads neighbouring identifiers (Knuth, TAOCP 3, 6.4).
_SPREAD: Final = np.uint64(2654435769)
_NEAR: Final = 8


@lean_kernel
def spread_order_id(book: Integer, order_id: Integer) -> Integer:
    """Hash an order of a book into 32 bits, held in 64."""
    folded = (order_id & LOW_HALF) ^ (order_id >> HALF)
    folded ^= (np.uint64(book) * _SPREAD) & LOW_HALF
    return (folded * _SPREAD) & LOW_HALF


@lean_kernel
def table_home(hashed: Integer, length: Integer) -> Integer:
    """Give the entry of a table of that length where a 32-bit hash belongs."""
    return np.int64((hashed * np.uint64(length)) >> HALF)


@lean_kernel
def find_order(state: MboState, book: Integer, order_id: Integer) -> Integer:
    """Give the entry of the order table that holds an order, or -1."""
    table = state.order_table
    slots = state.slots
    last = len(table) - 1
    hashed = spread_order_id(book, order_id)
    at = table_home(hashed, len(table))
    while table[at] != 0:
        entry = table[at]
        if entry >> HALF == hashed:
            slot = entry & LOW_HALF
            if (
                slots[slot]["order_id"] == order_id
                and slots[slots[slot]["level"]]["side"] >> 1 == book
            ):
                return at
        at = (at + 1) & last
    return -1


@lean_kernel
def find_level(state: MboState, side: Integer, key: Integer) -> Integer:
    """Give the ladder entry of the first level on a side whose key is not below ``key``.

    Most of what happens, happens near the best: look at the eight best at once, without a branch
    for each that the processor would guess wrong; then by halves.
    """
    keys = state.ladder_keys
    start = np.int64(state.sides[side]["start"])
    levels = np.int64(state.sides[side]["levels"])
    at = start + levels
    if levels >= _NEAR:
        better = np.int64(0)
        for i in range(_NEAR):
            better += keys[at - 1 - i] >= key
        at -= better
        if better < _NEAR:
            return at
    else:
        while at > start and keys[at - 1] >= key:
            at -= 1
        return at
    low = start
    while low < at:
        middle = (low + at) >> 1
        if keys[middle] < key:
            low = middle + 1
        else:
            at = middle
    return low


@lean_kernel
def known_level(state: MboState, side: Integer, price: Integer) -> Integer:
    """Give the slot of the level at a price of a side, or 0 where there is none."""
    own = state.sides[side]
    key = price ^ -(side & 1)
    at = find_level(state, side, key)
    if at < np.int64(own["start"]) + own["levels"] and state.ladder_keys[at] == key:
        return np.int64(state.ladder_levels[at])
    return np.int64(0)


@lean_kernel
def find_book(state: MboState, publisher_id: Integer, instrument_id: Integer) -> Integer:
    """Give a book's number, making the book where it is new.

    Returns ``NO_ROOM``, or ``BOOK_NOT_WANTED`` beyond the number of books wanted.
    """
    usage = state.usage
    key = (np.int64(publisher_id) << 32) | np.int64(instrument_id)
    if key == usage[LAST_KEY]:
        return usage[LAST_BOOK]
    book = look_up_book(state, publisher_id, instrument_id)
    if book < 0:
        book = usage[BOOKS]
        if book >= usage[MOST_BOOKS]:
            return np.int64(BOOK_NOT_WANTED)
        if book >= len(state.books):
            return np.int64(NO_ROOM)
        enter_book(state, book, publisher_id, instrument_id)
        usage[BOOKS] = book + 1
    usage[LAST_KEY] = key
    usage[LAST_BOOK] = book
    return book


@lean_kernel
def book_home(state: MboState, publisher_id: Integer, instrument_id: Integer) -> Integer:
    """Give the entry of the book table where a key belongs."""
    folded = np.uint64(instrument_id) ^ (np.uint64(publisher_id) << np.uint64(16))
    return table_home((folded * _SPREAD) & LOW_HALF, len(state.book_table))


@lean_kernel
def look_up_book(state: MboState, publisher_id: Integer, instrument_id: Integer) -> Integer:
    """Give a book's number, or -1 where there is no such book."""
    table = state.book_table
    at = book_home(state, publisher_id, instrument_id)
    while table[at] != 0:
        book = np.int64(table[at]) - 1
        if (
            state.books[book]["instrument_id"] == instrument_id
            and state.books[book]["publisher_id"] == publisher_id
        ):
            return book
        at = (at + 1) & (len(table) - 1)
    return np.int64(-1)


@lean_kernel
def enter_book(
    state: MboState, book: Integer, publisher_id: Integer, instrument_id: Integer
) -> None:
    """Give a book number its key, and put it into the book table."""
    table = state.book_table
    state.books[book]["publisher_id"] = publisher_id
    state.books[book]["instrument_id"] = instrument_id
    at = book_home(state, publisher_id, instrument_id)
    while table[at] != 0:
        at = (at + 1) & (len(table) - 1)
    table[at] = book + 1
