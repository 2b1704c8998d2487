"""Flips and reversals in plain Python: read off the whole line of a session at every point."""

from __future__ import annotations

from itertools import pairwise


def sign(value):
    return (value > 0) - (value < 0)


def flip_rows(points, settings):
    """Rows of ``FLIP`` of the points (end, price, delta) of one session, as tuples."""
    signs = [(at, sign(one[2])) for at, one in enumerate(points)]
    if settings.is_zero_passed:
        signs = [one for one in signs if one[1]]
    told = [(at, 1, new) for (_, old), (at, new) in pairwise(signs) if old * new < 0]
    told += [(at, 2, direction) for at, direction in turns(points, settings.reversal_contracts)]
    rows, last = [], {}
    for at, kind, direction in sorted(told):
        ts_ns, price, value = points[at]
        wait = settings.flip_cooldown_ns if kind == 1 else settings.reversal_cooldown_ns
        if kind in last and ts_ns - last[kind] < wait:
            continue
        last[kind] = ts_ns
        before = value_before(points, at, settings) if kind == 1 else extreme(points, at, settings)
        strength = min(abs(value - before) // settings.reversal_contracts, 3)
        rows.append((ts_ns, price, before, value, kind, direction, strength))
    return rows


def value_before(points, at, settings):
    earlier = [one[2] for one in points[: at + 1] if one[0] <= points[at][0] - settings.lookback_ns]
    return earlier[-1] if earlier else 0


def legs(points, least):
    """Give (place, direction) at which each leg became known, the first leg among them."""
    found, since = [], [0]
    for at, (_, _, value) in enumerate(points):
        since.append(value)
        direction = found[-1][1] if found else 0
        if direction >= 0 and max(since) - value >= least:
            found.append((at, -1))
            since = [value]
        elif direction <= 0 and value - min(since) >= least:
            found.append((at, 1))
            since = [value]
    return found


def turns(points, least):
    return legs(points, least)[1:]


def extreme(points, at, settings):
    """Give the highest or lowest delta since the leg before became known."""
    known = [one for one in legs(points, settings.reversal_contracts) if one[0] <= at]
    values = [one[2] for one in points[known[-2][0] : at]]
    return max(values) if known[-1][1] < 0 else min(values)
