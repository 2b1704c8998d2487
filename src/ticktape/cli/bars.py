"""``ticktape bars``: bars from the trades of a tape."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from ticktape.cli.progress import watch_batches
from ticktape.cli.results import print_result
from ticktape.cli.schemas import print_schema_named
from ticktape.cli.tables import format_table
from ticktape.cli.usage import wrong_usage
from ticktape.flow.bar_files import COUNTS, PRICES, bar_documents, write_bars
from ticktape.flow.bars import parse_every
from ticktape.flow.tape_bars import bars_of_tape
from ticktape.tape.files import open_tape


def bars(
    file: Annotated[
        Path, typer.Argument(help="A tape with trades: mbo, trades, tbbo, mbp-1 or mbp-10.")
    ],
    symbol: Annotated[
        str | None,
        typer.Option(
            help="CLX5, an instrument id, ES.FUT or ES.c.0; not needed for one instrument."
        ),
    ] = None,
    every: Annotated[
        str, typer.Option(help="The length of a bar: 1s, 15s, 1m, 5m, 1h, 1d, …; aligned to UTC.")
    ] = "1m",
    out: Annotated[
        Path | None, typer.Option(help="Write to this .csv, .parquet, .dbn or .dbn.zst instead.")
    ] = None,
    schema: Annotated[
        str | None, typer.Option(help="Take only this schema of a tape of several.")
    ] = None,
    as_json: Annotated[
        bool,
        typer.Option(
            "--json", help="Print one JSON list; ts_event, the bar's open, is RFC 3339 in UTC."
        ),
    ] = False,
) -> None:
    """Make bars from the trades of a tape."""
    with wrong_usage():
        every_ns = parse_every(every)
        chosen = print_schema_named(schema)
    tape = open_tape(file)
    made = bars_of_tape(
        watch_batches(tape, f"reading {file.name}"), tape.metadata, every_ns, symbol, chosen
    )
    if out is not None:
        write_bars(out, made, every_ns, tape.metadata)
    documents = bar_documents(made) if as_json or out is None else []
    if as_json:
        result = json.dumps(documents, indent=2)
    elif documents:
        heads = list(documents[0])
        left = len(heads) - len(PRICES) - len(COUNTS)
        result = format_table(heads, [list(one.values()) for one in documents], left)
    else:
        result = "no trades" if out is None else ""
    print_result(result, tape.cut, as_json=as_json, until_cut="the bars end there")
    for count, what in (
        (made.late, "came after their bar had closed"),
        (made.unusable, "have no price or no time"),
    ):
        if count:
            typer.echo(f"warning: {count} trades {what} and are in no bar", err=True)
