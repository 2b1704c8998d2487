"""Swings of the price, and where the cumulative delta does not go with them."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from ticktape.ops.kernels import kernel, lean_kernel

LEG: Final = 0
HAS_HIGH: Final = 1
HAS_LOW: Final = 2
HAS_BEGUN: Final = 3

# One swing: its price, the delta at it, when it was.
HIGHEST: Final = 0
LOWEST: Final = 1
LAST_HIGH: Final = 2
LAST_LOW: Final = 3


class DivergenceRules(NamedTuple):
    """How far a swing goes, and how far apart two of them are."""

    swing: int
    least_price: int
    least_cvd: int


class DivergenceState(NamedTuple):
    """The swings of the session.

    Attributes
    ----------
    now : numpy.ndarray
        ``i8[4]``: the direction of the leg that is on (0: none yet); whether the session has had
        a swing high, a swing low, and any point.
    swings : numpy.ndarray
        ``i8[4, 3]``: price, delta and time of the highest and of the lowest point of the leg, and
        of the last swing high and swing low.
    """

    now: np.ndarray
    swings: np.ndarray


@lean_kernel
def _mark(swing: np.ndarray, point: np.ndarray) -> None:
    swing[0] = point["price"]
    swing[1] = point["close"]
    swing[2] = point["end_ns"]


@lean_kernel
def _tell(row: np.ndarray, point: np.ndarray, old: np.ndarray, new: np.ndarray) -> None:
    row["ts_ns"] = point["end_ns"]
    row["price"] = point["price"]
    row["price_from"] = old[0]
    row["price_to"] = new[0]
    row["cvd_from"] = old[1]
    row["cvd_to"] = new[1]
    row["from_ns"] = old[2]
    row["to_ns"] = new[2]


@lean_kernel
def _diverges(old: np.ndarray, new: np.ndarray, up: int, rules: DivergenceRules) -> bool:
    """Tell whether the price went further `up` (1, or -1 down) while the delta went back."""
    further = (new[0] - old[0]) * up >= rules.least_price
    return bool(further and (old[1] - new[1]) * up >= rules.least_cvd)


@kernel
def gather_divergences(
    state: DivergenceState, rules: DivergenceRules, points: np.ndarray, start: int, rows: np.ndarray
) -> tuple[int, int]:
    """Take points from `start` on; give the next to take, and the count of rows.

    Stops early where `rows` are full.
    """
    now, swings = state.now, state.swings
    filled = 0
    for i in range(start, len(points)):
        if filled == len(rows):
            return i, filled
        point = points[i]
        price = point["price"]
        if now[HAS_BEGUN] == 0:
            now[HAS_BEGUN] = 1
            _mark(swings[HIGHEST], point)
            _mark(swings[LOWEST], point)
        if price > swings[HIGHEST, 0]:
            _mark(swings[HIGHEST], point)
        if price < swings[LOWEST, 0]:
            _mark(swings[LOWEST], point)
        if now[LEG] >= 0 and swings[HIGHEST, 0] - price >= rules.swing:
            # The first leg of a session ends at no swing: it is not known where it began.
            if now[LEG] > 0:
                if now[HAS_HIGH] and _diverges(swings[LAST_HIGH], swings[HIGHEST], 1, rules):
                    _tell(rows[filled], point, swings[LAST_HIGH], swings[HIGHEST])
                    rows[filled]["direction"] = -1
                    filled += 1
                swings[LAST_HIGH] = swings[HIGHEST]
                now[HAS_HIGH] = 1
            now[LEG] = -1
            _mark(swings[HIGHEST], point)
            _mark(swings[LOWEST], point)
        elif now[LEG] <= 0 and price - swings[LOWEST, 0] >= rules.swing:
            if now[LEG] < 0:
                if now[HAS_LOW] and _diverges(swings[LAST_LOW], swings[LOWEST], -1, rules):
                    _tell(rows[filled], point, swings[LAST_LOW], swings[LOWEST])
                    rows[filled]["direction"] = 1
                    filled += 1
                swings[LAST_LOW] = swings[LOWEST]
                now[HAS_LOW] = 1
            now[LEG] = 1
            _mark(swings[HIGHEST], point)
            _mark(swings[LOWEST], point)
    return len(points), filled
