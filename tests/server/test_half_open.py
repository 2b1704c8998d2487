"""Connections whose other end is there no more, or does nothing, end in bounded time."""

import asyncio
import socket

import pytest
from tests.server.market_day import ES, SECOND, START_NS, definitions, opening_book, stage, trades
from tests.server.test_staying_up import open_socket, until

from ticktape.server import serving

LATER = START_NS + 100 * SECOND


@pytest.fixture
def soon(monkeypatch):
    """Settings of seconds and less."""
    monkeypatch.setattr(serving, "_HEADER_MILLISECONDS", 400)
    monkeypatch.setattr(serving, "_TAKES_NOTHING_MILLISECONDS", 1_000)


@pytest.mark.parametrize(
    "said", [b"", b"GET /health HTT", b"GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n"]
)
async def test_a_connection_that_asks_nothing_more_is_closed(soon, said):
    async with stage() as running:
        reader, writer = await asyncio.open_connection("127.0.0.1", running.viewer.server.port)
        writer.write(said)
        async with asyncio.timeout(15):
            answer = await reader.read()
        assert answer.startswith(b"HTTP/1.1 200") == said.endswith(b"\r\n\r\n")
        writer.close()


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="Linux alone has the timeout")
@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/ws/live", "symbols=ES.FUT&schema=trades&recent=0&batch=1"),
        ("/ws/book", "symbols=ES.FUT&events=1&levels=50&orders=1&rate=60"),
    ],
)
async def test_a_websocket_that_takes_nothing_is_let_go(soon, path, query):
    async with stage() as running:
        await running.show(definitions(), opening_book(ES))
        live, book = running.viewer.hub.clients, running.viewer.book_streams.clients
        silent = await open_socket(running.viewer.server.port, query, path)
        await until(lambda: live or book)
        turn = 0
        async with asyncio.timeout(60):
            while live or book:
                turn += 1
                await running.show(
                    trades(2_000, ES, LATER + turn * SECOND, every_ns=1, sequence=turn)
                )
                await asyncio.sleep(0.02)
        silent.close()
        assert (await running.get("/health"))[0] == 200
