"""From what a person asks for to instruments: raw symbols, ids, parents, continuous contracts.

Source of the rules: the vendor's symbology documentation. A parent (``ES.FUT``) means every future
and futures spread of the product, ``ES.OPT`` every option and options spread. A continuous symbol
(``ES.c.0``) means one outright future: ``c`` by nearness of expiry, ``n`` by open interest and
``v`` by volume of the day before, counted from 0.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from ticktape.tape.errors import BadValueError, UnresolvableSymbolError
from ticktape.tape.instruments import FUTURE, OPTION_CLASSES, Instrument, Instruments
from ticktape.tape.symbol_map import SymbolMap
from ticktape.tape.times import NS_PER_DAY

ALL_SYMBOLS: Final = "ALL_SYMBOLS"
STYPES: Final = ("raw_symbol", "instrument_id", "parent", "continuous")

_PARENT: Final = re.compile(r"(.+)\.(FUT|OPT)", re.IGNORECASE)
_CONTINUOUS: Final = re.compile(r"(.+)\.([cnv])\.(\d{1,3})", re.IGNORECASE)
_RANKED_BY: Final = {"n": "open interest", "v": "volume"}


class ResolvedSymbol(NamedTuple):
    """An instrument that a symbol stands for.

    Attributes
    ----------
    instrument_id : int
        Its id.
    raw_symbol : str
        Its raw symbol.
    """

    instrument_id: int
    raw_symbol: str


class Resolution(NamedTuple):
    """What symbols stand for.

    Attributes
    ----------
    found : dict of str to list of ResolvedSymbol
        By symbol as asked.
    not_found : list of str
        Symbols that stand for nothing at that time.
    classes : dict of int to str
        Class of every instrument found, where it is known: ``"F"`` outright, ``"S"`` spread, ….
    """

    found: dict[str, list[ResolvedSymbol]]
    not_found: list[str]
    classes: dict[int, str]

    @property
    def instrument_ids(self) -> set[int]:
        """The ids of every instrument found."""
        return {one.instrument_id for found in self.found.values() for one in found}


def infer_stype(symbol: str) -> str:
    """Tell what kind of symbol it is by its form.

    Parameters
    ----------
    symbol : str
        As a person types it.

    Returns
    -------
    str
        ``"parent"`` for ``ES.FUT``, ``"continuous"`` for ``ES.c.0``, ``"instrument_id"`` for
        digits, else ``"raw_symbol"`` (``ALL_SYMBOLS`` too).
    """
    if _PARENT.fullmatch(symbol):
        return "parent"
    if _CONTINUOUS.fullmatch(symbol):
        return "continuous"
    return "instrument_id" if symbol.isascii() and symbol.isdigit() else "raw_symbol"


def resolve_symbols(
    asked: Sequence[str],
    stype_in: str | None,
    instruments: Instruments | None,
    symbol_map: SymbolMap | None,
    when_ns: int,
    *,
    volumes: Mapping[int, int] | None = None,
    open_interest: Mapping[int, int] | None = None,
) -> Resolution:
    """Tell which instruments symbols stand for at a time.

    Parameters
    ----------
    asked : sequence of str
        Symbols of one kind, or ``ALL_SYMBOLS``.
    stype_in : str or None
        One of ``STYPES``; None tells each symbol's kind by its form.
    instruments : Instruments or None
        From definitions. Where they know nothing of a product, futures are told by their symbols.
    symbol_map : SymbolMap or None
        The tape's mappings.
    when_ns : int
        The time.
    volumes, open_interest : mapping, optional
        Of the day before, by instrument id; for ``v`` and ``n``.

    Returns
    -------
    Resolution

    Raises
    ------
    UnresolvableSymbolError
        If a continuous symbol ranks by what was not given.
    BadValueError
        If a symbol has not the form of its kind, or there is no such kind.
    """
    if stype_in is not None and stype_in not in STYPES:
        raise BadValueError(f"{stype_in!r} is no symbology type", hint=f"use {', '.join(STYPES)}")
    known = _Known(instruments or Instruments(), symbol_map or SymbolMap(), when_ns)
    rankings = {"v": volumes, "n": open_interest}
    found: dict[str, list[ResolvedSymbol]] = {}
    for symbol in dict.fromkeys(asked):
        stype = stype_in or infer_stype(symbol)
        if symbol == ALL_SYMBOLS:
            matches = known.everything()
        elif stype == "parent":
            matches = known.of_parent(symbol)
        elif stype == "continuous":
            matches = known.continuous(symbol, rankings)
        elif stype == "instrument_id":
            matches = known.of_id(symbol)
        else:
            matches = known.of_raw_symbol(symbol)
        found[symbol] = matches
    not_found = [symbol for symbol, matches in found.items() if not matches]
    classes = {
        one.instrument_id: known.class_of(one.instrument_id)
        for matches in found.values()
        for one in matches
    }
    return Resolution(
        {symbol: matches for symbol, matches in found.items() if matches},
        not_found,
        {key: name for key, name in classes.items() if name},
    )


class _Known:
    """Instruments at a time: the defined ones, and those told by their symbols alone."""

    def __init__(self, defined: Instruments, symbols: SymbolMap, when_ns: int) -> None:
        self._when_ns = when_ns
        self._symbols = symbols
        self._instruments = {
            one.instrument_id: one for one in Instruments.from_symbol_map(symbols, when_ns)
        }
        self._instruments |= {one.instrument_id: one for one in defined}

    def everything(self) -> list[ResolvedSymbol]:
        names = {one.instrument_id: one.raw_symbol for one in self._instruments.values()}
        names = self._symbols.at(self._when_ns) | names
        return [ResolvedSymbol(key, name) for key, name in sorted(names.items())]

    def class_of(self, instrument_id: int) -> str:
        instrument = self._instruments.get(instrument_id)
        return "" if instrument is None else instrument.instrument_class

    def of_raw_symbol(self, symbol: str) -> list[ResolvedSymbol]:
        instrument_id = self._symbols.id_of(symbol, self._when_ns)
        if instrument_id is None:
            for one in self._instruments.values():
                if one.raw_symbol == symbol:
                    instrument_id = one.instrument_id
        return [] if instrument_id is None else [ResolvedSymbol(instrument_id, symbol)]

    def of_id(self, symbol: str) -> list[ResolvedSymbol]:
        if not (symbol.isascii() and symbol.isdigit()):
            raise BadValueError(f"{symbol!r} is no instrument id", hint="ids are numbers")
        key = int(symbol)
        instrument = self._instruments.get(key)
        name = (
            self._symbols.symbol_of(key, self._when_ns)
            if instrument is None
            else (instrument.raw_symbol)
        )
        return [] if name is None else [ResolvedSymbol(key, name)]

    def of_parent(self, symbol: str) -> list[ResolvedSymbol]:
        match = _PARENT.fullmatch(symbol)
        if match is None:
            raise BadValueError(f"{symbol!r} is no parent symbol", hint="write it like ES.FUT")
        asset, wants_options = match[1].upper(), match[2].upper() == "OPT"
        return [
            _resolved(one)
            for one in self._instruments.values()
            if one.asset.upper() == asset
            and (one.instrument_class in OPTION_CLASSES) == wants_options
        ]

    def continuous(
        self, symbol: str, rankings: Mapping[str, Mapping[int, int] | None]
    ) -> list[ResolvedSymbol]:
        match = _CONTINUOUS.fullmatch(symbol)
        if match is None:
            raise BadValueError(
                f"{symbol!r} is no continuous symbol", hint="write it like ES.c.0, ES.n.0, ES.v.0"
            )
        mapped = self._symbols.id_of(symbol, self._when_ns)
        if mapped is not None:
            # A tape that was asked for by this symbol says itself what it stood for.
            known = self._instruments.get(mapped)
            return [ResolvedSymbol(mapped, symbol if known is None else known.raw_symbol)]
        asset, rule, rank = match[1].upper(), match[2].lower(), int(match[3])
        outrights = [
            one
            for one in self._instruments.values()
            if one.asset.upper() == asset and one.instrument_class == FUTURE
        ]
        # A contract counts for the whole UTC day on which it expires.
        midnight = self._when_ns - self._when_ns % NS_PER_DAY
        listed = sorted((one for one in outrights if not one.has_expired(midnight)), key=_nearness)
        if rule in _RANKED_BY:
            amounts = rankings[rule]
            if amounts is None:
                raise UnresolvableSymbolError(
                    f"{symbol} ranks by the {_RANKED_BY[rule]} of the day before, which is not "
                    "known here",
                    hint=f"ask for {match[1]}.c.{rank}, or give the {_RANKED_BY[rule]}",
                )
            listed = [one for one in listed if one.instrument_id in amounts]
            listed.sort(key=lambda one: -amounts[one.instrument_id])
        return [_resolved(listed[rank])] if rank < len(listed) else []


def _resolved(instrument: Instrument) -> ResolvedSymbol:
    return ResolvedSymbol(instrument.instrument_id, instrument.raw_symbol)


def _nearness(instrument: Instrument) -> tuple[tuple[int, int], int]:
    # Delivery months order all contracts of a product as their expiries do, and are known from
    # symbols too.
    return instrument.delivery or (9999, 12), instrument.expiration_ns or 0
