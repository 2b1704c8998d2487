"""Running every kernel of the volume-by-price studies once, so that it is compiled."""

from __future__ import annotations

import numpy as np

from ticktape.flow.prints import PRINT
from ticktape.flow.profile.footprint import Footprint
from ticktape.flow.profile.legs import ImpulseLegs
from ticktape.flow.profile.levels import summary_of
from ticktape.flow.profile.naked import NakedPocs
from ticktape.flow.profile.session_profile import SessionProfile
from ticktape.flow.profile.settings import LegSettings
from ticktape.tape.layouts import SIDE_BID

_MINUTE_NS = 60_000_000_000


def warm_up() -> None:
    """Compile the kernels of this package, or load them from the cache."""
    prints = np.zeros(2, PRINT)
    prints["size"], prints["side"], prints["price"] = 1, SIDE_BID, (0, 1)
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
    # One candle is a leg, so that it is looked at for nodes.
    least = LegSettings(least_candles=1, least_ticks=1, least_score=1)
    ImpulseLegs(1, least).update(footprint.closed.bars, footprint.closed.levels)
