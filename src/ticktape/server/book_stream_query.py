"""What a client of ``/ws/book`` asks for."""

from __future__ import annotations

from typing import Final, NamedTuple

from ticktape.server.limits import DEFAULT_LIMITS, Limits
from ticktape.server.query_names import refuse_unknown_names
from ticktape.server.symbol_query import AskedSymbols, read_symbols
from ticktape.tape.errors import BadValueError

DEFAULT_LEVELS: Final = 10
MAX_LEVELS: Final = 1_000
DEFAULT_RATE: Final = 20
MAX_RATE: Final = 60
SHORTEST_COLUMN_MS: Final = 10
LONGEST_COLUMN_MS: Final = 3_600_000
_PARAMETERS: Final = frozenset(
    ["symbols", "stype_in", "format", "levels", "rate", "orders", "volume", "events", "every_ms"]
)
_FORMATS: Final = ("json", "binary")
_SWITCHES: Final = {"": False, "0": False, "false": False, "1": True, "true": True}


class BookWishes(NamedTuple):
    """How a book is to be sent; clients with the same wishes are sent the same bytes.

    Attributes
    ----------
    levels : int
        Levels of each side.
    rate : int
        Most updates a second.
    binary : bool
        Whether messages are binary, else JSON.
    orders, volume, events : bool
        Whether to send orders, volume at price, the latest records.
    every_ms : int
        Length of a depth column; 0 for none.
    """

    levels: int = DEFAULT_LEVELS
    rate: int = DEFAULT_RATE
    binary: bool = False
    orders: bool = False
    volume: bool = False
    events: bool = False
    every_ms: int = 0


class BookSubscription(NamedTuple):
    """Which books a client wants, and how.

    Attributes
    ----------
    asked : AskedSymbols
        Of which instruments.
    wishes : BookWishes
        How each book is to be sent.
    """

    asked: AskedSymbols
    wishes: BookWishes


def read_book_subscription(
    query: dict[str, str], limits: Limits = DEFAULT_LIMITS
) -> BookSubscription:
    """Read the query of ``/ws/book``.

    Parameters
    ----------
    query : dict
        As docs/book-stream.md says.
    limits : Limits
        How many symbols one client may ask for.

    Returns
    -------
    BookSubscription

    Raises
    ------
    BadValueError
        If a value cannot be understood, or is out of its range.
    OverLimitError
        If there are too many symbols.
    """
    refuse_unknown_names(query, _PARAMETERS)
    asked = read_symbols(query, limits)
    form = query.get("format") or "json"
    if form not in _FORMATS:
        raise BadValueError(f"format {form!r} is not known", hint="json or binary")
    wishes = BookWishes(
        levels=_number(query, "levels", DEFAULT_LEVELS, 1, MAX_LEVELS),
        rate=_number(query, "rate", DEFAULT_RATE, 1, MAX_RATE),
        binary=form == "binary",
        orders=_switch(query, "orders"),
        volume=_switch(query, "volume"),
        events=_switch(query, "events"),
        every_ms=read_column_length(query.get("every_ms") or 0),
    )
    return BookSubscription(asked, wishes)


def read_column_length(value: object) -> int:
    """Read the length of a depth column in milliseconds; 0 for no columns.

    Raises
    ------
    BadValueError
        If it is none.
    """
    text = str(value)
    length = int(text) if text.isascii() and text.isdigit() and len(text) < 12 else -1
    if length != 0 and not SHORTEST_COLUMN_MS <= length <= LONGEST_COLUMN_MS:
        raise BadValueError(
            f"every_ms {value!r} is no length of a column",
            hint=f"{SHORTEST_COLUMN_MS} to {LONGEST_COLUMN_MS} milliseconds, 0 for no columns",
        )
    return length


def _number(query: dict[str, str], name: str, default: int, least: int, most: int) -> int:
    text = query.get(name) or str(default)
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 12 else -1
    if not least <= number <= most:
        raise BadValueError(
            f"{name} {text!r} is no number from {least} to {most}", hint="see docs/book-stream.md"
        )
    return number


def _switch(query: dict[str, str], name: str) -> bool:
    text = query.get(name, "0").lower()
    if text not in _SWITCHES:
        raise BadValueError(f"{name} {text!r} is neither 1 nor 0", hint="1 to switch it on")
    return _SWITCHES[text]
