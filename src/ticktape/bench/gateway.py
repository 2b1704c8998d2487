"""The gateway: a tape from one process to the books of another, over a real socket."""

from __future__ import annotations

import asyncio
import subprocess
import time
from collections.abc import Iterator
from typing import NamedTuple

from ticktape.bench.figures import Figure, Timing, rate
from ticktape.bench.processes import free_port, running, wait_for_port
from ticktape.bench.tapes import Workbench, write_simulated_tape
from ticktape.feeds.databento_live import DatabentoLiveFeed
from ticktape.feeds.live_subscriptions import LiveSubscription
from ticktape.market import Market
from ticktape.tape import Schema

# Well formed, and of nobody: the gateway takes any such key unless it is told which.
_KEY = "db-" + "0" * 29
_RUNS = 3


class _Received(NamedTuple):
    records: int
    seconds: float


async def _receive(port: int, dataset: str) -> _Received:
    """Take a whole session into the books of a market, timed from its first batch of orders."""
    feed = DatabentoLiveFeed(
        _KEY,
        dataset,
        [LiveSubscription(Schema.MBO)],
        gateway="127.0.0.1",
        port=port,
        reconnect=False,
    )
    market = Market()
    records = 0
    started = 0.0
    async for batch in feed:
        if batch.schema is Schema.MBO:
            started = started or time.perf_counter()
            records += len(batch.records)
        market.apply(batch)
    return _Received(records, time.perf_counter() - started)


def _receive_from(process: subprocess.Popen[bytes], port: int, dataset: str) -> _Received:
    wait_for_port(process, port)
    return asyncio.run(_receive(port, dataset))


def measure_gateway(bench: Workbench) -> Iterator[Figure]:
    """Measure a tape served by ``ticktape gateway`` into the books of this process.

    Parameters
    ----------
    bench : Workbench
        The run's folder and sizes.

    Yields
    ------
    Figure
        ``gateway-to-books``.
    """
    path = bench.folder / "gateway.mbo.dbn"
    records = write_simulated_tape(path, bench.size(5_000_000))
    port = free_port()
    with running("gateway", str(path), "--port", str(port)) as process:
        received = [_receive_from(process, port, "GLBX.MDP3") for _ in range(_RUNS)]
    complete = all(run.records == records for run in received)
    seconds = [run.seconds for run in received]
    yield rate(
        "gateway-to-books",
        "gateway process, socket, our live feed, books: two processes",
        records=received[0].records,
        timing=Timing(min(seconds), max(seconds), _RUNS),
        bound=3.0,
        note="" if complete else f"of {records} records, {received[0].records} arrived",
    )
