"""Where the records derived from a batch stand among its own.

Rule: a derived record stands directly behind the record that gave it: a trade or quote behind the
order of the same event, a bar behind the first record at or after its end. A BBO record's index
time is the end of its interval, so it stands before that record. So a session with several schemas
gets them by index time, in an order that does not depend on how the timeline is cut into batches.
"""

from __future__ import annotations

from functools import cached_property
from typing import Final

import numpy as np

from ticktape.tape.batch import Batch
from ticktape.tape.intervals import BAR_LENGTHS_NS, SAMPLE_LENGTHS_NS, known_times
from ticktape.tape.layouts import ACTION_TRADE, F_LAST, Schema, index_field

INTERVALS_NS: Final = {**BAR_LENGTHS_NS, **SAMPLE_LENGTHS_NS}
SAMPLED: Final = frozenset(SAMPLE_LENGTHS_NS)

# Places between two records of the batch: room for what is derived from the first of them.
STRIDE: Final = 1 << 24


def interval_ends(schema: Schema, records: np.ndarray) -> np.ndarray:
    """Give the exclusive ends of the intervals that bars or BBO records are of (int64, ns)."""
    return known_times(Batch(schema, records)).astype(np.int64)


class Placed:
    """A batch of a timeline, or what was derived from one, with the places of its records.

    Parameters
    ----------
    batch : Batch
        The records.
    origin : Batch, optional
        What they are derived from; None for a batch of the timeline itself.
    """

    def __init__(self, batch: Batch, origin: Batch | None = None) -> None:
        self.schema, self.records = batch
        self._origin = origin

    @property
    def is_derived(self) -> bool:
        """Whether an interval's records are all there as soon as the first of them is."""
        return self._origin is not None

    @cached_property
    def places(self) -> np.ndarray:
        """Places, int64, shape ``(len(records),)``; worked out when first asked for."""
        if self._origin is None:
            return np.arange(len(self.records), dtype=np.int64) * STRIDE
        if not len(self._origin.records):
            return np.zeros(len(self.records), np.int64)
        if self.schema in INTERVALS_NS:
            return _places_by_time(self._origin, self.schema, self.records)
        return _places_by_event(self._origin.records, self.records)


def _places_by_time(origin: Batch, schema: Schema, records: np.ndarray) -> np.ndarray:
    clock = np.maximum.accumulate(origin.records[index_field(origin.schema)])
    closing = np.searchsorted(clock, interval_ends(schema, records).astype(clock.dtype))
    closing = np.minimum(closing, len(clock) - 1).astype(np.int64) * STRIDE
    return closing - STRIDE // 2 if schema in SAMPLED else closing + STRIDE // 2


def _places_by_event(origins: np.ndarray, records: np.ndarray) -> np.ndarray:
    """Find the record that each derived one was made at: its times and sequence are the same.

    A trade was made at a trade, anything else at the end of its event.
    """
    if "action" not in (records.dtype.names or ()):
        return np.zeros(len(records), np.int64)
    given, is_trade = _event_keys(records), records["action"] == ACTION_TRADE
    made_at = origins["action"] == ACTION_TRADE
    rows = np.empty(len(records), np.int64)
    rows[is_trade] = _find_in_order(_event_keys(origins), np.flatnonzero(made_at), given[is_trade])
    ends = np.flatnonzero((origins["flags"] & F_LAST) != 0)
    rows[~is_trade] = _find_in_order(_event_keys(origins), ends, given[~is_trade])
    return np.maximum.accumulate(rows) * STRIDE + 1


def _event_keys(records: np.ndarray) -> np.ndarray:
    # One number for sequence, time and instrument: odd factors lose nothing, so different events
    # of one batch get different numbers but by an accident of one in 2**64.
    keys: np.ndarray = (
        records["ts_recv"] * np.uint64(0x9E3779B97F4A7C15)
        + records["sequence"] * np.uint64(0xC2B2AE3D27D4EB4F)
        + records["instrument_id"] * np.uint64(0x165667B19E3779F9)
    )
    return keys


def _find_in_order(keys: np.ndarray, candidates: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Give the candidate of each wanted key; of several with one key, the n-th for the n-th."""
    if len(wanted) == len(candidates):
        return candidates
    if not len(candidates):
        return np.zeros(len(wanted), np.int64)
    keys = keys[candidates]
    by_key = np.argsort(keys, kind="stable")
    sorted_keys = keys[by_key]
    first = np.searchsorted(sorted_keys, wanted)
    turn = _turns(wanted)
    last = np.searchsorted(sorted_keys, wanted, side="right") - 1
    found = np.clip(np.minimum(first + turn, last), 0, len(candidates) - 1)
    places: np.ndarray = candidates[by_key[found]]
    return places


def _turns(values: np.ndarray) -> np.ndarray:
    """Count, for each value, its equals before it."""
    by_value = np.argsort(values, kind="stable")
    ordered = values[by_value]
    is_new = np.r_[True, ordered[1:] != ordered[:-1]]
    firsts = np.maximum.accumulate(np.where(is_new, np.arange(len(values)), 0))
    turns = np.empty(len(values), np.int64)
    turns[by_value] = np.arange(len(values)) - firsts
    return turns
