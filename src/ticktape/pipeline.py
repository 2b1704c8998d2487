"""Feeds into the market and out to sinks, over bounded queues that say what happens when full."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterable, Callable, Hashable, Sequence
from itertools import groupby
from time import monotonic, perf_counter
from typing import Final, Generic, Literal, Protocol, TypeVar

from ticktape.feeds.marks import Mark, marks_in
from ticktape.market import MAKES_BOOKS, Market
from ticktape.ops.metrics import (
    APPLY_SECONDS,
    BOOK_UPDATES,
    DROPS,
    LAG,
    QUEUE_DEPTH,
    RECORDS,
)
from ticktape.tape.batch import Batch, join_records
from ticktape.tape.layouts import Schema

Item = TypeVar("Item")
Policy = Literal["block", "conflate", "drop_oldest"]

BATCHES_WAITING: Final = 64
# An apply of this many records holds the event loop for a few milliseconds.
RECORDS_A_TURN: Final = 1 << 14
_SMALL_RECORDS: Final = 1 << 10
# An eighth of the time for applying leaves the rest to whoever asks.
_REST_TO_COST: Final = 7.0


class QueueClosed(Exception):  # noqa: N818 -- an ending, not an error
    """The queue is closed and empty."""


class BoundedQueue(Generic[Item]):
    """A queue of bounded length that says what happens when it is full.

    Parameters
    ----------
    name : str
        Its name in the metrics.
    size : int
        The most items that wait.
    policy : {"block", "conflate", "drop_oldest"}
        Full, a put waits for room; or replaces the waiting item of the same key, wherever it
        stands (and drops the oldest if there is none); or drops the oldest. Drops are counted.
    key : callable, optional
        For ``conflate``: which items replace each other.
    """

    def __init__(
        self,
        name: str,
        size: int,
        policy: Policy = "block",
        key: Callable[[Item], Hashable] = id,
    ) -> None:
        self.name = name
        self.dropped = 0
        self._size = size
        self._policy = policy
        self._key = key
        self._items: OrderedDict[Hashable, deque[Item]] = OrderedDict()
        self._count = 0
        self._changed = asyncio.Condition()
        self._closed = False

    def __len__(self) -> int:
        """Count the items that wait."""
        return self._count

    async def put(self, item: Item) -> None:
        """Let an item wait; ``QueueClosed`` if the queue is closed."""
        async with self._changed:
            if self._policy == "block":
                await self._changed.wait_for(lambda: self._count < self._size or self._closed)
            if self._closed:
                raise QueueClosed
            key: Hashable = self._key(item) if self._policy == "conflate" else None
            line = self._items.setdefault(key, deque())
            if self._policy == "conflate" and line:
                line.clear()
                self._count -= 1
            elif self._count >= self._size:
                self._drop_oldest()
            self._items.setdefault(key, line).append(item)
            self._count += 1
            QUEUE_DEPTH.labels(self.name).set(self._count)
            self._changed.notify_all()

    def _drop_oldest(self) -> None:
        key, line = next((key, line) for key, line in self._items.items() if line)
        line.popleft()
        if not line:
            del self._items[key]
        self._count -= 1
        self.dropped += 1
        DROPS.labels(self.name).inc()

    async def get(self) -> Item:
        """Take the oldest item; ``QueueClosed`` once the queue is closed and empty."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._count or self._closed)
            if not self._count:
                raise QueueClosed
            key, line = next((key, line) for key, line in self._items.items() if line)
            item = line.popleft()
            if not line:
                del self._items[key]
            self._count -= 1
            QUEUE_DEPTH.labels(self.name).set(self._count)
            self._changed.notify_all()
            return item

    async def close(self) -> None:
        """Take no more; what waits can still be taken."""
        async with self._changed:
            self._closed = True
            self._changed.notify_all()


class Sink(Protocol):
    """Where batches go once the market has applied them."""

    async def write(self, batch: Batch) -> None:
        """Take a batch."""
        ...

    async def close(self) -> None:
        """Take no more."""
        ...


