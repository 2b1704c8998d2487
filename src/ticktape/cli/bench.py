"""``ticktape bench``: this machine's figures, as a table or as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.status import Status
from rich.table import Table

from ticktape.bench import make_report, run_benchmarks
from ticktape.bench.figures import Figure
from ticktape.bench.report import amount, bound_text, machine_line
from ticktape.cli.usage import wrong_usage

_VERDICTS = {True: "[green]yes", False: "[red]no", None: "–"}


def _print_table(report: dict[str, Any]) -> None:
    table = Table("what")
    for heading in ("measured", "held against", "ratio", "ok"):
        table.add_column(heading, no_wrap=True)
    for figure in report["figures"]:
        table.add_row(
            figure["what"],
            amount(figure["measured"], figure["unit"]),
            bound_text(figure),
            amount(figure["ratio"], "×"),
            _VERDICTS[figure["ok"]],
        )
    console = Console(highlight=False)
    console.print(table)
    for figure in report["figures"]:
        said = "; ".join(filter(None, (figure["note"], figure["used"])))
        if said:
            console.print(f"{figure['name']}: {said}", markup=False)
    console.print(machine_line(report["machine"]), markup=False)


def bench(
    subjects: Annotated[
        list[str] | None,
        typer.Argument(help="Measure these alone: book, files, seek, …, or service"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    out: Annotated[Path | None, typer.Option(help="Write the JSON document to a file too.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Smaller inputs: for a look.")] = False,
    folder: Annotated[
        Path | None, typer.Option(help="Where tapes of up to 4 GB may be written for a while.")
    ] = None,
) -> None:
    """Measure this machine's figures."""
    figures: list[Figure] = []
    with Status("", console=Console(stderr=True)) as line:
        measured = run_benchmarks(
            subjects or (),
            quick=quick,
            folder=folder,
            starting=lambda name: line.update(f"measuring: {name}"),
        )
        # Nothing but a name that there is not can be a bad value.
        with wrong_usage():
            figures.extend(measured)
    report = make_report(figures, quick)
    document = json.dumps(report, indent=2, ensure_ascii=False)
    if out is not None:
        out.write_text(document + "\n")
    if as_json:
        print(document)
    else:
        _print_table(report)
