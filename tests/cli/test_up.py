"""``ticktape up`` as a person runs it: a process, its page, Ctrl-C."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import asynccontextmanager, contextmanager
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from tests.server.market_day import day_tape

from ticktape.cli.up_sources import schemas_on, shown_schemas
from ticktape.feeds.replay import Replay
from ticktape.gateway.live import BroadcastSource, LiveGateway
from ticktape.tape import Schema
from ticktape.tape.errors import BadValueError

KEY = "db-0123456789abcdefghijklmnopqrs"
COMMAND = [sys.executable, "-c", "from ticktape.cli.main import main; main()", "up"]


@contextmanager
def up(*arguments, cwd, **environment):
    """Run the command; give the process and its address once it answers."""
    names = ("DATABENTO_API_KEY", "TICKTAPE_PORT", "TICKTAPE_CONFIG")
    clean = {name: value for name, value in os.environ.items() if name not in names}
    process = subprocess.Popen(
        [*COMMAND, "--port", "0", "--gateway-port", "0", *map(str, arguments)],
        cwd=cwd,
        env={**clean, "PYTHONUNBUFFERED": "1", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process, _address(process)
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def _address(process):
    for line in process.stdout:
        found = re.search(r"http://localhost:(\d+)", line)
        if found:
            return f"http://127.0.0.1:{found[1]}"
    return None


def get(url):
    with urlopen(url, timeout=10) as answer:
        return answer.read().decode()


def get_any(url):
    """Give an answer also where it is a refusal: a book that is not there yet."""
    try:
        return get(url)
    except HTTPError as error:
        return error.read().decode()


def run(*arguments, cwd, **environment):
    clean = {k: v for k, v in os.environ.items() if k != "DATABENTO_API_KEY"}
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        cwd=cwd,
        env={**clean, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def wait_for(condition, seconds=60):
    """Ask a process of another kind, which tells of nothing by itself, until it is so."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_replay_with_a_viewer_open_stops_within_two_seconds(tmp_path, number):
    with up("--replay", day_tape(tmp_path), "--loop", cwd=tmp_path) as (process, address):
        assert get(f"{address}/api/health") == "ok"
        wait_for(lambda: '"connected":true' in get(f"{address}/api/source"))
        with _websocket(address):
            begun = time.monotonic()
            process.send_signal(number)
            output, _ = process.communicate(timeout=10)
        assert time.monotonic() - begun < 2
    assert process.returncode == 0, output
    assert output.strip().endswith("stopped")


def test_kernels_are_compiled_beside_a_server_that_answers_and_stops(tmp_path):
    cold = {"TICKTAPE_KERNEL_CACHE": str(tmp_path / "kernels")}
    with up("--demo", cwd=tmp_path, **cold) as (process, address):
        for line in process.stdout:
            if "compiling kernels" in line:
                break
        for path in ("/api/health", "/api/source", "/api/symbols"):
            begun = time.monotonic()
            get(f"{address}{path}")
            assert time.monotonic() - begun < 2
        begun = time.monotonic()
        process.send_signal(signal.SIGINT)
        # The output ends once the compiler's processes, which share it, have ended too.
        output, _ = process.communicate(timeout=10)
        assert time.monotonic() - begun < 2
    assert process.returncode == 0
    assert output.strip().endswith("stopped")


