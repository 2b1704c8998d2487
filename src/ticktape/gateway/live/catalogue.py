"""Which instruments a source knows, and how what a client asks for becomes instrument ids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from ticktape.feeds.replay_tape import open_tapes
from ticktape.gateway.live.outlet import Outlet
from ticktape.gateway.live.session_records import (
    ErrorCode,
    SystemCode,
    error_record,
    mapping_records,
    system_record,
)
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

    def resolve(self, request: SubscriptionRequest, now_ns: int) -> Resolution:
        """Give what a subscription's symbols stand for; what cannot be told is not found."""
        asked = [ALL_SYMBOLS] if ALL_SYMBOLS in request.symbols else list(request.symbols)
        try:
            return self._resolve(asked, request.stype_in, now_ns)
        except TicktapeError:
            # One impossible symbol must not spoil the others.
            found: dict[str, list[ResolvedSymbol]] = {}
            not_found: list[str] = []
            classes: dict[int, str] = {}
            for symbol in asked:
                try:
                    one = self._resolve([symbol], request.stype_in, now_ns)
                except TicktapeError:
                    not_found.append(symbol)
                else:
                    found |= one.found
                    not_found += one.not_found
                    classes |= one.classes
            return Resolution(found, not_found, classes)

    def _resolve(self, symbols: list[str], stype_in: str, now_ns: int) -> Resolution:
        return resolve_symbols(symbols, stype_in, self.instruments, self.symbol_map, now_ns)

    def announce(
        self, request: SubscriptionRequest, outlet: Outlet, now_ns: int
    ) -> frozenset[int] | None:
        """Resolve a subscription and queue its mappings, unresolved symbols and acknowledgement.

        Returns
        -------
        frozenset of int or None
            The instruments asked for; None for all of them.
        """
        everything = ALL_SYMBOLS in request.symbols
        resolution = self.resolve(request, now_ns)
        rows = [
            (instrument_id, raw_symbol if everything else asked, raw_symbol)
            for asked, found in resolution.found.items()
            for instrument_id, raw_symbol in found
        ]
        mappings = mapping_records(rows, request.stype_in, now_ns)
        outlet.put_now(Batch(Schema.SYMBOL_MAPPING, mappings))
        not_found = [] if everything else resolution.not_found
        for symbol in not_found:
            text = f"Failed to resolve symbol {symbol} of type {request.stype_in}"
            code = ErrorCode.SYMBOL_RESOLUTION_FAILED
            record = error_record(code, text, now_ns, is_last=symbol == not_found[-1])
            outlet.put_now(Batch(Schema.ERROR, record))
        if request.is_last:
            number = request.id or 0
            text = f"Subscription request {number} for {request.schema.value} data succeeded"
            record = system_record(SystemCode.SUBSCRIPTION_ACK, text, now_ns)
            outlet.put_now(Batch(Schema.SYSTEM, record))
        return None if everything else frozenset(row[0] for row in rows)


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
            if batch.schema is Schema.DEFINITION:
                catalogue.instruments.add_records(batch.records)
            elif batch.schema is Schema.SYMBOL_MAPPING:
                catalogue.symbol_map.add_mapping_records(batch.records)
            if batch.schema not in _SESSION_SCHEMAS and len(times):
                first_ns = int(times[0]) if first_ns is None else min(first_ns, int(times[0]))
                looked += len(times)
            if (looked and stated not in {None, Schema.DEFINITION}) or looked > _LOOKED_AT:
                break
    return Survey(frozenset(native - _SESSION_SCHEMAS), catalogue, first_ns or 0)
