"""Events and places of note on an indexed tape."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal

import numpy as np

from ticktape.store.activity import Activity
from ticktape.store.record_file import RecordFile
from ticktape.store.tape_state import Places, TapeState
from ticktape.tape.batch import Batch
from ticktape.tape.layouts import F_LAST

_CHUNK_RECORDS: Final = 1 << 15
_EVENT_RECORDS: Final = 1 << 9
Place = Literal["trade", "gap", "crossing"]


class TapePlaces:
    """What can be gone to on a tape; the part of ``TapeIndex`` that looks for it.

    An event ends at a record with ``F_LAST``; a record of a schema without flags is one event.
    """

    def __init__(self) -> None:
        self._records: RecordFile | None = None
        self._state = TapeState(has_all_symbols=False)
        self._activity: Activity | None = None
        self._all_trades: np.ndarray | None = None
        self._all_traded = np.empty(0, np.uint32)

    def batches(self, position: int, end: int | None = None) -> Iterator[Batch]:
        """Read records of any schema, from a position on.

        Parameters
        ----------
        position : int
            Of the first.
        end : int, optional
            After the last; by default all that have been passed when they are reached.

        Yields
        ------
        Batch
            Runs of one schema.
        """
        records = self._records
        while records is not None:
            left = _CHUNK_RECORDS if end is None else min(_CHUNK_RECORDS, end - position)
            batch = records.read(position, left)
            if batch is None:
                return
            yield batch
            position += len(batch.records)

    def event_end(self, position: int) -> int:
        """Give the position after the end of the event that the record at a position is of."""
        at = position
        for batch in self.batches(position):
            ends = _event_ends(batch.records)
            if len(ends):
                return at + int(ends[0]) + 1
            at += len(batch.records)
        return at

    def event_end_before(self, position: int, events: int = 1) -> int:
        """Give the position after the n-th last event that ends before a position; 0 for none."""
        records = self._records
        at = position - 1
        while records is not None and at > 0:
            batch = records.read_before(at, _EVENT_RECORDS)
            if batch is None:
                break
            first = at - len(batch.records)
            ends = _event_ends(batch.records)
            if len(ends) >= events:
                return first + int(ends[-events]) + 1
            events -= len(ends)
            at = first
        return 0

    def next_place(
        self, kind: Place, position: int, instrument_id: int | None = None
    ) -> int | None:
        """Give the end of the first event from a position on that has what is looked for.

        Parameters
        ----------
        kind : str
            What is looked for.
        position : int
            How many records come before.
        instrument_id : int, optional
            Of trades, only those of this instrument.
        """
        found = self._places(kind, instrument_id)
        at = int(np.searchsorted(found, position))
        return None if at == len(found) else self.event_end(int(found[at]))

    def previous_place(
        self, kind: Place, position: int, instrument_id: int | None = None
    ) -> int | None:
        """Give the end of the last event before the one at a position that has it."""
        found = self._places(kind, instrument_id)
        at = int(np.searchsorted(found, self.event_end_before(position))) - 1
        return None if at < 0 else self.event_end(int(found[at]))

    def _places(self, kind: Place, instrument_id: int | None) -> np.ndarray:
        if kind == "trade":
            pieces = self._state.trades
            if self._all_trades is None or len(self._all_trades) != sum(map(len, pieces)):
                self._all_trades = np.concatenate([np.empty(0, np.int64), *pieces])
                traded = self._state.traded[: len(pieces)]
                self._all_traded = np.concatenate([np.empty(0, np.uint32), *traded])
            if instrument_id is None:
                return self._all_trades
            own: np.ndarray = self._all_trades[self._all_traded == instrument_id]
            return own
        places = self._state.gaps if kind == "gap" else self._state.crossings
        return np.array(places.positions, np.int64)

    @property
    def gaps(self) -> Places:
        """Where records may be missing."""
        return self._state.gaps

    def gaps_between(self, begin: int, end: int) -> list[int]:
        """Give where a feed missed records, by ``mbo`` position, as ``MboLog`` says."""
        records = self._records
        if records is None:
            return []
        found = map(records.mbo_position_of, list(self._state.told_gaps))
        return [at for at in found if begin <= at <= end]

    @property
    def crossings(self) -> Places:
        """Where a book became crossed."""
        return self._state.crossings

    @property
    def activity(self) -> Activity | None:
        """How much happened when; None before the first record."""
        return self._activity


def _event_ends(records: np.ndarray) -> np.ndarray:
    if "flags" not in (records.dtype.names or ()):
        return np.arange(len(records))
    return np.flatnonzero(records["flags"] & F_LAST)
