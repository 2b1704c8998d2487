"""Orders of the simulated exchange: queues at their levels, and the heap of their lifetimes."""

from __future__ import annotations

import numpy as np

from ticktape.feeds.simulator.state import BID, ORDER_CAPACITY, PLACES, ExchangeState, Integer
from ticktape.ops.kernels import lean_kernel


# The best level moves inwards when an order joins in front of it.
@lean_kernel
def join_queue(state: ExchangeState, instrument: Integer, slot: Integer) -> None:
    """Put an order at the end of its level."""
    order = state.orders[slot]
    side = np.int64(order.side)
    place = np.int64(order.place)
    last = state.tails[instrument, side, place]
    order.ahead = last
    order.behind = -1
    if last < 0:
        state.heads[instrument, side, place] = slot
        best = state.best[instrument, side]
        if (place > best) if side == BID else (place < best):
            state.best[instrument, side] = place
    else:
        state.orders[last].behind = slot
    state.tails[instrument, side, place] = slot


# The best level moves outwards to the next that holds an order.
@lean_kernel
def leave_queue(state: ExchangeState, instrument: Integer, slot: Integer) -> None:
    """Take an order out of its level."""
    order = state.orders[slot]
    side = np.int64(order.side)
    place = np.int64(order.place)
    ahead = order.ahead
    behind = order.behind
    if ahead < 0:
        state.heads[instrument, side, place] = behind
    else:
        state.orders[ahead].behind = behind
    if behind < 0:
        state.tails[instrument, side, place] = ahead
    else:
        state.orders[behind].ahead = ahead
    if ahead < 0 and behind < 0 and state.best[instrument, side] == place:
        state.best[instrument, side] = next_level(state, instrument, side, place)


@lean_kernel
def next_level(state: ExchangeState, instrument: Integer, side: Integer, place: Integer) -> Integer:
    """Give the place of the next level outwards that holds an order."""
    heads = state.heads[instrument, side]
    if side == BID:
        place -= 1
        while place >= 0 and heads[place] < 0:
            place -= 1
    else:
        place += 1
        while place < PLACES and heads[place] < 0:
            place += 1
    return place


@lean_kernel
def _settle(
    state: ExchangeState, instrument: Integer, cell: Integer, slot: Integer, dies_ns: Integer
) -> None:
    state.heap[instrument, cell] = slot
    state.heap_ns[instrument, cell] = dies_ns
    state.orders[slot].in_heap = cell


@lean_kernel
def _rise(
    state: ExchangeState, instrument: Integer, cell: Integer, slot: Integer, dies_ns: Integer
) -> None:
    times = state.heap_ns[instrument]
    while cell > 0:
        above = (cell - 1) >> 1
        if times[above] <= dies_ns:
            break
        _settle(state, instrument, cell, state.heap[instrument, above], times[above])
        cell = above
    _settle(state, instrument, cell, slot, dies_ns)


@lean_kernel
def _sink(
    state: ExchangeState,
    instrument: Integer,
    cell: Integer,
    count: Integer,
    slot: Integer,
    dies_ns: Integer,
) -> None:
    times = state.heap_ns[instrument]
    while True:
        below = 2 * cell + 1
        if below >= count:
            break
        if below + 1 < count and times[below + 1] < times[below]:
            below += 1
        if times[below] >= dies_ns:
            break
        _settle(state, instrument, cell, state.heap[instrument, below], times[below])
        cell = below
    _settle(state, instrument, cell, slot, dies_ns)


# A slot for a new order, entered to be cancelled at a time. The caller has made sure of room.
@lean_kernel
def take_slot(state: ExchangeState, instrument: Integer, dies_ns: Integer) -> Integer:
    """Give a slot for a new order, entered to be cancelled at a time."""
    row = state.instruments[instrument]
    live = row.live
    slot: Integer = np.int64(state.free[instrument, ORDER_CAPACITY - 1 - live])
    row.live = live + 1
    _rise(state, instrument, live, slot, dies_ns)
    return slot


@lean_kernel
def give_slot_back(state: ExchangeState, instrument: Integer, slot: Integer) -> None:
    """Free the slot of an order that is gone."""
    row = state.instruments[instrument]
    live = row.live - 1
    row.live = live
    state.free[instrument, ORDER_CAPACITY - 1 - live] = slot
    cell = np.int64(state.orders[slot].in_heap)
    if cell == live:
        return
    moved = np.int64(state.heap[instrument, live])
    dies_ns = state.heap_ns[instrument, live]
    if cell > 0 and state.heap_ns[instrument, (cell - 1) >> 1] > dies_ns:
        _rise(state, instrument, cell, moved, dies_ns)
    else:
        _sink(state, instrument, cell, live, moved, dies_ns)
