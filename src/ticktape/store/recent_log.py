"""The newest ``mbo`` records of a live or simulated source, in bounded memory."""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections import deque
from threading import Lock
from typing import Final
from weakref import WeakSet

import numpy as np

from ticktape.store.kept_books import KeptBooks
from ticktape.store.mbo_log import Checkpoint
from ticktape.store.measured import measured
from ticktape.store.pinned_log import PinnedLog
from ticktape.tape.batch import Batch, copy_records
from ticktape.tape.errors import PositionGoneError
from ticktape.tape.gaps import gaps_in
from ticktape.tape.layouts import LAYOUTS, Schema

_MBO: Final = LAYOUTS[Schema.MBO]
DEFAULT_BYTES: Final = 128 << 20
_SEGMENTS: Final = 16
_MOST_RECORDS: Final = 1 << 16
# Each may hold as much as the log does, once the log has gone on.
MOST_PINS: Final = 4
_GAPS_KEPT: Final = 4_096
_RESET: Final = b"ticktape replay: reset"
# The books serve checkpoints alone. So many records at a time find them in the processor's cache
# more often than batches as small as a live source's: a third of the time.
_BEHIND_RECORDS: Final = 1 << 12


class _Segment:
    """Records from a checkpoint on; filled once, never changed."""

    def __init__(self, checkpoint: Checkpoint, room: int) -> None:
        self.checkpoint = checkpoint
        self.records = np.zeros(room, _MBO)
        self.count = 0
        self.latest_ns = checkpoint.ts_ns

    @property
    def first(self) -> int:
        return self.checkpoint.position

    @property
    def end(self) -> int:
        return self.first + self.count

    @property
    def nbytes(self) -> int:
        return self.records.nbytes + self.checkpoint.records.nbytes

    def view(self, begin: int, end: int) -> np.ndarray:
        part = self.records[begin - self.first : end - self.first]
        part.flags.writeable = False
        return part


