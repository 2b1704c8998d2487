"""Quotes out of orders in plain Python: the documented rules over the book oracle, no kernels."""

from __future__ import annotations

from collections import defaultdict
from types import SimpleNamespace

from tests.conformance.oracle import OracleBook

UNDEF_PRICE = 2**63 - 1
EMPTY = (UNDEF_PRICE, 0, 0)
LAST = 128


def top(book, side, depth):
    levels = [level[:3] for level in book.ladder(side)[:depth]]
    return levels + [EMPTY] * (depth - len(levels))


def first_difference(before, after):
    return next((i for i, (a, b) in enumerate(zip(before, after, strict=True)) if a != b), None)


def quotes_of(records, depth, only_trades=False):
    """Rows as tuples: key, times, (action, side, price, size, flags, depth), bids, asks."""
    books = defaultdict(OracleBook)
    changes = defaultdict(list)  # of the unfinished event: (record, sides, best level changed)
    rows = []

    def row(record, book, action, side, price, size, flags, level):
        what = (chr(action), chr(side), price, size, flags, level)
        when = (record.ts_event, record.ts_recv, record.sequence)
        key = (record.publisher_id, record.instrument_id)
        rows.append((key, when, what, top(book, "B", depth), top(book, "A", depth)))

    for record in as_objects(records):
        key = (record.publisher_id, record.instrument_id)
        book = books[key]
        bids, asks = top(book, "B", depth), top(book, "A", depth)
        book.apply(record)
        bid = first_difference(bids, top(book, "B", depth))
        ask = first_difference(asks, top(book, "A", depth))
        sides = {side for side, level in (("B", bid), ("A", ask)) if level is not None}
        if sides:
            best = min(level for level in (bid, ask) if level is not None)
            changes[key].append((record, sides, best))
        is_trade = record.action == ord("T")
        if record.flags & LAST and changes[key] and not only_trades:
            last, _, best = changes[key][-1]
            both = set().union(*(sides for _, sides, _ in changes[key])) == {"A", "B"}
            side = ord("N") if both else last.side
            flags = record.flags & ~LAST if is_trade else record.flags
            row(record, book, last.action, side, last.price, last.size, flags, best)
        if record.flags & LAST:
            changes[key].clear()
        if is_trade:
            row(
                record, book, record.action, record.side, record.price, record.size, record.flags, 0
            )
    return rows


def as_objects(records):
    names = records.dtype.names
    for values in records.tolist():
        yield SimpleNamespace(**dict(zip(names, values, strict=True)))


def rows_of(records, depth):
    """Derived records in the form of `quotes_of`."""
    rows = []
    for one in as_objects(records):
        bids, asks = [], []
        for level in range(depth):
            for side, levels in (("bid", bids), ("ask", asks)):
                levels.append(
                    tuple(getattr(one, f"{side}_{name}_{level:02d}") for name in ("px", "sz", "ct"))
                )
        what = (chr(one.action), chr(one.side), one.price, one.size, one.flags, one.depth)
        when = (one.ts_event, one.ts_recv, one.sequence)
        rows.append(((one.publisher_id, one.instrument_id), when, what, bids, asks))
    return rows
