"""The book of one instrument at a point of a tape."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

import numpy as np

from ticktape.book.mbo_books import MboBooks
from ticktape.book.mbp_book import MbpBooks
from ticktape.book.quotes import Book
from ticktape.tape.batch import Batch
from ticktape.tape.errors import (
    BadValueError,
    EmptyTapeError,
    TimeOutsideTapeError,
    UnknownSymbolError,
    WrongSchemaError,
)
from ticktape.tape.instruments import Instruments
from ticktape.tape.layouts import UNDEF_TIMESTAMP, Schema, index_field
from ticktape.tape.metadata import schema_of
from ticktape.tape.symbol_map import SymbolMap
from ticktape.tape.symbology import infer_stype, resolve_symbols
from ticktape.tape.times import format_time

BOOK_SCHEMAS: Final = (
    Schema.MBO,
    Schema.MBP_10,
    Schema.MBP_1,
    Schema.TBBO,
    Schema.BBO_1S,
    Schema.BBO_1M,
)
_NAMED: Final = 8


class TapeBook(NamedTuple):
    """A book at a point of a tape.

    Attributes
    ----------
    book : Book
        The book.
    symbol : str
        The instrument's raw symbol at that time; its id where the tape tells none.
    record : int
        How many records of the tape have been applied, those of other instruments too.
    ts_event_ns : int
        The ``ts_event`` of the last of them.
    """

    book: Book
    symbol: str
    record: int
    ts_event_ns: int


def book_of_tape(
    batches: Iterable[Batch],
    metadata: Any,  # noqa: ANN401 -- the vendor's untyped Metadata
    *,
    symbol: str | None = None,
    publisher_id: int | None = None,
    at_record: int | None = None,
    at_time_ns: int | None = None,
) -> TapeBook:
    """Build a book up to a record, a time, or the end of a tape.

    Parameters
    ----------
    batches : iterable of Batch
        The tape; definitions and symbol mappings are used where it has them.
    metadata : databento_dbn.Metadata
        Of the tape.
    symbol : str, optional
        A symbol of one instrument, or its id; not needed where the tape has one instrument.
    publisher_id : int, optional
        Not needed where the instrument has one publisher.
    at_record : int, optional
        How many records to apply.
    at_time_ns : int, optional
        The last index time (``ts_recv``) to apply, in ns.

    Returns
    -------
    TapeBook

    Raises
    ------
    WrongSchemaError
        If the tape has no records that make books.
    EmptyTapeError
        If it has no records.
    TimeOutsideTapeError
        If the time is before its first record, or after its end.
    UnknownSymbolError
        If it does not know the symbol.
    BadValueError
        If it has fewer records than asked for, or several books where one must be chosen.
    """
    if at_record is not None and at_record < 1:
        raise BadValueError(f"there is no record {at_record:,}", hint="the first is record 1")
    building = _Building(metadata, symbol, publisher_id)
    for batch in batches:
        if building.take(batch, at_record, at_time_ns):
            break
    else:
        building.check_end(at_record, at_time_ns)
    return building.result()


class _Building:
    def __init__(self, metadata: Any, symbol: str | None, publisher_id: int | None) -> None:  # noqa: ANN401 -- as above
        stated = schema_of(metadata)
        if stated is not None and stated not in BOOK_SCHEMAS:
            raise _wrong_schema({stated})
        self._symbols = SymbolMap.from_metadata(metadata)
        self._instruments = Instruments()
        self._end_ns = 0 if metadata.end in {None, UNDEF_TIMESTAMP} else int(metadata.end)
        self._asked = symbol
        self._publisher_id = publisher_id
        self._books: MboBooks | MbpBooks | None = None
        self._others: set[Schema] = set()
        self._record = 0
        self._last_index_ns = 0
        self._ts_event_ns = 0
        if symbol is not None and stated is not None and len(self._symbols):
            self._check_known(symbol)

    def _check_known(self, symbol: str) -> None:
        """Say before reading a long tape that it does not have a symbol."""
        if infer_stype(symbol) == "raw_symbol" and self._symbols.id_of(symbol) is None:
            named = [self._name(one) for one in list(self._symbols.at())[:_NAMED]]
            raise _unknown(symbol, named)

    def take(self, batch: Batch, at_record: int | None, at_time_ns: int | None) -> bool:
        """Apply a batch as far as wanted; say whether the wanted point was reached."""
        schema, records = batch
        if schema is Schema.DEFINITION:
            self._instruments.add_records(records)
        elif schema is Schema.SYMBOL_MAPPING:
            self._symbols.add_mapping_records(records)
        books = self._books_of(schema)
        if books is None:
            self._others.add(schema)
            return False
        wanted = len(records)
        if at_record is not None:
            wanted = min(wanted, at_record - self._record)
        if at_time_ns is not None:
            wanted = min(wanted, self._until(records[index_field(schema)], at_time_ns))
        books.update(records[:wanted])
        self._record += wanted
        if wanted:
            self._ts_event_ns = int(records["ts_event"][wanted - 1])
            self._last_index_ns = int(records[index_field(schema)][wanted - 1])
        if self._asked is None:
            self._check_one_instrument()
        return wanted < len(records) or self._record == at_record

    def _books_of(self, schema: Schema) -> MboBooks | MbpBooks | None:
        """Give the books that a schema's records make; the first schema of a tape decides."""
        if schema not in BOOK_SCHEMAS:
            return None
        by_order = schema is Schema.MBO
        if self._books is None:
            self._books = MboBooks() if by_order else MbpBooks()
        return self._books if isinstance(self._books, MboBooks) == by_order else None

    def _until(self, times: np.ndarray, at_time_ns: int) -> int:
        later = (times > at_time_ns) & (times != UNDEF_TIMESTAMP)
        if not later.any():
            return len(times)
        first = int(later.argmax())
        if self._record == 0 and first == 0:
            raise TimeOutsideTapeError(
                f"{format_time(at_time_ns)} is before the first record",
                hint=f"the tape begins at {format_time(int(times[0]))}",
            )
        return first

    def check_end(self, at_record: int | None, at_time_ns: int | None) -> None:
        """Say where the tape ended before the wanted point."""
        if self._books is None and self._others:
            raise _wrong_schema(self._others)
        if self._record == 0:
            raise EmptyTapeError("the tape has no records")
        if at_record is not None:
            raise BadValueError(
                f"there is no record {at_record:,}", hint=f"the tape has {self._record:,} records"
            )
        end_ns = max(self._end_ns, self._last_index_ns)
        if at_time_ns is not None and at_time_ns > end_ns:
            raise TimeOutsideTapeError(
                f"{format_time(at_time_ns)} is after the tape",
                hint=f"it ends at {format_time(end_ns)}",
            )

    def _keys(self) -> list[tuple[int, int]]:
        return [] if self._books is None else self._books.keys()

    def _check_one_instrument(self) -> None:
        ids = list(dict.fromkeys(one for _, one in self._keys()))
        if len(ids) > 1:
            named = [self._name(one) for one in ids[:_NAMED]]
            more = ", …" if len(ids) > _NAMED else ""
            raise BadValueError(
                "the tape has several instruments",
                hint=f"choose one with --symbol: {', '.join(named)}{more}",
            )

    def _name(self, instrument_id: int) -> str:
        defined = self._instruments.by_id(instrument_id)
        if defined is not None:
            return defined.raw_symbol
        now = self._symbols.symbol_of(instrument_id, self._ts_event_ns)
        return now or self._symbols.symbol_of(instrument_id) or str(instrument_id)

    def _ids_asked(self, symbol: str) -> set[int]:
        when_ns = self._ts_event_ns
        found = resolve_symbols([symbol], None, self._instruments, self._symbols, when_ns)
        if not found.instrument_ids and symbol.isdigit():
            return {int(symbol)}
        return found.instrument_ids

    def result(self) -> TapeBook:
        """Choose the one book that was asked for."""
        keys = self._keys()
        if self._asked is not None:
            ids = self._ids_asked(self._asked)
            keys = [key for key in keys if key[1] in ids]
            if not keys:
                known = dict.fromkeys(self._name(one) for _, one in self._keys())
                raise _unknown(self._asked, list(known))
        if len({instrument_id for _, instrument_id in keys}) > 1:
            named = list(dict.fromkeys(self._name(one) for _, one in keys))[:_NAMED]
            raise BadValueError(
                f"{self._asked} stands for several instruments",
                hint=f"choose one: {', '.join(named)}",
            )
        publishers = [publisher for publisher, _ in keys]
        if self._publisher_id is not None:
            keys = [key for key in keys if key[0] == self._publisher_id]
        if len(keys) != 1 or self._books is None:
            raise BadValueError(
                f"{self._name(keys[0][1])} has several publishers"
                if keys
                else f"publisher {self._publisher_id} has no such book",
                hint=f"choose one with --publisher: {', '.join(map(str, publishers))}",
            )
        book = self._books.book(*keys[0])
        if book is None:
            raise UnknownSymbolError(f"there is no book of {keys[0]}")
        return TapeBook(book, self._name(keys[0][1]), self._record, self._ts_event_ns)


def _wrong_schema(schemas: set[Schema]) -> WrongSchemaError:
    return WrongSchemaError(
        f"the tape holds {', '.join(sorted(schemas))} records, which make no book",
        hint=f"books are made from {', '.join(BOOK_SCHEMAS)}",
    )


def _unknown(symbol: str, named: list[str]) -> UnknownSymbolError:
    return UnknownSymbolError(
        f"the tape has no {symbol!r}", hint=f"it has {', '.join(named[:_NAMED])}"
    )
