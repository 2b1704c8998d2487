"""Which instruments a source knows, and how what a client asks for becomes instrument ids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from ticktape.feeds.replay_tape import open_tapes
from ticktape.gateway.live.session_records import ErrorCode
from ticktape.gateway.live.wire import ALL_SYMBOLS, SubscriptionRequest
from ticktape.tape.batch import Batch
from ticktape.tape.errors import TicktapeError
from ticktape.tape.instruments import Instruments
from ticktape.tape.layouts import Schema, index_field
from ticktape.tape.symbol_map import SymbolMap
from ticktape.tape.symbology import Resolution, ResolvedSymbol, resolve_symbols

_CHUNK_RECORDS: Final = 1 << 16
_LOOKED_AT: Final = 1_000_000
_SESSION_SCHEMAS: Final = frozenset({Schema.SYSTEM, Schema.ERROR, Schema.SYMBOL_MAPPING})


class SessionRefusedError(TicktapeError):
    """A session that has to end: its last record is an error record with this code."""

    code = "session-refused"

    def __init__(self, error_code: ErrorCode, text: str) -> None:
        super().__init__(text)
        self.error_code = error_code


@dataclass(slots=True)
class Catalogue:
    """The instruments and symbols of a source, as far as it has shown them."""

    instruments: Instruments
    symbol_map: SymbolMap

    def resolve(
        self, request: SubscriptionRequest, now_ns: int
    ) -> tuple[Resolution, dict[str, str]]:
        """Give what a subscription's symbols stand for, and why some cannot be told."""
        asked = [ALL_SYMBOLS] if ALL_SYMBOLS in request.symbols else list(request.symbols)
        try:
            return self._resolve(asked, request.stype_in, now_ns), {}
        except TicktapeError:
            # One impossible symbol must not spoil the others.
            found: dict[str, list[ResolvedSymbol]] = {}
            reasons: dict[str, str] = {}
            not_found: list[str] = []
            classes: dict[int, str] = {}
            for symbol in asked:
                try:
                    one = self._resolve([symbol], request.stype_in, now_ns)
                except TicktapeError as error:
                    not_found.append(symbol)
                    reasons[symbol] = str(error)
                else:
                    found |= one.found
                    not_found += one.not_found
                    classes |= one.classes
            return Resolution(found, not_found, classes), reasons

    def _resolve(self, symbols: list[str], stype_in: str, now_ns: int) -> Resolution:
        return resolve_symbols(symbols, stype_in, self.instruments, self.symbol_map, now_ns)

    def learn(self, batch: Batch) -> bool:
        """Take what a batch says of instruments and symbols; False where it says nothing."""
        if batch.schema is Schema.DEFINITION:
            self.instruments.add_records(batch.records)
        elif batch.schema is Schema.SYMBOL_MAPPING:
            self.symbol_map.add_mapping_records(batch.records)
        else:
            return False
        return True


class Survey(NamedTuple):
    """What files hold, as far as it was looked.

    Attributes
    ----------
    native : frozenset of Schema
        The schemas of their records.
    catalogue : Catalogue
        Of their metadata and of the definitions among their first records.
    first_ns : int
        Time of the first record.
    """

    native: frozenset[Schema]
    catalogue: Catalogue
    first_ns: int


def survey(paths: Sequence[Path]) -> Survey:
    """Look what files hold: of mixed files the first million records, of others the first batch."""
    catalogue = Catalogue(Instruments(), SymbolMap())
    native: set[Schema] = set()
    first_ns: int | None = None
    for path in paths:
        tape = open_tapes(path, _CHUNK_RECORDS)
        metadata = tape.metadata
        catalogue.symbol_map.add_mappings(metadata.mappings, metadata.stype_in, metadata.stype_out)
        stated = None if metadata.schema is None else Schema(str(metadata.schema))
        native |= {stated} if stated else set()
        looked = 0
        for batch in tape:
            native.add(batch.schema)
            times = batch.records[index_field(batch.schema)]
            catalogue.learn(batch)
            if batch.schema not in _SESSION_SCHEMAS and len(times):
                first_ns = int(times[0]) if first_ns is None else min(first_ns, int(times[0]))
                looked += len(times)
            if (looked and stated not in {None, Schema.DEFINITION}) or looked > _LOOKED_AT:
                break
    return Survey(frozenset(native - _SESSION_SCHEMAS), catalogue, first_ns or 0)
