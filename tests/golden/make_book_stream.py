"""Write ``book_stream.json``: binary messages of the book stream as hex, with what they mean.

Readers of other languages check themselves against it. Every number of 64 bits is a string; an
effect's and a record's fields are named as in ``docs/book-stream.md``.

    .venv/bin/python tests/golden/make_book_stream.py
"""

import json
from pathlib import Path

import numpy as np

from ticktape.book.depth_columns_kernels import COLUMN_HEAD, DEPTH_CELL, TRADE_CELL
from ticktape.book.ladder import LADDER_LEVEL, LADDER_ORDER, Ladder
from ticktape.book.ladder_volume_kernels import PRICE_VOLUME
from ticktape.server.book_frames import (
    BOOK_EVENT,
    BookFlag,
    BookHead,
    BookMessageKind,
    columns_frame,
    events_frame,
    ladder_frame,
    reset_frame,
    volume_frame,
)
from ticktape.tape import Schema, new_records

PATH = Path(__file__).with_name("book_stream.json")
NO_PRICE = 2**63 - 1
LARGEST = 2**64 - 1
START = 1_758_742_200_001_551_547
HEAD = BookHead(1, 432_669, START, 38_212, 7)
EXTREME_HEAD = BookHead(2**16 - 1, 2**32 - 1, -(2**63), LARGEST, 2**32 - 1, BookFlag(15))
BID, ASK = ord("B"), ord("A")


def rows_of(values, dtype):
    """Make rows whose padding is 0, as it is on the wire."""
    rows = np.zeros(len(values), dtype)
    for i, value in enumerate(values):
        for field, one in zip(dtype.names, value, strict=True):
            rows[field][i] = one
    return rows


def ladder(*levels):
    """Make a ladder of (side, price, size, count, added, cancelled, orders)."""
    rows = np.zeros(len(levels), LADDER_LEVEL)
    orders = []
    for row, (side, price, size, count, added, cancelled, own) in zip(rows, levels, strict=True):
        row["side"], row["price"], row["size"] = side, price, size
        row["count"], row["listed"] = count, len(own)
        row["added"], row["cancelled"] = added, cancelled
        orders += own
    return Ladder(rows, rows_of(orders, LADDER_ORDER))


def meaning_of_head(kind, head, sequence=0):
    return {
        "kind": int(kind),
        "publisher_id": head.publisher_id,
        "instrument_id": head.instrument_id,
        "sequence": str(sequence),
        "time": str(head.time_ns),
        "position": str(head.position),
        "touch": head.touch,
        "flags": int(head.flags),
    }


def meaning_of_ladder(found):
    levels = []
    at = 0
    for row in found.levels:
        own = found.orders[at : at + int(row["listed"])]
        at += len(own)
        levels.append(
            {
                "price": str(row["price"]),
                "size": str(row["size"]),
                "count": int(row["count"]),
                "added": int(row["added"]),
                "cancelled": int(row["cancelled"]),
                "side": chr(row["side"]),
                "orders": [
                    {
                        "order_id": str(order["order_id"]),
                        "ts_event": str(order["ts_event"]),
                        "size": int(order["size"]),
                    }
                    for order in own
                ],
            }
        )
    return levels


def ladder_vector(name, kind, head, sequence, found):
    return {
        "name": name,
        "hex": ladder_frame(kind, head, sequence, found).hex(),
        "meaning": {
            **meaning_of_head(kind, head, sequence),
            "levels": meaning_of_ladder(found),
        },
    }


def volume_vector(name, head, *rows):
    volumes = rows_of(rows, PRICE_VOLUME)
    return {
        "name": name,
        "hex": volume_frame(head, volumes).hex(),
        "meaning": {
            **meaning_of_head(BookMessageKind.VOLUME, head),
            "volumes": [
                {field: str(row[field]) for field in PRICE_VOLUME.names} for row in volumes
            ],
        },
    }


def columns_vector(name, head, every_ms, *columns):
    """Columns of (begin, best bid, best ask, flags, depth cells, trade cells)."""
    parts = []
    meanings = []
    for begin, best_bid, best_ask, flags, depth, trades in columns:
        head_row = (begin, best_bid, best_ask, len(depth), len(trades), flags)
        row = rows_of([head_row], COLUMN_HEAD)
        parts += [
            row.tobytes(),
            rows_of(depth, DEPTH_CELL).tobytes(),
            rows_of(trades, TRADE_CELL).tobytes(),
        ]
        meanings.append(
            {
                "begin": str(begin),
                "best_bid": str(best_bid),
                "best_ask": str(best_ask),
                "flags": flags,
                "depth": [
                    {"price": str(price), "size": size, "side": chr(side)}
                    for price, size, side in depth
                ],
                "trades": [
                    {"price": str(price), "bought": bought, "sold": sold, "unsided": unsided}
                    for price, bought, sold, unsided in trades
                ],
            }
        )
    return {
        "name": name,
        "hex": columns_frame(head, every_ms, len(columns), b"".join(parts)).hex(),
        "meaning": {
            **meaning_of_head(BookMessageKind.COLUMNS, head),
            "every_ms": every_ms,
            "columns": meanings,
        },
    }


