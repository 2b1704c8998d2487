"""What a stream tells of its source: its state, and every record missing or book crossed."""

import asyncio

from tests.server.market_day import ES, MIDS, SECOND, START_NS, TICK, opening_book, read_until

from ticktape.tape import Batch, Schema
from ticktape.tape.gaps import Gap, gap_batch

LATER = START_NS + 100 * SECOND


def is_a(kind):
    return lambda message: message["type"] == kind


async def test_the_source_is_told_twice_a_second(demo):
    clock = asyncio.get_running_loop().time
    async with demo.live("symbols=ES.FUT&recent=0") as socket:
        await read_until(socket, is_a("status"))
        begun = clock()
        await read_until(socket, is_a("status"))
        await read_until(socket, is_a("status"))
    assert 0.7 < clock() - begun < 3


async def test_a_gap_is_told_and_counted(demo):
    async with demo.live("symbols=ES.FUT&schema=trades&recent=0") as socket:
        await read_until(socket, is_a("status"))
        await demo.show(gap_batch(Gap(START_NS, LATER, "the connection broke")))
        gap = (await read_until(socket, is_a("gap")))[-1]
        status = (await read_until(socket, is_a("status")))[-1]
    assert gap == {
        "type": "gap",
        "symbol": None,
        "start_ns": str(START_NS),
        "end_ns": str(LATER),
        "reason": "the connection broke",
    }
    assert status["source"]["gaps"] == 1
    async with demo.live("symbols=ES.FUT&schema=trades&recent=0") as late:
        assert (await read_until(late, is_a("gap")))[-1] == gap


async def test_events_that_leave_a_book_crossed_are_counted(demo):
    crossing = opening_book(levels=1)
    # A bid at the price of the third ask.
    crossing.records["price"][0] = MIDS[ES] + 3 * TICK
    crossing.records["order_id"] += 500
    await demo.show(Batch(Schema.MBO, crossing.records[:1]))
    async with demo.live("symbols=ES.FUT&schema=trades&recent=0") as socket:
        await read_until(socket, lambda m: m["type"] == "status" and m["source"]["crossings"] == 1)
