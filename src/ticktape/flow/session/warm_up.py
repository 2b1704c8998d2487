"""Running every kernel of bars and levels once, so that it is compiled."""

from __future__ import annotations

import numpy as np

from ticktape.flow.prints import PRINT
from ticktape.flow.session.bars import BarKind, BarsSettings, SessionBars
from ticktape.flow.session.levels import SessionLevels
from ticktape.tape.session import Session
from ticktape.tape.session_rules import SESSION_RULES
from ticktape.tape.sessions import Sessions


def warm_up() -> None:
    """Compile the kernels of this package, or load them from the cache; calendars likewise."""
    prints = np.zeros(2, PRINT)
    prints["size"] = 1
    bars = SessionBars(BarsSettings(BarKind.TICK, 2), 1)
    bars.begin(Session(0, 0, 10, 5, 10))
    bars.update(prints, 0)
    bars.current()
    levels = SessionLevels(1)
    levels.begin(Session(0, 0, 10, 5, 10))
    levels.update(prints, 0)
    levels.current()
    for rules in SESSION_RULES.values():
        Sessions(rules).at(0)
