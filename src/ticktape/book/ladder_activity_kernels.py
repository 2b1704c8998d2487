"""What was added and cancelled at each price of one book since its best prices last changed.

An event is judged at its end: where a best price is then another one (or a clear came), everything
counts from zero. What a snapshot adds was there before, and a clear takes nothing back by itself,
so neither counts.

A fill is not a cancel. Venues tell a trade as one event: a trade (``T``, the aggressor), then a
fill (``F``) for each resting order, then a cancel or a modify of each of these orders that takes
the filled size out of the book. So each fill is remembered until its event ends, and as much as
was filled of what a later cancel or modify of the same order takes away is the trade's.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from ticktape.book.effects import EffectKind
from ticktape.book.effects_kernels import apply_row_with_effect
from ticktape.book.mbo_find_kernels import find_book, table_home
from ticktape.book.mbo_state_kernels import (
    BOOK_NOT_WANTED,
    HALF,
    LOW_HALF,
    NO_ROOM,
    SKIPPED,
    Integer,
    MboState,
    Row,
)
from ticktape.ops.kernels import lean_kernel
from ticktape.tape.layouts import ACTION_FILL, F_LAST, F_SNAPSHOT, SIDE_ASK, UNDEF_PRICE

# What happened at a price of a side, in the touch that `touch` counts.
PRICE_ACTIVITY: Final = np.dtype(
    [("price", "i8"), ("touch", "i8"), ("added", "i8"), ("cancelled", "i8"), ("used", "i8")]
)
# What of an order was filled in an event, and not yet taken out of the book.
FILL: Final = np.dtype([("order_id", "u8"), ("event", "i8"), ("size", "i8")])

TOUCH: Final = 0
EVENT: Final = 1
BEST_BID: Final = 2
BEST_ASK: Final = 3
PRICES_USED: Final = 4
FILLS_USED: Final = 5
CLEARED: Final = 6
COLUMNS: Final = 7

_NONE: Final = int(EffectKind.NONE)
_ADD: Final = int(EffectKind.ADD)
_CANCEL: Final = int(EffectKind.CANCEL)
_MODIFY: Final = int(EffectKind.MODIFY)
_CLEAR: Final = int(EffectKind.CLEAR)
# 2**32 over the golden ratio, as for orders: its product with 32 bits stays within 64.
_SPREAD: Final = np.uint64(2654435769)


class ActivityState(NamedTuple):
    """Activity of one book; tables are open-addressing, a power of two long, half full at most.

    Attributes
    ----------
    prices : numpy.ndarray
        Shape ``(2, n)``, dtype ``PRICE_ACTIVITY``: bids, asks.
    fills : numpy.ndarray
        dtype ``FILL``; rows of earlier events are void, but keep their place.
    usage : numpy.ndarray
        Counts and the best prices at the end of the last event, ``i8``.
    """

    prices: np.ndarray
    fills: np.ndarray
    usage: np.ndarray


def new_activity_state(prices: int = 256, fills: int = 64) -> ActivityState:
    """Make a state in which nothing happened yet; both sizes are powers of two."""
    usage = np.zeros(COLUMNS, np.int64)
    usage[TOUCH] = 1
    usage[EVENT] = 1
    usage[BEST_BID] = usage[BEST_ASK] = UNDEF_PRICE
    return ActivityState(np.zeros((2, prices), PRICE_ACTIVITY), np.zeros(fills, FILL), usage)


@lean_kernel
def activity_home(key: Integer, length: Integer) -> Integer:
    """Give the entry of a table of that length where a price or an order belongs."""
    folded = (np.uint64(key) & LOW_HALF) ^ (np.uint64(key) >> HALF)
    return table_home((folded * _SPREAD) & LOW_HALF, length)


@lean_kernel
def price_row(state: ActivityState, side: Integer, price: Integer) -> Integer:
    """Give the entry of a price, entering it where it is new; its counts are of this touch."""
    table = state.prices[side]
    at = activity_home(price, len(table))
    while table[at]["used"] != 0 and table[at]["price"] != price:
        at = (at + 1) & (len(table) - 1)
    row = table[at]
    if row["used"] == 0:
        row["used"] = 1
        row["price"] = price
        state.usage[PRICES_USED] += 1
    if row["touch"] != state.usage[TOUCH]:
        row["touch"] = state.usage[TOUCH]
        row["added"] = 0
        row["cancelled"] = 0
    return at


@lean_kernel
def remember_fill(state: ActivityState, order_id: Integer, size: Integer) -> None:
    """Add to what of an order was filled in this event."""
    fills = state.fills
    at = activity_home(order_id, len(fills))
    while fills[at]["event"] == state.usage[EVENT] and fills[at]["order_id"] != order_id:
        at = (at + 1) & (len(fills) - 1)
    if fills[at]["event"] != state.usage[EVENT]:
        fills[at]["event"] = state.usage[EVENT]
        fills[at]["order_id"] = order_id
        fills[at]["size"] = 0
        state.usage[FILLS_USED] += 1
    fills[at]["size"] += size


@lean_kernel
def take_fill(state: ActivityState, order_id: Integer, size: Integer) -> Integer:
    """Take from what of an order was filled in this event, at most a size; give how much."""
    if state.usage[FILLS_USED] == 0:
        return np.int64(0)
    fills = state.fills
    at = activity_home(order_id, len(fills))
    while fills[at]["event"] == state.usage[EVENT]:
        if fills[at]["order_id"] == order_id:
            taken = min(np.int64(size), np.int64(fills[at]["size"]))
            fills[at]["size"] -= taken
            return taken
        at = (at + 1) & (len(fills) - 1)
    return np.int64(0)


@lean_kernel
def count_effect(state: ActivityState, record: Row, effect: Row) -> None:
    """Count what a record did to its book."""
    kind = np.int64(effect["kind"])
    if kind == _NONE:
        if record["action"] == ACTION_FILL:
            remember_fill(state, record["order_id"], np.int64(record["size"]))
        return
    if kind == _CLEAR:
        state.usage[CLEARED] = 1
        return
    if record["flags"] & F_SNAPSHOT:
        return
    side = np.int64(effect["side"] == SIDE_ASK)
    price = np.int64(effect["price"])
    size = np.int64(effect["size"])
    if kind == _ADD:
        at = price_row(state, side, price)
        state.prices[side, at]["added"] += size
    elif kind == _CANCEL:
        at = price_row(state, side, price)
        state.prices[side, at]["cancelled"] += size - take_fill(state, record["order_id"], size)
    elif kind == _MODIFY:
        old_side = np.int64(effect["old_side"] == SIDE_ASK)
        old_price = np.int64(effect["old_price"])
        old_size = np.int64(effect["old_size"])
        if old_side != side or old_price != price:
            at = price_row(state, old_side, old_price)
            gone = old_size - take_fill(state, record["order_id"], old_size)
            state.prices[old_side, at]["cancelled"] += gone
            at = price_row(state, side, price)
            state.prices[side, at]["added"] += size
        elif size > old_size:
            at = price_row(state, side, price)
            state.prices[side, at]["added"] += size - old_size
        elif size < old_size:
            at = price_row(state, side, price)
            gone = old_size - size
            gone -= take_fill(state, record["order_id"], gone)
            state.prices[side, at]["cancelled"] += gone


@lean_kernel
def best_price(book: MboState, side: Integer) -> Integer:
    """Give the best price of a side, or ``UNDEF_PRICE``."""
    own = book.sides[side]
    if own["levels"] == 0:
        return np.int64(UNDEF_PRICE)
    at = np.int64(own["start"]) + np.int64(own["levels"]) - 1
    return np.int64(book.slots[book.ladder_levels[at]]["price"])


@lean_kernel
def end_event(state: ActivityState, book: MboState, number: Integer) -> None:
    """Forget the event's fills; begin to count anew where a best price has changed."""
    usage = state.usage
    bid = best_price(book, 2 * number)
    ask = best_price(book, 2 * number + 1)
    if bid != usage[BEST_BID] or ask != usage[BEST_ASK] or usage[CLEARED]:
        usage[TOUCH] += 1
        usage[BEST_BID] = bid
        usage[BEST_ASK] = ask
        usage[CLEARED] = 0
    usage[EVENT] += 1
    usage[FILLS_USED] = 0


