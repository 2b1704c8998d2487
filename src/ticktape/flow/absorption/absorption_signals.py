"""Signals of absorption: what was absorbed turns the other way."""

from __future__ import annotations

import numpy as np

from ticktape.flow.signals.signal import SIGNAL, SignalKind
from ticktape.tape.layouts import SIDE_BID


def absorption_signals(rows: np.ndarray) -> np.ndarray:
    """Give a signal for every event of absorption that is worth telling.

    Parameters
    ----------
    rows : numpy.ndarray
        dtype ``ABSORPTION``.

    Returns
    -------
    numpy.ndarray
        dtype ``SIGNAL``, in the order of the rows, which is that of their times. Buying absorbed
        is bearish, selling absorbed bullish; the amount is ``abs(delta)``.
    """
    told = rows[rows["is_told"] == 1]
    signals = np.zeros(len(told), SIGNAL)
    signals["ts_ns"] = told["ts_ns"]
    for name in ("price", "price_low", "price_high"):
        signals[name] = told["price"]
    signals["amount"] = np.abs(told["delta"])
    signals["kind"] = SignalKind.ABSORPTION
    signals["direction"] = np.where(told["absorbed"] == SIDE_BID, -1, 1)
    signals["strength"] = told["strength"]
    signals["score"] = 1
    return signals
