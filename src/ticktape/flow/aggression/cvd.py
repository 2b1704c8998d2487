"""Cumulative volume delta: as a line and as candles, of the session, since ever, by print size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from ticktape.flow.aggression.cvd_kernels import (
    CONTINUOUS,
    END,
    HIGH,
    HIGHEST,
    IS_OPEN,
    LOW,
    LOWEST,
    NOTHING_HIGH,
    NOTHING_LOW,
    VALUE,
    CvdRules,
    CvdState,
    gather_cvd,
    show_point,
)
from ticktape.flow.aggression.limits import at_least, rising
from ticktape.flow.gather import ROOM, gather
from ticktape.flow.joined_rows import copy_rows, join_rows
from ticktape.ops.kernels import kernel_input
from ticktape.tape.session import Session

MOST_BUCKETS: Final = 8

# The bucket of a smaller print is looked up, that of another compared for.
_SMALL: Final = 256

# One window in which there was a print; all in contracts but for the price:
#   start_ns, end_ns         first nanosecond of the window, and the one after its last;
#   open, high, low, close   the session's delta before its first print, the highest and the lowest
#                            in it (`open` among them), and after its last: close is the line;
#   continuous               the delta since the study began, whatever sessions there were;
#   price                    the last print's (1e-9);
#   buckets                  the session's delta by the size of the print, from the smallest on;
#                            those that the settings have no bounds for are 0.
CVD_POINT: Final = np.dtype(
    [
        ("start_ns", "i8"),
        ("end_ns", "i8"),
        ("open", "i8"),
        ("high", "i8"),
        ("low", "i8"),
        ("close", "i8"),
        ("continuous", "i8"),
        ("price", "i8"),
        ("buckets", "i8", (MOST_BUCKETS,)),
    ]
)


@dataclass(frozen=True)
class CvdSettings:
    """How the cumulative delta is sampled, and what sizes it is split by.

    Attributes
    ----------
    length_ns : int
        Length of a window: one point, one candle.
    bounds_contracts : tuple of int
        Sizes of a print at which the second bucket and those after it begin, rising; 7 at most.
    """

    length_ns: int = 1_000_000_000
    bounds_contracts: tuple[int, ...] = (5, 20, 50)

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        at_least("length_ns", self.length_ns, 1)
        rising("bounds_contracts", self.bounds_contracts, MOST_BUCKETS - 1)


class CvdStanding(NamedTuple):
    """The session's delta after its last print, and its extremes after any print; contracts."""

    last: int
    highest: int
    lowest: int


class Cvd:
    """The cumulative delta of one instrument's prints.

    ``B`` adds, ``A`` subtracts, ``N`` does neither. Windows are those of ``Windows``; one in which
    no print has a side has a point too. What is held does not grow.

    Parameters
    ----------
    settings : CvdSettings, optional
        The defaults where not given.
    """

    rows: Final = CVD_POINT

    def __init__(self, settings: CvdSettings | None = None) -> None:
        self.settings = settings or CvdSettings()
        self._closed = np.zeros(ROOM, CVD_POINT)
        self.reset()

    def reset(self) -> None:
        """Forget everything, the continuous delta and the session too."""
        bounds = np.array(self.settings.bounds_contracts, "i8")
        self._state = CvdState(
            np.zeros(11, "i8"),
            np.zeros(MOST_BUCKETS, "i8"),
            np.searchsorted(bounds, np.arange(_SMALL), side="right").astype("u1"),
            bounds,
        )
        self._forget_session()
        self._held = np.empty(0, CVD_POINT)
        self._rules = CvdRules(self.settings.length_ns, 0, 0)

    def begin(self, session: Session) -> None:
        """Begin a session: its delta and its buckets are 0, the continuous one goes on.

        A window that is still open ends here, and comes with the next rows.
        """
        filled = show_point(self._state, self._closed, True)
        self._held = join_rows([self._held, self._closed[:filled]], CVD_POINT)
        self._forget_session()
        self._rules = CvdRules(self.settings.length_ns, session.open_ns, session.close_ns)

    def update(self, prints: np.ndarray, clock_ns: int) -> np.ndarray:
        """Take prints, and give the points that they and the clock close; dtype ``CVD_POINT``."""
        now = self._state.now
        if not len(prints) and not len(self._held) and (not now[IS_OPEN] or clock_ns < now[END]):
            return np.empty(0, self.rows)
        prints = kernel_input(prints)
        rows = gather(
            lambda done: gather_cvd(self._state, self._rules, prints, done, clock_ns, self._closed),
            len(prints) + 1,
            self._closed,
        )
        if len(self._held):
            rows = join_rows([self._held, rows], CVD_POINT)
            self._held = self._held[:0]
        return rows

    def current(self) -> np.ndarray:
        """Give the point of the window that is open; none or one row."""
        filled = show_point(self._state, self._closed, False)
        return copy_rows(self._closed[:filled])

    @property
    def standing(self) -> CvdStanding:
        """The session's delta after every print so far; 0 before the first."""
        now = self._state.now
        highest, lowest = int(now[HIGHEST]), int(now[LOWEST])
        if now[IS_OPEN]:
            highest, lowest = max(highest, int(now[HIGH])), min(lowest, int(now[LOW]))
        if highest < lowest:
            return CvdStanding(0, 0, 0)
        return CvdStanding(int(now[VALUE]), highest, lowest)

    @property
    def continuous(self) -> int:
        """The delta since the study began, in contracts."""
        return int(self._state.now[CONTINUOUS])

    def _forget_session(self) -> None:
        now, buckets = self._state.now, self._state.buckets
        now[VALUE], now[HIGHEST], now[LOWEST] = 0, NOTHING_HIGH, NOTHING_LOW
        buckets[:] = 0
