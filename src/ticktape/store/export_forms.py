"""Rows of levels as JSON, CSV, Parquet: piece by piece, never all of them at once."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

import numpy as np

from ticktape.book.level_rows import LevelRows
from ticktape.book.level_text import level_documents
from ticktape.tape.errors import BadValueError

SymbolOf = Callable[[int], str]

_GROUP_ROWS: Final = 1 << 16
_GROUP_CELLS: Final = 1 << 21
_PLACES: Final = (
    ("bid_px", True),
    ("ask_px", True),
    ("bid_sz", False),
    ("ask_sz", False),
    ("bid_ct", False),
    ("ask_ct", False),
)


def as_ndjson(rows: Iterable[LevelRows], symbol_of: SymbolOf) -> Iterator[bytes]:
    """Write a JSON document a line."""
    for part in rows:
        yield from level_documents(part, symbol_of)


def as_json(rows: Iterable[LevelRows], symbol_of: SymbolOf) -> Iterator[bytes]:
    """Write one JSON list, a row a line."""
    between = b",\n"
    ahead = b"[\n"
    for part in rows:
        for text in level_documents(part, symbol_of, between):
            yield ahead + text[: -len(between)]
            ahead = between
    yield b"[]\n" if ahead != between else b"\n]\n"


def as_csv(rows: Iterable[LevelRows], symbol_of: SymbolOf, depth: int) -> Iterator[bytes]:
    """Write CSV with the vendor's forms of prices and times; one line of names in front."""
    import pyarrow as pa  # noqa: PLC0415 -- slow to import, and seldom needed
    from pyarrow import csv as arrow_csv  # noqa: PLC0415

    options = arrow_csv.WriteOptions(include_header=False, quoting_style="none")
    yield (",".join(_columns(depth)) + "\n").encode()
    for part in rows:
        out = pa.BufferOutputStream()
        try:
            arrow_csv.write_csv(_table(part, symbol_of, as_text=True), out, options)
        except pa.ArrowInvalid as error:
            raise BadValueError(
                f"a symbol cannot stand in CSV: {error}", hint="choose another format"
            ) from error
        yield out.getvalue().to_pybytes()


def as_parquet(rows: Iterable[LevelRows], symbol_of: SymbolOf, depth: int) -> Iterator[bytes]:
    """Write Parquet: prices as decimals, times as timestamps; a row group at a time."""
    import pyarrow.parquet as pq  # noqa: PLC0415 -- slow to import, and seldom needed

    drain = Drain()
    empty = _table(_no_rows(depth), symbol_of, as_text=False)
    with pq.ParquetWriter(drain, empty.schema, compression="zstd") as writer:
        for group in _groups(rows, depth):
            writer.write_table(_table(group, symbol_of, as_text=False))
            yield drain.taken()
    yield drain.taken()


class Drain(io.RawIOBase):
    """A file that is written and taken away piece by piece."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._written = 0

    def writable(self) -> bool:
        """Tell that it can be written."""
        return True

    def tell(self) -> int:
        """Give how many bytes were written."""
        return self._written

    def write(self, content: Any) -> int:  # noqa: ANN401 -- any buffer
        """Take bytes."""
        piece = bytes(content)
        self._pieces.append(piece)
        self._written += len(piece)
        return len(piece)

    def taken(self) -> bytes:
        """Give what was written since the last time."""
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


def _groups(rows: Iterable[LevelRows], depth: int) -> Iterator[LevelRows]:
    """Join rows to groups that are worth a place of their own in a file.

    Every group but the last has the same number of rows, so that the file is the same however the
    rows were cut before.
    """
    most = max(1, min(_GROUP_ROWS, _GROUP_CELLS // depth))
    waiting: list[LevelRows] = []
    count = 0
    for part in rows:
        waiting.append(part)
        count += len(part.heads)
        if count < most:
            continue
        joined = _joined(waiting)
        for first in range(0, count - most + 1, most):
            yield _part(joined, first, first + most)
        count %= most
        waiting = [_part(joined, len(joined.heads) - count, None)]
    if count:
        yield _joined(waiting)


def _part(rows: LevelRows, first: int, end: int | None) -> LevelRows:
    return LevelRows(rows.heads[first:end], rows.levels[first:end])


def _joined(parts: list[LevelRows]) -> LevelRows:
    return LevelRows(*(np.concatenate(pieces) for pieces in zip(*parts, strict=True)))


def _no_rows(depth: int) -> LevelRows:
    from ticktape.book.derive_quotes_kernels import LEVEL_PAIR  # noqa: PLC0415 -- of a pair
    from ticktape.book.level_rows_kernels import LEVEL_HEAD  # noqa: PLC0415

    return LevelRows(np.zeros(0, LEVEL_HEAD), np.zeros((0, depth), LEVEL_PAIR))


_HEADS: Final = (
    "ts_recv",
    "ts_event",
    "publisher_id",
    "instrument_id",
    "symbol",
    "position",
    "sequence",
    "flags",
)


def _columns(depth: int) -> list[str]:
    return [*_HEADS, *(f"{name}_{at:02d}" for at in range(depth) for name, _ in _PLACES)]


def _table(rows: LevelRows, symbol_of: SymbolOf, *, as_text: bool) -> Any:  # noqa: ANN401 -- pyarrow is untyped
    import pyarrow as pa  # noqa: PLC0415 -- slow to import, and seldom needed

    from ticktape.tape.arrow_records import (  # noqa: PLC0415 -- imports Arrow
        price_array,
        price_text,
        time_array,
        time_text,
    )

    heads, levels = rows
    ids, places = np.unique(heads["instrument_id"], return_inverse=True)
    names = pa.array([symbol_of(int(one)) for one in ids], pa.string())
    times = time_text if as_text else time_array
    prices = price_text if as_text else price_array
    columns = {
        "symbol": names.take(pa.array(places)),
        "ts_recv": times(heads["ts_recv"]),
        "ts_event": times(heads["ts_event"]),
    }
    arrays = [
        columns[name] if name in columns else pa.array(np.ascontiguousarray(heads[name]))
        for name in _HEADS
    ]
    for at in range(levels.shape[1]):
        for name, is_price in _PLACES:
            values = np.ascontiguousarray(levels[:, at][name])
            arrays.append(prices(values) if is_price else pa.array(values))
    return pa.table(arrays, names=_columns(levels.shape[1]))
