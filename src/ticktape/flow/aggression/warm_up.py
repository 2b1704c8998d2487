"""Running every kernel of this package once, so that it is compiled."""

from __future__ import annotations

import numpy as np

from ticktape.flow.aggression.cvd import Cvd
from ticktape.flow.aggression.divergence import Divergences
from ticktape.flow.aggression.flips import DeltaFlips
from ticktape.flow.aggression.sweeps import Sweeps
from ticktape.flow.aggression.windows import Windows
from ticktape.flow.prints import PRINT


def warm_up() -> None:
    """Compile the kernels of this package, or load them from the cache."""
    prints = np.zeros(2, PRINT)
    prints["size"] = 1
    for study in (Windows(), Cvd(), Sweeps()):
        study.update(prints, 0)
        study.current()
    points = Cvd().update(prints, 2_000_000_000)
    DeltaFlips().update(points)
    Divergences(1).update(points)
