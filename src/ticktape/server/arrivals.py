"""When the next records come: what streams, and answers in the middle of an event, wait for."""

from __future__ import annotations

import asyncio


class Arrivals:
    """Wakes whoever waits for further records of a source, or for its end."""

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
