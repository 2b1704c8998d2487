"""The past of a shared timeline on its way to one session, until it has come to now."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from ticktape.gateway.live.channels import Channel, Channels
from ticktape.gateway.live.derivations import Derivations
from ticktape.gateway.live.outlet import Outlet
from ticktape.gateway.live.placement import Placed
from ticktape.tape.batch import Batch
from ticktape.tape.layouts import Schema

if TYPE_CHECKING:
    from ticktape.gateway.live.broadcast_source import BroadcastSource

_THREAD_RECORDS: Final = 4096
_OF_SESSIONS: Final = frozenset({Schema.SYMBOL_MAPPING, Schema.ERROR})


class PastReplay:
    """Reads what is kept, derives what was asked for anew, and queues it as the client takes it.

    Parameters
    ----------
    source : BroadcastSource
        The timeline.
    outlet : Outlet
        Of the session.
    channels : sequence of Channel
        Those that asked for the past; not live meanwhile.
    schemas : sequence of Schema
        What was asked for from a start on.
    """

    def __init__(
        self,
        source: BroadcastSource,
        outlet: Outlet,
        channels: Sequence[Channel],
        schemas: Sequence[Schema],
    ) -> None:
        self._source = source
        self._outlet = outlet
        self.channels = list(channels)
        self.schemas = list(schemas)
        self._taking = Channels.of(channels)
        self._derivations = Derivations(source.derivations.native)
        for schema in schemas:
            self._derivations.add(schema)
        self._is_cancelled = False
        self._reader = source.history.reader(
            self._taking.first_start_ns() or 0, with_books=bool(self._derivations)
        )

    def cancel(self) -> None:
        """Send nothing more: the timeline starts over."""
        self._is_cancelled = True

    async def send(self) -> None:
        """Queue the past as fast as the client takes it, until now is near.

        Raises
        ------
        AgedOutError
            The client was so slow that what it wanted was forgotten.
        """
        await asyncio.to_thread(self._take_books)
        while self.channels and not self._is_cancelled:
            batches = await self._reader.read()
            if not batches:
                return
            for batch in batches:
                if self._is_cancelled or self._outlet.is_ended:
                    return
                if batch.schema is Schema.SYSTEM:
                    await self._outlet.put_behind(batch)
                    continue
                derived = bool(self._derivations) and len(batch.records) > _THREAD_RECORDS
                made = (
                    await asyncio.to_thread(self._derive, batch) if derived else self._derive(batch)
                )
                parcel = self._taking.take(made)
                if parcel.count and not self._is_cancelled:
                    await self._outlet.put_behind(parcel)
            # The reader may have much in memory; others have their turn.
            await asyncio.sleep(0)

    def send_rest(self) -> None:
        """Queue what is left, in the timeline's turn; close what is open where it has ended."""
        if not self.channels:
            return
        for batch in self._reader.rest():
            if batch.schema is Schema.SYSTEM:
                self._outlet.put_now(batch)
            else:
                self._outlet.put_now(self._taking.take(self._derive(batch)))
        if self._source.is_over:
            self._outlet.put_now(self._taking.take(self._derivations.flush()))
            for parcel in self._taking.close_intervals():
                self._outlet.put_now(parcel)

    def _take_books(self) -> None:
        for records in self._reader.books:
            self._derivations.update(Batch(Schema.MBO, records))

    def _derive(self, batch: Batch) -> list[Placed]:
        return [] if batch.schema in _OF_SESSIONS else self._derivations.update(batch)
