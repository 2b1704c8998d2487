"""Signals: what the studies tell a trader, in one form."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

import numpy as np


class SignalKind(IntEnum):
    """What was seen; the order is that of signals of one time."""

    DELTA_FLIP = 1
    DELTA_REVERSAL = 2
    ABSORPTION = 3
    STACKED_IMBALANCE = 4
    DIVERGENCE = 5
    ICEBERG = 6
    SWEEP = 7
    CONFLUENCE = 8


# When it became known (the end of its window, or its print's time, in nanoseconds); the price it
# stands for, and the span of prices it covers (both that price where it covers none), in 1e-9;
# its kind; its direction (+1 bullish, -1 bearish); its strength, 0 weak to 3 defended; for a
# confluence the number of kinds that agree, 1 otherwise; and how many contracts it is about.
SIGNAL: Final = np.dtype(
    {
        "names": [
            "ts_ns",
            "price",
            "price_low",
            "price_high",
            "amount",
            "kind",
            "direction",
            "strength",
            "score",
        ],
        "formats": ["i8", "i8", "i8", "i8", "i8", "u1", "i1", "u1", "u1"],
        "offsets": [0, 8, 16, 24, 32, 40, 41, 42, 43],
        "itemsize": 48,
    }
)
