"""What a client of ``/ws/book`` may wish for, and what it is told where it may not."""

import asyncio
import itertools
import json

import pytest
from tests.server.book_reader import BookReader
from tests.server.market_day import ES, SECOND, START_NS, definitions, opening_book, stage
from tests.server.test_book_stream import KEY, book_of, stream, without_activity

from ticktape.tape import Batch, Schema


def resized(turn):
    """Give an order of the opening book another size, a new one every turn."""
    record = opening_book(ES).records[turn % 24 :][:1].copy()
    record["action"] = ord("M")
    record["size"] = 6 + turn
    record["ts_event"] = record["ts_recv"] = START_NS + SECOND + turn * 1_000_000
    return Batch(Schema.MBO, record)


async def test_a_busy_book_is_sent_no_more_often_than_wished_and_is_right_at_the_end():
    clock = asyncio.get_running_loop().time
    shown = [opening_book(ES)]
    changes = 0
    async with stage() as running:
        await running.show(definitions(), *shown)
        began = clock()
        async with stream(running, "symbols=ES.FUT&orders=1&levels=12&rate=5") as socket:
            reader = BookReader(socket)
            await reader.read_to(KEY, len(shown[0].records))
            turns = itertools.count()
            while clock() < began + 1.5:
                batches = [resized(turn) for turn in itertools.islice(turns, 10)]
                await running.show(*batches)
                shown += batches
            last = sum(len(batch.records) for batch in shown)
            while reader.heads[KEY]["position"] < last:
                changes += (await reader.read())["kind"] == "changes"
            seconds = clock() - began
    assert changes <= 5 * seconds + 1
    assert len(shown) > 2 * changes
    assert without_activity(reader.books[KEY]) == book_of(shown, 12, orders=True)


@pytest.mark.parametrize(
    "query",
    [
        "levels=0",
        "levels=1001",
        "rate=0",
        "rate=61",
        "rate=x",
        "format=xml",
        "orders=2",
        "every_ms=-1",
        "every_ms=9",
        "every_ms=99999999999999999999",
        "stype_in=smart",
        "symbols=" + ",".join(f"S{i}" for i in range(501)),
    ],
)
async def test_a_wish_that_cannot_be_is_refused(demo, query):
    async with stream(demo, query) as socket:
        refusal = await socket.receive_json(timeout=5)
        assert refusal["type"] == "error"
        assert refusal["code"] == ("over-limit" if "S500" in query else "bad-value")
        assert refusal["hint"]
        assert (await socket.receive(timeout=5)).data == 1008


@pytest.mark.parametrize(
    "said",
    [
        "no json",
        "[]",
        "{}",
        '{"action": "dance"}',
        '{"action": "snapshot", "instrument_id": 7, "publisher_id": 1}',
        '{"action": "snapshot"}',
        '{"action": "columns", "every_ms": 5}',
        '{"action": "columns"}',
        json.dumps({"action": "x" * 5_000}),
    ],
)
async def test_what_a_client_says_wrongly_is_told_and_changes_nothing(demo, said):
    async with stream(demo, "symbols=ES.FUT&format=json") as socket:
        reader = BookReader(socket)
        await reader.read_to(KEY, 1)
        await socket.send_str(said)
        error = await reader.read_until(lambda message: message["kind"] == "error")
        assert error["code"] == "bad-value"
        await reader.ask_for_snapshot(KEY)
        await reader.read_until(lambda message: message["kind"] == "snapshot")
