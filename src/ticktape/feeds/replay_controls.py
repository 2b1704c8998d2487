"""The controls of a replay, and what they change."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import Final

from ticktape.feeds.replay_seek import JUMP_TARGETS, JumpTarget, place_to_jump
from ticktape.feeds.replay_status import ReplayStatus, with_index
from ticktape.feeds.wall_clock import WallClock
from ticktape.store import TapeIndex
from ticktape.tape.batch import Batch
from ticktape.tape.errors import BadValueError

_END_OF_TIME: Final = 2**63 - 1


class ReplayControls:
    """What can be asked of a replay, from any thread; ``Replay`` does it.

    Parameters
    ----------
    span : tuple of int
        First and last index time of the tape, ns.
    speed : float or None
        Event seconds per wall second; None for as fast as the consumer takes it.
    clock : WallClock
        What paces it.
    index : TapeIndex or None
        Of the tape.
    """

    def __init__(
        self,
        span: tuple[int, int],
        speed: float | None,
        clock: WallClock,
        index: TapeIndex | None,
    ) -> None:
        self.index = index
        self._span = span
        self._speed = _checked(speed)
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

    def jump(self, to: JumpTarget, instrument_id: int | None = None) -> bool:
        """Go to the beginning, the end, or the next or previous place of a kind.

        Parameters
        ----------
        to : str
            One of ``JUMP_TARGETS``. The start is the state after all records of the first time.
            Of other places, the end of their event; nothing happens where there is none. A gap
            and a crossing are what :class:`ticktape.store.TapeIndex` says.
        instrument_id : int, optional
            Of trades, only those of this instrument.

        Returns
        -------
        bool
            False where there is no such place; true also where the index is still to tell.

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
            return True
        is_there = True

        def go(index: TapeIndex) -> None:
            nonlocal is_there
            position = place_to_jump(index, to, self._position_asked(), instrument_id)
            is_there = position is not None
            if position is not None:
                self._aim(position)

        self._when_indexed(go)
        return is_there

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
            cursor_ns = self._playhead_ns()
            if self._target_position is not None and self._target_ns is not None:
                # On the way, time and position are both those of where it was sent.
                cursor_ns = self._within_span(self._target_ns)
            status = ReplayStatus(
                *self._span,
                cursor_ns,
                self._speed,
                self._paused,
                self._finished,
                self._loops,
                self._position_asked(),
            )
        return status if self.index is None else with_index(status, self.index)

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
