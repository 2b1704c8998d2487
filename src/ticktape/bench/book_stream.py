"""The WebSocket book: how old what many clients see is, and what a day's heatmap takes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator

import numpy as np

from ticktape.bench.cpu import CpuShares
from ticktape.bench.figures import Figure, failed, time_runs
from ticktape.bench.processes import free_port, running, wait_for_port, wait_until_settled
from ticktape.bench.tapes import Workbench, write_simulated_tape
from ticktape.store import TapeIndex
from ticktape.store.past_columns import past_columns

_CLIENTS = 200
_RATE = 20
_RECORDS_A_SECOND = 100_000
_QUERY = f"symbols=ES.c.0&format=binary&rate={_RATE}"


def measure_book_stream(bench: Workbench) -> Iterator[Figure]:
    """Measure ``/ws/book`` of a simulated exchange with many clients.

    The server, with the simulator and the local gateway in it, is one process; the clients, made
    of sockets alone, are another. The age of an update is the wall clock when a client has read it
    less the ``ts_recv`` of the newest record in it, which the simulator takes from the same clock.

    Parameters
    ----------
    bench : Workbench
        The run's sizes.

    Yields
    ------
    Figure
        ``websocket-book``: the 99th percentile of the client for which it is worst;
        ``heatmap-of-a-tape``.
    """
    yield _measure_clients(bench)
    yield _measure_heatmap(bench)


def _measure_clients(bench: Workbench) -> Figure:
    name = "websocket-book"
    what = (
        f"WebSocket book, {_CLIENTS} clients at {_RATE} updates/s, {_RECORDS_A_SECOND:,} records/s"
    )
    port = free_port()
    server = ("--demo", "--rate", str(_RECORDS_A_SECOND), "--port", str(port))
    with running("up", *server, "--gateway-port", "0") as process:
        wait_for_port(process, port)
        wait_until_settled(port)
        clients = [sys.executable, "-m", "ticktape.bench.book_stream_clients"]
        seconds = bench.size(30)
        with subprocess.Popen(  # noqa: S603 -- our own command
            [*clients, str(port), str(_CLIENTS), str(seconds), _QUERY], stdout=subprocess.PIPE
        ) as reading:
            shares = CpuShares({"server": process.pid, "clients": reading.pid})
            first = reading.stdout.read(1) if reading.stdout else b""
            used = shares.told()
            output, _ = reading.communicate()
        found = json.loads(first + output) if first else None
    if not found or found["lost"] or not all(row[0] for row in found["clients"]):
        return failed(name, what, "clients were lost or got nothing", used)
    rows = found["clients"]
    updates = sum(row[0] for row in rows) / _CLIENTS / seconds
    return Figure(
        name,
        what,
        "ms",
        max(row[2] for row in rows),
        100.0,
        at_most=True,
        worst=max(row[3] for row in rows),
        note=(
            f"p99 of the worst client; p50 {max(row[1] for row in rows):.0f} ms; "
            f"{updates:.1f} updates/s each; {found['missed']} messages missed"
        ),
        used=used,
        failed=found["missed"] != 0,
    )


def _measure_heatmap(bench: Workbench) -> Figure:
    path = bench.folder / "heatmap.mbo.dbn"
    records = write_simulated_tape(path, bench.size(10_000_000))
    index = TapeIndex(path)
    index.build()
    try:
        first_ns, last_ns = int(index.read(0, 1)["ts_recv"][0]), index.latest_ns
        sample = index.read(records // 2, 100_000)
        ids, counts = np.unique(sample["instrument_id"], return_counts=True)
        key = int(sample["publisher_id"][0]), int(ids[counts.argmax()])
        second = 10**9
        begin_ns, end_ns = first_ns - first_ns % second, last_ns + second - last_ns % second
        columns: list[bytes] = []

        def make() -> None:
            columns[:] = past_columns(index, key, begin_ns, end_ns, second, 64, index.end_position)

        timing = time_runs(3, make)
    finally:
        index.close()
        path.unlink()
    return Figure(
        "heatmap-of-a-tape",
        f"Heatmap of the busiest book over {records:,} records, a column a second",
        "s",
        timing.best_s,
        1.0,
        at_most=True,
        worst=timing.worst_s,
        runs=timing.runs,
        note=f"{len(columns)} columns, 64 levels a side",
    )
