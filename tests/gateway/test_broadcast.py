"""One timeline for all sessions: joining, replays of the past, snapshots, marks, slow readers."""

import asyncio
import hashlib

import numpy as np
import pytest
from tests.gateway.gateway_clients import DATASET, RawClient, official_session, serving

from ticktape.feeds.databento_live import DatabentoLiveFeed
from ticktape.feeds.live_subscriptions import LiveSubscription
from ticktape.feeds.marks import Mark, make_mark, marks_in
from ticktape.feeds.replay import Replay
from ticktape.feeds.simulator import SimulatedExchange
from ticktape.feeds.simulator.feed import SimulatorFeed
from ticktape.flow.derive import make_deriver
from ticktape.gateway.live import BroadcastSource
from ticktape.market import Market
from ticktape.tape.batch import Batch
from ticktape.tape.layouts import Schema
from ticktape.tape.metadata import make_metadata


class PushFeed:
    """A feed that gives what the test pushes; ends with None."""

    def __init__(self, tape):
        self.metadata = make_metadata(DATASET, Schema.MBO, int(tape.records["ts_recv"][0]))
        self.queue = asyncio.Queue(1)

    async def push(self, *batches):
        for batch in batches:
            await self.queue.put(batch)

    async def __aiter__(self):
        while (batch := await self.queue.get()) is not None:
            yield batch


def cut(records, at):
    """Cut orders into two runs near a place, where an event ends."""
    ends = np.flatnonzero(records["flags"] & 128) + 1
    place = int(ends[np.searchsorted(ends, at)])
    return records[:place], records[place:]


async def subscribed(gateway, *lines, options=""):
    """Give a client whose subscriptions are acknowledged."""
    client = await RawClient.authenticated(gateway.port, options=options)
    client.send("".join(f"{line}\n" for line in lines) + "start_session\n")
    acknowledged = 0
    client.seen = []
    async for batch in client.batches():
        client.seen.append(batch)
        if batch.schema is Schema.SYSTEM:
            acknowledged += int((batch.records["code"] == 1).sum())
        if acknowledged == len(lines):
            return client
    raise AssertionError("the session ended before it was acknowledged")


async def rest_of(client, schema):
    _, records = await client.everything()
    before = [batch.records for batch in client.seen if batch.schema is schema]
    parts = [*before, *([records[schema]] if schema in records else [])]
    return np.concatenate(parts) if parts else np.empty(0)


def books_of(*runs):
    market = Market()
    for records in runs:
        market.apply(Batch(Schema.MBO, records))
    return {
        key: [side.tolist() for side in market.book(key[1], key[0]).levels(20)]
        for key in sorted(market.keys())
    }


async def feed_all(feed, records, size=997):
    for start in range(0, len(records), size):
        await feed.push(Batch(Schema.MBO, records[start : start + size]))
    await feed.push(None)


async def test_all_sessions_get_the_same_records(small_tape):
    feed = PushFeed(small_tape)
    async with serving(BroadcastSource(feed)) as gateway:
        clients = [await subscribed(gateway, "schema=mbo|symbols=ALL_SYMBOLS") for _ in range(3)]
        pushing = asyncio.create_task(feed_all(feed, small_tape.records))
        given = await asyncio.gather(*(rest_of(client, Schema.MBO) for client in clients))
        await pushing
    for records in given:
        assert records.tobytes() == small_tape.records.tobytes()


async def test_a_hundred_sessions_get_the_bytes_of_the_tape(small_tape):
    async def digest_of(client):
        records = await rest_of(client, Schema.MBO)
        return hashlib.sha256(records.tobytes()).hexdigest()

    feed = PushFeed(small_tape)
    async with serving(BroadcastSource(feed)) as gateway:
        clients = [await subscribed(gateway, "schema=mbo|symbols=ALL_SYMBOLS") for _ in range(100)]
        pushing = asyncio.create_task(feed_all(feed, small_tape.records))
        digests = await asyncio.gather(*map(digest_of, clients))
        await pushing
    assert digests == [hashlib.sha256(small_tape.records.tobytes()).hexdigest()] * 100


@pytest.mark.parametrize("schema", [Schema.TRADES, Schema.MBP_10, Schema.OHLCV_1S, Schema.BBO_1S])
async def test_derived_schemas_equal_those_of_the_whole_tape(small_tape, schema):
    deriver = make_deriver(Schema.MBO, schema)
    expected = np.concatenate([deriver.update(small_tape.records), deriver.flush()])
    feed = PushFeed(small_tape)
    async with serving(BroadcastSource(feed)) as gateway:
        client = await subscribed(gateway, f"schema={schema.value}|symbols=ALL_SYMBOLS")
        pushing = asyncio.create_task(feed_all(feed, small_tape.records))
        records = await rest_of(client, schema)
        await pushing
    assert records.tobytes() == expected.tobytes()


