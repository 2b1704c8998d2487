"""``ticktape export``: the books of a tape over a range, in a format of choice."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Final

import numpy as np
import typer

from ticktape.cli.progress import watch_batches
from ticktape.cli.usage import WrongUsageError, wrong_usage
from ticktape.server.directory import find_instruments
from ticktape.server.tape_shelf import ShelvedTape, shelve
from ticktape.store.export import (
    FORMATS,
    ExportedTape,
    export_pieces,
    parse_place,
    shape_of,
    tape_runs,
)
from ticktape.tape.errors import (
    BadValueError,
    EmptyTapeError,
    TapeWriteError,
    TruncatedTapeError,
    UnknownSymbolError,
    WrongSchemaError,
)
from ticktape.tape.files import open_tape
from ticktape.tape.layouts import Schema

_STANDARD_OUTPUT: Final = "-"
_TEXTS: Final = frozenset({"json", "ndjson", "csv"})


def export(
    file: Annotated[
        Path, typer.Argument(help="A tape of mbo records: DBN, the vendor's CSV or Parquet.")
    ],
    symbol: Annotated[
        str | None,
        typer.Option(help="CLX5, an id, ES.FUT or ES.c.0, several with commas; all if not given."),
    ] = None,
    begin: Annotated[
        str | None, typer.Option("--from", help="A position (records before) or a time in UTC.")
    ] = None,
    end: Annotated[
        str | None, typer.Option("--to", help="The same; the record there is left out.")
    ] = None,
    every: Annotated[
        str, typer.Option(help="event: a row where the levels changed; 1s, 5m, …: one an interval.")
    ] = "event",
    levels: Annotated[int, typer.Option(help="Levels of each side, 1 to 1000.")] = 10,
    form: Annotated[
        str | None,
        typer.Option(
            "--format", help="json, ndjson, csv, parquet or dbn; by default told by --out's name."
        ),
    ] = None,
    out: Annotated[str, typer.Option(help="The file to make; - for standard output.")] = "-",
) -> None:
    """Export the books of a tape: levels at every change."""
    with wrong_usage():
        shape = shape_of(levels, every, form or _form_of(out))
        first = (None, None) if begin is None else parse_place(begin)
        last = (None, None) if end is None else parse_place(end)
    if out == _STANDARD_OUTPUT and shape.format not in _TEXTS and sys.stdout.isatty():
        raise WrongUsageError(
            f"{shape.format} is nothing for a terminal", hint="name a file with --out"
        )
    tape = shelve([file])
    if tape is None:
        raise EmptyTapeError("the tape has no records", path=file)
    if Schema.MBO not in tape.schemas:
        raise WrongSchemaError(
            f"the tape holds {', '.join(tape.schemas)} records, of which no levels are made here",
            hint="export needs mbo records; convert turns others into csv or parquet",
        )
    ids = None if symbol is None else _instruments(tape, symbol, file)
    opened = open_tape(file)
    about = ExportedTape(opened.metadata.dataset, tape.symbols, tape.symbol_of)
    batches = watch_batches(opened, f"exporting {file.name}", opened.metadata)
    orders: Iterator[np.ndarray] = (one.records for one in batches if one.schema is Schema.MBO)
    with _output(out) as write:
        for piece in export_pieces(tape_runs(orders, first, last, ids), shape, about):
            write(piece)
    if opened.cut is not None:
        raise TruncatedTapeError(
            f"was cut: {opened.cut.reason}",
            path=opened.cut.path,
            record=opened.cut.record,
            hint="what is whole was exported",
        )


def _form_of(out: str) -> str:
    if out == _STANDARD_OUTPUT:
        return "json"
    suffix = Path(out).suffix.removeprefix(".").lower()
    if suffix not in FORMATS:
        raise BadValueError(
            f"{out} does not say what form to write",
            hint=f"name it {', '.join(f'.{one}' for one in FORMATS)}, or give --format",
        )
    return suffix


def _instruments(tape: ShelvedTape, symbol: str, file: Path) -> frozenset[int]:
    asked = [one for one in symbol.split(",") if one]
    found = find_instruments(asked, None, tape.instruments, tape.symbols, tape.start_ns)
    if found.not_found or not found.instrument_ids:
        raise UnknownSymbolError(
            f"{file}: the tape has no {', '.join(found.not_found) or 'symbol of no name'}",
            hint="ticktape inspect lists its symbols",
        )
    return found.instrument_ids


@contextmanager
def _output(out: str) -> Iterator[Callable[[bytes], Any]]:
    if out == _STANDARD_OUTPUT:
        yield sys.stdout.buffer.write
        sys.stdout.buffer.flush()
        return
    path = Path(out)
    try:
        with path.open("wb") as file:
            yield file.write
    except OSError as error:
        raise TapeWriteError(f"cannot be written: {error.strerror}", path=path) from error
