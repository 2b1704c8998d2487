"""What the gateway outlives: each time the others' data is complete and equal to the tape."""

import asyncio
import os
import socket
import struct

import numpy as np
import pytest
from tests.gateway.gateway_clients import (
    DATASET,
    RawClient,
    official_session,
    serving,
    until,
    until_served,
)
from tests.gateway.test_broadcast import PushFeed, subscribed

from ticktape.gateway.live import BroadcastSource
from ticktape.gateway.live.limits import Limits
from ticktape.ops.metrics import GATEWAY_CONNECTIONS, GATEWAY_ENDED, REFUSALS, REGISTRY
from ticktape.tape.batch import Batch
from ticktape.tape.layouts import Schema

ALL = "schema=mbo|symbols=ALL_SYMBOLS"


def value(metric, *labels):
    return metric.labels(*labels)._value.get()


class Survivor:
    """A client that reads on while others fare badly."""

    @classmethod
    async def of(cls, gateway, feed):
        made = cls()
        made._client = await subscribed(gateway, ALL)
        made._feed, made._parts, made.sent = feed, [], []
        made._batches = made._client.batches()
        return made

    async def takes(self, records, limit_s=10.0):
        """Push records and wait until they have come to this client."""
        self.sent.append(records)
        pushing = asyncio.create_task(self._feed.push(Batch(Schema.MBO, records)))
        async with asyncio.timeout(limit_s):
            while sum(map(len, self._parts)) < sum(map(len, self.sent)):
                self._parts.append((await anext(self._batches)).records)
        await pushing

    def has_all(self):
        return np.concatenate(self._parts).tobytes() == np.concatenate(self.sent).tobytes()


def reset(client):
    """Close with an RST, as a process that is killed with unread bytes does."""
    raw = client._writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client._writer.transport.abort()


async def test_a_hundred_clients_that_vanish_at_once_leave_the_others_whole(small_tape):
    feed = PushFeed(small_tape)
    many = np.tile(small_tape.records, 3)
    open_before = value(GATEWAY_CONNECTIONS, "open")
    async with serving(BroadcastSource(feed)) as gateway:
        survivor = await Survivor.of(gateway, feed)
        crowd = [await subscribed(gateway, ALL) for _ in range(100)]
        assert value(GATEWAY_CONNECTIONS, "open") == open_before + 101
        await survivor.takes(many)
        for client in crowd:
            reset(client)
        for _ in range(5):
            await survivor.takes(many)
        await until(lambda: len(gateway.sessions) == 1)
        assert survivor.has_all()
        assert value(GATEWAY_CONNECTIONS, "open") == open_before + 1
        again = await subscribed(gateway, ALL)
        again.close()


async def test_stalled_clients_slow_nobody_and_are_ended(small_tape):
    feed = PushFeed(small_tape)
    many = np.tile(small_tape.records, 3)
    ended = value(GATEWAY_ENDED, "lag")
    limits = Limits(queued_bytes=3 * many.nbytes)
    async with serving(BroadcastSource(feed), limits=limits) as gateway:
        survivor = await Survivor.of(gateway, feed)
        stalled = [await subscribed(gateway, ALL) for _ in range(10)]
        for session in gateway.sessions:
            session.outlet.stall_timeout_s = 0.3
        for _ in range(10):
            await survivor.takes(many, limit_s=3)
        assert survivor.has_all()
        await until(lambda: len(gateway.sessions) == 1)
        assert value(GATEWAY_ENDED, "lag") == ended + len(stalled)
        metrics = REGISTRY.get_sample_value("ticktape_gateway_queue_bytes", {"of": "slowest"})
        assert metrics <= 3 * many.nbytes


@pytest.mark.parametrize(
    "garbage",
    [
        os.urandom(1 << 12),
        b"\x00" * 5_000,
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"auth=|" * 100 + b"\n",
        b"x" * (1 << 19),
    ],
)
@pytest.mark.parametrize("when", ["before", "after"])
async def test_garbage_ends_its_sender_alone(small_tape, garbage, when):
    feed = PushFeed(small_tape)
    async with serving(BroadcastSource(feed)) as gateway:
        survivor = await Survivor.of(gateway, feed)
        if when == "before":
            client = await RawClient.connect(gateway.port)
        else:
            client = await subscribed(gateway, ALL)
        client.send(garbage + b"\n")
        await survivor.takes(small_tape.records)
        data = await asyncio.wait_for(client.read_bytes(), 10)
        assert data
        await until(lambda: len(gateway.sessions) == 1)
        await survivor.takes(small_tape.records)
        assert survivor.has_all()


