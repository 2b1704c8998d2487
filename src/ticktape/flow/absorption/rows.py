"""What the studies of absorption emit: events and zones, icebergs, activity at the touch."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

import numpy as np


class Strength(IntEnum):
    """How strongly a price was defended."""

    WEAK = 0
    MEDIUM = 1
    STRONG = 2
    DEFENDED = 3


class IcebergKind(IntEnum):
    """Who refills an iceberg."""

    NATIVE = 1
    """The exchange: the order keeps its identifier."""
    SYNTHETIC = 2
    """Its owner: a like order follows each that is filled. A guess, however good."""


# The profile's point of control and value area as they stand from a time on: of prices in 1e-9,
# UNDEF_PRICE where there is none. Times never fall.
KEY_LEVELS: Final = np.dtype([("ts_ns", "i8"), ("poc", "i8"), ("vah", "i8"), ("val", "i8")])

# One window in which aggression moved the price hardly or not at all: the window's end in
# nanoseconds; the price of its zone (the average, to the nearest tick), the volume-weighted
# average itself, and the last price less the first, in 1e-9; bought less sold and traded with a
# side, in contracts; what the zone has absorbed with it (contracts) and of how many events; which
# aggression was absorbed (B buying, A selling); the zone's strength (Strength), which never falls;
# 1 or 0: whether the average is at the POC, VAH, VAL, whether it was against the trend, and whether
# it is worth telling (weak ones are not).
ABSORPTION: Final = np.dtype(
    {
        "names": [
            "ts_ns",
            "price",
            "average_price",
            "price_change",
            "delta",
            "volume",
            "total_absorbed",
            "event_count",
            "absorbed",
            "strength",
            "at_poc",
            "at_vah",
            "at_val",
            "against_trend",
            "is_told",
        ],
        "formats": ["i8"] * 7 + ["u4"] + ["u1"] * 7,
        "offsets": [0, 8, 16, 24, 32, 40, 48, 56, 60, 61, 62, 63, 64, 65, 66],
        "itemsize": 72,
    }
)

# A price where one kind of aggression was absorbed, as its last event left it: its price (1e-9),
# what it absorbed (contracts), the first and the last event's time and when it expires (ns); number
# of events; the rest as in ABSORPTION.
ZONE: Final = np.dtype(
    {
        "names": [
            "price",
            "total_absorbed",
            "first_seen_ns",
            "last_seen_ns",
            "expires_ns",
            "event_count",
            "absorbed",
            "strength",
            "at_poc",
            "at_vah",
            "at_val",
            "against_trend",
        ],
        "formats": ["i8"] * 5 + ["u4"] + ["u1"] * 6,
        "offsets": [0, 8, 16, 24, 32, 40, 44, 45, 46, 47, 48, 49],
        "itemsize": 56,
    }
)

# One replenishment of an order that shows only a part of itself: its time and that of the first
# fill that is counted (ns); its price (1e-9); the order (of a synthetic one: the first of them);
# what was filled of it so far, and how much of that is beyond what it first showed (contracts);
# what it first showed, what it shows now (0: it is gone), how often it was replenished; its side
# (B bids, A asks), its IcebergKind, its Strength, and whether that rose with this row (1 or 0).
ICEBERG: Final = np.dtype(
    {
        "names": [
            "ts_ns",
            "first_ns",
            "price",
            "order_id",
            "filled",
            "hidden",
            "shown",
            "shows",
            "replenishments",
            "side",
            "kind",
            "strength",
            "is_stronger",
        ],
        "formats": ["i8", "i8", "i8", "u8", "i8", "i8", "u4", "u4", "u4", "u1", "u1", "u1", "u1"],
        "offsets": [0, 8, 16, 24, 32, 40, 48, 52, 56, 60, 61, 62, 63],
        "itemsize": 64,
    }
)

# What happened near the best prices in one window: its end in nanoseconds; and in contracts, of
# bids and of asks, what was added, pulled (taken away without a trade) and filled.
TOUCH: Final = np.dtype(
    [
        ("ts_ns", "i8"),
        ("bid_added", "i8"),
        ("bid_pulled", "i8"),
        ("bid_filled", "i8"),
        ("ask_added", "i8"),
        ("ask_pulled", "i8"),
        ("ask_filled", "i8"),
    ]
)