@pytest.mark.parametrize("schema", [Schema.MBO, Schema.TRADES, Schema.MBP_1, Schema.OHLCV_1S])
async def test_who_joins_late_with_start_zero_gets_everything(small_tape, schema):
    early, late = cut(small_tape.records, 17_000)
    deriver = make_deriver(Schema.MBO, schema)
    expected = np.concatenate([deriver.update(small_tape.records), deriver.flush()])
    feed = PushFeed(small_tape)
    source = BroadcastSource(feed)
    async with serving(source) as gateway:
        first = await subscribed(gateway, "schema=trades|symbols=ALL_SYMBOLS")
        await feed.push(Batch(Schema.MBO, early))
        while source.now_ns < int(early["ts_recv"][-1]):
            await asyncio.sleep(0.01)
        client = await subscribed(gateway, f"schema={schema.value}|symbols=ALL_SYMBOLS|start=0")
        await feed.push(Batch(Schema.MBO, late), None)
        records = await rest_of(client, schema)
        first.close()
    assert records.tobytes() == expected.tobytes()


async def test_who_joins_late_with_a_snapshot_has_the_same_books(small_tape):
    early, late = cut(small_tape.records, 17_000)
    feed = PushFeed(small_tape)
    source = BroadcastSource(feed)
    async with serving(source) as gateway:
        first = await subscribed(gateway, "schema=trades|symbols=ALL_SYMBOLS")
        await feed.push(Batch(Schema.MBO, early))
        while source.now_ns < int(early["ts_recv"][-1]):
            await asyncio.sleep(0.01)
        client = await subscribed(gateway, "schema=mbo|symbols=ALL_SYMBOLS|snapshot=1")
        await feed.push(Batch(Schema.MBO, late), None)
        records = await rest_of(client, Schema.MBO)
        first.close()
    snapshot = records[: len(records) - len(late)]
    assert set(snapshot["flags"].tolist()) <= {40, 168}
    assert records[len(snapshot) :].tobytes() == late.tobytes()
    assert books_of(records) == books_of(small_tape.records)


async def test_a_snapshot_before_the_first_record_makes_no_second_book():
    source = BroadcastSource(SimulatorFeed(SimulatedExchange(seed=5, rate=2_000)))
    market, count = Market(), 0
    async with serving(source) as gateway:
        feed = DatabentoLiveFeed(
            "db-any-key-of-thirty-two-letters",
            DATASET,
            [LiveSubscription(Schema.MBO, snapshot=True)],
            gateway="127.0.0.1",
            port=gateway.port,
        )
        async for batch in feed:
            if batch.schema is Schema.MBO:
                market.apply(batch)
                count += int((batch.records["flags"] & 32 == 0).sum())
            if count >= 100:
                break
        await feed.close()
    keys = list(market.keys())
    assert {publisher for publisher, _ in keys} == {1}
    assert len(keys) == len({instrument for _, instrument in keys})


async def test_a_late_subscription_to_definitions_gets_those_known(small_tape):
    feed = PushFeed(small_tape)
    async with serving(BroadcastSource(feed)) as gateway:
        first = await subscribed(gateway, "schema=definition|symbols=ALL_SYMBOLS")
        await feed.push(Batch(Schema.DEFINITION, small_tape.definitions))
        async for batch in first.batches():
            if batch.schema is Schema.SYMBOL_MAPPING:
                continue
            assert batch.records.tobytes() == small_tape.definitions.tobytes()
            break
        late = await subscribed(gateway, "schema=definition|symbols=ES.FUT|stype_in=parent")
        await feed.push(None)
        records = await rest_of(late, Schema.DEFINITION)
        first.close()
    asked = small_tape.definitions[small_tape.definitions["asset"] == b"ES"]
    assert sorted(r.tobytes() for r in records) == sorted(r.tobytes() for r in asked)


async def test_a_reset_mark_reaches_sessions_in_order_and_clears_books_and_past(small_tape):
    early, _ = cut(small_tape.records, 10_000)
    feed = PushFeed(small_tape)
    source = BroadcastSource(feed)
    async with serving(source) as gateway:
        client = await subscribed(
            gateway, "schema=mbo|symbols=ALL_SYMBOLS", "schema=mbp-1|symbols=ALL_SYMBOLS"
        )
        mark = make_mark(Mark.RESET, int(early["ts_recv"][0]))
        await feed.push(Batch(Schema.MBO, early), mark, Batch(Schema.MBO, early), None)
        order, quotes, marks = [], [], []
        async for batch in client.batches():
            order.append(batch.schema)
            marks += marks_in(batch)
            if batch.schema is Schema.MBP_1:
                quotes.append(batch.records)
    assert marks == [Mark.RESET]
    assert order.index(Schema.SYSTEM) not in (0, len(order) - 1)
    quotes = np.concatenate(quotes)
    half = len(quotes) // 2
    assert quotes[:half].tobytes() == quotes[half:].tobytes()
    assert sum(len(batch.records) for batch in source.history) == len(early)


async def test_a_feeds_own_heartbeats_stay_with_it(small_tape):
    from ticktape.gateway.live.session_records import SystemCode, system_record

    feed = PushFeed(small_tape)
    async with serving(BroadcastSource(feed)) as gateway:
        client = await subscribed(gateway, "schema=mbo|symbols=ALL_SYMBOLS")
        beat = system_record(SystemCode.HEARTBEAT, "Heartbeat", 1)
        await feed.push(Batch(Schema.SYSTEM, beat), None)
        order, _ = await client.everything()
    assert order == []


