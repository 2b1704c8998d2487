"""What the gateway tells of itself: every metric moves when what it counts happens."""

import asyncio
import io
import json
import logging
import time

import numpy as np
import pytest
import structlog
from tests.gateway.gateway_clients import RawClient, official_session, serving, until
from tests.gateway.test_broadcast import PushFeed, rest_of, subscribed
from tests.gateway.test_raw_sessions import FailingFeed
from tests.gateway.test_staying_up import ALL, reset

from ticktape.gateway.live import BroadcastSource
from ticktape.gateway.live.limits import Limits
from ticktape.ops.logging import set_up_logging
from ticktape.ops.metrics import REGISTRY
from ticktape.tape.batch import Batch
from ticktape.tape.layouts import LAYOUTS, Schema


def read(name, **labels):
    return REGISTRY.get_sample_value(name, labels) or 0.0


class Moved:
    """By how much a metric has moved since this was made."""

    def __init__(self, name, **labels):
        self._of = (name, labels)
        self._before = read(name, **labels)

    @property
    def by(self):
        name, labels = self._of
        return read(name, **labels) - self._before


async def test_connections_are_counted_by_what_they_have_come_to(small_tape):
    waiting = Moved("ticktape_gateway_connections", state="authenticating")
    open_now = Moved("ticktape_gateway_connections", state="open")
    async with serving(BroadcastSource(PushFeed(small_tape))) as gateway:
        client = await RawClient.connect(gateway.port)
        assert (waiting.by, open_now.by) == (1, 0)
        client.send(client.authentication())
        await client.line()
        assert (waiting.by, open_now.by) == (0, 1)
        client.close()
        await until(lambda: not gateway.sessions)
        assert (waiting.by, open_now.by) == (0, 0)


async def test_records_and_bytes_are_counted_as_they_are_sent(small_tape):
    feed = PushFeed(small_tape)
    records = Moved("ticktape_gateway_records_total")
    sent = Moved("ticktape_stream_bytes_total", client="gateway")
    async with serving(BroadcastSource(feed)) as gateway:
        clients = [await subscribed(gateway, ALL) for _ in range(2)]
        beside = records.by
        await feed.push(Batch(Schema.MBO, small_tape.records), None)
        await asyncio.gather(*(rest_of(client, Schema.MBO) for client in clients))
    assert records.by - beside == 2 * len(small_tape.records)
    assert sent.by > 2 * small_tape.records.nbytes


async def test_what_waits_is_told_of_all_sessions_and_of_the_slowest(small_tape):
    feed = PushFeed(small_tape)
    many = np.tile(small_tape.records, 8)
    async with serving(BroadcastSource(feed), limits=Limits(queued_bytes=1 << 30)) as gateway:
        slow = await subscribed(gateway, ALL)
        assert read("ticktape_gateway_queue_bytes", of="all") == 0
        await feed.push(*[Batch(Schema.MBO, many)] * 3, None)
        await until(lambda: read("ticktape_gateway_queue_bytes", of="slowest") > many.nbytes)
        told = read("ticktape_gateway_queue_bytes", of="all")
        assert told == sum(one.outlet.queued_bytes for one in gateway.sessions)
        assert told % LAYOUTS[Schema.MBO].itemsize == 0
        await rest_of(slow, Schema.MBO)
        await until(lambda: read("ticktape_gateway_queue_bytes", of="all") == 0)


async def test_every_session_ends_for_a_reason(small_tape):
    """One that left, one that was reset, one that was refused, one whose records ended."""
    reasons = ("left", "failed", "refused", "finished")
    ended = {one: Moved("ticktape_gateway_sessions_ended_total", reason=one) for one in reasons}
    feed = PushFeed(small_tape)
    async with serving(BroadcastSource(feed)) as gateway:
        (await subscribed(gateway, ALL)).close()
        reset(await subscribed(gateway, ALL))
        wrong = await RawClient.authenticated(gateway.port)
        wrong.send("schema=nonsense|symbols=ALL_SYMBOLS\n")
        await wrong.everything()
        last = await subscribed(gateway, ALL)
        await feed.push(None)
        await rest_of(last, Schema.MBO)
        await until(lambda: not gateway.sessions)
    assert {one: moved.by for one, moved in ended.items()} == {
        "left": 2,
        "failed": 0,
        "refused": 1,
        "finished": 1,
    }


async def test_a_session_is_a_client_while_it_lasts_and_its_time_is_taken(small_tape):
    clients = Moved("ticktape_clients", client="gateway")
    timed = Moved("ticktape_stream_duration_seconds_count", client="gateway")
    async with serving(BroadcastSource(PushFeed(small_tape))) as gateway:
        client = await subscribed(gateway, ALL)
        assert (clients.by, timed.by) == (1, 0)
        client.close()
        await until(lambda: not gateway.sessions)
    assert (clients.by, timed.by) == (0, 1)


