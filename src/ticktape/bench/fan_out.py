"""Raw DBN fan-out: one timeline, many TCP clients, all on this machine."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import databento_dbn as dbn

from ticktape.bench.figures import Figure
from ticktape.bench.tapes import Workbench, write_simulated_tape
from ticktape.feeds.replay import Replay
from ticktape.gateway.live import BroadcastSource, LiveGateway
from ticktape.gateway.live.limits import Limits
from ticktape.tape.batch import Batch
from ticktape.tape.errors import ConnectionLostError
from ticktape.tape.layouts import LAYOUTS, Schema

CLIENTS: Final = 100
_PROCESSES: Final = 2
_RECORD_BYTES: Final = LAYOUTS[Schema.MBO].itemsize
_RUNS: Final = 3


class _HeldFeed:
    """A replay as fast as it goes, once it is let go."""

    def __init__(self, path: Path) -> None:
        self._replay = Replay(path, speed=None)
        self.go = asyncio.Event()

    @property
    def metadata(self) -> dbn.Metadata:
        return self._replay.metadata

    async def __aiter__(self) -> AsyncIterator[Batch]:
        await self.go.wait()
        async for batch in self._replay:
            yield batch


class FanOut(NamedTuple):
    """One run.

    Attributes
    ----------
    records : int
        That all clients got together.
    seconds : float
        From the first byte of records at any client to the last at the last.
    server_cpu_s, clients_cpu_s : float
        Processor time of the gateway's process meanwhile, and of all clients' processes.
    """

    records: int
    seconds: float
    server_cpu_s: float
    clients_cpu_s: float


async def fan_out(path: Path, records: int, clients: int = CLIENTS) -> FanOut:
    """Serve a tape of orders to many clients, in processes of their own.

    Parameters
    ----------
    path : pathlib.Path
        The tape.
    records : int
        How many it holds.
    clients : int
        How many clients.

    Returns
    -------
    FanOut

    Raises
    ------
    ConnectionLostError
        A client did not get all.
    """
    feed = _HeldFeed(path)
    source = BroadcastSource(feed, schemas=[Schema.MBO], waits=True, history_records=8)
    gateway = LiveGateway(source, port=0, limits=Limits(sessions=clients + 1))
    await gateway.start()
    wanted = records * _RECORD_BYTES
    share = [clients // _PROCESSES] * (_PROCESSES - 1)
    readers = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "ticktape.bench.raw_clients"),
            *map(str, (gateway.port, count, wanted)),
            stdout=subprocess.PIPE,
        )
        for count in (*share, clients - sum(share))
    ]
    try:
        async with asyncio.timeout(120):
            while source.session_count < clients:
                await asyncio.sleep(0.01)
        before = time.process_time()
        feed.go.set()
        outputs = await asyncio.gather(*(reader.communicate() for reader in readers))
        used = time.process_time() - before
    finally:
        for reader in readers:
            if reader.returncode is None:
                reader.kill()
        await gateway.close()
    results: list[dict[str, Any]] = [json.loads(output) for output, _ in outputs]
    got = [count for result in results for count in result["bytes"]]
    if len(got) < clients or min(got) < wanted:
        raise ConnectionLostError(f"of {wanted} bytes a client got {min(got)}")
    first_ns = min(result["first_ns"] for result in results)
    last_ns = max(result["last_ns"] for result in results)
    clients_cpu_s = sum(result["cpu_s"] for result in results)
    return FanOut(records * clients, (last_ns - first_ns) / 1e9, used, clients_cpu_s)


def measure_fan_out(bench: Workbench) -> Iterator[Figure]:
    """Measure the gateway in this process, its clients in two others.

    Parameters
    ----------
    bench : Workbench
        The run's folder and sizes.

    Yields
    ------
    Figure
        ``raw-fan-out``.
    """
    path = bench.folder / "fan-out.mbo.dbn"
    records = write_simulated_tape(path, bench.size(2_000_000))
    runs = [asyncio.run(fan_out(path, records)) for _ in range(_RUNS)]
    best = min(runs, key=lambda run: run.seconds)
    worst = max(runs, key=lambda run: run.seconds)
    yield Figure(
        "raw-fan-out",
        f"raw DBN over TCP to {CLIENTS} clients: records a second of all together",
        "M records/s",
        best.records / best.seconds / 1e6,
        20.0,
        worst=worst.records / worst.seconds / 1e6,
        runs=_RUNS,
        note=f"each client got {records:,} records; books kept; {_PROCESSES} processes of clients",
        used=(
            f"server {best.server_cpu_s / best.seconds:.2f},"
            f" clients {best.clients_cpu_s / best.seconds:.2f} cores"
        ),
    )
