"""The live feed against the project's own gateway, over real sockets."""

import asyncio
import gc
import logging

import numpy as np
import pytest
from tests.gateway.gateway_clients import serving

from ticktape.feeds import databento_live, databento_protocol
from ticktape.feeds.backoff import Backoff
from ticktape.feeds.databento_live import DatabentoLiveFeed
from ticktape.feeds.databento_protocol import record_protocol
from ticktape.feeds.live_subscriptions import LiveSubscription
from ticktape.gateway.live import BroadcastSource, SessionReplaySource
from ticktape.tape.errors import (
    AuthenticationError,
    BadValueError,
    ConnectionLostError,
    UpstreamError,
)
from ticktape.tape.gaps import gaps_in
from ticktape.tape.layouts import RTYPES, Schema, new_records
from ticktape.tape.metadata import make_metadata

KEY = "db-feed-secret-key-of-32-letters"
START_NS = 1_758_742_200_000_000_000
QUICK = Backoff(first_s=0.01, limit_s=0.05)
ALL_ORDERS = LiveSubscription(Schema.MBO)


def make_orders(count, first=0):
    records = new_records(Schema.MBO, count)
    steps = np.arange(first, first + count)
    records["publisher_id"] = 1
    records["instrument_id"] = 100 + steps % 3
    records["ts_event"] = records["ts_recv"] = START_NS + 1000 * steps
    records["order_id"] = 1 + steps
    records["price"] = 10**9 * (100 + steps % 50)
    records["size"] = 1 + steps % 9
    records["flags"] = 128
    records["action"] = ord("A")
    records["side"] = ord("B")
    return records


ORDERS = make_orders(50_000)
MAPPINGS = {
    f"SYM{number}": [("2025-09-24", "2025-09-25", str(100 + number))] for number in range(3)
}


@pytest.fixture(scope="module")
def tape(tmp_path_factory):
    from datetime import date

    mappings = {
        symbol: [(date(2025, 9, 24), date(2025, 9, 25), entries[0][2])]
        for symbol, entries in MAPPINGS.items()
    }
    metadata = make_metadata("GLBX.MDP3", Schema.MBO, START_NS, mappings=mappings)
    path = tmp_path_factory.mktemp("tapes") / "orders.mbo.dbn"
    path.write_bytes(bytes(metadata.encode()) + ORDERS.tobytes())
    return path


class PushFeed:
    """A feed that gives what the test pushes."""

    metadata = make_metadata("GLBX.MDP3", Schema.MBO, START_NS)

    def __init__(self):
        self.queue = asyncio.Queue()

    async def push(self, records, schema=Schema.MBO):
        from ticktape.tape.batch import Batch

        await self.queue.put(Batch(schema, records))

    async def __aiter__(self):
        while (batch := await self.queue.get()) is not None:
            yield batch


def feed_of(gateway, *subscriptions, key=KEY, **options):
    return DatabentoLiveFeed(
        key,
        "GLBX.MDP3",
        subscriptions or [ALL_ORDERS],
        gateway="127.0.0.1",
        port=gateway.port,
        backoff=options.pop("backoff", QUICK),
        **options,
    )


async def collect(feed):
    records = {}
    async for batch in feed:
        records.setdefault(batch.schema, []).append(batch.records)
    return {schema: np.concatenate(parts) for schema, parts in records.items()}


@pytest.mark.parametrize(
    "options",
    [{}, {"compression": "zstd"}, {"ts_out": True}, {"ts_out": True, "compression": "zstd"}],
    ids=["plain", "zstd", "ts_out", "ts_out and zstd"],
)
async def test_every_record_comes_as_arrays_in_order(tape, options):
    async with serving(SessionReplaySource([tape])) as gateway:
        feed = feed_of(gateway, **options)
        records = await collect(feed)
    assert records[Schema.MBO].tobytes() == ORDERS.tobytes()
    assert records[Schema.SYMBOL_MAPPING]["stype_out_symbol"].tolist() == [
        b"SYM0",
        b"SYM1",
        b"SYM2",
    ]
    assert records[Schema.SYSTEM]["code"].tolist() == [1]
    assert (feed.last_ts_out_ns is not None) == ("ts_out" in options)


async def test_several_schemas_of_one_session_are_told_apart(tape):
    schemas = (Schema.MBO, Schema.MBP_1, Schema.TRADES, Schema.OHLCV_1S, Schema.MBP_10)
    async with serving(SessionReplaySource([tape])) as gateway:
        records = await collect(feed_of(gateway, *map(LiveSubscription, schemas)))
    assert records[Schema.MBO].tobytes() == ORDERS.tobytes()
    assert set(records) >= {Schema.MBP_1, Schema.MBP_10}
    for schema, rows in records.items():
        assert set(rows["rtype"].tolist()) == {RTYPES[schema]}


