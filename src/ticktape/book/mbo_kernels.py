"""What each record of the ``mbo`` schema does to its book.

Source: Databento's documented rules for limit order books (actions A, C, M, R; T, F and N change
nothing; flags of top-of-book and aggregated feeds). Where a venue's records contradict what the
book holds, the rules are:

- An order is known by its identifier alone. A cancel or modify whose side or price is not that of
  the resting order is applied to the order where it rests, and counted; side never changes.
- An add of an identifier that rests replaces that order, at the tail of its new level.
- A cancel of more than what rests takes all of it. A cancel of an unknown order does nothing.
- A modify of an unknown order is an add. A modify to size 0, or to no price, takes the order out.
- An add of size 0, without a price, or without a side does nothing.
- An order identifier of 0 is an identifier like any other.
- ``F_TOB`` (add, modify): the side becomes this one level, of no orders; empty without a price or
  size. A cancel empties the side.
- ``F_MBP`` (add, modify): the level becomes this size, of no orders; it goes at size 0. A cancel
  takes its size off the level. Orders known at that price are forgotten, with their sizes.
- A clear may come anywhere and empties both sides.
- ``F_MAYBE_BAD_BOOK`` makes the book stale until a clear (a snapshot begins with one).
"""

from __future__ import annotations

from typing import Final

import numpy as np

from ticktape.book.mbo_find_kernels import find_order, known_level
from ticktape.book.mbo_place_kernels import (
    add_order,
    empty_side,
    forget_orders,
    has_room,
    join_queue,
    leave_queue,
    level_at,
    remove_level,
    remove_order,
)
from ticktape.book.mbo_state_kernels import (
    ADDS,
    ADOPTED_MODIFIES,
    BAD_ACTIONS,
    BAD_SIDES,
    CLEARS,
    CROSSINGS,
    DUPLICATE_ADDS,
    EVENTS,
    FILLS,
    LOW_HALF,
    MAYBE_BAD_BOOKS,
    MISMATCHED_PRICES,
    MISMATCHED_SIDES,
    NO_ROOM,
    NONES,
    OVER_CANCELS,
    SNAPSHOTS,
    TRADES,
    UNDEFINED_PRICES,
    UNKNOWN_CANCELS,
    ZERO_SIZES,
    Integer,
    MboState,
    Row,
)
from ticktape.ops.kernels import lean_kernel
from ticktape.tape.layouts import (
    ACTION_ADD,
    ACTION_CANCEL,
    ACTION_CLEAR,
    ACTION_FILL,
    ACTION_MODIFY,
    ACTION_NONE,
    ACTION_TRADE,
    F_LAST,
    F_MAYBE_BAD_BOOK,
    F_MBP,
    F_SNAPSHOT,
    F_TOB,
    SIDE_ASK,
    SIDE_BID,
    UNDEF_PRICE,
)

# What apply_record answers: the sides whose levels it touched, as bits; or that there is no room.
TOUCHED_NOTHING: Final = 0
TOUCHED_BIDS: Final = 1
TOUCHED_ASKS: Final = 2


@lean_kernel
def apply_cancel(
    state: MboState,
    book: Integer,
    side_code: Integer,
    order_id: Integer,
    price: Integer,
    size: Integer,
) -> Integer:
    """Apply a cancel of an order: whole or in part."""
    odd = state.counters[book]
    at = find_order(state, book, order_id)
    if at < 0:
        odd[UNKNOWN_CANCELS] += 1
        return TOUCHED_NOTHING
    slots = state.slots
    order = np.int64(state.order_table[at] & LOW_HALF)
    level = np.int64(slots[order]["level"])
    side = np.int64(slots[level]["side"])
    if side_code != SIDE_BID - (side & 1):
        odd[MISMATCHED_SIDES] += 1
    if price != slots[order]["price"]:
        odd[MISMATCHED_PRICES] += 1
    resting = np.int64(slots[order]["size"])
    if size < resting:
        if size == 0:
            odd[ZERO_SIZES] += 1
            return TOUCHED_NOTHING
        slots[order]["size"] = resting - size
        slots[level]["total"] -= np.uint64(size)
    else:
        if size > resting:
            odd[OVER_CANCELS] += 1
        remove_order(state, side, order, at)
    return TOUCHED_BIDS + (side & 1)


