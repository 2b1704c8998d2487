"""Records that are studied while nobody watches: many at a time, which costs a tenth."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from ticktape.tape.batch import Batch, join_records

# What is held is studied once there is so much of it, or after so long; what is told of so many
# takes some ten milliseconds.
MOST_RECORDS: Final = 1 << 12
LONGEST_SECONDS: Final = 0.25


class HeldRecords:
    """Holds records of one schema back for a while.

    Parameters
    ----------
    take : callable
        What takes them, joined.
    """

    def __init__(self, take: Callable[[Batch], None]) -> None:
        self._take = take
        self._batches: list[Batch] = []
        self._count = 0
        self._timer: asyncio.TimerHandle | None = None

    def add(self, batch: Batch) -> None:
        """Hold a batch; what is held is let go here, or by the clock."""
        self._batches.append(batch)
        self._count += len(batch.records)
        if self._count >= MOST_RECORDS:
            self.let_go()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(LONGEST_SECONDS, self.let_go)

    def let_go(self) -> None:
        """Let all that is held be taken now."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._batches:
            return
        held, self._batches, self._count = self._batches, [], 0
        records = [batch.records for batch in held]
        self._take(Batch(held[0].schema, join_records(records) if len(held) > 1 else records[0]))
