"""The relay under load: from socket in to socket out, books kept, one raw client."""

from __future__ import annotations

import os
import re
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np

from ticktape.bench.cpu import CpuShares
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


class RelayRun(NamedTuple):
    """One run.

    Attributes
    ----------
    sent, received : int
        Records that the upstream sent and that the client got.
    seconds : float
        From the first record after the warm-up to the last.
    latencies_ms : numpy.ndarray
        Of every read of the client: from the upstream's hand-over of its newest record until the
        client had it.
    used : str
        Cores that the upstream, the relay and the client used meanwhile.
    """

    sent: int
    received: int
    seconds: float
    latencies_ms: np.ndarray
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
        One of the processes did not come up.
    """
    upstream = subprocess.Popen(  # noqa: S603 -- our own command
        [sys.executable, "-m", "ticktape.bench.paced_upstream", str(rate), str(seconds)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    relay = None
    try:
        assert upstream.stdout is not None and upstream.stdin is not None  # noqa: S101, PT018
        port = int(upstream.stdout.readline())
        relay = subprocess.Popen(  # noqa: S603 -- our own command
            ticktape_command(
                *("gateway", "--upstream", f"127.0.0.1:{port}"),
                *("--symbols", "ALL_SYMBOLS", "--port", "0"),
            ),
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"DATABENTO_API_KEY": KEY, "PYTHONUNBUFFERED": "1"},
        )
        assert relay.stdout is not None  # noqa: S101
        found = re.search(r":(\d+)", relay.stdout.readline())
        if found is None:
            raise ConnectionLostError("the relay did not come up")
        client = begin_session(int(found[1]), "GLBX.MDP3", "schema=mbo|symbols=ALL_SYMBOLS")
        client.settimeout(_SILENCE_S)
        stream = RecordStream()
        buffer = bytearray(_READ_BYTES)
        upstream.stdin.write("go\n")
        upstream.stdin.flush()
        received, latencies = 0, []
        used = ""
        pids = {"upstream": upstream.pid, "relay": relay.pid, "client": os.getpid()}
        shares = CpuShares(pids)
        began = ended = 0.0
        skipped_until = 0.0
        while True:
            count = client.recv_into(buffer)
            now_ns = time.time_ns()
            if not count:
                break
            for batch in stream.feed(bytes(memoryview(buffer)[:count])):
                if batch.schema is not Schema.MBO:
                    continue
                records = batch.records
                fresh = records[(records["flags"] & F_SNAPSHOT) == 0]
                if not len(fresh):
                    continue
                received += len(fresh)
                ended = time.monotonic()
                skipped_until = skipped_until or ended + WARM_UP_S
                if ended < skipped_until:
                    continue
                if not began:
                    began = ended
                    shares = CpuShares(pids)
                # The oldest of the read has waited longest.
                latencies.append(now_ns - int(fresh["ts_recv"][0]))
            if received >= rate * (seconds + WARM_UP_S) and _is_done(upstream):
                break
        used = shares.told()
        sent = int(upstream.stdout.readline())
        client.close()
    finally:
        for process in (relay, upstream):
            if process is not None:
                process.terminate()
                process.wait(20)
    return RelayRun(sent, received, ended - began, np.array(latencies) / 1e6, used)


def _is_done(upstream: subprocess.Popen[str]) -> bool:
    """Tell whether the upstream has said how much it sent; nothing follows then."""
    return bool(upstream.stdout and select.select([upstream.stdout], [], [], 0.2)[0])


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
    note = (
        f"{lost} of {run.sent / 1e6:.1f} M records lost; the oldest record of every read, from the"
        " upstream's hand-over to the client, so two gateways and two sockets"
    )
    if not len(run.latencies_ms):
        yield failed("relay", what, "the client got nothing after the warm-up", run.used)
        return
    for name, share, bound in (("p50", 50, 2.0), ("p99", 99, 10.0)):
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
