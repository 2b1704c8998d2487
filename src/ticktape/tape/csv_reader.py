"""The vendor's CSV, read as a tape: prices stay exact, symbols become mappings."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

import databento_dbn as dbn
import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from ticktape.tape.arrow_records import TIME_TYPE, codes_of, table_to_records
from ticktape.tape.batch import Batch
from ticktape.tape.byte_source import ByteSource, open_source
from ticktape.tape.columns import SYMBOL_COLUMN, Kind, columns_of
from ticktape.tape.errors import BadValueError, EmptyTapeError, TapeError, WrongSchemaError
from ticktape.tape.layouts import (
    LAYOUTS,
    RTYPES,
    SCHEMA_OF_RTYPE,
    UNDEF_TIMESTAMP,
    Schema,
)
from ticktape.tape.metadata import MappingInterval, make_metadata
from ticktape.tape.publishers import DATASET_OF_PUBLISHER
from ticktape.tape.record_runs import Cut
from ticktape.tape.times import NS_PER_DAY, utc_date

_BLOCK_BYTES: Final = 1 << 22
_HEAD_BYTES: Final = 1 << 16
# Records up to so many bytes are kept from the first reading, so that there is no second.
_KEPT_BYTES: Final = 1 << 26
# Finer than a price can be, so that a price with too many digits is told apart from damage.
_DECIMAL: Final = pa.decimal128(38, 9)
_TEXT: Final = pa.dictionary(pa.int32(), pa.string())
_UNKNOWN_DATASET: Final = "UNKNOWN"


class _Head(NamedTuple):
    names: list[str]
    first_row: dict[str, str]


class CsvTape:
    """Records of a CSV file, in order; made by :func:`read_csv`.

    Attributes
    ----------
    path : pathlib.Path
        The file.
    schema : Schema
        Told by the record type of the first row, and by the file's name where that says it.
    metadata : databento_dbn.Metadata
        With a mapping of every symbol in the ``symbol`` column, by UTC date.
    cut : Cut or None
        After iterating: where the file ends too early.
    """

    def __init__(self, path: Path, schema: Schema, dataset: str | None, head: _Head) -> None:
        self.path = path
        self.schema = schema
        self.cut: Cut | None = None
        self._types = _column_types(schema, head)
        self._kept: list[np.ndarray] | None = []
        self.metadata = self._scan(dataset, SYMBOL_COLUMN in head.names)
        self._kept_cut, self.cut = self.cut, None

    def __iter__(self) -> Iterator[Batch]:
        self.cut = None
        if self._kept is None:
            for block in self._blocks(self._types):
                yield Batch(self.schema, self._records(block))
        else:
            for records in self._kept:
                yield Batch(self.schema, records)
            self.cut = self._kept_cut

    def _records(self, block: pa.RecordBatch) -> np.ndarray:
        try:
            records = table_to_records(self.schema, block)
        except BadValueError as error:
            raise TapeError(str(error), path=self.path) from error
        # Kept ones are given again, as they are.
        records.flags.writeable = False
        return records

    def _blocks(self, types: dict[str, pa.DataType]) -> Iterator[pa.RecordBatch]:
        source = open_source(self.path)
        lines = _WholeLines(source)
        rows = 0
        bad: list[Any] = []

        def keep_bad(row: Any) -> str:  # noqa: ANN401 -- pyarrow is untyped
            bad.append(row)
            return "skip"

        with closing(source):
            try:
                reader = arrow_csv.open_csv(
                    pa.PythonFile(io.BufferedReader(lines, _BLOCK_BYTES), "r"),
                    arrow_csv.ReadOptions(use_threads=False, block_size=_BLOCK_BYTES),
                    arrow_csv.ParseOptions(invalid_row_handler=keep_bad),
                    arrow_csv.ConvertOptions(
                        column_types=types,
                        include_columns=list(types),
                        null_values=[""],
                    ),
                )
                for block in reader:
                    if bad and rows:
                        break
                    rows += block.num_rows
                    yield block
            except (pa.ArrowInvalid, pa.ArrowKeyError, OSError) as error:
                reason = " ".join(str(error).split())
                raise TapeError(f"is not the vendor's CSV: {reason}", path=self.path) from error
        self._tell_end(bad, lines, rows)

    def _tell_end(self, bad: list[Any], lines: _WholeLines, rows: int) -> None:
        if bad and not (len(bad) == 1 and not lines.ends_with_newline):
            row = bad[0]
            raise TapeError(
                f"a row has {row.actual_columns} columns, not {row.expected_columns}: "
                f"{row.text[:80]!r}",
                path=self.path,
            )
        if bad:
            left = len(bad[0].text)
            self.cut = Cut(self.path, rows, left, f"{left} bytes of the next row are there")
        elif lines.unfinished:
            self.cut = Cut(self.path, rows, lines.dropped, lines.unfinished)

    def _scan(self, dataset: str | None, has_symbols: bool) -> dbn.Metadata:
        """Read once for what stands in front of a tape: its range and its symbols."""
        index = columns_of(self.schema)[0].name
        seen: set[tuple[int, int, str]] = set()
        publishers: set[int] = set()
        start_ns, end_ns = UNDEF_TIMESTAMP, 0
        kept_bytes = 0
        for block in self._blocks(self._types | ({SYMBOL_COLUMN: _TEXT} if has_symbols else {})):
            rtypes = block.column("rtype").unique().to_pylist()
            if rtypes != [RTYPES[self.schema]]:
                raise WrongSchemaError(f"{self.path} holds record types {rtypes}, not one")
            records = self._records(block)
            times = records[index]
            defined = times[times != UNDEF_TIMESTAMP]
            if len(defined):
                start_ns = min(start_ns, int(defined.min()))
                end_ns = max(end_ns, int(defined.max()) + 1)
            publishers.update(np.unique(records["publisher_id"]).tolist())
            if has_symbols:
                seen |= _symbols_seen(records["instrument_id"], times, block.column(SYMBOL_COLUMN))
            kept_bytes += records.nbytes
            if kept_bytes > _KEPT_BYTES:
                self._kept = None
            elif self._kept is not None:
                self._kept.append(records)
        mappings = _mappings(seen)
        return make_metadata(
            dataset=dataset or _dataset_of(publishers),
            schema=self.schema,
            start_ns=0 if start_ns == UNDEF_TIMESTAMP else start_ns,
            end_ns=end_ns or None,
            symbols=sorted(mappings),
            mappings=mappings,
        )


class _WholeLines(io.RawIOBase):
    """A source as a file of Arrow's; where the source has no proper end, whole lines only."""

    def __init__(self, source: ByteSource) -> None:
        self._source = source
        self._held = b""
        self.ends_with_newline = True
        self.dropped = 0

    @property
    def unfinished(self) -> str:
        return self._source.unfinished

    def readable(self) -> bool:
        return True

    def readinto(self, target: Any) -> int:  # noqa: ANN401 -- any writable buffer
        memory = memoryview(target).cast("B")
        got = self._source.read_into(memory)
        if got:
            self.ends_with_newline = memory[got - 1] == ord("\n")
        if got < len(memory) and self._source.unfinished:
            last = memory[:got].tobytes().rfind(b"\n") + 1
            self.dropped = got - last
            got = last
            self.ends_with_newline = True
        return got


