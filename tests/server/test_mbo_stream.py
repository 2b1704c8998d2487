"""The stream of records and their effects, on a real server and a real socket."""

from __future__ import annotations

import asyncio
import gc
import re

import numpy as np
import pytest
from tests.conformance.effects_oracle import apply_and_tell
from tests.conformance.make_corpus import fields_of
from tests.conformance.oracle import OracleMarket
from tests.conformance.streams import valid_stream
from tests.server.event_stream import event_client
from tests.server.market_day import (
    CL,
    ES,
    START_NS,
    definitions,
    opening_book,
    stage,
    trades,
    write_tape,
)
from tests.server.replaying import replaying

from ticktape.ops.metrics import CLIENT_DROPS, CLIENTS, STREAM_BYTES
from ticktape.server import mbo_stream
from ticktape.server.source import Source
from ticktape.store import RecentLog
from ticktape.tape import Batch, Schema
from ticktape.tape.errors import TapeError

PATH = "/api/mbo/stream/json/0"
TAPE_RECORDS = 6_000


def busy_records() -> np.ndarray:
    """Orders of the two instruments of the made-up day, after its opening."""
    records = valid_stream(4, TAPE_RECORDS)
    records["publisher_id"] = 1
    records["instrument_id"] = np.where(records["instrument_id"] == 100, ES, CL)
    records["order_id"] += records["publisher_id"].astype("u8") << np.uint64(62)
    records["ts_event"] = records["ts_recv"] = START_NS + np.arange(len(records)) * 1_000_000
    return records


@pytest.fixture(scope="module")
def busy_tape(tmp_path_factory):
    path = tmp_path_factory.mktemp("tape") / "busy.dbn"
    return write_tape(path, definitions(), Batch(Schema.MBO, busy_records()))


async def read_all(running, query="", headers=None):
    async with event_client(running.url, PATH + query, headers) as client:
        assert client.status == 200
        return await client.all(), client.raw


def open_streams() -> float:
    return CLIENTS.labels("effects")._value.get()


def sent_bytes() -> float:
    return STREAM_BYTES.labels("effects")._value.get()


async def test_a_tape_is_streamed_whole_with_what_every_record_did(busy_tape):
    async with replaying(busy_tape) as running:
        events, _ = await read_all(running)
    *told, end = events
    assert end.name == "stream_end"
    assert end.data == {"reason": "end", "next": TAPE_RECORDS}
    assert [event.id for event in told] == list(range(TAPE_RECORDS))
    market = OracleMarket()
    for event, record in zip(told, fields_of(busy_records()), strict=True):
        effect, expected = event.data["effect"], apply_and_tell(market, record)
        assert effect["kind"] == expected.kind
        assert effect.get("reason", "") == expected.reason
        assert effect.get("price_i64", effect.get("new_price_i64", 0)) == expected.price
        assert effect.get("size", effect.get("new_size", 0)) == expected.size
        assert effect.get("old_price_i64", 0) == expected.old_price
        assert event.data["position"] == event.id
        assert event.data["record"]["order_id"] == str(record.order_id)
    assert {event.data["symbol"] for event in told} == {"ESH6", "CLH6"}


async def test_a_repeated_request_gives_the_same_bytes(busy_tape):
    async with replaying(busy_tape) as running:
        _, first = await read_all(running, "?from=1000&limit=700&symbol=ESH6")
        _, second = await read_all(running, "?from=1000&limit=700&symbol=ESH6")
    assert first == second


@pytest.mark.parametrize("broken_after", [1, 999, 4_097, TAPE_RECORDS - 1])
async def test_a_resumed_stream_goes_on_as_if_it_had_not_broken(busy_tape, broken_after):
    async with replaying(busy_tape) as running:
        whole, _ = await read_all(running, "?symbol=ESH6,CLH6")
        async with event_client(running.url, f"{PATH}?symbol=ESH6,CLH6") as client:
            begun = await client.take(broken_after)
        resumed, _ = await read_all(
            running, "?symbol=ESH6,CLH6", {"Last-Event-ID": str(begun[-1].id)}
        )
    assert begun + resumed == whole


async def test_one_instrument_from_a_position_has_the_effects_of_the_whole(busy_tape):
    async with replaying(busy_tape) as running:
        whole, _ = await read_all(running)
        some, _ = await read_all(running, "?symbol=CL.FUT&from=2500&limit=40")
    wanted = [one for one in whole if one.data.get("symbol") == "CLH6" and one.id >= 2500][:40]
    assert some[:-1] == wanted
    assert some[-1].data == {"reason": "limit", "next": wanted[-1].id + 1}


async def test_from_a_time(busy_tape):
    async with replaying(busy_tape) as running:
        for begin in ("2026-01-05T14:30:01Z", str(START_NS + 10**9)):
            events, _ = await read_all(running, f"?from={begin}&limit=1")
            assert events[0].id == 1_000