async def test_a_source_that_breaks_is_a_failure_of_every_session(small_tape):
    failed, refused = (
        Moved("ticktape_gateway_sessions_ended_total", reason=one) for one in ("failed", "refused")
    )
    async with serving(BroadcastSource(FailingFeed(small_tape.records))) as gateway:
        client = await RawClient.authenticated(gateway.port)
        client.send(f"{ALL}\nstart_session\n")
        await client.everything()
        client.close()
        await until(lambda: not gateway.sessions)
    assert (failed.by, refused.by) == (1, 0)


@pytest.mark.parametrize(
    ("limit", "limits", "said"),
    [
        ("connections", Limits(sessions=0), ""),
        ("subscriptions", Limits(subscriptions=1), f"{ALL}\n{ALL}\nstart_session\n"),
        ("symbols", Limits(symbols=1), "schema=mbo|symbols=A,B\nstart_session\n"),
        ("line_bytes", Limits(line_bytes=2_000), "x" * 5_000),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isidentifier() else "",
)
async def test_each_limit_is_counted_where_it_refuses(small_tape, limit, limits, said):
    refusals = Moved("ticktape_refusals_total", limit=limit)
    async with serving(BroadcastSource(PushFeed(small_tape)), limits=limits) as gateway:
        client = await RawClient.connect(gateway.port)
        client.send(client.authentication() + said)
        assert await client.read_bytes()
    assert refusals.by == 1


@pytest.mark.parametrize("leaving", ["stop", "terminate"])
async def test_an_official_client_that_leaves_is_no_failure(small_tape, leaving):
    """Also with records under way that it will not read."""
    left, failed = (
        Moved("ticktape_gateway_sessions_ended_total", reason=one) for one in ("left", "failed")
    )
    feed = PushFeed(small_tape)
    async with serving(BroadcastSource(feed)) as gateway:
        pushing = asyncio.create_task(feed.push(*[Batch(Schema.MBO, small_tape.records)] * 8))

        def leave(client, records):
            while not records:
                time.sleep(0.005)
            getattr(client, leaving)()

        await official_session(gateway.port, {"schema": "mbo"}, during=leave)
        await until(lambda: not gateway.sessions)
        pushing.cancel()
    assert (left.by, failed.by) == (1, 0)


async def test_a_session_that_is_drained_is_one_that_ended_for_that(small_tape):
    drained = Moved("ticktape_gateway_sessions_ended_total", reason="drained")
    async with serving(BroadcastSource(PushFeed(small_tape))) as gateway:
        client = await subscribed(gateway, ALL)
        closing = asyncio.create_task(gateway.close(drain_s=5))
        await rest_of(client, Schema.MBO)
        client.close()
        await closing
    assert drained.by == 1


async def test_who_is_too_slow_is_counted_and_what_it_skips(small_tape):
    feed = PushFeed(small_tape)
    lagged = Moved("ticktape_gateway_sessions_ended_total", reason="lag")
    many = np.tile(small_tape.records, 4)
    async with serving(BroadcastSource(feed), limits=Limits(queued_bytes=1 << 20)) as gateway:
        slow = await subscribed(gateway, ALL)
        await feed.push(*[Batch(Schema.MBO, many)] * 6, None)
        await slow.everything()
        await until(lambda: not gateway.sessions)
    assert lagged.by == 1


async def test_quotes_that_are_skipped_are_counted_as_drops(small_tape):
    feed = PushFeed(small_tape)
    drops = Moved("ticktape_client_drops_total", client="gateway")
    many = np.tile(small_tape.records, 4)
    async with serving(BroadcastSource(feed), limits=Limits(queued_bytes=1 << 20)) as gateway:
        slow = await subscribed(gateway, "schema=mbp-10|symbols=ALL_SYMBOLS")
        await feed.push(*[Batch(Schema.MBO, many)] * 6, None)
        await slow.everything()
    assert drops.by > 0


async def test_a_replay_that_is_held_too_long_counts_a_stall(small_tape):
    feed = PushFeed(small_tape)
    stalled = Moved("ticktape_gateway_sessions_ended_total", reason="stall")
    many = np.tile(small_tape.records, 8)
    source = BroadcastSource(feed, waits=True, patience_s=0.1)
    async with serving(source, limits=Limits(queued_bytes=1 << 20)) as gateway:
        silent = await subscribed(gateway, ALL)
        gateway.sessions[0].outlet.stall_timeout_s = 0.1
        await feed.push(*[Batch(Schema.MBO, many)] * 6)
        await until(lambda: not gateway.sessions)
        silent.close()
    assert stalled.by == 1


@pytest.fixture
def log():
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    set_up_logging("info", stream=stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


async def test_a_session_is_logged_by_the_names_that_the_web_server_uses(small_tape, log):
    async with serving(BroadcastSource(PushFeed(small_tape))) as gateway:
        client = await RawClient.connect(gateway.port)
        host, port = client.own_address
        client.send(client.authentication(options="|client=Desk 1.0"))
        await client.line()
        client.close()
        await until(lambda: not gateway.sessions)
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    entered, ended = (one for one in lines if one["event"] in {"authenticated", "ended"})
    assert entered["client"] == "Desk 1.0"
    for line in (entered, ended):
        assert (line["session_id"], line["client_id"]) == (1, f"{host}:{port}")
        assert "session" not in line
