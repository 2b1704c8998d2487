"""``ticktape inspect``: what is in a tape."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from ticktape.cli.progress import watch_batches
from ticktape.cli.results import print_result
from ticktape.tape.files import open_tape
from ticktape.tape.summary import TapeSummary, summarise
from ticktape.tape.times import format_time

_SHOWN = 10


def inspect(
    files: Annotated[list[Path], typer.Argument(help="DBN, CSV or Parquet files.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Say what is in a tape."""
    summaries = []
    for path in files:
        tape = open_tape(path)
        summaries.append(summarise(path, tape, watch_batches(tape, f"reading {path.name}")))
    if as_json:
        documents = [summary_document(summary) for summary in summaries]
        result = json.dumps(documents[0] if len(documents) == 1 else documents, indent=2)
    else:
        result = "\n\n".join(summary_text(summary) for summary in summaries)
    cut = next((summary.cut for summary in summaries if summary.cut is not None), None)
    print_result(result, cut, as_json=as_json, until_cut="what is before that is whole")


def summary_document(summary: TapeSummary) -> dict[str, Any]:
    """Give a summary as a JSON document.

    Parameters
    ----------
    summary : TapeSummary
        The summary.

    Returns
    -------
    dict
        Times as text; nanoseconds beside them as ``start_ns`` and ``end_ns``.
    """
    return {
        "path": str(summary.path),
        "size": summary.size,
        "schema": summary.schema,
        "dataset": summary.dataset,
        "version": summary.version,
        "records": summary.records,
        "start": _time(summary.start_ns),
        "end": _time(summary.end_ns),
        "start_ns": summary.start_ns,
        "end_ns": summary.end_ns,
        "first": _time(summary.first_ns),
        "last": _time(summary.last_ns),
        "symbols": summary.symbols,
        "stype_in": summary.stype_in,
        "mappings": summary.mappings,
        "schemas": dict(summary.schemas),
        "actions": dict(sorted(summary.actions.items())),
        "publishers": {str(key): count for key, count in sorted(summary.publishers.items())},
        "instruments": [
            {
                "instrument_id": key,
                "symbol": summary.instrument_symbols.get(key),
                "records": count,
            }
            for key, count in summary.instruments.most_common()
        ],
        "ts_out": summary.ts_out,
        "skipped": {str(key): count for key, count in sorted(summary.skipped.items())},
    }


def summary_text(summary: TapeSummary) -> str:
    """Give a summary as text of two columns.

    Parameters
    ----------
    summary : TapeSummary
        The summary.

    Returns
    -------
    str
        Several lines.
    """
    instruments = [
        f"{summary.instrument_symbols.get(key, '?')} ({key}) {count:,}"
        for key, count in summary.instruments.most_common(_SHOWN)
    ]
    more = len(summary.instruments) - _SHOWN
    lines = {
        "file": f"{summary.path} ({summary.size:,} bytes)",
        "schema": summary.schema or f"mixed: {_counts(summary.schemas)}",
        "dataset": summary.dataset,
        "DBN version": str(summary.version),
        "records": f"{summary.records:,}",
        "start": _time(summary.start_ns) or "",
        "end": _time(summary.end_ns) or "",
        "first": _time(summary.first_ns) or "",
        "last": _time(summary.last_ns) or "",
        "symbols": _some(summary.symbols),
        "mappings": f"{summary.mappings:,}" if summary.mappings else "",
        "actions": _counts(summary.actions),
        "publishers": _counts(summary.publishers),
        "instruments": ", ".join(instruments) + (f" and {more:,} more" if more > 0 else ""),
        "send times": "yes" if summary.ts_out else "",
        "unknown types": _counts(summary.skipped),
        "cut": "" if summary.cut is None else summary.cut.reason,
    }
    width = max(map(len, lines))
    return "\n".join(f"{name:<{width}}  {value}" for name, value in lines.items() if value)


def _counts(counts: dict[Any, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in sorted(counts.items()))


def _some(symbols: list[str]) -> str:
    more = len(symbols) - _SHOWN
    return ", ".join(symbols[:_SHOWN]) + (f" and {more:,} more" if more > 0 else "")


def _time(ns: int | None) -> str | None:
    return None if ns is None else format_time(ns)
