"""Volume by price in plain Python: all prints kept, everything read off them from the start."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

UNDEF_PRICE = 2**63 - 1


class Print(NamedTuple):
    ts: int
    price: int
    size: int
    side: str


class Session(NamedTuple):
    open: int
    close: int
    next_open: int


def by_price(prints, tick):
    """Buy, sell and unsided volume of each price."""
    levels = defaultdict(lambda: {"B": 0, "A": 0, "N": 0})
    for one in prints:
        levels[one.price // tick * tick][one.side if one.side in "BA" else "N"] += one.size
    return dict(sorted(levels.items()))


def level_rows(prints, tick):
    return [(price, v["B"], v["A"], v["N"]) for price, v in by_price(prints, tick).items()]


def value_area(volumes, share=0.7):
    """POC, VAH, VAL, volume inside: `volumes` by price; empty prices are as if they were not."""
    volumes = {price: volume for price, volume in volumes.items() if volume}
    if not volumes:
        return None
    total = sum(volumes.values())
    most = max(volumes.values())
    poc = max(price for price, volume in volumes.items() if volume == most)
    chosen = {poc}
    above = sorted(price for price in volumes if price > poc)
    below = sorted((price for price in volumes if price < poc), reverse=True)
    # The share as hundredths, so that nothing is rounded.
    while sum(volumes[price] for price in chosen) * 100 < total * round(share * 100):
        up = volumes[above[0]] if above else -1
        down = volumes[below[0]] if below else -1
        chosen.add(above.pop(0) if up >= down else below.pop(0))
    return poc, max(chosen), min(chosen), sum(volumes[price] for price in chosen)


def sided(prints, tick):
    return {price: v["B"] + v["A"] for price, v in by_price(prints, tick).items()}


def window_of(ts, every, session):
    """Start and end of the window of a time, from the session's open; none spans the close."""
    start = session.open + (ts - session.open) // every * every
    end = start + every
    if ts < session.close:
        return start, min(end, session.close)
    return start, min(end, session.next_open)


def developing(prints, tick, every, session, clock, share=0.7):
    """A row for each window with a print that has ended by the clock."""
    ends = sorted({window_of(one.ts, every, session)[1] for one in prints})
    rows = []
    for end in ends:
        if end > clock:
            continue
        so_far = [one for one in prints if window_of(one.ts, every, session)[1] <= end]
        volumes = sided(so_far, tick)
        unsided = sum(one.size for one in so_far if one.side not in "BA")
        poc, vah, val, inside = value_area(volumes, share) or (UNDEF_PRICE,) * 3 + (0,)
        rows.append((end, poc, vah, val, inside, sum(volumes.values()), unsided))
    return rows


def nodes(volumes, tick, smooth, reach, high_percent, low_percent):
    """Prices of high- and low-volume nodes, from the volume with a side of each price."""
    volumes = {price: volume for price, volume in volumes.items() if volume}
    if not volumes:
        return [], []
    prices = range(min(volumes), max(volumes) + tick, tick)
    around = {
        price: sum(volumes.get(price + step * tick, 0) for step in range(-smooth, smooth + 1))
        for price in prices
    }
    average_times_span = sum(around.values())
    span = len(around)

    def neighbours(price, sign):
        steps = range(1, reach + 1)
        return [around[p] for s in steps if (p := price + sign * s * tick) in around]

    accepted = [price for price in prices if around[price] * span >= average_times_span]
    high, low = [], []
    for price in prices:
        here = around[price]
        if (
            all(here > other for other in neighbours(price, 1))
            and all(here >= other for other in neighbours(price, -1))
            and here * span * 100 >= high_percent * average_times_span
        ):
            high.append(price)
        if (
            all(here < other for other in neighbours(price, 1))
            and all(here <= other for other in neighbours(price, -1))
            and here * span * 100 <= low_percent * average_times_span
            and accepted[0] <= price < accepted[-1]
        ):
            low.append(price)
    return high, low


def composite(sessions, count, kept):
    """Prints of this session and of those before it: so many in all, as far as they are kept.

    Parameters
    ----------
    sessions : list of list of Print
        What each session has printed so far, the one that goes on last. One without a print is as
        if it had not been.
    kept : int
        How many of those before it are kept.
    """
    *ended, now = sessions
    before = [prints for prints in ended if prints]
    before = before[max(len(before) - min(count - 1, kept), 0) :]
    return [one for prints in (*before, now) for one in prints]
