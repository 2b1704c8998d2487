"""Putting orders and levels in their places, and taking them out: no rule of any feed."""

from __future__ import annotations

import numpy as np

from ticktape.book.mbo_find_kernels import find_level, find_order, spread_order_id, table_home
from ticktape.book.mbo_state_kernels import (
    FREE,
    FRESH,
    HALF,
    LADDER_END,
    LIVE_LEVELS,
    LIVE_SLOTS,
    SMALLEST_LADDER,
    Integer,
    MboState,
)
from ticktape.ops.kernels import lean_kernel


@lean_kernel
def has_room(state: MboState, side: Integer) -> bool:
    """Say whether an order and a level more can be held on a side."""
    usage = state.usage
    if usage[LIVE_SLOTS] + 3 > len(state.slots):
        return False
    own = state.sides[side]
    if own["levels"] < own["room"]:
        return True
    wanted = max(SMALLEST_LADDER, 2 * np.int64(own["room"]))
    return bool(usage[LADDER_END] + wanted <= len(state.ladder_keys))


@lean_kernel
def take_slot(state: MboState) -> Integer:
    """Take a slot: the one freed last (likely still in the processor's cache), or a fresh one."""
    usage = state.usage
    usage[LIVE_SLOTS] += 1
    slot = usage[FREE]
    if slot != 0:
        usage[FREE] = state.slots[slot]["next"]
    else:
        slot = usage[FRESH]
        usage[FRESH] = slot + 1
    return slot


@lean_kernel
def free_slot(state: MboState, slot: Integer) -> None:
    """Give a slot back."""
    usage = state.usage
    usage[LIVE_SLOTS] -= 1
    state.slots[slot]["next"] = usage[FREE]
    usage[FREE] = slot


@lean_kernel
def widen_ladder(state: MboState, side: Integer) -> None:
    """Move a side's run to the end of the ladder arrays, with twice the room."""
    own = state.sides[side]
    start = np.int64(own["start"])
    new = state.usage[LADDER_END]
    room = max(SMALLEST_LADDER, 2 * np.int64(own["room"]))
    for i in range(np.int64(own["levels"])):
        state.ladder_keys[new + i] = state.ladder_keys[start + i]
        state.ladder_levels[new + i] = state.ladder_levels[start + i]
    own["start"] = new
    own["room"] = room
    state.usage[LADDER_END] = new + room


@lean_kernel
def level_at(state: MboState, side: Integer, price: Integer) -> Integer:
    """Give the slot of the level at a price, made where there is none."""
    key = price ^ -(side & 1)
    own = state.sides[side]
    at = find_level(state, side, key)
    end = np.int64(own["start"]) + own["levels"]
    if at < end and state.ladder_keys[at] == key:
        return np.int64(state.ladder_levels[at])
    if own["levels"] == own["room"]:
        at -= np.int64(own["start"])
        widen_ladder(state, side)
        at += np.int64(own["start"])
        end = np.int64(own["start"]) + own["levels"]
    keys = state.ladder_keys
    levels = state.ladder_levels
    for i in range(end, at, -1):
        keys[i] = keys[i - 1]
        levels[i] = levels[i - 1]
    level = take_slot(state)
    keys[at] = key
    levels[at] = level
    own["levels"] += 1
    state.usage[LIVE_LEVELS] += 1
    slot = state.slots[level]
    slot["total"] = 0
    slot["price"] = price
    slot["count"] = 0
    slot["next"] = level
    slot["previous"] = level
    slot["side"] = side
    return level


@lean_kernel
def remove_level(state: MboState, level: Integer) -> None:
    """Take an empty level out of its side's ladder."""
    slot = state.slots[level]
    side = np.int64(slot["side"])
    own = state.sides[side]
    at = find_level(state, side, slot["price"] ^ -(side & 1))
    end = np.int64(own["start"]) + own["levels"] - 1
    keys = state.ladder_keys
    levels = state.ladder_levels
    for i in range(at, end):
        keys[i] = keys[i + 1]
        levels[i] = levels[i + 1]
    own["levels"] -= 1
    state.usage[LIVE_LEVELS] -= 1
    free_slot(state, level)


