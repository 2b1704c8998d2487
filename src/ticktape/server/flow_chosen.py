"""Which instruments are studied for the symbols that somebody asks for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from ticktape.server.directory import Directory
from ticktape.tape.futures_symbols import parse_futures_symbol
from ticktape.tape.symbology import infer_stype

# A symbol has legs, or not, in every year.
_ANY_DATE: Final = date(2000, 1, 1)


def chosen_instruments(
    directory: Directory, symbols: Iterable[str], stype_in: str | None
) -> tuple[list[int], list[str]]:
    """Tell which instruments symbols stand for, and which symbols for none.

    Spreads are not among those of a parent: they have prints of their own.

    Parameters
    ----------
    directory : Directory
        Names and books of the instruments.
    symbols : iterable of str
        As somebody asked for them.
    stype_in : str, optional
        What they are; else each is taken for what it looks like.

    Returns
    -------
    found : list of int
        Instrument ids, each once, in the order of the symbols.
    not_found : list of str
        Symbols that stand for none.
    """
    found: dict[int, None] = {}
    not_found = []
    for symbol in symbols:
        resolution = directory.resolve([symbol], stype_in)
        not_found += resolution.not_found
        is_parent = (stype_in or infer_stype(symbol)) == "parent"
        for one in sorted(resolution.instrument_ids):
            if not (is_parent and _is_spread(directory, one)):
                found[one] = None
    return list(found), not_found


def _is_spread(directory: Directory, instrument_id: int) -> bool:
    definition = directory.market.instruments.by_id(instrument_id)
    if definition is not None:
        return definition.is_spread
    read = parse_futures_symbol(directory.symbol_of(instrument_id), _ANY_DATE)
    return read is not None and bool(read.legs)
