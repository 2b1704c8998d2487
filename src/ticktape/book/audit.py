"""Audit the order books of a tape: say what the data is, and repair nothing."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any, Final, Protocol

import numpy as np

from ticktape.book.audit_kernels import (
    BOOK_AUDIT,
    CHANNEL_AUDIT,
    CONTINUOUS,
    CROSSED,
    KINDS,
    LOCKED,
    PHASES,
    SNAPSHOT,
    SPAN,
    SPREAD,
    STALE,
    AuditState,
    audit_records,
)
from ticktape.book.audit_phases import PHASE_OF_STATUS, phase_on_holidays, weekly_phases
from ticktape.book.audit_report import (
    MOST_SPANS,
    Apart,
    AuditReport,
    BookAudit,
    ChannelAudit,
    Span,
    Spread,
    TimeReversals,
)
from ticktape.book.keys_kernels import grow_keys, new_keys
from ticktape.book.mbo_find_kernels import find_book
from ticktape.book.mbo_room import make_room
from ticktape.book.mbo_state_kernels import BOOKS, COUNTERS, NO_ROOM, new_mbo_state
from ticktape.ops.kernels import kernel_input
from ticktape.tape.batch import Batch
from ticktape.tape.errors import WrongSchemaError
from ticktape.tape.instruments import Instruments
from ticktape.tape.layouts import F_SNAPSHOT, Schema
from ticktape.tape.metadata import schema_of
from ticktape.tape.prices import format_price
from ticktape.tape.symbol_map import SymbolMap
from ticktape.tape.symbology import ALL_SYMBOLS
from ticktape.tape.times import format_time

__all__ = ["Audit", "AuditReport", "audit"]

_SPANS: Final = 1024
_SPREADS: Final = 4096
_FOREVER: Final = 2**62
_UNDEF_TIME: Final = 2**64 - 1
_NS_PER_DAY: Final = 86_400_000_000_000


class _Tape(Protocol):
    @property
    def metadata(self) -> Any: ...  # noqa: ANN401 -- the vendor's untyped Metadata

    @property
    def cut(self) -> Any: ...  # noqa: ANN401 -- None or a Cut

    def __iter__(self) -> Iterator[Batch]: ...


def audit(tape: _Tape) -> AuditReport:
    """Audit every by-order book of a tape.

    Parameters
    ----------
    tape : Tape
        As `read_dbn` gives; MBO records, and status and definition records where it has them.

    Returns
    -------
    AuditReport
        Crossed and locked spans (judged at ``F_LAST``; told apart by the market's phase, from
        status records, else from the venue's calendar), odd orders, sequences, times, snapshots,
        stale books, spreads.

    Raises
    ------
    WrongSchemaError
        If the tape has no MBO records but others.
    """
    running = Audit(tape.metadata)
    for batch in tape:
        running.update(batch)
    stated = schema_of(tape.metadata)
    others = running.other_schemas | ({stated} if stated is not None else set()) - {Schema.MBO}
    if others and not running.records:
        raise WrongSchemaError(
            f"the tape holds {', '.join(sorted(others))} records",
            hint="an audit needs mbo records",
        )
    return running.report(None if tape.cut is None else tape.cut.reason)


class Audit:
    """An audit under way: feed it batches, ask it for its report.

    Parameters
    ----------
    metadata : databento_dbn.Metadata
        Of the tape: dataset, symbols, mappings.
    """

    def __init__(self, metadata: Any) -> None:  # noqa: ANN401 -- the vendor's untyped Metadata
        self._dataset = str(metadata.dataset)
        self._all_symbols = ALL_SYMBOLS in metadata.symbols
        self._symbols = SymbolMap.from_metadata(metadata)
        self._instruments = Instruments()
        self._status: dict[tuple[int, int], int] = {}
        self._state = new_mbo_state()
        self._state_audit = _new_state(len(self._state.books))
        self._found = np.zeros(_SPANS, SPAN)
        self._spans: dict[tuple[int, int, int], list[np.void]] = defaultdict(list)
        self._span_counts: Counter[tuple[int, int, int]] = Counter()
        self._span_records: Counter[tuple[int, int, int, int]] = Counter()
        self._spreads: Counter[tuple[int, int, int]] = Counter()
        self._covered_ns = (0, 0)
        self._first_ns = _UNDEF_TIME
        self._last_ns = 0
        self._holidays: dict[int, int] = {}
        self.records = 0
        self.other_schemas: set[str] = set()

    def update(self, batch: Batch) -> None:
        """Take the next records of the tape."""
        if batch.schema is Schema.MBO:
            self._audit(kernel_input(batch.records))
        elif batch.schema is Schema.STATUS:
            self._note_status(batch.records)
        elif batch.schema is Schema.DEFINITION:
            self._instruments.add_records(batch.records)
        elif batch.schema is Schema.SYMBOL_MAPPING:
            self._symbols.add_mapping_records(batch.records)
        else:
            self.other_schemas.add(batch.schema.value)

    def _audit(self, records: np.ndarray) -> None:
        if len(records) == 0:
            return
        self._cover(records)
        done = 0
        while done < len(records):
            before = done
            done, filled = audit_records(
                self._state, self._state_audit, records, done, self.records, self._found
            )
            self._keep(self._found[:filled])
            if 2 * int(self._state_audit.used[0]) > len(self._state_audit.spreads):
                self._drain_spreads()
            elif done == before and filled == 0:
                self._make_room()
        self.records += len(records)

    def _cover(self, records: np.ndarray) -> None:
        plain = records[(records["flags"] & F_SNAPSHOT) == 0]
        if len(plain) == 0:
            return
        first, last = int(plain["ts_event"].min()), int(plain["ts_event"].max())
        self._first_ns = min(self._first_ns, first)
        self._last_ns = max(self._last_ns, last if last != _UNDEF_TIME else 0)
        covered_from, covered_until = self._covered_ns
        if covered_from <= first and last < covered_until:
            return
        until = min(last, first + 400 * _NS_PER_DAY) + 7 * _NS_PER_DAY
        starts, phases = weekly_phases(self._dataset, first, until)
        self._covered_ns = (first, until)
        self._state_audit.used[2:4] = 0
        self._state_audit = self._state_audit._replace(phase_starts=starts, phases=phases)

    def _note_status(self, records: np.ndarray) -> None:
        for record in records[["publisher_id", "instrument_id", "action"]].tolist():
            publisher_id, instrument_id, action = record
            if action not in PHASE_OF_STATUS:
                continue
            book = find_book(self._state, publisher_id, instrument_id)
            while book == NO_ROOM or book >= len(self._state_audit.books):
                self._make_room()
                book = find_book(self._state, publisher_id, instrument_id)
            self._state_audit.books[book]["status_phase"] = PHASE_OF_STATUS[action]

    def _keep(self, spans: np.ndarray) -> None:
        for span in spans:
            key = (int(span["publisher_id"]), int(span["instrument_id"]), int(span["kind"]))
            phase = int(span["phase"])
            if span["kind"] in (CROSSED, LOCKED) and phase == CONTINUOUS:
                phase = span["phase"] = self._phase_on_day(int(span["first_ns"]))
            self._span_counts[key] += 1
            self._span_records[*key, phase] += int(span["records"])
            if len(self._spans[key]) < MOST_SPANS:
                self._spans[key].append(span.copy())

    def _phase_on_day(self, now_ns: int) -> int:
        hour = now_ns // (_NS_PER_DAY // 24)
        if hour not in self._holidays:
            self._holidays[hour] = phase_on_holidays(self._dataset, now_ns)
        return self._holidays[hour]

    def _drain_spreads(self) -> None:
        table = self._state_audit.spreads
        for row in table[table["events"] > 0].tolist():
            book, phase, spread, events = row
            self._spreads[book, phase, spread] += events
        table["events"] = 0
        self._state_audit.used[0] = 0

    def _make_room(self) -> None:
        self._state = make_room(self._state)
        known = self._state_audit
        keys, channels = known.channel_keys, known.channels
        if int(keys.used[0]) == len(keys.of_slot):
            keys = grow_keys(keys)
            channels = np.concatenate([channels, np.zeros_like(channels)])
        more = len(self._state.books) - len(known.books)
        self._state_audit = known._replace(
            books=np.concatenate([known.books, np.zeros(more, BOOK_AUDIT)]),
            open_spans=np.concatenate([known.open_spans, np.zeros((more, len(KINDS)), SPAN)]),
            channel_keys=keys,
            channels=channels,
        )

    def report(self, cut: str | None = None) -> AuditReport:
        """Give what was found until now; spans that are still open are given as they are.

        Parameters
        ----------
        cut : str, optional
            Where the tape ends too early.
        """
        self._drain_spreads()
        still_open = self._state_audit.open_spans
        self._keep(still_open[still_open["records"] > 0])
        still_open["records"] = 0
        known = self._last_ns > 0
        return AuditReport(
            dataset=self._dataset,
            records=self.records,
            start=format_time(self._first_ns) if known else None,
            end=format_time(self._last_ns) if known else None,
            cut=cut,
            books=[self._book(number) for number in range(int(self._state.usage[BOOKS]))],
            channels=self._channels(),
        )

    def _book(self, number: int) -> BookAudit:
        named = self._state.books[number]
        publisher_id, instrument_id = int(named["publisher_id"]), int(named["instrument_id"])
        row = self._state_audit.books[number]
        spreads = {key[1:]: n for key, n in self._spreads.items() if key[0] == number}
        tick, is_inferred = self._tick(publisher_id, instrument_id, spreads)
        key = (publisher_id, instrument_id)
        sides = self._state.sides[2 * number : 2 * number + 2]
        return BookAudit(
            publisher_id=publisher_id,
            instrument_id=instrument_id,
            symbol=self._symbols.symbol_of(instrument_id, self._last_ns)
            or self._symbols.symbol_of(instrument_id),
            records=int(row["records"]),
            tick=None if tick is None else format_price(tick),
            tick_is_inferred=is_inferred,
            crossed=self._apart(key, CROSSED, tick, int(row["crossed_inside_events"])),
            locked=self._apart(key, LOCKED, tick, int(row["locked_inside_events"])),
            counters=dict(zip(COUNTERS, self._state.counters[number].tolist(), strict=True)),
            time_reversals=TimeReversals(
                ts_event=int(row["event_reversals"]), ts_recv=int(row["recv_reversals"])
            ),
            bad_ts_recv=int(row["bad_ts_recv"]),
            snapshots=[_span(span, None) for span in self._spans[*key, SNAPSHOT]],
            stale=[_span(span, None) for span in self._spans[*key, STALE]],
            spreads=[
                Spread(PHASES[phase], format_price(spread), _in_ticks(spread, tick), events)
                for (phase, spread), events in sorted(spreads.items())
            ],
            live_orders=int(sides["orders"].sum()),
        )

    def _tick(
        self, publisher_id: int, instrument_id: int, spreads: dict[tuple[int, int], int]
    ) -> tuple[int | None, bool]:
        defined = self._instruments.by_id(instrument_id, publisher_id)
        if defined is not None and defined.tick:
            return int(defined.tick), False
        step = math.gcd(*(spread for _, spread in spreads))
        return (step, True) if step else (None, False)

    def _apart(self, key: tuple[int, int], kind: int, tick: int | None, inside: int) -> Apart:
        by_phase = {
            PHASES[phase]: self._span_records[*key, kind, phase]
            for phase in range(len(PHASES))
            if self._span_records[*key, kind, phase]
        }
        spans = [_span(span, tick) for span in self._spans[*key, kind]]
        return Apart(spans, self._span_counts[*key, kind], by_phase, inside)

    def _channels(self) -> list[ChannelAudit]:
        used = int(self._state_audit.channel_keys.used[0])
        return [
            ChannelAudit(
                publisher_id=int(row["publisher_id"]),
                channel_id=int(row["channel_id"]),
                records=int(row["records"]),
                decreases=int(row["decreases"]),
                gaps=int(row["gaps"]),
                missing=int(row["missing"]),
                gaps_are_losses=self._all_symbols,
            )
            for row in self._state_audit.channels[:used]
            if row["records"]
        ]


def _new_state(books: int) -> AuditState:
    keys = new_keys()
    return AuditState(
        np.zeros(books, BOOK_AUDIT),
        np.zeros((books, len(KINDS)), SPAN),
        keys,
        np.zeros(len(keys.of_slot), CHANNEL_AUDIT),
        np.zeros(_SPREADS, SPREAD),
        np.empty(0, "i8"),
        np.empty(0, "i8"),
        np.zeros(4, "i8"),
    )


def _span(span: np.void, tick: int | None) -> Span:
    depth = int(span["depth"])
    return Span(
        phase=PHASES[int(span["phase"])],
        first_record=int(span["first_record"]),
        last_record=int(span["last_record"]),
        start=format_time(int(span["first_ns"])),
        end=format_time(int(span["last_ns"])),
        records=int(span["records"]),
        events=int(span["events"]),
        depth=format_price(depth),
        depth_ticks=_in_ticks(depth, tick),
    )


def _in_ticks(price: int, tick: int | None) -> int | None:
    return None if not tick or price % tick else price // tick
