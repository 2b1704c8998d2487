"""One timeline shared by all sessions: a simulator, a paced replay, a live feed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from time import perf_counter
from typing import Final
from weakref import WeakValueDictionary

import numpy as np

from ticktape.feeds.marks import MARK_CODE, Mark, marks_in
from ticktape.feeds.protocol import Feed
from ticktape.feeds.replay import Replay
from ticktape.gateway.live.broadcast_stream import BroadcastStream
from ticktape.gateway.live.catalogue import Catalogue
from ticktape.gateway.live.channels import Form, Selections, SharedParcel
from ticktape.gateway.live.derivations import Derivations
from ticktape.gateway.live.history import History, Past
from ticktape.gateway.live.outlet import Outlet
from ticktape.gateway.live.placement import Placed
from ticktape.gateway.live.snapshots import book_records
from ticktape.gateway.live.source_metrics import SourceMetrics
from ticktape.market import Market
from ticktape.tape.batch import Batch
from ticktape.tape.gaps import gaps_in
from ticktape.tape.instruments import Instruments
from ticktape.tape.layouts import Schema, index_field
from ticktape.tape.symbol_map import SymbolMap

HISTORY_RECORDS: Final = 2_000_000
PATIENCE_S: Final = 2.0
_THREAD_RECORDS: Final = 4096
_SIDE_SCHEMAS: Final = frozenset({Schema.DEFINITION, Schema.STATISTICS, Schema.STATUS})


class BroadcastSource:
    """Serves one feed to all sessions: they share its clock, its books and what is derived.

    The feed is taken up when the first session starts. A session that joins gets what comes from
    then on; with ``start=`` the kept past first, with ``snapshot=1`` the books as they are.

    No session slows another. What waits for one is bounded: where it reads too slowly it is warned
    (system code 2); in the ``skip`` mode (the protocol's default) it then loses quotes, as
    documented, and is told by an error record with code 7; else it is ended, behind everything
    that was queued for it, with an error record that says so. A replay that nothing paces waits
    for sessions that read, and ends in the same way one that took nothing for `patience_s`.

    Marks of a replay (system records with code 255) reach all sessions in order; a reset also
    clears the books, what is derived, and the past.

    Parameters
    ----------
    feed : Feed
        Iterated once, by this source alone.
    schemas : iterable of Schema, optional
        What the feed carries; by default what its metadata states, else MBO, and definitions.
    history_records : int
        How much of the past is kept for ``start=``.
    patience_s : float
        Seconds without progress after which a session that holds an unpaced replay is ended.
    waits : bool, optional
        Whether the timeline waits for sessions; by default an unpaced replay does, and one that
        catches up after a seek, while a simulator, a paced replay and a live feed never do.
    knows_past : callable, optional
        Tells of a peer's address whether it knows the past of the tape by itself: after a seek,
        where nobody else listens, a replay leaves out the trades before its checkpoint.
    """

    def __init__(
        self,
        feed: Feed,
        *,
        schemas: Iterable[Schema] | None = None,
        history_records: int = HISTORY_RECORDS,
        patience_s: float = PATIENCE_S,
        waits: bool | None = None,
        knows_past: Callable[[object], bool] = lambda _peer: False,
    ) -> None:
        self._feed = feed
        self._knows_past = knows_past
        if isinstance(feed, Replay):
            feed.tells_past = self._tells_past
        stated = feed.metadata.schema
        carried = {Schema(str(stated))} if stated is not None else {Schema.MBO}
        self.derivations = Derivations(_SIDE_SCHEMAS | set(schemas or carried))
        self.market = Market()
        self.catalogue = Catalogue(Instruments(), SymbolMap.from_metadata(feed.metadata))
        self.history: Past = History(history_records, self._books)
        self.selections: Selections = WeakValueDictionary()
        self.definitions: dict[tuple[int, int], np.ndarray] = {}
        self.now_ns = int(feed.metadata.start)
        self.turn = asyncio.Lock()
        self._patience_s = patience_s
        self._waits = waits
        self._is_catching_up = False
        self._is_flushed = False
        # A replay begins at a checkpoint: what comes now is not all that was before it.
        self._is_restoring = False
        self._metrics: SourceMetrics | None = None
        self._streams: list[BroadcastStream] = []
        self._flowing: asyncio.Task[None] | None = None

    @property
    def dataset(self) -> str:
        """The dataset that the feed states."""
        return str(self._feed.metadata.dataset)

    @property
    def is_over(self) -> bool:
        """Whether the feed has ended, and all that was open with it."""
        return self._is_flushed

    @property
    def session_count(self) -> int:
        """How many sessions have a part in the timeline."""
        return len(self._streams)

    @property
    def is_connected(self) -> bool:
        """Whether the feed is there: until it ends."""
        return not self._is_flushed

    def measure(self) -> None:
        """Tell of the market in the process's metrics; where nobody else in it tells of his."""
        if self._metrics is None:
            is_live = not isinstance(self._feed, Replay)
            self._metrics = SourceMetrics(self.market, lambda: self.is_connected, is_live=is_live)
            self._metrics.begin()

    async def open(self) -> None:
        """Nothing to learn before the feed flows."""

    def stream(self, outlet: Outlet) -> BroadcastStream:
        """Make a session's part in the timeline."""
        return BroadcastStream(self, outlet)

    def join(self, stream: BroadcastStream) -> None:
        """Let a stream have what comes from now on."""
        if stream not in self._streams:
            self._streams.append(stream)

    def leave(self, stream: BroadcastStream) -> None:
        """Let a stream go."""
        if stream in self._streams:
            self._streams.remove(stream)

    def begin(self) -> asyncio.Task[None]:
        """Take the feed up, if nobody has yet."""
        if self._flowing is None:
            self._flowing = asyncio.create_task(self._flow())
        return self._flowing

    async def wait_for_end(self) -> None:
        """Take the feed up, if nobody has yet, and wait until it ends; raises its failure."""
        flowing = self.begin()
        await asyncio.wait({flowing})
        flowing.result()

    async def close(self) -> None:
        """Stop taking from the feed."""
        if self._flowing is not None:
            self._flowing.cancel()
            await asyncio.gather(self._flowing, return_exceptions=True)
        self.history.close()
        if self._metrics is not None:
            self._metrics.end()

    async def _flow(self) -> None:
        async for batch in self._feed:
            async with self.turn:
                await self._step(batch)
            # Sessions have their turn too: to write on, to be read from, to come and go.
            await asyncio.sleep(0)
            if self.waits:
                await self._wait_for_slow_streams()
        async with self.turn:
            self._is_flushed = True
            # Nobody has to make room now: nothing newer comes that quotes could be skipped for.
            shared: dict[tuple[Form, ...], SharedParcel] = {}
            last = self.derivations.flush()
            for stream in self._streams:
                stream.take(last, shared)
                stream.close_intervals()

    async def _step(self, batch: Batch) -> None:
        if not len(batch.records):
            return
        if batch.schema is Schema.SYSTEM:
            self._pass_marks(batch)
            return
        if self.catalogue.learn(batch):
            for stream in self._streams:
                stream.learn(batch)
        if batch.schema not in {Schema.SYMBOL_MAPPING, Schema.ERROR}:
            if batch.schema is Schema.DEFINITION:
                self._keep_definitions(batch.records)
            if len(batch.records) > _THREAD_RECORDS and not self._is_restoring:
                made = await asyncio.to_thread(self._apply, batch)
            else:
                made = self._apply(batch)
            self._distribute(made)

    def _apply(self, batch: Batch) -> list[Placed]:
        if not self._is_restoring:
            self.history.append(batch)
        began = perf_counter()
        self.market.apply(batch)
        if self._metrics is not None:
            self._metrics.note(batch, perf_counter() - began)
        self.now_ns = int(batch.records[index_field(batch.schema)][-1])
        return self.derivations.update(batch)

    def _distribute(self, made: list[Placed]) -> None:
        shared: dict[tuple[Form, ...], SharedParcel] = {}
        for stream in tuple(self._streams):
            if not self.waits and stream.is_full and not stream.make_room():
                self.leave(stream)
            else:
                stream.take(made, shared)

    def _pass_marks(self, batch: Batch) -> None:
        marks = marks_in(batch)
        if Mark.CAUGHT_UP in marks:
            self._is_catching_up = False
        if Mark.PAST in marks:
            self._is_restoring = self.derivations.makes_no_quotes = True
        if Mark.BOOKS in marks:
            self.derivations.makes_no_quotes = False
        if Mark.POSITION in marks:
            self._is_restoring = False
            self.history.begin_with_books()
        if Mark.RESET in marks:
            self._is_catching_up = True
            self._is_restoring = self.derivations.makes_no_quotes = False
            self.market.reset()
            self.derivations.reset()
            self.history.clear()
            for stream in self._streams:
                stream.start_over()
        for place in range(len(batch.records)):
            one = batch.records[place : place + 1]
            if gaps_in(one):
                self.history.append(Batch(Schema.SYSTEM, one))
        # A live feed's own heartbeats and acknowledgements are not this gateway's.
        records = batch.records[batch.records["code"] == MARK_CODE]
        for stream in self._streams:
            stream.offer(Batch(Schema.SYSTEM, records))

    def _keep_definitions(self, records: np.ndarray) -> None:
        for place in range(len(records)):
            one = records[place : place + 1]
            self.definitions[int(one["instrument_id"][0]), int(one["leg_index"][0])] = one

    def _books(self) -> list[np.ndarray]:
        return list(book_records(self.market, self.now_ns))

    def _tells_past(self) -> bool:
        """Whether somebody has to be told the trades before a checkpoint, bars included."""
        peers = [stream.peer for stream in self._streams]
        return bool(self.derivations) or not all(map(self._knows_past, peers))

    @property
    def waits(self) -> bool:
        """Whether the timeline waits for its sessions now: only where nothing else paces it."""
        if self._waits is not None:
            return self._waits
        if not isinstance(self._feed, Replay):
            return False
        return self._is_catching_up or self._feed.status().speed is None

    async def _wait_for_slow_streams(self) -> None:
        for stream in [stream for stream in self._streams if stream.is_full]:
            if not await stream.wait_for_room(self._patience_s):
                self.leave(stream)
