"""Flips of the cumulative delta through zero, and its reversals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from ticktape.flow.aggression.across_open import take_across_open
from ticktape.flow.aggression.flips_kernels import (
    LONG_AGO,
    REVERSAL,
    ZERO_CROSS,
    FlipRules,
    FlipState,
    gather_flips,
)
from ticktape.flow.aggression.limits import at_least
from ticktape.flow.gather import ROOM, gather
from ticktape.flow.signal_order import in_order
from ticktape.flow.signals.signal import SIGNAL, SignalKind
from ticktape.ops.kernels import kernel_input
from ticktape.tape.session import Session

__all__ = ["FLIP", "REVERSAL", "ZERO_CROSS", "DeltaFlips", "FlipSettings", "flip_signals"]

# One turn of the session's cumulative delta:
#   ts_ns        end of the window after which it was known;
#   price        the last print's (1e-9);
#   cvd_before   of a flip the delta `lookback_ns` earlier (0 where the session is younger), of a
#                reversal the extreme that it turned at; cvd_after: the delta now (contracts);
#   kind         ZERO_CROSS (1) or REVERSAL (2);
#   direction    +1 up, -1 down;
#   strength     how many times `reversal_contracts` the delta moved in between, 3 at most.
FLIP: Final = np.dtype(
    [
        ("ts_ns", "i8"),
        ("price", "i8"),
        ("cvd_before", "i8"),
        ("cvd_after", "i8"),
        ("kind", "u1"),
        ("direction", "i1"),
        ("strength", "u1"),
    ],
    align=True,
)


@dataclass(frozen=True)
class FlipSettings:
    """What counts as a flip, and as a reversal.

    Attributes
    ----------
    flip_cooldown_ns, reversal_cooldown_ns : int
        Event time after one that was told in which no other of its kind is.
    lookback_ns : int
        How long before a flip ``cvd_before`` is taken.
    reversal_contracts : int
        How far the delta comes back from its extreme to have reversed, after a move of as much.
    is_zero_passed : bool
        Whether windows that end at 0 are passed over, so that a delta which stops at 0 on its way
        flips too. False is the reference's rule, which loses those.
    """

    flip_cooldown_ns: int = 2_000_000_000
    reversal_cooldown_ns: int = 2_000_000_000
    lookback_ns: int = 5_000_000_000
    reversal_contracts: int = 100
    is_zero_passed: bool = True

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        at_least("flip_cooldown_ns", self.flip_cooldown_ns, 0)
        at_least("reversal_cooldown_ns", self.reversal_cooldown_ns, 0)
        at_least("lookback_ns", self.lookback_ns, 0)
        at_least("reversal_contracts", self.reversal_contracts, 1)


class DeltaFlips:
    """Flips and reversals of one instrument's cumulative delta, from the points of ``Cvd``.

    A flip is a change of the sign from window to window. A reversal is a turn by
    `reversal_contracts` from the highest or the lowest point since the last turn; the first move
    of a session is none. What a cooldown keeps quiet has happened all the same: the next flip is
    one from there. What is held does not grow: the points of the lookback.

    Parameters
    ----------
    settings : FlipSettings, optional
        The defaults where not given.
    every_ns : int
        The length of the windows of the points.
    """

    rows: Final = FLIP

    def __init__(self, settings: FlipSettings | None = None, every_ns: int = 1_000_000_000) -> None:
        self.settings = settings or FlipSettings()
        at_least("every_ns", every_ns, 1)
        self._room = self.settings.lookback_ns // every_ns + 4
        self._rules = FlipRules(
            self.settings.flip_cooldown_ns,
            self.settings.reversal_cooldown_ns,
            self.settings.lookback_ns,
            self.settings.reversal_contracts,
            self.settings.is_zero_passed,
        )
        self._closed = np.zeros(ROOM, FLIP)
        self.reset()

    def reset(self) -> None:
        """Forget everything, the session too."""
        self._opens_ns: int | None = None
        now = np.array([0, LONG_AGO, LONG_AGO, 0, 0, 0, 0, 0], "i8")
        self._state = FlipState(now, np.zeros((self._room, 2), "i8"))

    def begin(self, session: Session) -> None:
        """Begin a session: its delta begins at 0, and that is no flip."""
        if self._opens_ns is not None:
            self.reset()
        self._opens_ns = session.open_ns

    def update(self, points: np.ndarray) -> np.ndarray:
        """Take points that have closed, and give the flips and reversals in them.

        Parameters
        ----------
        points : numpy.ndarray
            dtype ``CVD_POINT``, of ``Cvd.update``.

        Returns
        -------
        numpy.ndarray
            dtype ``FLIP``, by time; of one time the flip first.
        """
        if self._opens_ns is None:
            return self._take(points)
        return take_across_open(points, self._opens_ns, self._take, self.reset, FLIP)

    def current(self) -> np.ndarray:
        """Give none: a flip is at once."""
        return self._closed[:0].copy()

    def _take(self, points: np.ndarray) -> np.ndarray:
        points = kernel_input(points)
        return gather(
            lambda done: gather_flips(self._state, self._rules, points, done, self._closed),
            len(points),
            self._closed,
        )


def flip_signals(flips: np.ndarray) -> np.ndarray:
    """Give the signal of each flip and reversal: a turn up is bullish.

    Parameters
    ----------
    flips : numpy.ndarray
        dtype ``FLIP``.

    Returns
    -------
    numpy.ndarray
        dtype ``SIGNAL``, sorted by time and kind; `amount` is how far the delta moved.
    """
    signals = np.zeros(len(flips), SIGNAL)
    signals["ts_ns"] = flips["ts_ns"]
    for name in ("price", "price_low", "price_high"):
        signals[name] = flips["price"]
    signals["amount"] = np.abs(flips["cvd_after"] - flips["cvd_before"])
    signals["kind"] = np.where(
        flips["kind"] == ZERO_CROSS, SignalKind.DELTA_FLIP, SignalKind.DELTA_REVERSAL
    )
    signals["direction"] = flips["direction"]
    signals["strength"] = flips["strength"]
    signals["score"] = 1
    return in_order(signals)
