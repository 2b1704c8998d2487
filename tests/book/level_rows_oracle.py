"""The best levels of books at the ends of events and of intervals, in plain Python."""

from __future__ import annotations

from typing import NamedTuple

from tests.conformance.oracle import LAST, OracleMarket

NO_TIME = 2**64 - 1
BAD_TIME, SNAPSHOT = 8, 32


class Row(NamedTuple):
    position: int
    ts_recv: int
    key: tuple
    bids: list
    asks: list


def clock_of(record):
    if record.ts_recv == NO_TIME or record.flags & (BAD_TIME | SNAPSHOT) == BAD_TIME:
        return record.ts_event
    return record.ts_recv


def shown(book, depth):
    return [
        [(price, min(size, 2**32 - 1), count) for price, size, count, _ in book.ladder(side)][
            :depth
        ]
        for side in "BA"
    ]


def rows_of_events(records, depth):
    """A row where the levels at an event's end are not those at the end of the one before."""
    market, before, rows = OracleMarket(), {}, []
    for position, record in enumerate(records):
        book = market.apply(record)
        if not record.flags & LAST:
            continue
        key = (record.publisher_id, record.instrument_id)
        now = shown(book, depth)
        if now != before.get(key, [[], []]):
            rows.append(Row(position, record.ts_recv, key, *now))
        before[key] = now
    return rows


def rows_of_intervals(records, depth, every_ns):
    """The last row of an event in each interval, whether it changed anything or not."""
    market, open_rows, rows, end = OracleMarket(), {}, [], 0
    for position, record in enumerate(records):
        now = clock_of(record)
        if now != NO_TIME and now >= end:
            rows += [row._replace(ts_recv=end) for row in open_rows.values()]
            open_rows = {}
            end = now - now % every_ns + every_ns
        book = market.apply(record)
        if record.flags & LAST:
            key = (record.publisher_id, record.instrument_id)
            open_rows[key] = Row(position, end, key, *shown(book, depth))
    return rows + [row._replace(ts_recv=end) for row in open_rows.values()]
