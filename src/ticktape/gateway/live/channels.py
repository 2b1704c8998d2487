"""What one session gets of one schema: its instruments, from its start, with the ends of intervals.

Rules: a replay starts inclusively and compares ``ts_event``, for BBO records ``ts_recv``; after the
last record of an interval of a bar or BBO schema comes one system record END_OF_INTERVAL whose
``ts_event`` is the interval's exclusive end. Source: Databento's live API reference.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

import numpy as np

from ticktape.gateway.live.session_records import SystemCode, system_record
from ticktape.tape.batch import Batch
from ticktape.tape.layouts import Schema

_SECOND_NS: Final = 1_000_000_000

INTERVALS_NS: Final = {
    Schema.OHLCV_1S: _SECOND_NS,
    Schema.OHLCV_1M: 60 * _SECOND_NS,
    Schema.OHLCV_1H: 3600 * _SECOND_NS,
    Schema.OHLCV_1D: 86400 * _SECOND_NS,
    Schema.BBO_1S: _SECOND_NS,
    Schema.BBO_1M: 60 * _SECOND_NS,
    Schema.CBBO_1S: _SECOND_NS,
    Schema.CBBO_1M: 60 * _SECOND_NS,
}
_FILTERED_BY_RECEIPT: Final = frozenset(
    {Schema.BBO_1S, Schema.BBO_1M, Schema.CBBO_1S, Schema.CBBO_1M}
)
QUOTE_SCHEMAS: Final = _FILTERED_BY_RECEIPT | {Schema.MBP_1, Schema.MBP_10, Schema.CMBP_1}


class Selection:
    """A set of instruments, or all of them.

    Sessions that ask for the same instruments share one object, which remembers its last answer,
    so that a batch is filtered once for all of them.
    """

    def __init__(self, instrument_ids: frozenset[int] | None) -> None:
        self.instrument_ids = instrument_ids
        self._wanted = np.array(sorted(instrument_ids or ()), np.uint32)
        self._last: tuple[np.ndarray, np.ndarray] | None = None

    def pick(self, records: np.ndarray) -> np.ndarray:
        """Give the records of the wanted instruments; the array itself where it is all of them."""
        if self.instrument_ids is None:
            return records
        if self._last is not None and self._last[0] is records:
            return self._last[1]
        ids = records["instrument_id"]
        mask = ids == self._wanted[0] if len(self._wanted) == 1 else np.isin(ids, self._wanted)
        picked = records if mask.all() else records[mask]
        self._last = (records, picked)
        return picked


@dataclass(slots=True)
class Channel:
    """One schema of one session.

    Attributes
    ----------
    start_ns : int or None
        Records before this time are left out; None where the session asked for no replay.
    """

    schema: Schema
    selection: Selection
    start_ns: int | None = None
    _open_end_ns: int | None = field(default=None, init=False)
    _closed_end_ns: int = field(default=-1, init=False)

    def take(self, records: np.ndarray) -> list[Batch]:
        """Give what the session gets of these records, ends of intervals included."""
        picked = self.selection.pick(records)
        if self.start_ns:
            name = "ts_recv" if self.schema in _FILTERED_BY_RECEIPT else "ts_event"
            mask = picked[name] >= np.uint64(self.start_ns)
            if not mask.all():
                picked = picked[mask]
        if not len(picked):
            return []
        interval_ns = INTERVALS_NS.get(self.schema)
        if interval_ns is None:
            return [Batch(self.schema, picked)]
        return self._with_interval_ends(picked, interval_ns)

    def _with_interval_ends(self, records: np.ndarray, interval_ns: int) -> list[Batch]:
        if self.schema in _FILTERED_BY_RECEIPT:
            ends = records["ts_recv"].astype(np.int64)
        else:
            ends = records["ts_event"].astype(np.int64) + interval_ns
        cuts = [0, *(np.flatnonzero(np.diff(ends)) + 1).tolist(), len(records)]
        batches: list[Batch] = []
        for first, after in pairwise(cuts):
            end_ns = int(ends[first])
            if self._open_end_ns is not None and end_ns > self._open_end_ns:
                batches += self.close_interval()
            if end_ns > self._closed_end_ns:
                self._open_end_ns = end_ns
            batches.append(Batch(self.schema, records[first:after]))
        return batches

    def close_interval(self, now_ns: int | None = None) -> list[Batch]:
        """End the open interval, if it is over at this time (None: whatever the time)."""
        end_ns = self._open_end_ns
        if end_ns is None or (now_ns is not None and now_ns < end_ns):
            return []
        self._open_end_ns = None
        self._closed_end_ns = end_ns
        text = f"End of interval for {self.schema.value}"
        return [Batch(Schema.SYSTEM, system_record(SystemCode.END_OF_INTERVAL, text, end_ns))]

    def start_over(self) -> None:
        """Forget the intervals seen: the timeline jumps."""
        self._open_end_ns = None
        self._closed_end_ns = -1


class Channels:
    """All channels of one session: no record is sent twice where subscriptions overlap.

    Parameters
    ----------
    selections : dict, optional
        A shared timeline's selections by their instruments.
    """

    def __init__(self, selections: dict[frozenset[int] | None, Selection] | None = None) -> None:
        self._selections = {} if selections is None else selections
        self._channels: list[Channel] = []

    def __iter__(self) -> Iterator[Channel]:
        return iter(self._channels)

    def add(
        self, schema: Schema, instrument_ids: frozenset[int] | None, start_ns: int | None
    ) -> Channel | None:
        """Add instruments (None: all) of a schema; give the channel that carries the new ones.

        Returns
        -------
        Channel or None
            None where the session has them already.
        """
        same = [channel for channel in self._channels if channel.schema is schema]
        if any(channel.selection.instrument_ids is None for channel in same):
            return None
        if instrument_ids is None:
            self._channels = [channel for channel in self._channels if channel not in same]
        else:
            for channel in same:
                instrument_ids -= channel.selection.instrument_ids or frozenset()
            if not instrument_ids:
                return None
        channel = Channel(schema, self._select(instrument_ids), start_ns)
        self._channels.append(channel)
        return channel

    def join(self) -> None:
        """Make one channel of those that differ in nothing but their instruments."""
        joined: dict[tuple[Schema, int | None], Channel] = {}
        for channel in self._channels:
            first = joined.setdefault((channel.schema, channel.start_ns), channel)
            if first is not channel:
                ids = (first.selection.instrument_ids or frozenset()) | (
                    channel.selection.instrument_ids or frozenset()
                )
                first.selection = self._select(ids)
        self._channels = list(joined.values())

    def _select(self, instrument_ids: frozenset[int] | None) -> Selection:
        return self._selections.setdefault(instrument_ids, Selection(instrument_ids))
