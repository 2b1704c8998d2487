"""Footprint bars of the flow stream: the studies' own, and of lengths that clients choose."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import numpy as np

from ticktape.flow.instrument import FlowInstrument
from ticktape.flow.profile import Footprint
from ticktape.flow.profile.footprint import FootprintRows
from ticktape.flow.profile.settings import FootprintSettings
from ticktape.flow.session_cutting import SessionCutter
from ticktape.server import flow_rows
from ticktape.server.flow_messages import Said
from ticktape.tape.errors import BadValueError
from ticktape.tape.sessions import Sessions

DEFAULT_EVERY: Final = "1m"
BARS_KEPT: Final = 500
_NS: Final = 1_000_000_000
_UNITS: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_EVERY: Final = re.compile(r"([1-9][0-9]{0,6})([smhdtvr]|delta)")
_LONGEST_SECONDS: Final = 86_400
_DEFAULTS: Final = FootprintSettings()
_HINT: Final = (
    "as 1s, 1m, 15m, 1h, 1d; 500t for prints, 1000v for contracts, 8r for ticks from low to high, "
    "500delta for contracts of delta"
)
# What is counted until a bar is full; longer than a day no bar is, so that 500d is of delta.
_FILLED_BY: Final = {
    "t": "bar_prints",
    "v": "bar_contracts",
    "r": "bar_ticks",
    "d": "bar_delta_contracts",
    "delta": "bar_delta_contracts",
}
_SECONDS: Final[dict[str, Any]] = {"every_ns": _NS} | dict.fromkeys(_FILLED_BY.values(), 0)


def read_every(text: str, others: FootprintSettings = _DEFAULTS) -> FootprintSettings:
    """Read the length of a bar.

    Parameters
    ----------
    text : str
        ``1m``, ``500t`` (prints), ``1000v`` (contracts), ``8r`` (ticks from low to high),
        ``500delta`` or ``500d`` (contracts of delta).
    others : FootprintSettings
        What else can be set of bars.

    Raises
    ------
    BadValueError
        If it is none, or longer than a day.
    """
    match = _EVERY.fullmatch(text)
    if match is None:
        raise BadValueError(f"every {text!r} is no length of a bar", hint=_HINT)
    count, unit = int(match[1]), match[2]
    kept = replace(others, **_SECONDS, kept_bars=BARS_KEPT)
    if unit in _FILLED_BY and text != "1d":
        filled: dict[str, Any] = {"every_ns": 0, _FILLED_BY[unit]: count}
        return replace(kept, **filled)
    if count * _UNITS[unit] > _LONGEST_SECONDS:
        raise BadValueError(f"every {text!r} is longer than a day", hint=_HINT)
    return replace(kept, every_ns=count * _UNITS[unit] * _NS)


def last_bars(rows: FootprintRows, count: int) -> FootprintRows:
    """Give the last bars, with what belongs to them."""
    before = rows.bars[: max(len(rows.bars) - count, 0)]
    return FootprintRows(
        rows.bars[len(before) :],
        rows.levels[int(before["levels"].sum()) :],
        rows.stacks[int(before["stacks"].sum()) :],
    )


def bar_messages(symbol: str, every: str, rows: FootprintRows, *, closed: bool) -> Iterator[Said]:
    """Give the message of each bar."""
    return flow_rows.footprints(symbol, every, *rows, closed=closed)


class ChosenBars:
    """Footprint bars of a length that clients chose, from the prints as they come.

    Parameters
    ----------
    instrument : FlowInstrument
        Whose.
    every : str
        Their length; see :func:`read_every`.
    prints : numpy.ndarray
        dtype ``PRINT``: those that are kept of its past.
    clock_ns : int
        Its clock.
    others : FootprintSettings
        What else is set of bars.
    """

    def __init__(
        self,
        instrument: FlowInstrument,
        every: str,
        prints: np.ndarray,
        clock_ns: int,
        others: FootprintSettings,
    ) -> None:
        self.every = every
        self.footprint = Footprint(instrument.tick, read_every(every, others))
        self._cutter = SessionCutter(Sessions(instrument.sessions))
        self.take(prints, clock_ns)

    def take(self, prints: np.ndarray, clock_ns: int) -> FootprintRows:
        """Take prints, and give the bars that they and the clock close."""
        if not clock_ns:
            return self.footprint.closed
        first_ns = int(prints["ts_event"][0]) if len(prints) else clock_ns
        closed = []
        for piece in self._cutter.cut(prints, first_ns, clock_ns):
            if piece.begins is not None:
                self.footprint.begin(piece.begins)
            self.footprint.update(piece.prints, piece.clock_ns)
            closed.append(self.footprint.closed)
        if len(closed) == 1:
            return closed[0]
        return FootprintRows(*(np.concatenate(parts) for parts in zip(*closed, strict=True)))
