"""A made-up morning of one instrument, busy enough for signals of several kinds."""

import numpy as np
from tests.server.market_day import (
    ES,
    MIDS,
    SECOND,
    START_NS,
    TICK,
    definitions,
    opening_book,
    write_tape,
)

from ticktape.tape import Batch, Schema, new_records

COUNT = 30_000


def prints(
    count=COUNT, seed=3, schema=Schema.MBO, start_ns=START_NS + SECOND, every_ns=SECOND // 5
):
    """Give trades: a walk of the price, runs of one side, now and then a burst at one price."""
    random = np.random.default_rng(seed)
    records = new_records(schema, count)
    runs = np.repeat(random.integers(0, 2, count), random.integers(1, 40, count))[:count]
    is_buy = runs.astype(bool) ^ (random.random(count) < 0.2)
    steps = np.where(is_buy, 1, -1) * (random.random(count) < 0.3)
    steps[random.random(count) < 0.35] = 0
    walk = np.cumsum(steps)
    records["price"] = MIDS[ES] + TICK * walk
    records["size"] = 1 + (random.pareto(1.2, count) * 2).astype(np.uint32).clip(0, 200)
    records["side"] = np.where(is_buy, ord("B"), ord("A"))
    records["side"][random.random(count) < 0.01] = ord("N")
    records["action"] = ord("T")
    records["publisher_id"], records["instrument_id"] = 1, ES
    gaps = random.exponential(every_ns, count).astype(np.uint64)
    gaps[random.random(count) < 0.2] = 0
    records["ts_event"] = records["ts_recv"] = start_ns + np.cumsum(gaps)
    records["flags"], records["sequence"] = 128, np.arange(count)
    return Batch(schema, records)


def morning_tape(folder, count=COUNT, schema=Schema.MBO):
    """Write a tape: definitions, a book where there are orders, the trades."""
    book = [opening_book(ES)] if schema is Schema.MBO else []
    return write_tape(folder / "morning.dbn", definitions(), *book, prints(count, schema=schema))
