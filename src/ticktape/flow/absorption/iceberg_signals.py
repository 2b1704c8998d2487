"""Signals of icebergs: a price that is defended by more than it shows."""

from __future__ import annotations

import numpy as np

from ticktape.flow.signals.signal import SIGNAL, SignalKind
from ticktape.tape.layouts import SIDE_BID


def iceberg_signals(rows: np.ndarray) -> np.ndarray:
    """Give a signal for every iceberg that is new, and again each time it proves stronger.

    Parameters
    ----------
    rows : numpy.ndarray
        dtype ``ICEBERG``.

    Returns
    -------
    numpy.ndarray
        dtype ``SIGNAL``, in order of time, direction and price. A hidden bid is bullish, a hidden
        ask bearish; the amount is what was filled.
    """
    told = rows[rows["is_stronger"] == 1]
    signals = np.zeros(len(told), SIGNAL)
    signals["ts_ns"] = told["ts_ns"]
    for name in ("price", "price_low", "price_high"):
        signals[name] = told["price"]
    signals["amount"] = told["filled"]
    signals["kind"] = SignalKind.ICEBERG
    signals["direction"] = np.where(told["side"] == SIDE_BID, 1, -1)
    signals["strength"] = told["strength"]
    signals["score"] = 1
    order = np.lexsort((signals["price"], signals["direction"], signals["ts_ns"]))
    return signals[order]
