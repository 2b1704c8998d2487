"""The instruments that the query of a stream asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ticktape.server.limits import Limits
from ticktape.tape.errors import BadValueError
from ticktape.tape.symbology import STYPES


class AskedSymbols(NamedTuple):
    """Symbols as a client names them.

    Attributes
    ----------
    symbols : tuple of str
        As asked; empty for the source's own.
    stype_in : str or None
        How to read them; None where their form tells.
    """

    symbols: tuple[str, ...]
    stype_in: str | None


def read_symbols(query: Mapping[str, str], limits: Limits) -> AskedSymbols:
    """Read ``symbols`` and ``stype_in`` of a query.

    Parameters
    ----------
    query : mapping
        Of a stream.
    limits : Limits
        How many symbols one client may ask for.

    Raises
    ------
    BadValueError
        If there is no such ``stype_in``.
    OverLimitError
        If there are too many symbols.
    """
    symbols = limits.symbols_of(query.get("symbols", ""))
    stype_in = query.get("stype_in") or None
    if stype_in is not None and stype_in not in STYPES:
        raise BadValueError(
            f"stype_in {stype_in!r} is not known", hint=f"one of {', '.join(STYPES)}"
        )
    return AskedSymbols(symbols, stype_in)
