"""Clients that come in crowds, say half a line, and vanish in the middle."""

import asyncio
import gc

import pytest
from tests.gateway.gateway_clients import RawClient, serving

from ticktape.gateway.live import SessionReplaySource
from ticktape.gateway.live.limits import Limits


@pytest.fixture
async def complaints():
    """What the event loop was told of: exceptions nobody looked at, tasks left pending."""
    told = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
    yield told
    gc.collect()
    assert told == []


async def until_empty(gateway):
    while gateway.sessions:
        await asyncio.sleep(0.01)


async def test_a_crowd_that_comes_and_goes_leaves_nothing(small_tape, complaints):
    async def come_and_go(port, number):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        if number % 3 == 0:
            await reader.readline()
        if number % 3 == 1:
            writer.transport.abort()
            return
        writer.write(b"auth=half a li")
        writer.close()

    async with serving(
        SessionReplaySource([small_tape.path]), limits=Limits(sessions=500)
    ) as gateway:
        await asyncio.gather(*(come_and_go(gateway.port, number) for number in range(100)))
        await until_empty(gateway)


@pytest.mark.parametrize("leave", ["abort", "close"])
async def test_clients_that_vanish_in_mid_stream_leave_nothing(small_tape, complaints, leave):
    async with serving(SessionReplaySource([small_tape.path], speed=1, loop=True)) as gateway:
        clients = [await RawClient.authenticated(gateway.port) for _ in range(8)]
        for client in clients:
            client.send("schema=mbo|symbols=ALL_SYMBOLS\nschema=mbp-10|symbols=ALL_SYMBOLS\n")
            client.send("start_session\n")
            await anext(client.batches())
        for client in clients:
            getattr(client._writer.transport, leave)()
        await until_empty(gateway)
