"""Tapes as Parquet and back, exactly: one row group a batch, the metadata in the file's footer."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import databento_dbn as dbn
import pyarrow as pa
import pyarrow.parquet as pq

from ticktape.tape.arrow_records import records_to_table, table_to_records
from ticktape.tape.batch import Batch
from ticktape.tape.columns import columns_of
from ticktape.tape.dbn_output import refused
from ticktape.tape.errors import (
    BadValueError,
    EmptyTapeError,
    NotDbnError,
    TapeError,
    TapeNotFoundError,
    TapeWriteError,
    WrongSchemaError,
)
from ticktape.tape.layouts import Schema, new_records
from ticktape.tape.metadata import decode_metadata, schema_of
from ticktape.tape.symbol_map import SymbolMap

_SCHEMA_KEY: Final = b"ticktape.schema"
_METADATA_KEY: Final = b"ticktape.dbn_metadata"
_READ_ROWS: Final = 1 << 16
# What Arrow raises where a file is damaged: text that is no UTF-8 is a ValueError.
_DAMAGE: Final = (pa.ArrowException, OSError, ValueError)


def write_parquet(
    path: Path | str,
    batches: Iterable[Batch],
    metadata: dbn.Metadata,
    *,
    pretty_px: bool = True,
    pretty_ts: bool = True,
    map_symbols: bool = True,
) -> int:
    """Write a tape as Parquet.

    Parameters
    ----------
    path : path
        The file.
    batches : iterable of Batch
        Of one schema.
    metadata : databento_dbn.Metadata
        Kept in the file, and read for the schema and the symbols; of a live session's tape, give
        ``metadata_with_symbols()``.
    pretty_px : bool
        Prices as decimals with nine digits after the point; else integers in units of 1e-9.
    pretty_ts : bool
        Times as timestamps; else nanoseconds.
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
    writer: pq.ParquetWriter | None = None
    count = 0

    def table_of(batch: Batch) -> pa.Table:
        table = records_to_table(
            batch.schema,
            batch.records,
            pretty_px=pretty_px,
            pretty_ts=pretty_ts,
            symbols=symbols,
        )
        kept = {
            _SCHEMA_KEY: str(batch.schema).encode(),
            _METADATA_KEY: base64.b64encode(metadata.encode()),
        }
        return table.replace_schema_metadata(kept)

    try:
        for batch in batches:
            schema = schema or batch.schema
            if batch.schema is not schema:
                raise WrongSchemaError(
                    f"a Parquet file holds one schema; the tape has {schema} and {batch.schema}",
                    hint="choose one",
                )
            table = table_of(batch)
            writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
            writer.write_table(table)
            count += len(batch.records)
        if writer is None and schema is not None:
            table = table_of(Batch(schema, new_records(schema, 0)))
            writer = pq.ParquetWriter(path, table.schema)
    except OSError as error:
        raise refused(path, error) from error
    finally:
        if writer is not None:
            writer.close()
    if schema is None:
        raise TapeWriteError("the tape has no records to tell its columns by", path=path)
    return count


class ParquetTape:
    """Records of a Parquet file that this project wrote; made by :func:`read_parquet`.

    Attributes
    ----------
    path : pathlib.Path
        The file.
    schema : Schema
        Of the records.
    metadata : databento_dbn.Metadata
        As it was when the file was written.
    """

    cut = None

    def __init__(self, path: Path, schema: Schema, metadata: dbn.Metadata) -> None:
        self.path = path
        self.schema = schema
        self.metadata = metadata

    def __iter__(self) -> Iterator[Batch]:
        try:
            with pq.ParquetFile(self.path) as file:
                for table in file.iter_batches(_READ_ROWS):
                    yield Batch(self.schema, table_to_records(self.schema, table))
        except (*_DAMAGE, BadValueError) as error:
            reason = " ".join(str(error).split())
            raise TapeError(f"cannot be read: {reason}", path=self.path) from error


def read_parquet(path: Path | str) -> ParquetTape:
    """Open a Parquet file that :func:`write_parquet` made.

    Parameters
    ----------
    path : path
        The file.

    Returns
    -------
    ParquetTape

    Raises
    ------
    TapeNotFoundError, EmptyTapeError, TapeError
        If the file is not there, empty, no Parquet, or of another origin.
    """
    path = Path(path)
    try:
        if path.stat().st_size == 0:
            raise EmptyTapeError("is empty", path=path)
        columns = pq.read_schema(path)
    except FileNotFoundError as error:
        raise TapeNotFoundError("there is no such file", path=path) from error
    except _DAMAGE as error:
        raise TapeError("is not Parquet", path=path) from error
    kept = columns.metadata or {}
    if _SCHEMA_KEY not in kept or _METADATA_KEY not in kept:
        raise TapeError("is Parquet, but not a tape: it holds no DBN metadata", path=path)
    try:
        schema = Schema(kept[_SCHEMA_KEY].decode())
        metadata = decode_metadata(base64.b64decode(kept[_METADATA_KEY]))
    except (ValueError, NotDbnError) as error:
        raise TapeError(f"has damaged metadata: {error}", path=path) from error
    missing = [column.name for column in columns_of(schema) if column.name not in columns.names]
    if missing:
        raise TapeError(f"lacks the columns {', '.join(missing)} of {schema}", path=path)
    return ParquetTape(path, schema, metadata)
