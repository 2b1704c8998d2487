"""All that the simulated exchange remembers: one tuple of arrays, which the kernels work on.

Prices inside are *places*: ticks above ``base_price`` of the instrument, in ``0 .. PLACES - 1``,
so that a level is found by its index. Times are nanoseconds of event time.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np

Integer: TypeAlias = int | np.integer[Any]
# What the records of an event share: instrument, ts_event, ts_recv, ts_in_delta, sequence.
Event: TypeAlias = tuple[Integer, Integer, Integer, Integer, Integer]

PLACES: Final = 8192
MIDDLE: Final = PLACES // 2
# Orders an instrument may hold; the flow keeps far below, and stops adding when it is reached.
ORDER_CAPACITY: Final = 8192
# Orders one aggressor may fill: bounds the length of an event.
FILLS_AT_MOST: Final = 240
# A trade and a fill for each order filled, its cancel, and the rest of the aggressor.
EVENT_RECORDS: Final = 3 * FILLS_AT_MOST + 8

# Typed, because Numba compiles a kernel anew for every plain constant that it is called with.
BID: Final = np.int64(0)
ASK: Final = np.int64(1)
NO_SIDE: Final = np.int64(2)
NONE: Final = np.int64(0)

# Cells of ``clock``.
NOW: Final = 0
NEXT_ARRIVAL: Final = 1
LAST_RECEIVED: Final = 2
NEXT_ORDER_ID: Final = 3
OPENS: Final = 4
UNCROSSED: Final = 5
LAST_INSTRUMENT: Final = 6
STARTED: Final = 7
EMITTED: Final = 8
ACTIVITY_ENDS: Final = 9
CLOCK_CELLS: Final = 10

# Cells of ``gauges``.
EXCITEMENT: Final = 0
ACTIVITY: Final = 1
ARRIVALS_PER_NS: Final = 2
RECORDS_PER_NS: Final = 3
ICEBERG_SHARE: Final = 4
GAUGE_CELLS: Final = 5

ORDER: Final = np.dtype(
    [
        ("order_id", "i8"),
        ("ts_event", "i8"),
        ("place", "i4"),
        ("side", "i4"),
        ("shown", "i4"),
        ("hidden", "i4"),
        ("peak", "i4"),
        ("published", "i4"),
        ("ahead", "i4"),
        ("behind", "i4"),
        ("in_heap", "i4"),
        ("touched", "i4"),
    ],
    align=True,
)

INSTRUMENT: Final = np.dtype(
    [
        ("instrument_id", "i8"),
        ("channel", "i8"),
        ("channel_index", "i8"),
        ("base_price", "i8"),
        ("tick", "i8"),
        ("share", "f8"),
        ("driver", "i8"),
        ("coupled", "i8"),
        ("coupling", "f8"),
        ("volatility", "f8"),
        ("deviation", "f8"),
        ("trend", "f8"),
        ("trend_ends", "i8"),
        ("moved", "i8"),
        ("lifetime_ns", "f8"),
        ("live", "i8"),
    ],
    align=True,
)


class ExchangeState(NamedTuple):
    """State of the exchange.

    Attributes
    ----------
    rng : numpy.ndarray
        Shape (1,), u8: the random generator.
    clock : numpy.ndarray
        Shape (CLOCK_CELLS,), i8: event times (ns) and counters, by the cell names above.
    gauges : numpy.ndarray
        Shape (GAUGE_CELLS,), f8: intensities and shares, by the cell names above.
    sequences : numpy.ndarray
        Shape (channels,), i8: the last sequence number of each channel.
    instruments : numpy.ndarray
        Shape (n,), dtype INSTRUMENT. ``share`` is the cumulative share of the arrivals;
        ``volatility`` in ticks per square root of a second, ``deviation`` and ``trend`` in ticks
        and ticks per second; ``driver`` names the instrument whose deviation moves this one.
    heads, tails : numpy.ndarray
        Shape (n, 2, PLACES), i4: first and last order slot of each level, -1 where empty.
    best : numpy.ndarray
        Shape (n, 2), i8: place of the best bid (-1: none) and the best ask (PLACES: none).
    orders : numpy.ndarray
        Shape (n * ORDER_CAPACITY,), dtype ORDER.
    heap : numpy.ndarray
        Shape (n, ORDER_CAPACITY), i4: the live orders' slots, soonest to be cancelled first.
    heap_ns : numpy.ndarray
        Shape (n, ORDER_CAPACITY), i8: when each is to be cancelled.
    free : numpy.ndarray
        Shape (n, ORDER_CAPACITY), i4: a stack of unused slots; the first
        ``ORDER_CAPACITY - live`` are valid.
    touched : numpy.ndarray
        Shape (2 * ORDER_CAPACITY,), i4: slots changed by the event at work.
    """

    rng: np.ndarray
    clock: np.ndarray
    gauges: np.ndarray
    sequences: np.ndarray
    instruments: np.ndarray
    heads: np.ndarray
    tails: np.ndarray
    best: np.ndarray
    orders: np.ndarray
    heap: np.ndarray
    heap_ns: np.ndarray
    free: np.ndarray
    touched: np.ndarray


def new_state(instruments: int, channels: int, seed: int) -> ExchangeState:
    """Make the state of an exchange without orders.

    Parameters
    ----------
    instruments, channels : int
        How many of each; the rows of ``instruments`` are left zero for the caller to fill.
    seed : int
        Of the random generator; taken modulo 2**64.

    Returns
    -------
    ExchangeState
        Empty books, all clocks at zero.
    """
    best = np.empty((instruments, 2), np.int64)
    best[:, BID] = -1
    best[:, ASK] = PLACES
    slots = np.arange(instruments * ORDER_CAPACITY, dtype=np.int32)
    return ExchangeState(
        rng=np.array([seed % 2**64], np.uint64),
        clock=np.zeros(CLOCK_CELLS, np.int64),
        gauges=np.zeros(GAUGE_CELLS, np.float64),
        sequences=np.zeros(channels, np.int64),
        instruments=np.zeros(instruments, INSTRUMENT),
        heads=np.full((instruments, 2, PLACES), -1, np.int32),
        tails=np.full((instruments, 2, PLACES), -1, np.int32),
        best=best,
        orders=np.zeros(instruments * ORDER_CAPACITY, ORDER),
        heap=np.zeros((instruments, ORDER_CAPACITY), np.int32),
        heap_ns=np.zeros((instruments, ORDER_CAPACITY), np.int64),
        free=slots.reshape(instruments, ORDER_CAPACITY).copy(),
        touched=np.zeros(2 * ORDER_CAPACITY, np.int32),
    )
