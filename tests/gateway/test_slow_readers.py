"""Sessions that read slowly or not at all: nobody is held back, and everyone is told."""

import asyncio

import numpy as np
from databento_dbn import Compression
from tests.gateway.gateway_clients import official_session, serving
from tests.gateway.test_broadcast import PushFeed, feed_all, rest_of, subscribed

from ticktape.gateway.live import BroadcastSource
from ticktape.gateway.live.limits import Limits
from ticktape.tape.batch import Batch
from ticktape.tape.layouts import Schema


class TestAnUnpacedTimeline:
    """A timeline that waits: for who reads, not for who does not."""

    async def test_a_reader_that_never_reads_is_closed_and_the_others_go_on(self, small_tape):
        feed = PushFeed(small_tape)
        many = np.tile(small_tape.records, 10)
        async with serving(BroadcastSource(feed, patience_s=0.2, waits=True)) as gateway:
            quick = await subscribed(gateway, "schema=mbo|symbols=ALL_SYMBOLS")
            await subscribed(
                gateway, "schema=mbo|symbols=ALL_SYMBOLS", options="|slow_reader_behavior=warn"
            )
            reading = asyncio.create_task(rest_of(quick, Schema.MBO))
            for _ in range(12):
                await feed.push(Batch(Schema.MBO, many))
            await feed.push(None)
            records = await reading
            assert len(records) == 12 * len(many)

    async def test_quotes_of_a_slow_reader_are_skipped_and_it_is_told(self, small_tape):
        feed = PushFeed(small_tape)
        source = BroadcastSource(feed, patience_s=5, waits=True)
        many = np.tile(small_tape.records, 4)
        async with serving(source) as gateway:
            slow = await subscribed(gateway, "schema=mbp-10|symbols=ALL_SYMBOLS")
            for _ in range(6):
                await feed.push(Batch(Schema.MBO, many))
            await feed.push(None)
            _, records = await slow.everything()
        assert 7 in records[Schema.ERROR]["code"].tolist()

    async def test_a_warned_reader_loses_nothing(self, small_tape):
        feed = PushFeed(small_tape)
        many = np.tile(small_tape.records, 10)
        async with serving(BroadcastSource(feed, patience_s=20, waits=True)) as gateway:
            slow = await subscribed(
                gateway, "schema=mbo|symbols=ALL_SYMBOLS", options="|slow_reader_behavior=warn"
            )

            async def push_all():
                for _ in range(8):
                    await feed.push(Batch(Schema.MBO, many))
                await feed.push(None)

            pushing = asyncio.create_task(push_all())
            while not gateway.sessions[0].outlet.is_full:
                await asyncio.sleep(0.01)
            _, records = await slow.everything()
            await pushing
        assert len(records[Schema.MBO]) == 8 * len(many)
        assert 2 in records[Schema.SYSTEM]["code"].tolist()


class TestNobodyIsHeldBack:
    """A live or paced timeline goes on, whoever reads; what waits for each session is bounded."""

    async def test_a_stopped_reader_is_ended_behind_what_was_queued_for_it(self, small_tape):
        feed = PushFeed(small_tape)
        many = np.tile(small_tape.records, 5)
        limits = Limits(queued_bytes=4 * many.nbytes)
        async with serving(BroadcastSource(feed), limits=limits) as gateway:
            quick = await subscribed(gateway, "schema=mbo|symbols=ALL_SYMBOLS")
            slow = await subscribed(gateway, "schema=mbo|symbols=ALL_SYMBOLS")
            for session in gateway.sessions:
                session.outlet.stall_timeout_s = 60
            given = quick.batches()
            parts = []
            for turn in range(1, 21):
                await feed.push(Batch(Schema.MBO, many))
                async with asyncio.timeout(3):
                    while sum(map(len, parts)) < turn * len(many):
                        parts.append((await anext(given)).records)
            await feed.push(None)
            records = np.concatenate(parts)
            assert records.tobytes() == np.tile(many, 20).tobytes()
            order, given = await slow.everything()
        assert order[-1] is Schema.ERROR
        assert given[Schema.ERROR]["code"].tolist() == [6]
        assert given[Schema.ERROR]["err"][0].startswith(b"Slow client detected: ")
        assert 2 in given[Schema.SYSTEM]["code"].tolist()
        got = given[Schema.MBO]
        assert 0 < len(got) < len(records)
        assert got.tobytes() == records[: len(got)].tobytes()

    async def test_quotes_are_skipped_to_now_and_the_session_goes_on(self, small_tape):
        feed = PushFeed(small_tape)
        many = np.tile(small_tape.records, 4)
        limits = Limits(queued_bytes=1 << 20)
        async with serving(BroadcastSource(feed), limits=limits) as gateway:
            slow = await subscribed(gateway, "schema=mbp-10|symbols=ALL_SYMBOLS")
            for _ in range(6):
                await feed.push(Batch(Schema.MBO, many))
            await feed.push(None)
            _, given = await slow.everything()
        assert set(given[Schema.ERROR]["code"].tolist()) == {7}
        assert len(given[Schema.MBP_10])

    async def test_who_reads_nothing_at_all_is_reset_in_the_end(self, small_tape):
        feed = PushFeed(small_tape)
        many = np.tile(small_tape.records, 5)
        async with serving(BroadcastSource(feed), limits=Limits(queued_bytes=1 << 20)) as gateway:
            # Held on to: what is sent to a client that nobody holds is thrown away, not unread.
            silent = await subscribed(gateway, "schema=mbo|symbols=ALL_SYMBOLS")
            gateway.sessions[0].outlet.stall_timeout_s = 0.2
            for _ in range(4):
                await feed.push(Batch(Schema.MBO, many))
            async with asyncio.timeout(60):
                while gateway.sessions:
                    await asyncio.sleep(0.01)
            silent.close()

    async def test_sessions_of_the_same_form_share_one_encoding(self, small_tape):
        feed = PushFeed(small_tape)
        source = BroadcastSource(feed)
        taken = []
        async with serving(source) as gateway:
            lines = ("schema=mbo|symbols=ALL_SYMBOLS", "schema=ohlcv-1s|symbols=ALL_SYMBOLS")
            clients = [await subscribed(gateway, *lines) for _ in range(3)]
            for session in gateway.sessions:
                put_now = session.outlet.put_now
                session.outlet.put_now = lambda one, put=put_now: (taken.append(one), put(one))
            pushing = asyncio.create_task(feed_all(feed, small_tape.records, size=20_000))
            given = [await client.everything() for client in clients]
            await pushing
        assert len({id(one) for one in taken[:3]}) == 1
        for _, records in given[1:]:
            for schema in records:
                assert records[schema].tobytes() == given[0][1][schema].tobytes()

    async def test_compressed_sessions_share_frames(self, small_tape):
        feed = PushFeed(small_tape)
        async with serving(BroadcastSource(feed)) as gateway:
            sessions = [
                asyncio.create_task(
                    official_session(gateway.port, {"schema": "mbo"}, compression=Compression.ZSTD)
                )
                for _ in range(2)
            ]
            async with asyncio.timeout(30):
                while sum(one.outlet.records_sent > 0 for one in gateway.sessions) < 2:
                    await asyncio.sleep(0.01)
            await feed_all(feed, small_tape.records)
            for session in sessions:
                given = await session
                assert given.of(Schema.MBO).tobytes() == small_tape.records.tobytes()
