"""The clock that paces feeds: the machine's own, or one that a test moves by hand."""

from __future__ import annotations

import asyncio
import time
from typing import Final, Protocol


class WallClock(Protocol):
    """Time that passes, for pacing only: it never decides a result."""

    def now_ns(self) -> int:
        """Nanoseconds since any fixed moment; never goes back."""
        ...

    async def wait(self, event: asyncio.Event, timeout_ns: int | None) -> None:
        """Return when the event is set or the time has passed, whichever is first."""
        ...


class MonotonicClock:
    """The machine's monotonic clock."""

    def now_ns(self) -> int:
        """Nanoseconds since any fixed moment; never goes back."""
        return time.monotonic_ns()

    async def wait(self, event: asyncio.Event, timeout_ns: int | None) -> None:
        """Return when the event is set or the time has passed, whichever is first."""
        if timeout_ns is not None and timeout_ns <= 0:
            await asyncio.sleep(0)
            return
        try:
            await asyncio.wait_for(
                event.wait(), None if timeout_ns is None else timeout_ns / 1_000_000_000
            )
        except TimeoutError:
            return


MONOTONIC: Final = MonotonicClock()
