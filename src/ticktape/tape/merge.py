"""Several tapes as one, in the order of their index times, with bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from ticktape.tape.batch import Batch
from ticktape.tape.layouts import UNDEF_TIMESTAMP, Schema, index_field

_BEFORE_ALL: Final = np.uint64(0)


def index_times(batch: Batch) -> np.ndarray:
    """Give the times that order a batch.

    Parameters
    ----------
    batch : Batch
        Records of any schema.

    Returns
    -------
    numpy.ndarray
        Shape ``(n,)``, ``uint64`` nanoseconds; a view of the records.
    """
    times: np.ndarray = batch.records[index_field(batch.schema)]
    return times


class _Lane:
    """One tape's batch at hand, and the keys that place its records among the others'.

    A key is the largest index time so far, so that records that go back in time stay where their
    tape has them.
    """

    def __init__(self, first_ns: int, start: Callable[[], Iterator[Batch]]) -> None:
        self.first_ns = np.uint64(first_ns)
        self._start = start
        self._batches: Iterator[Batch] = iter(())
        self._latest = _BEFORE_ALL
        self.keys = np.empty(0, np.uint64)
        self.batch: Batch | None = None
        self.is_open = False

    def open(self) -> None:
        """Begin to read."""
        self.is_open = True
        self._batches = self._start()
        self.advance()

    def close(self) -> None:
        """Stop reading."""
        close = getattr(self._batches, "close", None)
        if close is not None:
            close()

    def advance(self) -> None:
        """Take the next batch that has records."""
        for batch in self._batches:
            if len(batch.records):
                times = index_times(batch)
                keys = np.where(times == UNDEF_TIMESTAMP, _BEFORE_ALL, times)
                keys[0] = max(keys[0], self._latest)
                self.keys = np.maximum.accumulate(keys)
                self._latest = self.keys[-1]
                self.batch = batch
                return
        self.batch = None

    def take(self, count: int) -> tuple[Batch, np.ndarray]:
        """Give the first records and their keys, and keep the rest."""
        assert self.batch is not None  # noqa: S101 -- callers take from lanes at hand only
        schema, records = self.batch
        taken = Batch(schema, records[:count]), self.keys[:count]
        if count == len(records):
            self.advance()
        else:
            self.batch = Batch(schema, records[count:])
            self.keys = self.keys[count:]
        return taken


def first_key(batch: Batch) -> int:
    """Give the key of a tape's first record.

    Parameters
    ----------
    batch : Batch
        The tape's first, of at least one record.

    Returns
    -------
    int
        Its index time; 0 where that is undefined.
    """
    first = index_times(batch)[0]
    return 0 if first == UNDEF_TIMESTAMP else int(first)


def merge_by_time(
    tapes: Sequence[tuple[int, Callable[[], Iterator[Batch]]]],
) -> Iterator[Batch]:
    """Merge tapes by index time. A tape is opened only when its first record's turn is near.

    Parameters
    ----------
    tapes : sequence of (int, callable)
        The key of each tape's first record, and what starts it; equal times keep the order of
        this sequence.

    Yields
    ------
    Batch
        Runs of one schema.
    """
    lanes = [_Lane(first_ns, start) for first_ns, start in tapes]
    try:
        while live := _open_what_is_near(lanes):
            yield from _ordered(_take_settled(live))
    finally:
        for lane in lanes:
            lane.close()


def _open_what_is_near(lanes: list[_Lane]) -> list[_Lane]:
    """Open every lane that may hold a record within the batches at hand; give the live ones."""
    while True:
        live = [lane for lane in lanes if lane.batch is not None]
        waiting = [lane for lane in lanes if not lane.is_open]
        if not waiting:
            return live
        nearest = min(waiting, key=lambda lane: lane.first_ns)
        if live and nearest.first_ns > min(lane.keys[-1] for lane in live):
            return live
        nearest.open()


def _take_settled(lanes: list[_Lane]) -> list[tuple[Batch, np.ndarray]]:
    """Take from every lane what no batch still to come can precede.

    The lane whose batch ends first, the earliest lane of equals, bounds what is settled: lanes
    before it give up to and with that time, lanes after it only what is earlier.
    """
    bound = min(range(len(lanes)), key=lambda place: lanes[place].keys[-1])
    until = lanes[bound].keys[-1]
    counts = [
        int(lane.keys.searchsorted(until, "right" if place <= bound else "left"))
        for place, lane in enumerate(lanes)
    ]
    return [lane.take(count) for lane, count in zip(lanes, counts, strict=True) if count]


def _ordered(pieces: list[tuple[Batch, np.ndarray]]) -> Iterator[Batch]:
    if len(pieces) == 1:
        yield pieces[0][0]
        return
    order = np.concatenate([keys for _, keys in pieces]).argsort(kind="stable")
    schemas = list(dict.fromkeys(batch.schema for batch, _ in pieces))
    merged: dict[Schema, np.ndarray] = {}
    of_schema = np.empty(len(order), np.intp)
    within = np.empty(len(order), np.intp)
    start = 0
    counts = dict.fromkeys(schemas, 0)
    for batch, _ in pieces:
        end = start + len(batch.records)
        of_schema[start:end] = schemas.index(batch.schema)
        within[start:end] = np.arange(end - start) + counts[batch.schema]
        counts[batch.schema] += end - start
        start = end
    for schema in schemas:
        merged[schema] = np.concatenate([b.records for b, _ in pieces if b.schema is schema])
    of_schema, within = of_schema[order], within[order]
    edges = [0, *(np.flatnonzero(np.diff(of_schema)) + 1).tolist(), len(order)]
    for first, last in pairwise(edges):
        schema = schemas[of_schema[first]]
        yield Batch(schema, merged[schema][within[first:last]])
