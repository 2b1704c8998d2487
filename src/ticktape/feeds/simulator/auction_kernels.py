"""The opening auction: what crosses in the pre-open trades at one price."""

from __future__ import annotations

import numpy as np

from ticktape.feeds.simulator.emission_kernels import begin_event, write_record
from ticktape.feeds.simulator.matching_kernels import fill_level, settle_level, write_changes
from ticktape.feeds.simulator.queue_kernels import next_level
from ticktape.feeds.simulator.state import ASK, BID, NO_SIDE, NONE, ExchangeState, Integer
from ticktape.ops.kernels import kernel
from ticktape.tape.layouts import ACTION_TRADE, F_LAST

_TRADE = np.int64(ACTION_TRADE)


@kernel
def _shown_at(state: ExchangeState, instrument: Integer, side: Integer, level: Integer) -> Integer:
    total: Integer = np.int64(0)
    slot = state.heads[instrument, side, level]
    while slot >= 0:
        total += state.orders[slot].shown
        slot = state.orders[slot].behind
    return total


# The opening price is the one at which most is done; of those, the one that leaves the least
# unmatched; of those, the lowest. Gives (place, volume); volume zero where nothing crosses.
# Source of the rule: CME Globex, "Indicative Opening Price".
@kernel
def opening_price(state: ExchangeState, instrument: Integer) -> tuple[Integer, Integer]:
    """Give the place and the volume of the opening."""
    lowest = state.best[instrument, ASK]
    highest = state.best[instrument, BID]
    if highest < lowest:
        return NONE, NONE
    demand = 0
    level = highest
    while level >= lowest:
        demand += _shown_at(state, instrument, BID, level)
        level -= 1
    supply = 0
    best_place = lowest
    best_volume = 0
    best_rest = 0
    for place in range(lowest, highest + 1):
        supply += _shown_at(state, instrument, ASK, place)
        volume = min(demand, supply)
        rest = abs(demand - supply)
        if volume > best_volume or (volume == best_volume and rest < best_rest):
            best_place, best_volume, best_rest = place, volume, rest
        demand -= _shown_at(state, instrument, BID, place)
    return best_place, best_volume


# The opening: one trade without an aggressor (side N, order id 0) at one price, a fill for every
# order on both sides, then their changes, bids first.
@kernel
def uncross(
    state: ExchangeState, out: np.ndarray, at: Integer, instrument: Integer, ts_event: Integer
) -> Integer:
    """Open an instrument: match what crosses at one price."""
    price, volume = opening_price(state, instrument)
    if volume == 0:
        return at
    event = begin_event(state, instrument, ts_event)
    at = write_record(state, out, at, event, _TRADE, NO_SIDE, NONE, price, volume, NONE)
    changed: Integer = np.int64(0)
    for side in (BID, ASK):
        left: Integer = volume
        level = state.best[instrument, side]
        while left > 0:
            first = changed
            outward = next_level(state, instrument, side, level)
            at, left, changed, _ = fill_level(
                state, out, at, event, side, level, price, left, changed, left
            )
            settle_level(state, instrument, first, changed)
            level = outward
    at = write_changes(state, out, at, event, NONE, changed)
    out[at - 1]["flags"] = F_LAST
    return at
