"""Bars of one instrument, aligned to its sessions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np

from ticktape.flow.bars import parse_every
from ticktape.flow.joined_rows import join_rows
from ticktape.flow.session.bars_kernels import (
    AT_CLOSE,
    AT_DUE,
    AT_OPEN,
    BAR,
    DELTA,
    NEVER,
    RANGE,
    TICK,
    TIME,
    VOLUME,
    BarRule,
    BarState,
    cut_bar,
    gather_bars,
    look_at_bar,
)
from ticktape.ops.kernels import kernel_input
from ticktape.tape.errors import BadValueError
from ticktape.tape.session import Session

__all__ = ["BAR", "BarKind", "BarsSettings", "SessionBars", "parse_bars"]


class BarKind(IntEnum):
    """What fills a bar."""

    TIME = TIME
    TICK = TICK
    VOLUME = VOLUME
    RANGE = RANGE
    DELTA = DELTA


_COLUMNS: Final = BAR.names or ()
# Rows that one call of the kernel has room for.
_ROOM: Final = 1_024
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
    """Bars of one instrument, begun anew at every session.

    A time bar is the interval of its length from the session's open; the last one of a session
    ends at the close. Any other bar closes on the print that fills it, or at the session's close.
    Prints after the close, before the next session opens, have bars of their own.

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
        every = settings.every * tick if settings.kind == BarKind.RANGE else settings.every
        self._rule = BarRule(int(settings.kind), every, int(settings.flat))
        self._room = np.empty((_ROOM, len(_COLUMNS)), "i8")
        self.reset()

    def reset(self) -> None:
        """Forget everything; without a session, bars are aligned to the epoch."""
        self._state = BarState(np.zeros(len(_COLUMNS), "i8"), np.zeros(5, "i8"))
        self._state.at[AT_CLOSE] = NEVER
        self._state.at[AT_DUE] = NEVER
        self._cut: list[np.ndarray] = []

    def begin(self, session: Session) -> None:
        """Begin a session.

        Parameters
        ----------
        session : Session
            A bar that is still open, of prints after the close, is given by the next ``update``.
        """
        if cut_bar(self._state, session.open_ns, self._room):
            self._cut.append(_rows(self._room, 1))
        self._state.at[AT_OPEN] = session.open_ns
        self._state.at[AT_CLOSE] = session.close_ns

    def update(self, prints: np.ndarray, clock_ns: int) -> np.ndarray:
        """Take prints, and give the bars that they and the clock close.

        Parameters
        ----------
        prints : numpy.ndarray
            dtype ``PRINT``: times never fall.
        clock_ns : int
            The instrument's clock after them.

        Returns
        -------
        numpy.ndarray
            dtype ``BAR``, in the order in which they closed.
        """
        pieces, self._cut = self._cut, []
        prints = kernel_input(prints)
        done, filled = 0, _ROOM
        while filled == _ROOM:
            done, filled = gather_bars(self._state, self._rule, prints, done, clock_ns, self._room)
            if filled:
                pieces.append(_rows(self._room, filled))
        return join_rows(pieces, BAR)

    def current(self) -> np.ndarray:
        """Give the bar that is still open.

        Returns
        -------
        numpy.ndarray
            dtype ``BAR``, one row or none. ``end_ns`` is when the clock will close it: of a bar
            that is not a time bar, the session's close (the largest integer where there is none).
        """
        return _rows(self._room, look_at_bar(self._state, self._room))


def _rows(room: np.ndarray, count: int) -> np.ndarray:
    return room[:count].copy().view(BAR)[:, 0]
