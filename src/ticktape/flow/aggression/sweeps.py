"""Sweeps: one aggressor's prints of one moment, and the levels that they went through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from ticktape.flow.aggression.limits import MOST_TIERS, at_least, millionths, rising
from ticktape.flow.aggression.rank_kernels import clear_ranks, new_ranks
from ticktape.flow.aggression.sweeps_kernels import (
    SweepRules,
    SweepState,
    gather_sweeps,
    show_sweeps,
)
from ticktape.flow.gather import ROOM, gather
from ticktape.flow.joined_rows import copy_rows, join_rows
from ticktape.flow.signal_order import in_order
from ticktape.flow.signals.signal import SIGNAL, SignalKind
from ticktape.ops.kernels import kernel_input
from ticktape.tape.layouts import SIDE_BID
from ticktape.tape.session import Session

# The prints of one time and one aggressor:
#   ts_ns              their time;
#   first, last        prices of the first and the last (1e-9); high, low: the span (1e-9);
#   size               contracts;
#   prints             how many;
#   levels             prices taken: the first, and each beyond all that were before it;
#   side               B bought, A sold; tier: how many of the tiers' bounds `size` reaches;
#   is_outstanding     it took `min_levels`, and its size is at or above the percentile of those
#                      of the session that did, up to this one.
SWEEP: Final = np.dtype(
    [
        ("ts_ns", "i8"),
        ("first", "i8"),
        ("last", "i8"),
        ("high", "i8"),
        ("low", "i8"),
        ("size", "i8"),
        ("prints", "u4"),
        ("levels", "u4"),
        ("side", "u1"),
        ("tier", "u1"),
        ("is_outstanding", "?"),
    ],
    align=True,
)

_STRONGEST: Final = 3


@dataclass(frozen=True)
class SweepSettings:
    """Which events are told of.

    Attributes
    ----------
    min_levels : int
        Levels from which an event is told of, whatever its size.
    min_size_contracts : int
        Contracts from which an event is told of, whatever its levels.
    percentile : float
        Of the sizes of the session's sweeps of `min_levels`, above 0 and at most 100, by nearest
        rank: a sweep of that size or more is outstanding, and a signal.
    tiers_contracts : tuple of int
        Sizes at which the tiers begin, rising.
    """

    min_levels: int = 2
    min_size_contracts: int = 10
    percentile: float = 99.0
    tiers_contracts: tuple[int, ...] = (10, 50, 100, 200)

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        at_least("min_levels", self.min_levels, 1)
        at_least("min_size_contracts", self.min_size_contracts, 1)
        rising("tiers_contracts", self.tiers_contracts, MOST_TIERS)
        millionths("percentile", self.percentile, 1)


class Sweeps:
    """Sweeps of one instrument's prints.

    The exchange gives every print of one aggressing order the same time: prints of one
    ``ts_event`` and one side are one event. It closes when the clock goes on. Prints without a
    side are in none. What is held does not grow: two events, one a side, and 32,768 counts of the
    session's sizes, exact below 2,048 contracts and within 0.1 % above.

    Parameters
    ----------
    settings : SweepSettings, optional
        The defaults where not given.
    """

    rows: Final = SWEEP

    def __init__(self, settings: SweepSettings | None = None) -> None:
        self.settings = settings or SweepSettings()
        self._rules = SweepRules(
            self.settings.min_levels,
            self.settings.min_size_contracts,
            millionths("percentile", self.settings.percentile, 1),
        )
        self._closed = np.zeros(ROOM, SWEEP)
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self._state = SweepState(
            np.zeros(1, "i8"),
            np.zeros((3, 7), "i8"),
            new_ranks(),
            np.array(self.settings.tiers_contracts, "i8"),
        )
        self._held = np.empty(0, SWEEP)

    def begin(self, session: Session) -> None:  # noqa: ARG002 -- all sessions begin alike
        """Begin a session: its sweeps are ranked among themselves.

        A moment that is still open ends here, and its sweeps come with the next rows.
        """
        filled = show_sweeps(self._state, self._rules, self._closed, True)
        self._held = join_rows([self._held, self._closed[:filled]], SWEEP)
        clear_ranks(self._state.ranks)

    def update(self, prints: np.ndarray, clock_ns: int) -> np.ndarray:
        """Take prints, and give the sweeps that they and the clock close; dtype ``SWEEP``.

        In order of their times; of one time, what bought first.
        """
        prints = kernel_input(prints)
        rows = gather(
            lambda done: gather_sweeps(
                self._state, self._rules, prints, done, clock_ns, self._closed
            ),
            len(prints) + 1,
            self._closed,
        )
        if len(self._held):
            rows = join_rows([self._held, rows], SWEEP)
            self._held = self._held[:0]
        return rows

    def current(self) -> np.ndarray:
        """Give the events of the moment that is open; two rows at most."""
        filled = show_sweeps(self._state, self._rules, self._closed, False)
        return copy_rows(self._closed[:filled])


def sweep_signals(sweeps: np.ndarray) -> np.ndarray:
    """Give the signal of each sweep that stands out: what bought is bullish.

    Parameters
    ----------
    sweeps : numpy.ndarray
        dtype ``SWEEP``.

    Returns
    -------
    numpy.ndarray
        dtype ``SIGNAL``, sorted by time, direction and price; strength is the tier, 3 at most.
    """
    sweeps = sweeps[sweeps["is_outstanding"]]
    signals = np.zeros(len(sweeps), SIGNAL)
    signals["ts_ns"] = sweeps["ts_ns"]
    signals["price"] = sweeps["last"]
    signals["price_low"], signals["price_high"] = sweeps["low"], sweeps["high"]
    signals["amount"] = sweeps["size"]
    signals["kind"] = SignalKind.SWEEP
    signals["direction"] = np.where(sweeps["side"] == SIDE_BID, 1, -1)
    signals["strength"] = np.minimum(sweeps["tier"], _STRONGEST)
    signals["score"] = 1
    return in_order(signals)
