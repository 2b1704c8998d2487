"""The sums of a run of prints, by the fixed rules that others can be compared with."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from ticktape.ops.kernels import lean_kernel
from ticktape.tape.layouts import SIDE_ASK, SIDE_BID

# What was counted over all prints; volumes in contracts, prices in 1e-9. The delta is what was
# bought less what was sold; its greatest and its least value are those after a print. The sum of
# price times size is `turnover_high` * 2**24 + `turnover_low`: it does not fit 64 bits.
TALLY: Final = np.dtype(
    [
        ("trades", "i8"),
        ("first_ns", "i8"),
        ("last_ns", "i8"),
        ("buy_volume", "i8"),
        ("sell_volume", "i8"),
        ("unsided_volume", "i8"),
        ("open", "i8"),
        ("high", "i8"),
        ("low", "i8"),
        ("close", "i8"),
        ("turnover_high", "i8"),
        ("turnover_low", "i8"),
        ("cvd", "i8"),
        ("cvd_max", "i8"),
        ("cvd_min", "i8"),
        # Windows of one second with a side: those that closed.
        ("windows", "i8"),
        ("significant", "i8"),
        ("buy_dominant", "i8"),
        ("balanced", "i8"),
        # Changes of the delta's sign from one window's end to a later one's, zeros left out.
        ("flips", "i8"),
        # The window that is open: its second, what was bought and sold; the last sign.
        ("second", "i8"),
        ("bought", "i8"),
        ("sold", "i8"),
        ("sign", "i8"),
    ]
)

_NS_PER_SECOND: Final = 1_000_000_000
LOW_BITS: Final = 24
_LOW_MASK: Final = (1 << LOW_BITS) - 1
# A window is significant where its delta is more than 15 % of its volume.
_SIGNIFICANT_PERCENT: Final = 15


class TallyState(NamedTuple):
    """The counts.

    Attributes
    ----------
    tally : numpy.ndarray
        dtype ``TALLY``, shape ``(1,)``.
    """

    tally: np.ndarray


@lean_kernel
def close_second(state: TallyState) -> None:
    """Count the open window, if any print with a side was in it, and begin none."""
    tally = state.tally[0]
    volume = tally["bought"] + tally["sold"]
    if volume == 0:
        return
    delta = tally["bought"] - tally["sold"]
    tally["windows"] += 1
    tally["significant"] += 100 * abs(delta) > _SIGNIFICANT_PERCENT * volume
    tally["buy_dominant"] += delta > 0
    tally["balanced"] += delta == 0
    cvd = tally["cvd"]
    if cvd != 0:
        sign = 1 if cvd > 0 else -1
        tally["flips"] += tally["sign"] == -sign
        tally["sign"] = sign
    tally["bought"] = 0
    tally["sold"] = 0


@lean_kernel
def count_prints(state: TallyState, prints: np.ndarray) -> None:
    """Count prints (dtype ``PRINT``)."""
    tally = state.tally[0]
    for at in range(len(prints)):
        price = prints[at]["price"]
        size = np.int64(prints[at]["size"])
        side = prints[at]["side"]
        time = prints[at]["ts_event"]
        if tally["trades"] == 0:
            tally["first_ns"] = time
            tally["open"] = price
            tally["high"] = price
            tally["low"] = price
        second = time // _NS_PER_SECOND
        if second != tally["second"]:
            close_second(state)
            tally["second"] = second
        tally["trades"] += 1
        tally["last_ns"] = time
        tally["high"] = max(tally["high"], price)
        tally["low"] = min(tally["low"], price)
        tally["close"] = price
        low = tally["turnover_low"] + (price & _LOW_MASK) * size
        tally["turnover_high"] += (price >> LOW_BITS) * size + (low >> LOW_BITS)
        tally["turnover_low"] = low & _LOW_MASK
        if side == SIDE_BID:
            tally["buy_volume"] += size
            tally["bought"] += size
            tally["cvd"] += size
        elif side == SIDE_ASK:
            tally["sell_volume"] += size
            tally["sold"] += size
            tally["cvd"] -= size
        else:
            tally["unsided_volume"] += size
        if tally["trades"] == 1:
            tally["cvd_max"] = tally["cvd"]
            tally["cvd_min"] = tally["cvd"]
        tally["cvd_max"] = max(tally["cvd_max"], tally["cvd"])
        tally["cvd_min"] = min(tally["cvd_min"], tally["cvd"])