def read_csv(
    path: Path | str, *, schema: Schema | str | None = None, dataset: str | None = None
) -> CsvTape:
    """Open a CSV file of the vendor's as a tape.

    Parameters
    ----------
    path : path
        ``.csv`` or zstd; prices and times pretty or raw; with or without a ``symbol`` column.
    schema : Schema or str, optional
        Needed only where the file cannot say it: mbp-1 and tbbo have one record type.
    dataset : str, optional
        By default that of the first row's publisher.

    Returns
    -------
    CsvTape

    Raises
    ------
    TapeNotFoundError, EmptyTapeError, TapeError
        If the file is not there, empty, or not the vendor's CSV.
    WrongSchemaError
        If its rows are of another schema.
    """
    path = Path(path)
    head = _read_head(path)
    return CsvTape(path, _schema_of(path, head, schema), dataset, head)


def _read_head(path: Path) -> _Head:
    with closing(open_source(path)) as source:
        memory = bytearray(_HEAD_BYTES)
        got = source.read_into(memoryview(memory))
    # The head may end inside a character, its last whole line does not.
    content = memory[:got] if got < _HEAD_BYTES else memory[: memory.rfind(b"\n") + 1]
    try:
        rows = csv.reader(io.StringIO(content.decode(), newline=""))
        names = next(rows, [])
        first = next(rows, None)
    except (UnicodeDecodeError, csv.Error) as error:
        raise TapeError("is not the vendor's CSV: it is no text table", path=path) from error
    if first is None and {"rtype", "instrument_id"} <= set(names):
        raise EmptyTapeError("has a header and no rows", path=path)
    if first is None or "rtype" not in names or len(first) != len(names):
        raise TapeError("is not the vendor's CSV: no rtype column", path=path)
    return _Head(names, dict(zip(names, first, strict=True)))


