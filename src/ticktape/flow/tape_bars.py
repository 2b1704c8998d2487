"""Bars of the instruments that a symbol stands for, from a whole tape."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

import numpy as np

from ticktape.flow.bars import BAR_ROWS, TimeBars
from ticktape.flow.prints import PRINT_SCHEMAS
from ticktape.tape.batch import Batch
from ticktape.tape.errors import BadValueError, UnknownSymbolError, WrongSchemaError
from ticktape.tape.instruments import Instruments
from ticktape.tape.layouts import Schema
from ticktape.tape.symbol_map import SymbolMap
from ticktape.tape.symbology import resolve_symbols
from ticktape.tape.times import NS_PER_DAY

_NAMED: Final = 8


class TapeBars(NamedTuple):
    """Bars of one or several instruments.

    Attributes
    ----------
    rows : numpy.ndarray
        dtype ``BAR_ROWS``, in the order of ``ts_event``; the last of each instrument may be
        unfinished, as the tape ends when it ends.
    symbols : list of str
        The raw symbol of each row.
    late, unusable : int
        Prints of the whole tape in no bar: come too late, or without a price or a time.
    """

    rows: np.ndarray
    symbols: list[str]
    late: int
    unusable: int


def bars_of_tape(
    batches: Iterable[Batch],
    metadata: Any,  # noqa: ANN401 -- the vendor's untyped Metadata
    every_ns: int,
    symbol: str | None = None,
    schema: Schema | None = None,
) -> TapeBars:
    """Make the bars of a tape.

    Parameters
    ----------
    batches : iterable of Batch
        The tape: records with prints; definitions and symbol mappings where it has them.
    metadata : databento_dbn.Metadata
        Of the tape.
    every_ns : int
        The length of a bar.
    symbol : str, optional
        A raw symbol, an instrument id, a parent (``ES.FUT``) or a continuous contract, resolved on
        each day of the tape; not needed where the tape has prints of one instrument only.
    schema : Schema, optional
        Which records to take of a tape that has prints in several schemas.

    Returns
    -------
    TapeBars

    Raises
    ------
    WrongSchemaError
        If the tape has no prints, or has them in several schemas.
    UnknownSymbolError
        If the tape does not know the symbol.
    BadValueError
        If the tape has several instruments and no symbol was given.
    """
    bars = TimeBars(every_ns)
    symbols = SymbolMap.from_metadata(metadata)
    instruments = Instruments()
    seen: set[Schema] = set()
    others: set[Schema] = set()
    pieces = []
    for batch in batches:
        if batch.schema in PRINT_SCHEMAS and schema in (None, batch.schema):
            seen.add(batch.schema)
            if len(seen) > 1:
                raise WrongSchemaError(
                    f"the tape has prints in {' and '.join(sorted(seen))}",
                    hint="choose one with --schema",
                )
            pieces.append(bars.update(batch.records))
        elif batch.schema is Schema.DEFINITION:
            instruments.add_records(batch.records)
        elif batch.schema is Schema.SYMBOL_MAPPING:
            symbols.add_mapping_records(batch.records)
        if batch.schema not in seen:
            others.add(batch.schema)
    if others and not seen:
        wanted = schema or ", ".join(PRINT_SCHEMAS[:5])
        raise WrongSchemaError(
            f"the tape holds {', '.join(sorted(others))} records", hint=f"bars need {wanted}"
        )
    rows = np.concatenate([*pieces, bars.flush(), np.empty(0, BAR_ROWS)])
    rows = rows[np.argsort(rows["ts_event"], kind="stable")]
    named = _Names(instruments, symbols, int(metadata.start))
    rows = named.of_symbol(rows, symbol) if symbol else named.of_only_one(rows)
    return TapeBars(rows, named.each(rows), bars.late, bars.unusable)


class _Names:
    """Which rows a symbol stands for, and what each row's instrument is called."""

    def __init__(self, instruments: Instruments, symbols: SymbolMap, start_ns: int) -> None:
        self._instruments = instruments
        self._symbols = symbols
        self._start_ns = start_ns

    def of_symbol(self, rows: np.ndarray, symbol: str) -> np.ndarray:
        days = rows["ts_event"] // np.uint64(NS_PER_DAY)
        wanted = np.zeros(len(rows), bool)
        known = self._ids_of(symbol, self._start_ns)
        for day in np.unique(days):
            on_day = days == day
            ids = self._ids_of(symbol, int(rows["ts_event"][on_day][0]))
            known |= ids
            wanted |= on_day & np.isin(rows["instrument_id"], list(ids))
        if not known and symbol.isdigit():
            wanted = rows["instrument_id"] == int(symbol)
        if not known and not wanted.any():
            raise UnknownSymbolError(f"the tape does not know {symbol!r}", hint=self._hint(rows))
        chosen: np.ndarray = rows[wanted]
        return chosen

    def of_only_one(self, rows: np.ndarray) -> np.ndarray:
        if len(np.unique(rows["instrument_id"])) > 1:
            raise BadValueError("the tape has several instruments", hint=self._hint(rows))
        return rows

    def each(self, rows: np.ndarray) -> list[str]:
        names: dict[tuple[int, int], str] = {}
        called = []
        for instrument_id, now in zip(
            rows["instrument_id"].tolist(), rows["ts_event"].tolist(), strict=True
        ):
            key = (instrument_id, now // NS_PER_DAY)
            if key not in names:
                names[key] = self._name(instrument_id, now)
            called.append(names[key])
        return called

    def _ids_of(self, symbol: str, when_ns: int) -> set[int]:
        return resolve_symbols(
            [symbol], None, self._instruments, self._symbols, when_ns
        ).instrument_ids

    def _name(self, instrument_id: int, when_ns: int) -> str:
        defined = self._instruments.by_id(instrument_id)
        if defined is not None:
            return defined.raw_symbol
        mapped = self._symbols.symbol_of(instrument_id, when_ns)
        return mapped or self._symbols.symbol_of(instrument_id) or str(instrument_id)

    def _hint(self, rows: np.ndarray) -> str:
        ids, counts = np.unique(rows["instrument_id"], return_counts=True)
        busiest = ids[np.argsort(-counts, kind="stable")][:_NAMED].tolist()
        names = [self._name(instrument_id, self._start_ns) for instrument_id in busiest]
        more = f" and {len(ids) - len(names)} more" if len(ids) > len(names) else ""
        return f"it has trades of {', '.join(names)}{more}" if names else "it has no trades"
