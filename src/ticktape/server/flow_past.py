"""The past of instruments for their studies: the records that came before now, from wherever."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import partial
from typing import Final, NamedTuple

import numpy as np

from ticktape.flow.prints import PRINT_SCHEMAS
from ticktape.server.recording import Recording
from ticktape.server.source import Source
from ticktape.store import MboLog, RecentLog, TapeIndex
from ticktape.tape.batch import Batch
from ticktape.tape.layouts import Schema

# So many records by order are studied again, those of all instruments counted; of a longer past
# the studies of orders see what is after the last checkpoint, and the others the trades.
MOST_RECORDS: Final = 4_000_000
_READ_RECORDS: Final = 1 << 16
_ALL_TRADES: Final = 1 << 40
_INDEX_SECONDS: Final = 60.0


class Plan(NamedTuple):
    """How to read a past.

    Attributes
    ----------
    by_order : str
        How much of it is by order: ``all``, ``since`` or ``none``.
    batches : callable
        Gives it, of some instruments and maybe others; reads files, so in a thread.
    """

    by_order: str
    batches: Callable[[Collection[int]], Iterator[Batch]]


def _nothing(_instrument_ids: Collection[int]) -> Iterator[Batch]:
    return iter(())


class FlowPast:
    """Counts the records that have come, and tells how those of now's past can be read.

    Parameters
    ----------
    source : Source
        Whose.
    log : MboLog, optional
        Its records by order.
    recording : Recording
        What a source that is no replay has sent.
    """

    def __init__(self, source: Source, log: MboLog | None, recording: Recording) -> None:
        self._source = source
        self._log = log
        self._recording = recording
        schemas = [Schema(schema) for schema in source.schemas]
        # One that carries trades: the same trades in another are not to be studied twice.
        self.schema = next((schema for schema in schemas if schema in PRINT_SCHEMAS), None)
        self._count = 0
        self._origin = 0

    def restart(self) -> None:
        """Begin anew: what follows is the source's beginning, or a mark tells where it is."""
        if self._source.mode == "REPLAY":
            self._count = 0
            self._origin = 0

    def place(self, mbo_position: int, position: int) -> None:
        """Go on where a mark says: so many records by order, and of all schemas, before it."""
        self._origin = position
        self._count = mbo_position if self.schema is Schema.MBO else 0

    def count(self, batch: Batch) -> None:
        """Count records that the studies are given."""
        self._count += len(batch.records)

    @property
    def is_empty(self) -> bool:
        """Whether nothing came before now."""
        return not self._count and not self._origin

    def plan(self) -> Plan:
        """Tell how to read all that came before now."""
        has_orders = self.schema is Schema.MBO
        kind = "since" if has_orders else "none"
        if self.schema is None or self.is_empty:
            return Plan("all" if has_orders else "none", _nothing)
        replay = self._source.replay
        if replay is not None:
            return self._plan_of_tape(replay.index, self.schema)
        if has_orders and isinstance(self._log, RecentLog) and not self._log.first_position:
            return Plan("all", partial(_log_orders, self._log, self._count))
        return Plan(kind, partial(_recorded_trades, self._recording))

    def _plan_of_tape(self, index: TapeIndex | None, schema: Schema) -> Plan:
        kind = "since" if schema is Schema.MBO else "none"
        if index is None or index.error is not None:
            return Plan(kind, _nothing)
        if schema is not Schema.MBO:
            return Plan(kind, partial(_tape_trades, index, schema, self._origin, self._count))
        is_whole = self._count <= MOST_RECORDS
        return Plan(
            "all" if is_whole else kind, partial(_tape_orders, index, self._count, is_whole)
        )


def _log_orders(log: MboLog, end: int, _instrument_ids: Collection[int]) -> Iterator[Batch]:
    """Give the records of a log up to a position."""
    return _orders(log, 0, end)


def _tape_orders(
    index: TapeIndex,
    end: int,
    is_whole: bool,
    instrument_ids: Collection[int],
) -> Iterator[Batch]:
    """Give the records by order of a tape up to a position; or only those since a checkpoint."""
    if index.end_position < end:
        index.wait(_INDEX_SECONDS)
    begin = 0
    if not is_whole:
        rest = index.rest_before(index.position_of_mbo(end))
        begin = rest.mbo_position
        yield from _trades_until(index, rest.position, Schema.MBO, instrument_ids)
        yield from (batch for batch in index.state_at(rest) if batch.schema is Schema.MBO)
    yield from _orders(index, begin, end)


def _tape_trades(
    index: TapeIndex,
    schema: Schema,
    origin: int,
    count: int,
    instrument_ids: Collection[int],
) -> Iterator[Batch]:
    """Give the trades of a tape before a checkpoint, and so many records of a schema after it."""
    index.wait(_INDEX_SECONDS)
    yield from _trades_until(index, origin, schema, instrument_ids)
    for batch in index.batches(origin):
        if count <= 0:
            return
        if batch.schema is schema:
            yield Batch(schema, batch.records[:count])
            count -= len(batch.records)


def _recorded_trades(recording: Recording, _instrument_ids: Collection[int]) -> Iterator[Batch]:
    """Give the trades that are kept of a source that goes on."""
    return iter(recording.batches(Schema.TRADES))


def _orders(log: MboLog, begin: int, end: int) -> Iterator[Batch]:
    while begin < end:
        records = log.read(begin, min(end - begin, _READ_RECORDS))
        if not len(records):
            return
        begin += len(records)
        yield Batch(Schema.MBO, records)


def _trades_until(
    index: TapeIndex, position: int, schema: Schema, instrument_ids: Collection[int]
) -> Iterator[Batch]:
    past = index.past_at(position, [schema]) if position else None
    if past is None:
        return
    for one in instrument_ids:
        trades: np.ndarray = past.trades(one, _ALL_TRADES)
        yield Batch(Schema.TRADES, trades)
