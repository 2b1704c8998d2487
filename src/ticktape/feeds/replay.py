"""Recorded tapes as a feed: paced by their own time, and under control while they run."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import databento_dbn as dbn

from ticktape.feeds.marks import Mark, make_mark
from ticktape.feeds.replay_tape import TapeHead, TapeSource, open_tapes, span_of
from ticktape.feeds.wall_clock import MONOTONIC, WallClock
from ticktape.store import TapeIndex
from ticktape.tape.batch import Batch
from ticktape.tape.errors import BadValueError

_CHUNK_RECORDS: Final = 32_768
# Wall time between two batches of a paced replay.
_BEAT_NS: Final = 10_000_000
# What the machine's clock can wait for; a longer gap is waited for in parts.
_LONGEST_WAIT_NS: Final = 3_600_000_000_000


class ReplayStatus(NamedTuple):
    """Where a replay stands.

    Attributes
    ----------
    start_ns, end_ns : int
        First and last index time of the tape; the end as its metadata state it.
    cursor_ns : int
        Event time reached, also inside a gap of the tape.
    speed : float or None
        Event seconds per wall second; None for as fast as the consumer takes it.
    paused : bool
        True while nothing but steps and seeks moves it.
    finished : bool
        True once the last record was delivered, until a seek.
    loops : int
        How often it has started over by itself.
    """

    start_ns: int
    end_ns: int
    cursor_ns: int
    speed: float | None
    paused: bool
    finished: bool
    loops: int


class _Wait(NamedTuple):
    """Nothing to deliver now: how long to wait, None until something is asked for."""

    timeout_ns: int | None


class Replay:
    """Tapes, delivered record for record at the pace of their own time.

    What is delivered is the tape bit for bit at any speed, cut into batches; only marks
    (:mod:`ticktape.feeds.marks`) are added: *reset* before it starts over (a loop, a seek back),
    *caught up* after the records up to a seek's target, to ``start_ns``, or in a loop to the
    beginning, were delivered unpaced. So every *reset* is followed by a *caught up*.

    Parameters
    ----------
    paths : path, sequence of path, or TapeSource
        DBN files (plain or zstd, of any schemas) and vendor CSV files, merged by index time; or
        a tape that is open already.
    speed : float or None
        Event seconds per wall second; None for as fast as the consumer takes it.
    loop : bool
        Start over at the end.
    start_ns : int, optional
        Deliver everything up to this time unpaced first, so that books are whole there.
    max_idle_ns : int, optional
        Skip what is longer than this of a stretch of event time without records; by default
        halts take as long as they took.
    hold_at_end : bool
        Stay at the end, for seeks, rather than ending the iteration.
    clock : WallClock
        What paces it.
    index : TapeIndex, optional
        Of the same tapes; built beside the replay once it runs. With it, seeks begin at the
        nearest checkpoint, and steps back and jumps are possible.

    Raises
    ------
    TapeError
        If a tape cannot be read.
    BadValueError
        If the speed is not above zero.

    Notes
    -----
    The controls may be called from any thread, before and during the iteration; they take effect
    at once, in the order called, and never in the middle of a batch. Every ``aiter()`` starts at
    the beginning of the tape; one at a time.
    """

    def __init__(
        self,
        paths: Path | str | TapeSource | Sequence[Path | str],
        speed: float | None = 1.0,
        loop: bool = False,
        start_ns: int | None = None,
        *,
        max_idle_ns: int | None = None,
        hold_at_end: bool = False,
        clock: WallClock = MONOTONIC,
        index: TapeIndex | None = None,
    ) -> None:
        self.index = index
        self._tape = open_tapes(paths, _CHUNK_RECORDS)
        self._span = span_of(self._tape)
        self._speed = _checked(speed)
        self._loop = loop
        self._start_ns = start_ns
        self._max_idle_ns = max_idle_ns
        self._hold_at_end = hold_at_end
        self._clock = clock
        self._lock = threading.Lock()
        self._paused = False
        self._target_ns: int | None = None
        self._rewinds = False
        self._steps = 0
        self._finished = False
        self._loops = 0
        # Event time and wall time at the last change of pace.
        self._anchor_event_ns = self._span[0]
        self._anchor_wall_ns: int | None = None
        self._cursor_ns = self._span[0]
        self._next_beat_ns = 0
        self._wake: tuple[asyncio.AbstractEventLoop, asyncio.Event] | None = None

    @property
    def metadata(self) -> dbn.Metadata:
        """Metadata of the tape, merged where it is of several files."""
        return self._tape.metadata

    def pause(self) -> None:
        """Stop where it stands."""
        with self._lock:
            self._hold_playhead()
            self._paused = True
        self._tell()

    def resume(self) -> None:
        """Go on from where it stands."""
        with self._lock:
            self._hold_playhead()
            self._paused = False
            self._steps = 0
        self._tell()

    def set_speed(self, speed: float | None) -> None:
        """Change the pace, from where it stands.

        Parameters
        ----------
        speed : float or None
            Event seconds per wall second; None for as fast as the consumer takes it.
        """
        with self._lock:
            self._hold_playhead()
            self._speed = _checked(speed)
        self._tell()

    def seek(self, ts_ns: int) -> None:
        """Go to a time: everything up to it, inclusive, is delivered unpaced, then a mark.

        Parameters
        ----------
        ts_ns : int
            Index time; before the cursor, the tape starts over after a reset mark.
        """
        with self._lock:
            self._hold_playhead()
            if ts_ns < self._cursor_ns or self._finished:
                self._rewinds = True
            self._target_ns = ts_ns
            self._cursor_ns = min(max(ts_ns, self._span[0]), self._span[1])
            self._steps = 0
            self._finished = False
        self._tell()

    def step(self, events: int = 1) -> None:
        """Deliver a number of events and stay paused.

        Parameters
        ----------
        events : int
            How many; an event ends at a record with ``F_LAST``, one of a schema without flags
            is one record.
        """
        if events < 1:
            raise BadValueError(f"cannot step by {events} events", hint="give 1 or more")
        with self._lock:
            self._hold_playhead()
            self._paused = True
            self._steps += events
        self._tell()

    def status(self) -> ReplayStatus:
        """Tell where it stands, also from another thread."""
        with self._lock:
            return ReplayStatus(
                *self._span,
                self._playhead_ns(),
                self._speed,
                self._paused,
                self._finished,
                self._loops,
            )

    async def __aiter__(self) -> AsyncIterator[Batch]:
        """Deliver the tape from its beginning."""
        wake = asyncio.Event()
        head = TapeHead(self._tape)
        if self.index is not None:
            self.index.start()
        with self._lock:
            self._wake = (asyncio.get_running_loop(), wake)
            self._finished = False
            self._rewinds = False
            if self._target_ns is None:
                self._target_ns = self._start_ns
            self._reanchor(self._span[0])
        try:
            while True:
                wake.clear()
                with self._lock:
                    now = self._decide(head)
                if now is None:
                    return
                if isinstance(now, _Wait):
                    await self._clock.wait(wake, now.timeout_ns)
                    continue
                yield now
                # Controls and other tasks get their turn however fast the consumer is.
                await asyncio.sleep(0)
        finally:
            head.close()
            with self._lock:
                self._wake = None

    def _decide(self, head: TapeHead) -> Batch | _Wait | None:
        if self._rewinds:
            self._rewinds = False
            return self._start_over(head)
        if not head.has_records():
            return self._end(head)
        if self._target_ns is not None:
            return self._catch_up(head, self._target_ns)
        if self._steps:
            count, ends = head.count_of_event()
            self._steps -= ends
            return self._deliver(head, count)
        if self._paused:
            return _Wait(None)
        if self._speed is None:
            return self._deliver(head, head.at_hand)
        return self._deliver_due(head, self._speed)

    def _start_over(self, head: TapeHead) -> Batch:
        head.rewind()
        self._finished = False
        self._reanchor(self._span[0])
        return make_mark(Mark.RESET, self._span[0])

    def _catch_up(self, head: TapeHead, target_ns: int) -> Batch:
        count = head.count_until(target_ns)
        if count:
            return self._deliver(head, count)
        self._target_ns = None
        self._reanchor(max(target_ns, self._span[0]))
        return make_mark(Mark.CAUGHT_UP, self._cursor_ns)

    def _end(self, head: TapeHead) -> Batch | _Wait | None:
        if self._target_ns is not None:
            return self._catch_up_at_end()
        self._steps = 0
        if self._loop and not self._paused:
            self._loops += 1
            self._target_ns = self._span[0] if self._start_ns is None else self._start_ns
            return self._start_over(head)
        if not self._finished:
            self._finished = True
            self._reanchor(max(head.cursor_ns, self._span[0]))
        return _Wait(None) if self._hold_at_end or (self._loop and self._paused) else None

    def _catch_up_at_end(self) -> Batch:
        self._target_ns = None
        self._reanchor(self._span[1])
        return make_mark(Mark.CAUGHT_UP, self._cursor_ns)

    # All that is due at once, at most every beat; event time runs on while nothing is due.
    def _deliver_due(self, head: TapeHead, speed: float) -> Batch | _Wait:
        now_ns = self._clock.now_ns()
        if self._anchor_wall_ns is None:
            self._anchor_wall_ns = now_ns
            self._next_beat_ns = now_ns
        due_ns = self._anchor_event_ns + int((now_ns - self._anchor_wall_ns) * speed)
        next_ns = head.next_ns
        if self._max_idle_ns is not None and next_ns - due_ns > self._max_idle_ns:
            self._reanchor(next_ns - self._max_idle_ns)
            return self._deliver_due(head, speed)
        wait_ns = int((next_ns - due_ns) / speed) + 1 if next_ns > due_ns else 0
        wait_ns = max(wait_ns, self._next_beat_ns - now_ns)
        if wait_ns > 0:
            return _Wait(min(wait_ns, _LONGEST_WAIT_NS))
        self._next_beat_ns = now_ns + _BEAT_NS
        return self._deliver(head, head.count_until(due_ns), paced=True)

    def _deliver(self, head: TapeHead, count: int, *, paced: bool = False) -> Batch:
        batch = head.take(count)
        if not paced:
            self._reanchor(max(head.cursor_ns, self._span[0]))
        return batch

    def _reanchor(self, event_ns: int) -> None:
        self._cursor_ns = event_ns
        self._anchor_event_ns = event_ns
        self._anchor_wall_ns = None

    def _hold_playhead(self) -> None:
        if self._target_ns is None:
            self._reanchor(self._playhead_ns())

    def _playhead_ns(self) -> int:
        if self._anchor_wall_ns is None or self._speed is None or self._paused:
            return self._cursor_ns
        ran_ns = int((self._clock.now_ns() - self._anchor_wall_ns) * self._speed)
        return min(self._anchor_event_ns + ran_ns, self._span[1])

    def _tell(self) -> None:
        wake = self._wake
        if wake is not None:
            loop, event = wake
            loop.call_soon_threadsafe(event.set)


def _checked(speed: float | None) -> float | None:
    if speed is not None and not speed > 0:
        raise BadValueError(
            f"speed is {speed}, not above zero", hint="use pause, or None for no pacing"
        )
    return speed
