"""Bars of one instrument's prints, by time, prints, volume, range or delta."""

from __future__ import annotations

from typing import Final

import numpy as np

# One bar of one instrument. start_ns: the first nanosecond of its interval (time bars), else the
# time of its first print. end_ns: when it became known: the end of its interval, the time of the
# print that filled it, or the end of the session that cut it off. Prices in 1e-9; vwap to the
# nearest 1e-9. Volumes in the records' own unit: B bought, A sold, unsided is of neither; delta is
# bought less sold. trades counts prints; 0 in a bar that stands for an interval without any, whose
# prices are all the last close.
BAR: Final = np.dtype(
    [
        ("start_ns", "i8"),
        ("end_ns", "i8"),
        ("open", "i8"),
        ("high", "i8"),
        ("low", "i8"),
        ("close", "i8"),
        ("volume", "i8"),
        ("buy_volume", "i8"),
        ("sell_volume", "i8"),
        ("unsided_volume", "i8"),
        ("delta", "i8"),
        ("vwap", "i8"),
        ("trades", "i8"),
    ]
)