def _schema_of(path: Path, head: _Head, asked: Schema | str | None) -> Schema:
    rtype = head.first_row["rtype"]
    possible = [schema for schema, known in RTYPES.items() if str(known) == rtype]
    if not possible:
        raise TapeError(f"is not the vendor's CSV: rtype is {rtype!r}", path=path)
    if asked is not None:
        if asked not in possible:
            raise WrongSchemaError(f"{path} holds {possible[0]} records, not {asked}")
        schema = Schema(asked)
    else:
        named = [schema for schema in possible if schema in path.name.split(".")]
        schema = named[0] if named else SCHEMA_OF_RTYPE[int(rtype)]
    missing = [c.name for c in columns_of(schema) if c.name not in head.names]
    if missing:
        raise TapeError(f"lacks the columns {', '.join(missing)} of {schema}", path=path)
    return schema


def _column_types(schema: Schema, head: _Head) -> dict[str, pa.DataType]:
    """Tell by the first row if prices and times are pretty: the whole file is as it is."""
    types: dict[str, pa.DataType] = {}
    for name, kind in columns_of(schema):
        cell = head.first_row[name]
        if kind is Kind.TEXT:
            types[name] = _TEXT
        elif kind is Kind.PRICE and (not cell or "." in cell):
            types[name] = _DECIMAL
        elif kind is Kind.TIME and (not cell or "-" in cell):
            types[name] = TIME_TYPE
        else:
            types[name] = pa.from_numpy_dtype(LAYOUTS[schema][name])
    return types


def _symbols_seen(
    instrument_ids: np.ndarray, times: np.ndarray, symbols: pa.Array
) -> set[tuple[int, int, str]]:
    days = (times // np.uint64(NS_PER_DAY)).astype(np.int64)
    names = symbols.dictionary.to_pylist()
    codes = codes_of(symbols)
    pairs = instrument_ids.astype(np.uint64) << np.uint64(32) | codes.astype(np.uint32)
    # Rows of one instrument, day and symbol stand together for long: only their edges are sorted.
    edges = np.flatnonzero((np.diff(pairs) != 0) | (np.diff(days) != 0)) + 1
    first = np.append(0, edges)[: len(pairs)]
    pairs, days = pairs[first], days[first]
    seen: set[tuple[int, int, str]] = set()
    for day in np.unique(days).tolist():
        for pair in np.unique(pairs[days == day]).tolist():
            code = pair & 0xFFFF_FFFF
            if code < len(names) and names[code]:
                seen.add((pair >> 32, day, names[code]))
    return seen


def _mappings(seen: set[tuple[int, int, str]]) -> dict[str, list[MappingInterval]]:
    """Make one interval of each symbol's days that follow each other."""
    mappings: dict[str, list[MappingInterval]] = {}
    for instrument_id, day, symbol in sorted(seen):
        first: date = utc_date(day * NS_PER_DAY)
        after = first + timedelta(days=1)
        intervals = mappings.setdefault(symbol, [])
        last = intervals[-1] if intervals else None
        if last is not None and (last.end_date, last.symbol) == (first, str(instrument_id)):
            intervals[-1] = MappingInterval(last.start_date, after, last.symbol)
        else:
            intervals.append(MappingInterval(first, after, str(instrument_id)))
    for intervals in mappings.values():
        intervals.sort()
    return mappings


def _dataset_of(publishers: set[int]) -> str:
    found = {DATASET_OF_PUBLISHER.get(one, _UNKNOWN_DATASET) for one in publishers if one}
    return found.pop() if len(found) == 1 else _UNKNOWN_DATASET
