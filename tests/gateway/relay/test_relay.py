"""One upstream session, many local ones: each its own subscriptions, books whole."""

import asyncio

import numpy as np
from tests.gateway.gateway_clients import RawClient, official_session, serving, until, until_served
from tests.gateway.relay.relaying import relaying
from tests.gateway.test_broadcast import PushFeed, books_of, cut, rest_of, subscribed
from tests.gateway.test_gateway_metrics import Moved

from ticktape.feeds.live_subscriptions import LiveSubscription
from ticktape.flow.derive import make_deriver
from ticktape.gateway.live import BroadcastSource, LiveGateway
from ticktape.gateway.relay import segments
from ticktape.market import Market
from ticktape.tape import read_dbn
from ticktape.tape.batch import Batch
from ticktape.tape.gaps import gaps_in, losses_in
from ticktape.tape.layouts import Schema
from ticktape.tape.summary import summarise


def upstream_of(tape, **options):
    feed = PushFeed(tape)
    return feed, BroadcastSource(feed, **options)


def books_in(market):
    return list(market.keys())


async def push_cut(feed, records, size=997):
    for start in range(0, len(records), size):
        await feed.push(Batch(Schema.MBO, records[start : start + size]))


async def test_an_official_client_gets_the_tape_through_the_relay(small_tape):
    feed, source = upstream_of(small_tape)
    async with (
        serving(source) as up,
        relaying(up.port, feed_options={"reconnect_at_end": False}) as (relay, gateway),
    ):
        await until(lambda: relay._upstream.sessions)

        async def feed_when_joined():
            await until_served(gateway)
            await feed.push(Batch(Schema.DEFINITION, small_tape.definitions))
            await push_cut(feed, small_tape.records)
            await feed.push(None)

        feeding = asyncio.create_task(feed_when_joined())
        given = await official_session(gateway.port, {"schema": "mbo"}, {"schema": "trades"})
        await feeding
    assert given.of(Schema.MBO).tobytes() == small_tape.records.tobytes()
    trades = make_deriver(Schema.MBO, Schema.TRADES).update(small_tape.records)
    assert len(given.of(Schema.TRADES)) == len(trades)
    assert set(given.symbology_map) >= set(np.unique(small_tape.records["instrument_id"]).tolist())


async def test_who_joins_late_with_a_snapshot_has_the_relays_books(small_tape):
    early, late = cut(small_tape.records, 17_000)
    feed, source = upstream_of(small_tape)
    async with (
        serving(source) as up,
        relaying(up.port, feed_options={"reconnect_at_end": False}) as (relay, gateway),
    ):
        await feed.push(Batch(Schema.MBO, early))
        await until(lambda: relay.now_ns == int(early["ts_recv"][-1]))
        client = await subscribed(gateway, "schema=mbo|symbols=ALL_SYMBOLS|snapshot=1")
        await feed.push(Batch(Schema.MBO, late), None)
        records = await rest_of(client, Schema.MBO)
    assert records[-len(late) :].tobytes() == late.tobytes()
    assert books_of(records) == books_of(small_tape.records)


async def test_symbols_and_schemas_nobody_asked_for_yet_are_subscribed_upstream(small_tape):
    """The relay begins with one product; a client asks for another, and for statistics."""
    feed, source = upstream_of(small_tape)
    es = small_tape.definitions[small_tape.definitions["asset"] == b"ES"]["instrument_id"]
    held = [
        LiveSubscription(schema, ("ES.FUT",), "parent", snapshot=schema is Schema.MBO)
        for schema in (Schema.DEFINITION, Schema.MBO)
    ]
    early, late = cut(small_tape.records, 17_000)
    async with (
        serving(source) as up,
        relaying(up.port, held, feed_options={"reconnect_at_end": False}) as (relay, gateway),
    ):
        await feed.push(Batch(Schema.DEFINITION, small_tape.definitions), Batch(Schema.MBO, early))
        await until(lambda: relay.now_ns == int(early["ts_recv"][-1]))
        assert {key[1] for key in books_in(relay.market)} <= set(es.tolist())
        client = await subscribed(gateway, "schema=mbo|symbols=NQ.FUT|stype_in=parent|snapshot=1")
        derived = await subscribed(gateway, "schema=mbp-1|symbols=CL.FUT|stype_in=parent")
        stats = await subscribed(gateway, "schema=statistics|symbols=NQ.FUT|stype_in=parent")
        asked = [(one.schema, one.symbols) for one in relay._upstream.subscriptions[len(held) :]]
        assert asked == [
            (Schema.DEFINITION, ("NQ.FUT",)),
            (Schema.MBO, ("NQ.FUT",)),
            (Schema.DEFINITION, ("CL.FUT",)),
            (Schema.MBO, ("CL.FUT",)),
            (Schema.STATISTICS, ("NQ.FUT",)),
        ]
        await feed.push(Batch(Schema.MBO, late), None)
        records = await rest_of(client, Schema.MBO)
        quotes = await rest_of(derived, Schema.MBP_1)
        stats.close()
    ids = small_tape.definitions
    nq = ids[ids["asset"] == b"NQ"]["instrument_id"]
    cl = ids[ids["asset"] == b"CL"]["instrument_id"]
    whole = small_tape.records[np.isin(small_tape.records["instrument_id"], nq)]
    assert books_of(records) == books_of(whole)
    assert set(records["instrument_id"].tolist()) <= set(nq.tolist())
    assert len(quotes)
    assert set(quotes["instrument_id"].tolist()) <= set(cl.tolist())


