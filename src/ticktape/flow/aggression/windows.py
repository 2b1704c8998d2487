"""Bubbles: which side was the aggressor in each second, how much and where, and does it matter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from ticktape.flow.aggression.limits import MOST_TIERS, at_least, millionths, rising
from ticktape.flow.aggression.rank_kernels import clear_ranks, new_ranks
from ticktape.flow.aggression.windows_kernels import (
    END,
    TRADES,
    WindowRules,
    WindowState,
    gather_windows,
    show_window,
)
from ticktape.flow.gather import ROOM, gather
from ticktape.flow.joined_rows import copy_rows, join_rows
from ticktape.ops.kernels import kernel_input
from ticktape.tape.errors import BadValueError
from ticktape.tape.layouts import SIDE_ASK, SIDE_BID
from ticktape.tape.session import Session

# One window in which there was a print:
#   start_ns, end_ns   first nanosecond of the window, and the one after its last;
#   price              VWAP of the dominant side; of both where they balance, of all prints where
#                      none has a side (1e-9, the half rounded up);
#   vwap               VWAP of all prints (1e-9); high, low, last: of all prints (1e-9);
#   size               volume of the dominant side (of either where they balance, 0 where no print
#                      has a side); buy_volume, sell_volume, unsided_volume (contracts);
#   threshold          the absolute delta, in contracts, from which a window of this moment is
#                      outstanding: the percentile of the session so far; 0 where no print has a
#                      side;
#   imbalance          |buy - sell| / (buy + sell), 0 where no print has a side;
#   trades             prints;
#   side               B where more was bought, A where more was sold, N where neither;
#   tier               how many of the tiers' bounds `size` reaches: 0 to 4 by default;
#   is_imbalanced      the imbalance is above the fixed share (the reference's rule);
#   is_outstanding     |delta| is at or above `threshold`, and not 0 (the adaptive rule);
#   is_significant     the one of the two that the settings choose.
WINDOW: Final = np.dtype(
    [
        ("start_ns", "i8"),
        ("end_ns", "i8"),
        ("price", "i8"),
        ("vwap", "i8"),
        ("high", "i8"),
        ("low", "i8"),
        ("last", "i8"),
        ("size", "i8"),
        ("buy_volume", "i8"),
        ("sell_volume", "i8"),
        ("unsided_volume", "i8"),
        ("threshold", "i8"),
        ("imbalance", "f8"),
        ("trades", "u4"),
        ("side", "u1"),
        ("tier", "u1"),
        ("is_imbalanced", "?"),
        ("is_outstanding", "?"),
        ("is_significant", "?"),
    ],
    align=True,
)


@dataclass(frozen=True)
class WindowSettings:
    """What a window is, and when it matters.

    Attributes
    ----------
    length_ns : int
        Length of a window.
    min_size_contracts : int
        Prints of less are left out, as if they had not been.
    significance : {"adaptive", "fixed"}
        ``"fixed"``: the imbalance is above `imbalance_percent`. On a busy day that is true of nine
        windows in ten. ``"adaptive"``: the absolute delta is at or above the `percentile` of those
        of the session's windows so far, this one among them.
    imbalance_percent : float
        Of the fixed rule: |buy - sell| as a share of what was bought or sold.
    percentile : float
        Of the adaptive rule, above 0 and at most 100; by nearest rank.
    tiers_contracts : tuple of int
        Sizes of the dominant side at which the tiers begin, rising.
    """

    length_ns: int = 1_000_000_000
    min_size_contracts: int = 1
    significance: Literal["adaptive", "fixed"] = "adaptive"
    imbalance_percent: float = 15.0
    percentile: float = 90.0
    tiers_contracts: tuple[int, ...] = (10, 50, 100, 200)

    def __post_init__(self) -> None:
        """Refuse what no window can be."""
        at_least("length_ns", self.length_ns, 1)
        at_least("min_size_contracts", self.min_size_contracts, 1)
        rising("tiers_contracts", self.tiers_contracts, MOST_TIERS)
        if self.significance not in {"adaptive", "fixed"}:
            raise BadValueError(
                f"significance cannot be {self.significance!r}", hint="give adaptive or fixed"
            )
        millionths("imbalance_percent", self.imbalance_percent, 0)
        millionths("percentile", self.percentile, 1)


class Windows:
    """Windows of one instrument's prints.

    A window closes when the clock reaches its end; without a print there is none, and none spans
    the open or the close of a session. Windows are counted from the session's open. What is held
    does not grow: the open window, and 32,768 counts of the session's absolute deltas, exact below
    2,048 contracts and within 0.1 % above.

    Parameters
    ----------
    settings : WindowSettings, optional
        The defaults where not given.
    """

    rows: Final = WINDOW

    def __init__(self, settings: WindowSettings | None = None) -> None:
        self.settings = settings or WindowSettings()
        self._closed = np.zeros(ROOM, WINDOW)
        self.reset()

    def reset(self) -> None:
        """Forget everything, the session too."""
        self._state = WindowState(
            np.zeros(7, "i8"),
            np.zeros((3, 3), "i8"),
            new_ranks(),
            np.array(self.settings.tiers_contracts, "i8"),
        )
        self._held = np.empty(0, WINDOW)
        self._rules = self._rules_of(0, 0)

    def begin(self, session: Session) -> None:
        """Begin a session: its windows are ranked among themselves.

        A window that is still open ends here, and comes with the next rows.
        """
        filled = show_window(self._state, self._rules, self._closed, True)
        self._held = join_rows([self._held, self._closed[:filled]], WINDOW)
        clear_ranks(self._state.ranks)
        self._rules = self._rules_of(session.open_ns, session.close_ns)

    def update(self, prints: np.ndarray, clock_ns: int) -> np.ndarray:
        """Take prints, and give the windows that they and the clock close; dtype ``WINDOW``."""
        now = self._state.now
        if not len(prints) and not len(self._held) and (not now[TRADES] or clock_ns < now[END]):
            return np.empty(0, self.rows)
        prints = kernel_input(prints)
        rows = gather(
            lambda done: gather_windows(
                self._state, self._rules, prints, done, clock_ns, self._closed
            ),
            len(prints) + 1,
            self._closed,
        )
        if len(self._held):
            rows = join_rows([self._held, rows], WINDOW)
            self._held = self._held[:0]
        return rows

    def current(self) -> np.ndarray:
        """Give the window that is open, as it would be if it closed now; none or one row."""
        filled = show_window(self._state, self._rules, self._closed, False)
        return copy_rows(self._closed[:filled])

    def _rules_of(self, open_ns: int, close_ns: int) -> WindowRules:
        settings = self.settings
        return WindowRules(
            settings.length_ns,
            open_ns,
            close_ns,
            settings.min_size_contracts,
            millionths("imbalance_percent", settings.imbalance_percent, 0),
            millionths("percentile", settings.percentile, 1),
            settings.significance == "adaptive",
        )


@dataclass(frozen=True)
class WindowCounts:
    """Windows counted by the reference's fixed rule.

    Attributes
    ----------
    count : int
        Windows with a print that has a side.
    significant : int
        Those with an imbalance above the fixed share.
    buy_dominant, balanced : int
        Those in which more was bought than sold; in which as much was bought as sold.
    """

    count: int
    significant: int
    buy_dominant: int
    balanced: int


def count_windows(windows: np.ndarray) -> WindowCounts:
    """Count windows by the fixed rule.

    Parameters
    ----------
    windows : numpy.ndarray
        dtype ``WINDOW``.

    Returns
    -------
    WindowCounts
        A window in which no print has a side is in none of them.
    """
    bought, sold = windows["buy_volume"], windows["sell_volume"]
    has_side = bought + sold > 0
    return WindowCounts(
        int(has_side.sum()),
        int(windows["is_imbalanced"].sum()),
        int((windows["side"] == SIDE_BID).sum()),
        int((has_side & (windows["side"] != SIDE_BID) & (windows["side"] != SIDE_ASK)).sum()),
    )
