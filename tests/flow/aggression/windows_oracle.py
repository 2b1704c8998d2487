"""Windows in plain Python: prints put into seconds, then read off with whole fractions."""

from __future__ import annotations

import math
from fractions import Fraction


def window_bounds(ts_ns, session, length_ns):
    start = session.open_ns + (ts_ns - session.open_ns) // length_ns * length_ns
    end = start + length_ns
    if start < session.close_ns < end:
        return (start, session.close_ns) if ts_ns < session.close_ns else (session.close_ns, end)
    return start, end


def windows_of(made, session, length_ns):
    """Give (start, end, prints) of each window of a session's prints."""
    windows = {}
    for one in made:
        bounds = window_bounds(int(one["ts_event"]), session, length_ns)
        windows.setdefault(bounds, []).append(
            (int(one["price"]), int(one["size"]), chr(one["side"]))
        )
    return [(*bounds, held) for bounds, held in windows.items()]


def mean_price(held):
    weighted = sum(price * size for price, size, _ in held)
    return math.floor(Fraction(weighted, sum(size for _, size, _ in held)) + Fraction(1, 2))


def window_rows(made, session, settings):
    """Rows of ``WINDOW`` of one session, as tuples."""
    rows, deltas = [], []
    made = made[made["size"] >= settings.min_size_contracts]
    for start, end, held in windows_of(made, session, settings.length_ns):
        volume = {key: sum(size for _, size, side in held if side == key) for key in "BAN"}
        delta, total = volume["B"] - volume["A"], volume["B"] + volume["A"]
        side = "B" if delta > 0 else "A" if delta < 0 else "N"
        chosen = [one for one in held if one[2] in (side if delta else "BA")]
        size = max(volume["B"], volume["A"])
        threshold, is_outstanding = 0, False
        if total:
            deltas.append(abs(delta))
            rank = math.ceil(Fraction(str(settings.percentile)) / 100 * len(deltas))
            threshold = sorted(deltas)[rank - 1]
            is_outstanding = delta != 0 and abs(delta) >= threshold
        share = Fraction(abs(delta), total) if total else Fraction(0)
        is_imbalanced = share > Fraction(str(settings.imbalance_percent)) / 100
        prices = [price for price, _, _ in held]
        rows.append(
            (
                start,
                end,
                mean_price(chosen or held),
                mean_price(held),
                max(prices),
                min(prices),
                prices[-1],
                size,
                volume["B"],
                volume["A"],
                volume["N"],
                threshold,
                float(share),
                len(held),
                ord(side),
                sum(size >= bound for bound in settings.tiers_contracts),
                is_imbalanced,
                is_outstanding,
                is_outstanding if settings.significance == "adaptive" else is_imbalanced,
            )
        )
    return rows
