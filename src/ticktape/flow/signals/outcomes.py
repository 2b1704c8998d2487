"""What became of every signal at the end of each horizon: after a minute and five by default."""

from __future__ import annotations

from typing import Final

import numpy as np

from ticktape.flow.joined_rows import copy_rows, join_rows
from ticktape.flow.signals.last_print import LastPrint
from ticktape.flow.signals.rows import OUTCOME, Outcome
from ticktape.flow.signals.settings import OutcomeSettings
from ticktape.tape.layouts import UNDEF_PRICE

_ORDER: Final = ("place", "kind", "signal_ns", "ts_ns")
_NOTHING_WAITS: Final = 2**63 - 1


class Outcomes:
    """Judges every signal at the end of each horizon, by the last print at or before it.

    A horizon is over once the clock has passed it, so that all prints of its last nanosecond are
    known. It does not end with a session: a signal shortly before the close is judged by the last
    print there was, whose time stands beside it (``print_ns``). What the tape ends before stays
    open. What waits is bounded by the signals of the longest horizon.

    Parameters
    ----------
    tick : int
        The instrument's tick in 1e-9.
    settings : OutcomeSettings, optional
        What counts as a win.
    """

    rows: Final = OUTCOME

    def __init__(self, tick: int, settings: OutcomeSettings | None = None) -> None:
        settings = settings or OutcomeSettings()
        self._horizons = settings.horizons_ns
        self._least_move = settings.least_move(tick)
        self.reset()

    def reset(self) -> None:
        """Forget all signals and prints."""
        self._last = LastPrint()
        # One run for each horizon, in the order in which they end.
        self._waiting = [np.empty(0, OUTCOME) for _ in self._horizons]
        self._next_ns = _NOTHING_WAITS

    @property
    def due_ns(self) -> int:
        """The first time of the clock at which an outcome is known; the largest integer if none."""
        return min(self._next_ns + 1, _NOTHING_WAITS)

    def update(self, signals: np.ndarray, prints: np.ndarray, clock_ns: int) -> np.ndarray:
        """Take signals and prints, and give the outcomes that the clock has passed.

        Parameters
        ----------
        signals : numpy.ndarray
            dtype ``SIGNAL``, in the order of ``SignalOrder``: all those of a time at once, and
            their times before the clock.
        prints : numpy.ndarray
            dtype ``PRINT``: those since the last call.
        clock_ns : int
            The instrument's clock after these prints.

        Returns
        -------
        numpy.ndarray
            dtype ``OUTCOME``, in the order of their ends, then of signals.
        """
        if len(signals):
            self._take(signals)
        judged = self._judge(prints, clock_ns) if self._next_ns < clock_ns else []
        self._last.remember(prints)
        if not judged:
            return np.empty(0, OUTCOME)
        rows = join_rows(judged, OUTCOME)
        return np.take(rows, np.lexsort([rows[name] for name in _ORDER]))

    def current(self) -> np.ndarray:
        """Give the outcomes that are still open, as ``UNKNOWN``."""
        return join_rows(self._waiting, OUTCOME)

    def _take(self, signals: np.ndarray) -> None:
        rows = np.zeros(len(signals), OUTCOME)
        rows["signal_ns"] = signals["ts_ns"]
        for name in ("price", "kind", "direction"):
            rows[name] = signals[name]
        rows["place"] = places(signals)
        rows["price_after"] = UNDEF_PRICE
        for number, horizon_ns in enumerate(self._horizons):
            rows["horizon_ns"] = horizon_ns
            rows["ts_ns"] = rows["signal_ns"] + horizon_ns
            self._waiting[number] = join_rows([self._waiting[number], rows], OUTCOME)
        self._next_ns = min(int(waiting["ts_ns"][0]) for waiting in self._waiting if len(waiting))

    def _judge(self, prints: np.ndarray, clock_ns: int) -> list[np.ndarray]:
        judged = []
        for number, waiting in enumerate(self._waiting):
            over = int(waiting["ts_ns"].searchsorted(clock_ns))
            if over:
                rows = copy_rows(waiting[:over])
                self._waiting[number] = copy_rows(waiting[over:])
                rows["price_after"], rows["print_ns"] = self._last.at(prints, rows["ts_ns"])
                judged.append(self._decide(rows))
        ends = [int(waiting["ts_ns"][0]) for waiting in self._waiting if len(waiting)]
        self._next_ns = min(ends, default=_NOTHING_WAITS)
        return judged

    def _decide(self, rows: np.ndarray) -> np.ndarray:
        known = rows["price_after"] != UNDEF_PRICE
        move = (rows["price_after"] - rows["price"]) * rows["direction"]
        move = np.where(known, move, 0)
        rows["move"] = move
        outcome = np.full(len(rows), Outcome.BREAKEVEN, "u1")
        outcome[move >= self._least_move] = Outcome.WIN
        outcome[move <= -self._least_move] = Outcome.LOSS
        outcome[~known] = Outcome.UNKNOWN
        rows["outcome"] = outcome
        return rows


def places(signals: np.ndarray) -> np.ndarray:
    """Count signals of the same time and kind.

    Parameters
    ----------
    signals : numpy.ndarray
        dtype ``SIGNAL``, in order of times, then kinds.

    Returns
    -------
    numpy.ndarray
        ``i8``: the place of each among those of its time and kind, 0 the first.
    """
    if not len(signals):
        return np.empty(0, np.int64)
    numbers = np.arange(len(signals))
    begins = np.ones(len(signals), bool)
    begins[1:] = (np.diff(signals["ts_ns"]) != 0) | (signals["kind"][1:] != signals["kind"][:-1])
    return numbers - np.maximum.accumulate(np.where(begins, numbers, 0))
