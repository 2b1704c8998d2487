"""Who was the aggressor, how much, and how it went on: windows, sweeps, cumulative delta."""

from ticktape.flow.aggression.cvd import CVD_POINT, Cvd, CvdSettings, CvdStanding
from ticktape.flow.aggression.divergence import (
    DIVERGENCE,
    Divergences,
    DivergenceSettings,
    divergence_signals,
)
from ticktape.flow.aggression.flips import (
    FLIP,
    REVERSAL,
    ZERO_CROSS,
    DeltaFlips,
    FlipSettings,
    flip_signals,
)
from ticktape.flow.aggression.sweeps import SWEEP, Sweeps, SweepSettings, sweep_signals
from ticktape.flow.aggression.windows import (
    WINDOW,
    WindowCounts,
    Windows,
    WindowSettings,
    count_windows,
)

__all__ = [
    "CVD_POINT",
    "DIVERGENCE",
    "FLIP",
    "REVERSAL",
    "SWEEP",
    "WINDOW",
    "ZERO_CROSS",
    "Cvd",
    "CvdSettings",
    "CvdStanding",
    "DeltaFlips",
    "DivergenceSettings",
    "Divergences",
    "FlipSettings",
    "SweepSettings",
    "Sweeps",
    "WindowCounts",
    "WindowSettings",
    "Windows",
    "count_windows",
    "divergence_signals",
    "flip_signals",
    "sweep_signals",
]
