"""The bounded queue of a session, and what it writes."""

import asyncio
import socket

import databento_dbn as dbn
import pytest

from ticktape.gateway.live.outlet import Outlet
from ticktape.gateway.live.session_records import encode_metadata
from ticktape.tape.batch import Batch
from ticktape.tape.layouts import Schema, new_records

HEADER = encode_metadata("GLBX.MDP3", 1, ts_out=False)
TEN = Batch(Schema.TRADES, new_records(Schema.TRADES, 10))
TEN_BYTES = TEN.records.nbytes


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    for one in (ours, theirs):
        one.setblocking(False)
    yield ours, theirs
    ours.close()
    theirs.close()


def outlet_on(connection, capacity_bytes=2 * TEN_BYTES):
    outlet = Outlet(connection, lambda: 7, capacity_bytes)
    outlet.open(HEADER, ts_out=False, compressed=False, skips=True)
    return outlet


async def written(outlet, theirs):
    outlet.finish()
    await outlet.run()
    return await asyncio.get_running_loop().sock_recv(theirs, 1 << 20)


async def test_what_was_queued_is_written_in_order_after_the_header(pair):
    outlet = outlet_on(pair[0])
    outlet.put_now(TEN)
    outlet.put_now(Batch(Schema.MBO, new_records(Schema.MBO, 2)))
    data = await written(outlet, pair[1])
    assert data == HEADER + TEN.records.tobytes() + new_records(Schema.MBO, 2).tobytes()
    assert (outlet.records_sent, outlet.queued_bytes) == (12, 0)


async def test_a_full_outlet_makes_wait_until_something_was_written(pair):
    outlet = outlet_on(pair[0])
    outlet.put_now(TEN)
    outlet.put_now(TEN)
    assert outlet.is_full
    waiting = asyncio.create_task(outlet.put(TEN))
    await asyncio.sleep(0)
    assert not waiting.done()
    running = asyncio.create_task(outlet.run())
    await waiting
    outlet.finish()
    await running
    assert outlet.records_sent == 30


async def test_a_past_that_was_asked_for_is_not_held_against_the_session(pair):
    outlet = outlet_on(pair[0])
    for _ in range(5):
        outlet.put_now(TEN)
    assert outlet.is_full
    outlet.forgive_backlog()
    assert not outlet.is_full
    outlet.put_now(TEN)
    assert not outlet.is_full
    outlet.put_now(TEN)
    assert outlet.is_full
    await written(outlet, pair[1])
    assert outlet._allowance == 0


async def test_who_stopped_reading_long_ago_is_not_waited_for_again(pair):
    outlet = outlet_on(pair[0], capacity_bytes=1 << 20)
    running = asyncio.create_task(outlet.run())
    large = Batch(Schema.MBO, new_records(Schema.MBO, 100_000))
    outlet.put_now(large)
    loop = asyncio.get_running_loop()
    assert not await outlet.wait_for_room(0.3)
    started = loop.time()
    assert not await outlet.wait_for_room(0.3)
    assert loop.time() - started < 0.2
    while outlet.queued_bytes:
        await loop.sock_recv(pair[1], 1 << 20)
    assert await outlet.wait_for_room(0.3)
    outlet.finish()
    await running


async def test_dropped_schemas_make_room_and_are_counted(pair):
    outlet = outlet_on(pair[0])
    outlet.put_now(TEN)
    outlet.put_now(Batch(Schema.MBP_1, new_records(Schema.MBP_1, 4)))
    assert outlet.drop(frozenset({Schema.MBP_1})) == 4
    assert outlet.queued_bytes == TEN_BYTES
    assert await written(outlet, pair[1]) == HEADER + TEN.records.tobytes()


async def test_silence_is_broken_by_heartbeats(pair):
    outlet = outlet_on(pair[0])
    outlet.heartbeat_interval_s = 0.01
    running = asyncio.create_task(outlet.run())
    while outlet.records_sent < 2:
        await asyncio.sleep(0.01)
    outlet.finish()
    await running
    data = await asyncio.get_running_loop().sock_recv(pair[1], 1 << 20)
    _, first, *_ = dbn_records(data)
    assert first.is_heartbeat()
    assert (first.msg, first.ts_event) == ("Heartbeat", 7)


def dbn_records(data):
    return dbn.DBNDecoder().write_and_decode(data) if data else []
