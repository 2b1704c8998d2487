"""The past of a relay on disk: bounded, rotating, and there again after a crash."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import structlog

from ticktape.book.derive import Deriver
from ticktape.gateway.live.history import AgedOutError
from ticktape.gateway.live.session_records import mapping_records
from ticktape.gateway.relay.buffer_reader import BufferReader
from ticktape.gateway.relay.segments import Segment, create, found_in, mend, time_of, write_all
from ticktape.ops.metrics import GAPS, RELAY_BUFFER_BYTES, RELAY_BUFFER_ERRORS, RELAY_BUFFER_LOST
from ticktape.tape.batch import Batch
from ticktape.tape.gaps import Gap, gap_batch
from ticktape.tape.layouts import Schema, index_field, new_records

SEGMENTS: Final = 16
PENDING_BYTES: Final = 64 << 20
RETRY_S: Final = 1.0
# How long a disk may take for what waits when the relay ends.
_CLOSE_S: Final = 1.0
_LEAST_SEGMENT: Final = 1 << 16
HOLE: Final = "relay buffer: "

_log = structlog.wrap_logger(logging.getLogger(__name__))


class Write(NamedTuple):
    """Records on their way to the disk.

    Attributes
    ----------
    segment : Segment
        Where they go.
    offset : int
        Behind how many bytes of records.
    books : list of numpy.ndarray or None
        The segment's books, where it begins here.
    names : dict of int to str
        Symbols of the instruments in them.
    """

    segment: Segment
    offset: int
    batch: Batch | None
    books: list[np.ndarray] | None
    names: dict[int, str]


class DiskBuffer:
    """Keeps a timeline in a folder of DBN files, the oldest forgotten.

    A thread writes, so that a slow disk does not hold the timeline. Where the disk refuses, or is
    so slow that `pending_bytes` wait, what comes is not kept: that is counted, said in the log, and
    is a hole with a gap in band when writing goes on, which is tried again every second. What was
    handed to the system is there again after the process was killed (not after the machine was).

    Parameters
    ----------
    folder : path
        Made where it is missing; of this relay alone.
    max_bytes : int
        What it may take on disk.
    dataset : str
        Of the records.
    take_books : callable
        Gives the state of all books as MBO records, now.
    take_names : callable
        Gives the symbols of all instruments, now: every file tells them. The same dictionary, as
        long as it is the same.
    quotes : Schema
        What records of type 1 are.

    Raises
    ------
    OSError
        The folder cannot be made or read.
    """

    def __init__(
        self,
        folder: Path | str,
        max_bytes: int,
        dataset: str,
        take_books: Callable[[], list[np.ndarray]],
        *,
        take_names: Callable[[], dict[int, str]] = dict,
        quotes: Schema = Schema.MBP_1,
        pending_bytes: int = PENDING_BYTES,
        retry_s: float = RETRY_S,
    ) -> None:
        self._folder = Path(folder)
        self._folder.mkdir(parents=True, exist_ok=True)
        self._max_bytes = max_bytes
        self._segment_bytes = max(_LEAST_SEGMENT, max_bytes // SEGMENTS)
        self._dataset = dataset
        self._take_books = take_books
        self._take_names = take_names
        self.quotes = quotes
        self._pending_limit = pending_bytes
        self._retry_s = retry_s
        self._lock = threading.Condition()
        self.segments: deque[Segment] = deque(found_in(self._folder, quotes))
        self._pending: deque[Write] = deque()
        self._pending_bytes = 0
        self._current: Segment | None = None
        self._offset = 0
        self._first_offset = 0
        # As records; made anew only where they are others: a market has many.
        self._names: dict[int, str] = {}
        self._mapped = new_records(Schema.SYMBOL_MAPPING, 0)
        self._broken_since: Gap | None = None
        self._retry_at = 0.0
        self._closing = False
        self._thread: threading.Thread | None = None
        self.is_complete = not self.segments
        self.last_ns = mend(self.segments[-1], quotes) if self.segments else 0
        # What was kept by an earlier process ends here, and that is said in band.
        self._was_stopped = bool(self.segments)
        self.lost_records = 0

    def close(self) -> None:
        """Write what waits, and stop; what a slow disk has not taken in time is lost."""
        with self._lock:
            self._closing = True
            self._lock.notify_all()
        if self._thread is not None:
            self._thread.join(_CLOSE_S)

    def clear(self) -> None:
        """Go on behind a break: a live timeline does not start over in its own past."""
        self._current = None

    def begin_with_books(self) -> None:
        """Go on with a new file, which begins with the books as they are."""
        self._current = None

    def oldest_ns(self) -> int | None:
        """Give the time of the oldest record kept."""
        with self._lock:
            return self.segments[0].first_ns if self.segments else None

    def is_missing(self, time_ns: int) -> bool:
        """Whether records of this time could not be written."""
        with self._lock:
            holes = [segment.gap for segment in self.segments if segment.gap is not None]
        if self._broken_since is not None:
            holes.append(self._broken_since._replace(end_ns=1 << 63))
        return any(
            hole.start_ns < time_ns < hole.end_ns and hole.reason.startswith(HOLE) for hole in holes
        )

    def append(self, batch: Batch, now_ns: int | None = None) -> None:
        """Keep a batch; to be called before the books have taken it."""
        batch_ns = time_of(batch) or now_ns or self.last_ns
        with self._lock:
            if self._broken_since is not None and time.monotonic() < self._retry_at:
                self._lose(batch)
            elif self._pending_bytes > self._pending_limit:
                self._break("the disk is too slow")
                self._lose(batch)
            else:
                written = self._offset - self._first_offset
                if self._current is None or written >= self._segment_bytes:
                    self._begin_segment(batch_ns)
                self._queue(batch, None)
                self.last_ns = max(self.last_ns, batch_ns)

    def _begin_segment(self, now_ns: int) -> None:
        gap, self._broken_since = self._broken_since, None
        if gap is None and self._was_stopped:
            gap = Gap(self.last_ns, now_ns, "the relay was not running")
        self._was_stopped = False
        number = self.segments[-1].number + 1 if self.segments else 1
        self._current = Segment(self._folder, number, now_ns)
        self._offset = 0
        if gap is not None:
            gap = gap._replace(end_ns=now_ns)
            self._current.gap = gap
            GAPS.inc()
            _log.warning("a gap in the relay's buffer", reason=gap.reason, from_ns=gap.start_ns)
        names = self._take_names()
        self._queue(None if gap is None else gap_batch(gap), self._take_books(), names)
        if names:
            self._queue(Batch(Schema.SYMBOL_MAPPING, self._mappings(names, now_ns)), None)
        # However many names: a file has room for records too.
        self._first_offset = self._offset

    def _mappings(self, names: dict[int, str], now_ns: int) -> np.ndarray:
        if names is not self._names:
            rows = [(one, symbol, symbol) for one, symbol in names.items()]
            self._names, self._mapped = names, mapping_records(rows, "raw_symbol", now_ns)
        mappings = self._mapped.copy()
        mappings["ts_event"] = now_ns
        return mappings

    def _queue(
        self,
        batch: Batch | None,
        books: list[np.ndarray] | None,
        names: dict[int, str] | None = None,
    ) -> None:
        segment = self._current
        assert segment is not None  # noqa: S101 -- begun by append
        if books is not None:
            self.segments.append(segment)
        self._pending.append(Write(segment, self._offset, batch, books, names or {}))
        size = 0 if batch is None else batch.records.nbytes
        self._offset += size
        self._pending_bytes += size
        if self._thread is None:
            self._thread = threading.Thread(target=self._write, daemon=True)
            self._thread.start()
        self._lock.notify_all()

    def _lose(self, batch: Batch) -> None:
        if batch.schema in {Schema.SYSTEM, Schema.SYMBOL_MAPPING}:
            return
        self.lost_records += len(batch.records)
        RELAY_BUFFER_LOST.inc(len(batch.records))

    def _break(self, reason: str) -> None:
        """Note that from here on nothing is kept, until a new file can be begun."""
        if self._broken_since is None:
            self._broken_since = Gap(self.last_ns, 1 << 63, HOLE + reason)
            _log.error("the relay's buffer keeps nothing for now", reason=reason)
        self._retry_at = time.monotonic() + self._retry_s
        self._current = None

    def _write(self) -> None:
        descriptor, writing = -1, None
        while True:
            with self._lock:
                while not self._pending and not self._closing:
                    self._lock.wait()
                if not self._pending:
                    break
                write = self._pending[0]
            try:
                if write.books is not None:
                    if descriptor >= 0:
                        os.close(descriptor)
                    descriptor = -1
                    descriptor = create(write.segment, self._dataset, write.books, write.names)
                    writing = write
                if write.batch is not None and writing is not None:
                    write_all(descriptor, np.ascontiguousarray(write.batch.records).data)
            except OSError as error:
                self._give_up(write, descriptor, error)
                writing = None
            else:
                self._note_written(write)
        if descriptor >= 0:
            os.close(descriptor)

    def _note_written(self, write: Write) -> None:
        with self._lock:
            self._pending.popleft()
            if write.batch is not None:
                self._pending_bytes -= write.batch.records.nbytes
                write.segment.content_bytes = write.offset + write.batch.records.nbytes
            if write.books is not None:
                self._forget_oldest()
            RELAY_BUFFER_BYTES.set(sum(segment.file_bytes for segment in self.segments))

    def _forget_oldest(self) -> None:
        # The newest is being written: it may become as large as a segment is.
        allowed = self._max_bytes - self._segment_bytes
        while len(self.segments) > 1 and sum(one.file_bytes for one in self.segments) > allowed:
            self.segments.popleft().remove()
            self.is_complete = False

    def _give_up(self, failed: Write, descriptor: int, error: OSError) -> None:
        """Keep what is whole of a segment that the disk would not take more of."""
        RELAY_BUFFER_ERRORS.inc()
        segment = failed.segment
        with self._lock:
            for write in [one for one in self._pending if one.segment is segment]:
                self._pending.remove(write)
                if write.batch is not None:
                    self._pending_bytes -= write.batch.records.nbytes
                    self._lose(write.batch)
            if segment.header_bytes:
                os.ftruncate(descriptor, segment.header_bytes + segment.content_bytes)
                lost_from_ns = self._kept_until(failed)
            else:
                self.segments.remove(segment)
                lost_from_ns = segment.gap.start_ns if segment.gap else segment.first_ns
            self._break(os.strerror(error.errno or 0))
            if self._broken_since is not None:
                start_ns = min(self._broken_since.start_ns, lost_from_ns)
                self._broken_since = self._broken_since._replace(start_ns=start_ns)

    def _kept_until(self, failed: Write) -> int:
        """Give the time before which everything was written."""
        if failed.batch is None or not time_of(failed.batch):
            return failed.segment.first_ns
        schema, records = failed.batch
        return int(records[index_field(schema)][0]) - 1

    def reader(self, start_ns: int, *, with_books: bool) -> BufferReader:
        """Begin to read with the file that holds a time."""
        with self._lock:
            chosen = self.segments[0] if self.segments else None
            for segment in self.segments:
                if segment.first_ns <= start_ns:
                    chosen = segment
        return BufferReader(self, chosen, with_books=with_books)

    def derive(self, source: Schema, deriver: Deriver) -> None:
        """Run a fresh deriver over the newest file, so that it can go on from there."""
        with self._lock:
            newest = self.segments[-1] if self.segments else None
        reader = BufferReader(self, newest)
        if source is Schema.MBO:
            for records in reader.books:
                deriver.update(records)
        for batch in reader.rest():
            if batch.schema is source:
                deriver.update(batch.records)

    def books_of(self, segment: Segment) -> list[np.ndarray]:
        """Give the books that a segment begins with."""
        with self._lock:
            for write in self._pending:
                if write.segment is segment and write.books is not None:
                    return write.books
        return segment.books(self.quotes)

    def after(self, segment: Segment, offset: int) -> tuple[bool, Segment | None, list[Batch]]:
        """Tell how it goes on behind a place.

        Returns
        -------
        bool
            Whether there is more of the segment on disk.
        Segment or None
            The one that follows.
        list of Batch
            What of this one is not on disk yet.

        Raises
        ------
        AgedOutError
            What follows was forgotten.
        """
        with self._lock:
            if segment.content_bytes > offset:
                return True, None, []
            if self.segments and segment.number < self.segments[0].number - 1:
                raise AgedOutError(f"Replay data after {segment.first_ns} has aged out")
            following = next((one for one in self.segments if one.number > segment.number), None)
            waiting = [
                one.batch
                for one in self._pending
                if one.segment is segment and one.batch is not None and one.offset >= offset
            ]
            return False, following, waiting
