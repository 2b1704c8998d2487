"""What can be set of the studies of volume by price."""

from __future__ import annotations

from dataclasses import dataclass

from ticktape.tape.errors import BadValueError

MINUTE_NS = 60_000_000_000


def _at_least(name: str, value: float, least: float) -> None:
    if not value >= least:
        raise BadValueError(f"{name} cannot be {value}", hint=f"give {least} or more")


@dataclass(frozen=True)
class ProfileSettings:
    """Settings of a volume profile.

    Attributes
    ----------
    value_area_percent : int
        Share of the volume with a side that the value area holds, at least.
    developing_ns : int
        How often the developing point of control and value area are told, from the session's open.
    smooth_ticks : int
        Nodes are found in the volume of a price and of so many ticks to either side.
    node_reach_ticks : int
        A node is the most (least) of all so many ticks to either side.
    high_node_percent, low_node_percent : int
        A high-volume node has at least, a low-volume node at most this share of the average over
        the profile's span.
    kept_sessions : int
        Past sessions that are kept for a composite profile.
    most_ticks : int
        The widest span of prices, in ticks; a print outside is left out and counted.
    """

    value_area_percent: int = 70
    developing_ns: int = MINUTE_NS
    smooth_ticks: int = 4
    node_reach_ticks: int = 16
    high_node_percent: int = 130
    low_node_percent: int = 70
    kept_sessions: int = 20
    most_ticks: int = 1 << 21

    def __post_init__(self) -> None:
        _at_least("value_area_percent", self.value_area_percent, 1)
        if self.value_area_percent > 100:
            raise BadValueError(
                f"a value area cannot hold {self.value_area_percent} % of the volume",
                hint="give 1 to 100",
            )
        _at_least("developing_ns", self.developing_ns, 1)
        _at_least("smooth_ticks", self.smooth_ticks, 0)
        _at_least("node_reach_ticks", self.node_reach_ticks, 1)
        _at_least("high_node_percent", self.high_node_percent, 0)
        _at_least("low_node_percent", self.low_node_percent, 0)
        _at_least("kept_sessions", self.kept_sessions, 0)
        _at_least("most_ticks", self.most_ticks, 1)


@dataclass(frozen=True)
class FootprintSettings:
    """Settings of a footprint: exactly one of the kinds of bar is not zero.

    Attributes
    ----------
    every_ns : int
        Length of a bar, from the session's open.
    bar_prints, bar_contracts : int
        Prints, or contracts, at which a bar is full; the print that fills it is its last.
    bar_ticks, bar_delta_contracts : int
        Ticks from low to high, or contracts bought or sold more than the other, at which it is.
    imbalance_ratio : float
        What was bought at a price against what was sold a tick below it (sold against bought a
        tick above): so many times as much is an imbalance.
    imbalance_contracts : int
        The stronger side of an imbalance has at least so many.
    ignore_zeros : bool
        No imbalance against nothing; otherwise any volume is one against nothing.
    stacked_ticks : int
        Imbalances at so many adjacent ticks are a stack.
    kept_bars : int
        Closed bars that are kept, with their levels.
    most_ticks : int
        The widest span of one bar, in ticks; a print outside is left out and counted.
    """

    every_ns: int = MINUTE_NS
    bar_prints: int = 0
    bar_contracts: int = 0
    bar_ticks: int = 0
    bar_delta_contracts: int = 0
    imbalance_ratio: float = 3.0
    imbalance_contracts: int = 5
    ignore_zeros: bool = True
    stacked_ticks: int = 3
    kept_bars: int = 3_000
    most_ticks: int = 1 << 21

    def __post_init__(self) -> None:
        by_trading = (self.bar_prints, self.bar_contracts, self.bar_ticks, self.bar_delta_contracts)
        kinds = (self.every_ns, *by_trading)
        if min(kinds) < 0 or sum(kind > 0 for kind in kinds) != 1:
            raise BadValueError(
                "a bar ends by time, prints, contracts, ticks or delta",
                hint="give one of every_ns and the settings that begin with bar_, the others as 0",
            )
        _at_least("imbalance_ratio", self.imbalance_ratio, 1)
        _at_least("imbalance_contracts", self.imbalance_contracts, 1)
        _at_least("stacked_ticks", self.stacked_ticks, 2)
        _at_least("kept_bars", self.kept_bars, 1)
        _at_least("most_ticks", self.most_ticks, 1)


@dataclass(frozen=True)
class LegSettings:
    """Settings of impulse legs: the reference's, its points on NQ and ES as ticks of theirs.

    Attributes
    ----------
    candle_ns : int
        Length of a candle; a leg of ``most_candles`` at most is fast where it lasts as long as so
        many candles, no longer.
    least_candles, most_candles : int
        How many candles a leg has.
    least_ticks : int
        From its first candle's open to its last one's close: the reference's 30 points.
    prior_candles : int
        Candles before a leg, whose swing it breaks and whose volume it exceeds.
    same_way_percent : int
        Share of its candles that close its way, at least.
    overlap_percent : int
        Share of its candles' bodies that overlap the body before, less than.
    heavier_percent : int
        Its average volume as a share of that of the prior candles, more than.
    least_score : int
        Rules of five that must hold.
    node_bucket_ticks : int
        Width of the buckets in which its low-volume nodes are found: the reference's half a point.
    node_percent : int
        A bucket with less than this share of the average of the leg's traded buckets is one.
    """

    candle_ns: int = MINUTE_NS
    least_candles: int = 3
    most_candles: int = 5
    least_ticks: int = 120
    prior_candles: int = 10
    same_way_percent: int = 70
    overlap_percent: int = 50
    heavier_percent: int = 120
    least_score: int = 4
    node_bucket_ticks: int = 2
    node_percent: int = 30

    def __post_init__(self) -> None:
        _at_least("candle_ns", self.candle_ns, 1)
        _at_least("least_candles", self.least_candles, 1)
        _at_least("most_candles", self.most_candles, self.least_candles)
        if self.most_candles > 60 or self.prior_candles > 200:
            raise BadValueError(
                f"a leg of {self.most_candles} candles after {self.prior_candles} is too long",
                hint="give at most 60 candles, and 200 before them",
            )
        _at_least("least_ticks", self.least_ticks, 1)
        _at_least("prior_candles", self.prior_candles, 1)
        for name in ("same_way_percent", "overlap_percent", "heavier_percent", "node_percent"):
            _at_least(name, getattr(self, name), 0)
        _at_least("least_score", self.least_score, 1)
        _at_least("node_bucket_ticks", self.node_bucket_ticks, 1)