def merge_runs(taken: Sequence[tuple[float, Batch]]) -> list[tuple[float, Batch]]:
    """Make one batch of every run of one schema, arrived when its first did."""
    merged = []
    for _, group in groupby(taken, key=lambda one: one[1].schema):
        run = list(group)
        arrived, first = run[0]
        if len(run) > 1:
            first = Batch(first.schema, join_records([batch.records for _, batch in run]))
        merged.append((arrived, first))
    return merged


class Pipeline:
    """Moves batches from a feed into the market, then to every sink, in order.

    The feed is read ahead by at most `BATCHES_WAITING` batches; then it has to wait, and its
    socket with it. Sinks are written one after the other, so they see the market as it was right
    after the batch.

    Parameters
    ----------
    feed : async iterable of Batch
        Where batches come from.
    market : Market
        What they are applied to.
    sinks : sequence of Sink
        Where they go next.
    gather_seconds : tuple of float
        Small batches are applied at most so often, those of a schema that came meanwhile together:
        the work of a batch hardly depends on its length. The first where they cost little; where
        they cost much they wait until an eighth of the time goes to them, but no longer than the
        second. What is shown is late by as much at most; what comes after a pause is applied at
        once.
    """

    def __init__(
        self,
        feed: AsyncIterable[Batch],
        market: Market,
        sinks: Sequence[Sink] = (),
        *,
        gather_seconds: tuple[float, float] = (0.0, 0.0),
    ) -> None:
        self.feed = feed
        self.market = market
        self.sinks = list(sinks)
        self.lag_seconds = 0.0
        self.records = 0
        self._shortest_rest, self._longest_rest = gather_seconds
        self._cost_seconds = 0.0
        self._applied_at = monotonic()
        self._is_catching_up = False
        self._queue: BoundedQueue[tuple[float, Batch]] = BoundedQueue("feed", BATCHES_WAITING)

    async def run(self) -> None:
        """Move batches until the feed ends; sinks are closed even where it fails.

        Raises
        ------
        TicktapeError
            What the feed raised.
        """
        reader = asyncio.create_task(self._read())
        try:
            while True:
                taken = await self._take()
                began = monotonic()
                for arrived, batch in taken:
                    await self._apply(batch)
                    self._applied_at = monotonic()
                    self.lag_seconds = self._applied_at - arrived
                    LAG.set(self.lag_seconds)
                self._cost_seconds = self._applied_at - began
        except QueueClosed:
            await reader
        finally:
            reader.cancel()
            for sink in self.sinks:
                await sink.close()

    async def _take(self) -> list[tuple[float, Batch]]:
        taken = [await self._queue.get()]
        first = taken[0][1]
        for mark in marks_in(first):
            self._is_catching_up = mark is not Mark.CAUGHT_UP
        # System records are marks and gaps: who waits for one, waits for what follows it; and who
        # waits for a replay to catch up, waits for every batch of it.
        is_small = len(first.records) < _SMALL_RECORDS and first.schema is not Schema.SYSTEM
        if self._longest_rest and is_small and not self._is_catching_up:
            rest = min(_REST_TO_COST * self._cost_seconds, self._longest_rest)
            rest = max(rest, self._shortest_rest)
            await asyncio.sleep(max(0.0, self._applied_at + rest - monotonic()))
            while len(self._queue):
                taken.append(await self._queue.get())
        return merge_runs(taken)

    async def _read(self) -> None:
        try:
            async for batch in self.feed:
                await self._queue.put((monotonic(), batch))
        finally:
            await self._queue.close()

    async def _apply(self, batch: Batch) -> None:
        schema, records = batch
        for start in range(0, max(len(records), 1), RECORDS_A_TURN):
            part = Batch(schema, records[start : start + RECORDS_A_TURN])
            began = perf_counter()
            self.market.apply(part)
            APPLY_SECONDS.observe(perf_counter() - began)
            for sink in self.sinks:
                await sink.write(part)
            if start:
                await asyncio.sleep(0)
        self.records += len(records)
        RECORDS.labels(str(schema)).inc(len(records))
        if schema in MAKES_BOOKS:
            BOOK_UPDATES.inc(len(records))
