"""Footprints, stacks, naked prices and impulse legs in plain Python, from whole lists."""

from __future__ import annotations

from fractions import Fraction
from itertools import groupby, pairwise
from math import floor

from tests.flow.profile.profile_oracle import UNDEF_PRICE, by_price, value_area, window_of


def time_bars(prints, every, session, clock):
    """(start, end, prints) of each bar that has ended by the clock."""
    for (start, end), inside in groupby(prints, lambda one: window_of(one.ts, every, session)):
        if end <= clock:
            yield start, end, list(inside)


def full_bars(prints, session, clock, is_full):
    """The same for bars that end with the print that fills them, or with the session."""
    bars, inside = [], []
    for one in prints:
        ended = inside and inside[0].ts < session.close <= one.ts
        if ended:
            bars.append((inside[0].ts, session.close, inside))
            inside = []
        inside = [*inside, one]
        if is_full(inside):
            bars.append((inside[0].ts, one.ts, inside))
            inside = []
    if inside:
        end = session.close if inside[0].ts < session.close else session.next_open
        if end <= clock:
            bars.append((inside[0].ts, end, inside))
    return bars


def footprint(bar, tick, *, ratio, least, ignore_zeros, stacked):
    """The bar's row, its levels and its stacks."""
    start, end, prints = bar
    levels = by_price(prints, tick)
    prices = [one.price for one in prints]
    volume = {side: sum(one.size for one in prints if one.side == side) for side in "BAN"}
    total = sum(one.size for one in prints)
    vwap = floor(Fraction(sum(one.price * one.size for one in prints), total))
    area = value_area({price: v["B"] + v["A"] for price, v in levels.items()})

    def traded(price, side):
        return levels[price][side] if price in levels else 0

    def is_imbalance(stronger, weaker):
        if stronger < least:
            return False
        if weaker == 0:
            return not ignore_zeros
        return stronger >= ratio * weaker

    rows, bought, sold = [], {}, {}
    for price, v in levels.items():
        if is_imbalance(v["B"], traded(price - tick, "A")):
            bought[price] = v["B"] - traded(price - tick, "A")
        if is_imbalance(v["A"], traded(price + tick, "B")):
            sold[price] = v["A"] - traded(price + tick, "B")
        flags = (price in bought) + 2 * (price in sold)
        rows.append((start, price, v["A"], v["B"], v["N"], flags))
    stacks = []
    for side, excess in ((1, bought), (-1, sold)):
        for price in excess:
            if price - tick in excess:
                continue
            run = [price]
            while run[-1] + tick in excess:
                run.append(run[-1] + tick)
            if len(run) >= stacked:
                stacks.append(
                    (
                        start,
                        end,
                        prices[-1],
                        run[0],
                        run[-1],
                        sum(excess[p] for p in run),
                        len(run),
                        side,
                    )
                )
    stacks.sort(key=lambda stack: (stack[4], -stack[7]))
    top, bottom = levels[max(levels)], levels[min(levels)]
    row = (
        start,
        end,
        prices[0],
        max(prices),
        min(prices),
        prices[-1],
        total,
        volume["B"],
        volume["A"],
        total - volume["B"] - volume["A"],
        volume["B"] - volume["A"],
        vwap,
        area[0] if area else UNDEF_PRICE,
        len(prints),
        len(rows),
        len(stacks),
        int(top["B"] > 0 and top["A"] > 0),
        int(bottom["B"] > 0 and bottom["A"] > 0),
    )
    return row, rows, stacks


def naked(bars):
    """(ended, still naked): for each POC the first later bar whose way led to its price."""
    ended, still = [], []
    for place, bar in enumerate(bars):
        poc = bar["poc"]
        if poc == UNDEF_PRICE:
            continue
        for before, later in zip(bars[place:], bars[place + 1 :], strict=False):
            came_to_it = later["low"] <= poc <= later["high"]
            jumped_up = before["close"] < poc < later["low"]
            jumped_down = later["high"] < poc < before["close"]
            if came_to_it or jumped_up or jumped_down:
                ended.append((poc, bar["start_ns"], bar["end_ns"], later["end_ns"]))
                break
        else:
            still.append((poc, bar["start_ns"], bar["end_ns"], 0))
    ended.sort(key=lambda row: (row[3], row[1]))
    return ended, still


def legs(candles, move):
    """Legs by B1.6: (start, end, open, close, volume, candles, direction, rules that hold).

    `candles`: dicts with start, end, open, high, low, close, volume; minutes without trade have
    none.
    """
    found, earliest = [], 0
    for last in range(len(candles)):
        choices = []
        for length in (3, 4, 5):
            first = last - length + 1
            if first < 0 or candles[first]["start"] < earliest:
                continue
            leg, prior = candles[first : last + 1], candles[max(first - 10, 0) : first]
            run = leg[-1]["close"] - leg[0]["open"]
            if abs(run) < move:
                continue
            way = 1 if run > 0 else -1
            rules = {"large"}
            if len(prior) == 10:
                if way > 0 and max(c["high"] for c in leg) > max(c["high"] for c in prior):
                    rules.add("broke_swing")
                if way < 0 and min(c["low"] for c in leg) < min(c["low"] for c in prior):
                    rules.add("broke_swing")
                average = Fraction(sum(c["volume"] for c in leg), length)
                if average > Fraction(12, 10) * Fraction(sum(c["volume"] for c in prior), 10):
                    rules.add("heavy")
            if leg[-1]["end"] - leg[0]["start"] <= 5 * 60_000_000_000:
                rules.add("fast")
            same = sum((c["close"] - c["open"]) * way > 0 for c in leg)
            bodies = [sorted((c["open"], c["close"])) for c in leg]
            shared = sum(max(0, min(a[1], b[1]) - max(a[0], b[0])) for a, b in pairwise(bodies))
            if Fraction(same, length) >= Fraction(7, 10) and Fraction(shared) < Fraction(
                sum(b[1] - b[0] for b in bodies), 2
            ):
                rules.add("uniform")
            if len(rules) >= 4:
                choices.append((len(rules), length, way, rules, leg))
        if not choices:
            continue
        _, length, way, rules, leg = max(choices, key=lambda choice: choice[:2])
        found.append(
            (
                leg[0]["start"],
                leg[-1]["end"],
                leg[0]["open"],
                leg[-1]["close"],
                sum(c["volume"] for c in leg),
                length,
                way,
                frozenset(rules),
            )
        )
        earliest = leg[-1]["end"]
    return found


def leg_nodes(prints, bucket):
    """Buckets with less than 0.30 of the average of the traded ones: (from, to, volume)."""
    volumes = {}
    for one in prints:
        if one.side in "BA":
            key = one.price // bucket
            volumes[key] = volumes.get(key, 0) + one.size
    return [
        (key * bucket, (key + 1) * bucket, volume)
        for key, volume in sorted(volumes.items())
        if Fraction(volume) < Fraction(3, 10) * Fraction(sum(volumes.values()), len(volumes))
    ]
