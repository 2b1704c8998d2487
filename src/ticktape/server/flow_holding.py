"""Records that are studied while nobody watches: many at a time, which costs a tenth."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from ticktape.tape.batch import Batch, join_records

# What is held is studied once there is so much of it, or after so long.
MOST_HELD: Final = 1 << 13
LONGEST_SECONDS: Final = 0.25


class HeldRecords:
    """Holds records of one schema back for a while.

    Parameters
    ----------
    take : callable
        What takes them, joined, where the clock lets them go.
    """

    def __init__(self, take: Callable[[Batch], None]) -> None:
        self._take = take
        self._batches: list[Batch] = []
        self._count = 0
        self._timer: asyncio.TimerHandle | None = None

    def add(self, batch: Batch) -> None:
        """Hold a batch, until it is taken out or the clock lets it go."""
        self._batches.append(batch)
        self._count += len(batch.records)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(LONGEST_SECONDS, self.let_go)

    @property
    def is_full(self) -> bool:
        """Whether so much is held that it should be taken out."""
        return self._count >= MOST_HELD

    def take_out(self) -> Batch | None:
        """Give all that is held as one batch; None where nothing is."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._batches:
            return None
        held, self._batches, self._count = self._batches, [], 0
        return Batch(held[0].schema, join_records([batch.records for batch in held]))

    def let_go(self) -> None:
        """Let all that is held be taken now."""
        held = self.take_out()
        if held is not None:
            self._take(held)
