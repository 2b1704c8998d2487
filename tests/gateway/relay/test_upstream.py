"""The one upstream session: it grows, and a wish that is refused costs nobody else theirs."""

import asyncio

import pytest
from tests.gateway.gateway_clients import serving
from tests.gateway.relay.relaying import ALL_MBO, QUICK, until, upstream_on
from tests.gateway.test_broadcast import PushFeed

from ticktape.feeds.live_subscriptions import LiveSubscription
from ticktape.gateway.live import BroadcastSource
from ticktape.gateway.relay import Upstream
from ticktape.tape.batch import Batch
from ticktape.tape.gaps import gaps_in
from ticktape.tape.layouts import Schema

GOOD = LiveSubscription(Schema.STATISTICS, ("ESZ5",))
ALSO_GOOD = LiveSubscription(Schema.STATUS, ("ESZ5",))
BAD = LiveSubscription(Schema.IMBALANCE, ("ESZ5",))
ALSO_BAD = LiveSubscription(Schema.CMBP_1, ("ESZ5",))


@pytest.mark.parametrize(
    ("asked", "sessions"),
    [
        ((GOOD, BAD), 2),
        ((BAD, GOOD), 2),
        ((GOOD, BAD, ALSO_GOOD), 2),
        ((BAD, GOOD, ALSO_BAD, ALSO_GOOD), 3),
    ],
)
async def test_of_what_is_asked_at_the_same_moment_only_what_is_refused_is_left_out(
    small_tape, asked, sessions
):
    feed, taken = PushFeed(small_tape), []
    async with serving(BroadcastSource(feed)) as up:
        upstream = upstream_on(up.port)
        await upstream.connect()
        held = list(upstream.subscriptions)

        async def take():
            async for batch in upstream:
                taken.append(batch)

        taking = asyncio.create_task(take())
        answered = [upstream.ask(one) for one in asked]
        async with asyncio.timeout(20):
            await asyncio.gather(*(event.wait() for event in answered))
        assert set(upstream.refused) == {one for one in asked if one in {BAD, ALSO_BAD}}
        wanted = [*held, *(one for one in asked if one in {GOOD, ALSO_GOOD})]
        assert sorted(map(str, upstream.subscriptions)) == sorted(map(str, wanted))
        await until(lambda: upstream.sessions == sessions)
        await feed.push(Batch(Schema.MBO, small_tape.records))
        await until(lambda: any(batch.schema is Schema.MBO for batch in taken))
        taking.cancel()
        await upstream.close()
    gaps = [gap for one in taken if one.schema is Schema.SYSTEM for gap in gaps_in(one.records)]
    assert len(gaps) == upstream.gaps == sessions - 1
    assert all("can not be derived" in gap.reason for gap in gaps)


async def test_an_upstream_that_is_gone_after_a_refusal_is_tried_again(small_tape):
    feed, made = PushFeed(small_tape), []
    async with serving(BroadcastSource(feed)) as up, serving(BroadcastSource(feed)) as closed:
        await closed.close()
        there = upstream_on(up.port)
        gone = upstream_on(closed.port)

        def make_feed(wanted):
            made.append(wanted)
            return (gone if len(made) in {2, 3} else there)._make_feed(wanted)

        upstream = Upstream(make_feed, ALL_MBO, QUICK)
        await upstream.connect()

        async def take():
            async for _ in upstream:
                pass

        taking = asyncio.create_task(take())
        async with asyncio.timeout(20):
            await upstream.ask(BAD).wait()
        await until(lambda: upstream.sessions == 2)
        assert len(made) == 4
        taking.cancel()
        await upstream.close()
