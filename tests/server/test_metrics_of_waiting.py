"""What waits, comes late, is dropped or replaced: a scrape of a running server shows each."""

import asyncio
from contextlib import ExitStack, closing

import pytest
from tests.server.flow_day import prints
from tests.server.market_day import ES, definitions, opening_book, stage, trades
from tests.server.replaying import replaying
from tests.server.test_flow_stream import live, parts
from tests.server.test_mbo_stream import busy_tape  # noqa: F401 -- a fixture
from tests.server.test_metrics import scrape
from tests.server.test_signals import signals
from tests.server.test_staying_up import open_socket

from ticktape.server.limits import Limits
from ticktape.store.signal_schema import SignalStoreError


async def until_scraped(running, holds, seconds=20):
    """Scrape until what was scraped is as it should be."""
    async with asyncio.timeout(seconds):
        while not holds(found := await scrape(running)):
            pass
    return found


class Held:
    """A sink behind which nothing is shown while it is held."""

    def __init__(self, sink):
        self._write = sink.write
        self._free = asyncio.Event()
        self._free.set()
        self.has_one = asyncio.Event()
        sink.write = self.write

    def __enter__(self):
        self._free.clear()

    def __exit__(self, *_):
        self._free.set()

    async def write(self, batch):
        self.has_one.set()
        await self._free.wait()
        await self._write(batch)


async def test_batches_that_wait_for_the_market_are_the_feeds_queue(demo):
    waiting = "ticktape_queue_depth"
    held = Held(demo.viewer.book_streams)
    with held:
        demo.feed.put(definitions())
        await held.has_one.wait()
        demo.feed.put(*(trades(1, ES, sequence=turn) for turn in range(5)))
        await until_scraped(demo, lambda now: now.value(waiting, queue="feed") == 5)
    await until_scraped(demo, lambda now: now.value(waiting, queue="feed") == 0)


async def test_a_replay_that_is_shown_late_lags_behind_its_pace_and_comes_up_again(
    busy_tape,  # noqa: F811
):
    lag = "ticktape_feed_lag_seconds"
    # Six seconds of the tape: records are due all the time.
    async with replaying(busy_tape, speed=1.0, paused=False) as running:
        await until_scraped(running, lambda now: now.value("ticktape_books") > 0)
        # The one before the sink that takes the lag, the other behind it.
        before, behind = Held(running.viewer.book_streams), Held(running.viewer.flow_streams)
        loop = asyncio.get_running_loop()
        begun = loop.time()
        with ExitStack() as until_seen:
            with before:
                await before.has_one.wait()
                while loop.time() - begun < 0.4:
                    await scrape(running)
                until_seen.enter_context(behind)
            found = await until_scraped(running, lambda now: now.value(lag) > 0.2)
            assert found.value(lag) < loop.time() - begun + 1
        await until_scraped(running, lambda now: 0 <= now.value(lag) < 0.2)


@pytest.fixture
async def full_disk(monkeypatch):
    """A viewer whose file of signals takes nothing, with room for a hundred that wait."""
    monkeypatch.setattr("ticktape.server.signal_keeping.MOST_WAITING", 100)
    async with stage(live()) as running:

        def refuse(*_rows):
            raise SignalStoreError("the disk is full")

        monkeypatch.setattr(running.viewer.signals._store, "write", refuse)
        yield running


async def test_signals_that_a_full_disk_refuses_wait_and_the_oldest_are_dropped(full_disk):
    before = await scrape(full_disk)
    full_disk.viewer.signals.keep(signals(130))
    found = await scrape(full_disk)
    assert found.value("ticktape_queue_depth", queue="signals") == 100
    dropped = found.value("ticktape_drops_total", queue="signals")
    assert dropped == before.value("ticktape_drops_total", queue="signals") + 30


async def test_a_reader_of_the_flow_that_stops_waits_and_then_has_states_replaced():
    """It is late by more than states may be: what they were meanwhile it is never told."""
    limits = Limits(max_client_queue_bytes=1 << 26)
    conflated = "ticktape_client_conflations_total"
    async with stage(live(), limits=limits) as running:
        first, *rest = parts(prints(200_000), 400)
        await running.show(definitions(), opening_book(ES), first)
        before = await scrape(running)
        with closing(await open_socket(running.viewer.server.port, "symbols=ESH6", "/ws/flow")):
            clients = "ticktape_clients"
            await until_scraped(running, lambda now: now.value(clients, client="flow") == 1)
            for batch in rest:
                await running.show(batch)
                now = await scrape(running)
                if now.value(conflated, client="flow") > before.value(conflated, client="flow"):
                    break
        assert now.value(conflated, client="flow") > before.value(conflated, client="flow")
        assert now.value("ticktape_client_queue_depth", client="flow") > 0