@contextmanager
def _websocket(address):
    """Open a WebSocket and read nothing from it."""
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(
            b"GET /ws/live?symbols=ES.FUT&schema=trades,mbp-10 HTTP/1.1\r\n"
            b"host: 127.0.0.1\r\nconnection: upgrade\r\nupgrade: websocket\r\n"
            b"sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        assert b"101" in connection.recv(100)
        yield


def test_the_demo_shows_a_book(tmp_path):
    with up("--demo", "--rate", 500, cwd=tmp_path) as (_, address):
        wait_for(lambda: '"ES.FUT"' in get(f"{address}/api/symbols"), 100)
        wait_for(lambda: "ES" in get(f"{address}/api/symbols"))
        assert '"mode":"SIMULATED"' in get(f"{address}/api/source")
        wait_for(lambda: '"bids":[{' in get_any(f"{address}/api/book/ES.FUT"))


def test_the_demo_can_begin_before_its_opening_auction(tmp_path):
    with up("--demo", "--pre-open", 3600, cwd=tmp_path) as (_, address):
        wait_for(lambda: '"ES.FUT"' in get(f"{address}/api/symbols"), 100)
        # Only before the auction may buyers wait above sellers.
        wait_for(lambda: '"crossed":true' in get_any(f"{address}/api/book/ES.FUT"))


@pytest.mark.parametrize("option", ["--port", "--gateway-port"])
def test_a_busy_port_is_one_clear_line(tmp_path, option):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        other = {"--port": "--gateway-port", "--gateway-port": "--port"}[option]
        tape = day_tape(tmp_path, count=1)
        ended = run("--replay", tape, option, port, other, 0, cwd=tmp_path)
    assert ended.returncode == 1
    (line,) = [line for line in ended.stderr.splitlines() if line.startswith("error:")]
    assert str(port) in line
    assert "Traceback" not in ended.stderr


def test_live_without_a_key_is_one_clear_line(tmp_path):
    ended = run("--live", "ES.FUT", "--port", 0, cwd=tmp_path)
    assert ended.returncode == 1
    assert ended.stderr.startswith("error: ")
    assert "DATABENTO_API_KEY" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


@asynccontextmanager
async def other_gateway(tmp_path, *keys):
    """Serve a tape like the vendor's live gateway, to holders of some keys."""
    source = BroadcastSource(Replay([day_tape(tmp_path)]), schemas=[Schema.MBO])
    gateway = LiveGateway(source, "127.0.0.1", 0, list(keys))
    await gateway.start()
    try:
        yield f"127.0.0.1:{gateway.port}"
    finally:
        await gateway.close()


async def test_live_with_a_wrong_key_is_one_clear_line(tmp_path):
    async with other_gateway(tmp_path, "db-another9abcdefghijklmnopqrstu") as address:
        ended = await asyncio.to_thread(
            run,
            *("--live", "ES.FUT", "--upstream", address, "--port", 0),
            cwd=tmp_path,
            DATABENTO_API_KEY=KEY,
        )
    assert ended.returncode == 1
    lines = ended.stderr.splitlines()
    # A machine that has never run this says first that it compiles.
    (line,) = [line for line in lines if not line.startswith("compiling kernels")]
    assert line.startswith("error: ")
    assert KEY not in ended.stdout + ended.stderr


async def test_a_live_sources_key_reaches_neither_the_browser_nor_the_log(tmp_path):
    (tmp_path / ".env").write_text(f"DATABENTO_API_KEY={KEY}\n")

    def watch(address):
        options = ("--live", "ES.FUT", "--upstream", address)
        with up(*options, cwd=tmp_path, TICKTAPE_LOG_LEVEL="debug") as (process, viewer):
            wait_for(lambda: '"connected":true' in get(f"{viewer}/api/source"))
            pages = [get(f"{viewer}{path}") for path in ("/api/source", "/api/symbols", "/metrics")]
            process.send_signal(signal.SIGINT)
            return "".join(pages) + process.communicate(timeout=10)[0]

    async with other_gateway(tmp_path, KEY) as address:
        assert KEY not in await asyncio.to_thread(watch, address)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--replay", "missing.dbn"], "missing.dbn"),
        (["--replay", "text.dbn"], "text.dbn"),
        (["--port", "70000"], "port"),
        (["--pre-open", "-1"], "pre-open"),
        (["--pre-open", "nan"], "pre-open"),
        (["--rate", "-5"], "-5 records a second"),
        (["--rate", "nan"], "rate"),
    ],
)
def test_bad_input_is_one_clear_line(tmp_path, arguments, said):
    (tmp_path / "text.dbn").write_text("this is no tape")
    ended = run(*arguments, cwd=tmp_path)
    assert ended.returncode == (1 if "--replay" in arguments else 2)
    # Nothing has been started that would have told its address.
    assert not ended.stdout
    assert said in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_two_sources_at_once_are_wrong_usage(tmp_path):
    assert run("--demo", "--live", "ES.FUT", cwd=tmp_path).returncode == 2


def test_a_speed_that_is_none_is_wrong_usage(tmp_path):
    done = run("--replay", "day.dbn", "--speed", "fast", cwd=tmp_path)
    assert done.returncode == 2
    assert "speed 'fast' is no speed" in done.stderr


def test_the_key_reaches_neither_the_browser_nor_the_log(tmp_path):
    (tmp_path / ".env").write_text(f"DATABENTO_API_KEY={KEY}\n")
    tape = day_tape(tmp_path, count=1)
    options = ("--replay", tape)
    with up(*options, cwd=tmp_path, TICKTAPE_LOG_LEVEL="debug") as (process, address):
        pages = [
            get(f"{address}{path}")
            for path in ("/api/source", "/api/symbols", "/docs", "/docs/openapi.json", "/metrics")
        ]
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=10)
    assert KEY not in "".join(pages) + output


def test_of_several_schemas_the_richest_is_shown():
    assert shown_schemas({Schema.TRADES, Schema.MBP_1, Schema.DEFINITION}) == [Schema.MBP_1]
    assert shown_schemas({Schema.OHLCV_1M}) == [Schema.OHLCV_1M]
    with pytest.raises(BadValueError):
        shown_schemas({Schema.DEFINITION})


def test_a_mixed_tape_is_looked_through(tmp_path):
    assert schemas_on([day_tape(tmp_path, count=1)]) == {Schema.DEFINITION, Schema.MBO}
