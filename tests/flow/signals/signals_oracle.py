"""Agreement and outcomes of signals in plain Python: lists, and the rules told in words."""

from __future__ import annotations

SECOND = 1_000_000_000
UNDEF = 2**63 - 1


def last_print(prints, now):
    """The last print at or before a time, (ns, price), or None."""
    before = [one for one in prints if one[0] <= now]
    return before[-1] if before else None


def confluences_of(signals, prints, within=5 * SECOND, kinds=2, cooldown=10 * SECOND):
    """Confluences of signals (ns, kind, direction, price), which are in order of time."""
    recent, found, last = [], [], None
    for now in sorted({one[0] for one in signals}):
        at_once = [one for one in signals if one[0] == now and one[1] != 8]
        recent = [one for one in recent if now - one[0] <= within] + at_once
        if not at_once or (last is not None and now - last < cooldown):
            continue
        says = {way: {one[1] for one in recent if one[2] == way} for way in (-1, 1)}
        way = max(says, key=lambda one: len(says[one]))
        if len(says[way]) == len(says[-way]) or len(says[way]) < kinds:
            continue
        latest = {
            kind: max(one[0] for one in recent if one[1:3] == (kind, way)) for kind in says[way]
        }
        prices = [one[3] for one in recent if one[2] == way and one[0] == latest[one[1]]]
        price = last_print(prints, now)
        bits = sum(1 << kind for kind in says[way])
        price = at_once[-1][3] if price is None else price[1]
        found.append((now, price, min(prices), max(prices), bits, len(says[way]), way))
        recent, last = [], now
    return found


def outcomes_of(signals, prints, clock, win, horizons=(60 * SECOND, 300 * SECOND)):
    """Outcomes that the clock has passed, by the end of their horizons, then by signal."""
    found = []
    for horizon in horizons:
        for number, (now, kind, way, price) in enumerate(signals):
            end = now + horizon
            if end >= clock:
                continue
            place = sum(one[:2] == (now, kind) for one in signals[:number])
            after = last_print(prints, end)
            if after is None:
                row = (UNDEF, 0, 0, place, kind, way, 0)
            else:
                move = (after[1] - price) * way
                won = 1 if move >= win else 2 if move <= -win else 3
                row = (after[1], after[0], move, place, kind, way, won)
            found.append((end, horizon, now, price, *row))
    return sorted(found, key=lambda row: (row[0], row[2], row[8], row[7]))


def win_rates_of(signals, prints, clock, win, horizons):
    """Rates of each kind and direction of the signals before the clock, at each horizon."""
    given = [one for one in signals if one[0] < clock]
    judged = outcomes_of(given, prints, clock, win, horizons)
    found = []
    for kind, way in sorted({one[1:3] for one in given}):
        count = sum(one[1:3] == (kind, way) for one in given)
        for horizon in horizons:
            # Of one that nothing was printed before, nothing is known.
            own = [
                (move, outcome)
                for _, ended, _, _, _, _, move, _, *which, outcome in judged
                if ended == horizon and which == [kind, way] and outcome
            ]
            wins, losses, even = (sum(one[1] == what for one in own) for what in (1, 2, 3))
            rate = 100 * wins / (wins + losses) if wins + losses else float("nan")
            average = sum(one[0] for one in own) / len(own) if own else float("nan")
            found.append((kind, way, horizon, count, wins, losses, even, rate, average))
    return found
