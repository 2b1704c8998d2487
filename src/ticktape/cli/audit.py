"""``ticktape audit``: what is odd in the order books of a tape."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from ticktape.book.audit import audit as audit_tape
from ticktape.book.audit_report import Apart, AuditReport, BookAudit, Span
from ticktape.cli.progress import watch_batches
from ticktape.cli.results import print_result
from ticktape.cli.tables import format_table
from ticktape.tape.batch import Batch
from ticktape.tape.dbn_reader import read_dbn
from ticktape.tape.errors import EmptyTapeError
from ticktape.tape.files import Records, open_tape

_SHOWN_SPANS = 20
_SHOWN_SPREADS = 12


def audit(
    files: Annotated[
        list[Path],
        typer.Argument(help="Tapes with mbo records, and status and definitions where you have."),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Audit the books of a tape."""
    tape = open_tape(files[0]) if len(files) == 1 else read_dbn(*files)
    name = files[0].name if len(files) == 1 else f"{len(files)} tapes"
    report = audit_tape(_Watched(tape, f"auditing {name}"))
    if not report.records and tape.cut is None:
        raise EmptyTapeError("has no records", path=files[0])
    document = msgspec.json.format(msgspec.json.encode(report), indent=2).decode()
    print_result(
        document if as_json else report_text(report),
        tape.cut,
        as_json=as_json,
        until_cut="the audit ends there",
    )


class _Watched:
    """A tape whose reading is shown."""

    def __init__(self, tape: Records, title: str) -> None:
        self._tape = tape
        self._title = title
        self.metadata = tape.metadata

    @property
    def cut(self) -> object:
        return self._tape.cut

    def __iter__(self) -> Iterator[Batch]:
        return watch_batches(self._tape, self._title)


def report_text(report: AuditReport) -> str:
    """Write a report for a person to read."""
    parts = [
        f"{report.dataset}  {report.records:,} records  {report.start or ''} … {report.end or ''}",
        *(_book_text(book) for book in report.books),
    ]
    if report.channels:
        heads = ["channel", "records", "sequence decreases", "gaps", "missing"]
        rows = [
            [
                f"{one.publisher_id}/{one.channel_id}",
                f"{one.records:,}",
                one.decreases,
                one.gaps,
                one.missing,
            ]
            for one in report.channels
        ]
        parts.append(format_table(heads, rows))
        if not report.channels[0].gaps_are_losses:
            parts.append("gaps are as they should be: the tape has only some of the instruments")
    return "\n\n".join(parts)


def _book_text(book: BookAudit) -> str:
    odd = {
        "unknown cancels": book.counters["unknown_cancels"],
        "adopted modifies": book.counters["adopted_modifies"],
        "duplicate adds": book.counters["duplicate_adds"],
        "other odd records": sum(
            book.counters[name]
            for name in (
                "over_cancels",
                "mismatched_sides",
                "mismatched_prices",
                "bad_sides",
                "bad_actions",
                "undefined_prices",
                "zero_sizes",
            )
        ),
        "time reversals, ts_event": book.time_reversals.ts_event,
        "time reversals, ts_recv": book.time_reversals.ts_recv,
        "BAD_TS_RECV": book.bad_ts_recv,
        "MAYBE_BAD_BOOK spans": len(book.stale),
        "snapshots": len(book.snapshots),
    }
    title = (
        f"{book.symbol or book.instrument_id}  publisher {book.publisher_id}  "
        f"instrument {book.instrument_id}  {book.records:,} records  "
        f"{book.live_orders:,} orders left"
    )
    lines = [title, format_table(["found", "count"], list(odd.items()))]
    lines += [
        _apart_text("crossed", book.crossed),
        _apart_text("locked", book.locked),
        _spans_text("stale", book.stale),
        _spans_text("snapshot", book.snapshots),
    ]
    if book.spreads:
        rows = [[one.phase, one.spread, one.ticks, f"{one.events:,}"] for one in book.spreads]
        lines.append(format_table(["spread", "price", "ticks", "events"], rows[:_SHOWN_SPREADS]))
        if len(rows) > _SHOWN_SPREADS:
            lines.append(f"and {len(rows) - _SHOWN_SPREADS} wider or rarer spreads (--json)")
    return "\n".join(line for line in lines if line)


def _apart_text(name: str, apart: Apart) -> str:
    phases = ", ".join(f"{records:,} in {phase}" for phase, records in apart.records.items())
    said = (
        f"{name}: {apart.span_count} spans{f' ({phases})' if phases else ''}, "
        f"{apart.inside_events} states inside events"
    )
    return "\n".join(filter(None, [said, _spans_text(name, apart.spans)]))


def _spans_text(name: str, spans: list[Span]) -> str:
    if not spans:
        return ""
    rows = [
        [
            name,
            one.phase,
            f"{one.first_record}–{one.last_record}",
            one.start,
            one.end,
            one.records,
            one.depth,
            one.depth_ticks,
        ]
        for one in spans[:_SHOWN_SPANS]
    ]
    heads = ["span", "phase", "records", "start", "end", "count", "depth", "ticks"]
    more = len(spans) - _SHOWN_SPANS
    return format_table(heads, rows, 2) + (f"\nand {more} more (--json)" if more > 0 else "")
