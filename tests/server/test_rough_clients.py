"""Clients that come and go, talk nonsense or break off: the others notice nothing."""

import asyncio

import aiohttp
from tests.server.market_day import ES, SECOND, START_NS, read_until, trades

LATER = START_NS + 100 * SECOND
QUERY = "symbols=ES.FUT&schema=trades,ohlcv-1s,mbp-10&batch=1"


async def has_left(demo, clients=0):
    async with asyncio.timeout(10):
        while len(demo.viewer.hub.clients) > clients:
            await asyncio.sleep(0.01)


async def test_two_hundred_clients_come_and_go_at_once(demo):
    async def visit(number):
        async with demo.live(QUERY) as socket:
            if number % 2:
                assert (await socket.receive_json())["type"] == "connected"

    await asyncio.gather(*map(visit, range(200)))
    await has_left(demo)
    assert await demo.get("/api/health") == (200, "ok")


async def test_what_a_client_says_is_of_no_interest(demo):
    async with demo.live("symbols=ES.FUT&schema=trades&recent=0") as socket:
        await read_until(socket, lambda m: m["type"] == "status")
        for turn in range(50):
            await socket.send_str("{not json" * turn)
            await socket.send_bytes(b"\xff\x00" * turn)
        await demo.show(trades(1, ES, LATER, sequence=77))
        found = await read_until(socket, lambda m: m.get("sequence") == 77)
    assert found[-1]["symbol"] == "ESH6"


async def test_a_connection_that_breaks_off_is_forgotten(demo):
    socket = await demo.live(QUERY)
    await socket.receive_json()
    socket._response.connection.transport.abort()
    await demo.show(trades(100, ES, LATER))
    await has_left(demo)


async def test_requests_that_are_none_are_refused_with_a_body(demo):
    headers = {"content-type": "application/json"}
    for body in (b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"symbols": "ES.FUT"}'):
        async with demo.http.post(
            f"{demo.url}/api/historical", data=body, headers=headers
        ) as answer:
            assert answer.status == 400, body
            assert set(await answer.json()) == {"code", "message", "hint"}
    large = b'{"symbols": ["' + b"E" * 2_000_000 + b'"]}'
    async with demo.http.post(f"{demo.url}/api/historical", data=large, headers=headers) as answer:
        assert (answer.status, (await answer.json())["code"]) == (413, "too-large")


async def test_a_plain_request_for_the_stream_is_refused(demo):
    status, error = await demo.get(f"/ws/live?{QUERY}")
    assert status in {400, 404, 405, 426}
    assert set(error) == {"code", "message", "hint"}


async def test_symbols_of_every_kind_share_one_stream(demo):
    for symbols, stype in [
        ("ES.c.0", ""),
        (str(ES), "&stype_in=instrument_id"),
        ("ALL_SYMBOLS", ""),
        ("ES.FUT,CL.c.0,ESH6", ""),
    ]:
        async with demo.live(f"symbols={symbols}{stype}&schema=trades") as socket:
            messages = await read_until(socket, lambda m: m["type"] == "trade")
        assert not [m for m in messages if m["type"] == "error"], symbols


async def test_every_close_has_its_code(demo):
    async with demo.live("symbols=ES.FUT&schema=nonsense") as socket:
        assert (await socket.receive_json())["code"] == "unsupported-schema"
        assert (await socket.receive()).type is aiohttp.WSMsgType.CLOSE
        assert socket.close_code == 1008
