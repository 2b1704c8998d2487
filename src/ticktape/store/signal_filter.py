"""Which signals are asked for, as SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from ticktape.store.signal_rows import DIRECTIONS, OUTCOMES, SIGNAL_TYPES
from ticktape.tape.errors import BadValueError
from ticktape.tape.times import NS_PER_DAY, parse_time

LATEST_NS: Final = 2**63 - 1
# A function of a symbol: the rules that are in use for it.
IN_USE: Final = "rules_in_use"
# The outcome that was known at a time: of the later horizon, else of the sooner.
OUTCOME: Final = """coalesce(
    case when s.known_5m_ns <= :until_ns then s.outcome_5m end,
    case when s.known_1m_ns <= :until_ns then s.outcome_1m end)"""
_DATE_LENGTH: Final = len("2025-11-24")


class SignalFilter(NamedTuple):
    """What signals have to be; where a field is None or empty, anything.

    Attributes
    ----------
    dataset, session : str or None
        The source's code, the session's identifier.
    symbols : tuple of str
        Any of them.
    kinds : tuple of int
        Any of them.
    direction : int or None
        1 or -1.
    outcome : int or str or None
        1, 0, -1, or ``"pending"``.
    start_ns, end_ns : int
        Both included.
    rules : str or None
        By which they were made.
    is_in_use : bool
        Whether they must be made by the rules that are in use for their symbols.
    until_ns : int
        What became known later is not told: signals and their outcomes.
    """

    dataset: str | None = None
    session: str | None = None
    symbols: tuple[str, ...] = ()
    kinds: tuple[int, ...] = ()
    direction: int | None = None
    outcome: int | str | None = None
    start_ns: int = 0
    end_ns: int = LATEST_NS
    until_ns: int = LATEST_NS
    rules: str | None = None
    is_in_use: bool = False

    def where(self) -> tuple[str, dict[str, object]]:
        """Give the condition on signals ``s``, and its values."""
        values: dict[str, object] = {
            "start_ns": self.start_ns,
            "end_ns": min(self.end_ns, self.until_ns, LATEST_NS),
            "until_ns": self.until_ns,
        }
        terms = ["s.ts_ns between :start_ns and :end_ns"]
        if self.is_in_use:
            terms.append(f"s.rules = {IN_USE}(s.symbol)")
        for name in ("dataset", "session", "direction", "rules"):
            if (value := getattr(self, name)) is not None:
                terms.append(f"s.{name} = :{name}")
                values[name] = value
        for name, chosen in (("symbol", self.symbols), ("kind", self.kinds)):
            if chosen:
                terms.append(f"s.{name} in ({names_of(name, chosen, values)})")
        if self.outcome == "pending":
            terms.append(f"{OUTCOME} is null")
        elif self.outcome is not None:
            terms.append(f"{OUTCOME} = :outcome")
            values["outcome"] = self.outcome
        return " and ".join(terms), values


def names_of(name: str, chosen: Sequence[object], values: dict[str, object]) -> str:
    """Put values under names of their own, and list the names for a query."""
    own = {f"{name}_{number}": value for number, value in enumerate(chosen)}
    values.update(own)
    return ", ".join(f":{one}" for one in own)


def kinds_of(text: str | None) -> tuple[int, ...]:
    """Read types of signals, comma-separated; none for any.

    Raises
    ------
    BadValueError
        If there is no such type.
    """
    by_word = {word: int(kind) for kind, word in SIGNAL_TYPES.items()}
    words = filter(None, map(str.strip, (text or "").split(",")))
    return tuple(_one_of("signal_type", word, by_word) for word in words)


def direction_of(text: str | None) -> int | None:
    """Read a direction; None for both."""
    by_word = {word: number for number, word in DIRECTIONS.items()}
    return _one_of("direction", text, by_word) if text else None


def outcome_of(text: str | None) -> int | str | None:
    """Read an outcome, ``pending`` among them; None for any."""
    if not text or text == "pending":
        return text or None
    by_word = {str(word): number for number, word in OUTCOMES.items()}
    return _one_of("outcome", text, {**by_word, "pending": 0})


def _one_of(name: str, word: str, known: dict[str, int]) -> int:
    if word not in known:
        raise BadValueError(f"{name} {word!r} is not known", hint=f"one of {', '.join(known)}")
    return known[word]


def day_or_time(text: str | None, *, is_end: bool) -> int | None:
    """Read a time, or a date: its first nanosecond, or its last where it is an end.

    Raises
    ------
    BadValueError
        If it is neither.
    """
    if not text:
        return None
    time_ns = min(parse_time(text), LATEST_NS)
    is_date = len(text) == _DATE_LENGTH and not text.isdigit()
    return time_ns + NS_PER_DAY - 1 if is_date and is_end else time_ns
