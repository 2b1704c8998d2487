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
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Final, NamedTuple

import numpy as np

from ticktape.bench.cpu import CpuShares
from ticktape.bench.figures import Figure, failed
from ticktape.bench.paced_upstream import WARM_UP_S
from ticktape.bench.processes import resident_bytes, ticktape_command
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
        upstream = _start(
            stack, sys.executable, "-m", "ticktape.bench.paced_upstream", rate, seconds
        )
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
    stack.callback(_end, process)
    return process


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _line(process: subprocess.Popen[str]) -> str:
    line = "" if process.stdout is None else process.stdout.readline()
    if not line:
        raise ConnectionLostError(f"{process.args!r} did not come up")
    return line


def _has_line(process: subprocess.Popen[str]) -> bool:
    return bool(process.stdout and select.select([process.stdout], [], [], 0)[0])


class _Reader:
    """Reads what the relay sends, and notes how old it is."""

    def __init__(self, client: socket.socket, pids: dict[str, int], place: dict[str, int]) -> None:
        client.settimeout(_SILENCE_S)
        self._client = client
        self._pids = pids | {"client": os.getpid()}
        self._offset_ns = place["clock_offset_ns"]
        self._stream = RecordStream()
        self._buffer = bytearray(_READ_BYTES)
        self._ages_ns: list[np.ndarray] = []
        self._shares: CpuShares | None = None
        self._memory_before = 0
        self._warm_at = 0.0
        self.received = 0

    def read_until(self, is_done: Callable[[], bool]) -> None:
        """Read, and look after every read."""
        while not is_done():
            count = self._client.recv_into(self._buffer)
            now_ns = time.monotonic_ns() + self._offset_ns
            if not count:
                raise ConnectionLostError("the relay closed the session")
            for batch in self._stream.feed(bytes(memoryview(self._buffer)[:count])):
                if batch.schema is Schema.MBO:
                    self._note(batch.records, now_ns)

    def _note(self, records: np.ndarray, now_ns: int) -> None:
        fresh = records[(records["flags"] & F_SNAPSHOT) == 0]
        if not len(fresh):
            return
        self.received += len(fresh)
        now = time.monotonic()
        self._warm_at = self._warm_at or now + WARM_UP_S
        if now < self._warm_at:
            return
        if self._shares is None:
            self._shares = CpuShares(self._pids)
            self._memory_before = resident_bytes(self._pids["relay"])
        sent_ns = fresh["ts_recv"].astype(np.int64)
        self._ages_ns.append(now_ns - sent_ns[np.diff(sent_ns, prepend=0) != 0])

    def finish(self, told: dict[str, float]) -> RelayRun:
        """Give what was noted."""
        ages_ns = np.concatenate(self._ages_ns) if self._ages_ns else np.empty(0, np.int64)
        return RelayRun(
            int(told["sent"]),
            self.received,
            ages_ns / 1e6,
            told["latest_s"],
            (self._memory_before, resident_bytes(self._pids["relay"])),
            "" if self._shares is None else self._shares.told(),
        )


def measure_relay(bench: Workbench) -> Iterator[Figure]:
    """Measure the relay between two sockets.

    Parameters
    ----------
    bench : Workbench
        The run's sizes.

    Yields
    ------
    Figure
        ``relay-p50`` and ``relay-p99``; neither is met if a record was lost.
    """
    seconds = SECONDS / 10 if bench.quick else SECONDS
    run = run_relay(RATE, seconds)
    what = f"relay, {RATE:,} records/s for {seconds:g} s, books kept, one raw client"
    lost = run.sent - run.received
    if not len(run.latencies_ms):
        yield failed("relay", what, "the client got nothing after the warm-up", run.used)
        return
    before, after = (size / 1e6 for size in run.memory_bytes)
    note = (
        f"{lost} of {run.sent / 1e6:.1f} M records lost; of every millisecond of the tape, from its"
        " hand-over to the upstream's socket until the client had read it, so through two sockets;"
        f" the upstream's latest piece left {run.upstream_late_s * 1e3:.0f} ms late; the relay's"
        f" memory {before:.0f} MB after the warm-up, {after:.0f} MB at the end"
    )
    for name, share, bound in _BOUNDS_MS:
        yield Figure(
            f"relay-{name}",
            f"{what}: {name} from socket in to socket out",
            "ms",
            float(np.percentile(run.latencies_ms, share)),
            bound,
            at_most=True,
            worst=float(run.latencies_ms.max()),
            note=note,
            used=run.used,
            failed=lost != 0,
        )
