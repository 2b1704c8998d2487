"""Moving every book into a state with more room, or less."""

from __future__ import annotations

import numpy as np

from ticktape.book.mbo_find_kernels import enter_book
from ticktape.book.mbo_place_kernels import add_order, level_at
from ticktape.book.mbo_state_kernels import (
    BOOKS,
    LADDER_END,
    SKIPPED,
    SMALLEST_LADDER,
    Integer,
    MboState,
)
from ticktape.ops.kernels import lean_kernel


@lean_kernel
def ladder_room(levels: Integer) -> Integer:
    """Give the room that a side with that many levels gets: a power of two with one to spare."""
    if levels == 0:
        return 0
    room = SMALLEST_LADDER
    while room <= levels:
        room *= 2
    return room


@lean_kernel
def ladder_need(state: MboState) -> Integer:
    """Give the ladder entries that all sides need together, each with room for another level."""
    need = 0
    largest = SMALLEST_LADDER
    for side in range(2 * state.usage[BOOKS]):
        room = ladder_room(np.int64(state.sides[side]["levels"]))
        need += room
        largest = max(largest, room)
    return need + 2 * largest


@lean_kernel
def move_books(old: MboState, new: MboState) -> None:
    """Copy all books into an empty state that has room for them.

    Levels are laid out side by side, best last, and orders in queue order: neighbours in the
    book become neighbours in memory.
    """
    for book in range(old.usage[BOOKS]):
        was = old.books[book]
        enter_book(new, book, was["publisher_id"], was["instrument_id"])
        new.books[book]["in_event"] = was["in_event"]
        new.books[book]["stale"] = was["stale"]
        new.books[book]["crossed"] = was["crossed"]
        for i in range(old.counters.shape[1]):
            new.counters[book, i] = old.counters[book, i]
        for side in range(2 * book, 2 * book + 2):
            move_side(old, new, side)
    new.usage[BOOKS] = old.usage[BOOKS]
    new.usage[SKIPPED] = old.usage[SKIPPED]


@lean_kernel
def move_side(old: MboState, new: MboState, side: Integer) -> None:
    """Copy the levels and orders of a side."""
    slots = old.slots
    levels = np.int64(old.sides[side]["levels"])
    start = np.int64(old.sides[side]["start"])
    room = ladder_room(levels)
    new.sides[side]["start"] = new.usage[LADDER_END]
    new.sides[side]["room"] = room
    new.usage[LADDER_END] += room
    for i in range(start, start + levels):
        level = np.int64(old.ladder_levels[i])
        moved = level_at(new, side, slots[level]["price"])
        order = np.int64(slots[level]["next"])
        while order != level:
            add_order(
                new,
                side,
                slots[order]["order_id"],
                slots[order]["price"],
                np.int64(slots[order]["size"]),
                old.times[order],
            )
            order = np.int64(slots[order]["next"])
        new.slots[moved]["total"] = slots[level]["total"]
