"""Recorded tapes as a feed: paced by their own time, and under control while they run."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import databento_dbn as dbn

from ticktape.feeds.marks import Mark, make_mark
from ticktape.feeds.replay_controls import ReplayControls
from ticktape.feeds.replay_seek import checkpoint_for, restore
from ticktape.feeds.replay_status import ReplayStatus
from ticktape.feeds.replay_tape import TapeHead, TapeSource, open_tapes, span_of
from ticktape.feeds.wall_clock import MONOTONIC, WallClock
from ticktape.store import TapeIndex
from ticktape.tape.batch import Batch

__all__ = ["Replay", "ReplayStatus"]

_CHUNK_RECORDS: Final = 32_768
# Wall time between two batches of a paced replay.
_BEAT_NS: Final = 10_000_000
# What the machine's clock can wait for; a longer gap is waited for in parts.
_LONGEST_WAIT_NS: Final = 3_600_000_000_000


class _Wait(NamedTuple):
    """Nothing to deliver now: how long to wait, None until something is asked for."""

    timeout_ns: int | None


class Replay(ReplayControls):
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

    Attributes
    ----------
    tells_past : callable
        Asked at every seek whether trades and bars before the checkpoint are to be told again;
        by default they always are. Who serves the replay to others sets it.

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
        self._tape = open_tapes(paths, _CHUNK_RECORDS)
        super().__init__(span_of(self._tape), speed, clock, index)
        self._loop = loop
        self._start_ns = start_ns
        self._max_idle_ns = max_idle_ns
        self._hold_at_end = hold_at_end
        self.tells_past: Callable[[], bool] = lambda: True

    @property
    def metadata(self) -> dbn.Metadata:
        """Metadata of the tape, merged where it is of several files."""
        return self._tape.metadata

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
        tells_past = self.tells_past()
        rest = checkpoint_for(self.index, here, self._target_position, tells_past=tells_past)
        if rest is not None:
            self._restoring = restore(self.index, rest, self._span[0], tells_past=tells_past)
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
