"""The simulated exchange as a live feed: order of batches, pace, and the present."""

import time

import numpy as np
import pytest
from tests.feeds.clocks import HandClock

from ticktape.feeds.simulator import SimulatedExchange, SimulatorFeed
from ticktape.feeds.simulator.feed import split_at_events
from ticktape.feeds.simulator.warm_up import warm_up
from ticktape.tape.errors import BadValueError
from ticktape.tape.layouts import F_LAST, Schema

SECOND = 1_000_000_000


async def take(feed, count, clock=None):
    batches, walls = [], []
    stream = aiter(feed)
    async for batch in stream:
        batches.append(batch)
        walls.append(0 if clock is None else clock.now_ns())
        if len(batches) == count:
            break
    await stream.aclose()
    return batches, walls


async def test_definitions_status_and_snapshot_come_first():
    batches, _ = await take(SimulatorFeed(SimulatedExchange(seed=1), clock=HandClock()), 4)
    assert [batch.schema for batch in batches] == [
        *(Schema.DEFINITION, Schema.STATUS, Schema.MBO, Schema.MBO)
    ]
    assert set((batches[2].records["flags"] & 32).tolist()) == {32}
    assert batches[1].records["is_trading"].tolist() == [b"Y"] * 7


@pytest.mark.parametrize("speed", [1.0, 20.0, None])
async def test_the_records_are_those_of_the_exchange(speed):
    batches, _ = await take(SimulatorFeed(SimulatedExchange(seed=2), speed, clock=HandClock()), 30)
    records = np.concatenate([batch.records for batch in batches[3:]])
    assert records.tobytes() == SimulatedExchange(seed=2).run(len(records)).tobytes()


async def test_paced_batches_are_short_end_with_events_and_come_in_time():
    clock = HandClock()
    exchange = SimulatedExchange(seed=3, rate=400_000)
    batches, walls = await take(SimulatorFeed(exchange, clock=clock), 100, clock)
    for batch, wall_ns in zip(batches[3:], walls[3:], strict=True):
        assert batch.records["flags"][-1] & F_LAST
        assert len(batch.records) <= 5_000
        assert batch.records["ts_event"][-1] <= exchange.start_ns + wall_ns
        assert batch.records["ts_event"][0] >= exchange.start_ns + wall_ns - 21_000_000


async def test_the_open_is_told_by_status_records():
    exchange = SimulatedExchange(seed=4, pre_open_ns=SECOND // 10)
    batches, _ = await take(SimulatorFeed(exchange, clock=HandClock()), 30)
    status = [batch.records for batch in batches if batch.schema is Schema.STATUS]
    assert [records["action"][0] for records in status] == [1, 7]


async def test_by_default_records_carry_the_present():
    batches, _ = await take(SimulatorFeed(), 8)
    lag_ns = time.time_ns() - int(batches[-1].records["ts_recv"][-1])
    assert -SECOND < lag_ns < 5 * SECOND


async def test_a_feed_that_is_read_late_begins_with_the_books_of_the_present():
    exchange = SimulatedExchange(seed=5)
    present = exchange.start_ns + 3 * SECOND
    feed = SimulatorFeed(exchange, clock=HandClock(), present_ns=lambda: present)
    batches, _ = await take(feed, 10)
    alone = SimulatedExchange(seed=5)
    alone.run_until(present)
    names = ["order_id", "price", "size", "instrument_id"]
    assert batches[2].records[names].tolist() == alone.books()[names].tolist()
    assert batches[3].records["ts_event"][0] > present
    assert np.concatenate([b.records for b in batches[3:]]).tobytes() == (
        alone.run(sum(len(b.records) for b in batches[3:])).tobytes()
    )


async def test_time_spent_on_the_first_books_does_not_make_all_that_follows_late():
    clock = HandClock()
    exchange = SimulatedExchange(seed=3, rate=100_000)
    present_ns = exchange.start_ns + SECOND
    stream = aiter(SimulatorFeed(exchange, clock=clock, present_ns=lambda: present_ns))
    for _ in range(3):
        await anext(stream)
    clock.time_ns += SECOND // 10
    newest_ns = 0
    while clock.time_ns < SECOND // 2:
        newest_ns = int((await anext(stream)).records["ts_event"][-1])
    await stream.aclose()
    assert present_ns + clock.time_ns - newest_ns < 11_000_000


async def test_the_metadata_map_every_symbol_of_a_mixture():
    feed = SimulatorFeed(SimulatedExchange(seed=6))
    assert feed.metadata.schema is None
    assert len(feed.metadata.mappings) == 7


def test_runs_are_cut_where_events_end():
    records = SimulatedExchange(seed=7).run_until(SimulatedExchange(seed=7).start_ns + SECOND // 2)
    parts = split_at_events(records, 1_000)
    assert np.concatenate(parts).tobytes() == records.tobytes()
    assert all(part["flags"][-1] & F_LAST for part in parts)
    assert max(map(len, parts)) <= 1_000
    tiny = split_at_events(records, 1)
    assert all(part["flags"][-1] & F_LAST for part in tiny)
    assert np.concatenate(tiny).tobytes() == records.tobytes()
    assert split_at_events(records[:0], 10) == []


def test_a_speed_of_zero_is_refused():
    with pytest.raises(BadValueError):
        SimulatorFeed(SimulatedExchange(seed=8), 0.0)


def test_warm_up_runs_the_kernels():
    warm_up()