@lean_kernel
def apply_add(
    state: MboState,
    book: Integer,
    side_code: Integer,
    order_id: Integer,
    price: Integer,
    size: Integer,
    ts_event: Integer,
) -> Integer:
    """Apply an add of an order; also a modify of one that is not known."""
    odd = state.counters[book]
    if side_code not in (SIDE_ASK, SIDE_BID):
        odd[BAD_SIDES] += 1
        return TOUCHED_NOTHING
    side = 2 * book + (side_code == SIDE_ASK)
    if size == 0:
        odd[ZERO_SIZES] += 1
        return TOUCHED_NOTHING
    if price == UNDEF_PRICE:
        odd[UNDEFINED_PRICES] += 1
        return TOUCHED_NOTHING
    if not has_room(state, side):
        return NO_ROOM
    touched = TOUCHED_BIDS + (side & 1)
    at = find_order(state, book, order_id)
    if at >= 0:
        odd[DUPLICATE_ADDS] += 1
        order = np.int64(state.order_table[at] & LOW_HALF)
        other = np.int64(state.slots[state.slots[order]["level"]]["side"])
        remove_order(state, other, order, at)
        touched |= TOUCHED_BIDS + (other & 1)
    add_order(state, side, order_id, price, size, ts_event)
    return touched


@lean_kernel
def apply_modify(
    state: MboState,
    book: Integer,
    side_code: Integer,
    order_id: Integer,
    price: Integer,
    size: Integer,
    ts_event: Integer,
) -> Integer:
    """Apply a modify: the order's new price and size, both absolute."""
    odd = state.counters[book]
    at = find_order(state, book, order_id)
    if at < 0:
        touched = apply_add(state, book, side_code, order_id, price, size, ts_event)
        if touched > 0:
            odd[ADOPTED_MODIFIES] += 1
        return touched
    slots = state.slots
    order = np.int64(state.order_table[at] & LOW_HALF)
    level = np.int64(slots[order]["level"])
    side = np.int64(slots[level]["side"])
    if price != slots[order]["price"] and not has_room(state, side):
        return np.int64(NO_ROOM)
    if side_code != SIDE_BID - (side & 1):
        odd[MISMATCHED_SIDES] += 1
    resting = np.int64(slots[order]["size"])
    if size == 0 or price == UNDEF_PRICE:
        odd[ZERO_SIZES if size == 0 else UNDEFINED_PRICES] += 1
        remove_order(state, side, order, at)
    elif price == slots[order]["price"] and size <= resting:
        slots[order]["size"] = size
        slots[level]["total"] -= np.uint64(resting - size)
    else:
        target = level if price == slots[order]["price"] else level_at(state, side, price)
        leave_queue(state, order)
        slots[order]["price"] = price
        slots[order]["size"] = size
        state.times[order] = ts_event
        join_queue(state, target, order)
        if slots[level]["total"] == 0:
            remove_level(state, level)
    return TOUCHED_BIDS + (side & 1)


@lean_kernel
def apply_quote(
    state: MboState,
    book: Integer,
    action: Integer,
    side_code: Integer,
    flags: Integer,
    price: Integer,
    size: Integer,
) -> Integer:
    """Apply an add, cancel or modify of a top-of-book or aggregated feed: levels, no orders."""
    odd = state.counters[book]
    if side_code not in (SIDE_ASK, SIDE_BID):
        odd[BAD_SIDES] += 1
        return TOUCHED_NOTHING
    side = 2 * book + (side_code == SIDE_ASK)
    own = state.sides[side]
    touched = TOUCHED_BIDS + (side & 1)
    if flags & F_TOB:
        if action == ACTION_CANCEL:
            if own["levels"] == 0:
                odd[UNKNOWN_CANCELS] += 1
                return TOUCHED_NOTHING
            empty_side(state, side)
            return touched
        empty_side(state, side)
        if price == UNDEF_PRICE:
            return touched
        if size == 0:
            odd[ZERO_SIZES] += 1
            return touched
        level = level_at(state, side, price)
        state.slots[level]["total"] = size
        return touched
    if price == UNDEF_PRICE:
        odd[UNDEFINED_PRICES] += 1
        return TOUCHED_NOTHING
    if size == 0:
        odd[ZERO_SIZES] += 1
        if action == ACTION_CANCEL:
            return TOUCHED_NOTHING
    if action == ACTION_CANCEL or size == 0:
        level = known_level(state, side, price)
        if level == 0:
            if action == ACTION_CANCEL:
                odd[UNKNOWN_CANCELS] += 1
            return TOUCHED_NOTHING
        forget_orders(state, level)
        total = np.int64(state.slots[level]["total"])
        if action == ACTION_CANCEL and size < total:
            state.slots[level]["total"] = total - size
            return touched
        if action == ACTION_CANCEL and size > total:
            odd[OVER_CANCELS] += 1
        remove_level(state, level)
        return touched
    level = level_at(state, side, price)
    forget_orders(state, level)
    state.slots[level]["total"] = size
    return touched


