"""What the source has sent so far this session, kept in memory: bounded, the oldest goes first."""

from __future__ import annotations

import asyncio
from collections import deque
from itertools import groupby
from threading import Lock
from typing import Final

import numpy as np

from ticktape.book.derive import Deriver
from ticktape.feeds.marks import Mark, marks_in
from ticktape.flow.derive import make_deriver
from ticktape.server.rows import WITH_TRADES, trades_of
from ticktape.tape.batch import Batch, copy_records, join_records
from ticktape.tape.layouts import Schema, index_field

BYTES_KEPT: Final = 16 << 20
PIECE_BYTES: Final = 1 << 20
_MAKES_QUOTES: Final = frozenset({Schema.MBO, Schema.MBP_10, Schema.MBP_1, Schema.TBBO})
# Quotes are made of so many records at a time, which costs a half of making them batch by batch.
_HELD_RECORDS: Final = 1 << 12
_BARS: Final = frozenset({Schema.OHLCV_1S, Schema.OHLCV_1M, Schema.OHLCV_1H, Schema.OHLCV_1D})


class RecordRing:
    """The latest records of one schema.

    Batches of a live source hold a record or two: kept as they come, their frames would take more
    room than the records. So records are copied into pieces, and the oldest piece is forgotten.

    Parameters
    ----------
    schema : Schema
        Of the records.
    room : int
        Most bytes of records.
    """

    def __init__(self, schema: Schema, room: int = BYTES_KEPT) -> None:
        self._schema = schema
        self._room = room
        self._pieces: deque[np.ndarray] = deque()
        self._filled = 0
        self.lost_until_ns = 0

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return sum(piece.nbytes for piece in self._pieces)

    def append(self, records: np.ndarray) -> None:
        """Copy records in."""
        while len(records):
            if not self._pieces or self._filled == len(self._pieces[-1]):
                self._begin_piece(records.dtype)
            piece = self._pieces[-1]
            taken = min(len(records), len(piece) - self._filled)
            copy_records(piece[self._filled : self._filled + taken], records[:taken])
            self._filled += taken
            records = records[taken:]

    def _begin_piece(self, dtype: np.dtype) -> None:
        piece_bytes = min(PIECE_BYTES, self._room // 2)
        self._pieces.append(np.zeros(max(1, piece_bytes // dtype.itemsize), dtype))
        self._filled = 0
        while self.nbytes > self._room and len(self._pieces) > 1:
            gone = self._pieces.popleft()
            self.lost_until_ns = int(gone[index_field(self._schema)][-1]) + 1

    def batches(self) -> list[Batch]:
        """Give the records, oldest first; what is appended later is not in them."""
        *whole, last = self._pieces
        return [Batch(self._schema, piece) for piece in (*whole, last[: self._filled])]


class Recording:
    """Trades and quotes of the session; at most `BYTES_KEPT` of each schema.

    A sink of the pipeline. Quotes are derived from what arrives: of some thousand records together,
    or as soon as somebody asks. Where the source starts over, all is forgotten.
    """

    def __init__(self, room: int = BYTES_KEPT) -> None:
        self._room = room
        self._kept: dict[Schema, RecordRing] = {}
        self._derivers: dict[Schema, Deriver] = {}
        self._held: list[Batch] = []
        # Whoever asks while quotes are made waits for them, a millisecond or two.
        self._deriving = Lock()
        self.start_ns: int | None = None
        self.end_ns = 0
        self._is_past = False

    async def write(self, batch: Batch) -> None:
        """Take a batch in, in a turn of its own: whoever waits for an answer gets it before."""
        schema, records = batch
        await asyncio.sleep(0)
        if schema is Schema.SYSTEM:
            self._read_marks(batch)
        if not len(records):
            return
        if schema in _BARS:
            self._keep(batch)
        elif schema in WITH_TRADES:
            self._keep(Batch(Schema.TRADES, trades_of(batch)))
        else:
            return
        if schema in _MAKES_QUOTES and not self._is_past:
            self._held.append(batch)
            if sum(len(one.records) for one in self._held) >= _HELD_RECORDS:
                # The kernels let the interpreter go.
                await asyncio.to_thread(self._derive_quotes)
        times = records[index_field(schema)]
        if self.start_ns is None:
            self.start_ns = int(times[0])
        self.end_ns = max(self.end_ns, int(times[-1]) + 1)

    def _read_marks(self, batch: Batch) -> None:
        """Follow a source that starts over: what was kept is of another past."""
        for mark in marks_in(batch):
            if mark is Mark.RESET:
                self._kept = {}
                self._derivers = {}
                self._held = []
                self.start_ns, self.end_ns = None, 0
            # Of trades without the quotes between them no quote may be made.
            self._is_past = mark is Mark.PAST

    def _derive_quotes(self) -> None:
        """Keep mbp-1 and tbbo; the latter of the former, so that one book makes both."""
        with self._deriving:
            held, self._held = self._held, []
            for schema, run in groupby(held, key=lambda one: one.schema):
                batch = Batch(schema, join_records([one.records for one in run]))
                if schema is not Schema.TBBO:
                    batch = self._derive(batch, Schema.MBP_1)
                    self._keep(batch)
                self._keep(self._derive(batch, Schema.TBBO))

    def _derive(self, batch: Batch, target: Schema) -> Batch:
        if target not in self._derivers:
            self._derivers[target] = make_deriver(batch.schema, target)
        return Batch(target, self._derivers[target].update(batch.records))

    def _keep(self, batch: Batch) -> None:
        schema, records = batch
        if len(records):
            self._kept.setdefault(schema, RecordRing(schema, self._room)).append(records)

    async def close(self) -> None:
        """Keep what is kept."""

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        self._derive_quotes()
        return sum(ring.nbytes for ring in self._kept.values())

    def span_ns(self, schema: Schema) -> tuple[int, int] | None:
        """Tell from when until when records of a schema are whole; None where there are none."""
        self._derive_quotes()
        if self.start_ns is None or schema not in self._kept:
            return None
        return max(self.start_ns, self._kept[schema].lost_until_ns), self.end_ns

    def schemas(self) -> list[Schema]:
        """Give the schemas of which there are records."""
        self._derive_quotes()
        return list(self._kept)

    def batches(self, schema: Schema) -> list[Batch]:
        """Give the records of a schema as of now, oldest first; safe to read in a thread.

        To be asked on the event loop; of trades, wherever.
        """
        if schema is not Schema.TRADES:
            self._derive_quotes()
        ring = self._kept.get(schema)
        return [] if ring is None else ring.batches()
