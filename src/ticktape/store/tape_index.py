"""The index of recorded tapes: every record by position, and the state at some of them."""

from __future__ import annotations

import logging
import os
import threading
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, Literal

import numpy as np

from ticktape.store.activity import Activity
from ticktape.store.cache_folder import open_scratch
from ticktape.store.mbo_log import Checkpoint
from ticktape.store.measured import measured
from ticktape.store.record_file import RecordFile
from ticktape.store.resting import BEGINNING, Resting
from ticktape.store.tape_past import PastAt, TapePast
from ticktape.store.tape_places import TapePlaces
from ticktape.store.tape_records import NotInPlaceError, TapeRecords, TooMixedError
from ticktape.store.tape_state import WITH_TRADES, TapeState
from ticktape.store.traded_past import BARS
from ticktape.tape.batch import Batch
from ticktape.tape.errors import PositionGoneError, TicktapeError
from ticktape.tape.intervals import BAR_LENGTHS_NS, known_times
from ticktape.tape.joined import files_named, open_tapes
from ticktape.tape.layouts import LAYOUTS, UNDEF_TIMESTAMP, Schema
from ticktape.tape.merge import index_times
from ticktape.tape.symbology import ALL_SYMBOLS

CHECKPOINT_RECORDS: Final = 1 << 15
_CHUNK_RECORDS: Final = 1 << 15
_LOWER_PRIORITY: Final = 10

_log = logging.getLogger(__name__)


