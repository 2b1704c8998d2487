"""How often the signals of each kind and direction were right."""

from __future__ import annotations

from typing import Final

import numpy as np

from ticktape.flow.signals.rows import WIN_RATE, Outcome
from ticktape.flow.signals.signal import SignalKind

_KINDS: Final = int(max(SignalKind)) + 1
_PERCENT: Final = 100.0


class WinRates:
    """Counts signals and their outcomes.

    Parameters
    ----------
    horizons_ns : tuple of int
        The horizons at which signals are judged.
    """

    def __init__(self, horizons_ns: tuple[int, ...]) -> None:
        self._horizons = horizons_ns
        self.reset()

    def reset(self) -> None:
        """Count from zero."""
        # By kind and direction (bearish, bullish); then by horizon and outcome.
        self._signals = np.zeros((_KINDS, 2), np.int64)
        self._counts = np.zeros((_KINDS, 2, len(self._horizons), len(Outcome)), np.int64)
        self._moves = np.zeros((_KINDS, 2, len(self._horizons)), np.int64)

    def update(self, signals: np.ndarray, outcomes: np.ndarray) -> None:
        """Count.

        Parameters
        ----------
        signals : numpy.ndarray
            dtype ``SIGNAL``.
        outcomes : numpy.ndarray
            dtype ``OUTCOME``.
        """
        if len(signals):
            bullish = (signals["direction"] > 0).astype(np.int64)
            np.add.at(self._signals, (signals["kind"].astype(np.int64), bullish), 1)
        if len(outcomes):
            bullish = (outcomes["direction"] > 0).astype(np.int64)
            horizon = np.searchsorted(self._horizons, outcomes["horizon_ns"])
            place = (outcomes["kind"].astype(np.int64), bullish, horizon)
            np.add.at(self._counts, (*place, outcomes["outcome"].astype(np.int64)), 1)
            np.add.at(self._moves, place, outcomes["move"])

    def rates(self) -> np.ndarray:
        """Give the rates of every kind and direction of which there was a signal.

        Returns
        -------
        numpy.ndarray
            dtype ``WIN_RATE``, one row a horizon, in order of kind, direction, horizon.
        """
        rows = []
        for kind, bullish in np.argwhere(self._signals):
            for number, horizon_ns in enumerate(self._horizons):
                wins, losses, even = self._counts[kind, bullish, number, Outcome.WIN :].tolist()
                known = wins + losses + even
                rows.append(
                    (
                        kind,
                        2 * bullish - 1,
                        horizon_ns,
                        self._signals[kind, bullish],
                        wins,
                        losses,
                        even,
                        win_rate(wins, losses),
                        self._moves[kind, bullish, number] / known if known else np.nan,
                    )
                )
        return np.array(rows, WIN_RATE)


def win_rate(wins: int, losses: int) -> float:
    """Give wins of those that won or lost, in percent; NaN where none did."""
    return wins / (wins + losses) * _PERCENT if wins + losses else float("nan")
