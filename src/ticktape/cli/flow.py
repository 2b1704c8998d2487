"""``ticktape flow``: the order flow of one instrument of a tape."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from ticktape.cli.flow_thresholds import read_set_thresholds, thresholds_text
from ticktape.cli.progress import watch_batches
from ticktape.cli.results import print_result
from ticktape.cli.schemas import print_schema_named
from ticktape.cli.set_option import SetOption
from ticktape.cli.usage import WrongUsageError, wrong_usage
from ticktape.flow.flow_files import write_flow
from ticktape.flow.instrument import FlowInstrument
from ticktape.flow.instrument_choice import Roll
from ticktape.flow.print_hours import PARTS, Part, PrintHours
from ticktape.flow.session.bars import parse_bars
from ticktape.flow.signals.signal import SignalKind
from ticktape.flow.tally import vwap_of
from ticktape.flow.tape_flow import TapeFlow, flow_of_tape
from ticktape.flow.thresholds import told_thresholds
from ticktape.tape.errors import BadValueError
from ticktape.tape.files import open_tape
from ticktape.tape.layouts import UNDEF_PRICE
from ticktape.tape.prices import format_price, parse_price
from ticktape.tape.times import format_time, parse_time


def flow(
    file: Annotated[
        Path | None,
        typer.Argument(
            help="A tape with trades: mbo, trades, tbbo, mbp-1 or mbp-10.", show_default=False
        ),
    ] = None,
    symbol: Annotated[
        str | None,
        typer.Option(help="NQZ5, an instrument id or NQ.c.0; not needed for one instrument."),
    ] = None,
    start: Annotated[
        str | None,
        typer.Option(help="Take the trades from this time on: 2025-09-24T20:00Z, or ns."),
    ] = None,
    end: Annotated[
        str | None, typer.Option(help="The same; the trades at this time are left out.")
    ] = None,
    session: Annotated[
        str | None,
        typer.Option(help="rth: regular trading hours alone; eth: all but those; else both."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Write every study's rows to this folder as Parquet, one file a study."),
    ] = None,
    bars: Annotated[
        str,
        typer.Option(
            help="Bars of the charts and of --out, begun anew at each session: 1s to 1d, 233t "
            "(prints), 1000v (contracts), 8r (ticks from high to low), 500delta."
        ),
    ] = "1m",
    flat: Annotated[
        bool, typer.Option("--flat", help="Bars of time also where nothing traded.")
    ] = False,
    tick: Annotated[
        str | None,
        typer.Option(help="The least price step, where neither the tape nor the product tells it."),
    ] = None,
    schema: Annotated[
        str | None, typer.Option(help="Take only this schema of a tape of several.")
    ] = None,
    thresholds: SetOption = None,
    show_thresholds: Annotated[
        bool,
        typer.Option("--thresholds", help="List all thresholds and what they mean, and no tape."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Study the order flow of an instrument."""
    chosen_thresholds = read_set_thresholds(thresholds or [])
    if show_thresholds:
        document = told_thresholds(chosen_thresholds)
        text = thresholds_text(chosen_thresholds)
        typer.echo(json.dumps(document, indent=2) if as_json else text)
        return
    if file is None:
        raise WrongUsageError("no tape is named", hint="give a FILE")
    with wrong_usage():
        hours = PrintHours(
            0 if start is None else parse_time(start),
            None if end is None else parse_time(end),
            _part_named(session),
        )
        chosen = print_schema_named(schema)
        step = None if tick is None else _step_of(tick)
        kind_of_bars = parse_bars(bars, flat=flat)
    tape = open_tape(file)
    found = flow_of_tape(
        watch_batches(tape, f"reading {file.name}"),
        tape.metadata,
        symbol,
        hours=hours,
        schema=chosen,
        tick=step,
        thresholds=chosen_thresholds,
        bars=kind_of_bars,
    )
    if out is not None:
        write_flow(out, found.rows, found.instrument.symbol, found.thresholds)
    if as_json:
        result = json.dumps(flow_document(found), indent=2)
    else:
        from ticktape.cli.flow_report import report_text  # noqa: PLC0415 -- only where it is shown

        result = report_text(found, flow_document(found))
        if sys.stdout.isatty():
            from ticktape.cli.flow_colours import coloured  # noqa: PLC0415 -- the same

            result = coloured(result)
    for note in found.notes:
        typer.echo(f"warning: {note}", err=True)
    if found.roll is not None:
        typer.echo(roll_note(symbol, found.instrument, found.roll), err=True)
    print_result(result, tape.cut, as_json=as_json, until_cut="the studies end there")


def flow_document(found: TapeFlow) -> dict[str, Any]:
    """Write what the studies found as a JSON document.

    Parameters
    ----------
    found : TapeFlow
        The studies.

    Returns
    -------
    dict
        Prices are decimal strings, null without trades; volumes are contracts. ``windows`` and
        ``delta_flips`` are by fixed rules (see ``Tally``), ``signals`` by the studies' own.
    """
    sums = found.sums
    traded = bool(sums["trades"])
    profile = found.profile
    prices = {
        name: format_price(int(sums[name])) if traded else None
        for name in ("open", "high", "low", "close")
    }
    vwap = vwap_of(sums)
    counted = found.signal_counts()
    return {
        "symbol": found.instrument.symbol,
        "trades": int(sums["trades"]),
        "volume": {
            "buy": int(sums["buy_volume"]),
            "sell": int(sums["sell_volume"]),
            "none": int(sums["unsided_volume"]),
        },
        **prices,
        "vwap": None if vwap is None else format_price(vwap),
        "cvd": {
            "last": int(sums["cvd"]),
            "max": int(sums["cvd_max"]),
            "min": int(sums["cvd_min"]),
        },
        "profile": {
            "poc": None if profile is None else format_price(profile.poc),
            "vah": None if profile is None else format_price(profile.vah),
            "val": None if profile is None else format_price(profile.val),
            "value_area_volume": 0 if profile is None else profile.value_area_volume,
            "total": 0 if profile is None else profile.total,
        },
        "windows": {
            "count": int(sums["windows"]),
            "significant": int(sums["significant"]),
            "buy_dominant": int(sums["buy_dominant"]),
            "balanced": int(sums["balanced"]),
        },
        "delta_flips": int(sums["flips"]),
        "signals": {kind.name.lower(): counted[kind] for kind in SignalKind},
    }


def roll_note(symbol: str | None, instrument: FlowInstrument, roll: Roll) -> str:
    """Say for which instrument a symbol stands when."""
    at = format_time(roll.ns).replace(".000000000Z", "Z")
    first, second = instrument.symbol, roll.following.symbol
    if first == second:
        # A tape that was asked for by a continuous symbol knows no other.
        first = f"instrument {instrument.instrument_id}"
        second = f"instrument {roll.following.instrument_id}"
    return (
        f"note: {symbol or instrument.symbol} is {first} until {at}, {second} from then on; "
        f"the studies end there: give --start {at} for what follows"
    )


def _step_of(tick: str) -> int:
    step = parse_price(tick)
    if not 0 < step < UNDEF_PRICE:
        raise BadValueError(f"a tick of {tick!r} is no price step", hint="give more than zero")
    return step


def _part_named(name: str | None) -> Part:
    for part in PARTS:
        if name == part:
            return part
    if name is None:
        return "all"
    raise BadValueError(f"a session has no part {name!r}", hint="give rth or eth")
