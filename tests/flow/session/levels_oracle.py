"""Levels of one session in plain Python: each from all prints that it is of, at its time."""

from __future__ import annotations

from fractions import Fraction
from math import floor, sqrt

MINUTE = 60_000_000_000
NIGHT = ("onh", "onl")
# As they are by default: lengths of opening ranges, and deviations, by what is in their names.
OPENINGS = {"5": 5 * MINUTE, "15": 15 * MINUTE, "30": 30 * MINUTE}
BANDS = {"1": 1, "2": 2, "3": 3}


def session_levels(
    prints, session, clock_ns, *, vwap_every, balance, least, openings=OPENINGS, bands=BANDS
):
    """Every row that is told by the clock: (time, name, price), in order.

    Parameters
    ----------
    prints : list of (ts, price, size, side)
        Of the session.
    session : Session
        Its bounds.
    least : int
        By how much the VWAP and its bands must move to be told again.
    openings, bands : dict
        Lengths of opening ranges, and deviations, by what is in their names.
    """
    regular = session.regular_open_ns < session.regular_close_ns
    begins = session.regular_open_ns if regular else session.open_ns
    told = _opening_ranges(prints, begins, openings, balance)
    told += _vwaps(prints, session.open_ns, vwap_every, bands)
    # What the clock tells comes before the print of that time.
    events = [(ts, 0, place, name, price) for place, (ts, name, price) in enumerate(told)]
    if regular:
        events += _overnight(prints, begins)
    events.sort(key=lambda event: event[:3])
    rows, last = [], {}
    for ts, _, _, name, price in events:
        step = least if name.startswith("vwap") else 1
        if ts <= clock_ns and (name not in last or abs(last[name] - price) >= step):
            rows.append((ts, name, price))
            last[name] = price
    return rows


def vwap_and_bands(prints, bands=BANDS):
    """VWAP of prints to the nearest whole number, halves up, and its bands likewise."""
    volume = sum(size for _, _, size, _ in prints)
    mean = Fraction(sum(price * size for _, price, size, _ in prints), volume)
    squares = sum(size * (price - mean) ** 2 for _, price, size, _ in prints)
    deviation = sqrt(squares / volume)
    vwap = floor(mean + Fraction(1, 2))
    told = {"vwap": vwap}
    for name, band in bands.items():
        away = floor(band * deviation + 0.5)
        told |= {f"vwap+{name}": vwap + away, f"vwap-{name}": vwap - away}
    return told


def _opening_ranges(prints, begins, openings, balance):
    lengths = {f"or{name}": length for name, length in openings.items()} | {"ib": balance}
    rows = []
    for name, length in sorted(lengths.items(), key=lambda item: item[1]):
        prices = [price for ts, price, _, _ in prints if begins <= ts < begins + length]
        if prices:
            rows.append((begins + length, f"{name}h", max(prices)))
            rows.append((begins + length, f"{name}l", min(prices)))
    return rows


def _vwaps(prints, opens, every, bands):
    ends = sorted({opens + ((ts - opens) // every + 1) * every for ts, _, _, _ in prints})
    return [
        (end, name, price)
        for end in ends
        for name, price in vwap_and_bands([one for one in prints if one[0] < end], bands).items()
    ]


def _overnight(prints, begins):
    prices, rows = [], []
    for place, (ts, price, _, _) in enumerate(prints):
        if ts >= begins:
            break
        if not prices or price > max(prices):
            rows.append((ts, 1, 2 * place, "onh", price))
        if not prices or price < min(prices):
            rows.append((ts, 1, 2 * place + 1, "onl", price))
        prices.append(price)
    return rows
