"""Bars written to a file: CSV and Parquet as they are, DBN as the vendor's OHLCV records."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any, Final

import numpy as np

from ticktape.book.derive import as_schema
from ticktape.flow.bars import BAR_ROWS
from ticktape.flow.tape_bars import TapeBars
from ticktape.tape.batch import Batch
from ticktape.tape.dbn_writer import DbnWriter
from ticktape.tape.errors import BadValueError
from ticktape.tape.files import form_of
from ticktape.tape.intervals import BAR_LENGTHS_NS
from ticktape.tape.metadata import make_metadata
from ticktape.tape.prices import format_prices
from ticktape.tape.symbol_map import SymbolMap
from ticktape.tape.times import format_times

PRICES: Final = ("open", "high", "low", "close")
COUNTS: Final = ("volume", "buy_volume", "sell_volume", "trades")


def bar_documents(bars: TapeBars) -> list[dict[str, Any]]:
    """Give bars as JSON documents.

    Returns
    -------
    list of dict
        ``ts_event`` (RFC 3339 with nanoseconds), decimal prices, counts; and ``symbol`` in front
        where the bars are of several instruments.
    """
    rows = bars.rows
    columns: dict[str, list[Any]] = {}
    if len(np.unique(rows["instrument_id"])) > 1:
        columns["symbol"] = bars.symbols
    columns["ts_event"] = list(format_times(rows["ts_event"]))
    columns |= {name: format_prices(rows[name]) for name in PRICES}
    columns |= {name: rows[name].tolist() for name in COUNTS}
    return [
        dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)
    ]


def write_bars(path: Path, bars: TapeBars, every_ns: int, metadata: Any) -> None:  # noqa: ANN401 -- the vendor's untyped Metadata
    """Write bars to a file; its name tells the form.

    Parameters
    ----------
    path : pathlib.Path
        ``.csv`` (decimal prices, RFC 3339 times), ``.parquet`` (integers in 1e-9 and nanoseconds),
        ``.dbn`` or ``.dbn.zst`` (OHLCV records; lengths of 1s, 1m, 1h and 1d only).
    bars : TapeBars
        The bars.
    every_ns : int
        Their length.
    metadata : databento_dbn.Metadata
        Of the tape that they were made from.

    Raises
    ------
    BadValueError
        If the file's form is not known, or cannot hold bars of that length.
    """
    form = form_of(path)
    if form == "csv" and path.suffix == ".csv":
        _write_csv(path, bars)
    elif form == "parquet":
        _write_parquet(path, bars)
    elif path.name.endswith((".dbn", ".dbn.zst")):
        _write_dbn(path, bars, every_ns, metadata)
    else:
        raise BadValueError(
            f"{path.name} does not say what form to write",
            hint="name it .csv, .parquet, .dbn or .dbn.zst",
        )


def _write_csv(path: Path, bars: TapeBars) -> None:
    names = ("symbol", "ts_event", *PRICES, *COUNTS)
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        for symbol, document in zip(bars.symbols, bar_documents(bars), strict=True):
            writer.writerow([symbol, *(document[name] for name in names[1:])])


def _write_parquet(path: Path, bars: TapeBars) -> None:
    import pyarrow as pa  # noqa: PLC0415 -- slow to import, and seldom needed
    import pyarrow.parquet as pq  # noqa: PLC0415

    columns = {name: np.ascontiguousarray(bars.rows[name]) for name in BAR_ROWS.names or ()}
    pq.write_table(pa.table({"symbol": pa.array(bars.symbols, pa.string()), **columns}), path)


def _write_dbn(path: Path, bars: TapeBars, every_ns: int, metadata: Any) -> None:  # noqa: ANN401 -- the vendor's untyped Metadata
    schema = next((s for s, length in BAR_LENGTHS_NS.items() if length == every_ns), None)
    if schema is None:
        raise BadValueError(
            "DBN has bars of 1s, 1m, 1h and 1d only", hint="write other lengths as csv or parquet"
        )
    made = make_metadata(
        metadata.dataset,
        schema,
        int(bars.rows["ts_event"][0]) if len(bars.rows) else int(metadata.start),
        int(bars.rows["ts_event"][-1]) + every_ns if len(bars.rows) else None,
        sorted(set(bars.symbols)),
        SymbolMap.from_metadata(metadata).to_mappings(),
    )
    with DbnWriter(path, made, overwrite=True) as writer:
        writer.write(Batch(schema, as_schema(bars.rows, schema)))
