"""The one upstream session: it grows, and a wish that is refused costs nobody else theirs."""

import asyncio

import numpy as np
import pytest
from tests.gateway.gateway_clients import serving, until
from tests.gateway.relay.relaying import ALL_MBO, QUICK, relaying, upstream_on
from tests.gateway.test_broadcast import PushFeed, cut, rest_of, subscribed
from tests.gateway.test_gateway_metrics import Moved

from ticktape.feeds.live_subscriptions import LiveSubscription
from ticktape.gateway.live import BroadcastSource
from ticktape.gateway.relay import Upstream
from ticktape.tape.batch import Batch
from ticktape.tape.gaps import gaps_in
from ticktape.tape.layouts import F_SNAPSHOT, Schema

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


def of_product(tape, records, product):
    ids = tape.definitions["instrument_id"][tape.definitions["asset"] == product.encode()]
    return records[np.isin(records["instrument_id"], ids)]


async def test_what_clients_asked_for_later_returns_after_a_lost_upstream(small_tape):
    early, late = cut(small_tape.records, 10_000)
    feed = PushFeed(small_tape)
    source = BroadcastSource(feed)
    held = [
        LiveSubscription(schema, ("ES.FUT",), "parent", snapshot=schema is Schema.MBO)
        for schema in (Schema.DEFINITION, Schema.MBO)
    ]
    async with serving(source) as up, relaying(up.port, held) as (relay, gateway):
        await feed.push(Batch(Schema.DEFINITION, small_tape.definitions), Batch(Schema.MBO, early))
        held_ns = int(of_product(small_tape, early, "ES")["ts_recv"][-1])
        await until(lambda: relay.now_ns >= held_ns)
        client = await subscribed(gateway, "schema=mbo|symbols=NQ.FUT|stype_in=parent|snapshot=1")
        up.abort_sessions()
        batches = client.batches()
        async with asyncio.timeout(20):
            async for batch in batches:
                if batch.schema is Schema.SYSTEM and gaps_in(batch.records):
                    break
            # The snapshot of the new session: from here on its records come.
            async for batch in batches:
                if batch.schema is Schema.MBO:
                    assert (batch.records["flags"] & F_SNAPSHOT).all()
                    break
            expected = of_product(small_tape, late, "NQ").tobytes()
            given = b""
            await feed.push(Batch(Schema.MBO, late))
            async for batch in batches:
                if batch.schema is Schema.MBO:
                    live = batch.records["flags"] & F_SNAPSHOT == 0
                    given += batch.records[live].tobytes()
                if len(given) >= len(expected):
                    break
        client.close()
    assert given == expected


async def test_what_nobody_wants_now_is_kept_over_a_lost_upstream_for_who_wants_it_again(
    small_tape,
):
    early, late = cut(small_tape.records, 10_000)
    feed = PushFeed(small_tape)
    held = [
        LiveSubscription(schema, ("ES.FUT",), "parent", snapshot=schema is Schema.MBO)
        for schema in (Schema.DEFINITION, Schema.MBO)
    ]
    gaps = Moved("ticktape_relay_upstream_reconnects_total")
    wish = "schema=mbo|symbols=NQ.FUT|stype_in=parent"
    async with (
        serving(BroadcastSource(feed)) as up,
        relaying(up.port, held, {"reconnect_at_end": False}) as (relay, gateway),
    ):
        await feed.push(Batch(Schema.DEFINITION, small_tape.definitions), Batch(Schema.MBO, early))
        held_ns = int(of_product(small_tape, early, "ES")["ts_recv"][-1])
        await until(lambda: relay.now_ns >= held_ns)
        (await subscribed(gateway, f"{wish}|snapshot=1")).close()
        await until(lambda: not gateway.sessions)
        asked = list(relay._upstream.subscriptions)
        up.abort_sessions()
        await until(lambda: gaps.by == 1)
        keys = relay.market.keys
        # Stale until the new session's snapshots: those of what nobody reads too.
        await until(lambda: not any(relay.market.book(one, by).is_stale for by, one in keys()))
        await feed.push(Batch(Schema.MBO, late))
        wanted = of_product(small_tape, late, "NQ")
        await until(lambda: relay.now_ns >= int(wanted["ts_recv"][-1]))
        start_ns = int(wanted["ts_event"].min())
        client = await subscribed(gateway, f"{wish}|start={start_ns}")
        await feed.push(None)
        given = await rest_of(client, Schema.MBO)
        assert relay._upstream.subscriptions == asked
    live = given[given["flags"] & F_SNAPSHOT == 0]
    live = live[live["ts_recv"] >= wanted["ts_recv"][0]]
    assert live.tobytes() == wanted.tobytes()


async def test_many_clients_with_wishes_of_their_own_share_one_upstream_session(small_tape):
    feed = PushFeed(small_tape)
    products = ("ES", "NQ", "CL")
    async with (
        serving(BroadcastSource(feed)) as up,
        relaying(up.port, feed_options={"reconnect_at_end": False}) as (relay, gateway),
    ):
        await feed.push(Batch(Schema.DEFINITION, small_tape.definitions))
        clients = [
            await subscribed(gateway, f"schema=mbo|symbols={product}.FUT|stype_in=parent")
            for product in products
        ]
        await feed.push(Batch(Schema.MBO, small_tape.records))
        await until(lambda: relay.now_ns == int(small_tape.records["ts_recv"][-1]))
        assert len(up.sessions) == relay._upstream.sessions == 1
        await feed.push(None)
        for client, product in zip(clients, products, strict=True):
            given = await rest_of(client, Schema.MBO)
            expected = of_product(small_tape, small_tape.records, product)
            assert given.tobytes() == expected.tobytes()
