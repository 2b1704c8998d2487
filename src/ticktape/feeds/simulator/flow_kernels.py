"""The order flow of the simulated exchange: what arrives, when, where, how large, for how long.

A model for exercise, not a calibration: shares and shapes are near those of CME crude oil (of MBO
records 39 % adds, 42 % cancels, 7 % modifies, 7 % fills, 4 % trades; spread one tick most of the
time; half of all orders for one lot; lifetimes from under a millisecond to minutes).
"""

from __future__ import annotations

import numpy as np

from ticktape.feeds.simulator.random_kernels import (
    bell,
    below,
    drawn_from,
    exponential,
    uniform,
)
from ticktape.feeds.simulator.state import (
    ACTIVITY,
    ACTIVITY_ENDS,
    ARRIVALS_PER_NS,
    ASK,
    BID,
    EMITTED,
    EXCITEMENT,
    LAST_INSTRUMENT,
    MIDDLE,
    NEXT_ARRIVAL,
    PLACES,
    RECORDS_PER_NS,
    STARTED,
    ExchangeState,
    Integer,
)
from ticktape.ops.kernels import lean_kernel

# Order sizes, each as often as it is likely out of 256.
SIZES = np.repeat(
    np.array([1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 25, 40, 50, 100]),
    np.array([140, 44, 20, 11, 14, 4, 3, 9, 2, 4, 1, 1, 2, 1]),
)
# Ticks behind the best price at which orders are placed, out of 256.
DISTANCES = np.repeat(
    np.array([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 18, 20, 25, 30, 40, 60, 100, 200]),
    np.array([62, 46, 32, 22, 17, 13, 11, 9, 7, 6, 5, 4, 4, 3, 3, 3, 2, 2, 2, 1, 1, 1]),
)

_SECOND_NS = 1_000_000_000
# Each arrival raises the intensity by a share that dies away over some twenty mean gaps: together
# about half of all arrivals are answers to earlier ones (a self-exciting process).
_EXCITEMENT_STEP = 0.02
_MEMORY_GAPS = 20.0
# How strongly the mean is held to the asked rate: the time over which a shortfall is made good, and
# the least and most that it changes the intensity. So strong that a tape of a few seconds has about
# the rate asked for, so weak that quiet and busy spells stay apart.
_CONTROL_NS = 0.7e9
_LEAST_CONTROL = 0.4
_MOST_CONTROL = 3.0
_FAR = PLACES // 2 - 1024
# Pull towards the price of the start, per second.
_REVERSION = 3.0e-6


# Nearly exp(-x), by arithmetic that is the same everywhere.
@lean_kernel
def _faded(x: float) -> float:
    return 1.0 / (1.0 + x * (1.0 + x * (0.5 + x * 0.1666)))


# Quiet, usual, busy and bursting spells of event time; with a burst comes news: a jump of the
# fair value of one instrument. Shares of time and levels give a mean of about one.
@lean_kernel
def _begin_spell(state: ExchangeState, now: Integer) -> None:
    rng = state.rng
    drawn = uniform(rng)
    if drawn < 0.46:
        level, seconds = 0.5, 0.2 + exponential(rng)
    elif drawn < 0.80:
        level, seconds = 1.0, 0.2 + exponential(rng)
    elif drawn < 0.97:
        level, seconds = 2.2, 0.2 + exponential(rng)
    else:
        level, seconds = 8.0, 0.03 + 0.1 * exponential(rng)
        row = state.instruments[state.instruments[below(rng, state.instruments.shape[0])].driver]
        row.deviation += 3.0 * row.volatility * bell(rng)
    state.gauges[ACTIVITY] = level
    state.clock[ACTIVITY_ENDS] = now + np.int64(seconds * _SECOND_NS)


# The time of the next arrival, by thinning: draw at the present intensity, which can only fade,
# and keep the draw as often as the faded intensity is of it (Ogata 1981). Gives the instrument.
@lean_kernel
def schedule_arrival(state: ExchangeState) -> None:
    """Draw when the next order arrives, and at which instrument."""
    rng = state.rng
    gauges = state.gauges
    clock = state.clock
    time = clock[NEXT_ARRIVAL]
    if time >= clock[ACTIVITY_ENDS]:
        _begin_spell(state, time)
    expected = (time - clock[STARTED]) * gauges[RECORDS_PER_NS]
    lag = (expected - clock[EMITTED]) / (gauges[RECORDS_PER_NS] * _CONTROL_NS)
    control = min(max(1.0 + lag, _LEAST_CONTROL), _MOST_CONTROL)
    base = gauges[ARRIVALS_PER_NS] * gauges[ACTIVITY] * control
    memory_ns = _MEMORY_GAPS / base
    excitement = gauges[EXCITEMENT]
    answer = False
    while True:
        bound = base * (1.0 + excitement)
        gap = exponential(rng) / bound
        time += max(np.int64(1), np.int64(gap))
        excitement *= _faded(gap / memory_ns)
        drawn = uniform(rng) * bound
        if drawn <= base * (1.0 + excitement):
            answer = drawn > base
            break
    gauges[EXCITEMENT] = excitement + _EXCITEMENT_STEP
    clock[NEXT_ARRIVAL] = time
    if answer and uniform(rng) < 0.7:
        return
    share = uniform(rng)
    instrument = 0
    while share >= state.instruments[instrument].share:
        instrument += 1
    clock[LAST_INSTRUMENT] = instrument


