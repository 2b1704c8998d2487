"""What the studies of volume by price emit, field by field.

Prices are in 1e-9, volumes in contracts (the records' own unit), times in nanoseconds UTC. Buy is
what buyers took (side B), sell what sellers took (A), unsided what nobody knows (N): that counts
as volume, but neither as delta nor for the point of control and the value area. No row has a byte
that is no field's, so equal rows are equal bytes.
"""

from __future__ import annotations

from typing import Final

import numpy as np

# A price at which there was trade, lowest first: what was bought, sold and unsided at it.
PROFILE_LEVEL: Final = np.dtype([("price", "i8"), ("buy", "i8"), ("sell", "i8"), ("unsided", "i8")])

# The profile at the end of a window in which there was trade: when the window ended; the point of
# control and the value area of the session up to then (``UNDEF_PRICE`` before the first trade with
# a side); the volume in the value area, that of all trades with a side, and that of those without.
DEVELOPING: Final = np.dtype(
    [
        ("ts_ns", "i8"),
        ("poc", "i8"),
        ("vah", "i8"),
        ("val", "i8"),
        ("value_area_volume", "i8"),
        ("total", "i8"),
        ("unsided", "i8"),
    ]
)

# A bar of the footprint: from when (inclusive) to when (exclusive; for a bar of prints or of
# contracts the time of its last print); its prices; all volume, and that of each side; buy less
# sell; the volume-weighted price, rounded down to 1e-9; the point of control (``UNDEF_PRICE``
# without a trade with a side); prints; how many rows of levels and of stacks belong to it; and
# whether both sides traded at its highest and at its lowest price (an unfinished auction).
FOOTPRINT: Final = np.dtype(
    [
        ("start_ns", "i8"),
        ("end_ns", "i8"),
        ("open", "i8"),
        ("high", "i8"),
        ("low", "i8"),
        ("close", "i8"),
        ("volume", "i8"),
        ("buy", "i8"),
        ("sell", "i8"),
        ("unsided", "i8"),
        ("delta", "i8"),
        ("vwap", "i8"),
        ("poc", "i8"),
        ("trades", "i8"),
        ("levels", "i4"),
        ("stacks", "i4"),
        ("unfinished_high", "i4"),
        ("unfinished_low", "i4"),
    ]
)

# A price of a bar, lowest first: `bid` was sold into the bid, `ask` was bought at the ask; and the
# side of its diagonal imbalance, ``IMBALANCED_BUY``, ``IMBALANCED_SELL``, both or 0.
FOOTPRINT_LEVEL: Final = np.dtype(
    [
        ("start_ns", "i8"),
        ("price", "i8"),
        ("bid", "i8"),
        ("ask", "i8"),
        ("unsided", "i8"),
        ("imbalance", "i8"),
    ]
)
IMBALANCED_BUY: Final = 1
IMBALANCED_SELL: Final = 2

# Imbalances of one side at adjacent ticks of a bar: when the bar began and ended (only then is the
# stack known), the bar's last price, the lowest and the highest price of the stack, its side (+1
# bought, -1 sold), how many ticks, and by how much the stronger side exceeded what it was held
# against, added up.
STACK: Final = np.dtype(
    [
        ("start_ns", "i8"),
        ("end_ns", "i8"),
        ("close", "i8"),
        ("price_low", "i8"),
        ("price_high", "i8"),
        ("excess", "i8"),
        ("levels", "i4"),
        ("side", "i4"),
    ]
)

# The point of control of a bar to which price has not come back: its price, when its bar began and
# ended, and when the bar ended in which price came through it (0 while it is naked).
NAKED_POC: Final = np.dtype(
    [("price", "i8"), ("start_ns", "i8"), ("end_ns", "i8"), ("ended_ns", "i8")]
)

# An impulse leg: from the start of its first candle to the end of its last (only then is it known);
# the first one's open and the last one's close; its volume; how many candles; +1 up, -1 down; which
# rules hold, as bits of ``LEG_RULES``, and how many; how many rows of nodes belong to it.
LEG: Final = np.dtype(
    [
        ("start_ns", "i8"),
        ("end_ns", "i8"),
        ("start_price", "i8"),
        ("end_price", "i8"),
        ("volume", "i8"),
        ("nodes", "i4"),
        ("candles", "u1"),
        ("direction", "i1"),
        ("rules", "u1"),
        ("score", "u1"),
    ]
)
# The bits of `rules`, the lowest first.
LEG_RULES: Final = ("broke_swing", "fast", "uniform", "heavy", "large")

# A low-volume node inside a leg: when the leg began; its bucket, from (inclusive) and to
# (exclusive); what was bought and sold in it.
LEG_NODE: Final = np.dtype(
    [("start_ns", "i8"), ("price_from", "i8"), ("price_to", "i8"), ("volume", "i8")]
)