class TapeIndex(TapePlaces):
    """Finds every record of some tapes by position or time, and the books as they stood there.

    An ``MboLog``: positions of its methods ``read``, ``checkpoint`` and ``position_at`` count
    ``mbo`` records; the others' count all records, in the order in which a replay gives them.

    It is built in one pass, by :meth:`build` or beside the caller by :meth:`start`; what has been
    passed can be asked for at once. Memory holds some hundred bytes for every thousand records, and
    eight for every trade; records, checkpoints and what trades led to stand on disk.

    A *gap* is where the tape itself says that records may be missing: a gap that a feed wrote
    in band, a book that its publisher begins to flag ``F_MAYBE_BAD_BOOK``, and, where the tape
    holds all symbols of its dataset, a break in a channel's sequence. A *crossing* is the end of
    an event at which a book's best bid is above its best ask and was not before, as in the audit.

    Parameters
    ----------
    paths : path or sequence of path
        The tapes, in any form that a replay takes.
    every : int
        Records from one checkpoint to the next.

    Raises
    ------
    TapeError
        If a tape cannot be opened.
    """

    def __init__(
        self, paths: Path | str | Sequence[Path | str], *, every: int = CHECKPOINT_RECORDS
    ) -> None:
        super().__init__()
        self._files = files_named(paths)
        tape = open_tapes(self._files, _CHUNK_RECORDS)
        self.metadata = tape.metadata
        self._times_of = known_times if tape.metadata.schema in BAR_LENGTHS_NS else index_times
        self._every = every
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._is_stopped = False
        self._is_done = threading.Event()
        self.error: str | None = None
        self._begin(in_place=True)

    def _begin(self, *, in_place: bool) -> None:
        self._source = TapeRecords(self._files, in_place=in_place)
        self._state = TapeState(has_all_symbols=ALL_SYMBOLS in self.metadata.symbols)
        self._past = TapePast()
        self._kept: RecordFile | None = None
        self._told: RecordFile | None = None
        self._states: RecordFile | None = None
        self._activity = None
        self._records = None
        self._rests = [BEGINNING]
        # Of each batch of the pass: its first position, and the latest time at its end.
        self._firsts = array("q")
        self._latest = array("q")
        self._end = 0

    # ---- building

    def start(self, then: Callable[[], None] = lambda: None) -> None:
        """Begin to build beside the caller, at a lower priority; once.

        Parameters
        ----------
        then : callable
            Called once it is built, or has failed; in another thread.
        """
        if self._thread is None and not self._is_done.is_set():
            self._thread = threading.Thread(target=self._build_beside, args=[then], daemon=True)
            self._thread.start()

    def _build_beside(self, then: Callable[[], None]) -> None:
        with suppress(OSError, AttributeError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _LOWER_PRIORITY)
        try:
            self.build()
        except (TicktapeError, OSError, TooMixedError) as error:
            _log.warning("this tape is not indexed, seeks in it will be slow: %s", self.error)
            _log.debug("the index failed", exc_info=error)
        then()

    @measured("index")
    def build(self) -> None:
        """Read the tapes through; afterwards everything can be asked for.

        Raises
        ------
        TapeError
            If a tape cannot be read.
        OSError
            If there is no room in the cache folder.
        """
        try:
            try:
                self._pass()
            except NotInPlaceError:
                self._source.close()
                self._close_scratch()
                self._begin(in_place=False)
                self._pass()
        except TooMixedError:
            self.error = "its schemas change with almost every record"
            raise
        except OSError as error:
            self.error = f"{error.strerror} in the cache folder"
            raise
        except TicktapeError as error:
            self.error = str(error)
            raise
        finally:
            self._is_done.set()

    def stop(self) -> None:
        """End a pass that is under way."""
        self._is_stopped = True
        if self._thread is not None:
            self._thread.join()

    def _pass(self) -> None:
        self._kept = RecordFile(open_scratch(), "kept records")
        self._told = RecordFile(open_scratch(), "kept records")
        self._states = RecordFile(open_scratch(), "checkpoints")
        for batch in self._source.fill():
            if self._is_stopped:
                return
            self._records = self._source.records
            for first in range(0, len(batch.records), self._every):
                piece = batch.records[first : first + self._every]
                self._take(Batch(batch.schema, piece), self._kept, self._told)

    def _take(self, batch: Batch, kept_file: RecordFile, told_file: RecordFile) -> None:
        times = self._monotonic(batch, self.latest_ns)
        latest_ns = int(times[-1])
        if self._activity is None:
            self._activity = Activity(int(times[0]))
        self._activity.take(batch, times)
        kept = self._state.take(batch, self._end, times)
        if len(kept.records):
            is_past = kept.schema in WITH_TRADES or kept.schema in BARS
            (kept_file if is_past else told_file).append(kept)
            if is_past:
                self._past.take(kept)
        self._firsts.append(self._end)
        self._latest.append(latest_ns)
        end = self._end + len(batch.records)
        if end - self._rests[-1].position >= self._every:
            self._rest(end, latest_ns)
        self._end = end

    def _rest(self, end: int, latest_ns: int) -> None:
        assert self._kept is not None  # noqa: S101 -- made before the pass
        assert self._told is not None  # noqa: S101
        assert self._states is not None  # noqa: S101
        assert self._records is not None  # noqa: S101
        begin = self._states.end
        for batch in self._state.records(latest_ns):
            self._states.append(batch)
        mbo_position = self._records.mbo_position_of(end)
        rest = Resting(
            end,
            mbo_position,
            latest_ns,
            self._kept.end,
            self._told.end,
            (begin, self._states.end),
            self._past.mark(),
        )
        with self._lock:
            self._rests.append(rest)

    def _monotonic(self, batch: Batch, latest_ns: int) -> np.ndarray:
        times = self._times_of(batch)
        times = np.where(times == np.uint64(UNDEF_TIMESTAMP), np.uint64(0), times)
        times[0] = max(int(times[0]), latest_ns)
        found: np.ndarray = np.maximum.accumulate(times)
        return found

    # ---- how far it is

    @property
    def is_ready(self) -> bool:
        """Everything can be asked for."""
        return self._is_done.is_set() and self.error is None and not self._is_stopped

    @property
    def is_done(self) -> bool:
        """The pass is over: everything can be asked for, or it has failed."""
        return self._is_done.is_set()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the pass is over; tell whether everything can be asked for."""
        self._is_done.wait(timeout)
        return self.is_ready

    @property
    def end(self) -> int:
        """How many records, of any schema, have been passed."""
        return self._end

    @property
    def start_ns(self) -> int:
        """Time of the first record; 0 before it has been passed."""
        return 0 if self._activity is None else self._activity.start_ns

    @property
    def latest_ns(self) -> int:
        """Time of the last record that has been passed; 0 before the first."""
        return self._latest[-1] if self._latest else 0

    # ---- the log of mbo records

    @property
    def restarted_at(self) -> int:
        """A tape never starts over: 0."""
        return 0

    @property
    def first_position(self) -> int:
        """Position of the oldest ``mbo`` record: 0."""
        return 0

    @property
    def end_position(self) -> int:
        """Position after the newest ``mbo`` record that has been passed."""
        return self.mbo_position_of(self._end)

    def position_at(self, ts_ns: int) -> int:
        """Give the position of the first ``mbo`` record whose time is not before a time."""
        return self.mbo_position_of(self.position_from(ts_ns))

    @measured("read")
    def read(self, position: int, count: int) -> np.ndarray:
        """Give ``mbo`` records from a position on, at most `count`, fewer at the end."""
        records = self._records
        if records is None:
            return np.zeros(0, LAYOUTS[Schema.MBO])
        return records.read_mbo(position, count)

    @measured("checkpoint")
    def checkpoint(self, position: int) -> Checkpoint:
        """Give the latest checkpoint that is not after a position of an ``mbo`` record."""
        with self._lock:
            at = bisect_right(self._rests, position, key=lambda rest: rest.mbo_position) - 1
            rest = self._rests[max(at, 0)]
        found = [batch.records for batch in self.state_at(rest) if batch.schema is Schema.MBO]
        records = found[0] if found else np.zeros(0, LAYOUTS[Schema.MBO])
        return Checkpoint(rest.mbo_position, rest.ts_ns, records)

    # ---- all records

    def mbo_position_of(self, position: int) -> int:
        """Count the ``mbo`` records before a position."""
        records = self._records
        return 0 if records is None else records.mbo_position_of(position)

    def position_of_mbo(self, mbo_position: int) -> int:
        """Give the position among all records of one among the ``mbo`` records."""
        records = self._records
        return 0 if records is None else records.position_of_mbo(mbo_position)

    def position_from(self, ts_ns: int) -> int:
        """Count the records that are before a time."""
        return self._search(ts_ns, "left")

    def position_after(self, ts_ns: int) -> int:
        """Count the records that are not after a time."""
        return self._search(ts_ns, "right")

    def _search(self, ts_ns: int, side: Literal["left", "right"]) -> int:
        end = self._end
        bisect = bisect_left if side == "left" else bisect_right
        at = bisect(self._latest, min(max(ts_ns, 0), (1 << 63) - 1))
        if at >= len(self._firsts) or self._firsts[at] >= end:
            return end
        first = self._firsts[at]
        last = self._firsts[at + 1] if at + 1 < len(self._firsts) else end
        times = self._times(first, last, self._latest[at - 1] if at else 0)
        return first + int(np.searchsorted(times, np.uint64(max(ts_ns, 0)), side=side))

    def _times(self, first: int, last: int, latest_ns: int) -> np.ndarray:
        records = self._records
        batch = None if records is None else records.read(first, last - first)
        assert batch is not None  # noqa: S101 -- of a batch that was passed
        return self._monotonic(batch, latest_ns)

    def time_before(self, position: int) -> int:
        """Give the time of the last record before a position; 0 at the beginning."""
        if position <= 0:
            return 0
        at = bisect_right(self._firsts, position - 1) - 1
        first = self._firsts[at]
        return int(self._times(first, position, self._latest[at - 1] if at else 0)[-1])

    def rest_before(self, position: int) -> Resting:
        """Give the latest place to go on from that is not after a position."""
        with self._lock:
            at = bisect_right(self._rests, position, key=lambda rest: rest.position) - 1
            return self._rests[max(at, 0)]

    def state_at(self, rest: Resting) -> list[Batch]:
        """Give the records that make the books as they stood at a place to go on from."""
        return list(_between(self._states, *rest.state))

    def kept(self, rest: Resting) -> Iterator[Batch]:
        """Give the trades and bars before a place to go on from."""
        return _between(self._kept, 0, rest.kept)

    def told(self, rest: Resting) -> Iterator[Batch]:
        """Give what else has to be seen record by record before it: definitions, statistics."""
        return _between(self._told, 0, rest.told)

    def past_at(self, position: int, schemas: Collection[Schema]) -> PastAt | None:
        """Give what trades and bars had led to where a replay has gone on.

        Parameters
        ----------
        position : int
            Of a place to go on from.
        schemas : collection of Schema
            Those that are looked at: trades are those of the first that tells any.

        Returns
        -------
        PastAt or None
            None where there is no such place.
        """
        rest = self.rest_before(position)
        return self._past.at(rest.past, schemas) if rest.position == position else None

    def close(self) -> None:
        """Stop, and let go of the files; nothing may be asked any more."""
        self.stop()
        self._source.close()
        self._close_scratch()

    def _close_scratch(self) -> None:
        for file in (self._kept, self._told, self._states, self._past):
            if file is not None:
                file.close()


def _between(file: RecordFile | None, begin: int, end: int) -> Iterator[Batch]:
    while file is not None and begin < end:
        batch = file.read(begin, min(_CHUNK_RECORDS, end - begin))
        if batch is None:
            raise PositionGoneError("a checkpoint is not whole", hint="build the index anew")
        yield batch
        begin += len(batch.records)
