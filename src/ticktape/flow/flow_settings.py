"""What can be set of all studies of one instrument."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import gcd
from typing import Final

from ticktape.flow.absorption.settings import AbsorptionSettings, OrderActivitySettings
from ticktape.flow.aggression import (
    CvdSettings,
    DivergenceSettings,
    FlipSettings,
    SweepSettings,
    WindowSettings,
)
from ticktape.flow.profile.settings import FootprintSettings, LegSettings, ProfileSettings
from ticktape.flow.session.bars import BarKind, BarsSettings
from ticktape.flow.session.levels import LevelsSettings
from ticktape.flow.signals.settings import ConfluenceSettings, OutcomeSettings
from ticktape.tape.errors import BadValueError
from ticktape.tape.session import Session

# So many windows are kept to look back over.
_MOST_WINDOWS: Final = 86_400


@dataclass(frozen=True)
class FlowSettings:
    """The settings of every study; each has its own defaults.

    Attributes
    ----------
    bars : BarsSettings
        Bars.
    levels : LevelsSettings
        Levels of the session and the VWAP; of that and its bands a row each ten seconds is enough
        for a line.
    windows : WindowSettings
        Windows: bubbles.
    sweeps : SweepSettings
        Prints of one event.
    cvd : CvdSettings
        The cumulative delta.
    flips : FlipSettings
        Its flips and reversals.
    divergences : DivergenceSettings
        Price against delta.
    profile : ProfileSettings
        Volume by price, point of control and value area.
    footprint : FootprintSettings
        Volume by price and side of each bar, and its imbalances.
    legs : LegSettings
        Impulse legs and their low-volume nodes.
    absorption : AbsorptionSettings
        Events and zones of absorption.
    orders : OrderActivitySettings
        Icebergs, pulling and stacking.
    confluence : ConfluenceSettings
        When signals agree.
    outcomes : OutcomeSettings
        What counts as a win.
    """

    bars: BarsSettings = field(default_factory=BarsSettings)
    levels: LevelsSettings = field(
        default_factory=lambda: LevelsSettings(vwap_every_ns=10_000_000_000)
    )
    windows: WindowSettings = field(default_factory=WindowSettings)
    sweeps: SweepSettings = field(default_factory=SweepSettings)
    cvd: CvdSettings = field(default_factory=CvdSettings)
    flips: FlipSettings = field(default_factory=FlipSettings)
    divergences: DivergenceSettings = field(default_factory=DivergenceSettings)
    profile: ProfileSettings = field(default_factory=ProfileSettings)
    footprint: FootprintSettings = field(default_factory=FootprintSettings)
    legs: LegSettings = field(default_factory=LegSettings)
    absorption: AbsorptionSettings = field(default_factory=AbsorptionSettings)
    orders: OrderActivitySettings = field(default_factory=OrderActivitySettings)
    confluence: ConfluenceSettings = field(default_factory=ConfluenceSettings)
    outcomes: OutcomeSettings = field(default_factory=OutcomeSettings)

    def __post_init__(self) -> None:
        """Refuse studies that do not go together."""
        if self.flips.lookback_ns > _MOST_WINDOWS * self.cvd.length_ns:
            raise BadValueError(
                f"a flip looks back over at most {_MOST_WINDOWS} windows of the delta",
                hint="give flips a shorter lookback, or the delta longer windows",
            )

    def beat_ns(self, session: Session) -> int:
        """Give the longest time of which every length of a window, and part of a session, is one.

        Parameters
        ----------
        session : Session
            The session; counted from its open.

        Returns
        -------
        int
            Nanoseconds: between two beats no window ends, and no part of the session.
        """
        lengths = [
            self.bars.every if self.bars.kind is BarKind.TIME else 0,
            self.levels.vwap_every_ns,
            self.levels.initial_balance_ns,
            *self.levels.opening_ranges_ns,
            self.windows.length_ns,
            self.cvd.length_ns,
            self.profile.developing_ns,
            self.footprint.every_ns,
            self.legs.candle_ns,
            self.absorption.window_ns,
        ]
        parts = (session.close_ns, session.regular_open_ns, session.regular_close_ns)
        return gcd(*lengths, *(part - session.open_ns for part in parts))
