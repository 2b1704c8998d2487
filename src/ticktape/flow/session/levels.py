"""Levels of one instrument's sessions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ticktape.flow.session.levels_kernels import LEVEL
from ticktape.tape.errors import BadValueError
from ticktape.tape.session import Session

__all__ = ["LEVEL", "LevelsSettings", "SessionLevels"]


@dataclass(frozen=True, slots=True)
class LevelsSettings:
    """How levels are made.

    Attributes
    ----------
    vwap_every_ns : int
        How often the VWAP and its bands are told: at the end of each such window in which they
        changed.
    initial_balance_ns : int
        Length of the initial balance, from the start of the regular hours.
    previous_within_days : int
        The session before counts as the previous one only where its trade date is at most so many
        days earlier.
    """

    vwap_every_ns: int = 1_000_000_000
    initial_balance_ns: int = 3_600_000_000_000
    previous_within_days: int = 5

    def __post_init__(self) -> None:
        """Refuse spans that are none."""
        if min(self.vwap_every_ns, self.initial_balance_ns, self.previous_within_days) <= 0:
            raise BadValueError("a span of levels cannot be zero", hint="give more than zero")


class SessionLevels:
    """Levels of one instrument (thin contract; the kernels follow).

    Parameters
    ----------
    tick : int
        The instrument's least price step, units of 1e-9.
    settings : LevelsSettings
        How they are made.
    """

    rows: np.dtype = LEVEL

    def __init__(self, tick: int, settings: LevelsSettings | None = None) -> None:
        self.tick = tick
        self.settings = settings or LevelsSettings()

    def begin(self, session: Session) -> None:
        """Begin a session: the one before becomes the previous day."""

    def know_profile(self, poc: int, vah: int, val: int) -> None:
        """Say, before ``begin``, where the ending session's profile stands (1e-9)."""

    def update(self, prints: np.ndarray, clock_ns: int) -> np.ndarray:  # noqa: ARG002
        """Take prints, and give what levels became known or changed."""
        return np.empty(0, LEVEL)

    def current(self) -> np.ndarray:
        """Give every level of the session as it stands after the last print."""
        return np.empty(0, LEVEL)

    def reset(self) -> None:
        """Forget everything."""
