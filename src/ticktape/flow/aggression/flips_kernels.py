"""Flips of the cumulative delta through zero, and its reversals, from window to window."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from ticktape.ops.kernels import kernel, lean_kernel

SIGN: Final = 0
LAST_FLIP: Final = 1
LAST_REVERSAL: Final = 2
LEG: Final = 3
HIGHEST: Final = 4
LOWEST: Final = 5
OLDEST: Final = 6
NEXT: Final = 7

LONG_AGO: Final = -(2**62)

ZERO_CROSS: Final = 1
REVERSAL: Final = 2

_STRONGEST: Final = 3


class FlipRules(NamedTuple):
    """What counts as a flip, and as a reversal."""

    flip_cooldown_ns: int
    reversal_cooldown_ns: int
    lookback_ns: int
    reversal_contracts: int
    is_zero_passed: bool


class FlipState(NamedTuple):
    """What has been seen of the session's cumulative delta.

    Attributes
    ----------
    now : numpy.ndarray
        ``i8[8]``: the sign that a flip is a change of, when the last flip and the last reversal
        were told, the direction of the leg that is on (0: none yet), the highest and the lowest
        value of it, and the oldest and the next place of the ring, counted without end.
    ring : numpy.ndarray
        ``i8[n, 2]``: end and value of the windows of the lookback, and of one before it.
    """

    now: np.ndarray
    ring: np.ndarray


@lean_kernel
def _value_before(state: FlipState, ts_ns: int) -> int:
    """Give the value as of a time; 0, the session's first, before any window."""
    now, ring = state.now, state.ring
    while now[OLDEST] + 1 < now[NEXT] and ring[(now[OLDEST] + 1) % len(ring), 0] <= ts_ns:
        now[OLDEST] += 1
    oldest = ring[now[OLDEST] % len(ring)]
    return oldest[1] if oldest[0] <= ts_ns else 0


@lean_kernel
def _remember(state: FlipState, ts_ns: int, value: int) -> None:
    now, ring = state.now, state.ring
    place = now[NEXT] % len(ring)
    ring[place, 0] = ts_ns
    ring[place, 1] = value
    now[NEXT] += 1


@lean_kernel
def _turn(now: np.ndarray, value: int, least: int) -> int:
    """Give the direction that the delta turned to in this window, 0 where it did not."""
    turned = 0
    if now[LEG] >= 0 and now[HIGHEST] - value >= least:
        turned = -1
    elif now[LEG] <= 0 and value - now[LOWEST] >= least:
        turned = 1
    return turned


@lean_kernel
def _tell(
    flip: np.ndarray, point: np.ndarray, kind: int, direction: int, before: int, least: int
) -> None:
    flip["ts_ns"] = point["end_ns"]
    flip["price"] = point["price"]
    flip["cvd_before"] = before
    flip["cvd_after"] = point["close"]
    flip["kind"] = kind
    flip["direction"] = direction
    flip["strength"] = min(abs(point["close"] - before) // least, _STRONGEST)


@kernel
def gather_flips(
    state: FlipState, rules: FlipRules, points: np.ndarray, start: int, rows: np.ndarray
) -> tuple[int, int]:
    """Take points from `start` on; give the next to take, and the count of rows.

    Stops early where `rows` have less room than two.
    """
    now = state.now
    least = rules.reversal_contracts
    filled = 0
    for i in range(start, len(points)):
        if filled + 2 > len(rows):
            return i, filled
        point = points[i]
        value = point["close"]
        ts_ns = point["end_ns"]
        _remember(state, ts_ns, value)
        before = _value_before(state, ts_ns - rules.lookback_ns)
        sign = 1 if value > 0 else -1 if value < 0 else 0
        if sign * now[SIGN] < 0 and ts_ns - now[LAST_FLIP] >= rules.flip_cooldown_ns:
            _tell(rows[filled], point, ZERO_CROSS, sign, before, least)
            filled += 1
            now[LAST_FLIP] = ts_ns
        if sign != 0 or not rules.is_zero_passed:
            now[SIGN] = sign
        now[HIGHEST] = max(now[HIGHEST], value)
        now[LOWEST] = min(now[LOWEST], value)
        turned = _turn(now, value, least)
        if turned != 0:
            extreme = now[LOWEST] if turned > 0 else now[HIGHEST]
            is_cool = ts_ns - now[LAST_REVERSAL] >= rules.reversal_cooldown_ns
            # The first leg of a session is no turn.
            if now[LEG] != 0 and is_cool:
                _tell(rows[filled], point, REVERSAL, turned, extreme, least)
                filled += 1
                now[LAST_REVERSAL] = ts_ns
            now[LEG] = turned
            now[HIGHEST] = value
            now[LOWEST] = value
    return len(points), filled
