"""Connections beyond the limit are told so and closed; whether the server lives can be asked."""

import asyncio
import json
import resource
import sys

import pytest
from tests.server.market_day import stage
from tests.server.test_limits import refused

from ticktape.server import serving
from ticktape.server.limits import Limits
from ticktape.server.overflow import make_room

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="Linux alone has a table of connections"
)
LIMIT = 8


async def ask(port, path):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n".encode())
    async with asyncio.timeout(10):
        head, _, body = (await reader.read()).decode().partition("\r\n\r\n")
    writer.close()
    return int(head.split()[1]), body


async def test_silent_connections_beyond_the_limit_are_closed_and_health_is_told(monkeypatch):
    monkeypatch.setattr(serving, "_HEADER_MILLISECONDS", 6_000)
    before = refused("connections")
    async with stage(limits=Limits(max_connections=LIMIT)) as running:
        port = running.viewer.server.port
        silent = [await asyncio.open_connection("127.0.0.1", port) for _ in range(3 * LIMIT)]
        for _ in range(3):
            assert await ask(port, "/health") == (200, "ok")
        status, body = await ask(port, "/api/source")
        error = json.loads(body)
        assert (status, error["code"]) == (503, "over-limit")
        assert "web_connections" in error["hint"]
        async with asyncio.timeout(20):
            # Those beyond the limit soon, those within it by the time that a request may take.
            for reader, _ in silent:
                assert await reader.read() == b""
        assert refused("connections") == before + 2 * LIMIT + 1
        assert (await ask(port, "/api/source"))[0] == 200
        for _, writer in silent:
            writer.close()


async def test_those_within_the_limit_stay_and_a_full_server_stops():
    async with stage(limits=Limits(max_connections=2)) as running:
        port = running.viewer.server.port
        kept = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2)]
        assert (await ask(port, "/api/source"))[0] == 503
        reader, writer = kept[0]
        writer.write(b"GET /api/source HTTP/1.1\r\nhost: localhost\r\n\r\n")
        async with asyncio.timeout(10):
            assert (await reader.readline()).startswith(b"HTTP/1.1 200")
    for _, one in kept:
        one.close()


def test_there_is_room_for_as_many_files_as_connections_need():
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = make_room(300)
    assert allowed <= 300
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] >= min(before[1], allowed)
