"""A session's signals counted by kind, with what came of them: for ``SessionStats``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from ticktape.flow.signals.rows import Outcome
from ticktape.flow.signals.signal import SignalKind
from ticktape.server.flow_state_messages import KindStats
from ticktape.store.signal_rows import Horizon, points

# Names of the kinds in SessionStats.
GROUPS: Final = {
    SignalKind.DELTA_FLIP: "delta_flips",
    SignalKind.DELTA_REVERSAL: "delta_flips",
    SignalKind.ABSORPTION: "absorptions",
    SignalKind.STACKED_IMBALANCE: "stacked_imbalances",
    SignalKind.CONFLUENCE: "confluences",
    SignalKind.DIVERGENCE: "divergences",
    SignalKind.ICEBERG: "icebergs",
    SignalKind.SWEEP: "sweeps",
}
_FINAL: Final = "5m"
# What makes a signal what it is, among those of one instrument.
_SIGNAL: Final = ("kind", "signal_ns", "direction", "price")


@dataclass
class _Counts:
    bullish: int = 0
    bearish: int = 0
    results: dict[int, int] = field(default_factory=dict)
    moves: dict[Horizon, int] = field(default_factory=dict)
    judged: dict[Horizon, int] = field(default_factory=dict)


class SessionCounts:
    """Counts the signals of one session.

    The outcome of the later horizon takes the place of that of the sooner. What waits for it is
    bounded by the signals of the later horizon.

    Parameters
    ----------
    horizons : mapping of int to str
        The names of the horizons by their lengths in nanoseconds.
    """

    def __init__(self, horizons: Mapping[int, Horizon]) -> None:
        self._horizons = horizons
        self.start_ns = 0
        self.begin(0)

    def begin(self, start_ns: int) -> None:
        """Begin a session: its open."""
        self.start_ns = start_ns
        self._counts = {name: _Counts() for name in GROUPS.values()}
        # Results of the sooner horizon, by what makes the signal what it is.
        self._first: dict[tuple[int, ...], int] = {}

    def add(self, kind: int, direction: int) -> None:
        """Count a signal."""
        counts = self._counts[GROUPS[SignalKind(kind)]]
        if direction > 0:
            counts.bullish += 1
        else:
            counts.bearish += 1

    def judge(self, outcomes: np.ndarray) -> None:
        """Count what came of signals of this session, dtype ``OUTCOME``."""
        known = outcomes[
            (outcomes["signal_ns"] > self.start_ns) & (outcomes["outcome"] != Outcome.UNKNOWN)
        ]
        names = ["horizon_ns", *_SIGNAL]
        # What is one signal has one outcome: those of the same are of the same time.
        for (horizon_ns, *signal), (result, move) in dict(
            zip(known[names].tolist(), known[["outcome", "move"]].tolist(), strict=True)
        ).items():
            self._judge(self._horizons[horizon_ns], tuple(signal), result, move)

    def _judge(self, horizon: Horizon, signal: tuple[int, ...], result: int, move: int) -> None:
        counts = self._counts[GROUPS[SignalKind(signal[0])]]
        if horizon == _FINAL:
            before = self._first.pop(signal, None)
            if before is not None:
                counts.results[before] -= 1
        else:
            self._first[signal] = result
        counts.results[result] = counts.results.get(result, 0) + 1
        counts.moves[horizon] = counts.moves.get(horizon, 0) + move
        counts.judged[horizon] = counts.judged.get(horizon, 0) + 1

    def stats(self) -> dict[str, KindStats]:
        """Give the counts by the name of the kind in the message."""
        return {name: _stats(counts) for name, counts in self._counts.items()}


def _stats(counts: _Counts) -> KindStats:
    wins, losses, even = (
        counts.results.get(one, 0) for one in (Outcome.WIN, Outcome.LOSS, Outcome.BREAKEVEN)
    )
    return KindStats(
        counts.bullish + counts.bearish,
        counts.bullish,
        counts.bearish,
        wins,
        losses,
        even,
        _average(counts, "1m"),
        _average(counts, "5m"),
        100 * wins / (wins + losses) if wins + losses else None,
    )


def _average(counts: _Counts, horizon: Horizon) -> float | None:
    judged = counts.judged.get(horizon, 0)
    return points(counts.moves[horizon]) / judged if judged else None