class RecentLog:
    """An ``MboLog`` that forgets its oldest records; a sink of the pipeline.

    The records stand in segments, each with a checkpoint of the books at its beginning; whole
    segments are forgotten, so what is left can always be read with its books. A position counts
    the ``mbo`` records since the source was opened and never means another record. Where the
    source starts over (a replay behind a gateway that seeks), everything before is forgotten:
    the positions go on, and no search by time meets two pasts.

    Parameters
    ----------
    max_bytes : int
        Most bytes of records and checkpoints.
    """

    def __init__(self, max_bytes: int = DEFAULT_BYTES) -> None:
        self._max_bytes = max_bytes
        self._room = max(1, min(_MOST_RECORDS, max_bytes // _SEGMENTS // _MBO.itemsize))
        self._books = KeptBooks()
        # Records of the last segment that its books have not taken yet.
        self._behind = 0
        self._restarted_at = 0
        self._lock = Lock()
        self._gaps: deque[int] = deque(maxlen=_GAPS_KEPT)
        self._pins: WeakSet[PinnedLog] = WeakSet()
        self._segments = [_Segment(Checkpoint(0, 0, np.zeros(0, _MBO)), self._room)]

    async def write(self, batch: Batch) -> None:
        """Take a batch in; those of other schemas are none of its business."""
        if batch.schema is Schema.SYSTEM:
            if (batch.records["msg"] == _RESET).any():
                self._start_over()
            if gaps_in(batch.records):
                with self._lock:
                    self._gaps.append(self._segments[-1].end)
        elif batch.schema is Schema.MBO and len(batch.records) < _BEHIND_RECORDS - self._behind:
            self._append(batch.records)
        elif batch.schema is Schema.MBO:
            # The kernels let the interpreter go: whoever waits for an answer gets it meanwhile.
            await asyncio.to_thread(self._append, batch.records)

    @measured("append")
    def _append(self, records: np.ndarray) -> None:
        while len(records):
            last = self._segments[-1]
            if last.count == len(last.records):
                last = self._begin_segment()
            taken = min(len(records), len(last.records) - last.count)
            part = records[:taken]
            copy_records(last.records[last.count : last.count + taken], part)
            with self._lock:
                last.latest_ns = max(last.latest_ns, int(part["ts_recv"].max()))
                last.count += taken
            records = records[taken:]
            self._behind += taken
            if self._behind >= _BEHIND_RECORDS:
                self._bring_books_up()

    def _bring_books_up(self) -> None:
        last = self._segments[-1]
        self._books.apply(last.records[last.count - self._behind : last.count])
        self._behind = 0

    def _begin_segment(self) -> _Segment:
        self._bring_books_up()
        last = self._segments[-1]
        made = self._books.records(last.latest_ns)
        segment = _Segment(Checkpoint(last.end, last.latest_ns, made), self._room)
        with self._lock:
            self._segments.append(segment)
            while len(self._segments) > 1 and self.nbytes > self._max_bytes:
                self._segments.pop(0)
        return segment

    def _start_over(self) -> None:
        self._books.reset()
        self._behind = 0
        with self._lock:
            at = self._segments[-1].end
            self._restarted_at = at
            self._segments = [_Segment(Checkpoint(at, 0, np.zeros(0, _MBO)), self._room)]

    async def close(self) -> None:
        """Keep what is kept."""

    @property
    def nbytes(self) -> int:
        """Bytes held by records and checkpoints."""
        return sum(segment.nbytes for segment in self._segments)

    @property
    def restarted_at(self) -> int:
        """Position behind which the source has last started over; 0 where it never did."""
        return self._restarted_at

    @property
    def first_position(self) -> int:
        """Position of the oldest record that can be read."""
        with self._lock:
            return self._segments[0].first

    @property
    def end_position(self) -> int:
        """Position after the newest record."""
        with self._lock:
            return self._segments[-1].end

    def position_at(self, ts_ns: int) -> int:
        """Give the position of the first record whose ``ts_recv`` is not before a time."""
        with self._lock:
            found = [(one, one.count) for one in self._segments if one.latest_ns >= ts_ns]
            end = self._segments[-1].end
        for segment, count in found:
            not_before = segment.records["ts_recv"][:count] >= np.uint64(max(ts_ns, 0))
            if not_before.any():
                return segment.first + int(not_before.argmax())
        return end

    @measured("read")
    def read(self, position: int, count: int) -> np.ndarray:
        """Give the records from a position on, at most `count`, fewer at the end; not writable.

        Raises
        ------
        PositionGoneError
            If they are forgotten already.
        """
        with self._lock:
            at = self._segment_of(position)
            end = min(position + max(count, 0), self._segments[-1].end)
            pieces = [
                one.view(max(position, one.first), min(end, one.end))
                for one in self._segments[at:]
                if max(position, one.first) < min(end, one.end)
            ]
        if not pieces:
            return np.zeros(0, _MBO)
        joined = pieces[0] if len(pieces) == 1 else np.concatenate(pieces)
        joined.flags.writeable = False
        return joined

    def gaps_between(self, begin: int, end: int) -> list[int]:
        """Give where the feed missed records, as ``MboLog`` says; the latest 4,096 are known."""
        with self._lock:
            return [at for at in self._gaps if begin <= at <= end]

    def pin(self, begin: int, end: int) -> PinnedLog | None:
        """Keep a range for one reader, whatever is forgotten meanwhile, until it has read it.

        Parameters
        ----------
        begin, end : int
            Positions, the end exclusive.

        Returns
        -------
        PinnedLog or None
            None where too many are kept already, or the range is not all there.
        """
        with self._lock:
            is_there = self._segments[0].first <= begin <= end <= self._segments[-1].end
            if not is_there or len(self._pins) >= MOST_PINS:
                return None
            gaps = [at for at in self._gaps if begin <= at <= end]
            pinned = PinnedLog([*self._segments[self._segment_of(begin) :]], end, gaps)
            self._pins.add(pinned)
        return pinned

    @measured("checkpoint")
    def checkpoint(self, position: int) -> Checkpoint:
        """Give the latest checkpoint that is not after a position.

        Raises
        ------
        PositionGoneError
            If there is none any more.
        """
        with self._lock:
            return self._segments[self._segment_of(position)].checkpoint

    def _segment_of(self, position: int) -> int:
        at = bisect_right([one.first for one in self._segments], position) - 1
        if at < 0:
            raise PositionGoneError(
                f"record {position} is forgotten",
                hint=f"the oldest that is kept is {self._segments[0].first}",
            )
        return at
