"""Confluence: several kinds of signal that agree within seconds."""

from __future__ import annotations

from typing import Final

import numpy as np

from ticktape.flow.joined_rows import copy_rows
from ticktape.flow.signals.confluence_kernels import find_confluences, new_confluence_state
from ticktape.flow.signals.last_print import LastPrint
from ticktape.flow.signals.rows import CONFLUENCE
from ticktape.flow.signals.settings import ConfluenceSettings
from ticktape.flow.signals.signal import SIGNAL, SignalKind
from ticktape.ops.kernels import kernel_input
from ticktape.tape.layouts import UNDEF_PRICE

_STRONGEST: Final = 3


class Confluence:
    """Tells where kinds of signal agree.

    At each time at which there were signals, it counts the kinds seen of each direction within
    the time before; where enough agree, and more than say the other, and the last one is long
    enough ago, there is a confluence, and all signals so far are forgotten. The state is one
    time for each kind and direction.

    Parameters
    ----------
    settings : ConfluenceSettings, optional
        How many, how near, how often.
    """

    rows: Final = CONFLUENCE

    def __init__(self, settings: ConfluenceSettings | None = None) -> None:
        self._settings = settings or ConfluenceSettings()
        self.reset()

    def reset(self) -> None:
        """Forget all signals and prints."""
        settings = self._settings
        self._last = LastPrint()
        self._state = new_confluence_state(
            settings.within_ns, settings.least_kinds, settings.cooldown_ns
        )

    def update(self, signals: np.ndarray, prints: np.ndarray) -> np.ndarray:
        """Take signals and prints, and give the confluences.

        Parameters
        ----------
        signals : numpy.ndarray
            dtype ``SIGNAL``, in the order of ``SignalOrder``: all those of a time at once.
            Confluences among them are passed over.
        prints : numpy.ndarray
            dtype ``PRINT``: those since the last call.

        Returns
        -------
        numpy.ndarray
            dtype ``CONFLUENCE``.
        """
        found = np.empty(0, CONFLUENCE)
        if len(signals):
            rows = np.zeros(len(signals), CONFLUENCE)
            filled = find_confluences(self._state, kernel_input(signals), rows)
            found = copy_rows(rows[:filled])
            prices, _ = self._last.at(prints, found["ts_ns"])
            found["price"] = np.where(prices == UNDEF_PRICE, found["price"], prices)
        self._last.remember(prints)
        return found


def confluence_signals(rows: np.ndarray) -> np.ndarray:
    """Give a signal for every confluence.

    Parameters
    ----------
    rows : numpy.ndarray
        dtype ``CONFLUENCE``.

    Returns
    -------
    numpy.ndarray
        dtype ``SIGNAL``; two kinds are of medium strength (1), three strong (2), more defended
        (3). They go behind the other signals of their time, as their kind is the last.
    """
    signals = np.zeros(len(rows), SIGNAL)
    for name in ("ts_ns", "price", "price_low", "price_high", "direction", "score"):
        signals[name] = rows[name]
    signals["kind"] = SignalKind.CONFLUENCE
    signals["strength"] = np.minimum(np.maximum(rows["score"], 1) - 1, _STRONGEST)
    return signals
