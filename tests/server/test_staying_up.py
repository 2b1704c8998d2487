"""Clients that stall, vanish or talk nonsense: the others go on, and nothing is left over."""

import asyncio
import base64
import gc
import io
import json
import logging
import os
import socket
import struct
import time
import tracemalloc

import pytest
import structlog
from tests.server.market_day import (
    ES,
    SECOND,
    START_NS,
    HandFeed,
    definitions,
    opening_book,
    read_until,
    stage,
    trades,
)
from tests.server.survivors import survivors
from tests.server.test_metrics import scrape

from ticktape.feeds.marks import Mark, make_mark
from ticktape.ops.logging import set_up_logging
from ticktape.server.serving import bind
from ticktape.tape import Batch, Schema
from ticktape.tape.gaps import Gap, gap_batch

LATER = START_NS + 100 * SECOND
QUERY = "symbols=ES.FUT&schema=trades,mbp-10&recent=0&batch=1"


async def open_socket(port, query=QUERY, path="/ws/live"):
    """Open a WebSocket by hand: nothing reads from it unless the test does."""
    raw = socket.socket()
    raw.setblocking(False)
    await asyncio.get_running_loop().sock_connect(raw, ("127.0.0.1", port))
    key = base64.b64encode(os.urandom(16)).decode()
    await asyncio.get_running_loop().sock_sendall(
        raw,
        (
            f"GET {path}?{query} HTTP/1.1\r\nhost: 127.0.0.1\r\nupgrade: websocket\r\n"
            f"connection: Upgrade\r\nsec-websocket-key: {key}\r\nsec-websocket-version: 13\r\n\r\n"
        ).encode(),
    )
    return raw


async def until(condition, seconds=20):
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


async def test_a_hundred_clients_vanish_at_once_and_leave_nothing(demo):
    clients = demo.viewer.hub.clients
    port = demo.viewer.server.port

    async def crowd():
        sockets = await asyncio.gather(*(open_socket(port) for _ in range(100)))
        await until(lambda: len(clients) == 100)
        assert (await scrape(demo)).value("ticktape_clients", client="live") == 100
        await demo.show(trades(50, ES, LATER))
        for one in sockets:
            # A close that lingers for no time is a reset.
            one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            one.close()
        await until(lambda: not clients)

    await crowd()
    # What the studies load once, they have loaded: nobody watches them, so they take their time.
    await until(lambda: demo.viewer.flow_streams.records >= demo.viewer.hub.records)
    await demo.viewer.flow_streams.settle()
    tasks = len(asyncio.all_tasks())
    gc.collect()
    tracemalloc.start()
    await crowd()
    gc.collect()
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    await until(lambda: len(asyncio.all_tasks()) <= tasks)
    assert (await scrape(demo)).value("ticktape_clients", client="live") == 0
    assert grown < 3_000_000
    assert await demo.get("/api/health") == (200, "ok")
    async with survivors(demo) as others:
        await crowd()
        await others.take()
        await crowd()
        await others.have_all()


async def test_a_client_that_stops_reading_is_bounded_and_slows_nobody(demo):
    stalled = await open_socket(demo.viewer.server.port)
    await until(lambda: len(demo.viewer.hub.clients) == 1)
    (client,) = demo.viewer.hub.clients
    async with demo.live("symbols=ES.FUT&schema=trades&recent=0&batch=1") as reading:
        await read_until(reading, lambda m: m["type"] == "status")
        seen = []
        async with asyncio.timeout(60):
            for turn in range(20):
                first = turn * 2_000
                await demo.show(
                    trades(2_000, ES, LATER + turn * SECOND, every_ns=1, sequence=first)
                )
                while len(seen) < first + 2_000:
                    message = await reading.receive_json()
                    seen += [trade["sequence"] for trade in message.get("trades", ())]
        assert seen == list(range(40_000))
    assert client.waiting <= 20_000
    assert client.items_waiting > 0
    stalled.close()
    await until(lambda: not demo.viewer.hub.clients)


async def test_garbage_is_answered_or_cut_and_harms_nobody(demo):
    async with survivors(demo) as others:
        await talk_garbage(demo)
        await others.take()
        await talk_garbage(demo)
        await others.have_all()


