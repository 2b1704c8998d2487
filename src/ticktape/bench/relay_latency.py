"""The relay under load: from socket in to socket out, books kept, one raw client."""

from __future__ import annotations

import json
import os
import re
import select
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import IO, Final, NamedTuple

import numpy as np

from ticktape.bench.cpu import CpuShares, resident_bytes
from ticktape.bench.figures import Figure, failed
from ticktape.bench.paced_upstream import WARM_UP_S
from ticktape.bench.processes import ticktape_command
from ticktape.bench.raw_clients import KEY, begin_session
from ticktape.bench.tapes import Workbench
from ticktape.feeds.record_stream import RecordStream
from ticktape.tape.errors import ConnectionLostError
from ticktape.tape.layouts import F_SNAPSHOT, Schema

RATE: Final = 500_000
SECONDS: Final = 60.0
_READ_BYTES: Final = 1 << 20
_SILENCE_S: Final = 20.0
_BOUNDS_MS: Final = (("p50", 50, 2.0), ("p99", 99, 10.0))


class RelayRun(NamedTuple):
    """One run.

    Attributes
    ----------
    sent, received : int
        Records that the upstream sent and that the client got.
    latencies_ms : numpy.ndarray
        One for every piece that the upstream sent after the warm-up, and one more where a read
        ended inside it: from the hand-over to the upstream's socket until the client had read it.
    upstream_late_s : float
        By how much the upstream's latest piece left after it was due.
    memory_bytes : tuple of int
        Of the relay: after the warm-up, and at the end.
    used : str
        Cores that the upstream, the relay and the client used meanwhile.
    """

    sent: int
    received: int
    latencies_ms: np.ndarray
    upstream_late_s: float
    memory_bytes: tuple[int, int]
    used: str


def run_relay(rate: int = RATE, seconds: float = SECONDS) -> RelayRun:
    """Run an upstream and a relay in processes of their own; be the client here.

    Parameters
    ----------
    rate : int
        Records a second.
    seconds : float
        How long, after the warm-up.

    Returns
    -------
    RelayRun

    Raises
    ------
    ConnectionLostError
        One of the processes did not come up, or nothing came any more.
    """
    with ExitStack() as stack:
        upstream = _start(stack, sys.executable, "-m", "ticktape.bench.paced_upstream", rate, seconds)
        place = json.loads(_line(upstream))
        relay = _start(
            stack,
            *ticktape_command("gateway", "--upstream", f"127.0.0.1:{place['port']}"),
            *("--symbols", "ALL_SYMBOLS", "--port", "0"),
        )
        found = re.search(r":(\d+)", _line(relay))
        if found is None:
            raise ConnectionLostError("the relay did not come up")
        client = begin_session(int(found[1]), "GLBX.MDP3", "schema=mbo|symbols=ALL_SYMBOLS")
        stack.callback(client.close)
        assert upstream.stdin is not None  # noqa: S101 -- a pipe
        upstream.stdin.write("go\n")
        upstream.stdin.flush()
        reader = _Reader(client, {"upstream": upstream.pid, "relay": relay.pid}, place)
        try:
            reader.read_until(lambda: _has_line(upstream))
            told = json.loads(_line(upstream))
            reader.read_until(lambda: reader.received >= told["sent"])
        except TimeoutError as error:
            raise ConnectionLostError(f"nothing came for {_SILENCE_S:g} s") from error
        return reader.finish(told)


def _start(stack: ExitStack, *command: object) -> subprocess.Popen[str]:
    process = subprocess.Popen(  # noqa: S603 -- our own command
        [str(part) for part in command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"DATABENTO_API_KEY": KEY, "PYTHONUNBUFFERED": "1"},
    )
    stack.callback(process.wait, 20)
    stack.callback(process.terminate)
    return process


def _line(process: subprocess.Popen[str]) -> str:
    line = "" if process.stdout is None else process.stdout.readline()
    if not line:
        raise ConnectionLostError(f"{process.args} did not come up")
    return line


def _has_line(process: subprocess.Popen[str]) -> bool:
    return bool(process.stdout and select.select([process.stdout], [], [], 0)[0])