@lean_kernel
def best_are_crossed(state: MboState, book: Integer) -> Integer:
    """Give 1 where the best bid of a book is above its best ask, else 0."""
    bids = state.sides[2 * book]
    asks = state.sides[2 * book + 1]
    if bids["levels"] == 0 or asks["levels"] == 0:
        return np.uint64(0)
    bid = state.ladder_keys[np.int64(bids["start"]) + np.int64(bids["levels"]) - 1]
    # A side of asks is sorted by the complement of its prices, so that its best is last too.
    ask = ~state.ladder_keys[np.int64(asks["start"]) + np.int64(asks["levels"]) - 1]
    return np.uint64(bid > ask)


@lean_kernel
def apply_record(
    state: MboState,
    book: Integer,
    action: Integer,
    side_code: Integer,
    flags: Integer,
    order_id: Integer,
    price: Integer,
    size: Integer,
    ts_event: Integer,
) -> Integer:
    """Apply one record's content to a book.

    Parameters are the state, the book's number from ``find_book``, and the record's fields:
    ``action``, ``side``, ``flags`` and ``size`` as i8, ``order_id`` as u8, ``price`` as i8,
    ``ts_event`` as u8. Returns the sides whose levels were touched (``TOUCHED_BIDS`` |
    ``TOUCHED_ASKS``), or ``NO_ROOM`` with nothing done: make room, then apply it again.
    """
    odd = state.counters[book]
    touched = np.int64(TOUCHED_NOTHING)
    if action in (ACTION_ADD, ACTION_CANCEL, ACTION_MODIFY):
        if flags & (F_TOB | F_MBP):
            side = 2 * book + (side_code == SIDE_ASK)
            if action != ACTION_CANCEL and not has_room(state, side):
                return np.int64(NO_ROOM)
            touched = apply_quote(state, book, action, side_code, flags, price, size)
        elif action == ACTION_CANCEL:
            touched = apply_cancel(state, book, side_code, order_id, price, size)
        elif action == ACTION_ADD:
            touched = apply_add(state, book, side_code, order_id, price, size, ts_event)
        else:
            touched = apply_modify(state, book, side_code, order_id, price, size, ts_event)
        if touched == NO_ROOM:
            return touched
        # The columns of the three are in the order of their letters.
        odd[ADDS + (action > ACTION_ADD) + (action > ACTION_CANCEL)] += 1
    elif action == ACTION_TRADE:
        odd[TRADES] += 1
    elif action == ACTION_FILL:
        odd[FILLS] += 1
    elif action == ACTION_CLEAR:
        odd[CLEARS] += 1
        if flags & F_SNAPSHOT:
            odd[SNAPSHOTS] += 1
        empty_side(state, 2 * book)
        empty_side(state, 2 * book + 1)
        state.books[book]["stale"] = 0
        touched = np.int64(TOUCHED_BIDS | TOUCHED_ASKS)
    elif action == ACTION_NONE:
        odd[NONES] += 1
    else:
        odd[BAD_ACTIONS] += 1
    if flags & F_MAYBE_BAD_BOOK:
        odd[MAYBE_BAD_BOOKS] += 1
        state.books[book]["stale"] = 1
    if flags & F_LAST:
        odd[EVENTS] += 1
        state.books[book]["in_event"] = 0
        crossed = best_are_crossed(state, book)
        if crossed != state.books[book]["crossed"]:
            state.books[book]["crossed"] = crossed
            odd[CROSSINGS] += np.int64(crossed)
    else:
        state.books[book]["in_event"] = 1
    return touched


@lean_kernel
def apply_row(state: MboState, book: Integer, record: Row) -> Integer:
    """Apply one record of an ``mbo`` array to a book; answers as ``apply_record`` does."""
    return apply_record(
        state,
        book,
        np.int64(record["action"]),
        np.int64(record["side"]),
        np.int64(record["flags"]),
        record["order_id"],
        record["price"],
        np.int64(record["size"]),
        record["ts_event"],
    )