async def test_clients_are_told_of_a_lost_upstream_while_it_is_still_away(small_tape):
    early, late = cut(small_tape.records, 10_000)
    missed, rest = cut(late, 4_000)
    losses = Moved("ticktape_relay_upstream_losses_total")
    feed, source = upstream_of(small_tape)
    after_feed, after = upstream_of(small_tape)
    after.begin()
    await after_feed.push(Batch(Schema.MBO, early), Batch(Schema.MBO, missed))
    seen = []

    async def read(client, done):
        async for batch in client.batches():
            seen.append(batch)
            if done(batch):
                return

    def is_said(find):
        return lambda batch: batch.schema is Schema.SYSTEM and bool(find(batch.records))

    async with serving(source) as up, relaying(up.port) as (relay, gateway):
        client = await subscribed(gateway, "schema=mbo|symbols=ALL_SYMBOLS|snapshot=1")
        await feed.push(Batch(Schema.MBO, early))
        await until(lambda: relay.now_ns == int(early["ts_recv"][-1]))
        up.abort_sessions()
        await up.close()
        async with asyncio.timeout(20):
            await read(client, is_said(losses_in))
        assert not relay._upstream.connected
        assert losses.by == 1
        (lost,) = losses_in(seen[-1].records)
        assert lost[0] == int(early["ts_recv"][-1])
        assert not [one for one in seen if is_said(gaps_in)(one)]

        await until(lambda: after.market.records.get(Schema.MBO) == len(early) + len(missed))
        again = LiveGateway(after, port=up.port)
        await again.start()
        try:
            async with asyncio.timeout(20):
                await read(client, is_said(gaps_in))
                await after_feed.push(Batch(Schema.MBO, rest))
                end_ns = int(rest["ts_recv"][-1])
                await read(
                    client,
                    lambda one: (
                        "ts_recv" in one.records.dtype.names
                        and int(one.records["ts_recv"][-1]) == end_ns
                    ),
                )
            assert losses.by == 1
        finally:
            await again.close()
    given = np.concatenate([one.records for one in seen if one.schema is Schema.MBO])
    assert given[: len(early)].tobytes() == early.tobytes()
    assert given[-len(rest) :].tobytes() == rest.tobytes()
    assert books_of(given) == books_of(small_tape.records)


async def test_a_lost_upstream_is_a_gap_in_band_and_books_are_whole_again(small_tape):
    early, late = cut(small_tape.records, 10_000)
    feed, source = upstream_of(small_tape)
    async with serving(source) as up, relaying(up.port) as (relay, gateway):
        client = await subscribed(gateway, "schema=mbo|symbols=ALL_SYMBOLS|snapshot=1")
        missed, rest = cut(late, 4_000)
        market, gaps, count = Market(), [], 0

        async def read(done):
            nonlocal count
            async for batch in client.batches():
                market.apply(batch)
                if batch.schema is Schema.SYSTEM:
                    gaps.extend(gaps_in(batch.records))
                if batch.schema is Schema.MBO:
                    count += len(batch.records)
                if done(batch):
                    return

        await feed.push(Batch(Schema.MBO, early))
        await read(lambda _: count >= len(early))
        up.abort_sessions()
        await until(lambda: not relay._upstream.connected)
        await feed.push(Batch(Schema.MBO, missed))
        # Its subscription is taken up, not only its session: what follows comes as records.
        await until(lambda: relay._upstream.sessions == 2 and source.session_count == 1)
        await feed.push(Batch(Schema.MBO, rest))
        end_ns = int(rest["ts_recv"][-1])
        await read(
            lambda batch: (
                batch.schema is Schema.MBO
                and (batch.records["ts_recv"][-1], batch.records["order_id"][-1])
                == (end_ns, rest["order_id"][-1])
            )
        )
        client.close()
    assert len(gaps) == 1
    assert relay._upstream.gaps == 1
    given = {
        key: [side.tolist() for side in market.book(key[1], key[0]).levels(20)]
        for key in sorted(market.keys())
    }
    assert given == books_of(small_tape.records)


