"""Depth columns: what rested at the end of each stretch of time, and what traded in it."""

from __future__ import annotations

from typing import Final

import numpy as np

# The layouts are those of the book stream. Prices are in 1e-9; sizes above 2^32 - 1 are told so.
COLUMN_HEAD: Final = np.dtype(
    {
        "names": ["begin", "best_bid", "best_ask", "depth_cells", "trade_cells", "flags"],
        "formats": ["<i8", "<i8", "<i8", "<u2", "<u2", "u1"],
        "offsets": [0, 8, 16, 24, 26, 28],
        "itemsize": 32,
    }
)
DEPTH_CELL: Final = np.dtype(
    {
        "names": ["price", "size", "side"],
        "formats": ["<i8", "<u4", "u1"],
        "offsets": [0, 8, 12],
        "itemsize": 16,
    }
)
TRADE_CELL: Final = np.dtype(
    {
        "names": ["price", "bought", "sold", "unsided"],
        "formats": ["<i8", "<u4", "<u4", "<u4"],
        "offsets": [0, 8, 12, 16],
        "itemsize": 24,
    }
)
