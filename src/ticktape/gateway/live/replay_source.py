"""Tapes served afresh to every session: each reads them from the beginning, as fast as it takes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Final

from ticktape.feeds.marks import Mark, marks_in
from ticktape.feeds.replay import Replay
from ticktape.feeds.replay_tape import open_tapes
from ticktape.gateway.live.catalogue import SessionRefusedError, survey
from ticktape.gateway.live.channels import Channels
from ticktape.gateway.live.derivations import Derivations
from ticktape.gateway.live.listings import Listings
from ticktape.gateway.live.outlet import Outlet
from ticktape.gateway.live.placement import Placed
from ticktape.gateway.live.session_records import ErrorCode, SystemCode, system_record
from ticktape.gateway.live.snapshots import market_after, snapshots
from ticktape.gateway.live.wire import SubscriptionRequest
from ticktape.tape.batch import Batch
from ticktape.tape.errors import WrongSchemaError
from ticktape.tape.layouts import Schema, index_field

CHUNK_RECORDS: Final = 1 << 16
# Schemas that a tape either has or has not: asking for them is no mistake.
_NEVER_DERIVED: Final = frozenset({Schema.DEFINITION, Schema.STATISTICS, Schema.STATUS})


class SessionReplaySource:
    """Serves tapes; every session has its own cursor.

    A session without ``start=`` gets the tape from its beginning; with it, what is not older, and
    REPLAY_COMPLETED when the tape ends or starts over. At the end the session is closed with a FIN.

    Parameters
    ----------
    paths : sequence of path
        DBN and vendor CSV files, merged by time.
    speed : float or None
        Times the event time's own pace; None: as fast as the client takes it.
    loop : bool
        Start over at the end, after a reset mark, instead of closing the session.
    """

    def __init__(
        self, paths: Sequence[Path | str], speed: float | None = None, *, loop: bool = False
    ) -> None:
        self._paths = [Path(path) for path in paths]
        self._speed = speed
        self._loop = loop

    @property
    def dataset(self) -> str:
        """The dataset that the files state."""
        return str(self._tape.metadata.dataset)

    async def open(self) -> None:
        """Read what the files have: schemas, symbols, instruments."""
        self._tape = open_tapes(self._paths, CHUNK_RECORDS)
        self.native, self.catalogue, self.first_ns = await asyncio.to_thread(survey, self._paths)

    def stream(self, outlet: Outlet) -> ReplayStream:
        """Make a session's own reading of the tape."""
        return ReplayStream(self, outlet)

    def batches(self) -> Iterator[Batch]:
        """Read the tape from its beginning."""
        return iter(open_tapes(self._paths, CHUNK_RECORDS))

    async def paced_batches(self, start_ns: int | None) -> AsyncGenerator[Batch, None]:
        """Read the tape from its beginning, at the speed asked for; up to a start at once."""
        if self._speed is None and not self._loop:
            batches = self.batches()
            while (batch := await asyncio.to_thread(next, batches, None)) is not None:
                yield batch
            return
        # What is before the start is not sent, but quotes and books are made of it.
        before_ns = start_ns - 1 if start_ns else None
        async for batch in Replay(self._paths, self._speed, self._loop, before_ns):
            yield batch

    async def close(self) -> None:
        """Nothing is held between sessions."""


class ReplayStream:
    """One session's reading of the tape; made by :meth:`SessionReplaySource.stream`."""

    def __init__(self, source: SessionReplaySource, outlet: Outlet) -> None:
        self._source = source
        self._outlet = outlet
        self._channels = Channels()
        self._listings = Listings(source.catalogue, self._channels, outlet)
        self._derivations = Derivations(source.native)
        self._replayed: list[Schema] = []
        self._now_ns = source.first_ns
        self._records_taken = 0
        self._turn = asyncio.Lock()

    def now_ns(self) -> int:
        """Time of the session's cursor."""
        return self._now_ns

    async def subscribe(self, requests: Sequence[SubscriptionRequest]) -> None:
        """Add subscriptions; a later one begins at the session's cursor."""
        async with self._turn:
            for request in requests:
                await self._open_channel(request)
            self._channels.join()
            await self._send_snapshots(requests)

    async def _open_channel(self, request: SubscriptionRequest) -> None:
        schema = request.schema
        if schema not in _NEVER_DERIVED:
            try:
                is_new = self._derivations.add(schema)
            except WrongSchemaError as error:
                raise SessionRefusedError(ErrorCode.INVALID_SUBSCRIPTION, str(error)) from error
            if is_new and self._records_taken:
                await asyncio.to_thread(self._catch_up, schema)
        # Before the start of the session nothing was taken; after it, start= is without effect.
        start_ns = request.start_ns if not self._records_taken else None
        self._listings.subscribe(request, start_ns, self._now_ns)
        if start_ns is not None and schema not in self._replayed:
            self._replayed.append(schema)

    def _past(self) -> Iterator[Batch]:
        left = self._records_taken
        for batch in self._source.batches():
            if batch.schema is Schema.SYSTEM:
                continue
            if left <= 0:
                return
            yield Batch(batch.schema, batch.records[:left])
            left -= len(batch.records)

    def _catch_up(self, schema: Schema) -> None:
        for batch in self._past():
            self._derivations.update(batch, only=schema)

    async def _send_snapshots(self, requests: Sequence[SubscriptionRequest]) -> None:
        if not any(request.snapshot for request in requests):
            return
        market = await asyncio.to_thread(market_after, self._past())
        source = self._source
        for request in requests:
            for records in snapshots(
                market, source.catalogue, request, self._now_ns, source.dataset
            ):
                self._outlet.put_now(Batch(Schema.MBO, records))

    async def run(self) -> None:
        """Read, derive and queue until the tape ends."""
        async with aclosing(self._source.paced_batches(self._channels.first_start_ns())) as batches:
            async for batch in batches:
                async with self._turn:
                    await self._forward(batch)
        async with self._turn:
            await self._end()

    async def _forward(self, batch: Batch) -> None:
        if batch.schema is Schema.SYSTEM:
            # A recorded session's own heartbeats are not this session's; marks of a replay are.
            marks = batch.records[batch.records["code"] == SystemCode.UNSET]
            if self._replayed and marks_in(batch) == [Mark.CAUGHT_UP]:
                return  # Of going to the start: nothing before it was sent.
            if Mark.RESET in marks_in(batch):
                self._derivations.reset()
                self._records_taken = 0
                self._channels.start_over()
                await self._complete_replays()
            await self._outlet.put(Batch(batch.schema, marks))
            return
        self._now_ns = int(batch.records[index_field(batch.schema)][-1])
        if self._source.catalogue.learn(batch):
            self._listings.learn(batch.records, self._now_ns)
        made = [Placed(batch)]
        if self._derivations:
            made = await asyncio.to_thread(self._derivations.update, batch)
        self._records_taken += len(batch.records)
        await self._outlet.put(self._channels.take(made))

    async def _end(self) -> None:
        await self._outlet.put(self._channels.take(self._derivations.flush()))
        for parcel in self._channels.close_intervals():
            await self._outlet.put(parcel)
        await self._complete_replays()

    async def _complete_replays(self) -> None:
        """Say that what was asked for from a start on has been sent; a tape that loops goes on."""
        for schema in self._replayed:
            text = f"Finished {schema.value} replay"
            record = system_record(SystemCode.REPLAY_COMPLETED, text, self._now_ns)
            await self._outlet.put(Batch(Schema.SYSTEM, record))
        self._replayed.clear()
        self._channels.forget_starts()
        self._listings.forget_starts()

    async def close(self) -> None:
        """Nothing is shared with other sessions."""