async def test_a_delay_comes_after_every_record(busy_tape):
    async with replaying(busy_tape) as running:
        began = asyncio.get_running_loop().time()
        async with event_client(running.url, "/api/mbo/stream/json/40?limit=4") as client:
            events = await client.all()
        assert asyncio.get_running_loop().time() - began >= 0.15
    assert [event.id for event in events] == [0, 1, 2, 3, None]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/mbo/stream/json/-1", 400, "bad-value"),
        ("/api/mbo/stream/json/60001", 400, "bad-value"),
        ("/api/mbo/stream/json/soon", 404, "not-found"),
        (f"{PATH}?from=yesterday", 400, "bad-value"),
        (f"{PATH}?from=-3", 400, "bad-value"),
        (f"{PATH}?from=6001", 400, "bad-value"),
        (f"{PATH}?limit=0", 400, "bad-value"),
        (f"{PATH}?symbol=ZZZ9", 404, "unknown-symbol"),
        (f"{PATH}?symbol=", 404, "unknown-symbol"),
    ],
)
async def test_refusals_come_before_the_stream(busy_tape, path, status, code):
    async with replaying(busy_tape) as running:
        answered, error = await running.get(path)
    assert (answered, error["code"]) == (status, code)
    assert error["message"]


async def test_a_wrong_event_id_is_refused(busy_tape):
    async with replaying(busy_tape) as running:
        status, error = await running.get(PATH, headers={"Last-Event-ID": "x"})
    assert (status, error["code"]) == (400, "bad-value")


async def test_a_source_without_orders_says_so():
    async with stage(Source("SIMULATED", "GLBX.MDP3", ["mbp-1"], ["ES.FUT"])) as running:
        status, error = await running.get(PATH)
    assert (status, error["code"]) == (409, "no-orders")


async def test_a_live_source_is_followed_until_it_ends(demo):
    async with event_client(demo.url, PATH) as client:
        await demo.show(trades(3, CL))
        events = await client.take(3)
        demo.feed.put(None)
        events += await client.all()
    first = len(opening_book().records) * 2 + 20
    assert [event.id for event in events] == [first, first + 1, first + 2, None]
    assert {event.data["effect"]["reason"] for event in events[:-1]} == {"never-rests"}
    assert events[-1].data == {"reason": "end", "next": first + 3}


async def test_a_live_source_is_waited_for_without_looking_again_and_again(demo, monkeypatch):
    monkeypatch.setattr(mbo_stream, "_LOOK_SECONDS", 3_600)
    async with asyncio.timeout(10), event_client(demo.url, PATH) as client:
        for _ in range(3):
            await demo.show(trades(1, CL))
            assert (await client.take(1))[0].name == "message"
        demo.feed.put(None)
        assert (await client.all())[-1].name == "stream_end"


def last_event_id(client):
    return re.findall(rb"^id: (.*)$", client.raw, re.MULTILINE)[-1].decode()


async def test_a_live_stream_is_resumed_within_its_opening_alone():
    async with stage() as running:
        await running.show(definitions(), opening_book(ES))
        async with event_client(running.url, f"{PATH}?from=0&limit=5") as client:
            await client.all()
            last = last_event_id(client)
        async with event_client(running.url, f"{PATH}?limit=2", {"Last-Event-ID": last}) as client:
            assert [event.id for event in await client.take(2)] == [5, 6]
    async with stage() as opened_anew:
        await opened_anew.show(definitions(), opening_book(ES))
        status, error = await opened_anew.get(PATH, headers={"Last-Event-ID": last})
    assert (status, error["code"]) == (410, "position-gone")
    assert "earlier opening" in error["message"]


async def test_the_ids_of_a_tape_are_positions_whoever_serves_it(busy_tape):
    for _ in range(2):
        async with (
            replaying(busy_tape) as running,
            event_client(running.url, f"{PATH}?from=40&limit=1") as client,
        ):
            await client.all()
            assert last_event_id(client) == "40"


async def test_a_live_source_is_read_from_what_is_kept(demo):
    async with event_client(demo.url, f"{PATH}?from=0&limit=24&symbol=ESH6") as client:
        events = await client.all()
    assert [event.data["effect"]["kind"] for event in events[:-1]] == ["add"] * 24


async def test_a_forgotten_position_is_gone():
    async with stage() as running:
        running.viewer.mbo_streams._log = log = RecentLog(max_bytes=1 << 14)
        await log.write(Batch(Schema.MBO, busy_records()))
        assert log.first_position > 0
        status, error = await running.get(f"{PATH}?from=0")
    assert (status, error["code"]) == (410, "position-gone")
    assert str(log.first_position) in error["hint"]


async def test_a_stream_is_silent_for_fifteen_seconds_at_most(demo):
    assert demo.viewer.mbo_streams.keep_alive_seconds == 15.0


async def test_a_silent_stream_says_that_it_is_alive(demo):
    demo.viewer.mbo_streams.keep_alive_seconds = 0.05
    async with event_client(demo.url, PATH) as client:
        assert [event.name for event in await client.take(2)] == ["comment", "comment"]


