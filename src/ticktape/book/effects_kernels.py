"""What each record does to its book, told while the same kernels as ever apply it.

The rules of ``mbo_kernels`` decide; this only compares an order, or a level of a feed without
orders, with what it was before:

- A modify of an unknown order is adopted, so its effect is an add.
- An add of an identifier that rests replaces that order, so its effect is a modify.
- A modify to size 0 or to no price takes the order out, so its effect is a cancel.
- A cancel takes at most what rests.
- ``F_MBP``: the effect is that on the level's size. ``F_TOB``: that on the side's best level.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from ticktape.book.effects import EffectKind, NoEffect
from ticktape.book.mbo_find_kernels import find_book, find_order, known_level
from ticktape.book.mbo_kernels import TOUCHED_NOTHING, apply_row
from ticktape.book.mbo_state_kernels import (
    BOOK_NOT_WANTED,
    LOW_HALF,
    NO_ROOM,
    SKIPPED,
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
    F_MBP,
    F_TOB,
    SIDE_ASK,
    SIDE_BID,
    UNDEF_ORDER_SIZE,
    UNDEF_PRICE,
)

_NONE: Final = int(EffectKind.NONE)
_ADD: Final = int(EffectKind.ADD)
_CANCEL: Final = int(EffectKind.CANCEL)
_MODIFY: Final = int(EffectKind.MODIFY)
_CLEAR: Final = int(EffectKind.CLEAR)
_NEVER_RESTS: Final = int(NoEffect.NEVER_RESTS)
_UNKNOWN_ORDER: Final = int(NoEffect.UNKNOWN_ORDER)
_BAD_RECORD: Final = int(NoEffect.BAD_RECORD)
_NOT_KEPT: Final = int(NoEffect.NOT_KEPT)


@lean_kernel
def write_effect(
    row: Row,
    kind: Integer,
    reason: Integer,
    side: Integer,
    price: Integer,
    size: Integer,
) -> None:
    """Write an effect that has nothing old to tell; a level's size as 32 bits can hold it."""
    row["kind"] = kind
    row["reason"] = reason
    row["side"] = side
    row["old_side"] = 0
    row["_reserved"] = 0
    row["price"] = price
    row["old_price"] = 0
    row["size"] = min(size, UNDEF_ORDER_SIZE)
    row["old_size"] = 0


@lean_kernel
def write_change(
    row: Row,
    old_side: Integer,
    old_price: Integer,
    old_size: Integer,
    side: Integer,
    price: Integer,
    size: Integer,
) -> None:
    """Write what became of something that rested; sizes of 0 mean that nothing did."""
    if old_size == 0:
        write_effect(row, _ADD, 0, side, price, size)
    elif size == 0:
        write_effect(row, _CANCEL, 0, old_side, old_price, old_size)
    else:
        write_effect(row, _MODIFY, 0, side, price, size)
        row["old_side"] = old_side
        row["old_price"] = old_price
        row["old_size"] = min(old_size, UNDEF_ORDER_SIZE)


@lean_kernel
def apply_order_with_effect(
    state: MboState, book: Integer, record: Row, action: Integer, row: Row
) -> Integer:
    """Apply an add, cancel or modify of an order, and write its effect."""
    at = find_order(state, book, record["order_id"])
    old_side = np.int64(0)
    old_price = np.int64(0)
    old_size = np.int64(0)
    if at >= 0:
        order = state.slots[np.int64(state.order_table[at] & LOW_HALF)]
        old_side = SIDE_BID - (np.int64(state.slots[np.int64(order["level"])]["side"]) & 1)
        old_price = np.int64(order["price"])
        old_size = np.int64(order["size"])
    price = np.int64(record["price"])
    size = np.int64(record["size"])
    touched = apply_row(state, book, record)
    if touched == NO_ROOM:
        return touched
    if touched == TOUCHED_NOTHING:
        is_unknown = action == ACTION_CANCEL and at < 0
        write_effect(row, _NONE, _UNKNOWN_ORDER if is_unknown else _BAD_RECORD, 0, 0, 0)
    elif action == ACTION_CANCEL:
        write_effect(row, _CANCEL, 0, old_side, old_price, min(size, old_size))
    elif action == ACTION_MODIFY and at >= 0:
        # An order never changes its side, whatever the modify says.
        size = np.int64(0) if price == UNDEF_PRICE else size
        write_change(row, old_side, old_price, old_size, old_side, price, size)
    else:
        write_change(row, old_side, old_price, old_size, np.int64(record["side"]), price, size)
    return touched