async def test_peers_that_vanish_without_a_word_harm_nobody(demo):
    """TCP_REPAIR takes a client's socket away without a FIN, as a power cut does."""
    tcp_repair = 19
    async with survivors(demo) as others:
        gone = [await open_socket(demo.viewer.server.port) for _ in range(5)]
        await until(lambda: len(demo.viewer.hub.clients) == 5)
        try:
            for one in gone:
                one.setsockopt(socket.IPPROTO_TCP, tcp_repair, 1)
        except OSError:
            pytest.skip("only a privileged user of Linux may take a socket away without a FIN")
        for one in gone:
            one.close()
        await others.take()
        await demo.show(trades(50, ES, LATER))
        # What is sent to them is answered by a reset: nobody knows of the connection.
        await until(lambda: not demo.viewer.hub.clients)
        await others.have_all()


async def test_stalled_and_half_open_clients_leave_the_others_whole(demo):
    port = demo.viewer.server.port
    async with survivors(demo) as others:
        stalled = [
            await open_socket(port, f"symbols=ES.FUT&{query}", path)
            for path, query in (
                ("/ws/live", "schema=trades,mbp-10&recent=0&batch=1"),
                ("/ws/book", "levels=50&orders=1&events=1&rate=60"),
            )
        ]
        half_open = await open_socket(port)
        await until(lambda: len(demo.viewer.hub.clients) == 2)
        await until(lambda: len(demo.viewer.book_streams.clients) == 2)
        # It says nothing more and may yet hear.
        half_open.shutdown(socket.SHUT_WR)
        begun = [socket.create_connection(("127.0.0.1", port)) for _ in range(20)]
        for one in begun:
            one.sendall(b"GET /api/source HTTP/1.1\r\nhost: local")
        await others.take(40)
        await others.have_all()
        for one in (*stalled, half_open, *begun):
            one.close()
        await until(lambda: not demo.viewer.hub.clients)
        await others.have_all()


async def talk_garbage(demo):
    port = demo.viewer.server.port
    for garbage in (
        b"\x16\x03\x01\x02\x00\x01\x00" + os.urandom(300),
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /api/historical HTTP/1.1\r\nhost: localhost\r\ncontent-length: -5\r\n\r\n",
        b"POST /api/historical HTTP/1.1\r\nhost: localhost\r\n"
        b"transfer-encoding: chunked\r\n\r\nzz\r\n",
        b"\x00" * 5_000,
    ):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(garbage)
        async with asyncio.timeout(10):
            try:
                said = await reader.read(1_000)
            except ConnectionError:
                said = b""
        assert not said or said.startswith((b"HTTP/1.1 4", b"HTTP/1.0 4", b"\x00\x00")), garbage
        writer.close()
    raw = await open_socket(port)
    await until(lambda: len(demo.viewer.hub.clients) == 1)
    # A frame of a kind that there is not, unmasked, with all reserved bits.
    raw.sendall(b"\x7f\x7f" + os.urandom(64))
    await until(lambda: not demo.viewer.hub.clients)
    raw.close()
    assert await demo.get("/api/health") == (200, "ok")


def test_connections_ask_after_silent_peers():
    bound = bind("127.0.0.1", 0)
    bound.setblocking(True)
    with bound, socket.create_connection(bound.getsockname()), bound.accept()[0] as accepted:
        assert accepted.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 60_000
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 15


async def test_a_lost_upstream_is_a_counted_gap_and_the_books_are_whole_after():
    feed = HandFeed()
    async with stage(feed=feed) as running:
        await running.show(definitions(), opening_book(ES))
        _, before = await running.get("/api/book/ESH6?levels=12&orders=true")
        async with running.live(QUERY) as socket_:
            await read_until(socket_, lambda m: m["type"] == "book")
            counted = (await scrape(running)).value("ticktape_gaps_total")
            await running.show(gap_batch(Gap(LATER, LATER + SECOND, "the upstream was lost")))
            told = await read_until(socket_, lambda m: m["type"] == "gap")
            assert told[-1]["reason"] == "the upstream was lost"
            assert (await scrape(running)).value("ticktape_gaps_total") == counted + 1
            assert (await running.get("/api/source"))[1]["gaps"] == 1
            snapshot = running.viewer.market.snapshot_records(ES, LATER + 2 * SECOND)
            await running.show(Batch(Schema.MBO, snapshot))
        _, after = await running.get("/api/book/ESH6?levels=12&orders=true")
        for side in ("bids", "asks"):
            assert after[side] == before[side]
        assert (after["stale"], after["in_event"]) == (False, False)


