"""A live gateway in a process of its own that sends orders at a rate, each piece with its time.

Run as ``python -m ticktape.bench.paced_upstream RATE SECONDS``: prints its port, then serves one
session. Every millisecond a piece goes out; the ``ts_recv`` of its records is the wall-clock time
at which it was handed to the gateway. The stream ends with a FIN.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from typing import Final

import databento_dbn as dbn

from ticktape.feeds.simulator import SimulatedExchange
from ticktape.gateway.live import BroadcastSource, LiveGateway
from ticktape.gateway.live.history import History
from ticktape.gateway.live.limits import Limits
from ticktape.tape.batch import Batch
from ticktape.tape.layouts import Schema
from ticktape.tape.metadata import make_metadata

PIECE_NS: Final = 1_000_000
WARM_UP_S: Final = 2.0


class _PacedOrders:
    """Simulated orders, a piece made just before it is sent."""

    def __init__(self, rate: int, seconds: float) -> None:
        self.metadata: dbn.Metadata = make_metadata("GLBX.MDP3", Schema.MBO, time.time_ns())
        self.go = asyncio.Event()
        self.sent = 0
        self._exchange = SimulatedExchange(seed=1, rate=float(rate))
        self._rate = rate
        self._count = int(rate * (seconds + WARM_UP_S))

    async def __aiter__(self) -> AsyncIterator[Batch]:
        await self.go.wait()
        yield Batch(Schema.MBO, self._exchange.snapshot())
        await asyncio.sleep(0.5)
        piece = max(1, self._rate * PIECE_NS // 1_000_000_000)
        began_ns = time.monotonic_ns()
        while self.sent < self._count:
            due_ns = began_ns + self.sent * 1_000_000_000 // self._rate
            wait_s = (due_ns - time.monotonic_ns()) / 1e9
            if wait_s > 0:
                await asyncio.sleep(wait_s)
            records = self._exchange.run(piece).copy()
            self.sent += len(records)
            records["ts_recv"] = time.time_ns()
            yield Batch(Schema.MBO, records)


class _NoHistory(History):
    """Keeps nothing: what is measured is the relay, not this."""

    def append(self, batch: Batch) -> None:
        """Forget it."""


async def serve(rate: int, seconds: float) -> None:
    """Serve one session."""
    feed = _PacedOrders(rate, seconds)
    source = BroadcastSource(feed, schemas=[Schema.MBO])
    source.history = _NoHistory(1, list)
    gateway = LiveGateway(source, port=0, limits=Limits(queued_bytes=1 << 30))
    await gateway.start()
    print(gateway.port, flush=True)
    while not source.session_count:
        await asyncio.sleep(0.01)
    # The relay's own client joins meanwhile.
    await asyncio.to_thread(sys.stdin.readline)
    feed.go.set()
    await source.wait_for_end()
    print(feed.sent, flush=True)
    while gateway.sessions:
        await asyncio.sleep(0.05)
    await gateway.close()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2])))
