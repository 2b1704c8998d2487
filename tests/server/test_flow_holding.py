"""Records held back from the studies while nobody watches."""

import asyncio

from tests.server.market_day import trades

from ticktape.server.flow_holding import MOST_HELD, HeldRecords


async def test_what_is_held_is_taken_together_and_in_order_when_let_go():
    taken = []
    held = HeldRecords(taken.append)
    for sequence in (0, 3):
        held.add(trades(3, sequence=sequence))
    assert taken == []
    held.let_go()
    assert [batch.records["sequence"].tolist() for batch in taken] == [[0, 1, 2, 3, 4, 5]]
    held.let_go()
    assert len(taken) == 1


async def test_what_is_taken_out_is_not_taken_again():
    taken = []
    held = HeldRecords(taken.append)
    assert held.take_out() is None
    held.add(trades(MOST_HELD - 1))
    assert not held.is_full
    held.add(trades(1))
    assert held.is_full
    assert len(held.take_out().records) == MOST_HELD
    assert not held.is_full
    held.let_go()
    assert taken == []


async def test_what_nobody_lets_go_is_taken_by_the_clock():
    taken = asyncio.Queue()
    HeldRecords(taken.put_nowait).add(trades(2))
    async with asyncio.timeout(10):
        assert len((await taken.get()).records) == 2
