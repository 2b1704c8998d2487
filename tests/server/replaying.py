"""A viewer as ``ticktape up`` makes it, of a replay above all, through real sockets."""

import asyncio
from contextlib import asynccontextmanager

import aiohttp
from tests.server.market_day import Stage

from ticktape.cli.up_sources import Wishes, choose
from ticktape.flow.thresholds import DEFAULT_THRESHOLDS
from ticktape.ops.config import Settings


@asynccontextmanager
async def showing(settings, wishes, thresholds=DEFAULT_THRESHOLDS):
    """Show the source that was wished for; its feed is opened beside."""
    choice = choose(settings, wishes)
    viewer = choice.make_viewer(settings, thresholds)
    await viewer.start()

    async def show():
        async with choice.feed(settings) as feed:
            await viewer.show(feed, choice.is_connected)

    shown = asyncio.create_task(show())
    try:
        async with aiohttp.ClientSession() as http:
            yield Stage(viewer, None, http)
    finally:
        shown.cancel()
        await asyncio.wait({shown})
        await viewer.close()


@asynccontextmanager
async def replaying(path, speed=1.0, paused=True, loop=False, thresholds=DEFAULT_THRESHOLDS):
    wishes = Wishes([path], None, "mbo", speed, loop, paused, 1, 1.0)
    async with showing(Settings(port=0, gateway_port=0), wishes, thresholds) as running:
        while not running.viewer.source.connected:
            await asyncio.sleep(0.01)
        yield running
