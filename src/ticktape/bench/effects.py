"""Records with their effects as server-sent events: how many a second one client gets."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import Iterator
from typing import Final

import aiohttp

from ticktape.bench.cpu import CpuShares
from ticktape.bench.figures import Figure
from ticktape.bench.processes import free_port, running, wait_for_port
from ticktape.bench.tapes import Workbench, write_simulated_tape
from ticktape.tape.errors import ConnectionLostError

RECORDS: Final = 3_000_000
_RUNS: Final = 3
_LIMIT_S: Final = 120.0
_READ_BYTES: Final = 1 << 20
_TAIL_BYTES: Final = 512
_END: Final = b"event: stream_end\n"
_REQUEST: Final = (
    "GET /api/mbo/stream/json/0?from=0 HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
    "Connection: close\r\n\r\n"
)


def read_effects(port: int) -> tuple[int, float]:
    """Read a tape's stream of effects to its end with one client, made of a socket alone.

    Parameters
    ----------
    port : int
        Of a server on this machine.

    Returns
    -------
    tuple of int and float
        Events of records, and the seconds from asking until the end was there.

    Raises
    ------
    ConnectionLostError
        The stream broke off.
    """
    buffer = bytearray(_READ_BYTES)
    events, tail = 0, b""
    began = time.perf_counter()
    with socket.create_connection(("127.0.0.1", port), timeout=_LIMIT_S) as client:
        client.sendall(_REQUEST.format(port=port).encode())
        while b"\n\n" not in tail.partition(_END)[2]:
            count = client.recv_into(buffer)
            if not count:
                raise ConnectionLostError(f"the stream of effects broke off after {events} events")
            # An empty line ends each event, and may be cut by two reads.
            events += buffer.count(b"\n\n", 0, count)
            events += tail.endswith(b"\n") and buffer.startswith(b"\n")
            tail = (tail + buffer[max(count - _TAIL_BYTES, 0) : count])[-_TAIL_BYTES:]
    seconds = time.perf_counter() - began
    return events - 1, seconds


async def _wait_until_indexed(port: int) -> None:
    async with aiohttp.ClientSession() as session, asyncio.timeout(_LIMIT_S):
        while True:
            async with session.get(f"http://127.0.0.1:{port}/api/source") as answer:
                replay = (await answer.json())["replay"]
            if replay and replay["indexed"] == 1.0:
                return
            if replay and replay["indexed"] is None:
                raise ConnectionLostError("the tape could not be indexed")
            await asyncio.sleep(0.05)


def measure_effects(bench: Workbench) -> Iterator[Figure]:
    """Measure the stream of a tape's records with their effects, to one client.

    Parameters
    ----------
    bench : Workbench
        The run's folder and sizes.

    Yields
    ------
    Figure
        ``effects``: of the tape's whole stream; the first of a fresh process is among the runs.
    """
    path = bench.folder / "effects.mbo.dbn"
    records = write_simulated_tape(path, bench.size(RECORDS))
    port = free_port()
    seconds, used = [], []
    try:
        up = ("up", "--replay", str(path), "--paused", "--port", str(port), "--gateway-port", "0")
        with running(*up) as process:
            wait_for_port(process, port)
            asyncio.run(_wait_until_indexed(port))
            for _ in range(_RUNS):
                shares = CpuShares({"server": process.pid, "client": os.getpid()})
                events, took = read_effects(port)
                used.append(shares.told())
                if events != records:
                    raise ConnectionLostError(f"{events} events of {records} records came")
                seconds.append(took)
    finally:
        path.unlink()
    best = min(seconds)
    yield Figure(
        "effects",
        "server-sent JSON events, each a record and its effect on the book, one client",
        "events/s",
        records / best,
        300_000.0,
        worst=records / max(seconds),
        runs=_RUNS,
        note=f"{records:,} events a run; the first of the process {records / seconds[0]:,.0f}/s",
        used=used[seconds.index(best)],
    )
