"""One session's part in a shared timeline."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from ticktape.gateway.live.catalogue import SessionRefusedError
from ticktape.gateway.live.channels import (
    QUOTE_SCHEMAS,
    Channel,
    Channels,
    Form,
    SharedParcel,
)
from ticktape.gateway.live.history import AgedOutError
from ticktape.gateway.live.listings import Listings
from ticktape.gateway.live.outlet import Outlet
from ticktape.gateway.live.parcel import Parcel
from ticktape.gateway.live.past_replay import PastReplay
from ticktape.gateway.live.placement import Placed
from ticktape.gateway.live.session_records import (
    ErrorCode,
    SystemCode,
    error_record,
    system_record,
)
from ticktape.gateway.live.snapshots import snapshots
from ticktape.gateway.live.wire import SubscriptionRequest
from ticktape.ops.metrics import CLIENT_DROPS
from ticktape.tape.batch import Batch
from ticktape.tape.errors import WrongSchemaError
from ticktape.tape.layouts import Schema, index_field

if TYPE_CHECKING:
    from ticktape.gateway.live.broadcast_source import BroadcastSource

WARNING_EVERY_S: Final = 10.0


class BroadcastStream:
    """The channels of one session on a shared timeline; made by ``BroadcastSource.stream``."""

    def __init__(self, source: BroadcastSource, outlet: Outlet) -> None:
        self._source = source
        self._outlet = outlet
        self._channels = Channels(source.selections)
        self._listings = Listings(source.catalogue, self._channels, outlet)
        self._is_started = False
        self._last_warning = float("-inf")
        self._skip_notice = Parcel([])
        self._past: PastReplay | None = None

    def now_ns(self) -> int:
        """Time of the shared timeline."""
        return self._source.now_ns

    @property
    def peer(self) -> object:
        """The address of the client, as its socket has it."""
        return self._outlet.peer

    @property
    def is_full(self) -> bool:
        """Whether this session has as much waiting as it may."""
        return self._outlet.is_full

    async def subscribe(self, requests: Sequence[SubscriptionRequest]) -> None:
        """Add subscriptions in one turn of the timeline: nothing is missed or comes twice."""
        source = self._source
        async with source.turn:
            opened = [(request, await self._open_channel(request)) for request in requests]
            for request, channel in opened:
                if request.schema is Schema.DEFINITION and channel is not None:
                    self._send_definitions(channel)
                for records in snapshots(
                    source.market, source.catalogue, request, source.now_ns, source.dataset
                ):
                    self._outlet.put_now(Batch(Schema.MBO, records))
            # After the start of the session, start= is without effect.
            if not self._is_started:
                self._open_past([one for one in opened if one[0].start_ns is not None])
            self._channels.join()
            self._outlet.forgive_backlog()
            self._is_started = True
            source.join(self)

    def _open_past(self, replays: Sequence[tuple[SubscriptionRequest, Channel | None]]) -> None:
        if not replays:
            return
        # Definitions are sent as they are known now, whatever the time they were asked from.
        channels = [
            channel
            for request, channel in replays
            if channel is not None and request.schema is not Schema.DEFINITION
        ]
        for channel in channels:
            channel.is_live = False
        schemas = list(dict.fromkeys(request.schema for request, _ in replays))
        self._past = PastReplay(self._source, self._outlet, channels, schemas)

    async def _open_channel(self, request: SubscriptionRequest) -> Channel | None:
        source, schema = self._source, request.schema
        if request.start_ns and not source.history.is_complete:
            oldest = source.history.oldest_ns()
            if oldest is not None and request.start_ns < oldest:
                raise SessionRefusedError(
                    ErrorCode.REPLAY_DATA_AGED_OUT, f"Replay data before {oldest} has aged out"
                )
        if request.start_ns and source.history.is_missing(request.start_ns):
            raise SessionRefusedError(
                ErrorCode.REPLAY_DATA_AGED_OUT,
                f"Replay data of {request.start_ns} was not kept: the relay could not write",
            )
        try:
            is_new = source.derivations.add(schema)
        except WrongSchemaError as error:
            raise SessionRefusedError(ErrorCode.INVALID_SUBSCRIPTION, str(error)) from error
        if is_new:
            deriver = source.derivations.deriver_of(schema)
            origin = source.derivations.source_of(schema)
            await asyncio.to_thread(source.history.derive, origin, deriver)
        start_ns = None if self._is_started else request.start_ns
        return self._listings.subscribe(request, start_ns, source.now_ns)

    def _send_definitions(self, channel: Channel) -> None:
        for records in self._source.definitions.values():
            definition = Placed(Batch(Schema.DEFINITION, records))
            self._outlet.put_now(Parcel(channel.take(definition, alone=True)))

    def learn(self, batch: Batch) -> None:
        """Map and serve what was asked for and lists only with this batch."""
        now_ns = int(batch.records[index_field(batch.schema)][-1])
        self._listings.learn(batch.records, now_ns)

    def take(self, made: Sequence[Placed], shared: dict[tuple[Form, ...], SharedParcel]) -> None:
        """Queue what this session gets of a batch and of what was derived from it."""
        outlet = self._outlet
        outlet.put_now(self._channels.take_shared(made, shared))
        if outlet.queued_bytes > outlet.capacity_bytes // 2:
            self._warn()

    def offer(self, batch: Batch) -> None:
        """Queue a batch that every session gets."""
        self._outlet.put_now(batch)

    def close_intervals(self) -> None:
        """Tell the ends of the intervals that are open at the end of the timeline."""
        for parcel in self._channels.close_intervals():
            self._outlet.put_now(parcel)

    def start_over(self) -> None:
        """Forget the intervals seen: the timeline jumps, and the past with it."""
        if self._past is not None:
            self._end_past()
        self._channels.start_over()

    def make_room(self) -> bool:
        """Skip quotes, where the session is in that mode; end it where that is not enough."""
        if self._channels.is_waiting:
            return True
        self._skip_quotes()
        if self._outlet.waiting_bytes >= self._outlet.capacity_bytes:
            self._end_for("lag")
        return not self._outlet.is_ended

    async def wait_for_room(self, patience_s: float) -> bool:
        """Wait until less waits for this session; end it, and say False, where it is stuck."""
        self._skip_quotes()
        if self._outlet.is_full:
            self._warn()
        if await self._outlet.wait_for_room(patience_s):
            return True
        self._end_for("stall")
        return False

    def _skip_quotes(self) -> None:
        outlet = self._outlet
        dropped = outlet.drop(QUOTE_SCHEMAS) if outlet.skips_when_slow else 0
        if not dropped:
            return
        CLIENT_DROPS.labels("gateway").inc(dropped)
        # Who was told already, and has not read it yet, is not told again.
        if not outlet.holds(self._skip_notice):
            code = ErrorCode.SKIPPED_RECORDS_AFTER_SLOW_READING
            record = error_record(code, "Skipped records after slow reading", self.now_ns())
            self._skip_notice = Parcel.of(Batch(Schema.ERROR, record))
            outlet.put_now(self._skip_notice)

    def _warn(self) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._last_warning > WARNING_EVERY_S:
            self._last_warning = now
            text = f"Warning: slow reading, {self._outlet.lag_records} records wait"
            record = system_record(SystemCode.SLOW_READER_WARNING, text, self.now_ns())
            self._outlet.put_now(Batch(Schema.SYSTEM, record))

    def _end_for(self, reason: str) -> None:
        """End the session behind what is queued: it has all up to here, and knows that."""
        outlet = self._outlet
        text = (
            f"Slow client detected: {outlet.lag_records} records ({outlet.queued_bytes} bytes)"
            f" wait, those after {self.now_ns()} are lost"
        )
        outlet.put_now(
            Batch(Schema.ERROR, error_record(ErrorCode.INTERNAL_ERROR, text, self.now_ns()))
        )
        outlet.finish()
        self._outlet.ended_for = reason

    async def run(self) -> None:
        """Send the past that was asked for, then wait until the timeline ends."""
        self._source.begin()
        past = self._past
        if past is not None:
            try:
                await past.send()
            except AgedOutError as error:
                raise SessionRefusedError(ErrorCode.REPLAY_DATA_AGED_OUT, str(error)) from error
            async with self._source.turn:
                if self._past is past:
                    past.send_rest()
                    self._end_past()
        await self._source.wait_for_end()

    def _end_past(self) -> None:
        """Go on with what happens now; say so of every schema that was replayed."""
        past, self._past = self._past, None
        if past is None:
            return
        past.cancel()
        for channel in past.channels:
            channel.is_live = True
        self._channels.forget_starts()
        self._listings.forget_starts()
        for schema in past.schemas:
            text = f"Finished {schema.value} replay"
            record = system_record(SystemCode.REPLAY_COMPLETED, text, self.now_ns())
            self._outlet.put_now(Batch(Schema.SYSTEM, record))

    async def close(self) -> None:
        """Leave the timeline."""
        self._source.leave(self)
