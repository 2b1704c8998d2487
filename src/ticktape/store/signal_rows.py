"""Signals as they are kept and told: what a study saw, what came of it, what somebody noted."""

from __future__ import annotations

from functools import cache
from typing import Final, Literal, NamedTuple

from msgspec import Struct

from ticktape.flow.signals.signal import SignalKind
from ticktape.tape.layouts import PRICE_SCALE
from ticktape.tape.times import format_time

SIGNAL_TYPES: Final = {kind: kind.name.lower() for kind in SignalKind}
_WORDS: Final = {int(kind): word for kind, word in SIGNAL_TYPES.items()}
STRENGTHS: Final = ("weak", "medium", "strong", "defended")
DIRECTIONS: Final = {1: "bullish", -1: "bearish"}
Outcome = Literal["win", "breakeven", "loss"]
OUTCOMES: Final[dict[int, Outcome]] = {1: "win", 0: "breakeven", -1: "loss"}
Horizon = Literal["1m", "5m"]
# The sooner and the later horizon, named after their lengths by default, whatever is set.
HORIZONS: Final[tuple[Horizon, Horizon]] = ("1m", "5m")
Direction = Literal["bullish", "bearish"]


def kind_word(kind: int) -> str:
    """Give the word of a kind."""
    return _WORDS[kind]


class KeptSession(NamedTuple):
    """A session of one instrument: its studies ran in it.

    Attributes
    ----------
    dataset, mode, symbol : str
        Of the source and the instrument; mode is ``live``, ``simulated`` or ``replay``.
    trade_date : str
        ``2025-11-24``.
    start_ns, end_ns : int
        Its open and its close.
    rules : str
        By which its signals were made: empty by the default thresholds, else a digest of them.
    thresholds : str
        JSON: those that were not the defaults, and on which signals depend.
    """

    dataset: str
    mode: str
    symbol: str
    trade_date: str
    start_ns: int
    end_ns: int
    rules: str = ""
    thresholds: str = "{}"

    @property
    def name(self) -> str:
        """The identifier of the session."""
        return session_name(self.symbol, self.trade_date, self.rules)


class KeptSignal(NamedTuple):
    """A signal; fields as of ``SIGNAL``, and by which rules it was made.

    The first six make it what it is, the rest describe it. By other rules it is kept apart.
    """

    dataset: str
    symbol: str
    kind: int
    ts_ns: int
    direction: int
    price: int
    session: str
    price_low: int
    price_high: int
    strength: int
    score: int
    amount: int
    rules: str = ""

    @property
    def name(self) -> str:
        """The identifier of the signal."""
        return signal_name(*self[1:6])


class KeptOutcome(NamedTuple):
    """What came of a signal at the end of a horizon.

    Attributes
    ----------
    dataset, signal : str
        The signal's, and its identifier.
    horizon : str
        ``1m`` the sooner, ``5m`` the later one.
    known_ns : int
        When it was known.
    price : int
        The price then, in 1e-9.
    outcome : int
        1 win, 0 breakeven, -1 loss.
    rules : str
        The signal's.
    """

    dataset: str
    signal: str
    horizon: Horizon
    known_ns: int
    price: int
    outcome: int
    rules: str = ""


def session_name(symbol: str, trade_date: str, rules: str = "") -> str:
    """Give the identifier of a session: by other rules it is another one."""
    return f"{symbol}-{trade_date}-{rules}" if rules else f"{symbol}-{trade_date}"


def signal_name(symbol: str, kind: int, ts_ns: int, direction: int, price: int) -> str:
    """Give the identifier of a signal: one that can stand in a path, and the same in every run."""
    way = "up" if direction > 0 else "down"
    return f"{_plain(symbol)}-{kind_word(kind)}-{ts_ns}-{way}-{price}"


@cache
def _plain(symbol: str) -> str:
    return "".join(one if one.isalnum() and one.isascii() else "_" for one in symbol)


class SignalRow(Struct):
    """A signal as the web API tells it; prices in points."""

    id: str
    session_id: str
    dataset: str
    symbol: str
    timestamp: str
    ts_ns: str
    signal_type: str
    direction: Direction
    price: float
    price_low: float
    price_high: float
    strength: str
    score: int
    amount: int
    price_after_1m: float | None
    price_after_5m: float | None
    outcome_1m: Outcome | None
    outcome_5m: Outcome | None
    outcome: Outcome | None
    note: str | None
    created_at: str
    rules: str

    def judge(self, horizon: Horizon, price: int, outcome: int) -> None:
        """Note what came of it: a price in 1e-9, and 1, 0 or -1."""
        if horizon == "1m":
            self.price_after_1m, self.outcome_1m = points(price), OUTCOMES[outcome]
        else:
            self.price_after_5m, self.outcome_5m = points(price), OUTCOMES[outcome]
        self.outcome = self.outcome_5m or self.outcome_1m


def row_of(kept: KeptSignal, created_ns: int) -> SignalRow:
    """Give the row of a signal of which nothing has come yet."""
    found = (None,) * 5
    return make_row((kept.name, *kept, created_ns, *found))


def make_row(found: tuple[object, ...]) -> SignalRow:
    """Make a row of what the store gives.

    Parameters
    ----------
    found : tuple
        The identifier, the fields of ``KeptSignal``, when it was written; then price and outcome
        at the sooner horizon, the same at the later, and the note: None where there is none.

    Returns
    -------
    SignalRow
    """
    (name, dataset, symbol, kind, ts_ns, direction, price, session, low, high, strength, score,
     amount, rules, created_ns, price_1m, outcome_1m, price_5m, outcome_5m,
     note) = found  # fmt: skip
    first, second = OUTCOMES.get(outcome_1m), OUTCOMES.get(outcome_5m)  # type: ignore[call-overload]
    return SignalRow(
        str(name),
        str(session),
        str(dataset),
        str(symbol),
        format_time(_int(ts_ns)),
        str(ts_ns),
        kind_word(_int(kind)),
        "bullish" if _int(direction) > 0 else "bearish",
        points(_int(price)),
        points(_int(low)),
        points(_int(high)),
        STRENGTHS[min(_int(strength), 3)],
        _int(score),
        _int(amount),
        None if price_1m is None else points(_int(price_1m)),
        None if price_5m is None else points(_int(price_5m)),
        first,
        second,
        second or first,
        None if note is None else str(note),
        format_time(_int(created_ns)),
        str(rules),
    )


def points(price: int) -> float:
    """Give a price in points: its shortest text is the exact decimal, up to 15 digits."""
    return price / PRICE_SCALE


def _int(value: object) -> int:
    assert isinstance(value, int)  # noqa: S101 -- the columns are integers
    return value