@lean_kernel
def best_or_level(
    state: MboState, side: Integer, is_top: Integer, price: Integer
) -> tuple[Integer, Integer]:
    """Give price and size of a side's best level, or of its level at a price; size 0: none."""
    level = np.int64(0)
    own = state.sides[side]
    if not is_top:
        level = known_level(state, side, price)
    elif own["levels"]:
        level = np.int64(state.ladder_levels[np.int64(own["start"]) + np.int64(own["levels"]) - 1])
    if level == 0:
        return np.int64(0), np.int64(0)
    found = state.slots[level]
    return np.int64(found["price"]), np.int64(found["total"])


@lean_kernel
def apply_quote_with_effect(
    state: MboState, book: Integer, record: Row, action: Integer, row: Row
) -> Integer:
    """Apply a record of a feed without orders, and write its effect on the level."""
    letter = np.int64(record["side"])
    is_top = np.int64(record["flags"]) & F_TOB
    price = np.int64(record["price"])
    side = 2 * book + (letter == SIDE_ASK)
    has_side = letter in (SIDE_ASK, SIDE_BID)
    old_price = np.int64(0)
    old_size = np.int64(0)
    if has_side:
        old_price, old_size = best_or_level(state, side, is_top, price)
    touched = apply_row(state, book, record)
    if touched == NO_ROOM:
        return touched
    new_price = np.int64(0)
    new_size = np.int64(0)
    if has_side:
        new_price, new_size = best_or_level(state, side, is_top, price)
    if old_size == 0 and new_size == 0:
        is_unknown = (
            action == ACTION_CANCEL
            and has_side
            and (is_top or (price != UNDEF_PRICE and record["size"] > 0))
        )
        write_effect(row, _NONE, _UNKNOWN_ORDER if is_unknown else _BAD_RECORD, 0, 0, 0)
    elif touched == TOUCHED_NOTHING:
        write_effect(row, _NONE, _BAD_RECORD, 0, 0, 0)
    elif action == ACTION_CANCEL:
        write_effect(row, _CANCEL, 0, letter, old_price, old_size - new_size)
    else:
        write_change(row, letter, old_price, old_size, letter, new_price, new_size)
    return touched


@lean_kernel
def apply_row_with_effect(state: MboState, book: Integer, record: Row, row: Row) -> Integer:
    """Apply one record to a book, and write its effect; answers as ``apply_record`` does."""
    action = np.int64(record["action"])
    if action in (ACTION_ADD, ACTION_CANCEL, ACTION_MODIFY):
        if np.int64(record["flags"]) & (F_TOB | F_MBP):
            return apply_quote_with_effect(state, book, record, action, row)
        return apply_order_with_effect(state, book, record, action, row)
    if action == ACTION_CLEAR:
        write_effect(row, _CLEAR, 0, 0, 0, 0)
    elif action in (ACTION_TRADE, ACTION_FILL, ACTION_NONE):
        write_effect(row, _NONE, _NEVER_RESTS, 0, 0, 0)
    else:
        write_effect(row, _NONE, _BAD_RECORD, 0, 0, 0)
    return apply_row(state, book, record)


@lean_kernel
def apply_records_with_effects(
    state: MboState, records: np.ndarray, start: Integer, rows: np.ndarray
) -> Integer:
    """Apply records from one on, each with its effect at the same place of `rows`.

    Returns the first record not applied for want of room.
    """
    for i in range(start, len(records)):
        record = records[i]
        book = find_book(state, record["publisher_id"], record["instrument_id"])
        if book == BOOK_NOT_WANTED:
            state.usage[SKIPPED] += 1
            write_effect(rows[i], _NONE, _NOT_KEPT, 0, 0, 0)
        elif book == NO_ROOM or apply_row_with_effect(state, book, record, rows[i]) == NO_ROOM:
            return i
    return len(records)