async def test_quotes_of_a_session_with_tbbo_alone_are_tbbo(tape):
    feed = DatabentoLiveFeed(KEY, "GLBX.MDP3", [LiveSubscription(Schema.TBBO)])
    assert feed._subscriptions.quote_schema() is Schema.TBBO
    both = [LiveSubscription(Schema.TBBO), LiveSubscription(Schema.MBP_1)]
    feed = DatabentoLiveFeed(KEY, "GLBX.MDP3", both)
    assert feed._subscriptions.quote_schema() is Schema.MBP_1


async def test_a_wrong_key_is_final(tape):
    async with serving(SessionReplaySource([tape]), keys=["db-other"]) as gateway:
        with pytest.raises(AuthenticationError, match=r"Authentication failed\.") as caught:
            await collect(feed_of(gateway))
    assert caught.value.terminal


async def test_a_gateway_that_is_not_there_is_told_at_once(tape):
    async with serving(SessionReplaySource([tape])) as gateway:
        pass
    with pytest.raises(ConnectionLostError, match="No connection to 127"):
        await collect(feed_of(gateway))


async def test_a_refused_subscription_is_final_and_in_the_stream(tape):
    async with serving(SessionReplaySource([tape])) as gateway:
        feed = feed_of(gateway, LiveSubscription(Schema.CMBP_1))
        errors = []

        async def note_errors():
            async for batch in feed:
                errors.extend(
                    batch.records["code"].tolist() if batch.schema is Schema.ERROR else []
                )

        with pytest.raises(UpstreamError, match="cmbp-1 can not be derived") as caught:
            await note_errors()
    assert caught.value.terminal
    assert errors == [5]


async def test_an_unknown_symbol_is_in_the_stream_and_the_rest_is_served(tape):
    async with serving(SessionReplaySource([tape])) as gateway:
        records = await collect(feed_of(gateway, LiveSubscription(Schema.MBO, ("SYM1", "NOPE"))))
    assert records[Schema.ERROR]["code"].tolist() == [4]
    assert len(records[Schema.MBO]) == (ORDERS["instrument_id"] == 101).sum()


async def test_a_symbol_unknown_in_several_schemas_is_one_warning(caplog):
    async with serving(BroadcastSource(PushFeed())) as gateway:
        wanted = [LiveSubscription(one, ("NOPE",)) for one in (Schema.DEFINITION, Schema.MBO)]
        errors = 0
        async for batch in feed_of(gateway, *wanted):
            errors += len(batch.records) if batch.schema is Schema.ERROR else 0
            if errors == 2:
                break
    own = [one for one in caplog.records if one.name.startswith("ticktape.feeds")]
    assert [one.levelname for one in own if "gateway error 4" in one.getMessage()] == ["WARNING"]


async def test_after_a_reset_books_come_anew_and_the_gap_is_told():
    source = PushFeed()
    orders = make_orders(3_000)
    async with serving(BroadcastSource(source)) as gateway:
        feed = feed_of(gateway, LiveSubscription(Schema.MBO, snapshot=False))
        stream = aiter(feed)
        while (await anext(stream)).schema is not Schema.SYSTEM:
            pass
        await source.push(orders[:1_000])
        got = 0
        while got < 1_000:
            batch = await anext(stream)
            got += len(batch.records)
        (session,) = gateway.sessions
        gateway.abort_sessions()
        while session in gateway.sessions:
            await asyncio.sleep(0)
        await source.push(orders[1_000:2_000])
        while feed.sessions < 2:
            batch = await anext(stream)
            if batch.schema is Schema.SYSTEM and gaps_in(batch.records):
                break
        gaps = gaps_in(batch.records)
        await source.push(orders[2_000:])
        await source.queue.put(None)
        records = await collect(stream)
    assert gaps == feed.gaps
    assert gaps[0].start_ns == int(orders["ts_recv"][999])
    assert gaps[0].end_ns <= int(orders["ts_recv"][1_999])
    snapshot = records[Schema.MBO]
    clear = snapshot[snapshot["action"] == ord("R")]
    assert set(clear["flags"].tolist()) <= {40, 168}
    # What was missed is in the snapshot: after it the books hold every order.
    assert set(snapshot["order_id"].tolist()) >= set(orders["order_id"].tolist())


async def test_a_reset_ends_the_stream_where_no_reconnection_is_wanted(tape):
    async with serving(SessionReplaySource([tape])) as gateway:
        gateway.abort_after_records(10_000)
        with pytest.raises(ConnectionLostError):
            await collect(feed_of(gateway, reconnect=False))


