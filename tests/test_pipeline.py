"""From a feed into the market and out to sinks; queues that say what happens when full."""

import asyncio
import itertools
import time

import numpy as np
import pytest

from ticktape.feeds.marks import Mark, make_mark
from ticktape.market import Market
from ticktape.pipeline import BATCHES_WAITING, RECORDS_A_TURN, BoundedQueue, Pipeline, QueueClosed
from ticktape.tape import Batch, Schema, new_records
from ticktape.tape.errors import ConnectionLostError


def adds(count, first=0):
    records = new_records(Schema.MBO, count)
    records["action"], records["side"], records["flags"] = ord("A"), ord("B"), 128
    records["size"] = 1
    records["order_id"] = first + np.arange(count)
    records["publisher_id"], records["instrument_id"] = 1, 7
    return Batch(Schema.MBO, records)


class Collector:
    def __init__(self, market):
        self.market = market
        self.seen = []
        self.orders = []
        self.closed = 0

    async def write(self, batch):
        self.seen.append(batch)
        self.orders.append(self.market.book(7).live_orders)

    async def close(self):
        self.closed += 1


async def feed_of(*batches, failure=None):
    for batch in batches:
        yield batch
    if failure is not None:
        raise failure


async def test_a_sink_sees_the_market_as_it_is_right_after_each_batch():
    market = Market()
    sink = Collector(market)
    await Pipeline(feed_of(adds(3), adds(2, first=10)), market, [sink]).run()
    assert [len(batch.records) for batch in sink.seen] == [3, 2]
    assert sink.orders == [3, 5]
    assert sink.closed == 1


async def test_a_large_batch_is_applied_in_turns_and_whole():
    market = Market()
    sink = Collector(market)
    pipeline = Pipeline(feed_of(adds(2 * RECORDS_A_TURN + 5)), market, [sink])
    await pipeline.run()
    assert [len(batch.records) for batch in sink.seen] == [RECORDS_A_TURN, RECORDS_A_TURN, 5]
    assert market.book(7).live_orders == pipeline.records == 2 * RECORDS_A_TURN + 5


async def test_what_a_feed_raises_is_raised_after_what_it_gave_was_shown():
    market = Market()
    sink = Collector(market)
    with pytest.raises(ConnectionLostError):
        await Pipeline(feed_of(adds(1), failure=ConnectionLostError("gone")), market, [sink]).run()
    assert len(sink.seen) == 1
    assert sink.closed == 1


async def test_a_slow_sink_holds_the_feed_back():
    given = 0

    async def feed():
        nonlocal given
        while True:
            given += 1
            yield adds(1, first=given)

    class Stuck(Collector):
        async def write(self, batch):
            await asyncio.Event().wait()

    running = asyncio.create_task(Pipeline(feed(), Market(), [Stuck(None)]).run())
    for _ in range(500):
        await asyncio.sleep(0)
    held = given
    for _ in range(500):
        await asyncio.sleep(0)
    assert held == given <= BATCHES_WAITING + 2
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_small_batches_that_come_together_are_applied_together_in_order():
    market = Market()
    collector = Collector(market)
    definition = Batch(Schema.DEFINITION, new_records(Schema.DEFINITION, 1))

    async def feed():
        for first in range(10):
            yield adds(1, first)
        yield definition
        yield adds(1, 10)

    await Pipeline(feed(), market, [collector], gather_seconds=(0.01, 0.01)).run()
    assert [(batch.schema, len(batch.records)) for batch in collector.seen] == [
        (Schema.MBO, 10),
        (Schema.DEFINITION, 1),
        (Schema.MBO, 1),
    ]
    assert collector.seen[0].records["order_id"].tolist() == list(range(10))


async def test_where_batches_cost_much_more_of_them_are_applied_together():
    clock, given = asyncio.get_running_loop().time, []

    class Costly:
        async def write(self, batch):
            given.append(clock())
            time.sleep(0.02)

        async def close(self):
            pass

    async def feed():
        for first in range(3):
            yield adds(1, first)
            while len(given) <= first:
                await asyncio.sleep(0)

    await Pipeline(feed(), Market(), [Costly()], gather_seconds=(0.0, 0.1)).run()
    # From one's end to the next: what costs 20 ms would rest for 140, were it not for the limit.
    rests = [after - before - 0.02 for before, after in itertools.pairwise(given)]
    assert min(rests) > 0.09


async def test_while_a_replay_catches_up_no_batch_waits_for_others():
    waited = []

    async def feed():
        for batch in (make_mark(Mark.RESET, 1), adds(3), adds(2, first=10)):
            yield batch
            # Each has been applied before the next is given.
            while len(sink.seen) <= len(waited):
                await asyncio.sleep(0)
            waited.append(batch)
        yield make_mark(Mark.CAUGHT_UP, 2)

    sink = Collector(market := Market())
    market.apply(adds(1, first=99))
    # Who gathers here waits for longer than the test.
    pipeline = Pipeline(feed(), market, [sink], gather_seconds=(3_600.0, 3_600.0))
    async with asyncio.timeout(10):
        await pipeline.run()
    assert [len(batch.records) for batch in sink.seen] == [1, 3, 2, 1]


async def drain(queue):
    await queue.close()
    items = []
    while True:
        try:
            items.append(await queue.get())
        except QueueClosed:
            return items


async def test_block_waits_for_room():
    queue = BoundedQueue("test-block", 2)
    await queue.put(1)
    await queue.put(2)
    waiting = asyncio.create_task(queue.put(3))
    await asyncio.sleep(0)
    assert not waiting.done()
    assert await queue.get() == 1
    await waiting
    assert await drain(queue) == [2, 3]
    assert queue.dropped == 0


async def test_drop_oldest_drops_and_counts():
    queue = BoundedQueue("test-drop", 2, "drop_oldest")
    for item in range(5):
        await queue.put(item)
    assert queue.dropped == 3
    assert await drain(queue) == [3, 4]


async def test_conflate_keeps_the_latest_of_each_key_in_its_place():
    queue = BoundedQueue("test-conflate", 2, "conflate", key=lambda item: item[0])
    for item in [("es", 1), ("cl", 1), ("es", 2)]:
        await queue.put(item)
    assert queue.dropped == 0
    await queue.put(("nq", 1))
    assert queue.dropped == 1
    assert await drain(queue) == [("cl", 1), ("nq", 1)]


async def test_a_closed_queue_takes_no_more():
    queue = BoundedQueue("test-closed", 2)
    await queue.close()
    with pytest.raises(QueueClosed):
        await queue.put(1)
