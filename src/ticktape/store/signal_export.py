"""All signals as a file, written while it is read."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any, Final, Literal, get_args

import msgspec

from ticktape.store.export_forms import Drain
from ticktape.store.signal_rows import SignalRow
from ticktape.tape.times import parse_time

SignalForm = Literal["csv", "json", "parquet"]
SIGNAL_FORMS: Final = get_args(SignalForm)
# The reference system's columns in its order, then the others.
_REFERENCE: Final = (
    "id",
    "session_id",
    "timestamp",
    "signal_type",
    "direction",
    "price",
    "price_after_1m",
    "price_after_5m",
    "outcome",
    "created_at",
)
_FIELDS: Final = tuple(
    dict.fromkeys((*_REFERENCE, *(one.name for one in msgspec.structs.fields(SignalRow))))
)
_WHOLE: Final = frozenset({"score", "amount", "ts_ns"})
_DECIMAL: Final = frozenset(
    {"price", "price_low", "price_high", "price_after_1m", "price_after_5m"}
)

_encode = msgspec.json.Encoder().encode


def signal_pieces(pages: Iterable[list[SignalRow]], form: SignalForm) -> Iterator[bytes]:
    """Write signals as a file, a piece for each page.

    Parameters
    ----------
    pages : iterable of list of SignalRow
        In the order wanted.
    form : {"csv", "json", "parquet"}
        ``csv`` has a line of names; ``json`` is a list, a row a line.

    Yields
    ------
    bytes
        One after the other they are the file.
    """
    if form == "csv":
        return _as_csv(pages)
    return _as_json(pages) if form == "json" else _as_parquet(pages)


def _as_csv(pages: Iterable[list[SignalRow]]) -> Iterator[bytes]:
    yield (",".join(_FIELDS) + "\n").encode()
    for page in pages:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerows([getattr(row, name) for name in _FIELDS] for row in page)
        yield text.getvalue().encode()


def _as_json(pages: Iterable[list[SignalRow]]) -> Iterator[bytes]:
    ahead = b"[\n"
    for page in pages:
        yield ahead + b",\n".join(map(_encode, page))
        ahead = b",\n"
    yield b"\n]\n" if ahead == b",\n" else b"[]\n"


def _as_parquet(pages: Iterable[list[SignalRow]]) -> Iterator[bytes]:
    import pyarrow as pa  # noqa: PLC0415 -- slow to import, and seldom needed
    import pyarrow.parquet as pq  # noqa: PLC0415

    kinds = {"timestamp": pa.timestamp("ns", "UTC"), "created_at": pa.timestamp("ns", "UTC")}
    kinds |= dict.fromkeys(_WHOLE, pa.int64()) | dict.fromkeys(_DECIMAL, pa.float64())
    schema = pa.schema([(name, kinds.get(name, pa.string())) for name in _FIELDS])
    drain = Drain()
    with pq.ParquetWriter(drain, schema, compression="zstd") as writer:
        for page in pages:
            columns = [_column(page, name) for name in _FIELDS]
            arrays = [pa.array(one, kind) for one, kind in zip(columns, schema.types, strict=True)]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
            yield drain.taken()
    yield drain.taken()


def _column(page: list[SignalRow], name: str) -> list[Any]:
    if name in {"timestamp", "created_at"}:
        return [parse_time(getattr(row, name)) for row in page]
    if name == "ts_ns":
        return [int(row.ts_ns) for row in page]
    return [getattr(row, name) for row in page]
