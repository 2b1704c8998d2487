"""Recorded tapes as a feed: paced by their own time, and under control while they run."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import databento_dbn as dbn

from ticktape.feeds.marks import Mark, make_mark
from ticktape.feeds.replay_seek import (
    JUMP_TARGETS,
    JumpTarget,
    checkpoint_for,
    place_to_jump,
    restore,
)
from ticktape.feeds.replay_status import ReplayStatus, with_index
from ticktape.feeds.replay_tape import TapeHead, TapeSource, open_tapes, span_of
from ticktape.feeds.wall_clock import MONOTONIC, WallClock
from ticktape.store import TapeIndex
from ticktape.tape.batch import Batch
from ticktape.tape.errors import BadValueError

__all__ = ["Replay", "ReplayStatus"]

_CHUNK_RECORDS: Final = 32_768
# Wall time between two batches of a paced replay.
_BEAT_NS: Final = 10_000_000
# What the machine's clock can wait for; a longer gap is waited for in parts.
_LONGEST_WAIT_NS: Final = 3_600_000_000_000
_END_OF_TIME: Final = 2**63 - 1


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
        self._target_position: int | None = None
        self._rewinds = False
        # A seek by the index: asked for, and then the records that bring it to its checkpoint.
        self._sets_out = False
        self._restoring: Iterator[Batch] | None = None
        # What can only be done by the index, once it is there.
        self._awaits_index: Callable[[TapeIndex], None] | None = None
        self._position = 0
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
            Index time; before the cursor, the tape starts over after a reset mark. With an index,
            it starts over at the nearest checkpoint, forward too where that is less work.
        """
        with self._lock:
            self._hold_playhead()
            self._awaits_index = None
            if self.index is not None and self.index.is_ready:
                self._aim(self.index.position_after(ts_ns), ts_ns)
            else:
                if ts_ns < self._cursor_ns or self._finished:
                    self._rewinds = True
                self._target_ns = ts_ns
                self._target_position = None
                self._cursor_ns = self._within_span(ts_ns)
                self._steps = 0
                self._finished = False
        self._tell()

    def seek_position(self, position: int) -> None:
        """Go to a position: the records before it are delivered unpaced, then a mark.

        Parameters
        ----------
        position : int
            How many records of the tape, of any schema, are to come before; beyond the end, all.

        Raises
        ------
        BadValueError
            If the position is below zero, or the tape has no index.
        """
        if position < 0:
            raise BadValueError(f"there is no record {position}", hint="positions begin at 0")
        self._when_indexed(lambda index: self._aim(min(position, index.end)))

    def jump(self, to: JumpTarget) -> None:
        """Go to the beginning, the end, or the next or previous place of a kind.

        Parameters
        ----------
        to : str
            One of ``JUMP_TARGETS``. The start is the state after all records of the first time.
            Of other places, the end of their event; nothing happens where there is none. A gap
            and a crossing are what :class:`ticktape.store.TapeIndex` says.

        Raises
        ------
        BadValueError
            If the target is not known, or needs an index and the tape has none.
        """
        if to not in JUMP_TARGETS:
            raise BadValueError(
                f"{to!r} is no place to jump to", hint=f"one of {', '.join(JUMP_TARGETS)}"
            )
        if to in ("start", "end"):
            self.seek(self._span[0] if to == "start" else _END_OF_TIME)
            return

        def go(index: TapeIndex) -> None:
            position = place_to_jump(index, to, self._position_asked())
            if position is not None:
                self._aim(position)

        self._when_indexed(go)

    def step(self, events: int = 1) -> None:
        """Deliver a number of events and stay paused; below zero, go back by so many.

        Parameters
        ----------
        events : int
            How many; an event ends at a record with ``F_LAST``, one of a schema without flags
            is one record.

        Raises
        ------
        BadValueError
            For no events; or to go back on a tape without an index.
        """
        if events == 0:
            raise BadValueError("cannot step by 0 events", hint="give 1, or -1 to go back")
        if events < 0:
            self._when_indexed(lambda index: self._step_back(index, -events))
            return
        with self._lock:
            self._hold_playhead()
            self._paused = True
            self._steps += events
        self._tell()

    def _step_back(self, index: TapeIndex, events: int) -> None:
        self._paused = True
        self._aim(index.event_end_before(self._position_asked(), events))

    def _when_indexed(self, act: Callable[[TapeIndex], None]) -> None:
        with self._lock:
            index = self.index
            if index is None or index.error is not None:
                why = "" if index is None else f": {index.error}"
                raise BadValueError(
                    f"this tape has no index{why}", hint="seek by time, which needs none"
                )
            self._hold_playhead()
            self._awaits_index = act
            if index.is_ready:
                self._act_by_index(index)
        self._tell()

    def _act_by_index(self, index: TapeIndex) -> None:
        act, self._awaits_index = self._awaits_index, None
        if act is not None and index.is_ready:
            act(index)

    def _aim(self, position: int, ts_ns: int | None = None) -> None:
        assert self.index is not None  # noqa: S101 -- who calls this has asked it
        known_ns = self.index.time_before(position) if ts_ns is None else ts_ns
        self._target_ns = known_ns
        self._target_position = position
        self._cursor_ns = self._within_span(known_ns)
        self._steps = 0
        self._finished = False
        self._rewinds = False
        self._sets_out = True

    def _within_span(self, ts_ns: int) -> int:
        return min(max(ts_ns, self._span[0]), self._span[1])

    def _position_asked(self) -> int:
        return self._position if self._target_position is None else self._target_position

    def status(self) -> ReplayStatus:
        """Tell where it stands, also from another thread."""
        with self._lock:
            status = ReplayStatus(
                *self._span,
                self._playhead_ns(),
                self._speed,
                self._paused,
                self._finished,
                self._loops,
                self._position_asked(),
            )
        return status if self.index is None else with_index(status, self.index)

    async def __aiter__(self) -> AsyncIterator[Batch]:
        """Deliver the tape from its beginning."""
        wake = asyncio.Event()
        head = TapeHead(self._tape)
        if self.index is not None:
            self.index.start(self._tell)
        with self._lock:
            self._wake = (asyncio.get_running_loop(), wake)
            self._finished = False
            self._rewinds = False
            self._restoring = None
            self._position = 0
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
        if self.index is not None and self._awaits_index is not None and self.index.is_done:
            self._act_by_index(self.index)
        if self._sets_out:
            self._set_out(head)
        if self._rewinds:
            self._rewinds = False
            return self._start_over(head)
        if self._restoring is not None:
            batch = next(self._restoring, None)
            if batch is not None:
                return batch
            self._restoring = None
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

    def _set_out(self, head: TapeHead) -> None:
        self._sets_out = False
        assert self.index is not None  # noqa: S101 -- it has aimed
        assert self._target_position is not None  # noqa: S101
        here = head.position if self._restoring is None else None
        rest = checkpoint_for(self.index, here, self._target_position)
        if rest is not None:
            self._restoring = restore(self.index, rest, self._span[0])
            head.move_to(rest.position, self.index.batches(rest.position), rest.ts_ns)

    def _start_over(self, head: TapeHead) -> Batch:
        self._restoring = None
        head.rewind()
        self._position = 0
        self._finished = False
        self._reanchor(self._span[0])
        return make_mark(Mark.RESET, self._span[0])

    def _catch_up(self, head: TapeHead, target_ns: int) -> Batch:
        if self._target_position is None:
            count = head.count_until(target_ns)
        else:
            count = min(head.at_hand, self._target_position - head.position)
        if count:
            return self._deliver(head, count)
        self._arrive(head)
        self._reanchor(max(target_ns, self._span[0]))
        return make_mark(Mark.CAUGHT_UP, self._cursor_ns)

    def _end(self, head: TapeHead) -> Batch | _Wait | None:
        if self._target_ns is not None:
            return self._catch_up_at_end(head)
        self._steps = 0
        if self._loop and not self._paused:
            self._loops += 1
            self._target_ns = self._span[0] if self._start_ns is None else self._start_ns
            return self._start_over(head)
        if not self._finished:
            self._finished = True
            self._reanchor(max(head.cursor_ns, self._span[0]))
        return _Wait(None) if self._hold_at_end or (self._loop and self._paused) else None

    def _arrive(self, head: TapeHead) -> None:
        self._target_ns = None
        self._target_position = None
        self._position = head.position

    def _catch_up_at_end(self, head: TapeHead) -> Batch:
        self._arrive(head)
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
        self._position = head.position
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
