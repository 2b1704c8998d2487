"""What one server takes on at most, over real sockets: a clear refusal, and who is in stays."""

import asyncio

import aiohttp
import pytest
from tests.server.market_day import ES, SECOND, START_NS, definitions, opening_book, stage, trades
from tests.server.test_metrics import samples_of

from ticktape.ops.config import Settings
from ticktape.ops.metrics import render_metrics
from ticktape.server.limits import Limits, limits_of
from ticktape.server.request_scope import RequestScope


def refused(limit):
    return samples_of(render_metrics()).value("ticktape_refusals_total", limit=limit)


async def test_a_socket_too_many_is_told_so_and_the_others_stay():
    async with stage(limits=Limits(max_websockets=2)) as running:
        await running.show(definitions(), opening_book(ES))
        query = "symbols=ES.FUT&schema=trades&recent=0"
        before = refused("websockets")
        async with running.live(query) as one, running.live(query) as two:
            for socket in (one, two):
                assert (await socket.receive_json())["type"] == "connected"
            async with running.live(query) as three:
                error = await three.receive_json()
                assert (error["type"], error["code"]) == ("error", "over-limit")
                assert "web_sockets" in error["hint"]
                assert (await three.receive()).type is aiohttp.WSMsgType.CLOSE
                assert three.close_code == 1013
            await running.show(trades(1, ES, START_NS + 9 * SECOND, sequence=5))
            async with asyncio.timeout(10):
                while (await one.receive_json()).get("sequence") != 5:
                    pass
        assert refused("websockets") == before + 1
        async with asyncio.timeout(10):
            while running.viewer.hub.clients:
                await asyncio.sleep(0.01)
        async with running.live(query) as again:
            assert (await again.receive_json())["type"] == "connected"


async def test_a_request_too_many_is_503_and_may_come_again():
    async with stage(limits=Limits(max_requests=1)) as running:
        await running.show(definitions(), opening_book(ES))
        scope = running.viewer.server.app
        while not isinstance(scope, RequestScope):
            scope = scope._app
        scope.begin()
        before = refused("requests")
        for path in ("/api/source", "/api/book/ESH6"):
            async with running.http.get(running.url + path) as answer:
                assert answer.status == 503
                assert answer.headers["retry-after"] == "1"
                error = await answer.json()
            assert (error["code"], set(error)) == ("over-limit", {"code", "message", "hint"})
        assert refused("requests") == before + 2
        scope.end({"method": "GET", "path": "/", "headers": []}, "one", 200, 0, 0.0)
        assert (await running.get("/api/source"))[0] == 200


async def test_symbols_and_bodies_have_their_limits():
    async with stage(limits=Limits(max_symbols=2, max_request_bytes=2_000)) as running:
        before = refused("symbols")
        async with running.live("symbols=A,B,C&schema=trades") as socket:
            assert (await socket.receive_json())["code"] == "over-limit"
            await socket.receive()
            assert socket.close_code == 1008
        assert refused("symbols") == before + 1
        status, error = await running.post("/api/historical", {"symbols": ["E" * 3_000]})
        assert (status, error["code"]) == (413, "too-large")


async def test_headers_beyond_the_limit_are_refused():
    async with stage(limits=Limits(max_header_bytes=8_192)) as running:
        host, port = "127.0.0.1", running.viewer.server.port
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(
            b"GET /api/health HTTP/1.1\r\nhost: localhost\r\nx: " + b"a" * 20_000 + b"\r\n\r\n"
        )
        async with asyncio.timeout(10):
            said = await reader.read()
        assert said.startswith(b"HTTP/1.1 431 ")
        writer.close()
        assert await running.get("/api/health") == (200, "ok")


async def test_what_waits_for_a_client_is_bounded_by_bytes():
    async with stage(limits=Limits(max_client_queue_bytes=48 * 100)) as running:
        await running.show(definitions(), opening_book(ES))
        async with running.live("symbols=ES.FUT&schema=trades&recent=0&batch=1") as socket:
            assert (await socket.receive_json())["type"] == "connected"
            await running.show(trades(1_000, ES))
            (client,) = running.viewer.hub.clients
            assert client.waiting <= 100
            assert client.dropped >= 800


def test_settings_give_the_limits(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert limits_of(Settings()) == Limits()
    monkeypatch.setenv("TICKTAPE_WEB_SOCKETS", "7")
    monkeypatch.setenv("TICKTAPE_WEB_QUEUE_BYTES", "4800")
    limits = limits_of(Settings())
    assert (limits.max_websockets, limits.max_trades_waiting) == (7, 100)
    with pytest.raises(ValueError, match="web_symbols"):
        Settings(web_symbols=0)