async def test_the_past_that_was_forgotten_is_refused(small_tape):
    feed = PushFeed(small_tape)
    source = BroadcastSource(feed, history_records=8_000)
    first_ns = int(small_tape.records["ts_recv"][0])
    async with serving(source) as gateway:
        first = await subscribed(gateway, "schema=trades|symbols=ALL_SYMBOLS")
        pushing = asyncio.create_task(feed_all(feed, small_tape.records[:15_000], size=500))
        await rest_of(first, Schema.TRADES)
        await pushing
        client = await RawClient.authenticated(gateway.port)
        client.send(f"schema=mbo|symbols=ALL_SYMBOLS|start={first_ns}\nstart_session\n")
        _, records = await client.everything()
    assert records[Schema.ERROR]["code"].tolist() == [8]


@pytest.mark.parametrize(
    ("asked", "stype_in"), [("ALL_SYMBOLS", "raw_symbol"), ("ES.FUT", "parent"), (None, None)]
)
async def test_an_instrument_that_lists_later_is_mapped_and_served(small_tape, asked, stype_in):
    """Also one that could not be resolved when it was asked for by its raw symbol."""
    late = small_tape.definitions[small_tape.definitions["asset"] == b"ES"][:1]
    raw_symbol, late_id = late["raw_symbol"][0].decode(), int(late["instrument_id"][0])
    feed = PushFeed(small_tape)
    line = f"symbols={asked or raw_symbol}|stype_in={stype_in or 'raw_symbol'}"
    async with serving(BroadcastSource(feed)) as gateway:
        client = await subscribed(gateway, f"schema=mbo|{line}", f"schema=trades|{line}")
        feeding = [Batch(Schema.DEFINITION, late), Batch(Schema.MBO, small_tape.records), None]
        pushing = asyncio.create_task(feed.push(*feeding, *[]))
        order, records = await client.everything()
        await pushing
    assert order[0] is Schema.SYMBOL_MAPPING
    mappings = records[Schema.SYMBOL_MAPPING]
    assert mappings["instrument_id"].tolist() == [late_id] * 2
    assert mappings["stype_in_symbol"][0].decode() == (
        raw_symbol if asked in {None, "ALL_SYMBOLS"} else asked
    )
    wanted = small_tape.records
    if asked != "ALL_SYMBOLS":
        wanted = wanted[wanted["instrument_id"] == late_id]
    assert records[Schema.MBO].tobytes() == wanted.tobytes()
    assert len(records[Schema.TRADES]) == (wanted["action"] == ord("T")).sum()


async def test_a_continuous_contract_stays_the_one_it_was(small_tape):
    outrights = small_tape.definitions[small_tape.definitions["asset"] == b"ES"]
    outrights = outrights[outrights["instrument_class"] == b"F"]
    near, far = sorted(outrights["instrument_id"].tolist())
    feed = PushFeed(small_tape)
    source = BroadcastSource(feed)
    source.catalogue.instruments.add_records(outrights[outrights["instrument_id"] == far])
    async with serving(source) as gateway:
        client = await subscribed(gateway, "schema=mbo|symbols=ES.c.0|stype_in=continuous")
        definitions = Batch(Schema.DEFINITION, outrights[outrights["instrument_id"] == near])
        pushing = asyncio.create_task(
            feed.push(definitions, Batch(Schema.MBO, small_tape.records), None)
        )
        records = await rest_of(client, Schema.MBO)
        await pushing
    assert set(records["instrument_id"].tolist()) == {far}


@pytest.mark.parametrize("rule", ["v", "n"])
async def test_a_rank_that_the_source_cannot_know_says_why(small_tape, rule):
    async with serving(BroadcastSource(PushFeed(small_tape))) as gateway:
        symbol = f"ES.{rule}.0"
        client = await subscribed(gateway, f"schema=mbo|symbols={symbol}|stype_in=continuous")
        client.close()
    (error,) = [batch.records for batch in client.seen if batch.schema is Schema.ERROR]
    text = error["err"][0].decode()
    assert text.startswith(f"Failed to resolve symbol {symbol} of type continuous: ")
    assert "of the day before" in text
    assert error["code"].tolist() == [4]


async def test_a_replay_that_is_paused_for_long_keeps_its_clients(small_tape, monkeypatch):
    from databento.live import session

    # The client drops a silent session after its interval and this margin.
    monkeypatch.setattr(session, "CLIENT_TIMEOUT_MARGIN_SECONDS", 1)
    replay = Replay(small_tape.path, speed=None)
    replay.pause()
    loop = asyncio.get_running_loop()
    loop.call_later(7.5, replay.resume)
    async with serving(BroadcastSource(replay)) as gateway:
        given = await official_session(
            gateway.port, {"schema": "mbo"}, heartbeat_interval_s=5, wait_s=30
        )
    assert given.of(Schema.MBO).tobytes() == small_tape.records.tobytes()
    assert 0 in given.system_codes()
