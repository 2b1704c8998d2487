"""Seeking in a long replay: from the call until the new state has arrived at a client."""

from __future__ import annotations

import asyncio
import json
import os
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import aiohttp
import numpy as np

from ticktape.bench.cpu import CpuShares
from ticktape.bench.figures import Figure
from ticktape.bench.processes import free_port, running, wait_for_port
from ticktape.bench.tapes import Workbench, write_simulated_tape
from ticktape.tape.errors import ConnectionLostError

_RECORDS: Final = 10_000_000
_SEEKS: Final = 60
_LIMIT_S: Final = 120.0
# A book is the one looked for if it is no older than this at the cursor, in event time: at the
# tape's start, a snapshot's newest order is some tenths of a second old.
_NEAR_NS: Final = 1_000_000_000
_BOUND_S: Final = 0.2


class SeekTimes(NamedTuple):
    """How long seeks took.

    Attributes
    ----------
    ready_s : float
        From the viewer's start until the tape was indexed.
    seconds : list of float
        Of each seek, from the call until the first book of the new instant was there, behind the
        trades and bars of the same message run.
    private_bytes : int
        Private memory of the viewer's process in the end.
    used : str
        Cores that the server and the client used during the seeks.
    """

    ready_s: float
    seconds: list[float]
    private_bytes: int
    used: str

    def quantile_s(self, share: float) -> float:
        """Give the seconds that this share of the seeks took at most."""
        return float(np.quantile(self.seconds, share, method="higher"))


def seek_times(path: Path, seeks: int = _SEEKS, seed: int = 1) -> SeekTimes:
    """Seek about in a replay, both ways, begin and end included, through ``ticktape up``.

    Parameters
    ----------
    path : pathlib.Path
        A tape of the simulated exchange.
    seeks : int
        How many.
    seed : int
        Of the places.

    Returns
    -------
    SeekTimes
    """
    port = free_port()
    up = ("up", "--replay", str(path), "--paused", "--port", str(port), "--gateway-port", "0")
    started = time.perf_counter()
    with running(*up) as process:
        wait_for_port(process, port)
        ready_s, seconds, used = asyncio.run(_seek_about(process.pid, port, seeks, seed, started))
        return SeekTimes(ready_s, seconds, _private_bytes(process.pid), used)


def _private_bytes(pid: int) -> int:
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return 0
    found = [line for line in status.read_text().splitlines() if line.startswith("RssAnon")]
    return int(found[0].split()[1]) * 1024 if found else 0


async def _seek_about(
    pid: int, port: int, seeks: int, seed: int, started: float
) -> tuple[float, list[float], str]:
    address = f"http://127.0.0.1:{port}"
    stream = f"{address}/ws/live?symbols=ES.FUT&schema=trades,ohlcv-1s,ohlcv-1m,mbp-10&batch=1"
    async with aiohttp.ClientSession() as session, asyncio.timeout(_LIMIT_S):
        standing = await _standing(session, address)
        while standing["indexed"] != 1.0:
            if standing["indexed"] is None:
                raise ConnectionLostError("the tape could not be indexed")
            await asyncio.sleep(0.05)
            standing = await _standing(session, address)
        ready_s = time.perf_counter() - started
        first, last = int(standing["start_ns"]), int(standing["end_ns"])
        places = random.Random(seed)
        targets = [places.randint(first, last) for _ in range(seeks - 2)]
        targets[seeks // 3 : seeks // 3] = [last, first]
        async with session.ws_connect(stream, max_msg_size=0) as live:
            await _one_seek(session, address, live, (first + last) // 2)
            shares = CpuShares({"server": pid, "client": os.getpid()})
            seconds = [await _one_seek(session, address, live, at) for at in targets]
            return ready_s, seconds, shares.told()


async def _standing(session: aiohttp.ClientSession, address: str) -> dict[str, Any]:
    async with session.get(f"{address}/api/source") as answer:
        found: dict[str, Any] = (await answer.json())["replay"]
        return found


async def _one_seek(
    session: aiohttp.ClientSession,
    address: str,
    live: aiohttp.ClientWebSocketResponse,
    target_ns: int,
) -> float:
    begun = time.perf_counter()
    body = {"action": "seek", "ts_ns": str(target_ns)}
    async with session.post(f"{address}/api/replay", json=body) as answer:
        cursor_ns = int((await answer.json())["cursor_ns"])
    async for message in live:
        content = json.loads(message.data)
        if content["type"] == "book":
            age_ns = cursor_ns - int(content["ts_event"])
            if abs(age_ns) < _NEAR_NS:
                return time.perf_counter() - begun
    raise ConnectionLostError("the stream ended without the book looked for")


def measure_seek(bench: Workbench) -> Iterator[Figure]:
    """Measure seeks anywhere in a long tape.

    Parameters
    ----------
    bench : Workbench
        The run's sizes and folder.

    Yields
    ------
    Figure
        ``seek`` and ``seek-zstd``.
    """
    records = _RECORDS // 10 if bench.quick else _RECORDS
    for name, suffix in (("seek", ".dbn"), ("seek-zstd", ".dbn.zst")):
        path = bench.folder / f"{name}{suffix}"
        write_simulated_tape(path, records)
        times = seek_times(path)
        path.unlink()
        yield Figure(
            name,
            f"seek anywhere in {records / 1e6:g} M records ({suffix}), until a client has it",
            "ms",
            1e3 * times.quantile_s(1.0),
            1e3 * _BOUND_S,
            at_most=True,
            note=(
                f"the slowest of {len(times.seconds)}, both ways; p50"
                f" {1e3 * times.quantile_s(0.5):.0f} ms, p99 {1e3 * times.quantile_s(0.99):.0f} ms;"
                f" indexed after {times.ready_s:.1f} s,"
                f" {times.private_bytes / 1e6:.0f} MB of private memory"
            ),
            used=times.used,
        )
