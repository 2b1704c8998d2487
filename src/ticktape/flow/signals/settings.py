"""When signals agree, and what counts as a win."""

from __future__ import annotations

from dataclasses import dataclass

from ticktape.tape.errors import BadValueError

_SECOND_NS = 1_000_000_000
_HORIZONS = 2


@dataclass(frozen=True)
class ConfluenceSettings:
    """When several signals are one.

    Attributes
    ----------
    within_ns : int
        How far apart the first and the last of them may be.
    least_kinds : int
        How many kinds must agree in direction.
    cooldown_ns : int
        How long after one there is no other.
    """

    within_ns: int = 5 * _SECOND_NS
    least_kinds: int = 2
    cooldown_ns: int = 10 * _SECOND_NS

    def __post_init__(self) -> None:
        """Refuse what no study can follow."""
        if self.within_ns < 0 or self.cooldown_ns < 0:
            raise BadValueError("signals agree within a time, and cool down for one: 0 or more")
        if self.least_kinds < 1:
            raise BadValueError(f"{self.least_kinds} kinds cannot agree", hint="give 2 or more")


@dataclass(frozen=True)
class OutcomeSettings:
    """When a signal has won or lost.

    Attributes
    ----------
    horizons_ns : tuple of int
        How long after a signal it is judged: twice, the sooner first; the outcome of the later
        horizon takes the place of that of the sooner.
    win_ticks : int
        By how many ticks of the instrument the price must have moved: the reference's two points
        on its own instruments, NQ and ES.
    win_move : int, optional
        The same as a difference of prices, in 1e-9; where given, it is this that counts.
    """

    horizons_ns: tuple[int, ...] = (60 * _SECOND_NS, 300 * _SECOND_NS)
    win_ticks: int = 8
    win_move: int | None = None

    def __post_init__(self) -> None:
        """Refuse what no study can follow."""
        ordered = tuple(sorted(set(self.horizons_ns)))
        if len(ordered) != _HORIZONS or ordered != self.horizons_ns or ordered[0] <= 0:
            raise BadValueError(
                f"{self.horizons_ns} are no horizons", hint="give two times, the shorter first"
            )
        if self.win_ticks <= 0 or (self.win_move is not None and self.win_move <= 0):
            raise BadValueError("a win needs a move of more than zero")

    def least_move(self, tick: int) -> int:
        """Give the move that wins or loses, in 1e-9, for an instrument of a tick in 1e-9."""
        return self.win_ticks * tick if self.win_move is None else self.win_move
