"""Stacked imbalances as signals."""

from __future__ import annotations

import numpy as np

from ticktape.flow.signals.signal import SIGNAL, SignalKind


def stacked_signals(stacks: np.ndarray) -> np.ndarray:
    """Give the signals of stacked imbalances.

    Parameters
    ----------
    stacks : numpy.ndarray
        ``STACK``, of bars that have closed.

    Returns
    -------
    numpy.ndarray
        ``SIGNAL``: known when the bar ended, at the bar's last price, over the ticks of the stack;
        bought is bullish. Strength is the number of ticks beyond the third, 3 at most; the amount
        is by how much the stronger side exceeded the other.
    """
    signals = np.zeros(len(stacks), SIGNAL)
    if not len(stacks):
        return signals
    signals["ts_ns"] = stacks["end_ns"]
    signals["price"] = stacks["close"]
    signals["price_low"] = stacks["price_low"]
    signals["price_high"] = stacks["price_high"]
    signals["amount"] = stacks["excess"]
    signals["kind"] = SignalKind.STACKED_IMBALANCE
    signals["direction"] = stacks["side"]
    signals["strength"] = np.clip(stacks["levels"] - 3, 0, 3)
    signals["score"] = 1
    order = np.lexsort((signals["price"], signals["direction"], signals["ts_ns"]))
    return np.take(signals, order)
