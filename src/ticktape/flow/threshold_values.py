"""The values of thresholds, from what a user writes, and back."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from math import isfinite
from typing import Any, Final, TypeVar

from ticktape.flow.bars import parse_every
from ticktape.flow.threshold_list import Threshold
from ticktape.tape.errors import BadValueError
from ticktape.tape.layouts import UNDEF_PRICE
from ticktape.tape.prices import format_price, parse_price
from ticktape.tape.times import NS_PER_DAY

# What no study has to follow: beyond it is a slip of the hand.
_MOST_TICKS: Final = 1 << 21
_MOST: Final = 2**31 - 1
# Of windows and candles: a shorter one has no more in it.
_SHORTEST_NS: Final = 1_000_000
_LENGTHS: Final = frozenset(
    {"windows.length", "cvd.length", "absorption.window", "orders.window", "legs.candle"}
    | {"profile.developing", "levels.vwap_every"}
)
_UNITS: Final = (("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000))
_NS_PER_MS: Final = 1_000_000
_SWITCH: Final = {"true": True, "false": False}
_NOTHING: Final = "none"

Value = TypeVar("Value")
Number = TypeVar("Number", bound=float)


def read_value(threshold: Threshold, given: object) -> Any:  # noqa: ANN401 -- of its settings' field
    """Read a value.

    Parameters
    ----------
    threshold : Threshold
        Of what.
    given : object
        Text, or what a TOML file or a JSON document has in its place.

    Returns
    -------
    object
        As its settings take it.

    Raises
    ------
    BadValueError
        Saying what is allowed.
    """
    try:
        return _READ[threshold.kind](threshold, given)
    except (ValueError, TypeError, OverflowError, BadValueError) as error:
        raise BadValueError(
            f"threshold {threshold.name} cannot be {_shown(given)}", hint=_allowed(threshold)
        ) from error


def format_value(threshold: Threshold, value: Any) -> str:  # noqa: ANN401 -- of its settings' field
    """Write a value as it can be read."""
    if threshold.kind == "time":
        return _format_length(value)
    if threshold.kind == "price":
        return _NOTHING if value is None else format_price(value)
    if threshold.kind == "times":
        return ",".join(map(_format_length, value))
    if threshold.kind in {"sizes", "numbers"}:
        return ",".join(str(one).removesuffix(".0") for one in value)
    return str(value).lower() if threshold.kind == "switch" else str(value)


def _whole(threshold: Threshold, given: object) -> int:
    if isinstance(given, bool | float):
        raise TypeError
    value = int(given)  # type: ignore[call-overload]
    most = _MOST_TICKS if threshold.unit == "ticks" else _MOST
    if not 0 <= value <= most:
        raise ValueError
    return int(value)


def _number(_threshold: Threshold, given: object) -> float:
    if isinstance(given, bool):
        raise TypeError
    value = float(given)  # type: ignore[arg-type]
    if not (isfinite(value) and 0 <= value <= _MOST):
        raise ValueError
    return value


def _time(threshold: Threshold, given: object) -> int:
    text = str(given).strip()
    shortest = _SHORTEST_NS if threshold.name in _LENGTHS else 0
    value = 0 if text in {"0", "0s"} else parse_every(text)
    if not shortest <= value <= NS_PER_DAY:
        raise ValueError
    return value


def _switch(_threshold: Threshold, given: object) -> bool:
    return given if isinstance(given, bool) else _known(str(given).lower(), _SWITCH)


def _word(threshold: Threshold, given: object) -> str:
    return _known(str(given), {word: word for word in threshold.words})


def _sizes(threshold: Threshold, given: object) -> tuple[int, ...]:
    return _rising(_whole(threshold, one) for one in _parts(given) if one != "")


def _times(threshold: Threshold, given: object) -> tuple[int, ...]:
    return _as_many(threshold, _rising(_time(threshold, one) for one in _parts(given)))


def _numbers(threshold: Threshold, given: object) -> tuple[float, ...]:
    return _as_many(threshold, _rising(_number(threshold, one) for one in _parts(given)))


def _parts(given: object) -> list[object] | tuple[object, ...]:
    parts: object = given.split(",") if isinstance(given, str) else given
    if not isinstance(parts, list | tuple):
        raise TypeError
    return parts


def _rising(values: Iterable[Number]) -> tuple[Number, ...]:
    found = tuple(values)
    if min(found, default=1) <= 0 or not all(low < high for low, high in pairwise(found)):
        raise ValueError
    return found


def _as_many(threshold: Threshold, values: tuple[Number, ...]) -> tuple[Number, ...]:
    """Give what each has its own place for."""
    if len(values) != len(threshold.default):
        raise ValueError
    return values


def _price(_threshold: Threshold, given: object) -> int | None:
    text = str(given).strip()
    if text == _NOTHING:
        return None
    value = parse_price(text)
    if not 0 < value < UNDEF_PRICE:
        raise ValueError
    return value


_READ: Final = {
    "whole": _whole,
    "number": _number,
    "time": _time,
    "times": _times,
    "numbers": _numbers,
    "switch": _switch,
    "word": _word,
    "sizes": _sizes,
    "price": _price,
}


def _known(text: str, known: dict[str, Value]) -> Value:
    if text not in known:
        raise ValueError
    return known[text]


def _allowed(threshold: Threshold) -> str:
    """Say what a threshold can be."""
    if threshold.kind == "word":
        return f"give {' or '.join(threshold.words)}"
    if threshold.kind == "time":
        least = "1ms" if threshold.name in _LENGTHS else "0"
        return f"give a time of {least} to 1d: 500ms, 2s, 5m"
    unit = threshold.unit
    most = _MOST_TICKS if unit == "ticks" else _MOST
    return {
        "whole": f"give a whole number of {unit or 'them'}, 0 to {most}",
        "number": f"give a number, 0 to {_MOST}",
        "switch": "give true or false",
        "sizes": f"give whole numbers of {unit}, rising from 1: 10,50,100",
        "price": f"give a difference of prices above zero, or {_NOTHING}",
        "times": f"give {_count_of(threshold)} rising times up to 1d: {_by_default(threshold)}",
        "numbers": f"give {_count_of(threshold)} rising numbers: {_by_default(threshold)}",
    }[threshold.kind]


def _count_of(threshold: Threshold) -> int:
    return len(threshold.default) if isinstance(threshold.default, tuple) else 1


def _by_default(threshold: Threshold) -> str:
    return format_value(threshold, threshold.default)


def _shown(given: object) -> str:
    text = repr(given)
    return text if len(text) <= 60 else f"{text[:60]}…"


def _format_length(length_ns: int) -> str:
    for unit, size in _UNITS:
        if length_ns and not length_ns % size:
            return f"{length_ns // size}{unit}"
    return f"{length_ns // _NS_PER_MS}ms" if length_ns else "0"
