"""Signals on their way into their file, and out of it: off the event loop, and bounded."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

import structlog

from ticktape.flow.thresholds import DEFAULT_THRESHOLDS, Thresholds
from ticktape.ops.metrics import DROPS, QUEUE_DEPTH
from ticktape.server.source import Source
from ticktape.store.signal_filter import LATEST_NS
from ticktape.store.signal_rows import KeptOutcome, KeptSession, KeptSignal
from ticktape.store.signal_schema import SignalStoreError
from ticktape.store.signal_store import SignalStore

SIMULATED: Final = "SIMULATED"
MOST_WAITING: Final = 200_000
_BATCH: Final = 5_000
_TRY_AGAIN_SECONDS: Final = 1.0
# Writing takes the interpreter from whoever answers requests: seldom, and much at a time.
_GATHER_SECONDS: Final = 1.0
_WAITING: Final = QUEUE_DEPTH.labels("signals")
_DROPPED: Final = DROPS.labels("signals")

_log = structlog.wrap_logger(logging.getLogger(__name__))

Kept = KeptSession | KeptSignal | KeptOutcome
Result = TypeVar("Result")


class _Sorted(NamedTuple):
    sessions: list[KeptSession]
    signals: list[KeptSignal]
    outcomes: list[KeptOutcome]


class SignalKeeper:
    """Writes what studies have seen, in a thread, and asks the file.

    What cannot be written waits and is tried again; of more than ``MOST_WAITING`` the oldest is
    dropped, which is counted.

    Parameters
    ----------
    source : Source
        Whose signals they are.
    path : Path, optional
        The file; without one, in memory.
    thresholds : Thresholds
        By which signals are made.

    Raises
    ------
    SignalStoreError
        If the file cannot be used.
    """

    def __init__(
        self,
        source: Source,
        path: Path | None = None,
        thresholds: Thresholds = DEFAULT_THRESHOLDS,
    ) -> None:
        self.source = source
        self.thresholds = thresholds
        self._store = SignalStore(path, thresholds.rules_of)
        self._waiting: deque[Kept] = deque()
        self._stirred = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        # Whether somebody waits until all is written.
        self._wanted = asyncio.Event()
        self._closing = False
        self._writer: asyncio.Task[None] | None = None

    @property
    def dataset(self) -> str:
        """The code that signals are kept under: a simulated exchange's are no market's."""
        return SIMULATED if self.source.mode == "SIMULATED" else self.source.dataset

    def until_ns(self) -> int:
        """Tell until when signals and outcomes may be told: in a replay, its cursor."""
        replay = self.source.replay
        return LATEST_NS if replay is None else replay.status().cursor_ns

    def begin(self) -> None:
        """Begin to write."""
        self._writer = asyncio.create_task(self._write())

    def keep(self, found: Iterable[Kept]) -> None:
        """Let sessions, signals and outcomes be written; outcomes behind their signals."""
        self._waiting.extend(found)
        while len(self._waiting) > MOST_WAITING:
            self._waiting.popleft()
            _DROPPED.inc()
        if self._waiting:
            _WAITING.set(len(self._waiting))
            self._idle.clear()
            self._stirred.set()

    async def ask(self, question: Callable[[SignalStore], Result]) -> Result:
        """Ask the file in a thread, once what waits now has been written.

        Raises
        ------
        SignalStoreError
            If the file cannot be read or written.
        """
        if self._writer is not None:
            self._wanted.set()
            # What a failing disk does not take is no reason not to answer.
            with suppress(TimeoutError):
                async with asyncio.timeout(_TRY_AGAIN_SECONDS):
                    await self._idle.wait()
        return await asyncio.to_thread(question, self._store)

    async def close(self) -> None:
        """Write what waits, once, and let go of the file."""
        self._closing = True
        self._stirred.set()
        self._wanted.set()
        if self._writer is not None:
            await self._writer
            self._writer = None
        await asyncio.to_thread(self._store.close)

    async def _write(self) -> None:
        failed = False
        while True:
            await self._stirred.wait()
            with suppress(TimeoutError):
                async with asyncio.timeout(_GATHER_SECONDS):
                    await self._wanted.wait()
            self._stirred.clear()
            while self._waiting:
                count = min(len(self._waiting), _BATCH)
                batch = [self._waiting.popleft() for _ in range(count)]
                try:
                    await asyncio.to_thread(self._store.write, *_sorted(batch))
                except SignalStoreError as error:
                    if not failed or self._closing:
                        _log.error("signals cannot be written", waiting=count, exc_info=error)
                    failed = True
                    self._waiting.extendleft(reversed(batch))
                    if self._closing:
                        _DROPPED.inc(len(self._waiting))
                        return
                    await asyncio.sleep(_TRY_AGAIN_SECONDS)
                else:
                    failed = False
                _WAITING.set(len(self._waiting))
            self._idle.set()
            if self._closing:
                return
            self._wanted.clear()


def _sorted(batch: list[Kept]) -> _Sorted:
    found = _Sorted([], [], [])
    for one in batch:
        if isinstance(one, KeptSession):
            found.sessions.append(one)
        elif isinstance(one, KeptSignal):
            found.signals.append(one)
        else:
            found.outcomes.append(one)
    return found
