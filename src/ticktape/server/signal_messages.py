"""What the web API says of signals that are kept; ``docs/flow-stream.md`` is the contract."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from ticktape.server.messages import Nanoseconds
from ticktape.store.signal_rows import SignalRow


class SignalsAnswer(Struct):
    """Signals, newest first; ``total`` counts those beyond the page too."""

    signals: list[SignalRow]
    total: int


class CountsRow(Struct):
    """How many signals, and what came of them; the rate in percent of wins and losses."""

    count: int
    bullish: int
    bearish: int
    wins: int
    losses: int
    breakeven: int
    win_rate: float | None


class StatsAnswer(Struct):
    """Signals counted by type and by direction."""

    total_signals: int
    by_type: dict[str, CountsRow]
    by_direction: dict[str, CountsRow]


class SessionRow(Struct):
    """A session in which studies ran, and what its signals came to."""

    id: str
    dataset: str
    mode: str
    symbol: str
    trade_date: str
    start_ns: Nanoseconds
    end_ns: Nanoseconds
    signals: int
    bullish: int
    bearish: int
    wins: int
    losses: int
    breakeven: int
    win_rate: float | None
    rules: str
    thresholds: dict[str, str]


class SessionsAnswer(Struct):
    """Sessions, newest first; ``total`` counts those beyond the page too."""

    sessions: list[SessionRow]
    total: int


class ThresholdRow(Struct):
    """A threshold of the studies; values are texts, as a user sets them.

    What is set is told for ``all``, and by root or symbol.
    """

    name: str
    default: str
    set: dict[str, str]
    unit: str
    meaning: str


class NoteBody(Struct):
    """A note on a signal."""

    text: Annotated[str, Meta(min_length=1, max_length=10_000)]
