"""The instruments of the market by name, and their books."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ticktape.book.quotes import Book
from ticktape.market import Market
from ticktape.server.messages import SymbolEntry
from ticktape.server.rows import BookKey
from ticktape.tape.batch import Batch
from ticktape.tape.errors import TicktapeError
from ticktape.tape.instruments import Instrument, Instruments
from ticktape.tape.layouts import UNDEF_TIMESTAMP, Schema
from ticktape.tape.prices import format_price
from ticktape.tape.symbol_map import SymbolMap
from ticktape.tape.symbology import infer_stype, resolve_symbols


class Found(NamedTuple):
    """What symbols stand for.

    Attributes
    ----------
    instrument_ids : frozenset of int
        Every instrument.
    not_found : list of str
        Symbols that stand for nothing now.
    """

    instrument_ids: frozenset[int]
    not_found: list[str]


def known_instruments(instruments: Instruments, symbols: SymbolMap, when_ns: int) -> Instruments:
    """Give the instruments by definition, and the rest as far as their symbols tell."""
    told = Instruments.from_symbol_map(symbols, when_ns)
    defined = {instrument.instrument_id for instrument in instruments}
    return Instruments(
        [*(one for one in told if one.instrument_id not in defined), *instruments.all()]
    )


def find_instruments(
    asked: Sequence[str],
    stype_in: str | None,
    instruments: Instruments,
    symbols: SymbolMap,
    when_ns: int,
) -> Found:
    """Tell which instruments symbols stand for; one that cannot be told is not found."""
    found: set[int] = set()
    not_found: list[str] = []
    for symbol in asked:
        try:
            resolution = resolve_symbols([symbol], stype_in, instruments, symbols, when_ns)
        except TicktapeError:
            not_found.append(symbol)
            continue
        found |= resolution.instrument_ids
        not_found += resolution.not_found
    return Found(frozenset(found), not_found)


class Directory:
    """Names of the market's instruments, for clients.

    Parameters
    ----------
    market : Market
        The books and what is known of their instruments.
    """

    def __init__(self, market: Market) -> None:
        self.market = market
        # As of when symbols are resolved, and the least that this can be.
        self.when_ns = 0
        self._named_ns = 0
        # Counts the batches that brought names.
        self.names_version = 0
        self._names: dict[int, str] = {}
        self._seen: set[int] = set()

    def take_in(self, batch: Batch) -> bool:
        """Note a batch that the market has applied; True if it brings new names."""
        if batch.schema in {Schema.DEFINITION, Schema.SYMBOL_MAPPING}:
            if batch.schema is Schema.SYMBOL_MAPPING:
                self._read_clock(batch.records["ts_event"])
            self._names.clear()
            self.names_version += 1
            return True
        return False

    def _read_clock(self, times: np.ndarray) -> None:
        """Note a source's first mappings: those of a session that has just begun hold from then on.

        Before the first record of a market nothing else tells its time, and asked as of a time
        before them they name nothing.
        """
        told = times[times != UNDEF_TIMESTAMP]
        if len(told):
            self._named_ns = max(self._named_ns, int(told.max()))
            self.tell_time(self.when_ns)

    def tell_time(self, time_ns: int) -> None:
        """Resolve symbols as of a time from here on."""
        self.when_ns = max(time_ns, self._named_ns)

    def forget_time(self) -> None:
        """Follow the records back where they start over: names are kept."""
        self._named_ns = 0

    def symbol_of(self, instrument_id: int) -> str:
        """Give an instrument's raw symbol; its id in digits where it has none."""
        name = self._names.get(instrument_id)
        if name is None:
            instrument = self.market.instruments.by_id(instrument_id)
            mapped = self.market.symbol_map.symbol_of(instrument_id)
            name = instrument.raw_symbol if instrument else mapped or str(instrument_id)
            self._names[instrument_id] = name
        return name

    def resolve(self, asked: Sequence[str], stype_in: str | None) -> Found:
        """Tell which instruments symbols stand for now."""
        market = self.market
        return find_instruments(
            asked, stype_in, market.instruments, market.symbol_map, self.when_ns
        )

    def _instruments(self) -> list[Instrument]:
        market = self.market
        return known_instruments(market.instruments, market.symbol_map, self.when_ns).all()

    def has_names(self) -> bool:
        """Tell whether the source has named any instrument yet."""
        return bool(self.market.symbol_map.at()) or bool(self.market.instruments.all())

    def entries(self, instrument_ids: frozenset[int]) -> list[SymbolEntry]:
        """Describe some instruments."""
        known = {one.instrument_id: one for one in self._instruments()}
        return [
            _entry(known[one]) if one in known else _bare_entry(one, self.symbol_of(one))
            for one in sorted(instrument_ids)
        ]

    def all_entries(self) -> list[SymbolEntry]:
        """Describe every instrument, and every parent."""
        known = {one.instrument_id: one for one in self._instruments()}
        ids = set(known) | set(self.market.symbol_map.at()) | {key[1] for key in self.book_keys()}
        parents = sorted({one.parent for one in known.values() if one.asset})
        entries = self.entries(frozenset(ids))
        return entries + [_bare_entry(None, parent) for parent in parents]

    def default_symbols(self) -> list[str]:
        """Choose what a viewer shows first: ES.FUT, else the first parent, else a symbol."""
        entries = self.all_entries()
        parents = [one.symbol for one in entries if one.stype_in == "parent"]
        if "ES.FUT" in parents:
            return ["ES.FUT"]
        return parents[:1] or [one.symbol for one in entries[:1]]

    def book_keys(self) -> list[BookKey]:
        """Give the keys of all books: ``(publisher_id, instrument_id)``."""
        return self.market.keys()

    def book(self, key: BookKey) -> Book | None:
        """Give a book; None where there is none."""
        publisher_id, instrument_id = key
        return self.market.book(instrument_id, publisher_id)

    def book_key(self, symbol: str, publisher: int | None = None) -> BookKey | None:
        """Give the key of the book that a symbol stands for: of a parent, the first outright's.

        Of several publishers' books, the first that came, unless the publisher is given.
        """
        ids = self.resolve([symbol], None).instrument_ids
        keys = [key for key in self.book_keys() if key[1] in ids]
        if publisher is not None:
            keys = [key for key in keys if key[0] == publisher]
        if infer_stype(symbol) == "parent":
            keys.sort(key=lambda key: self._rank(key[1]))
        return keys[0] if keys else None

    def _rank(self, instrument_id: int) -> tuple[bool, int, int]:
        instrument = self.market.instruments.by_id(instrument_id)
        if instrument is None:
            return True, 0, instrument_id
        return instrument.is_spread, instrument.expiration_ns or 0, instrument_id


def _entry(instrument: Instrument) -> SymbolEntry:
    expiration = instrument.expiration_ns
    return SymbolEntry(
        instrument.raw_symbol,
        instrument.instrument_id,
        # A symbol alone does not tell whose it is.
        instrument.publisher_id or None,
        instrument.asset,
        instrument.instrument_class,
        instrument.is_spread,
        instrument.tick,
        None if instrument.tick is None else format_price(instrument.tick),
        instrument.multiplier,
        instrument.currency or None,
        None if expiration is None else str(expiration),
        "raw_symbol",
    )


def _bare_entry(instrument_id: int | None, symbol: str) -> SymbolEntry:
    """Describe what is known by its symbol alone; a parent where there is no id."""
    return SymbolEntry(
        symbol,
        instrument_id,
        publisher_id=None,
        asset=None,
        instrument_class=None,
        is_spread=None,
        tick_i64=None,
        tick=None,
        multiplier=None,
        currency=None,
        expiration_ns=None,
        stype_in="parent" if instrument_id is None else "raw_symbol",
    )
