"""Levels that traders watch: of the day before, the night, the open; the VWAP of the session."""

from __future__ import annotations

from typing import Final

import numpy as np

# A level's price from a time on: ts_ns is when it became known or changed; price in 1e-9; kind is
# a LevelKind; session is the trade date (days since 1970-01-01) for which it holds. It holds until
# the next row of its kind, or until the session ends.
LEVEL: Final = np.dtype(
    {
        "names": ["ts_ns", "price", "session", "kind"],
        "formats": ["i8", "i8", "i4", "u1"],
        "offsets": [0, 8, 16, 20],
        "itemsize": 24,
    }
)
