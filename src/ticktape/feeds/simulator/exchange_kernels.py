"""The simulated exchange at work: the next event, whatever it is, until enough was written."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from ticktape.feeds.simulator.auction_kernels import uncross
from ticktape.feeds.simulator.emission_kernels import begin_event, next_order_id, write_record
from ticktape.feeds.simulator.flow_kernels import (
    draw_aggressor,
    draw_aggressor_size,
    draw_lifetime,
    draw_opinion,
    draw_place,
    draw_size,
    fair_value,
    schedule_arrival,
)
from ticktape.feeds.simulator.matching_kernels import (
    change_order,
    is_within,
    rest_order,
    take_liquidity,
)
from ticktape.feeds.simulator.queue_kernels import give_slot_back, leave_queue
from ticktape.feeds.simulator.random_kernels import below, uniform
from ticktape.feeds.simulator.state import (
    ASK,
    BID,
    EMITTED,
    EVENT_RECORDS,
    ICEBERG_SHARE,
    LAST_INSTRUMENT,
    NEXT_ARRIVAL,
    NO_SIDE,
    NONE,
    NOW,
    OPENS,
    ORDER_CAPACITY,
    PLACES,
    UNCROSSED,
    ExchangeState,
    Integer,
)
from ticktape.ops.kernels import kernel, lean_kernel
from ticktape.tape.layouts import (
    ACTION_ADD,
    ACTION_CANCEL,
    ACTION_CLEAR,
    ACTION_MODIFY,
    F_BAD_TS_RECV,
    F_LAST,
    F_SNAPSHOT,
    UNDEF_PRICE,
)

_ARRIVAL = -1
_AGGRESSIVE = 0.088
_MODIFYING = 0.20
# Instruments open one after the other.
_OPENING_GAP_NS = 1_000

# What happens next: (kind, slot, side, place, size, hidden, rests).
Wish: TypeAlias = tuple[Integer, Integer, Integer, Integer, Integer, Integer, Integer]
_NOTHING = 0
_ADD = 1
_CANCEL = 2
_MODIFY = 3
_TAKE = 4


@lean_kernel
def _wish_to(
    kind: int,
    slot: Integer,
    side: Integer,
    place: Integer,
    size: Integer,
    hidden: Integer,
    rests: Integer,
) -> Wish:
    return (
        np.int64(kind),
        np.int64(slot),
        np.int64(side),
        np.int64(place),
        np.int64(size),
        np.int64(hidden),
        np.int64(rests),
    )


# A price that would trade takes liquidity, makes an order at the old price give way, or is placed
# just behind it: so the quotes follow the fair value.
@lean_kernel
def _wish_passively(state: ExchangeState, instrument: Integer, fair: float, trading: bool) -> Wish:
    rng = state.rng
    side = below(rng, 2)
    opinion = fair if trading else fair + draw_opinion(state)
    place = draw_place(state, side, opinion)
    shown = draw_size(state)
    drawn = uniform(rng)
    other = 1 - side
    opposite = state.best[instrument, other]
    if trading and 0 <= opposite < PLACES and is_within(side, opposite, place):
        if drawn < 0.25:
            return _wish_to(_TAKE, 0, side, place, shown, 0, 1)
        if drawn < 0.55:
            return _wish_to(_CANCEL, state.tails[instrument, other, opposite], 0, 0, 0, 0, 0)
        place = opposite - 1 if side == BID else opposite + 1
    hidden: Integer = 0
    if trading and shown > 1 and drawn < state.gauges[ICEBERG_SHARE]:
        hidden = shown * (2 + below(rng, 9))
    return _wish_to(_ADD, 0, side, place, shown, hidden, 0)


@lean_kernel
def _wish_aggressively(state: ExchangeState, instrument: Integer, fair: float) -> Wish:
    rng = state.rng
    side = draw_aggressor(state, instrument, fair)
    other = 1 - side
    opposite = state.best[instrument, other]
    if opposite < 0 or opposite >= PLACES:
        return _wish_to(_NOTHING, 0, 0, 0, 0, 0, 0)
    size = draw_aggressor_size(state, instrument, other)
    drawn = uniform(rng)
    deep = 0 if drawn < 0.85 else 1 + below(rng, 3)
    limit = opposite + deep if side == BID else opposite - deep
    rests = np.int64(uniform(rng) < 0.2)
    return _wish_to(_TAKE, 0, side, min(max(limit, 0), PLACES - 1), size, 0, rests)


@lean_kernel
def _wish_to_modify(state: ExchangeState, instrument: Integer, fair: float, trading: bool) -> Wish:
    rng = state.rng
    slot = np.int64(state.heap[instrument, below(rng, state.instruments[instrument].live)])
    order = state.orders[slot]
    side = np.int64(order.side)
    drawn = uniform(rng)
    place: Integer = np.int64(order.place)
    shown: Integer = np.int64(order.shown)
    if order.hidden == 0 and drawn < 0.25 and shown > 1:
        shown = 1 + below(rng, shown - 1)
    elif order.hidden == 0 and drawn < 0.32:
        shown += 1 + below(rng, 3)
    else:
        place = draw_place(state, side, fair)
        opposite = state.best[instrument, 1 - side]
        if trading and is_within(side, opposite, place):
            place = opposite - 1 if side == BID else opposite + 1
        if place == order.place:
            place += -1 if side == BID else 1
        place = min(max(place, 0), PLACES - 1)
    return _wish_to(_MODIFY, slot, side, place, shown, 0, 0)


@lean_kernel
def _draw_wish(state: ExchangeState, instrument: Integer, fair: float) -> Wish:
    trading = state.clock[UNCROSSED] > instrument
    live = state.instruments[instrument].live
    drawn = uniform(state.rng)
    if trading and drawn < _AGGRESSIVE:
        return _wish_aggressively(state, instrument, fair)
    if drawn < _MODIFYING and live > 0:
        return _wish_to_modify(state, instrument, fair, trading)
    if live >= ORDER_CAPACITY - 1:
        return _wish_to(_CANCEL, state.heap[instrument, 0], 0, 0, 0, 0, 0)
    return _wish_passively(state, instrument, fair, trading)


@lean_kernel
def _carry_out(
    state: ExchangeState,
    out: np.ndarray,
    at: Integer,
    instrument: Integer,
    now: Integer,
    fair: float,
    wish: Wish,
) -> Integer:
    kind, slot, side, place, size, hidden, rests = wish
    if kind == _NOTHING:
        return at
    event = begin_event(state, instrument, now)
    dies_ns: Integer = 0
    if kind in (_ADD, _TAKE):
        dies_ns = now + draw_lifetime(state, instrument, abs(place - np.int64(fair)))
    if kind == _TAKE:
        return take_liquidity(state, out, at, event, side, place, size, rests, dies_ns)
    action = np.int64(ACTION_ADD)
    order_id: Integer = 0
    if kind == _ADD:
        order_id = next_order_id(state)
    else:
        order = state.orders[slot]
        order_id = order.order_id
        side = np.int64(order.side)
        action = np.int64(ACTION_MODIFY)
        if kind == _CANCEL:
            action = np.int64(ACTION_CANCEL)
            place = np.int64(order.place)
            size = np.int64(order.shown)
    at = write_record(state, out, at, event, action, side, order_id, place, size, np.int64(F_LAST))
    if kind == _ADD:
        rest_order(state, instrument, now, side, place, size, hidden, order_id, dies_ns)
    elif kind == _MODIFY:
        change_order(state, instrument, now, slot, place, size)
    else:
        leave_queue(state, instrument, slot)
        give_slot_back(state, instrument, slot)
    return at


# Write whole events until ``wanted`` records are there, or the next event lies after
# ``until_ns``, or it might not fit; gives the number of records written.
@kernel
def advance(state: ExchangeState, out: np.ndarray, wanted: Integer, until_ns: Integer) -> Integer:
    """Write the next events; give the number of records written."""
    clock = state.clock
    count = state.instruments.shape[0]
    at: Integer = np.int64(0)
    while at < wanted:
        time = clock[NEXT_ARRIVAL]
        which: Integer = _ARRIVAL
        for instrument in range(count):
            if state.instruments[instrument].live > 0 and state.heap_ns[instrument, 0] < time:
                time = state.heap_ns[instrument, 0]
                which = instrument
        opening = clock[UNCROSSED]
        room: Integer = EVENT_RECORDS
        if opening < count and clock[OPENS] + opening * _OPENING_GAP_NS <= time:
            time = clock[OPENS] + opening * _OPENING_GAP_NS
            which = count
            room = 1 + 2 * state.instruments[opening].live
        if time > until_ns or at + room > out.shape[0]:
            break
        clock[NOW] = time
        arrived = False
        if which == count:
            at = uncross(state, out, at, opening, time)
            clock[UNCROSSED] += 1
            continue
        if which >= 0:
            fair = 0.0
            wish = _wish_to(_CANCEL, state.heap[which, 0], 0, 0, 0, 0, 0)
        else:
            which = clock[LAST_INSTRUMENT]
            fair = fair_value(state, which, time)
            wish = _draw_wish(state, which, fair)
            arrived = True
        at = _carry_out(state, out, at, which, time, fair, wish)
        if arrived:
            schedule_arrival(state)
    return at


# The book of an instrument as a snapshot: a clear, then every order, bids then asks, best level
# first, in queue order; ``ts_event`` is the order's own. Source: Databento, "MBO snapshots".
@kernel
def write_snapshot(
    state: ExchangeState, out: np.ndarray, at: Integer, instrument: Integer, ts_recv: Integer
) -> Integer:
    """Write the book of an instrument as a snapshot."""
    sequence = state.sequences[state.instruments[instrument].channel_index]
    flags = np.int64(F_SNAPSHOT | F_BAD_TS_RECV)
    # A snapshot is a look from outside: it does not count as flow.
    emitted = state.clock[EMITTED]
    event = (instrument, ts_recv, ts_recv, np.int64(0), sequence)
    at = write_record(
        state, out, at, event, np.int64(ACTION_CLEAR), NO_SIDE, NONE, NONE, NONE, flags
    )
    out[at - 1]["price"] = UNDEF_PRICE
    for side in (BID, ASK):
        step = -1 if side == BID else 1
        level = state.best[instrument, side]
        while 0 <= level < PLACES:
            slot = state.heads[instrument, side, level]
            while slot >= 0:
                order = state.orders[slot]
                event = (instrument, order.ts_event, ts_recv, np.int64(0), sequence)
                at = write_record(
                    state,
                    out,
                    at,
                    event,
                    np.int64(ACTION_ADD),
                    side,
                    order.order_id,
                    np.int64(order.place),
                    np.int64(order.shown),
                    flags,
                )
                slot = order.behind
            level += step
    out[at - 1]["flags"] = flags | F_LAST
    state.clock[EMITTED] = emitted
    return at
