"""Divergence of the price and the cumulative delta over swings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from ticktape.flow.aggression.across_open import take_across_open
from ticktape.flow.aggression.divergence_kernels import (
    DivergenceRules,
    DivergenceState,
    gather_divergences,
)
from ticktape.flow.aggression.limits import at_least
from ticktape.flow.gather import ROOM, gather
from ticktape.flow.signal_order import in_order
from ticktape.flow.signals.signal import SIGNAL, SignalKind
from ticktape.ops.kernels import kernel_input
from ticktape.tape.session import Session

# One swing that the delta did not go with:
#   ts_ns                end of the window that ended the swing: when it was known;
#   price                the last print's then (1e-9);
#   price_from, price_to the swing before, and this one (1e-9);
#   cvd_from, cvd_to     the session's delta at each (contracts); from_ns, to_ns: when each was;
#   direction            -1: a higher high with a lower delta; +1: a lower low with a higher one.
DIVERGENCE: Final = np.dtype(
    [
        ("ts_ns", "i8"),
        ("price", "i8"),
        ("price_from", "i8"),
        ("price_to", "i8"),
        ("cvd_from", "i8"),
        ("cvd_to", "i8"),
        ("from_ns", "i8"),
        ("to_ns", "i8"),
        ("direction", "i1"),
    ],
    align=True,
)


@dataclass(frozen=True)
class DivergenceSettings:
    """How far a swing goes, and how far apart two of them are.

    Attributes
    ----------
    swing_ticks : int
        How far the price comes back from an extreme for that to be a swing.
    min_price_ticks : int
        How far beyond the swing before the price went.
    min_cvd_contracts : int
        How far the delta stayed behind what it was at the swing before.
    """

    swing_ticks: int = 20
    min_price_ticks: int = 1
    min_cvd_contracts: int = 1

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        at_least("swing_ticks", self.swing_ticks, 1)
        at_least("min_price_ticks", self.min_price_ticks, 1)
        at_least("min_cvd_contracts", self.min_cvd_contracts, 1)


class Divergences:
    """Divergences of one instrument, from the points of ``Cvd``.

    The price and the delta are those after each window, so both are of one moment. A swing high is
    the highest of them before the price came back by `swing_ticks`; two of one session are
    compared, each with the one before it. What is held does not grow: four swings.

    Parameters
    ----------
    tick : int
        The instrument's, in 1e-9.
    settings : DivergenceSettings, optional
        The defaults where not given.
    """

    rows: Final = DIVERGENCE

    def __init__(self, tick: int, settings: DivergenceSettings | None = None) -> None:
        at_least("tick", tick, 1)
        self.settings = settings or DivergenceSettings()
        self._rules = DivergenceRules(
            self.settings.swing_ticks * tick,
            self.settings.min_price_ticks * tick,
            self.settings.min_cvd_contracts,
        )
        self._closed = np.zeros(ROOM, DIVERGENCE)
        self.reset()

    def reset(self) -> None:
        """Forget everything, the session too."""
        self._opens_ns: int | None = None
        self._state = DivergenceState(np.zeros(4, "i8"), np.zeros((4, 3), "i8"))

    def begin(self, session: Session) -> None:
        """Begin a session: its delta is not compared with another's."""
        if self._opens_ns is not None:
            self.reset()
        self._opens_ns = session.open_ns

    def update(self, points: np.ndarray) -> np.ndarray:
        """Take points that have closed, and give the divergences known by them.

        Parameters
        ----------
        points : numpy.ndarray
            dtype ``CVD_POINT``, of ``Cvd.update``.

        Returns
        -------
        numpy.ndarray
            dtype ``DIVERGENCE``, by time.
        """
        if self._opens_ns is None:
            return self._take(points)
        return take_across_open(points, self._opens_ns, self._take, self.reset, DIVERGENCE)

    def current(self) -> np.ndarray:
        """Give none: a swing is known when it has ended."""
        return self._closed[:0].copy()

    def _take(self, points: np.ndarray) -> np.ndarray:
        points = kernel_input(points)
        return gather(
            lambda done: gather_divergences(self._state, self._rules, points, done, self._closed),
            len(points),
            self._closed,
        )


def divergence_signals(divergences: np.ndarray) -> np.ndarray:
    """Give the signal of each divergence: a lower low that the delta did not make is bullish.

    Parameters
    ----------
    divergences : numpy.ndarray
        dtype ``DIVERGENCE``.

    Returns
    -------
    numpy.ndarray
        dtype ``SIGNAL``, sorted by time; `amount` is how far the delta stayed behind.
    """
    signals = np.zeros(len(divergences), SIGNAL)
    signals["ts_ns"] = divergences["ts_ns"]
    signals["price"] = divergences["price"]
    signals["price_low"] = np.minimum(divergences["price_from"], divergences["price_to"])
    signals["price_high"] = np.maximum(divergences["price_from"], divergences["price_to"])
    signals["amount"] = np.abs(divergences["cvd_to"] - divergences["cvd_from"])
    signals["kind"] = SignalKind.DIVERGENCE
    signals["direction"] = divergences["direction"]
    signals["score"] = 1
    return in_order(signals)
