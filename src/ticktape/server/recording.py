"""What the source has sent so far this session, kept in memory: bounded, the oldest goes first."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Final

from ticktape.book.derive import Deriver
from ticktape.flow.derive import make_deriver
from ticktape.server.rows import WITH_TRADES, trades_of
from ticktape.tape.batch import Batch
from ticktape.tape.layouts import Schema, index_field

RECORDS_KEPT: Final = 500_000
_MAKES_QUOTES: Final = frozenset({Schema.MBO, Schema.MBP_10, Schema.MBP_1, Schema.TBBO})
_BARS: Final = frozenset({Schema.OHLCV_1S, Schema.OHLCV_1M, Schema.OHLCV_1H, Schema.OHLCV_1D})


class Recording:
    """Trades and quotes of the session; at most `RECORDS_KEPT` of each schema.

    A sink of the pipeline. Quotes are derived from what arrives, as it arrives.
    """

    def __init__(self, room: int = RECORDS_KEPT) -> None:
        self._room = room
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self._kept: dict[Schema, deque[Batch]] = {}
        self._counts: dict[Schema, int] = {}
        self._lost_until_ns: dict[Schema, int] = {}
        self._derivers: dict[tuple[Schema, Schema], Deriver] = {}
        self.start_ns: int | None = None
        self.end_ns = 0

    async def write(self, batch: Batch) -> None:
        """Take a batch in."""
        schema, records = batch
        if not len(records):
            return
        if schema in _BARS:
            self._keep(batch)
        elif schema in WITH_TRADES:
            self._keep(Batch(Schema.TRADES, trades_of(batch)))
        else:
            return
        if schema in _MAKES_QUOTES:
            for target in (Schema.TBBO, Schema.MBP_1):
                self._derive(schema, target, batch)
        times = records[index_field(schema)]
        if self.start_ns is None:
            self.start_ns = int(times[0])
        self.end_ns = max(self.end_ns, int(times[-1]) + 1)

    def _derive(self, schema: Schema, target: Schema, batch: Batch) -> None:
        if schema == Schema.TBBO and target == Schema.MBP_1:
            return
        if (schema, target) not in self._derivers:
            self._derivers[schema, target] = make_deriver(schema, target)
        self._keep(Batch(target, self._derivers[schema, target].update(batch.records)))

    def _keep(self, batch: Batch) -> None:
        schema, records = batch
        if not len(records):
            return
        if records.base is not None:
            # A view would keep the whole array that it looks into.
            batch = Batch(schema, records.copy())
        kept = self._kept.setdefault(schema, deque())
        kept.append(batch)
        self._counts[schema] = self._counts.get(schema, 0) + len(records)
        while self._counts[schema] > self._room and len(kept) > 1:
            gone = kept.popleft().records
            self._counts[schema] -= len(gone)
            self._lost_until_ns[schema] = int(gone[index_field(schema)][-1]) + 1

    async def close(self) -> None:
        """Keep what is kept."""

    def span_ns(self, schema: Schema) -> tuple[int, int] | None:
        """Tell from when until when records of a schema are whole; None where there are none."""
        if self.start_ns is None or schema not in self._kept:
            return None
        return max(self.start_ns, self._lost_until_ns.get(schema, 0)), self.end_ns

    def schemas(self) -> list[Schema]:
        """Give the schemas of which there are records."""
        return list(self._kept)

    def batches(self, schema: Schema) -> Iterator[Batch]:
        """Give the records of a schema, oldest first."""
        yield from list(self._kept.get(schema, ()))
