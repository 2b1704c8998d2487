"""Reading the top of a book with its queues, and what changed between two readings."""

from __future__ import annotations

from typing import Final

import numpy as np

from ticktape.book.mbo_state_kernels import Integer, MboState
from ticktape.ops.kernels import lean_kernel
from ticktape.tape.layouts import SIDE_ASK, SIDE_BID

# A level of a ladder: price in 1e-9, total size, number of orders, how many of them are listed,
# and what was added and cancelled there since the best prices last changed. Its layout is that of
# the book stream (docs/book-stream.md).
LADDER_LEVEL: Final = np.dtype(
    {
        "names": ["price", "size", "count", "listed", "added", "cancelled", "side"],
        "formats": ["i8", "u8", "u4", "u4", "u4", "u4", "u1"],
        "offsets": [0, 8, 16, 20, 24, 28, 32],
        "itemsize": 40,
    }
)

# An order of a ladder, with the venue's time at which it took its place in the queue, ns.
LADDER_ORDER: Final = np.dtype(
    {
        "names": ["order_id", "ts_event", "size"],
        "formats": ["u8", "i8", "u4"],
        "offsets": [0, 8, 16],
        "itemsize": 24,
    }
)


@lean_kernel
def count_side(state: MboState, side: Integer, most: Integer) -> tuple[Integer, Integer]:
    """Give how many levels of a side are to be read, and how many orders stand at them."""
    own = state.sides[side]
    levels = min(np.int64(own["levels"]), np.int64(most))
    end = np.int64(own["start"]) + np.int64(own["levels"])
    orders = np.int64(0)
    for i in range(levels):
        orders += np.int64(state.slots[state.ladder_levels[end - 1 - i]]["count"])
    return levels, orders


@lean_kernel
def read_side(
    state: MboState,
    side: Integer,
    levels: np.ndarray,
    orders: np.ndarray,
    order_at: Integer,
    with_orders: Integer,
) -> Integer:
    """Write a side's levels, best first, and their orders in queue order.

    ``levels`` has the length to read; orders are written from ``order_at`` on. Returns the place
    after the last order written.
    """
    own = state.sides[side]
    end = np.int64(own["start"]) + np.int64(own["levels"])
    letter = SIDE_ASK if side & 1 else SIDE_BID
    at = np.int64(order_at)
    for i in range(len(levels)):
        slot = np.int64(state.ladder_levels[end - 1 - i])
        level = state.slots[slot]
        row = levels[i]
        row["price"] = level["price"]
        row["size"] = level["total"]
        row["count"] = level["count"]
        row["listed"] = level["count"] if with_orders else 0
        row["added"] = 0
        row["cancelled"] = 0
        row["side"] = letter
        if with_orders:
            order = np.int64(level["next"])
            while order != slot:
                orders[at]["order_id"] = state.slots[order]["order_id"]
                orders[at]["ts_event"] = np.int64(state.times[order])
                orders[at]["size"] = state.slots[order]["size"]
                at += 1
                order = np.int64(state.slots[order]["next"])
    return at


@lean_kernel
def is_better(level: np.ndarray, other: np.ndarray) -> bool:
    """Tell whether a level stands before another: bids first, each side from the best."""
    if level["side"] != other["side"]:
        return bool(level["side"] == SIDE_BID)
    if level["side"] == SIDE_BID:
        return bool(level["price"] > other["price"])
    return bool(level["price"] < other["price"])


@lean_kernel
def is_same_level(
    old: np.ndarray,
    new: np.ndarray,
    old_orders: np.ndarray,
    old_at: Integer,
    new_orders: np.ndarray,
    new_at: Integer,
    is_same_touch: Integer,
) -> bool:
    """Tell whether a level of one price is as it was, its orders too.

    Where the best prices changed in between, what was added and cancelled counts from zero.
    """
    if (
        old["size"] != new["size"]
        or old["count"] != new["count"]
        or old["listed"] != new["listed"]
        or new["added"] != (old["added"] if is_same_touch else 0)
        or new["cancelled"] != (old["cancelled"] if is_same_touch else 0)
    ):
        return False
    for i in range(new["listed"]):
        was = old_orders[old_at + i]
        now = new_orders[new_at + i]
        if (
            was["order_id"] != now["order_id"]
            or was["size"] != now["size"]
            or was["ts_event"] != now["ts_event"]
        ):
            return False
    return True


@lean_kernel
def write_changes(
    old_levels: np.ndarray,
    old_orders: np.ndarray,
    new_levels: np.ndarray,
    new_orders: np.ndarray,
    is_same_touch: Integer,
    levels: np.ndarray,
    orders: np.ndarray,
) -> tuple[Integer, Integer]:
    """Write the levels that differ between two ladders, one that is gone with size 0.

    Both are sorted, bids from the best down, then asks from the best up; so is what is written.
    ``levels`` has room for both, ``orders`` for the new ones. Returns how many were written.
    """
    old = np.int64(0)
    new = np.int64(0)
    old_at = np.int64(0)
    new_at = np.int64(0)
    written = np.int64(0)
    listed = np.int64(0)
    while old < len(old_levels) or new < len(new_levels):
        if new == len(new_levels) or (
            old < len(old_levels) and is_better(old_levels[old], new_levels[new])
        ):
            row = levels[written]
            row["price"] = old_levels[old]["price"]
            row["size"] = 0
            row["count"] = 0
            row["listed"] = 0
            row["added"] = 0
            row["cancelled"] = 0
            row["side"] = old_levels[old]["side"]
            written += 1
            old_at += np.int64(old_levels[old]["listed"])
            old += 1
            continue
        count = np.int64(new_levels[new]["listed"])
        is_new = old == len(old_levels) or is_better(new_levels[new], old_levels[old])
        if is_new or not is_same_level(
            old_levels[old],
            new_levels[new],
            old_orders,
            old_at,
            new_orders,
            new_at,
            is_same_touch,
        ):
            levels[written] = new_levels[new]
            written += 1
            for i in range(count):
                orders[listed + i] = new_orders[new_at + i]
            listed += count
        if not is_new:
            old_at += np.int64(old_levels[old]["listed"])
            old += 1
        new_at += count
        new += 1
    return written, listed