@lean_kernel
def join_queue(state: MboState, level: Integer, order: Integer) -> None:
    """Put an order at the tail of a level's queue, and count it there."""
    slots = state.slots
    last = slots[level]["previous"]
    slots[order]["level"] = level
    slots[order]["next"] = level
    slots[order]["previous"] = last
    slots[last]["next"] = order
    slots[level]["previous"] = order
    slots[level]["total"] += np.uint64(slots[order]["size"])
    slots[level]["count"] += 1


@lean_kernel
def leave_queue(state: MboState, order: Integer) -> None:
    """Take an order out of its level's queue; the level stays, though it may now be empty."""
    slots = state.slots
    before = slots[order]["previous"]
    after = slots[order]["next"]
    slots[before]["next"] = after
    slots[after]["previous"] = before
    level = slots[order]["level"]
    slots[level]["count"] -= 1
    slots[level]["total"] -= np.uint64(slots[order]["size"])


@lean_kernel
def enter_order(state: MboState, book: Integer, order_id: Integer, order: Integer) -> None:
    """Put an order's slot into the order table."""
    table = state.order_table
    last = len(table) - 1
    hashed = spread_order_id(book, order_id)
    at = table_home(hashed, len(table))
    while table[at] != 0:
        at = (at + 1) & last
    table[at] = (hashed << HALF) | np.uint64(order)


@lean_kernel
def vacate_entry(state: MboState, at: Integer) -> None:
    """Empty an entry of the order table, moving back those that it kept from their homes."""
    table = state.order_table
    last = len(table) - 1
    following = (at + 1) & last
    while table[following] != 0:
        home = table_home(table[following] >> HALF, len(table))
        if ((following - home) & last) >= ((following - at) & last):
            table[at] = table[following]
            at = following
        following = (following + 1) & last
    table[at] = 0


@lean_kernel
def add_order(
    state: MboState,
    side: Integer,
    order_id: Integer,
    price: Integer,
    size: Integer,
    ts_event: Integer,
) -> None:
    """Let a new order rest at the tail of its level."""
    level = level_at(state, side, price)
    order = take_slot(state)
    slot = state.slots[order]
    slot["order_id"] = order_id
    slot["price"] = price
    slot["size"] = size
    state.times[order] = ts_event
    join_queue(state, level, order)
    state.sides[side]["orders"] += 1
    enter_order(state, side >> 1, order_id, order)


@lean_kernel
def remove_order(state: MboState, side: Integer, order: Integer, at: Integer) -> None:
    """Take a resting order out of the book; ``at`` is its entry in the order table."""
    leave_queue(state, order)
    level = np.int64(state.slots[order]["level"])
    if state.slots[level]["total"] == 0:
        remove_level(state, level)
    state.sides[side]["orders"] -= 1
    vacate_entry(state, at)
    free_slot(state, order)


@lean_kernel
def forget_orders(state: MboState, level: Integer) -> None:
    """Drop the orders of a level and their sizes, keeping the level with what else rests there."""
    slots = state.slots
    side = np.int64(slots[level]["side"])
    order = np.int64(slots[level]["next"])
    while order != level:
        after = np.int64(slots[order]["next"])
        vacate_entry(state, find_order(state, side >> 1, slots[order]["order_id"]))
        slots[level]["total"] -= np.uint64(slots[order]["size"])
        free_slot(state, order)
        state.sides[side]["orders"] -= 1
        order = after
    slots[level]["next"] = level
    slots[level]["previous"] = level
    slots[level]["count"] = 0


@lean_kernel
def empty_side(state: MboState, side: Integer) -> None:
    """Drop every level and order of a side."""
    own = state.sides[side]
    start = np.int64(own["start"])
    for i in range(start, start + own["levels"]):
        level = np.int64(state.ladder_levels[i])
        forget_orders(state, level)
        free_slot(state, level)
    state.usage[LIVE_LEVELS] -= own["levels"]
    own["levels"] = 0
