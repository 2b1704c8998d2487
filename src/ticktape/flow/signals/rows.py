"""What becomes of signals: their agreement, and their outcomes."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

import numpy as np


class Outcome(IntEnum):
    """What a signal would have earned at the end of a horizon."""

    UNKNOWN = 0
    """Nothing was printed by then, or the horizon is not over."""
    WIN = 1
    LOSS = 2
    BREAKEVEN = 3


# Signals that agree: the time of the last of them (ns); the last print's price at or before it (of
# a tape without prints: the last signal's), and the span of the prices they are about (1e-9); the
# kinds that agree (bit 1 << kind for each SignalKind) and how many (the score); the direction (+1
# bullish, -1 bearish).
CONFLUENCE: Final = np.dtype(
    {
        "names": ["ts_ns", "price", "price_low", "price_high", "kinds", "score", "direction"],
        "formats": ["i8", "i8", "i8", "i8", "u4", "u1", "i1"],
        "offsets": [0, 8, 16, 24, 32, 36, 37],
        "itemsize": 40,
    }
)

# What became of one signal by the end of one horizon: when that ended (ns), the horizon (ns); the
# signal's time, kind, direction, price and its place among signals of the same time and kind (0 the
# first); the last print's price at or before the end and that print's time (UNDEF_PRICE and 0
# without one); how far the price went in the signal's direction (1e-9), and the Outcome.
OUTCOME: Final = np.dtype(
    {
        "names": [
            "ts_ns",
            "horizon_ns",
            "signal_ns",
            "price",
            "price_after",
            "print_ns",
            "move",
            "place",
            "kind",
            "direction",
            "outcome",
        ],
        "formats": ["i8"] * 7 + ["u4", "u1", "i1", "u1"],
        "offsets": [0, 8, 16, 24, 32, 40, 48, 56, 60, 61, 62],
        "itemsize": 64,
    }
)

# How the signals of one kind and direction did at one horizon: their number, by outcome; wins of
# those that won or lost in percent (NaN where none did); the average move in their direction
# (1e-9; NaN where there is none). `signals` counts all, those still without an outcome too.
WIN_RATE: Final = np.dtype(
    [
        ("kind", "u1"),
        ("direction", "i1"),
        ("horizon_ns", "i8"),
        ("signals", "i8"),
        ("wins", "i8"),
        ("losses", "i8"),
        ("breakeven", "i8"),
        ("win_rate", "f8"),
        ("average_move", "f8"),
    ]
)
