"""Whether the feed is connected is known before anything of it is shown."""

import asyncio

from tests.server.market_day import opening_book

from ticktape.server.source import Source
from ticktape.server.viewer import Viewer


async def test_the_first_batch_is_never_shown_as_of_a_feed_that_is_not_connected():
    viewer = Viewer(Source("SIMULATED", "GLBX.MDP3", ["mbo"], ["ES.FUT"]), port=0)
    connected = []
    seen = []

    async def feed():
        # Whoever only asks from time to time has asked before this, and asks too late after it.
        await asyncio.sleep(0)
        connected.append(True)
        yield opening_book()
        while not viewer.hub.records:
            await asyncio.sleep(0)
        seen.append(viewer.source.connected)

    await viewer.start()
    try:
        await viewer.show(feed(), lambda: bool(connected))
    finally:
        await viewer.close()
    assert seen == [True]
