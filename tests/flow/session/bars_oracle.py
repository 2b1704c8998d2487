"""Bars of one instrument in plain Python: prints cut into lists, each list then read off."""

from __future__ import annotations

from math import floor


def session_bars(prints, session, kind, every, *, flat=False, tick=1, clock_ns=None):
    """Every bar of one session, the open one last.

    Parameters
    ----------
    prints : list of (ts, price, size, side)
        From the session's open on; sides as one letter.
    session : (open_ns, close_ns)
        Its bounds.
    kind : str
        "time", "tick", "volume", "range" or "delta".

    Returns
    -------
    list of dict
    """
    groups = list(_groups(prints, session, kind, every, tick))
    rows = [_row(start, end, found) for start, end, found in groups]
    if flat and kind == "time":
        rows = _with_flat_bars(rows, session[1], every, clock_ns)
    return rows


def _groups(prints, session, kind, every, tick):
    opens, closes = session
    if kind == "time":
        intervals = {}
        for one in prints:
            anchor = opens if one[0] < closes else closes
            start = anchor + (one[0] - anchor) // every * every
            end = start + every
            if start < closes:
                end = min(end, closes)
            intervals.setdefault((start, end), []).append(one)
        for (start, end), found in intervals.items():
            yield start, end, found
        return
    for part, cut_off in (
        ([one for one in prints if one[0] < closes], closes),
        ([one for one in prints if one[0] >= closes], 2**63 - 1),
    ):
        rest = part
        while rest:
            count = _filled_after(rest, kind, every * tick if kind == "range" else every)
            end = rest[count - 1][0] if count is not None else cut_off
            count = len(rest) if count is None else count
            yield rest[0][0], end, rest[:count]
            rest = rest[count:]


def _filled_after(prints, kind, every):
    """How many prints fill a bar; None where these do not."""
    for count in range(1, len(prints) + 1):
        taken = prints[:count]
        prices = [price for _, price, _, _ in taken]
        delta = sum(size * {"B": 1, "A": -1, "N": 0}[side] for _, _, size, side in taken)
        measure = {
            "tick": count,
            "volume": sum(size for _, _, size, _ in taken),
            "range": max(prices) - min(prices),
            "delta": abs(delta),
        }[kind]
        if measure >= every:
            return count
    return None


def _row(start, end, prints):
    prices = [price for _, price, _, _ in prints]
    volume = sum(size for _, _, size, _ in prints)
    by_side = {side: sum(one[2] for one in prints if one[3] == side) for side in "BAN"}
    money = sum(price * size for _, price, size, _ in prints)
    return {
        "start_ns": start,
        "end_ns": end,
        "open": prices[0],
        "high": max(prices),
        "low": min(prices),
        "close": prices[-1],
        "volume": volume,
        "buy_volume": by_side["B"],
        "sell_volume": by_side["A"],
        "unsided_volume": by_side["N"],
        "delta": by_side["B"] - by_side["A"],
        # Halves up.
        "vwap": floor((2 * money + volume) // (2 * volume)),
        "trades": len(prints),
    }


def _with_flat_bars(rows, closes, every, clock_ns):
    filled = []
    for place, row in enumerate(rows):
        filled.append(row)
        follows = rows[place + 1]["start_ns"] if place + 1 < len(rows) else clock_ns + 1
        start = row["end_ns"]
        while start < min(follows, closes):
            price = row["close"]
            filled.append(
                dict.fromkeys(row, 0)
                | {"start_ns": start, "end_ns": min(start + every, closes)}
                | dict.fromkeys(("open", "high", "low", "close", "vwap"), price)
            )
            start += every
    return filled
