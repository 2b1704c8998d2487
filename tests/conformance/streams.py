"""Random order streams: what venues send, and what no venue would."""

from __future__ import annotations

import random

import numpy as np
from hypothesis import strategies as st

from ticktape.tape import Schema, new_records

UNDEF = 2**63 - 1
BOOKS = [(1, 100), (2, 100), (1, 200)]

FIELDS = ("publisher_id", "instrument_id", "action", "side", "flags", "order_id", "price", "size")


def records_of(rows: list[tuple]) -> np.ndarray:
    """Records from tuples in the order of FIELDS, with distinct times."""
    records = new_records(Schema.MBO, len(rows))
    for name, column in zip(FIELDS, zip(*rows, strict=True), strict=True) if rows else ():
        records[name] = column
    records["ts_event"] = np.arange(len(rows)) + 1_000
    records["ts_recv"] = np.arange(len(rows)) + 2_000
    return records


def few(*values):
    return st.sampled_from(values)


# Few identifiers and prices, so that records meet; every flag and letter, so that nothing is safe.
garbage_rows = st.lists(
    st.tuples(
        few(1, 2),
        few(100, 200),
        few(*map(ord, "AAAACCCMMMRTFNX\0")),
        few(*map(ord, "AABBN\0")),
        few(0, 128, 128, 128, 130, 168, 40, 64, 192, 16, 144, 4, 132, 255),
        few(0, 1, 2, 3, 4, 5, 6, 7, 2**32, 2**63 + 1, 2**64 - 1),
        few(-3, -2, -1, 0, 1, 2, 3, 4, UNDEF, -UNDEF - 1, UNDEF - 1),
        few(0, 1, 2, 3, 5, 8, 2**32 - 1),
    ),
    max_size=120,
)


def valid_stream(seed: int, count: int) -> np.ndarray:
    """What a venue sends of three books: every order known, nothing crossed by mistake."""
    chance = random.Random(seed)
    resting: dict[tuple[int, int], dict[int, list]] = {key: {} for key in BOOKS}
    rows = []
    next_id = 1
    while len(rows) < count:
        key = chance.choice(BOOKS)
        orders = resting[key]
        flags = chance.choice([128, 128, 0])
        kind = chance.random()
        if kind < 0.45 or not orders:
            side = chance.choice("AB")
            price = 100 + chance.randrange(1, 40) * (1 if side == "A" else -1)
            size = chance.randrange(1, 20)
            orders[next_id] = [side, price, size]
            rows.append((*key, ord("A"), ord(side), flags, next_id, price, size))
            next_id += 1
        elif kind < 0.999:
            order_id = chance.choice(list(orders))
            side, price, size = orders[order_id]
            if kind < 0.75:
                part = size if chance.random() < 0.7 else chance.randrange(1, size + 1)
                rows.append((*key, ord("C"), ord(side), flags, order_id, price, part))
                orders[order_id][2] -= part
                if part == size:
                    del orders[order_id]
            elif kind < 0.85:
                rows.append((*key, ord("T"), ord(side), 0, 0, price, 1))
                rows.append((*key, ord("F"), ord(side), flags, order_id, price, 1))
            else:
                price += chance.choice([0, 0, -1, 1])
                size = chance.randrange(1, 20)
                orders[order_id] = [side, price, size]
                rows.append((*key, ord("M"), ord(side), flags, order_id, price, size))
        else:
            rows.append((*key, ord("R"), ord("N"), flags, 0, UNDEF, 0))
            orders.clear()
    return records_of(rows)


def garbage_stream(seed: int, count: int) -> np.ndarray:
    """Bytes at random, with few identifiers and prices."""
    chance = np.random.default_rng(seed)
    records = records_of([(0,) * len(FIELDS)] * count)
    records["publisher_id"] = chance.integers(1, 3, count)
    records["instrument_id"] = chance.integers(100, 104, count)
    records["action"] = chance.choice(list(b"AAAAAACCCMMMTFNRX"), count)
    records["side"] = chance.choice(list(b"AAAAABBBBBN"), count)
    records["flags"] = chance.choice([128, 128, 128, 0, 0, 168, 64, 16, 4, 255], count)
    records["flags"][chance.random(count) < 0.8] &= 128
    records["action"][(records["action"] == ord("R")) & (chance.random(count) < 0.95)] = ord("A")
    records["order_id"] = chance.integers(0, 300, count) * 2**32
    records["price"] = chance.integers(-40, 40, count)
    records["size"] = chance.integers(0, 30, count)
    return records
