"""The vendor's CSV, written: the same bytes as the vendor's own transcoder writes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import databento_dbn as dbn
import pyarrow as pa
import zstandard
from pyarrow import csv as arrow_csv

from ticktape.tape.arrow_records import records_to_table
from ticktape.tape.batch import Batch
from ticktape.tape.columns import SYMBOL_COLUMN, columns_of
from ticktape.tape.dbn_output import refused
from ticktape.tape.errors import TapeWriteError, WrongSchemaError
from ticktape.tape.layouts import Schema
from ticktape.tape.metadata import schema_of
from ticktape.tape.symbol_map import SymbolMap

_OPTIONS = arrow_csv.WriteOptions(include_header=False, quoting_style="none")


def write_csv(
    path: Path | str,
    batches: Iterable[Batch],
    metadata: dbn.Metadata,
    *,
    pretty_px: bool = True,
    pretty_ts: bool = True,
    map_symbols: bool = True,
) -> int:
    """Write a tape as the vendor's CSV.

    Parameters
    ----------
    path : path
        ``.csv``, or ``.csv.zst`` for zstd.
    batches : iterable of Batch
        Of one schema.
    metadata : databento_dbn.Metadata
        For the schema and the symbols; of a live session's tape, give
        ``metadata_with_symbols()``.
    pretty_px : bool
        Prices as decimals with nine digits after the point; else integers in units of 1e-9.
    pretty_ts : bool
        Times as text; else nanoseconds.
    map_symbols : bool
        Add a ``symbol`` column.

    Returns
    -------
    int
        Records written.

    Raises
    ------
    WrongSchemaError
        If the batches are of several schemas: a table has one.
    TapeWriteError
        If the file cannot be written.
    """
    path = Path(path)
    symbols = SymbolMap.from_metadata(metadata) if map_symbols else None
    schema = schema_of(metadata)
    count = 0
    try:
        with path.open("wb") as file, _compressed(file, path) as out:
            if schema is not None:
                out.write(_header(schema, symbols))
            for batch in batches:
                if schema is None:
                    schema = batch.schema
                    out.write(_header(schema, symbols))
                if batch.schema is not schema:
                    raise WrongSchemaError(
                        f"a CSV file holds one schema; the tape has {schema} and {batch.schema}",
                        hint="choose one",
                    )
                table = records_to_table(
                    schema,
                    batch.records,
                    pretty_px=pretty_px,
                    pretty_ts=pretty_ts,
                    symbols=symbols,
                    as_text=True,
                )
                out.write(_rows(table))
                count += len(batch.records)
    except OSError as error:
        raise refused(path, error) from error
    if schema is None:
        raise TapeWriteError("the tape has no records to tell its columns by", path=path)
    return count


def _compressed(file: Any, path: Path) -> Any:  # noqa: ANN401 -- a file, plain or compressing
    if path.suffix == ".zst":
        return zstandard.ZstdCompressor(level=3).stream_writer(file, closefd=False)
    return file


def _header(schema: Schema, symbols: SymbolMap | None) -> bytes:
    names = [column.name for column in columns_of(schema)]
    if symbols is not None:
        names.append(SYMBOL_COLUMN)
    return (",".join(names) + "\n").encode()


def _rows(table: pa.Table) -> bytes | memoryview:
    out = pa.BufferOutputStream()
    try:
        arrow_csv.write_csv(table, out, _OPTIONS)
    except pa.ArrowInvalid:
        # A text holds a comma or a quote, and Arrow quotes either every text or none.
        lines = io.StringIO()
        writer = csv.writer(lines, lineterminator="\n")
        columns = [column.to_pylist() for column in table.columns]
        writer.writerows(zip(*columns, strict=True))
        return lines.getvalue().encode()
    return memoryview(out.getvalue())