async def test_who_never_authenticates_is_let_go(small_tape):
    feed = PushFeed(small_tape)
    limits = Limits(authentication_timeout_s=0.2)
    async with serving(BroadcastSource(feed), limits=limits) as gateway:
        silent = [await RawClient.connect(gateway.port) for _ in range(20)]
        assert (await silent[0].line()).startswith("success=0|error=No authentication")
        for client in silent:
            client.close()
        await until(lambda: not gateway.sessions)


async def test_the_system_watches_for_peers_that_are_gone_without_a_word(small_tape):
    async with serving(
        BroadcastSource(PushFeed(small_tape)), limits=Limits(peer_timeout_s=40)
    ) as gateway:
        client = await subscribed(gateway, ALL)
        connection = gateway.sessions[0]._connection
        assert connection.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 10
        assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 40_000
        client.close()


async def test_a_peer_whose_machine_forgot_the_connection_is_noticed(small_tape):
    """TCP_REPAIR takes the client's socket away without a FIN, as a power cut does."""
    feed = PushFeed(small_tape)
    tcp_repair = 19
    async with serving(BroadcastSource(feed)) as gateway:
        survivor = await Survivor.of(gateway, feed)
        gone = await subscribed(gateway, ALL)
        raw = gone._writer.get_extra_info("socket")
        try:
            raw.setsockopt(socket.IPPROTO_TCP, tcp_repair, 1)
        except PermissionError:
            pytest.skip("only a privileged user may take a socket away without a FIN")
        gone._writer.transport.abort()
        await survivor.takes(small_tape.records)
        await until(lambda: len(gateway.sessions) == 1)
        await survivor.takes(small_tape.records)
        assert survivor.has_all()


class TestLimits:
    """Beyond a limit is a refusal in the protocol's words, counted."""

    async def test_connections(self, small_tape):
        refused = value(REFUSALS, "connections")
        source = BroadcastSource(PushFeed(small_tape))
        async with serving(source, limits=Limits(sessions=1, pending=1)) as gateway:
            first = await subscribed(gateway, ALL)
            second = await RawClient.connect(gateway.port)
            third = await asyncio.open_connection("127.0.0.1", gateway.port)
            assert await third[0].read() == b""
            second.send(second.authentication())
            assert await second.line() == (
                "success=0|error=User has reached their open connection limit"
            )
            first.close()
        assert value(REFUSALS, "connections") == refused + 2

    @pytest.mark.parametrize("started", [True, False])
    async def test_subscriptions(self, small_tape, started):
        source = BroadcastSource(PushFeed(small_tape))
        async with serving(source, limits=Limits(subscriptions=2)) as gateway:
            client = await RawClient.authenticated(gateway.port)
            start = "start_session\n"
            lines = f"{ALL}|id=1\n{ALL}|id=2\n" + (start if started else "")
            client.send(lines + f"{ALL}|id=3\n" + ("" if started else start))
            _, records = await client.everything()
        (error,) = records[Schema.ERROR]
        assert (error["code"], error["err"]) == (5, b"A session may have 2 subscriptions")

    async def test_symbols(self, small_tape):
        source = BroadcastSource(PushFeed(small_tape))
        async with serving(source, limits=Limits(symbols=3)) as gateway:
            client = await RawClient.authenticated(gateway.port)
            client.send("schema=mbo|symbols=A,B,C,D\nstart_session\n")
            _, records = await client.everything()
        (error,) = records[Schema.ERROR]
        assert error["code"] == 5
        assert error["err"] == b"A subscription may have 3 symbols, this one has 4"

    async def test_a_line(self, small_tape):
        source = BroadcastSource(PushFeed(small_tape))
        async with serving(source, limits=Limits(line_bytes=2_000)) as gateway:
            client = await RawClient.connect(gateway.port)
            client.send("x" * 5_000)
            assert "longer than 2000 bytes" in await client.line()


async def test_an_official_client_sees_why_it_was_ended(small_tape):
    """Its connection broke in the middle of nothing: an error record says what is lost."""
    feed = PushFeed(small_tape)
    many = np.tile(small_tape.records, 20)
    limits = Limits(queued_bytes=many.nbytes)
    async with serving(BroadcastSource(feed), limits=limits) as gateway:
        session = asyncio.create_task(official_session(gateway.port, {"schema": "mbo"}))
        await until_served(gateway)
        for _ in range(12):
            await feed.push(Batch(Schema.MBO, many))
        with pytest.raises(Exception, match="Slow client detected"):
            await session
    assert DATASET
