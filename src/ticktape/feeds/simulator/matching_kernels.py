"""The matching engine: price, then time; icebergs; the opening uncross."""

from __future__ import annotations

import numpy as np

from ticktape.feeds.simulator.emission_kernels import next_order_id, write_record
from ticktape.feeds.simulator.queue_kernels import (
    give_slot_back,
    join_queue,
    leave_queue,
    take_slot,
)
from ticktape.feeds.simulator.state import (
    BID,
    FILLS_AT_MOST,
    NONE,
    PLACES,
    Event,
    ExchangeState,
    Integer,
)
from ticktape.ops.kernels import lean_kernel
from ticktape.tape.layouts import (
    ACTION_ADD,
    ACTION_CANCEL,
    ACTION_FILL,
    ACTION_MODIFY,
    ACTION_TRADE,
    F_LAST,
)

_NO_SIDE = 2

_ADD = np.int64(ACTION_ADD)
_CANCEL = np.int64(ACTION_CANCEL)
_MODIFY = np.int64(ACTION_MODIFY)
_TRADE = np.int64(ACTION_TRADE)
_FILL = np.int64(ACTION_FILL)


@lean_kernel
def is_within(side: Integer, place: Integer, limit: Integer) -> bool:
    """Tell whether a price is at or better than a limit, for who takes it."""
    return bool(place <= limit if side == BID else place >= limit)


@lean_kernel
def rest_order(
    state: ExchangeState,
    instrument: Integer,
    ts_event: Integer,
    side: Integer,
    place: Integer,
    shown: Integer,
    hidden: Integer,
    order_id: Integer,
    dies_ns: Integer,
) -> None:
    """Enter an order into the book, without a record."""
    slot = take_slot(state, instrument, dies_ns)
    order = state.orders[slot]
    order.order_id = order_id
    order.ts_event = ts_event
    order.place = place
    order.side = side
    order.shown = shown
    order.hidden = hidden
    order.peak = shown
    order.touched = 0
    join_queue(state, instrument, slot)


# A new price or a larger size goes to the end of the queue; a smaller size keeps its place.
@lean_kernel
def change_order(
    state: ExchangeState,
    instrument: Integer,
    ts_event: Integer,
    slot: Integer,
    place: Integer,
    shown: Integer,
) -> None:
    """Give an order a new price, or a new size."""
    order = state.orders[slot]
    loses = place != order.place or shown > order.shown
    if loses:
        leave_queue(state, instrument, slot)
    order.place = place
    order.shown = shown
    order.peak = max(order.peak, shown)
    order.ts_event = ts_event
    if loses:
        join_queue(state, instrument, slot)


# Fill the level's orders from its head with up to ``left``: writes the F records, notes the orders
# changed, and gives (at, left, orders changed, fills still allowed).
@lean_kernel
def fill_level(
    state: ExchangeState,
    out: np.ndarray,
    at: Integer,
    event: Event,
    side: Integer,
    level: Integer,
    price: Integer,
    left: Integer,
    changed: Integer,
    allowed: Integer,
) -> tuple[Integer, Integer, Integer, Integer]:
    """Fill the orders of a level, from its head."""
    slot = np.int64(state.heads[event[0], side, level])
    while slot >= 0 and left > 0 and allowed > 0:
        order = state.orders[slot]
        if order.shown > 0:
            taken = min(np.int64(order.shown), left)
            if order.touched == 0:
                order.touched = 1
                order.published = order.shown
                state.touched[changed] = slot
                changed += 1
            order.shown -= taken
            left -= taken
            allowed -= 1
            at = write_record(
                state, out, at, event, _FILL, side, order.order_id, price, taken, NONE
            )
        slot = order.behind
    return at, left, changed, allowed


# Icebergs of the level whose peak is gone show the next one.
@lean_kernel
def refill_level(state: ExchangeState, instrument: Integer, side: Integer, level: Integer) -> bool:
    """Let icebergs whose peak is gone show the next one; tell whether any did."""
    refilled = False
    slot = state.heads[instrument, side, level]
    while slot >= 0:
        order = state.orders[slot]
        if order.shown == 0 and order.hidden > 0:
            order.shown = min(order.peak, order.hidden)
            order.hidden -= order.shown
            refilled = True
        slot = order.behind
    return refilled


# After the fills of a level: orders that are done leave it, those that show more than was
# published (an iceberg's new peak) go to its end, the others keep their place. So the queue is
# what the published records say, to anyone who reads them by the documented rules.
@lean_kernel
def settle_level(state: ExchangeState, instrument: Integer, first: Integer, end: Integer) -> None:
    """Bring the queue of a level up to date with its fills."""
    for index in range(first, end):
        slot = np.int64(state.touched[index])
        order = state.orders[slot]
        if order.shown == 0:
            leave_queue(state, instrument, slot)
        elif order.shown > order.published:
            leave_queue(state, instrument, slot)
            join_queue(state, instrument, slot)


@lean_kernel
def write_changes(
    state: ExchangeState, out: np.ndarray, at: Integer, event: Event, first: Integer, end: Integer
) -> Integer:
    """Write what the fills have changed: C where an order is gone, else M."""
    for index in range(first, end):
        slot = np.int64(state.touched[index])
        order = state.orders[slot]
        gone = order.shown == 0
        at = write_record(
            state,
            out,
            at,
            event,
            _CANCEL if gone else _MODIFY,
            np.int64(order.side),
            order.order_id,
            np.int64(order.place),
            np.int64(order.published if gone else order.shown),
            NONE,
        )
        order.touched = 0
        if gone:
            give_slot_back(state, event[0], slot)
    return at


# An order that takes liquidity up to its limit; the best price is within it. What is left rests at
# the limit where ``rests``; otherwise it is dropped, without a record, as immediate-or-cancel
# orders are. An order that has used up its fills is dropped too, since the level it stopped at may
# still cross its limit.
@lean_kernel
def take_liquidity(
    state: ExchangeState,
    out: np.ndarray,
    at: Integer,
    event: Event,
    side: Integer,
    limit: Integer,
    size: Integer,
    rests: Integer,
    dies_ns: Integer,
) -> Integer:
    """Match an aggressive order."""
    instrument = event[0]
    other = 1 - side
    order_id = next_order_id(state)
    left = size
    changed: Integer = np.int64(0)
    allowed: Integer = np.int64(FILLS_AT_MOST)
    level = state.best[instrument, other]
    while left > 0 and allowed > 0 and 0 <= level < PLACES and is_within(side, level, limit):
        trade = at
        before = left
        first = changed
        at = write_record(state, out, at, event, _TRADE, side, order_id, level, NONE, NONE)
        more = True
        while more and left > 0 and allowed > 0:
            at, left, changed, allowed = fill_level(
                state, out, at, event, other, level, level, left, changed, allowed
            )
            # The last peaks of a level fall due even where the aggressor is done with them.
            more = refill_level(state, instrument, other, level)
        out[trade]["size"] = before - left
        settle_level(state, instrument, first, changed)
        level = state.best[instrument, other]
    resting = left if rests and allowed > 0 else 0
    # Bids before asks: the rest of a buyer comes before the changes of the asks it took.
    for turn in range(2):
        if turn == side:
            if resting > 0:
                at = write_record(state, out, at, event, _ADD, side, order_id, limit, resting, NONE)
        else:
            at = write_changes(state, out, at, event, NONE, changed)
    if resting > 0:
        rest_order(state, instrument, event[1], side, limit, resting, NONE, order_id, dies_ns)
    out[at - 1]["flags"] = F_LAST
    return at
