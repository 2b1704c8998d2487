"""A viewer over a replay, as ``ticktape up --replay`` makes it, through real sockets."""

import asyncio
from contextlib import asynccontextmanager

import aiohttp
from tests.server.market_day import Stage

from ticktape.cli.up_sources import Wishes, choose
from ticktape.flow.thresholds import DEFAULT_THRESHOLDS
from ticktape.ops.config import Settings


@asynccontextmanager
async def replaying(path, speed=1.0, paused=True, loop=False, thresholds=DEFAULT_THRESHOLDS):
    settings = Settings(port=0, gateway_port=0)
    wishes = Wishes([path], None, "mbo", speed, loop, paused, 1, 1.0)
    choice = choose(settings, wishes)
    viewer = choice.make_viewer(settings, thresholds)
    await viewer.start()

    async def show():
        async with choice.feed(settings) as feed:
            await viewer.show(feed, choice.is_connected)

    showing = asyncio.create_task(show())
    try:
        async with aiohttp.ClientSession() as http:
            running = Stage(viewer, None, http)
            while not viewer.source.connected:
                await asyncio.sleep(0.01)
            yield running
    finally:
        showing.cancel()
        await asyncio.wait({showing})
        await viewer.close()