async def test_what_the_upstream_refuses_ends_only_the_session_that_asked(small_tape):
    """The tape upstream has orders only: imbalances can not be derived of them."""
    feed, source = upstream_of(small_tape)
    async with serving(source) as up, relaying(up.port) as (relay, gateway):
        other = await subscribed(gateway, "schema=mbo|symbols=ALL_SYMBOLS")
        greedy = await RawClient.authenticated(gateway.port)
        held = len(relay._upstream.subscriptions)
        greedy.send("schema=imbalance|symbols=ESZ5\nstart_session\n")
        _, records = await greedy.everything()
        assert records[Schema.ERROR]["code"].tolist() == [5]
        assert len(relay._upstream.subscriptions) == held
        await until(lambda: relay._upstream.sessions == 2)
        again = await RawClient.authenticated(gateway.port)
        again.send("schema=imbalance|symbols=ESZ5\nstart_session\n")
        _, records = await again.everything()
        assert records[Schema.ERROR]["code"].tolist() == [5]
        assert relay._upstream.sessions == 2
        await feed.push(Batch(Schema.MBO, small_tape.records))
        async for batch in other.batches():
            if batch.schema is Schema.SYSTEM:
                assert len(gaps_in(batch.records)) == 1
            if batch.schema is Schema.MBO:
                break
        other.close()


async def test_start_comes_from_the_buffer_on_disk_and_goes_on_without_a_seam(small_tape, tmp_path):
    """The official client, orders and what is derived of them, from the past into the present."""
    early, late = cut(small_tape.records, 12_000)
    feed, source = upstream_of(small_tape)
    async with (
        serving(source) as up,
        relaying(
            up.port,
            feed_options={"reconnect_at_end": False},
            buffer=tmp_path,
            buffer_bytes=16 << 18,
        ) as (relay, gateway),
    ):
        await feed.push(Batch(Schema.DEFINITION, small_tape.definitions))
        await push_cut(feed, early)
        await until(lambda: relay.now_ns == int(early["ts_recv"][-1]))

        async def feed_when_joined():
            await until_served(gateway)
            await push_cut(feed, late)
            await feed.push(None)

        feeding = asyncio.create_task(feed_when_joined())
        given = await official_session(
            gateway.port, {"schema": "mbo", "start": 0}, {"schema": "ohlcv-1s", "start": 0}
        )
        await feeding
    assert len(list(tmp_path.glob("*.books.dbn"))) > 1
    for path in tmp_path.glob("*.dbn"):
        summary = summarise(path, read_dbn(path))
        assert set(summary.instruments) == set(summary.instrument_symbols)
    assert given.of(Schema.MBO).tobytes() == small_tape.records.tobytes()
    deriver = make_deriver(Schema.MBO, Schema.OHLCV_1S)
    bars = np.concatenate([deriver.update(small_tape.records), deriver.flush()])
    assert given.of(Schema.OHLCV_1S).tobytes() == bars.tobytes()
    assert given.system_codes().count(3) == 2


async def test_a_start_in_the_middle_is_inclusive_and_one_that_is_forgotten_is_refused(
    small_tape, tmp_path
):
    feed, source = upstream_of(small_tape)
    records = small_tape.records
    async with (
        serving(source) as up,
        relaying(
            up.port,
            feed_options={"reconnect_at_end": False},
            buffer=tmp_path,
            buffer_bytes=16 << 16,
        ) as (relay, gateway),
    ):
        await push_cut(feed, records)
        await until(lambda: relay.now_ns == int(records["ts_recv"][-1]))
        await until(lambda: not relay.history._pending)
        old = await RawClient.authenticated(gateway.port)
        old.send(
            f"schema=mbo|symbols=ALL_SYMBOLS|start={int(records['ts_event'][0]) - 1}\n"
            "start_session\n"
        )
        _, refused = await old.everything()
        assert refused[Schema.ERROR]["code"].tolist() == [8]
        start_ns = int(records["ts_event"][-2_000])
        client = await subscribed(gateway, f"schema=mbo|symbols=ALL_SYMBOLS|start={start_ns}")
        await feed.push(None)
        given = await rest_of(client, Schema.MBO)
    assert given.tobytes() == records[records["ts_event"] >= start_ns].tobytes()


async def test_a_full_disk_under_the_buffer_lets_the_stream_go_on(
    small_tape, tmp_path, monkeypatch
):
    early, late = cut(small_tape.records, 12_000)
    feed, source = upstream_of(small_tape)
    async with (
        serving(source) as up,
        relaying(up.port, feed_options={"reconnect_at_end": False}, buffer=tmp_path) as (
            relay,
            gateway,
        ),
    ):
        client = await subscribed(gateway, "schema=mbo|symbols=ALL_SYMBOLS")
        await feed.push(Batch(Schema.MBO, early))
        await until(lambda: relay.now_ns == int(early["ts_recv"][-1]))
        await until(lambda: not relay.history._pending)

        def full(descriptor, data):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(segments.os, "write", full)
        await push_cut(feed, late)
        await until(lambda: relay.now_ns == int(late["ts_recv"][-1]))
        await until(lambda: relay.history.lost_records == len(late))
        asking = await RawClient.authenticated(gateway.port)
        hole_ns = int(late["ts_event"][len(late) // 2])
        asking.send(f"schema=mbo|symbols=ALL_SYMBOLS|start={hole_ns}\nstart_session\n")
        _, refused = await asking.everything()
        assert refused[Schema.ERROR]["code"].tolist() == [8]
        await feed.push(None)
        given = await rest_of(client, Schema.MBO)
    assert given.tobytes() == small_tape.records.tobytes()
