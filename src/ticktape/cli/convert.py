"""``ticktape convert``: one form of tape to another."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ticktape.cli.progress import watch_batches
from ticktape.cli.schemas import schema_named
from ticktape.tape.convert import convert_tape


def convert(
    source: Annotated[Path, typer.Argument(help="A .dbn, .csv (each also .zst) or .parquet.")],
    target: Annotated[Path, typer.Argument(help="The file to make; its name tells its form.")],
    schema: Annotated[
        str | None, typer.Option(help="Take only this schema of a tape of several.")
    ] = None,
    pretty: Annotated[
        bool,
        typer.Option("--pretty/--raw", help="Decimal prices and RFC 3339 times, or integers."),
    ] = True,
    symbols: Annotated[bool, typer.Option(help="Add a symbol column to tables.")] = True,
) -> None:
    """Convert between DBN, CSV and Parquet."""
    count = convert_tape(
        source,
        target,
        schema=schema_named(schema),
        pretty=pretty,
        map_symbols=symbols,
        watch=lambda batches: watch_batches(batches, f"converting {source.name}"),
    )
    if sys.stderr.isatty():
        typer.echo(f"{count:,} records in {target}", err=True)
