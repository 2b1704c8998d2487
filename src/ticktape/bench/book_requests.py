"""``GET /api/book``: how many requests a second, while the books are kept at rate."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Final, NamedTuple

from ticktape.bench.cpu import CpuShares
from ticktape.bench.figures import Figure, failed
from ticktape.bench.input_rate import InputRate
from ticktape.bench.processes import free_port, running, wait_for_port, wait_until_settled
from ticktape.bench.tapes import Workbench

_CONNECTIONS: Final = 100
_RECORDS_A_SECOND: Final = 100_000
_PATH: Final = "/api/book/ES.FUT?levels=10"
_WHAT: Final = (
    f"`GET /api/book`, 10 levels, {_CONNECTIONS} connections, {_RECORDS_A_SECOND:,} records/s"
)
_LIMIT_S: Final = 60.0
_A_MILLISECOND: Final = {"us": 1_000.0, "ms": 1.0, "s": 1e-3}


class _Asked(NamedTuple):
    requests_a_second: float
    p50_ms: float
    p99_ms: float
    errors: int


def read_wrk(said: str) -> tuple[float, float, float, int]:
    """Read what ``wrk --latency`` printed: requests a second, p50 and p99 in ms, errors."""

    def latency(percentile: str) -> float:
        found = re.search(rf"{percentile}%\s+([\d.]+)(us|ms|s)", said)
        return float(found[1]) / _A_MILLISECOND[found[2]] if found else float("nan")

    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    wrong = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    broken = re.search(
        r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", said
    )
    errors = (int(wrong[1]) if wrong else 0) + (sum(map(int, broken.groups())) if broken else 0)
    return float(rate[1]) if rate else 0.0, latency("50"), latency("99"), errors


def _ask(port: int, seconds: int) -> tuple[subprocess.Popen[str], str]:
    wrk = shutil.which("wrk")
    if wrk is None:
        command = [sys.executable, "-m", "ticktape.bench.request_client"]
        command += [str(port), _PATH, str(_CONNECTIONS), str(seconds)]
    else:
        command = [wrk, "-t1", f"-c{_CONNECTIONS}", f"-d{seconds}s", "--latency"]
        command.append(f"http://127.0.0.1:{port}{_PATH}")
    asking = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 -- wrk, or ours
    return asking, "own client, no wrk here" if wrk is None else "wrk"


def measure_book_requests(bench: Workbench) -> Iterator[Figure]:
    """Measure ``GET /api/book`` of a simulated exchange.

    The server, with the simulator and the local gateway in it, is one process; who asks another.
    What the simulator gives meanwhile is counted: a server that keeps fewer books up to date than
    the row says has not met it, however fast it answers.

    Parameters
    ----------
    bench : Workbench
        The run's sizes.

    Yields
    ------
    Figure
        ``book-requests`` and ``book-requests-p99``.
    """
    port = free_port()
    seconds = 5 if bench.quick else 20
    server = ("--demo", "--rate", str(_RECORDS_A_SECOND), "--port", str(port))
    with running("up", *server, "--gateway-port", "0") as process:
        wait_for_port(process, port)
        wait_until_settled(port)
        asking, by = _ask(port, seconds)
        shares = CpuShares({"server": process.pid, by: asking.pid})
        coming = InputRate(port, _RECORDS_A_SECOND)
        time.sleep(seconds - 1)
        coming.take()
        used = shares.told()
        said, _ = asking.communicate(timeout=_LIMIT_S)
    if not said:
        yield failed("book-requests", _WHAT, "nobody could ask", used)
        return
    told = read_wrk(said) if by == "wrk" else json.loads(said).values()
    found = _Asked(*told)
    asked = Figure(
        "book-requests",
        _WHAT,
        "requests/s",
        found.requests_a_second,
        8_000.0,
        note=f"asked by {by}; p50 {found.p50_ms:.1f} ms; {found.errors:g} errors; {coming.told()}",
        used=used,
        failed=found.errors != 0 or coming.fell_short,
    )
    yield asked
    yield asked._replace(
        name="book-requests-p99",
        what=f"{_WHAT}: p99",
        unit="ms",
        measured=found.p99_ms,
        bound=15.0,
        at_most=True,
    )
