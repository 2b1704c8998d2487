"""The sums of a run of prints, by the fixed rules that others can be compared with."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from ticktape.ops.kernels import lean_kernel
from ticktape.tape.layouts import SIDE_ASK, SIDE_BID

# What was counted over all prints; volumes in contracts, prices in 1e-9. The delta is what was
# bought less what was sold; its greatest and its least value are those after a print. The sum of
# price times size does not fit 64 bits: its lowest 24 bits, the next 24, and the rest.
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
        ("turnover_middle", "i8"),
        ("turnover_low", "i8"),
        ("cvd", "i8"),
        ("cvd_max", "i8"),
        ("cvd_min", "i8"),
        # Windows of one second with a side: those that closed. What the open one bought and sold is
        # in no volume yet.
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
PART_BITS: Final = 24
_PART_MASK: Final = (1 << PART_BITS) - 1
# A window is significant where its delta is more than 15 % of its volume.
_SIGNIFICANT_PERCENT: Final = 15
_FAR_BELOW: Final = -(2**62)


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
    tally["buy_volume"] += tally["bought"]
    tally["sell_volume"] += tally["sold"]
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
    """Count prints (dtype ``PRINT``), at least one."""
    tally = state.tally[0]
    if tally["trades"] == 0:
        price = prints[0]["price"]
        tally["first_ns"] = prints[0]["ts_event"]
        tally["open"] = price
        tally["high"] = price
        tally["low"] = price
        tally["cvd_max"] = _FAR_BELOW
        tally["cvd_min"] = -_FAR_BELOW
    high = tally["high"]
    low = tally["low"]
    cvd = tally["cvd"]
    cvd_max = tally["cvd_max"]
    cvd_min = tally["cvd_min"]
    turnover_high = tally["turnover_high"]
    turnover_middle = tally["turnover_middle"]
    turnover_low = tally["turnover_low"]
    unsided = tally["unsided_volume"]
    bought = tally["bought"]
    sold = tally["sold"]
    open_second_ends = (tally["second"] + 1) * _NS_PER_SECOND
    for at in range(len(prints)):
        price = prints[at]["price"]
        size = np.int64(prints[at]["size"])
        side = prints[at]["side"]
        # Times never fall, so a window is over where its end is reached.
        if prints[at]["ts_event"] >= open_second_ends:
            tally["cvd"] = cvd
            tally["bought"] = bought
            tally["sold"] = sold
            close_second(state)
            bought = 0
            sold = 0
            tally["second"] = prints[at]["ts_event"] // _NS_PER_SECOND
            open_second_ends = (tally["second"] + 1) * _NS_PER_SECOND
        high = max(high, price)
        low = min(low, price)
        turnover_low += (price & _PART_MASK) * size
        turnover_middle += ((price >> PART_BITS) & _PART_MASK) * size + (turnover_low >> PART_BITS)
        turnover_low &= _PART_MASK
        turnover_high += (price >> 2 * PART_BITS) * size + (turnover_middle >> PART_BITS)
        turnover_middle &= _PART_MASK
        # Without a branch: which side comes next cannot be predicted.
        bought_now = size * np.int64(side == SIDE_BID)
        sold_now = size * np.int64(side == SIDE_ASK)
        bought += bought_now
        sold += sold_now
        unsided += size - bought_now - sold_now
        cvd += bought_now - sold_now
        cvd_max = max(cvd_max, cvd)
        cvd_min = min(cvd_min, cvd)
    tally["trades"] += len(prints)
    tally["last_ns"] = prints[len(prints) - 1]["ts_event"]
    tally["close"] = prints[len(prints) - 1]["price"]
    tally["high"] = high
    tally["low"] = low
    tally["turnover_high"] = turnover_high
    tally["turnover_middle"] = turnover_middle
    tally["turnover_low"] = turnover_low
    tally["unsided_volume"] = unsided
    tally["cvd"] = cvd
    tally["cvd_max"] = cvd_max
    tally["cvd_min"] = cvd_min
    tally["bought"] = bought
    tally["sold"] = sold
