"""``ticktape up`` under load: told to stop, killed and started again, never telling a secret."""

import json
import re
import signal
import socket
import threading
import time
from contextlib import contextmanager
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from tests.cli.test_up import _websocket, get, get_any, up, wait_for
from tests.server.market_day import day_tape

from ticktape.cli.main import run

KEY = "db-0123456789abcdefghijklmnopqrs"


def test_told_to_stop_under_load_it_drains_within_five_seconds(tmp_path):
    arguments = ("--demo", "--rate", "20000")
    with up(*arguments, cwd=tmp_path) as (process, address):
        wait_for(lambda: '"status":"ready"' in get_any(f"{address}/ready"))
        stopping = threading.Event()
        answers = []

        def ask():
            while not stopping.is_set():
                try:
                    answers.append(json.loads(get(f"{address}/api/book/ES.FUT?levels=10")))
                except (URLError, OSError):
                    return

        asking = [threading.Thread(target=ask) for _ in range(4)]
        with _websocket(address), _websocket(address):
            for thread in asking:
                thread.start()
            wait_for(lambda: len(answers) > 50)
            begun = time.monotonic()
            process.send_signal(signal.SIGTERM)
            output, _ = process.communicate(timeout=20)
            assert time.monotonic() - begun < 5
        stopping.set()
        for thread in asking:
            thread.join()
    assert process.returncode == 0
    assert output.strip().endswith("stopped")
    # What was answered was answered whole.
    assert all(len(book["bids"]) == len(book["asks"]) == 10 for book in answers)


@contextmanager
def _asking(address, path):
    """Ask for something and read no more than the beginning of the answer."""
    host, port = address.removeprefix("http://").split(":")
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 12)
        connection.connect((host, int(port)))
        connection.sendall(f"GET {path} HTTP/1.1\r\nhost: {host}\r\n\r\n".encode())
        assert b"200" in connection.recv(20)
        yield connection


def test_told_to_stop_it_waits_for_no_reader_of_files_and_streams(tmp_path):
    tape = tmp_path / "long.dbn"
    assert run(["simulate", str(tape), "--seconds", "8", "--rate", "50000"]) == 0
    export = "/api/market/export?format=csv&levels=20"
    with up("--replay", tape, "--paused", cwd=tmp_path) as (process, address):
        wait_for(lambda: '"indexed":1.0' in get(f"{address}/api/source"))
        with (
            _asking(address, export),
            _asking(address, "/api/mbo/stream/json/0"),
            urlopen(address + export, timeout=20) as read,
        ):
            beginning = read.read(1 << 16)
            begun = time.monotonic()
            process.send_signal(signal.SIGTERM)
            whole = beginning + read.read()
            output, _ = process.communicate(timeout=20)
            assert time.monotonic() - begun < 5
    assert process.returncode == 0, output
    assert "stopped" in output
    # Whoever read on has a file that nobody takes for whole.
    assert whole.splitlines()[-1].startswith(b"# broken off (closing): the server stops")


def _has_applied_all(address):
    """What the replay sent last is on its way for a moment."""
    sent = re.search(r'"mbo_position_u64":(\d+)', get(f"{address}/api/source"))
    if sent is None:
        return False
    return f'ticktape_records_total{{schema="mbo"}} {float(sent[1])}' in get(f"{address}/metrics")


def test_killed_and_started_again_it_gives_the_same_answers(tmp_path):
    tape = day_tape(tmp_path)
    asked = (
        "/api/book/ESH6?levels=12&orders=true",
        "/api/bbo?symbols=ESH6,CLH6",
        "/api/orders/1001000",
        "/api/mbo/stream/json/0?from=10&limit=40",
    )
    found = []
    for _ in range(2):
        with up("--replay", tape, "--speed", "max", cwd=tmp_path) as (process, address):
            wait_for(lambda: '"finished":true' in get(f"{address}/api/source"))
            wait_for(lambda: _has_applied_all(address))
            found.append([get(address + path) for path in asked])
            assert [get(address + path) for path in asked] == found[-1]
            process.send_signal(signal.SIGKILL)
            process.wait(10)
    assert found[0] == found[1]


def test_no_secret_is_told_anywhere(tmp_path):
    (tmp_path / ".env").write_text(f"DATABENTO_API_KEY={KEY}\nTICKTAPE_LOG_LEVEL=debug\n")
    told = []
    with up("--demo", cwd=tmp_path, DATABENTO_API_KEY=KEY) as (process, address):
        wait_for(lambda: '"status":"ready"' in get_any(f"{address}/ready"))
        for path in (
            f"/api/book/{KEY}",
            f"/api/book/ES.FUT?key={KEY}&token=hunter2",
            f"/api/orders/1?api_key={KEY}",
            f"/nothing?password=hunter2&secret={KEY}",
            "/metrics",
            "/api/source",
            "/docs",
        ):
            answer = get_any(address + path)
            # What a caller puts into a path is its own; nothing else may come back.
            told.append(answer.replace(KEY, "", 1) if path == f"/api/book/{KEY}" else answer)
        request = Request(f"{address}/api/source", headers={"authorization": f"Bearer {KEY}"})
        with urlopen(request, timeout=10) as answer:
            told.append(answer.read().decode() + str(answer.headers))
        body = (
            b'{"symbols": ["ES.FUT"], "schema": "trades", "start_rfc3339": "x", "key": "hunter2"}'
        )
        request = Request(f"{address}/api/historical", body, {"content-type": "application/json"})
        try:
            urlopen(request, timeout=10)
        except HTTPError as error:
            told.append(error.read().decode())
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=20)
    assert '"request_id"' in output
    for text in (*told, output):
        assert KEY not in text
        assert "hunter2" not in text
