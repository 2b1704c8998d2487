"""The studies of an instrument's prints, and which of them build on which."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final, Protocol

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
from ticktape.flow.profile import (
    FOOTPRINT_LEVEL,
    LEG_NODE,
    STACK,
    Footprint,
    ImpulseLegs,
    NakedPocs,
    SessionProfile,
    stacked_signals,
)
from ticktape.flow.session.bars import SessionBars
from ticktape.flow.session.levels import SessionLevels
from ticktape.flow.study import Study
from ticktape.tape.session import Session

# The studies that have signals, and what makes them of their rows.
_SIGNALS: Final[tuple[tuple[str, Callable[[np.ndarray], np.ndarray]], ...]] = (
    ("flips", flip_signals),
    ("divergences", divergence_signals),
    ("sweeps", sweep_signals),
    ("stacks", stacked_signals),
    ("absorptions", absorption_signals),
)


class Begun(Protocol):
    """What starts over with a session, and altogether."""

    def begin(self, session: Session) -> None:
        """Begin a session."""
        ...

    def reset(self) -> None:
        """Forget everything."""
        ...


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
        dtype ``SIGNAL``: what the last update told of, one for each study that has signals and
        closed a row.
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
        self.footprint: Final = Footprint(tick, settings.footprint)
        self.naked_pocs: Final = NakedPocs()
        self.legs: Final = ImpulseLegs(tick, settings.legs)
        self._candles = self.footprint
        if settings.footprint.every_ns != settings.legs.candle_ns:
            candles = replace(
                settings.footprint,
                every_ns=settings.legs.candle_ns,
                bar_prints=0,
                bar_contracts=0,
                bar_ticks=0,
                bar_delta_contracts=0,
                kept_bars=1,
            )
            self._candles = Footprint(tick, candles)
        # Those that need nothing but prints; the others build on what these close.
        self._of_prints: Final[dict[str, Study]] = {
            "bars": self.bars,
            "levels": self.levels,
            "windows": self.windows,
            "sweeps": self.sweeps,
            "cvd": self.cvd,
            "developing": self.profile,
            "footprints": self.footprint,
        }
        self.rows: dict[str, np.dtype] = {
            **{name: study.rows for name, study in self._of_prints.items()},
            "footprint_levels": FOOTPRINT_LEVEL,
            "stacks": STACK,
            "naked_pocs": self.naked_pocs.rows,
            "legs": self.legs.rows,
            "leg_nodes": LEG_NODE,
            "flips": self.flips.rows,
            "divergences": self.divergences.rows,
            "absorptions": self.absorption.rows,
            "zones": ZONE,
        }
        self.signals: list[np.ndarray] = []

    def reset(self) -> None:
        """Forget everything."""
        for study in self._every():
            study.reset()
        self.naked_pocs.reset()
        self.signals = []

    def begin(self, session: Session) -> None:
        """Begin a session in every study."""
        stands = self.profile.summary()
        if stands is not None:
            self.levels.know_profile(stands.poc, stands.vah, stands.val)
        for study in self._every():
            study.begin(session)

    def update(self, prints: np.ndarray, clock_ns: int) -> dict[str, np.ndarray]:
        """Take prints, and give every study's closed rows; some may be empty."""
        closed = {name: study.update(prints, clock_ns) for name, study in self._of_prints.items()}
        bars, points = self.footprint.closed, closed["cvd"]
        closed["footprint_levels"], closed["stacks"] = bars.levels, bars.stacks
        closed["naked_pocs"] = self.naked_pocs.update(bars.bars)
        if self._candles is not self.footprint:
            self._candles.update(prints, clock_ns)
        closed["legs"] = self.legs.update(self._candles.closed.bars, self._candles.closed.levels)
        closed["leg_nodes"] = self.legs.nodes
        closed["flips"] = self.flips.update(points)
        closed["divergences"] = self.divergences.update(points)
        closed["absorptions"] = self.absorption.update(prints, clock_ns, closed["developing"])
        self.signals = [
            signals_of(closed[name]) for name, signals_of in _SIGNALS if len(closed[name])
        ]
        return closed

    def current(self) -> dict[str, np.ndarray]:
        """Give every study's open rows; some may be empty.

        ``naked_pocs`` are those that are naked, ``zones`` those that live.
        """
        opened = {name: study.current() for name, study in self._of_prints.items()}
        bar = self.footprint.open_bar()
        return opened | {
            "footprint_levels": bar.levels,
            "stacks": bar.stacks,
            "naked_pocs": self.naked_pocs.current(bar.bars),
            "zones": self.absorption.zones(),
        }

    def _every(self) -> Iterator[Begun]:
        yield from self._of_prints.values()
        yield from (self.flips, self.divergences, self.absorption, self.legs)
        if self._candles is not self.footprint:
            yield self._candles
