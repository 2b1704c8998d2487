"""Orders of one instrument: its book kept, and what its records tell of icebergs and the touch.

The book's own kernels apply each record, once. Venues tell a trade as one event: the trade (T, the
aggressor's side), a fill (F) of each order, then a cancel or a modify of each that takes the filled
size out of the book. So what was filled of an order is remembered until its event ends. A fill of
the aggressor's own order (its side is the trade's) takes up nothing, and is passed over. Trades by
implication have no aggressor, and their fills no side: that is the resting order's.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from ticktape.book.effects import EffectKind
from ticktape.book.effects_kernels import apply_row_with_effect
from ticktape.book.ladder_activity_kernels import (
    EVENT,
    FILLS_USED,
    ActivityState,
    remember_fill,
    take_fill,
)
from ticktape.book.mbo_find_kernels import find_book, find_order
from ticktape.book.mbo_state_kernels import (
    BOOK_NOT_WANTED,
    LOW_HALF,
    NO_ROOM,
    Integer,
    MboState,
    Row,
)
from ticktape.flow.absorption.iceberg_kernels import IcebergState, enter_fill, enter_order
from ticktape.flow.absorption.touch_kernels import (
    ADDED,
    ENDS,
    FILLED,
    PULLED,
    TouchState,
    close_touch,
    count_touch,
)
from ticktape.ops.kernels import lean_kernel
from ticktape.tape.layouts import (
    ACTION_ADD,
    ACTION_FILL,
    ACTION_TRADE,
    F_LAST,
    F_MBP,
    F_SNAPSHOT,
    F_TOB,
    SIDE_ASK,
    SIDE_BID,
    SIDE_NONE,
    UNDEF_PRICE,
    UNDEF_TIMESTAMP,
)

# Columns of `clock`.
NOW: Final = 0
INSTRUMENT: Final = 1
PUBLISHER: Final = 2
ANY_PUBLISHER: Final = 3  # 1: records of every publisher move the clock
AGGRESSOR: Final = 4  # the side of the event's last trade
CLOCK_COLUMNS: Final = 5

_NONE: Final = int(EffectKind.NONE)
_ADD: Final = int(EffectKind.ADD)
_CANCEL: Final = int(EffectKind.CANCEL)
_CLEAR: Final = int(EffectKind.CLEAR)
_ALL: Final = 2**62


class OrderState(NamedTuple):
    """Everything but the book.

    Attributes
    ----------
    clock : numpy.ndarray
        ``i8``: the clock, whose records are followed, and the aggressor of the event.
    event : ActivityState
        The fills of the event.
    touch : TouchState
        The open window near the best prices.
    icebergs : IcebergState
        Orders that are partly filled.
    effect : numpy.ndarray
        dtype ``EFFECT``, one: what the record at hand did.
    """

    clock: np.ndarray
    event: ActivityState
    touch: TouchState
    icebergs: IcebergState
    effect: np.ndarray


@lean_kernel
def size_left(book: MboState, number: Integer, order_id: Integer) -> Integer:
    """Give what rests of an order, 0 where it does not."""
    at = find_order(book, number, order_id)
    if at < 0:
        return np.int64(0)
    return np.int64(book.slots[np.int64(book.order_table[at] & LOW_HALF)]["size"])


@lean_kernel
def resting_side(book: MboState, number: Integer, order_id: Integer) -> Integer:
    """Give the side of an order that rests, ``SIDE_NONE`` where it does not."""
    at = find_order(book, number, order_id)
    if at < 0:
        return np.int64(SIDE_NONE)
    level = book.slots[np.int64(book.order_table[at] & LOW_HALF)]["level"]
    return np.int64(SIDE_ASK if book.slots[level]["side"] & 1 else SIDE_BID)


@lean_kernel
def follow_effect(
    book: MboState, number: Integer, state: OrderState, record: Row, now: Integer, iceberg: Row
) -> Integer:
    """Count what a record did; give 1 where it wrote an iceberg's row, else 0."""
    effect = state.effect[0]
    kind = np.int64(effect["kind"])
    touch = state.touch
    action = np.int64(record["action"])
    if kind == _NONE:
        if action == ACTION_TRADE:
            state.clock[AGGRESSOR] = record["side"]
        elif action == ACTION_FILL and (
            record["side"] == SIDE_NONE or record["side"] != state.clock[AGGRESSOR]
        ):
            filled = np.int64(record["size"])
            remember_fill(state.event, record["order_id"], filled)
            filled_side = np.int64(record["side"])
            if filled_side == SIDE_NONE:
                filled_side = resting_side(book, number, record["order_id"])
            count_touch(touch, FILLED, filled_side, record["price"], filled, now)
        return np.int64(0)
    flags = np.int64(record["flags"])
    if kind == _CLEAR or flags & F_SNAPSHOT:
        return np.int64(0)
    side = np.int64(effect["side"])
    price = np.int64(effect["price"])
    size = np.int64(effect["size"])
    order_id = record["order_id"]
    if kind == _ADD:
        if action == ACTION_ADD:
            count_touch(touch, ADDED, side, price, size, now)
            if not flags & (F_TOB | F_MBP):
                return enter_order(state.icebergs, order_id, side, price, size, now, iceberg)
        return np.int64(0)
    filled = take_fill(state.event, order_id, _ALL)
    if kind == _CANCEL:
        count_touch(touch, PULLED, side, price, size - filled, now)
        if filled == 0:
            return np.int64(0)
        left = size_left(book, number, order_id)
        return enter_fill(
            state.icebergs, order_id, side, price, size + left, filled, left, now, iceberg
        )
    old_side = np.int64(effect["old_side"])
    old_price = np.int64(effect["old_price"])
    old_size = np.int64(effect["old_size"])
    if old_side != side or old_price != price:
        count_touch(touch, PULLED, old_side, old_price, old_size - filled, now)
        count_touch(touch, ADDED, side, price, size, now)
        return np.int64(0)
    grown = size - (old_size - filled)
    count_touch(touch, ADDED, side, price, grown, now)
    count_touch(touch, PULLED, side, price, -grown, now)
    if filled == 0:
        return np.int64(0)
    return enter_fill(state.icebergs, order_id, side, price, old_size, filled, size, now, iceberg)