def events_vector(name, head, *events):
    """Events of (position, fields of the record, fields of its effect)."""
    rows = np.zeros(len(events), BOOK_EVENT)
    rows["record"] = new_records(Schema.MBO, len(events))
    meanings = []
    for row, (position, record, effect) in zip(rows, events, strict=True):
        row["position"] = position
        for field, value in record.items():
            row["record"][field] = value
        for field, value in effect.items():
            row["effect"][field] = value
        meanings.append(
            {
                "position": str(position),
                "record": {
                    field: str(row["record"][field])
                    if row["record"].dtype[field].itemsize == 8
                    else chr(row["record"][field])
                    if field in {"action", "side"}
                    else int(row["record"][field])
                    for field in row["record"].dtype.names
                },
                "effect": {
                    field: str(row["effect"][field])
                    if row["effect"].dtype[field].itemsize == 8
                    else int(row["effect"][field])
                    for field in row["effect"].dtype.names
                    if not field.startswith("_")
                },
            }
        )
    return {
        "name": name,
        "hex": events_frame(head, rows).hex(),
        "meaning": {**meaning_of_head(BookMessageKind.EVENTS, head), "events": meanings},
    }


def reset_vector(name, head):
    return {
        "name": name,
        "hex": reset_frame(head).hex(),
        "meaning": meaning_of_head(BookMessageKind.RESET, head),
    }


def vectors():
    snapshot, changes = BookMessageKind.SNAPSHOT, BookMessageKind.CHANGES
    orders = [(8_058_566_507_273, START - 5, 3), (8_058_566_507_274, START - 4, 1)]
    usual = ladder(
        (BID, 64_800_000_000, 4, 2, 3, 1, orders),
        (BID, 64_790_000_000, 20, 1, 0, 0, [(8_058_565_370_645, START - 9_000_000_000, 20)]),
        (ASK, 64_810_000_000, 2, 1, 0, 5, [(8_058_566_507_304, START, 2)]),
    )
    without = ladder(
        *(
            (row[0], row[1], row[2], row[3], 0, 0, [])
            for row in ((BID, 64_800_000_000, 4, 2), (ASK, 64_810_000_000, 2, 1))
        )
    )
    extreme = ladder(
        (BID, 2**63 - 2, LARGEST, 2**32 - 1, 2**32 - 1, 2**32 - 1, [(LARGEST, 2**63 - 1, 1)]),
        (BID, -37_630_000_000, 1, 1, 0, 0, [(2**53 + 1, 0, 2**32 - 1)]),
        (ASK, -(2**63), 2**53 + 1, 1, 0, 0, [(0, -(2**63), 0)]),
    )
    gone = ladder(
        (BID, 64_790_000_000, 0, 0, 0, 0, []),
        (ASK, 64_810_000_000, 3, 2, 1, 0, [(8_058_566_507_304, START, 2), (9, START + 1, 1)]),
    )
    add = {
        "rtype": 160,
        "publisher_id": 1,
        "instrument_id": 432_669,
        "ts_event": START - 166_148,
        "ts_recv": START,
        "order_id": 8_058_566_507_304,
        "price": -37_630_000_000,
        "size": 2,
        "flags": 128,
        "channel_id": 3,
        "action": ord("A"),
        "side": ASK,
        "ts_in_delta": -17,
        "sequence": 94_751_479,
    }
    return [
        ladder_vector("snapshot with orders", snapshot, HEAD, 1, usual),
        ladder_vector("snapshot without orders", snapshot, HEAD, 2, without),
        ladder_vector("snapshot of an empty book", snapshot, HEAD, 3, ladder()),
        ladder_vector("snapshot of extremes", snapshot, EXTREME_HEAD, LARGEST, extreme),
        ladder_vector(
            "snapshot of a crossed and stale book",
            snapshot,
            HEAD._replace(flags=BookFlag.CROSSED | BookFlag.STALE),
            4,
            without,
        ),
        ladder_vector("changes: one level gone, one changed", changes, HEAD, 5, gone),
        ladder_vector(
            "changes: nothing but the touch", changes, HEAD._replace(touch=8), 6, ladder()
        ),
        volume_vector(
            "volume",
            HEAD,
            (64_800_000_000, 12, 7, 0),
            (-37_630_000_000, 0, 2**53 + 1, 5),
            (2**63 - 2, LARGEST, LARGEST, LARGEST),
        ),
        volume_vector("volume: none yet", HEAD),
        columns_vector(
            "columns",
            HEAD,
            250,
            (
                START - START % 250_000_000,
                64_800_000_000,
                64_810_000_000,
                0,
                [(64_800_000_000, 4, BID), (64_790_000_000, 20, BID), (64_810_000_000, 2, ASK)],
                [(64_800_000_000, 0, 3, 0), (64_810_000_000, 1, 0, 2)],
            ),
            (START - START % 250_000_000 + 500_000_000, NO_PRICE, NO_PRICE, 16, [], []),
            (
                START - START % 250_000_000 + 750_000_000,
                -37_630_000_000,
                NO_PRICE,
                8,
                [(-37_630_000_000, 2**32 - 1, BID)],
                [],
            ),
        ),
        columns_vector("columns: none", HEAD, 60_000),
        events_vector(
            "events",
            HEAD,
            (2**53 + 1, add, {"kind": 1, "side": ASK, "price": -37_630_000_000, "size": 2}),
            (
                2**53 + 2,
                {**add, "action": ord("M"), "price": 64_810_000_000, "size": 5},
                {
                    "kind": 3,
                    "side": ASK,
                    "old_side": ASK,
                    "price": 64_810_000_000,
                    "old_price": -37_630_000_000,
                    "size": 5,
                    "old_size": 2,
                },
            ),
            (
                2**53 + 3,
                {**add, "action": ord("C"), "order_id": LARGEST, "ts_in_delta": -(2**31)},
                {"reason": 2},
            ),
        ),
        reset_vector("reset of one book", HEAD._replace(touch=0)),
        reset_vector("reset of every book", BookHead(0, 0)),
    ]


def main():
    PATH.write_text(json.dumps(vectors(), indent=1) + "\n")


if __name__ == "__main__":
    main()
