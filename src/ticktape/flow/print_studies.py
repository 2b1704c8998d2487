"""The studies of an instrument's prints, and which of them build on which."""

from __future__ import annotations

from typing import Final

import numpy as np

from ticktape.flow.absorption.absorption import Absorption
from ticktape.flow.absorption.absorption_signals import absorption_signals
from ticktape.flow.absorption.rows import ZONE
from ticktape.flow.aggression import (
    Cvd,
    DeltaFlips,
    Divergences,
    Sweeps,
    Windows,
    divergence_signals,
    flip_signals,
    sweep_signals,
)
from ticktape.flow.flow_settings import FlowSettings
from ticktape.flow.profile.session_profile import SessionProfile
from ticktape.flow.session.bars import SessionBars
from ticktape.flow.session.levels import SessionLevels
from ticktape.flow.study import Study
from ticktape.tape.session import Session


class PrintStudies:
    """All studies that need nothing but prints.

    Parameters
    ----------
    tick : int
        The instrument's tick in 1e-9.
    settings : FlowSettings
        Of each study.

    Attributes
    ----------
    rows : dict of str to numpy.dtype
        What each study emits.
    signals : list of numpy.ndarray
        dtype ``SIGNAL``: what the last update told of, study by study.
    """

    def __init__(self, tick: int, settings: FlowSettings) -> None:
        self.bars: Final = SessionBars(settings.bars, tick)
        self.levels: Final = SessionLevels(tick, settings.levels)
        self.windows: Final = Windows(settings.windows)
        self.sweeps: Final = Sweeps(settings.sweeps)
        self.cvd: Final = Cvd(settings.cvd)
        self.flips: Final = DeltaFlips(settings.flips, settings.cvd.length_ns)
        self.divergences: Final = Divergences(tick, settings.divergences)
        self.profile: Final = SessionProfile(tick, settings.profile)
        self.absorption: Final = Absorption(tick, settings.absorption)
        self._of_prints: Final[dict[str, Study]] = {
            "bars": self.bars,
            "levels": self.levels,
            "windows": self.windows,
            "sweeps": self.sweeps,
            "cvd": self.cvd,
            "developing": self.profile,
        }
        self._built_on: Final = {
            "flips": self.flips,
            "divergences": self.divergences,
            "absorptions": self.absorption,
        }
        every = self._of_prints | self._built_on
        self.rows = {name: study.rows for name, study in every.items()} | {"zones": ZONE}
        self.signals: list[np.ndarray] = []

    def reset(self) -> None:
        """Forget everything."""
        for study in (*self._of_prints.values(), *self._built_on.values()):
            study.reset()
        self.signals = []

    def begin(self, session: Session) -> None:
        """Begin a session in every study."""
        stands = self.profile.summary()
        if stands is not None:
            self.levels.know_profile(stands.poc, stands.vah, stands.val)
        for study in (*self._of_prints.values(), *self._built_on.values()):
            study.begin(session)

    def update(self, prints: np.ndarray, clock_ns: int) -> dict[str, np.ndarray]:
        """Take prints, and give every study's closed rows; some may be empty."""
        closed = {name: study.update(prints, clock_ns) for name, study in self._of_prints.items()}
        points, stands = closed["cvd"], closed["developing"]
        closed["flips"] = self.flips.update(points)
        closed["divergences"] = self.divergences.update(points)
        closed["absorptions"] = self.absorption.update(prints, clock_ns, stands)
        self.signals = [
            flip_signals(closed["flips"]),
            divergence_signals(closed["divergences"]),
            sweep_signals(closed["sweeps"]),
            absorption_signals(closed["absorptions"]),
        ]
        return closed

    def current(self) -> dict[str, np.ndarray]:
        """Give every study's open rows; some may be empty."""
        every = self._of_prints | self._built_on
        opened = {name: study.current() for name, study in every.items()}
        return opened | {"zones": self.absorption.zones()}