@lean_kernel
def best_of(book: MboState, side: Integer) -> Integer:
    """Give the best price of a side from its ladder's keys, or ``UNDEF_PRICE``."""
    own = book.sides[side]
    if own["levels"] == 0:
        return np.int64(UNDEF_PRICE)
    key = book.ladder_keys[np.int64(own["start"]) + np.int64(own["levels"]) - 1]
    # The keys of asks are the complements of their prices.
    return key ^ -(side & 1)


@lean_kernel
def end_event(book: MboState, number: Integer, state: OrderState) -> None:
    """Forget the event's fills, and see where the best prices are."""
    usage = state.event.usage
    usage[EVENT] += 1
    usage[FILLS_USED] = 0
    state.clock[AGGRESSOR] = SIDE_NONE
    state.touch.best[0] = best_of(book, 2 * number)
    state.touch.best[1] = best_of(book, 2 * number + 1)


@lean_kernel
def has_fill_room(state: OrderState) -> bool:
    """Tell whether one more fill of this event can be remembered."""
    return bool(state.event.usage[FILLS_USED] + 1 <= len(state.event.fills) >> 1)


@lean_kernel
def follow_orders(
    book: MboState,
    state: OrderState,
    records: np.ndarray,
    start: Integer,
    icebergs: np.ndarray,
    touches: np.ndarray,
) -> tuple[Integer, Integer, Integer]:
    """Apply records from one on, and write the rows that they close.

    Gives the first record not applied, for want of room in the book, in the event's fills or in
    the rows, and how many rows of each were written.
    """
    clock = state.clock
    filled = np.int64(0)
    closed = np.int64(0)
    for i in range(start, len(records)):
        record = records[i]
        if record["instrument_id"] != clock[INSTRUMENT]:
            continue
        is_own = record["publisher_id"] == clock[PUBLISHER]
        if not (is_own or clock[ANY_PUBLISHER]):
            continue
        if filled == len(icebergs) or closed == len(touches) or not has_fill_room(state):
            return i, filled, closed
        if record["ts_event"] != UNDEF_TIMESTAMP:
            clock[NOW] = max(clock[NOW], np.int64(record["ts_event"]))
        now = clock[NOW]
        if now >= state.touch.window[ENDS]:
            close_touch(state.touch, touches[closed])
            closed += 1
        if not is_own:
            continue
        number = find_book(book, record["publisher_id"], record["instrument_id"])
        if number == BOOK_NOT_WANTED:
            continue
        if (
            number == NO_ROOM
            or apply_row_with_effect(book, number, record, state.effect[0]) == NO_ROOM
        ):
            return i, filled, closed
        filled += follow_effect(book, number, state, record, now, icebergs[filled])
        if record["flags"] & F_LAST:
            end_event(book, number, state)
    return len(records), filled, closed
