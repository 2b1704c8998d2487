"""Reading queues: the orders of a level or of a side, and what rests ahead of an order."""

from __future__ import annotations

import numpy as np

from ticktape.book.mbo_find_kernels import find_order
from ticktape.book.mbo_state_kernels import BOOKS, Integer, MboState
from ticktape.ops.kernels import lean_kernel


@lean_kernel
def list_level(state: MboState, level: Integer, found: np.ndarray) -> None:
    """Write the slots of a level's orders, in queue order."""
    order = np.int64(state.slots[level]["next"])
    for i in range(len(found)):
        found[i] = order
        order = np.int64(state.slots[order]["next"])


@lean_kernel
def list_side(state: MboState, side: Integer, found: np.ndarray) -> None:
    """Write the slots of a side, best level first: a level, then its orders in queue order."""
    own = state.sides[side]
    start = np.int64(own["start"])
    written = 0
    for i in range(start + own["levels"] - 1, start - 1, -1):
        level = np.int64(state.ladder_levels[i])
        found[written] = level
        written += 1
        order = np.int64(state.slots[level]["next"])
        while order != level:
            found[written] = order
            written += 1
            order = np.int64(state.slots[order]["next"])


@lean_kernel
def ahead_of(state: MboState, order: Integer) -> tuple[Integer, Integer]:
    """Give the number and total size of the orders before an order in its level's queue."""
    level = np.int64(state.slots[order]["level"])
    orders = np.int64(0)
    size = np.int64(0)
    before = np.int64(state.slots[order]["previous"])
    while before != level:
        orders += 1
        size += np.int64(state.slots[before]["size"])
        before = np.int64(state.slots[before]["previous"])
    return orders, size


@lean_kernel
def next_book_of_order(state: MboState, order_id: Integer, start: Integer) -> Integer:
    """Give the first book, from one on, in which an order rests; -1 where there is none."""
    for book in range(start, state.usage[BOOKS]):
        if find_order(state, book, order_id) >= 0:
            return book
    return np.int64(-1)
