"""The simulated exchange at work: the next event, whatever it is, until enough was written."""

from __future__ import annotations

import numpy as np

from ticktape.feeds.simulator.auction_kernels import uncross
from ticktape.feeds.simulator.emission_kernels import write_record
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
    add_order,
    cancel_order,
    is_within,
    modify_order,
    take_liquidity,
)
from ticktape.feeds.simulator.random_kernels import below, uniform
from ticktape.feeds.simulator.state import (
    ASK,
    BID,
    EMITTED,
    EVENT_RECORDS,
    LAST_INSTRUMENT,
    NEXT_ARRIVAL,
    NO_SIDE,
    NOW,
    OPENS,
    ORDER_CAPACITY,
    PLACES,
    UNCROSSED,
    ExchangeState,
    Integer,
)
from ticktape.ops.kernels import kernel
from ticktape.tape.layouts import (
    ACTION_ADD,
    ACTION_CLEAR,
    F_BAD_TS_RECV,
    F_LAST,
    F_SNAPSHOT,
    UNDEF_PRICE,
)

_ARRIVAL = -1
_AGGRESSIVE = 0.088
_MODIFYING = 0.20
_ICEBERG = 0.012
# Instruments open one after the other.
_OPENING_GAP_NS = 1_000


# A price that would trade takes liquidity, makes an order at the old price give way, or is placed
# just behind it: so the quotes follow the fair value.
@kernel
def _arrive_passively(
    state: ExchangeState,
    out: np.ndarray,
    at: Integer,
    instrument: Integer,
    now: Integer,
    fair: float,
    trading: bool,
) -> Integer:
    rng = state.rng
    side = below(rng, 2)
    opinion = fair if trading else fair + draw_opinion(state)
    place = draw_place(state, side, opinion)
    shown = draw_size(state)
    other = 1 - side
    opposite = state.best[instrument, other]
    if trading and is_within(side, opposite, place) and 0 <= opposite < PLACES:
        drawn = uniform(rng)
        if drawn < 0.25:
            dies_ns = now + draw_lifetime(state, instrument, 0)
            return take_liquidity(
                state, out, at, instrument, now, side, place, shown, True, dies_ns
            )
        if drawn < 0.55:
            return cancel_order(
                state, out, at, instrument, now, state.tails[instrument, other, opposite]
            )
        place = opposite - 1 if side == BID else opposite + 1
    hidden = 0
    if trading and shown > 1 and uniform(rng) < _ICEBERG * 4:
        hidden = shown * (2 + below(rng, 9))
    dies_ns = now + draw_lifetime(state, instrument, abs(place - np.int64(fair)))
    return add_order(state, out, at, instrument, now, side, place, shown, hidden, dies_ns)


@kernel
def _arrive_aggressively(
    state: ExchangeState,
    out: np.ndarray,
    at: Integer,
    instrument: Integer,
    now: Integer,
    fair: float,
) -> Integer:
    rng = state.rng
    side = draw_aggressor(state, instrument, fair)
    other = 1 - side
    opposite = state.best[instrument, other]
    if opposite < 0 or opposite >= PLACES:
        return at
    size = draw_aggressor_size(state, instrument, other)
    drawn = uniform(rng)
    deep = 0 if drawn < 0.85 else 1 + below(rng, 3)
    limit = opposite + deep if side == BID else opposite - deep
    rests = uniform(rng) < 0.2
    dies_ns = now + draw_lifetime(state, instrument, 0)
    return take_liquidity(state, out, at, instrument, now, side, limit, size, rests, dies_ns)


@kernel
def _modify_one(
    state: ExchangeState,
    out: np.ndarray,
    at: Integer,
    instrument: Integer,
    now: Integer,
    fair: float,
    trading: bool,
) -> Integer:
    rng = state.rng
    live = state.instruments[instrument].live
    slot = state.heap[instrument, below(rng, live)]
    order = state.orders[slot]
    drawn = uniform(rng)
    place: Integer = np.int64(order.place)
    shown: Integer = np.int64(order.shown)
    if order.hidden == 0 and drawn < 0.25 and shown > 1:
        shown = 1 + below(rng, shown - 1)
    elif order.hidden == 0 and drawn < 0.32:
        shown += 1 + below(rng, 3)
    else:
        place = draw_place(state, order.side, fair)
        opposite = state.best[instrument, 1 - order.side]
        if trading and is_within(order.side, opposite, place):
            place = opposite - 1 if order.side == BID else opposite + 1
        if place == order.place:
            place += -1 if order.side == BID else 1
        place = min(max(place, 0), PLACES - 1)
    return modify_order(state, out, at, instrument, now, slot, place, shown)


@kernel
def _arrive(state: ExchangeState, out: np.ndarray, at: Integer, now: Integer) -> Integer:
    instrument = state.clock[LAST_INSTRUMENT]
    trading = state.clock[UNCROSSED] > instrument
    fair = fair_value(state, instrument, now)
    drawn = uniform(state.rng)
    live = state.instruments[instrument].live
    if trading and drawn < _AGGRESSIVE:
        return _arrive_aggressively(state, out, at, instrument, now, fair)
    if drawn < _MODIFYING and live > 0:
        return _modify_one(state, out, at, instrument, now, fair, trading)
    if live >= ORDER_CAPACITY - 1:
        return cancel_order(state, out, at, instrument, now, state.heap[instrument, 0])
    return _arrive_passively(state, out, at, instrument, now, fair, trading)


# Write whole events until ``wanted`` records are there, or the next event lies after
# ``until_ns``, or it might not fit; gives the number of records written.
@kernel
def advance(state: ExchangeState, out: np.ndarray, wanted: Integer, until_ns: Integer) -> Integer:
    """Write the next events; give the number of records written."""
    clock = state.clock
    count = state.instruments.shape[0]
    at: Integer = 0
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
        if which == count:
            at = uncross(state, out, at, opening, time)
            clock[UNCROSSED] += 1
        elif which >= 0:
            at = cancel_order(state, out, at, which, time, state.heap[which, 0])
        else:
            at = _arrive(state, out, at, time)
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
    flags = F_SNAPSHOT | F_BAD_TS_RECV
    # A snapshot is a look from outside: it does not count as flow.
    emitted = state.clock[EMITTED]
    event = (instrument, ts_recv, ts_recv, np.int64(0), sequence)
    at = write_record(state, out, at, event, ACTION_CLEAR, NO_SIDE, 0, 0, 0, flags)
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
                    ACTION_ADD,
                    side,
                    order.order_id,
                    order.place,
                    order.shown,
                    flags,
                )
                slot = order.behind
            level += step
    out[at - 1]["flags"] = flags | F_LAST
    state.clock[EMITTED] = emitted
    return at