async def test_reconnection_gives_up_after_the_attempts_allowed(tape):
    async with serving(BroadcastSource(PushFeed())) as gateway:
        feed = feed_of(gateway, backoff=Backoff(0.01, 0.02, attempts=2))
        await feed.connect()
        gateway.abort_sessions()
        await gateway.close()
        with pytest.raises(ConnectionLostError):
            await collect(feed)


def test_waits_double_with_jitter_up_to_a_limit():
    import random

    chance = random.Random(1)
    waits = [Backoff(1.0, 8.0).delay_s(failures, chance) for failures in range(1, 8)]
    for wait, full in zip(waits, [1, 2, 4, 8, 8, 8, 8], strict=True):
        assert full / 2 <= wait <= full


async def test_silence_longer_than_the_heartbeats_is_a_lost_connection(tape, monkeypatch):
    monkeypatch.setattr(databento_live, "HEARTBEAT_MARGIN_S", -4.5)
    async with serving(BroadcastSource(PushFeed())) as gateway:
        feed = feed_of(gateway, heartbeat_interval_s=5, reconnect=False)
        with pytest.raises(ConnectionLostError, match="Nothing was heard"):
            await collect(feed)


async def test_a_slow_consumer_stops_the_reading_and_loses_nothing(tape):
    async with serving(SessionReplaySource([tape])) as gateway:
        feed = feed_of(gateway, queue_bytes=100_000)
        await feed.connect()
        while feed.queued_bytes < 100_000:
            await asyncio.sleep(0)
        await asyncio.sleep(0.1)
        assert feed.queued_bytes < 400_000
        records = await collect(feed)
    assert records[Schema.MBO].tobytes() == ORDERS.tobytes()


async def test_subscriptions_change_while_the_feed_runs():
    source = PushFeed()
    async with serving(BroadcastSource(source)) as gateway:
        first, second = (
            LiveSubscription(Schema.MBO, (str(n),), "instrument_id") for n in (100, 101)
        )
        feed = feed_of(gateway, first)
        stream = aiter(feed)
        assert (await anext(stream)).schema is not Schema.MBO
        metadata_of = new_records(Schema.SYMBOL_MAPPING, 2)
        metadata_of["instrument_id"] = [100, 101]
        metadata_of["stype_out_symbol"] = [b"SYM0", b"SYM1"]
        await source.push(metadata_of, Schema.SYMBOL_MAPPING)
        feed.subscribe(LiveSubscription(Schema.MBO))
        while True:
            batch = await anext(stream)
            if batch.schema is Schema.SYSTEM and b"request 1" in batch.records["msg"][0]:
                break
        await source.push(ORDERS[:30])
        assert len((await anext(stream)).records) == 30
        feed.unsubscribe(LiveSubscription(Schema.MBO))
        feed.unsubscribe(first)
        await source.push(ORDERS[:30])
        feed.subscribe(first)
        await source.queue.put(None)
        records = await collect(stream)
    assert Schema.MBO not in records or set(records[Schema.MBO]["instrument_id"].tolist()) <= {100}
    with pytest.raises(BadValueError, match="no subscription"):
        feed.unsubscribe(second)


async def test_the_fallback_gives_the_same_records(tape, monkeypatch, caplog):
    monkeypatch.setitem(databento_protocol.RELIED_ON, "_process_dbn", ("self", "another"))
    databento_protocol.live_protocol.cache_clear()
    try:
        async with serving(SessionReplaySource([tape])) as gateway:
            records = await collect(feed_of(gateway, compression="zstd"))
    finally:
        databento_protocol.live_protocol.cache_clear()
    assert records[Schema.MBO].tobytes() == ORDERS.tobytes()
    assert "changed _process_dbn" in caplog.text
    assert record_protocol is not None


async def test_the_key_is_in_no_log_and_no_error(tape, caplog):
    caplog.set_level(logging.DEBUG)
    async with serving(SessionReplaySource([tape]), keys=[KEY]) as gateway:
        feed = feed_of(gateway)
        await collect(feed)
    async with serving(SessionReplaySource([tape]), keys=["other"]) as gateway:
        with pytest.raises(AuthenticationError) as caught:
            await collect(feed_of(gateway))
    assert KEY not in caplog.text + str(caught.value) + repr(feed) + repr(vars(feed))


async def test_an_impossible_subscription_is_refused_at_once():
    with pytest.raises(BadValueError, match="snapshot"):
        LiveSubscription(Schema.TRADES, snapshot=True)
    with pytest.raises(BadValueError, match="no symbols"):
        LiveSubscription(Schema.TRADES, ())


async def test_leaving_early_leaves_nothing_behind(tape):
    async with serving(SessionReplaySource([tape])) as gateway:
        async with feed_of(gateway) as feed:
            await anext(aiter(feed))
        while gateway.sessions:
            await asyncio.sleep(0.01)
    assert not feed.connected
    gc.collect()
