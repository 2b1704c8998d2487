"""Random but sensible ``mbo`` records, and the whole content of books for comparison."""

import numpy as np

from ticktape.book import MboBooks
from ticktape.tape.layouts import F_LAST, F_MAYBE_BAD_BOOK, Schema, new_records

START = 1_767_623_400_000_000_000
TICK = 250_000_000


def random_orders(seed, count, *, instruments=3, publishers=1, step_ns=40_000_000):
    """Adds, cancels, modifies, trades, fills and clears of orders that rest, or do not."""
    rng = np.random.default_rng(seed)
    records = new_records(Schema.MBO, count)
    records["ts_recv"] = START + np.cumsum(rng.integers(0, step_ns, count))
    records["ts_event"] = records["ts_recv"] - rng.integers(0, 1_000, count).astype(np.uint64)
    records["publisher_id"] = 1 + rng.integers(0, publishers, count)
    records["instrument_id"] = 10 + rng.integers(0, instruments, count)
    records["order_id"] = rng.integers(1, 40, count)
    records["price"] = TICK * rng.integers(90, 110, count)
    records["size"] = rng.integers(0, 9, count)
    actions = np.frombuffer(b"AAAAAACCMMTTFRN", np.uint8)
    picks = rng.integers(0, len(actions) - 2, count)
    rare = rng.random(count) < 0.02
    records["action"] = np.where(rare, ord("R"), actions[picks])
    records["side"] = rng.choice(np.frombuffer(b"ABABABN", np.uint8), count)
    records["flags"] = np.where(rng.random(count) < 0.6, F_LAST, 0)
    records["flags"] |= np.where(rng.random(count) < 0.01, F_MAYBE_BAD_BOOK, 0).astype(np.uint8)
    records["sequence"] = np.arange(count)
    return records


def books_of(records, books=None):
    """Books after records; those given go on."""
    made = MboBooks() if books is None else books
    made.update(records)
    return made


def content(books):
    """Everything that rests, in queue order, and in which state each book is."""
    return [
        (key, book.in_event, book.is_stale, *(_side(book, side) for side in (0, 1)))
        for key in books.keys()  # noqa: SIM118 -- no dict
        for book in [books.book(*key)]
    ]


def _side(book, side):
    levels = book.levels(1 << 30)[side]
    return [
        (level.tolist(), book.orders_at("BA"[side], int(level["price"])).tolist())
        for level in levels
    ]