async def test_ready_is_so_once_connected_with_a_book_and_says_why_not():
    feed = HandFeed()
    async with stage(feed=feed) as running:
        status, told = await running.get("/ready")
        assert status == 503
        assert {one["code"] for one in told["reasons"]} >= {"no-book"}
        await running.show(definitions(), opening_book(ES))
        async with asyncio.timeout(10):
            while (await running.get("/ready"))[0] != 200:
                await asyncio.sleep(0.01)
        assert await running.get("/ready") == (200, {"status": "ready", "reasons": []})
        await running.show(make_mark(Mark.RESET, START_NS))
        status, told = await running.get("/ready")
        assert (status, told["reasons"][0]["code"]) == (503, "catching-up")
        await running.show(opening_book(ES), make_mark(Mark.CAUGHT_UP, START_NS))
        assert (await running.get("/ready"))[0] == 200
        feed.put(None)
        async with asyncio.timeout(10):
            while (await running.get("/ready"))[0] == 200:
                await asyncio.sleep(0.01)
        _, told = await running.get("/ready")
        assert [one["code"] for one in told["reasons"]] == ["not-connected"]
        assert await running.get("/health") == (200, "ok")


async def test_ids_come_back_and_are_made_where_none_is_given(demo):
    async def id_of(**headers):
        async with demo.http.get(demo.url + "/api/health", headers=headers) as answer:
            return answer.headers["x-request-id"]

    assert await id_of(**{"x-request-id": "my-own.1"}) == "my-own.1"
    made = {await id_of() for _ in range(3)}
    assert len(made) == 3
    odd = await id_of(**{"x-request-id": "a" * 65})
    assert odd != "a" * 65


async def test_nothing_is_printed_where_logging_is_not_set_up(demo, capfd, caplog):
    assert not structlog.is_configured()
    await demo.get("/api/book/ESH6")
    async with demo.live(QUERY) as socket_:
        await socket_.receive_json()
    demo.viewer.book_streams.position = "no number"
    assert (await demo.get("/api/heatmap/ESH6"))[0] == 500
    assert capfd.readouterr().out == ""
    assert [one.levelname for one in caplog.records if "request failed" in one.message] == ["ERROR"]


async def test_a_body_that_breaks_off_is_the_callers_fault(demo):
    reader, writer = await asyncio.open_connection("127.0.0.1", demo.viewer.server.port)
    writer.write(
        b"POST /api/historical HTTP/1.1\r\nhost: localhost\r\n"
        b"transfer-encoding: chunked\r\n\r\nzz\r\n"
    )
    async with asyncio.timeout(10):
        said = await reader.read(4_000)
    writer.close()
    assert said.startswith(b"HTTP/1.1 400")
    assert b"bad-value" in said


async def test_a_request_says_in_the_log_what_it_took(demo):
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    set_up_logging("info", stream=stream)
    try:
        began = time.monotonic()
        await demo.get(
            "/api/symbols?token=hunter2", headers={"x-request-id": "r-77", "x-client-id": "d-3"}
        )
        assert time.monotonic() - began < 10
        async with demo.live(QUERY + "&api_key=hunter2", headers={"x-client-id": "desk-4"}) as ws:
            await ws.receive_json()
        await until(lambda: "stream ended" in stream.getvalue())
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.reset_defaults()
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    request = next(line for line in lines if line["event"] == "request")
    assert (request["request_id"], request["method"], request["status"]) == ("r-77", "GET", 200)
    assert request["path"] == "/api/symbols"
    assert request["client_id"] == "d-3"
    assert request["bytes"] > 100
    assert request["duration_ms"] >= 0
    ended = next(line for line in lines if line["event"] == "stream ended")
    assert ended["client_id"] == "desk-4"
    assert ended["session_id"] == ended["request_id"]
    assert "hunter2" not in stream.getvalue()