@lean_kernel
def _move_deviation(state: ExchangeState, instrument: Integer, now: Integer) -> None:
    rng = state.rng
    row = state.instruments[instrument]
    seconds = min((now - row.moved) * 1.0e-9, 1.0)
    row.moved = now
    if now >= row.trend_ends:
        row.trend = 0.1 * row.volatility * bell(rng)
        row.trend_ends = now + np.int64((20.0 + 100.0 * exponential(rng)) * _SECOND_NS)
    step = row.volatility * np.sqrt(seconds) * bell(rng)
    step = min(max(step, -0.5), 0.5)
    deviation = row.deviation + step + (row.trend - _REVERSION * row.deviation) * seconds
    row.deviation = min(max(deviation, -_FAR), _FAR)


# The fair value as a place with a fraction: a random walk in spells of trend, pulled back slowly;
# a further expiry follows the front one and the calendar spread between them.
@lean_kernel
def fair_value(state: ExchangeState, instrument: Integer, now: Integer) -> float:
    """Move the fair value to the present, and give it as a place with a fraction."""
    row = state.instruments[instrument]
    driver = state.instruments[row.driver]
    _move_deviation(state, row.driver, now)
    value: float = MIDDLE + 0.5 + driver.deviation
    if row.coupled >= 0:
        value += row.coupling * state.instruments[row.coupled].deviation
    return min(max(value, 512.0), PLACES - 512.0)


# Places for a bid and an ask lie on either side of the fair value, so that quotes follow it.
@lean_kernel
def draw_place(state: ExchangeState, side: Integer, fair: float) -> Integer:
    """Draw the price of a new order."""
    distance = drawn_from(state.rng, DISTANCES)
    place = np.int64(fair) - distance if side == BID else np.int64(fair) + 1 + distance
    return min(max(place, 1), PLACES - 2)


# Before the open nobody trades yet, and opinions differ by a few ticks: bids above asks.
@lean_kernel
def draw_opinion(state: ExchangeState) -> float:
    """Draw by how many ticks someone's fair value differs."""
    return 3.0 * bell(state.rng)


# Half of all orders are gone soon, a few stay long; those far from the price longest.
@lean_kernel
def draw_lifetime(state: ExchangeState, instrument: Integer, distance: Integer) -> Integer:
    """Draw how long an order stays, in nanoseconds."""
    rng = state.rng
    drawn = uniform(rng)
    mean = 0.03 if drawn < 0.5 else (0.5 if drawn < 0.85 else 5.4)
    life = mean * exponential(rng) * (0.6 + 0.1 * min(distance, 60))
    return 1_000 + np.int64(life * state.instruments[instrument].lifetime_ns)


@lean_kernel
def draw_size(state: ExchangeState) -> Integer:
    """Draw the size of an order."""
    return drawn_from(state.rng, SIZES)


# Aggressors lean towards the fair value; more, the further the middle of the quotes is from it.
@lean_kernel
def draw_aggressor(state: ExchangeState, instrument: Integer, fair: float) -> Integer:
    """Draw the side of an aggressor."""
    middle = 0.5 * (state.best[instrument, BID] + state.best[instrument, ASK] + 1)
    away = fair - middle
    chance = 0.5 + 0.45 * away / (0.7 + abs(away))
    return BID if uniform(state.rng) < chance else ASK


# Six in ten are small, some clear a number of orders at the best price, a few sweep.
@lean_kernel
def draw_aggressor_size(state: ExchangeState, instrument: Integer, other: Integer) -> Integer:
    """Draw the size of an aggressor."""
    rng = state.rng
    drawn = uniform(rng)
    if drawn < 0.62:
        return draw_size(state)
    if drawn < 0.97:
        wanted = 1 + below(rng, 6)
        size = 0
        slot = state.heads[instrument, other, state.best[instrument, other]]
        while slot >= 0 and wanted > 0:
            size += state.orders[slot].shown
            slot = state.orders[slot].behind
            wanted -= 1
        return size
    return 10 + np.int64(40 * exponential(rng))
