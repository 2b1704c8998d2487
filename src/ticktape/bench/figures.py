"""What a benchmark says: one figure, what it is held against, and how far its runs spread."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, NamedTuple


class Timing(NamedTuple):
    """Wall-clock seconds of several runs of the same work; the fastest is what counts.

    Attributes
    ----------
    best_s, worst_s : float
        The fastest and the slowest run.
    runs : int
        How many there were.
    """

    best_s: float
    worst_s: float
    runs: int


def time_runs(runs: int, work: Callable[[], object]) -> Timing:
    """Time the same work several times.

    Parameters
    ----------
    runs : int
        How often, at least 1.
    work : callable
        What is timed; leaves nothing behind that makes the next run cheaper.

    Returns
    -------
    Timing
    """
    seconds = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return Timing(min(seconds), max(seconds), runs)


class Figure(NamedTuple):
    """One measured figure.

    Attributes
    ----------
    name : str
        Stable name, in kebab case.
    what : str
        What was measured, for a reader.
    unit : str
        Of ``measured`` and ``bound``.
    measured : float or None
        None where it could not be measured here; ``note`` says why.
    bound : float or None
        What it is held against; None where it is only reported.
    at_most : bool
        True where less is better, so that the bound is a ceiling.
    worst : float or None
        The same figure by the slowest run; None where there was one run.
    runs : int
        How many runs ``measured`` is the best of.
    note : str
        What a reader must know to judge the figure.
    used : str
        Which process used how many cores, as ``CpuShares.told`` tells it; empty where one did all.
    failed : bool
        The bound is not met whatever was measured, as the work was not done whole; ``note`` says
        what was missing.
    """

    name: str
    what: str
    unit: str
    measured: float | None
    bound: float | None = None
    at_most: bool = False
    worst: float | None = None
    runs: int = 1
    note: str = ""
    used: str = ""
    failed: bool = False

    @property
    def ratio(self) -> float | None:
        """How many times the bound is met: 1 is just met, more is better."""
        if self.measured is None or self.bound is None:
            return None
        if not self.at_most:
            return self.measured / self.bound
        return self.bound / self.measured if self.measured else None

    @property
    def ok(self) -> bool | None:
        """Whether the bound is met; None where there is no bound or no measurement."""
        if self.failed:
            return False
        if self.measured is None or self.bound is None:
            return None
        return self.measured <= self.bound if self.at_most else self.measured >= self.bound

    def as_json(self) -> dict[str, Any]:
        """Give the figure as a JSON object, ``ratio`` and ``ok`` included."""
        rounded = {
            key: float(f"{value:.3g}") if isinstance(value, float) else value
            for key, value in (self._asdict() | {"ratio": self.ratio}).items()
        }
        return rounded | {"ok": self.ok}


def rate(
    name: str, what: str, records: int, timing: Timing, bound: float, note: str = ""
) -> Figure:
    """Make a figure of millions of records a second.

    Parameters
    ----------
    name, what, note : str
        As in :class:`Figure`.
    records : int
        How many records each run took.
    timing : Timing
        The runs.
    bound : float
        At least so many millions a second.

    Returns
    -------
    Figure
    """
    return Figure(
        name,
        what,
        "M records/s",
        records / timing.best_s / 1e6,
        bound,
        worst=records / timing.worst_s / 1e6,
        runs=timing.runs,
        note=note,
    )


def unmeasured(name: str, what: str, why: str) -> Figure:
    """Make the figure of something that cannot be measured here.

    Parameters
    ----------
    name, what : str
        As in :class:`Figure`.
    why : str
        Why not, and what to do about it.

    Returns
    -------
    Figure
    """
    return Figure(name, what, "", None, note=why)


def failed(name: str, what: str, why: str, used: str = "") -> Figure:
    """Make the figure of something that was tried and not done.

    Parameters
    ----------
    name, what, used : str
        As in :class:`Figure`.
    why : str
        What went wrong.

    Returns
    -------
    Figure
    """
    return Figure(name, what, "", None, note=f"failed: {why}", used=used, failed=True)
