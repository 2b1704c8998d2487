"""How long to wait before connecting again."""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backoff:
    """Waits that double, with jitter, up to a limit.

    Attributes
    ----------
    first_s, limit_s : float
        Seconds before the first new attempt, and at most before any.
    attempts : int or None
        Attempts in a row before giving up; None for no end.
    """

    first_s: float = 0.5
    limit_s: float = 30.0
    attempts: int | None = None

    def delay_s(self, failures: int, chance: random.Random) -> float:
        """Give the seconds to wait after this many failures in a row."""
        full = min(self.limit_s, self.first_s * 2.0 ** min(failures - 1, 30))
        return full * chance.uniform(0.5, 1.0)
