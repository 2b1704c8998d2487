"""The tape under a replay: what is at hand of it, and where its head stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

import numpy as np

from ticktape.tape.batch import Batch
from ticktape.tape.errors import EmptyTapeError
from ticktape.tape.intervals import BAR_LENGTHS_NS, known_times
from ticktape.tape.joined import TapeSource, open_tapes
from ticktape.tape.layouts import F_LAST, UNDEF_TIMESTAMP
from ticktape.tape.merge import index_times

__all__ = ["TapeHead", "TapeSource", "open_tapes", "span_of"]


class TapeHead:
    """Reads a tape forward, keeping the records at hand that were not delivered yet.

    Times are index times, made monotonic: a record that goes back in time counts as of the
    latest time before it, one without a time as well. On a tape of bars alone, a bar comes when it
    ends, not when it opens: before, nobody could know it. (Merged with other schemas, bars stand
    where index time puts them.)

    Parameters
    ----------
    tape : TapeSource
        What to read.

    Attributes
    ----------
    position : int
        How many records of the tape, of any schema, come before the next.
    """

    def __init__(self, tape: TapeSource) -> None:
        self._tape = tape
        self._times_of = _times_on(tape)
        self._batches: Iterator[Batch] = iter(())
        self.rewind()

    def rewind(self) -> None:
        """Go back to the beginning."""
        self.move_to(0, iter(self._tape), 0)

    def move_to(self, position: int, batches: Iterator[Batch], latest_ns: int) -> None:
        """Go on elsewhere.

        Parameters
        ----------
        position : int
            How many records of the tape come before.
        batches : iterator of Batch
            The tape from there on.
        latest_ns : int
            Time of the last record before; 0 at the beginning.
        """
        self.close()
        self._batches = batches
        self._batch: Batch | None = None
        self._times = np.empty(0, np.uint64)
        self._offset = 0
        self._latest_ns = latest_ns
        self.position = position

    def close(self) -> None:
        """Release the files."""
        close = getattr(self._batches, "close", None)
        if close is not None:
            close()

    def has_records(self) -> bool:
        """Read on if nothing is at hand; False at the end of the tape."""
        while self._batch is None or self._offset >= len(self._times):
            batch = next(self._batches, None)
            if batch is None:
                self._batch = None
                return False
            if not len(batch.records):
                continue
            times = self._times_of(batch)
            times = np.where(times == np.uint64(UNDEF_TIMESTAMP), np.uint64(0), times)
            times[0] = max(int(times[0]), self._latest_ns)
            self._times = np.maximum.accumulate(times)
            self._batch = batch
            self._offset = 0
        return True

    @property
    def next_ns(self) -> int:
        """Time of the next record; there must be one."""
        return int(self._times[self._offset])

    @property
    def at_hand(self) -> int:
        """Records that can be taken without reading on."""
        return len(self._times) - self._offset

    def count_until(self, ts_ns: int) -> int:
        """Count the records at hand up to a time, inclusive."""
        until = np.uint64(min(max(ts_ns, 0), UNDEF_TIMESTAMP))
        return max(0, int(np.searchsorted(self._times, until, side="right")) - self._offset)

    def count_of_event(self) -> tuple[int, bool]:
        """Count the records at hand of the next event; and whether its end is among them.

        Records without flags, or of schemas that do not use them, are events of their own.
        """
        assert self._batch is not None  # noqa: S101 -- has_records() has said so
        records = self._batch.records[self._offset :]
        if "flags" not in (records.dtype.names or ()):
            return 1, True
        ends = np.flatnonzero(records["flags"] & F_LAST)
        if len(ends):
            return int(ends[0]) + 1, True
        return len(records), False

    def take(self, count: int) -> Batch:
        """Deliver the next records at hand."""
        assert self._batch is not None  # noqa: S101 -- has_records() has said so
        begin, end = self._offset, self._offset + count
        self._offset = end
        self.position += count
        self._latest_ns = int(self._times[end - 1])
        return Batch(self._batch.schema, self._batch.records[begin:end])

    @property
    def cursor_ns(self) -> int:
        """Time of the last record delivered; 0 before the first."""
        return self._latest_ns


def _times_on(tape: TapeSource) -> Callable[[Batch], np.ndarray]:
    return known_times if tape.metadata.schema in BAR_LENGTHS_NS else index_times


def span_of(tape: TapeSource) -> tuple[int, int]:
    """Tell the times of the first and the last record of a tape.

    The end is taken from the metadata where they state one, else the tape is read through.

    Parameters
    ----------
    tape : TapeSource
        Any tape.

    Returns
    -------
    tuple of int
        First and last index time, ns.

    Raises
    ------
    EmptyTapeError
        If the tape holds no records.
    """
    batches = iter(tape)
    first = next((batch for batch in batches if len(batch.records)), None)
    if first is None:
        raise EmptyTapeError("the tape holds no records", hint="nothing can be replayed")
    times_of = _times_on(tape)
    start_ns = _span_of_batch(times_of(first))[0]
    stated = tape.metadata.end
    if stated is not None and start_ns < stated < UNDEF_TIMESTAMP:
        close = getattr(batches, "close", None)
        if close is not None:
            close()
        return start_ns, int(stated)
    end_ns = max(
        _span_of_batch(times_of(batch))[1]
        for batch in chain([first], batches)
        if len(batch.records)
    )
    return start_ns, max(start_ns, end_ns)


def _span_of_batch(times: np.ndarray) -> tuple[int, int]:
    known = times[times != np.uint64(UNDEF_TIMESTAMP)]
    return (int(known[0]), int(known.max())) if len(known) else (0, 0)
