"""Bars of one instrument, aligned to its sessions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np

from ticktape.flow.bars import parse_every
from ticktape.flow.session.bars_kernels import BAR
from ticktape.tape.errors import BadValueError
from ticktape.tape.session import Session

__all__ = ["BAR", "BarKind", "BarsSettings", "SessionBars", "parse_bars"]


class BarKind(IntEnum):
    """What fills a bar."""

    TIME = 0
    TICK = 1
    VOLUME = 2
    RANGE = 3
    DELTA = 4


_SUFFIXES: Final = {
    "t": BarKind.TICK,
    "tick": BarKind.TICK,
    "v": BarKind.VOLUME,
    "volume": BarKind.VOLUME,
    "r": BarKind.RANGE,
    "range": BarKind.RANGE,
    "delta": BarKind.DELTA,
}


@dataclass(frozen=True, slots=True)
class BarsSettings:
    """What bars are made.

    Attributes
    ----------
    kind : BarKind
        What fills a bar.
    every : int
        How much of it: nanoseconds, prints, contracts, ticks from high to low, or contracts of
        delta, bought or sold.
    flat : bool
        Of time bars: whether intervals without a print have a bar as well, all of it the last
        close, between the session's first print and its close.
    """

    kind: BarKind = BarKind.TIME
    every: int = 60_000_000_000
    flat: bool = False

    def __post_init__(self) -> None:
        """Refuse bars that nothing can fill."""
        if not 0 < self.every < 2**62:
            raise BadValueError(
                f"a bar cannot be of {self.every}", hint="give a whole number above zero"
            )


def parse_bars(text: str, *, flat: bool = False) -> BarsSettings:
    """Read what bars are asked for.

    Parameters
    ----------
    text : str
        A length of time (``"1s"``, ``"5m"``, ``"1d"``), or a number and what is counted:
        ``"233t"`` or ``"233tick"`` prints, ``"1000v"`` or ``"1000volume"`` contracts, ``"8r"`` or
        ``"8range"`` ticks, ``"500delta"`` contracts of delta.
    flat : bool
        As in :class:`BarsSettings`.

    Returns
    -------
    BarsSettings

    Raises
    ------
    BadValueError
        If the text is anything else.
    """
    read = re.fullmatch(r"([1-9][0-9]{0,11})([a-z]+)", text.strip().lower())
    kind = _SUFFIXES.get(read[2]) if read is not None else None
    if read is None or kind is None:
        return BarsSettings(BarKind.TIME, parse_every(text), flat)
    return BarsSettings(kind, int(read[1]), flat)


class SessionBars:
    """Bars of one instrument (thin contract; the kernels follow).

    Parameters
    ----------
    settings : BarsSettings
        What bars.
    tick : int
        The instrument's least price step, units of 1e-9.
    """

    rows: np.dtype = BAR

    def __init__(self, settings: BarsSettings, tick: int) -> None:
        self.settings = settings
        self.tick = tick

    def begin(self, session: Session) -> None:
        """Begin a session."""

    def update(self, prints: np.ndarray, clock_ns: int) -> np.ndarray:  # noqa: ARG002
        """Take prints, and give the bars that they and the clock close."""
        return np.empty(0, BAR)

    def current(self) -> np.ndarray:
        """Give the bar that is still open."""
        return np.empty(0, BAR)

    def reset(self) -> None:
        """Forget everything."""
