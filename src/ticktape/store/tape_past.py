"""The past of a tape as it stood at its checkpoints, whatever schema tells it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Final, NamedTuple

import numpy as np

from ticktape.book.keys_kernels import keys_of
from ticktape.flow.bars import BarsStanding
from ticktape.store.cache_folder import open_scratch
from ticktape.store.disk_arrays import DiskArrays, Span
from ticktape.store.keyed_rows import KeyedRows
from ticktape.store.traded_past import BARS, PastMark, TradedPast
from ticktape.tape.batch import Batch
from ticktape.tape.intervals import BAR_LENGTHS_NS
from ticktape.tape.layouts import LAYOUTS, Schema

_LOW_HALF: Final = (1 << 32) - 1
_NO_TRADES: Final = np.zeros(0, LAYOUTS[Schema.TRADES])

Key = tuple[int, int]


class TapeMark(NamedTuple):
    """What stood at a checkpoint: of each schema that tells trades, and of the tape's own bars."""

    traded: dict[Schema, PastMark]
    bars: dict[Schema, Span]
    time_ns: int


NO_PAST: Final = TapeMark({}, {}, 0)


class TapePast:
    """Takes the trades and bars of a tape, and writes down what they have led to."""

    def __init__(self) -> None:
        self._traded: dict[Schema, TradedPast] = {}
        self._bars: dict[Schema, KeyedRows] = {}
        self._arrays: DiskArrays | None = None
        self._time_ns = 0

    def take(self, batch: Batch) -> None:
        """Take the next records: such as carry trades, or bars of a length that is kept.

        Raises
        ------
        OSError
            If there is no room.
        """
        schema, records = batch
        if schema in BARS:
            if schema not in self._bars:
                self._bars[schema] = KeyedRows(open_scratch(), LAYOUTS[schema])
            self._bars[schema].append(keys_of(records), records)
            ends_ns = int(records["ts_event"].max()) + BAR_LENGTHS_NS[schema]
            self._time_ns = max(self._time_ns, ends_ns)
            return
        if schema not in self._traded:
            self._traded[schema] = TradedPast()
        self._traded[schema].take(batch)

    def mark(self) -> TapeMark:
        """Write down what stands now.

        Raises
        ------
        OSError
            If there is no room.
        """
        if self._arrays is None:
            self._arrays = DiskArrays()
        return TapeMark(
            {schema: past.mark() for schema, past in self._traded.items()},
            {schema: self._arrays.write(rows.counts()) for schema, rows in self._bars.items()},
            self._time_ns,
        )

    def at(self, mark: TapeMark, schemas: Collection[Schema]) -> PastAt:
        """Give what stood at a mark, as told by the first of some schemas that tells trades."""
        told_by = next((schema for schema in schemas if schema in mark.traded), None)
        closed: dict[Schema, tuple[KeyedRows, np.ndarray]] = {}
        for schema, counts in mark.bars.items():
            if schema in schemas and self._arrays is not None:
                closed[schema] = self._bars[schema], self._arrays.read(counts, np.int64)
        if told_by is None:
            return PastAt(closed, None, None, mark.time_ns)
        traded, own = self._traded[told_by], mark.traded[told_by]
        for schema in BARS:
            closed[schema] = traded.closed(own, schema)
        return PastAt(closed, traded, own, max(mark.time_ns, own.time_ns))

    def close(self) -> None:
        """Let go of the files."""
        for past in self._traded.values():
            past.close()
        for rows in self._bars.values():
            rows.close()
        if self._arrays is not None:
            self._arrays.close()


class PastAt:
    """What the trades and bars of a tape had led to at a checkpoint; read as it is asked for.

    Attributes
    ----------
    time_ns : int
        Time of the last of them on its exchange; of a bar, its end. 0 for none.
    """

    def __init__(
        self,
        closed: dict[Schema, tuple[KeyedRows, np.ndarray]],
        traded: TradedPast | None,
        mark: PastMark | None,
        time_ns: int,
    ) -> None:
        self._closed = closed
        self._traded = traded
        self._mark = mark
        self.time_ns = time_ns
        # Of each kind of rows, the slots of every instrument.
        self._slots = {schema: _by_instrument(*rows) for schema, rows in closed.items()}
        self._trades = None
        if traded is not None and mark is not None:
            self._trades = traded.trades(mark)
            self._trade_slots = _by_instrument(*self._trades)

    def trades(self, instrument_id: int, count: int) -> np.ndarray:
        """Give the latest trades of an instrument, oldest first, of the trades layout."""
        if self._trades is None:
            return _NO_TRADES
        rows, counts = self._trades
        for _, slot in self._trade_slots.get(instrument_id, ()):
            end = int(counts[slot])
            return rows.read(slot, max(0, end - count), end)
        return _NO_TRADES

    def closed_bars(
        self, schema: Schema, instrument_id: int, count: int
    ) -> list[tuple[Key, np.ndarray]]:
        """Give the latest closed bars of an instrument by publisher, oldest first.

        Returns
        -------
        list of tuple
            ``((publisher_id, instrument_id), rows)``: ``BAR_ROWS``, or records of the schema where
            the tape has bars of its own.
        """
        found = []
        for key, slot in self._slots.get(schema, {}).get(instrument_id, ()):
            rows, counts = self._closed[schema]
            end = int(counts[slot])
            if end:
                own = rows.read(slot, max(0, end - count), end)
                found.append(((key >> 32, key & _LOW_HALF), own))
        return found

    def standing(self, schema: Schema) -> BarsStanding | None:
        """Give the bars made of trades that were open; None where there were no trades."""
        if self._traded is None or self._mark is None:
            return None
        return self._traded.standing(self._mark, schema)

    def volumes(self) -> tuple[np.ndarray, np.ndarray] | None:
        """Give the volumes at price, for ``PriceVolumes.restore``; None without trades."""
        if self._traded is None or self._mark is None:
            return None
        return self._traded.volumes(self._mark)


def _by_instrument(rows: KeyedRows, counts: np.ndarray) -> dict[int, list[tuple[int, int]]]:
    slots: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for slot, key in enumerate(rows.keys(len(counts))):
        slots[key & _LOW_HALF].append((key, slot))
    return slots
