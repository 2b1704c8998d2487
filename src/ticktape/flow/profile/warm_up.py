"""Running every kernel of the volume-by-price studies once, so that it is compiled."""

from __future__ import annotations

import numpy as np

from ticktape.flow.prints import PRINT
from ticktape.flow.profile.footprint import Footprint
from ticktape.flow.profile.legs import ImpulseLegs
from ticktape.flow.profile.levels import summary_of
from ticktape.flow.profile.naked import NakedPocs
from ticktape.flow.profile.session_profile import SessionProfile
from ticktape.tape.layouts import SIDE_BID

_MINUTE_NS = 60_000_000_000


def warm_up() -> None:
    """Compile the kernels of this package, or load them from the cache."""
    prints = np.zeros(1, PRINT)
    prints["size"], prints["side"] = 1, SIDE_BID
    profile = SessionProfile(1)
    profile.update(prints, _MINUTE_NS)
    profile.current()
    profile.summary()
    summary_of(profile.levels())
    footprint = Footprint(1)
    footprint.update(prints, 0)
    footprint.open_bar()
    footprint.update(prints[:0], _MINUTE_NS)
    NakedPocs().update(footprint.closed.bars)
    ImpulseLegs(1).update(footprint.closed.bars, footprint.closed.levels)
