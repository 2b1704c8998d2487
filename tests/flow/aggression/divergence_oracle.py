"""Divergence in plain Python: swings found by looking at all points since the last turn."""

from __future__ import annotations


def swings_of(points, swing):
    """Give (place it was known at, +1 high or -1 low, its point) of each swing but the first."""
    found, since, leg = [], [], 0
    for at, point in enumerate(points):
        since.append(point)
        prices = [one[1] for one in since]
        if leg >= 0 and max(prices) - point[1] >= swing:
            if leg:
                found.append((at, 1, since[prices.index(max(prices))]))
            leg, since = -1, [point]
        elif leg <= 0 and point[1] - min(prices) >= swing:
            if leg:
                found.append((at, -1, since[prices.index(min(prices))]))
            leg, since = 1, [point]
    return found


def divergence_rows(points, settings, tick):
    """Rows of ``DIVERGENCE`` of the points (end, price, delta) of one session, as tuples."""
    rows, last = [], {}
    for at, up, new in swings_of(points, settings.swing_ticks * tick):
        old = last.get(up)
        last[up] = new
        if old is None:
            continue
        further = (new[1] - old[1]) * up >= settings.min_price_ticks * tick
        behind = (old[2] - new[2]) * up >= settings.min_cvd_contracts
        if further and behind:
            ts_ns, price, _ = points[at]
            rows.append((ts_ns, price, old[1], new[1], old[2], new[2], old[0], new[0], -up))
    return rows
