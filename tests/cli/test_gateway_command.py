"""``ticktape gateway``: a process that serves until it is told to stop."""

import asyncio
import math
import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from urllib.request import urlopen

import numpy as np
import pytest

from ticktape.cli.gateway import simulator_source
from ticktape.cli.usage import WrongUsageError
from ticktape.feeds.databento_live import DatabentoLiveFeed
from ticktape.feeds.live_subscriptions import LiveSubscription
from ticktape.tape.errors import AuthenticationError, UpstreamError
from ticktape.tape.layouts import Schema, new_records
from ticktape.tape.metadata import make_metadata

KEY = "db-command-secret-of-32-letters-"
RUN = "import sys; from ticktape.cli.main import main; sys.argv[0] = 'ticktape'; main()"
START_NS = 1_758_742_200_000_000_000


@pytest.fixture
def tape(tmp_path):
    records = new_records(Schema.TRADES, 1_000)
    records["ts_event"] = records["ts_recv"] = START_NS + 1_000_000 * np.arange(1_000)
    records["action"], records["side"], records["instrument_id"] = ord("T"), ord("B"), 5
    path = tmp_path / "tape.dbn"
    metadata = make_metadata("GLBX.MDP3", Schema.TRADES, START_NS)
    path.write_bytes(bytes(metadata.encode()) + records.tobytes())
    return path


@contextmanager
def gateway_process(*arguments):
    """Run the command; give the process, its port and what it printed."""
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, "gateway", *map(str, arguments), "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    try:
        first = process.stdout.readline()
        assert "serving" in first, process.stderr.read()
        while "print(record)" not in first:
            first += process.stdout.readline()
        port = int(re.search(r":(\d+)", first)[1])
        yield process, port, first
    finally:
        process.kill()
        process.communicate()


async def take(port, schema, key=KEY, at_least=None):
    feed = DatabentoLiveFeed(
        key, "GLBX.MDP3", [LiveSubscription(schema)], gateway="127.0.0.1", port=port
    )
    count = 0
    async for batch in feed:
        count += len(batch.records) if batch.schema is schema else 0
        if at_least is not None and count >= at_least:
            break
    await feed.close()
    return count


def test_a_tape_is_served_to_every_client_and_ctrl_c_stops_cleanly(tape):
    with gateway_process(tape) as (process, port, shown):
        assert asyncio.run(take(port, Schema.TRADES)) == 1_000
        assert asyncio.run(take(port, Schema.TRADES)) == 1_000
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=10)
        assert time.monotonic() - began < 2
        assert process.returncode == 0
    assert 'databento.Live(key="' in shown
    assert f"port={port})" in shown
    assert (out, err) == ("", "")


def test_keys_are_asked_for_and_not_printed(tape):
    with gateway_process(tape, "--key", KEY) as (process, port, shown):
        assert asyncio.run(take(port, Schema.TRADES)) == 1_000
        with pytest.raises(AuthenticationError):
            asyncio.run(take(port, Schema.TRADES, key="db-other"))
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=10)
    assert KEY not in shown + out + err


def test_the_simulator_is_served():
    with gateway_process("simulator", "--rate", 2_000, "--seed", 3) as (_, port, _shown):
        assert asyncio.run(take(port, Schema.MBO, at_least=100)) >= 100


def test_the_simulator_can_begin_before_its_opening_auction():
    assert "--pre-open" in re.sub(r"\x1b\[[0-9;]*m", "", run("--help").stdout)
    exchange = simulator_source(2_000, 3, 1.0, pre_open_s=2.5)._feed.exchange
    assert exchange.opens_ns - exchange.start_ns == 2_500_000_000


@pytest.mark.parametrize(("rate", "pre_open_s"), [(0, 0), (-5, 0), (2_000, math.nan), (2_000, 1e9)])
def test_a_simulator_that_cannot_be_is_wrong_usage(rate, pre_open_s):
    with pytest.raises(WrongUsageError):
        simulator_source(rate, 3, 1.0, pre_open_s)


def test_a_shared_replay_is_served(tape):
    with gateway_process(tape, "--shared", "--speed", "max") as (_, port, _shown):
        assert asyncio.run(take(port, Schema.TRADES)) == 1_000


def run(*arguments):
    return subprocess.run(
        [sys.executable, "-c", RUN, "gateway", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_busy_port_is_one_clear_line(tape):
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        done = run(tape, "--port", port)
    assert done.returncode == 1
    assert done.stderr.strip().splitlines() == [
        f"error: Port {port} on 127.0.0.1 is in use; choose another with --port"
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nothing.dbn"], "nothing.dbn"),
        (["simulator", "tape.dbn"], "can not be served together"),
        (["simulator", "--speed", "fast"], "speed 'fast' is no speed"),
    ],
)
def test_bad_sources_are_one_clear_line(arguments, message):
    done = run(*arguments)
    assert done.returncode == (1 if message == "nothing.dbn" else 2)
    assert message in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["--port", "65536"], 2, "65535"),
        (["--port", "-1"], 2, "--port"),
        (["--metrics-port", "65536"], 2, "65535"),
        (["--port", "0", "--host", "203.0.113.5"], 1, "cannot serve on 203.0.113.5:0: "),
    ],
)
def test_where_nothing_can_be_served_is_said_clearly(tape, arguments, status, message):
    done = run(str(tape), *arguments)
    assert done.returncode == status
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_no_source_is_wrong_usage():
    assert run().returncode == 2


def test_limits_are_options_and_settings(tape):
    with (
        gateway_process(tape, "--max-symbols", 2) as (_, port, _shown),
        pytest.raises(UpstreamError, match="A subscription may have 2 symbols"),
    ):
        asyncio.run(take_symbols(port, ("A", "B", "C")))
    assert run(tape, "--max-sessions", 0).stderr.startswith("error: setting gateway_sessions = 0")


async def take_symbols(port, symbols):
    feed = DatabentoLiveFeed(
        KEY,
        "GLBX.MDP3",
        [LiveSubscription(Schema.TRADES, symbols)],
        gateway="127.0.0.1",
        port=port,
        reconnect=False,
    )
    async for _ in feed:
        pass


def test_metrics_are_served_where_asked_for(tape):
    with socket.create_server(("127.0.0.1", 0)) as probe:
        metrics_port = probe.getsockname()[1]
    with gateway_process(tape, "--metrics-port", metrics_port) as (_, port, _shown):
        assert asyncio.run(take(port, Schema.TRADES)) == 1_000
        with urlopen(f"http://127.0.0.1:{metrics_port}/metrics", timeout=10) as answer:
            text = answer.read().decode()
    sent = re.search(r"^ticktape_gateway_records_total (\S+)", text, re.MULTILINE)
    assert float(sent[1]) >= 1_000
    assert 'ticktape_gateway_sessions_ended_total{reason="finished"} 1.0' in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--upstream", "databento"], "--symbols names nothing"),
        (["--upstream", "foo"], "'foo' is no gateway"),
        (["--upstream", "nowhere", "--symbols", "ES.FUT"], "is no gateway"),
        (["--upstream", "databento", "--symbols", "ES.FUT", "--schema", "l9"], "is not known"),
    ],
)
def test_wrong_relays_are_one_clear_line(arguments, message, monkeypatch):
    # Told before the key is looked for.
    monkeypatch.delenv("DATABENTO_API_KEY", raising=False)
    done = run(*arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert KEY not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
