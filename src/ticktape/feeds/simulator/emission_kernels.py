"""Writing the simulated exchange's MBO records as Databento publishes CME's.

What a real GLBX.MDP3 tape shows, and this follows: the records of an event share ``ts_event``,
``ts_recv``, ``ts_in_delta`` and ``sequence``; an aggressor is a T for each price (its own
``order_id``, its side, the size done at that price) followed by the F of each resting order; then
the book's changes, bids before asks: C with the published size where an order is gone, M with what
is left where it is not, A for the rest of the aggressor. The last record carries ``F_LAST`` alone
(128), all others 0. A fill changes no book; the C or M that goes with it does.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ticktape.feeds.simulator.random_kernels import below
from ticktape.feeds.simulator.state import (
    ASK,
    BID,
    EMITTED,
    LAST_RECEIVED,
    NEXT_ORDER_ID,
    Event,
    ExchangeState,
    Integer,
)
from ticktape.ops.kernels import lean_kernel
from ticktape.tape.layouts import SIDE_ASK, SIDE_BID, SIDE_NONE

_LENGTH = 14
_RTYPE = 160
_PUBLISHER = 1
# From the matching engine to the capture: network and queueing, which never overtake each other.
_LATENCY_NS = 75_000
_LATENCY_SPREAD_NS = 30_000
_SENDING_DELTA_NS = 10_000
_SENDING_DELTA_SPREAD_NS = 8_000
_SEQUENCE_MASK = 0xFFFFFFFF


@lean_kernel
def begin_event(state: ExchangeState, instrument: Integer, ts_event: Integer) -> Event:
    """Give what all records of an event share, and advance the channel's sequence number."""
    received = ts_event + _LATENCY_NS + below(state.rng, _LATENCY_SPREAD_NS)
    received = max(received, state.clock[LAST_RECEIVED] + 1)
    state.clock[LAST_RECEIVED] = received
    channel = state.instruments[instrument].channel_index
    sequence = (state.sequences[channel] + 1) & _SEQUENCE_MASK
    state.sequences[channel] = sequence
    delta = _SENDING_DELTA_NS + below(state.rng, _SENDING_DELTA_SPREAD_NS)
    return instrument, ts_event, received, delta, sequence


# Order ids grow by small steps: other markets of the venue use the ids between.
@lean_kernel
def next_order_id(state: ExchangeState) -> Integer:
    """Give the id of the next order to arrive."""
    order_id: Integer = state.clock[NEXT_ORDER_ID] + 1 + below(state.rng, 4)
    state.clock[NEXT_ORDER_ID] = order_id
    return order_id


@lean_kernel
def side_letter(side: Integer) -> int:
    """Give the byte of a side."""
    if side == BID:
        return SIDE_BID
    if side == ASK:
        return SIDE_ASK
    return SIDE_NONE


@lean_kernel
def write_record(
    state: ExchangeState,
    out: np.ndarray,
    at: Integer,
    event: Event,
    action: Integer,
    side: Integer,
    order_id: Integer,
    place: Integer,
    size: Integer,
    flags: Integer,
) -> Integer:
    """Write one MBO record at `at`; give the index after it."""
    instrument, ts_event, ts_recv, delta, sequence = event
    row = state.instruments[instrument]
    record: Any = out[at]
    record.length = _LENGTH
    record.rtype = _RTYPE
    record.publisher_id = _PUBLISHER
    record.instrument_id = row.instrument_id
    record.ts_event = np.uint64(ts_event)
    record.order_id = np.uint64(order_id)
    record.price = row.base_price + place * row.tick
    record["size"] = size
    record["flags"] = flags
    record.channel_id = row.channel
    record.action = action
    record.side = side_letter(side)
    record.ts_recv = np.uint64(ts_recv)
    record.ts_in_delta = delta
    record.sequence = sequence
    state.clock[EMITTED] += 1
    return at + 1
