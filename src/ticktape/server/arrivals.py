"""When the next records come: what streams of a source that goes on wait for."""

from __future__ import annotations

import asyncio

from ticktape.tape.batch import Batch


class Arrivals:
    """A sink of the pipeline that wakes whoever waits for further records."""

    def __init__(self) -> None:
        self._next = asyncio.Event()

    @property
    def upcoming(self) -> asyncio.Event:
        """Set at the next arrival; take it before looking for what has come already."""
        return self._next

    def tell(self) -> None:
        """Wake everybody who waits."""
        told, self._next = self._next, asyncio.Event()
        told.set()

    async def write(self, batch: Batch) -> None:
        """Note that records came."""
        del batch
        self.tell()

    async def close(self) -> None:
        """Note that none come any more."""
        self.tell()