@lean_kernel
def has_activity_room(state: ActivityState) -> bool:
    """Tell whether a record's prices and fill can be entered."""
    return bool(
        state.usage[PRICES_USED] + 2 <= state.prices.shape[1] >> 1
        and state.usage[FILLS_USED] + 1 <= len(state.fills) >> 1
    )


@lean_kernel
def follow_records(
    book: MboState, state: ActivityState, records: np.ndarray, start: Integer, effects: np.ndarray
) -> Integer:
    """Apply records to their book, write their effects and count them.

    Returns the first record not applied for want of room, of the book or of the activity.
    """
    for i in range(start, len(records)):
        record = records[i]
        number = find_book(book, record["publisher_id"], record["instrument_id"])
        if number == BOOK_NOT_WANTED:
            book.usage[SKIPPED] += 1
            continue
        if number == NO_ROOM or not has_activity_room(state):
            return i
        if apply_row_with_effect(book, number, record, effects[i]) == NO_ROOM:
            return i
        count_effect(state, record, effects[i])
        if record["flags"] & F_LAST:
            end_event(state, book, number)
    return len(records)


@lean_kernel
def enter_current_prices(old: ActivityState, new: ActivityState) -> None:
    """Enter the prices of this touch into a new state's tables."""
    for side in range(2):
        for i in range(old.prices.shape[1]):
            row = old.prices[side, i]
            if row["used"] and row["touch"] == new.usage[TOUCH]:
                at = price_row(new, side, row["price"])
                new.prices[side, at]["added"] = row["added"]
                new.prices[side, at]["cancelled"] = row["cancelled"]


@lean_kernel
def enter_current_fills(old: ActivityState, new: ActivityState) -> None:
    """Enter the fills of this event into a new state's table."""
    for i in range(len(old.fills)):
        row = old.fills[i]
        if row["event"] == new.usage[EVENT]:
            remember_fill(new, row["order_id"], row["size"])


@lean_kernel
def mark_levels(state: ActivityState, levels: np.ndarray) -> None:
    """Write what was added and cancelled at each level of a ladder."""
    most = np.int64(0xFFFFFFFF)
    for i in range(len(levels)):
        level = levels[i]
        table = state.prices[np.int64(level["side"] == SIDE_ASK)]
        at = activity_home(level["price"], len(table))
        while table[at]["used"] != 0 and table[at]["price"] != level["price"]:
            at = (at + 1) & (len(table) - 1)
        row = table[at]
        if row["used"] != 0 and row["touch"] == state.usage[TOUCH]:
            level["added"] = min(np.int64(row["added"]), most)
            level["cancelled"] = min(np.int64(row["cancelled"]), most)
