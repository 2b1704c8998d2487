"""What a client of ``/ws/book`` may wish for, and what it is told where it may not."""

import json

import pytest
from tests.server.book_reader import BookReader
from tests.server.test_book_stream import KEY, stream


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