async def test_a_server_that_stops_ends_its_streams():
    async with stage() as running:
        await running.show(definitions(), opening_book(ES))
        async with event_client(running.url, PATH) as client:
            closing = asyncio.create_task(running.viewer.close())
            events = await client.all()
            await closing
    assert [event.data for event in events] == [{"reason": "closing", "next": 24}]


@pytest.mark.parametrize("delay_ms", [0, 3])
async def test_a_stream_that_a_stop_breaks_off_tells_where(busy_tape, delay_ms):
    async with replaying(busy_tape) as running:
        path = f"/api/mbo/stream/json/{delay_ms}"
        async with event_client(running.url, path) as client:
            begun = await client.take(5)
            closing = asyncio.create_task(running.viewer.close())
            begun += await client.all()
            await closing
    *told, end = begun
    assert end.name == "stream_end"
    assert [event.id for event in told] == list(range(len(told)))
    if end.data["reason"] == "closing":
        assert end.data["next"] == len(told)
    assert delay_ms == 0 or len(told) < TAPE_RECORDS


async def test_a_tape_that_cannot_be_read_on_ends_with_an_error(busy_tape):
    class Torn(RecentLog):
        def read(self, position, count):
            if position >= 4_096:
                raise TapeError("is torn", path="busy.dbn", record=position)
            return super().read(position, count)

    async with replaying(busy_tape) as running:
        running.viewer.mbo_streams._log = log = Torn()
        await log.write(Batch(Schema.MBO, busy_records()))
        events, _ = await read_all(running)
    assert [event.id for event in events] == [*range(4_096), None]
    assert events[-1].name == "error"
    assert events[-1].data["code"] == "bad-tape"
    assert events[-1].data["next"] == 4_096
    assert "is torn" in events[-1].data["message"]


async def test_a_tape_whose_index_failed_on_the_way_does_not_end_as_a_whole_one(busy_tape):
    async with replaying(busy_tape) as running:
        index = running.viewer.mbo_log
        await asyncio.to_thread(index.wait)
        index.error = "No space left on device in the cache folder"
        events, _ = await read_all(running)
        status, refusal = await running.get("/api/market/export?symbol=ESH6&from=0&format=csv")
    assert [event.id for event in events] == [*range(TAPE_RECORDS), None]
    assert (events[-1].name, events[-1].data["code"]) == ("error", "incomplete-tape")
    assert events[-1].data["next"] == TAPE_RECORDS
    assert "No space left" in events[-1].data["message"]
    assert (status, refusal["code"]) == (400, "incomplete-tape")


async def test_a_client_that_leaves_in_the_middle_leaves_nothing_behind(busy_tape):
    async with replaying(busy_tape) as running:
        before = open_streams()
        for _ in range(5):
            async with event_client(running.url, "/api/mbo/stream/json/5") as client:
                await client.take(2)
                assert open_streams() == before + 1
            async with asyncio.timeout(5):
                while open_streams() != before:
                    await asyncio.sleep(0.01)
        gc.collect()
        assert not [task for task in asyncio.all_tasks() if "_Pieces" in repr(task)]


async def test_a_slow_client_is_sent_no_more_than_it_reads(tmp_path):
    records = np.tile(busy_records(), 20)
    tape = write_tape(tmp_path / "long.dbn", definitions(), Batch(Schema.MBO, records))
    async with replaying(tape) as running:
        before = sent_bytes()

        def sent():
            return sent_bytes() - before

        async with event_client(running.url, PATH) as client:
            await client.take(1)
            at_first = -1
            while at_first != sent():
                at_first = sent()
                await asyncio.sleep(0.3)
            # What the sockets of both sides hold, and two pieces of a quarter of a mebibyte.
            assert sent() < 24 << 20
            while await client.more():
                pass
    assert client.raw.endswith(b'data: {"reason":"end","next":%d}\n\n' % len(records))
    assert client.raw.count(b"\nid: ") == len(records) - 1
    assert sent() > 50 << 20


async def test_a_client_too_slow_for_a_live_source_is_told_what_it_missed():
    dropped = CLIENT_DROPS.labels("effects")._value.get
    records = np.tile(busy_records(), 40)
    async with stage() as running:
        await running.show(definitions())
        running.viewer.mbo_streams._log = log = RecentLog(max_bytes=1 << 20)
        before = dropped()
        async with event_client(running.url, PATH) as client:
            for part in np.array_split(records, 40):
                await log.write(Batch(Schema.MBO, part))
                await asyncio.sleep(0.01)
            running.feed.put(None)
            events = await client.all()
    position = 0
    missed = 0
    for event in events:
        if event.name == "gap":
            assert event.data["first"] == position
            missed += event.data["records"]
            position = event.data["next"]
        elif event.name == "message":
            assert event.id == position
            position += 1
    assert events[-1].data == {"reason": "end", "next": len(records)}
    assert position == len(records)
    assert missed == dropped() - before
    assert missed > 0
