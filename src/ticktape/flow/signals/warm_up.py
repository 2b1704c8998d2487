"""Running every kernel of signals once, so that it is compiled."""

from __future__ import annotations

import numpy as np

from ticktape.flow.prints import PRINT
from ticktape.flow.signals.confluence import Confluence
from ticktape.flow.signals.last_print import LastPrint
from ticktape.flow.signals.signal import SIGNAL


def warm_up() -> None:
    """Compile the kernels of this package, or load them from the cache."""
    prints = np.zeros(1, PRINT)
    Confluence().update(np.zeros(2, SIGNAL), prints)
    LastPrint().at(prints, np.zeros(1, np.int64))
