"""The relay as a process of its own: killed and started anew, told to stop under load."""

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import numpy as np
import pytest
from tests.gateway.gateway_clients import KEY, RawClient, serving, until, until_served
from tests.gateway.test_broadcast import PushFeed, books_of, cut

from ticktape.gateway.live import BroadcastSource
from ticktape.market import Market
from ticktape.tape.batch import Batch
from ticktape.tape.gaps import gaps_in
from ticktape.tape.layouts import Schema

RUN = "import sys; from ticktape.cli.main import main; sys.argv[0] = 'ticktape'; main()"


@contextmanager
def relay_process(upstream_port, *options, **environment):
    """Run ``ticktape gateway --upstream``; give the process."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-c", RUN, "gateway", "--upstream", f"127.0.0.1:{upstream_port}"),
            *("--symbols", "ALL_SYMBOLS", "--port", "0", *map(str, options)),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONUNBUFFERED": "1", "DATABENTO_API_KEY": KEY} | environment,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


async def port_of(process):
    line = (await asyncio.to_thread(process.stdout.readline)).decode()
    assert "serving" in line, process.stderr.read().decode()
    return int(re.search(r":(\d+)", line)[1])


async def read_until(client, records, seen):
    """Read orders and gaps until the last of some records came."""
    wanted = (int(records["ts_recv"][-1]), int(records["order_id"][-1]))
    async for batch in client.batches():
        seen.append(batch)
        if batch.schema is Schema.MBO:
            last = batch.records[-1]
            if (int(last["ts_recv"]), int(last["order_id"])) == wanted:
                return
    raise AssertionError("the session ended before")


def orders_in(seen):
    return np.concatenate([batch.records for batch in seen if batch.schema is Schema.MBO])


def books_after(seen):
    market = Market()
    for batch in seen:
        market.apply(batch)
    return {
        key: [side.tolist() for side in market.book(key[1], key[0]).levels(20)]
        for key in sorted(market.keys())
    }


async def test_a_killed_relay_comes_back_with_what_it_had_kept_and_one_gap(tmp_path, small_tape):
    early, late = cut(small_tape.records, 10_000)
    missed, rest = cut(late, 4_000)
    feed = PushFeed(small_tape)
    options = ("--buffer", tmp_path / "past")
    async with serving(BroadcastSource(feed)) as up:
        with relay_process(up.port, *options) as process:
            client = await RawClient.authenticated(await port_of(process))
            client.send("schema=mbo|symbols=ALL_SYMBOLS|snapshot=1\nstart_session\n")
            await until_served(up)
            seen = []
            pushing = asyncio.create_task(feed.push(Batch(Schema.MBO, early)))
            await read_until(client, early, seen)
            await pushing
            await asyncio.sleep(0)
            process.send_signal(signal.SIGKILL)
            await asyncio.to_thread(process.wait)
        await until(lambda: not up.sessions)
        await feed.push(Batch(Schema.MBO, missed))
        with relay_process(up.port, *options) as process:
            port = await port_of(process)
            await until_served(up)
            client = await RawClient.authenticated(port)
            client.send("schema=mbo|symbols=ALL_SYMBOLS|start=0\nstart_session\n")
            seen = []
            pushing = asyncio.create_task(feed.push(Batch(Schema.MBO, rest)))
            await read_until(client, rest, seen)
            await pushing
            process.send_signal(signal.SIGTERM)
            await asyncio.to_thread(process.wait, 10)
            assert process.returncode == 0
            assert KEY not in process.stderr.read().decode()
    given = orders_in(seen)
    gaps = [gap for one in seen if one.schema is Schema.SYSTEM for gap in gaps_in(one.records)]
    assert [gap.reason for gap in gaps] == ["the relay was not running"]
    assert given[: len(early)].tobytes() == early.tobytes()
    assert given[-len(rest) :].tobytes() == rest.tobytes()
    assert books_after(seen) == books_of(small_tape.records)


def seconds_to_end(process):
    """Tell a process to stop; the time is taken here, beside this process's own busy loop."""
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    process.wait(15)
    return time.monotonic() - began


@pytest.mark.parametrize("stopped_too", [False, True])
async def test_told_to_stop_under_load_it_drains_within_five_seconds(small_tape, stopped_too):
    """Sessions get all that was queued, a prefix of the tape, and then the end."""
    feed = PushFeed(small_tape)
    async with serving(BroadcastSource(feed)) as up:
        with relay_process(up.port) as process:
            port = await port_of(process)
            line = "schema=mbo|symbols=ALL_SYMBOLS\nstart_session\n"
            clients = [await RawClient.authenticated(port) for _ in range(4)]
            for client in clients:
                client.send(line)
                await anext(client.batches())
            if stopped_too:
                silent = await RawClient.authenticated(port)
                silent.send(line)
            many = np.tile(small_tape.records, 40)
            pushing = asyncio.create_task(feed.push(*[Batch(Schema.MBO, many)] * 20))
            reading = [asyncio.create_task(client.everything()) for client in clients]
            await until(lambda: clients[0]._stream.is_partial)
            assert await asyncio.to_thread(seconds_to_end, process) < 5
            given = await asyncio.gather(*reading)
            pushing.cancel()
            assert process.returncode == 0
    whole = np.tile(many, 2).tobytes()
    for _, records in given:
        got = records[Schema.MBO].tobytes()
        assert got
        assert got == whole[: len(got)]


async def test_no_key_is_in_what_a_relay_logs_at_its_most_talkative(small_tape):
    """Neither that of the upstream, nor those of its clients, nor what proves them."""
    own, wrong = "db-own-client-of-the-relay-000001", "db-nobody-knows-this-client-00002"
    feed = PushFeed(small_tape)
    async with serving(BroadcastSource(feed), keys=[KEY]) as up:
        with relay_process(up.port, "--key", own, TICKTAPE_LOG_LEVEL="debug") as process:
            port = await port_of(process)
            client = await RawClient.authenticated(port, key=own)
            client.send("schema=mbo|symbols=ALL_SYMBOLS\nstart_session\n")
            await anext(client.batches())
            await feed.push(Batch(Schema.MBO, small_tape.records))
            await read_until(client, small_tape.records, [])
            refused = await RawClient.connect(port)
            refused.send(refused.authentication(wrong))
            assert (await refused.line()).startswith("success=0")
            up.abort_sessions()
            await until(lambda: up.sessions)
            process.send_signal(signal.SIGTERM)
            shown = "".join(part.decode() for part in await asyncio.to_thread(process.communicate))
    assert "Authentication failed" in shown
    assert "connecting again" in shown
    for secret in (KEY, own, wrong, refused.authentication(wrong)[5:69]):
        assert secret not in shown
        assert secret[-12:] not in shown


async def test_a_gone_upstream_at_the_start_is_one_clear_line():
    with relay_process(1) as process:
        _, err = await asyncio.to_thread(process.communicate)
    assert process.returncode == 1
    assert err.decode().startswith("error: No connection to 127.0.0.1:1")
    assert len(err.decode().strip().splitlines()) == 1
