"""What counts as absorption, and as an iceberg."""

from __future__ import annotations

from dataclasses import dataclass

from ticktape.tape.errors import BadValueError

_MILLISECOND_NS = 1_000_000
_SECOND_NS = 1_000 * _MILLISECOND_NS
_MINUTE_NS = 60 * _SECOND_NS
_MOST_WINDOWS = 86_400


@dataclass(frozen=True)
class AbsorptionSettings:
    """When aggression counts as absorbed, how strong a zone is and how long it lives.

    Attributes
    ----------
    window_ns : int
        Length of a window.
    average_over_ns : int
        How far back the average volume of a window (a second's, by default) is taken, without
        the window itself; whole windows.
    default_average_contracts : float
        The average volume of a window where nothing traded in that time.
    least_share : float
        Least ``abs(delta)``, as a share of the average volume of a window.
    least_delta_contracts : int
        Least ``abs(delta)`` in any case.
    most_move_ticks : int
        How far the price may go with the aggression and still count as held.
    key_level_ticks : int
        How near to the POC, VAH or VAL is at it.
    trend_over_ns : int
        The time over which the change of CVD is the trend, the window included; whole windows.
    trend_contracts : int
        The trend has a direction where it is more than this.
    expiry_ns, strong_expiry_ns, defended_expiry_ns : int
        How long after its last event a zone lives: to medium strength, strong, defended.
    zone_events : int
        How many events make a zone that is shown.
    """

    window_ns: int = _SECOND_NS
    average_over_ns: int = 30 * _SECOND_NS
    default_average_contracts: float = 200.0
    least_share: float = 0.4
    least_delta_contracts: int = 20
    most_move_ticks: int = 1
    key_level_ticks: int = 2
    trend_over_ns: int = 5 * _SECOND_NS
    trend_contracts: int = 100
    expiry_ns: int = 5 * _MINUTE_NS
    strong_expiry_ns: int = 15 * _MINUTE_NS
    defended_expiry_ns: int = 30 * _MINUTE_NS
    zone_events: int = 2

    def __post_init__(self) -> None:
        """Refuse what no study can follow."""
        _more_than_zero(self, "window_ns", "least_delta_contracts", "expiry_ns", "zone_events")
        _not_negative(self, "default_average_contracts", "least_share", "most_move_ticks")
        _not_negative(self, "key_level_ticks", "trend_contracts")
        for name in ("average_over_ns", "trend_over_ns"):
            length = getattr(self, name)
            if length <= 0 or length % self.window_ns:
                raise BadValueError(
                    f"{name} is {length}, and must be whole windows of {self.window_ns} ns"
                )
        if not self.expiry_ns <= self.strong_expiry_ns <= self.defended_expiry_ns:
            raise BadValueError("a stronger zone cannot expire before a weaker one")
        if max(self.defended_expiry_ns, self.average_over_ns) > _MOST_WINDOWS * self.window_ns:
            raise BadValueError(f"zones and averages span at most {_MOST_WINDOWS} windows")


@dataclass(frozen=True)
class OrderActivitySettings:
    """What counts as near the touch, and as an iceberg.

    Attributes
    ----------
    window_ns : int
        Length of a window of activity at the touch.
    near_ticks : int
        How far from the best price is near: 0 is the best price alone.
    native_replenishments : int
        How often an order is replenished before it is told.
    synthetic_replenishments : int
        The same for a chain of like orders.
    synthetic_within_ns : int
        How soon after an order was filled a like one must follow; 0 looks for none. A program
        answers its fill within milliseconds; in a busy book others place a like order by chance
        within tenths of a second.
    synthetic_contracts : int
        The smallest orders that are followed so: single contracts are alike by chance.
    """

    window_ns: int = _SECOND_NS
    near_ticks: int = 3
    native_replenishments: int = 1
    synthetic_replenishments: int = 3
    synthetic_within_ns: int = 20 * _MILLISECOND_NS
    synthetic_contracts: int = 2

    def __post_init__(self) -> None:
        """Refuse what no study can follow."""
        _more_than_zero(self, "window_ns", "native_replenishments", "synthetic_replenishments")
        _more_than_zero(self, "synthetic_contracts")
        _not_negative(self, "near_ticks", "synthetic_within_ns")


def _more_than_zero(settings: object, *names: str) -> None:
    for name in names:
        if getattr(settings, name) <= 0:
            raise BadValueError(f"{name} is {getattr(settings, name)}, and must be more than zero")


def _not_negative(settings: object, *names: str) -> None:
    for name in names:
        if not getattr(settings, name) >= 0:
            raise BadValueError(f"{name} is {getattr(settings, name)}, and must not be negative")
