"""Sweeps in plain Python: prints put together by time and side, read off by sorting."""

from __future__ import annotations

import math
from fractions import Fraction


def sweep_rows(made, settings):
    """Rows of ``SWEEP`` of one session, as tuples."""
    events = {}
    for one in made:
        if chr(one["side"]) in "BA":
            key = (int(one["ts_event"]), -int(one["side"]))
            events.setdefault(key, []).append((int(one["price"]), int(one["size"])))
    rows, sizes = [], []
    for (ts_ns, side), held in sorted(events.items()):
        path = [price for price, _ in held]
        size = sum(amount for _, amount in held)
        levels = 1 + sum(
            not min(path[:at]) <= path[at] <= max(path[:at]) for at in range(1, len(path))
        )
        if levels < settings.min_levels and size < settings.min_size_contracts:
            continue
        is_outstanding = False
        if levels >= settings.min_levels:
            sizes.append(size)
            rank = math.ceil(Fraction(str(settings.percentile)) / 100 * len(sizes))
            is_outstanding = size >= sorted(sizes)[rank - 1]
        rows.append(
            (
                ts_ns,
                path[0],
                path[-1],
                max(path),
                min(path),
                size,
                len(held),
                levels,
                -side,
                sum(size >= bound for bound in settings.tiers_contracts),
                is_outstanding,
            )
        )
    return rows
