"""Records as data frames, column by column: pandas and polars.

Columns, their order and the index are those of the vendor's ``DBNStore.to_df``. With
``vendor=True`` the dtypes are too; by default, text with few distinct values (action, side,
symbol) is categorical, which is several times faster to make and to work with. One schema differs
on purpose: the vendor's frame of tcbbo lacks ``action`` and ``ts_in_delta``, ours has them.
"""

from __future__ import annotations

import decimal
from collections.abc import Iterable
from datetime import tzinfo
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from ticktape.tape.batch import Batch
from ticktape.tape.columns import SYMBOL_COLUMN, Column, Kind, columns_of
from ticktape.tape.dbn_reader import Tape
from ticktape.tape.errors import BadValueError, EmptyTapeError, WrongSchemaError
from ticktape.tape.layouts import LAYOUTS, UNDEF_PRICE, Schema
from ticktape.tape.metadata import schema_of
from ticktape.tape.prices import prices_to_float
from ticktape.tape.symbol_map import SymbolMap

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

PriceType = Literal["float", "fixed", "decimal"]

_UNDEFINED_TIME: Final = np.iinfo(np.int64).min
_SCALE: Final = decimal.Decimal(1_000_000_000)
_CATEGORIES: Final = {"action": "ACFMNRT", "side": "ABN"}


def to_dataframe(
    source: Tape | Batch | Iterable[Batch],
    *,
    backend: Literal["pandas", "polars"] = "pandas",
    price_type: PriceType = "float",
    pretty_ts: bool = True,
    map_symbols: bool = True,
    schema: Schema | str | None = None,
    symbol_map: SymbolMap | None = None,
    tz: tzinfo | str = "UTC",
    vendor: bool = False,
) -> pd.DataFrame | pl.DataFrame:
    """Make a data frame of a tape.

    Records of DBN versions 1 and 2 are upgraded, so their definitions come with the columns of
    version 3, unlike the vendor's.

    Parameters
    ----------
    source : Tape, Batch or iterable of Batch
        The records, of one schema or with ``schema`` to choose.
    backend : {"pandas", "polars"}
        Which library's frame. In pandas the index time is the index, in polars the first column.
    price_type : {"float", "fixed", "decimal"}
        Prices as floats, undefined ones NaN; as integers in units of 1e-9; or exact.
    pretty_ts : bool
        Times as timestamps, undefined ones NaT; else as nanoseconds.
    map_symbols : bool
        Add a ``symbol`` column, where a source of symbols is there.
    schema : Schema or str, optional
        Take only records of this schema.
    symbol_map : SymbolMap, optional
        By default that of a tape's metadata and, of a live session's tape, its mapping records.
    tz : tzinfo or str
        Time zone of pretty times.
    vendor : bool
        The dtypes of the vendor's ``to_df`` too (pandas only).

    Returns
    -------
    pandas.DataFrame or polars.DataFrame

    Raises
    ------
    WrongSchemaError
        If the records are of several schemas and none was chosen.
    EmptyTapeError
        If there are no records, and no schema to tell the columns by.
    BadValueError
        If the backend or price type is none of the above.
    """
    if backend not in ("pandas", "polars") or price_type not in ("float", "fixed", "decimal"):
        raise BadValueError(f"no such form of frame: {backend}, {price_type} prices")
    metadata = getattr(source, "metadata", None)
    if not map_symbols:
        symbol_map = None
    elif symbol_map is None and isinstance(source, Tape):
        symbol_map = SymbolMap.from_metadata(source.metadata_with_symbols())
    elif symbol_map is None and metadata is not None:
        symbol_map = SymbolMap.from_metadata(metadata)
    wanted = None if schema is None else Schema(schema)
    if wanted is None and metadata is not None:
        wanted = schema_of(metadata)
    builder = _Builder(wanted, price_type, pretty_ts=pretty_ts, symbols=symbol_map)
    batches = [source] if isinstance(source, Batch) else source
    for batch in batches:
        if schema is None or batch.schema is wanted:
            builder.add(batch)
    if backend == "polars":
        return builder.to_polars(str(tz))
    return builder.to_pandas(tz, vendor=vendor)


