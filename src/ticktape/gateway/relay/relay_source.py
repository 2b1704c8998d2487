"""The relay: one upstream session as a timeline that many local clients share."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import structlog

from ticktape.feeds.live_subscriptions import LiveSubscription
from ticktape.gateway.live.broadcast_source import HISTORY_RECORDS, BroadcastSource
from ticktape.gateway.live.broadcast_stream import BroadcastStream
from ticktape.gateway.live.catalogue import SessionRefusedError
from ticktape.gateway.live.outlet import Outlet
from ticktape.gateway.live.session_records import ErrorCode
from ticktape.gateway.live.wire import SubscriptionRequest
from ticktape.gateway.relay.disk_buffer import DiskBuffer
from ticktape.gateway.relay.holdings import Asked, Holdings, RelayCatalogue
from ticktape.gateway.relay.upstream import Upstream
from ticktape.market import MAKES_BOOKS
from ticktape.ops.metrics import GAPS, RELAY_CONNECTED, RELAY_LOSSES, RELAY_RECONNECTS
from ticktape.tape.batch import Batch
from ticktape.tape.gaps import gaps_in, losses_in
from ticktape.tape.layouts import Schema, index_field

ACKNOWLEDGEMENT_TIMEOUT_S: Final = 5.0
BUFFER_BYTES: Final = 4 << 30

_NOT_CONNECTED: Final = {
    "code": "not-connected",
    "message": "the upstream is not connected",
    "hint": "it is tried again; the log says why it is away",
}
_NO_BOOK: Final = {
    "code": "no-book",
    "message": "no book is valid yet",
    "hint": "wait for the first snapshot",
}

_log = structlog.wrap_logger(logging.getLogger(__name__))


class RelaySource(BroadcastSource):
    """Serves one upstream session to all local sessions, each with its own subscriptions.

    The upstream session is opened at once and kept. A session that asks for symbols or schemas
    that nobody asked for yet makes the relay subscribe to them, MBO with a snapshot, so that books
    are whole; what can be derived from the orders that are held is derived here. ``ALL_SYMBOLS``
    means everything that the relay holds. When the upstream is lost, every session is told so in
    band at once; when it is back, it gets the gap in band, then fresh snapshots.

    The protocol knows no unsubscribing: what was asked for once comes until the relay ends.

    Parameters
    ----------
    upstream : Upstream
        Iterated by this source alone.
    buffer : path, optional
        A folder for the past, of this relay alone; by default the past is kept in memory.
    buffer_bytes : int
        What it may take on disk.
    history_records : int
        How much of the past is kept in memory, where there is no folder.
    """

    def __init__(
        self,
        upstream: Upstream,
        *,
        buffer: Path | str | None = None,
        buffer_bytes: int = BUFFER_BYTES,
        history_records: int = HISTORY_RECORDS,
    ) -> None:
        schemas = {one.schema for one in upstream.subscriptions}
        super().__init__(upstream, schemas=schemas, history_records=history_records)
        if buffer is not None:
            only_tbbo = Schema.TBBO in schemas and Schema.MBP_1 not in schemas
            self.history = DiskBuffer(
                buffer,
                buffer_bytes,
                self.dataset,
                self._books,
                take_names=self._take_names,
                quotes=Schema.TBBO if only_tbbo else Schema.MBP_1,
            )
        self._upstream = upstream
        self.catalogue: RelayCatalogue = RelayCatalogue()
        self._names: dict[int, str] | None = None
        self._holdings = Holdings(upstream.subscriptions, self.catalogue)
        self._asking = asyncio.Lock()

    def _take_names(self) -> dict[int, str]:
        if self._names is None:
            defined = {one.instrument_id: one.raw_symbol for one in self.catalogue.instruments}
            self._names = self.catalogue.symbol_map.at() | defined
        return self._names

    async def open(self) -> None:
        """Open the upstream session and begin to take from it.

        Raises
        ------
        AuthenticationError
            The key was refused.
        UpstreamError
            Nobody answers, or the gateway refuses.
        """
        await self._upstream.connect()
        self.now_ns = int(self._upstream.metadata.start)
        RELAY_CONNECTED.read_from(self._connected)
        self.begin()

    @property
    def is_connected(self) -> bool:
        """Whether the upstream session is open."""
        return self._upstream.connected

    def unready(self) -> list[dict[str, str]]:
        """Give why the relay cannot be relied on now, each as code, message and hint."""
        reasons = []
        if not self.is_connected:
            reasons.append(_NOT_CONNECTED)
        if not self._has_valid_book():
            reasons.append(_NO_BOOK)
        return reasons

    def _has_valid_book(self) -> bool:
        if not MAKES_BOOKS.intersection(one.schema for one in self._upstream.subscriptions):
            return True
        keys = self.market.keys()
        books = (self.market.book(instrument, publisher) for publisher, instrument in keys)
        return any(
            book is not None
            and not book.is_stale
            and not book.in_event
            and any(map(len, book.levels(1)))
            for book in books
        )

    def _connected(self) -> dict[tuple[str, ...], float]:
        return {(): float(self._upstream.connected)}

    async def close(self) -> None:
        """Leave the upstream."""
        RELAY_CONNECTED.forget(self._connected)
        await super().close()
        await self._upstream.close()

    def stream(self, outlet: Outlet) -> BroadcastStream:
        """Make a session's part in the timeline."""
        return RelayStream(self, outlet)

    async def _step(self, batch: Batch) -> None:
        # Mappings may tell a later time than the last record: they hold from then on.
        if len(batch.records) and batch.schema in {Schema.SYMBOL_MAPPING, Schema.SYSTEM}:
            self.now_ns = max(self.now_ns, int(batch.records[index_field(batch.schema)][-1]))
        if batch.schema is Schema.SYSTEM:
            gaps = gaps_in(batch.records)
            RELAY_RECONNECTS.inc(len(gaps))
            GAPS.inc(len(gaps))
            RELAY_LOSSES.inc(len(losses_in(batch.records)))
        if batch.schema in {Schema.SYMBOL_MAPPING, Schema.DEFINITION}:
            self._names = None
        await super()._step(batch)

    async def cover(self, requests: Sequence[SubscriptionRequest]) -> None:
        """Subscribe upstream to what nobody asked for yet, and wait until it is acknowledged.

        What the upstream does not acknowledge in time is answered as unresolved; its mappings and
        records follow when they come.

        Raises
        ------
        SessionRefusedError
            The upstream refused it.
        """
        async with self._asking:
            asked = [one for request in requests for one in self._ask(request)]
        if not asked:
            return
        events = [event for _, event in asked]
        waiting = asyncio.gather(*(event.wait() for event in events))
        try:
            await asyncio.wait_for(waiting, ACKNOWLEDGEMENT_TIMEOUT_S)
        except TimeoutError:
            _log.warning("the upstream did not acknowledge in time", subscriptions=len(asked))
        refused = [one for one, _ in asked if one in self._upstream.refused]
        for one in refused:
            self._holdings.remove(one)
        for one in refused:
            self._refuse_again(one)

    def _ask(self, request: SubscriptionRequest) -> list[tuple[LiveSubscription, asyncio.Event]]:
        base = self._base_of(request.schema)
        asked = []
        for schema in dict.fromkeys((Schema.DEFINITION, base)):
            missing = self._holdings.missing(schema, request, self.now_ns)
            if not missing:
                continue
            subscription = _subscription(schema, missing)
            self._refuse_again(subscription)
            self._holdings.add(schema, missing)
            _log.info(
                "subscribing upstream",
                schema=schema.value,
                symbols=",".join(subscription.symbols[:20]),
            )
            asked.append((subscription, self._upstream.ask(subscription)))
        return asked

    def _refuse_again(self, subscription: LiveSubscription) -> None:
        """Refuse what the upstream refused: asking again would cost everybody a session."""
        why = self._upstream.refused.get(subscription)
        if why is not None:
            raise SessionRefusedError(ErrorCode.INVALID_SUBSCRIPTION, why)

    def _base_of(self, schema: Schema) -> Schema:
        """Give what has to come from upstream for a schema: itself, or what yields it."""
        held = self._holdings.schemas()
        if schema is Schema.MBP_1 and Schema.TBBO in held and Schema.MBP_1 not in held:
            raise SessionRefusedError(
                ErrorCode.INVALID_SUBSCRIPTION,
                "mbp-1 can not be added to an upstream session of tbbo; begin the relay with mbp-1",
            )
        base = self.derivations.base_of(schema)
        if base is None:
            self.derivations.add_native(schema)
            return schema
        return base


class RelayStream(BroadcastStream):
    """The channels of one session of a relay."""

    async def subscribe(self, requests: Sequence[SubscriptionRequest]) -> None:
        """Have the relay hold what is asked for, then add the subscriptions."""
        source = self._source
        assert isinstance(source, RelaySource)  # noqa: S101 -- it made this stream
        await source.cover(requests)
        await super().subscribe(requests)


def _subscription(schema: Schema, symbols: Sequence[Asked]) -> LiveSubscription:
    return LiveSubscription(
        schema,
        tuple(one.symbol for one in symbols),
        symbols[0].stype_in,
        snapshot=schema is Schema.MBO,
    )