class _Builder:
    """Columns gathered a batch at a time, while its records are in the processor's cache."""

    def __init__(
        self,
        schema: Schema | None,
        price_type: PriceType,
        *,
        pretty_ts: bool,
        symbols: SymbolMap | None,
    ) -> None:
        self._schema = schema
        self._price_type = price_type
        self._pretty_ts = pretty_ts
        self._symbols = symbols
        self._symbol_names: list[str] = []
        self._parts: dict[str, list[np.ndarray]] = {}

    def add(self, batch: Batch) -> None:
        schema = self._schema = self._schema or batch.schema
        if batch.schema is not schema:
            raise WrongSchemaError(
                f"the tape holds {schema} and {batch.schema} records", hint="choose a schema"
            )
        columns = columns_of(schema)
        for column in columns:
            part = self._part(column, batch.records[column.name])
            self._parts.setdefault(column.name, []).append(part)
        if self._symbols is not None:
            times = batch.records[columns[0].name]
            codes, self._symbol_names = self._symbols.symbol_codes(
                batch.records["instrument_id"], times
            )
            self._parts.setdefault(SYMBOL_COLUMN, []).append(codes)

    def _part(self, column: Column, values: np.ndarray) -> np.ndarray:
        if column.kind is Kind.PRICE and self._price_type == "float":
            return prices_to_float(values)
        if column.kind is Kind.TIME and self._pretty_ts:
            times = values.astype(np.int64)
            times[times < 0] = _UNDEFINED_TIME
            return times
        return values.copy()

    def _columns(self) -> tuple[Schema, dict[str, tuple[Kind, np.ndarray]]]:
        if self._schema is None:
            raise EmptyTapeError("has no records, and no schema to tell the columns by")
        layout = LAYOUTS[self._schema]
        made: dict[str, tuple[Kind, np.ndarray]] = {}
        for column in columns_of(self._schema):
            parts = self._parts.pop(column.name, None)
            if parts is None:
                parts = [self._part(column, np.empty(0, layout[column.name]))]
            made[column.name] = column.kind, np.concatenate(parts)
        return self._schema, made

    def _symbol_codes(self, count: int) -> np.ndarray | None:
        if self._symbols is None:
            return None
        parts = self._parts.pop(SYMBOL_COLUMN, None)
        return np.full(count, -1, np.int32) if parts is None else np.concatenate(parts)

    def to_pandas(self, tz: tzinfo | str, *, vendor: bool) -> pd.DataFrame:
        import pandas as pd  # noqa: PLC0415 -- slow to import, and optional to most callers

        from ticktape.tape import pandas_columns as made  # noqa: PLC0415 -- imports pandas

        schema, columns = self._columns()
        data: dict[str, Any] = {}
        for name, (kind, values) in columns.items():
            if kind is Kind.TIME and self._pretty_ts:
                data[name] = made.times(values, tz)
            elif kind is Kind.PRICE and self._price_type == "decimal":
                data[name] = _decimals(values)
            elif kind is Kind.TEXT and name in _CATEGORIES and not vendor:
                data[name] = made.byte_categories(values, _CATEGORIES[name])
            elif kind is Kind.TEXT:
                data[name] = made.texts(values)
            else:
                data[name] = values
        index = columns_of(schema)[0].name
        codes = self._symbol_codes(len(columns[index][1]))
        if codes is not None:
            names = self._symbol_names
            data[SYMBOL_COLUMN] = (
                made.symbol_texts(codes, names) if vendor else made.categories(codes, names)
            )
        return pd.DataFrame(data, index=pd.Index(data.pop(index), name=index), copy=False)

    def to_polars(self, tz: str) -> pl.DataFrame:
        import polars as pl  # noqa: PLC0415 -- an extra

        _, columns = self._columns()
        data: dict[str, pl.Series] = {}
        count = 0
        for name, (kind, values) in columns.items():
            count = len(values)
            if kind is Kind.TIME and self._pretty_ts:
                times = pl.Series(name, values.view("datetime64[ns]"))
                data[name] = times.dt.replace_time_zone("UTC").dt.convert_time_zone(tz)
            elif kind is Kind.PRICE and self._price_type == "decimal":
                data[name] = _polars_decimals(name, values)
            elif kind is Kind.TEXT and name in _CATEGORIES:
                letters = sorted({*_CATEGORIES[name], *map(chr, np.unique(values).tolist())})
                places = np.zeros(256, np.uint32)
                places[[ord(letter) for letter in letters]] = np.arange(len(letters))
                data[name] = _polars_enum(name, places[values.view(np.uint8)], letters)
            elif kind is Kind.TEXT:
                data[name] = pl.Series(
                    name, [text.decode() for text in values.view(_text_dtype(values)).tolist()]
                )
            else:
                data[name] = pl.Series(name, values)
        codes = self._symbol_codes(count)
        if codes is not None:
            data[SYMBOL_COLUMN] = _polars_enum(SYMBOL_COLUMN, codes, self._symbol_names)
        return pl.DataFrame(data)


def _text_dtype(values: np.ndarray) -> np.dtype:
    return values.dtype if values.dtype.kind == "S" else np.dtype("S1")


def _polars_enum(name: str, codes: np.ndarray, names: list[str]) -> pl.Series:
    import polars as pl  # noqa: PLC0415 -- an extra

    known = pl.Series(name, names, pl.Enum(names))
    places = pl.Series(np.where(codes < 0, 0, codes).astype(np.uint32))
    if not names:
        return pl.Series(name, [None] * len(codes), pl.Enum(names))
    found = known.gather(places)
    missing = pl.Series(codes < 0) if codes.dtype.kind == "i" else None
    return found if missing is None else found.set(missing, None)


def _decimals(prices: np.ndarray) -> np.ndarray:
    distinct, places = np.unique(prices, return_inverse=True)
    exact = [
        decimal.Decimal("NaN") if price == UNDEF_PRICE else decimal.Decimal(price) / _SCALE
        for price in distinct.tolist()
    ]
    made: np.ndarray = np.array([*exact, None], object)[places]
    return made


def _polars_decimals(name: str, prices: np.ndarray) -> pl.Series:
    import polars as pl  # noqa: PLC0415 -- an extra

    from ticktape.tape.arrow_records import price_array  # noqa: PLC0415 -- imports pyarrow

    return pl.Series(name, price_array(prices))
