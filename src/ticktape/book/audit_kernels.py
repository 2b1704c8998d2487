"""The audit of by-order books: what each record leaves behind that should not be there."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from ticktape.book.keys_kernels import Keys, home_of, key_of, slot_of_key
from ticktape.book.mbo_find_kernels import find_book
from ticktape.book.mbo_kernels import apply_row
from ticktape.book.mbo_state_kernels import BOOK_NOT_WANTED, NO_ROOM, Integer, MboState
from ticktape.ops.kernels import kernel, lean_kernel
from ticktape.tape.layouts import (
    ACTION_ADD,
    ACTION_CLEAR,
    F_BAD_TS_RECV,
    F_LAST,
    F_MAYBE_BAD_BOOK,
    F_SNAPSHOT,
)

CROSSED: Final = 0
LOCKED: Final = 1
STALE: Final = 2
SNAPSHOT: Final = 3
KINDS: Final = ("crossed", "locked", "stale", "snapshot")

UNKNOWN: Final = 0
CONTINUOUS: Final = 1
PRE_OPEN: Final = 2
CLOSED: Final = 3
PHASES: Final = ("unknown", "continuous", "pre-open", "closed")

SPAN: Final = np.dtype(
    [
        ("kind", "u1"),
        ("phase", "u1"),
        ("publisher_id", "u2"),
        ("instrument_id", "u4"),
        ("first_record", "i8"),
        ("last_record", "i8"),
        ("first_ns", "i8"),
        ("last_ns", "i8"),
        ("records", "i8"),
        ("events", "i8"),
        ("depth", "i8"),
    ]
)

# One row a book. Prices of a one-sided book give no gap: has_gap is then 0.
BOOK_AUDIT: Final = np.dtype(
    [
        ("records", "i8"),
        ("last_recv_ns", "i8"),
        ("last_event_ns", "i8"),
        ("recv_reversals", "i8"),
        ("event_reversals", "i8"),
        ("bad_ts_recv", "i8"),
        ("crossed_inside_events", "i8"),
        ("locked_inside_events", "i8"),
        ("gap", "i8"),
        ("has_gap", "u1"),
        ("status_phase", "u1"),
    ]
)
CHANNEL_AUDIT: Final = np.dtype(
    [
        ("publisher_id", "u2"),
        ("channel_id", "u1"),
        ("last_sequence", "i8"),
        ("records", "i8"),
        ("decreases", "i8"),
        ("gaps", "i8"),
        ("missing", "i8"),
    ]
)
SPREAD: Final = np.dtype([("book", "i4"), ("phase", "i4"), ("spread", "i8"), ("events", "i8")])

# Spans that one record can close, at most.
_SPANS_A_RECORD: Final = 8


class AuditState(NamedTuple):
    """What the audit knows beside the books.

    Attributes
    ----------
    books : numpy.ndarray
        ``BOOK_AUDIT``, one a book.
    open_spans : numpy.ndarray
        ``SPAN``, shape ``(books, 4)``, by kind; open while ``records`` is not zero.
    channel_keys : Keys
        Slots of publishers and channels.
    channels : numpy.ndarray
        ``CHANNEL_AUDIT``, one a slot.
    spreads : numpy.ndarray
        ``SPREAD``: an open-addressing table of how often each spread was seen; ``events`` is 0
        where it is free.
    phase_starts, phases : numpy.ndarray
        ``i8`` times in order and the phase that begins at each; before the first, unknown.
    used : numpy.ndarray
        ``i8[4]``: entries of `spreads` in use; the current phase, from when, until when.
    """

    books: np.ndarray
    open_spans: np.ndarray
    channel_keys: Keys
    channels: np.ndarray
    spreads: np.ndarray
    phase_starts: np.ndarray
    phases: np.ndarray
    used: np.ndarray


@lean_kernel
def phase_at(audit: AuditState, book: Integer, now: Integer) -> Integer:
    """Give the market's phase: as its status says, else as its calendar does."""
    stated = np.int64(audit.books[book]["status_phase"])
    if stated != UNKNOWN:
        return stated
    used = audit.used
    if now < used[2] or now >= used[3]:
        at = len(audit.phase_starts)
        while at > 0 and audit.phase_starts[at - 1] > now:
            at -= 1
        used[1] = UNKNOWN if at == 0 else audit.phases[at - 1]
        used[2] = 0 if at == 0 else audit.phase_starts[at - 1]
        used[3] = 2**63 - 1 if at == len(audit.phase_starts) else audit.phase_starts[at]
    return used[1]


@lean_kernel
def read_gap(state: MboState, audit: AuditState, book: Integer) -> None:
    """Note the best ask less the best bid: negative where crossed, zero where locked."""
    bids = state.sides[2 * book]
    asks = state.sides[2 * book + 1]
    row = audit.books[book]
    row["has_gap"] = bids["levels"] > 0 and asks["levels"] > 0
    if row["has_gap"]:
        bid = state.ladder_levels[np.int64(bids["start"]) + np.int64(bids["levels"]) - 1]
        ask = state.ladder_levels[np.int64(asks["start"]) + np.int64(asks["levels"]) - 1]
        row["gap"] = state.slots[ask]["price"] - state.slots[bid]["price"]


@lean_kernel
def count_sequence(audit: AuditState, slot: Integer, sequence: Integer) -> None:
    """Follow a channel's sequence: it may stay (one packet) or go up by one."""
    channel = audit.channels[slot]
    if channel["records"] > 0:
        step = sequence - channel["last_sequence"]
        if step < 0:
            channel["decreases"] += 1
        elif step > 1:
            channel["gaps"] += 1
            channel["missing"] += step - 1
    channel["records"] += 1
    channel["last_sequence"] = sequence


@lean_kernel
def count_times(row: np.ndarray | np.void, record: np.void) -> None:
    """Count times that go back for an instrument; a snapshot's are those of its orders."""
    flags = record["flags"]
    row["records"] += 1
    if flags & F_SNAPSHOT:
        return
    event_ns = np.int64(record["ts_event"])
    recv_ns = np.int64(record["ts_recv"])
    if event_ns < row["last_event_ns"]:
        row["event_reversals"] += 1
    row["last_event_ns"] = event_ns
    if flags & F_BAD_TS_RECV:
        row["bad_ts_recv"] += 1
        return
    if recv_ns < row["last_recv_ns"]:
        row["recv_reversals"] += 1
    row["last_recv_ns"] = recv_ns


@kernel
def close_span(span: np.void, spans: np.ndarray, filled: Integer) -> Integer:
    """Hand out a span if it is open; give the new count of spans."""
    if span["records"] == 0:
        return filled
    spans[filled] = span
    span["records"] = 0
    return filled + 1


@kernel
def extend_span(
    span: np.void, kind: Integer, phase: Integer, number: Integer, record: np.void, depth: Integer
) -> None:
    """Add a record to a span, begun with it where none is open."""
    if span["records"] == 0:
        span["kind"] = kind
        span["phase"] = phase
        span["publisher_id"] = record["publisher_id"]
        span["instrument_id"] = record["instrument_id"]
        span["first_record"] = number
        span["first_ns"] = record["ts_event"]
        span["events"] = 0
        span["depth"] = depth
    span["last_record"] = number
    span["last_ns"] = record["ts_event"]
    span["records"] += 1
    span["events"] += (record["flags"] & F_LAST) != 0
    span["depth"] = max(np.int64(span["depth"]), np.int64(depth))


@lean_kernel
def count_spread(audit: AuditState, book: Integer, phase: Integer, spread: Integer) -> None:
    """Count a spread at the end of an event."""
    table = audit.spreads
    last = len(table) - 1
    mixed = np.uint64(spread) ^ (np.uint64(book * 4 + phase) << np.uint64(44))
    at = home_of(mixed, len(table))
    while table[at]["events"] > 0 and (
        table[at]["spread"] != spread or table[at]["book"] != book or table[at]["phase"] != phase
    ):
        at = (at + 1) & last
    row = table[at]
    if row["events"] == 0:
        audit.used[0] += 1
        row["book"] = book
        row["phase"] = phase
        row["spread"] = spread
    row["events"] += 1


# A book's state is judged where its event ends (F_LAST): a span of crossed or locked states begins
# at such a record and ends before the first one after it that is neither, or at which the market is
# in another phase. States inside an event are only counted: a venue may add the aggressor's rest
# before it takes away what it traded with. A stale span lasts from MAYBE_BAD_BOOK to a clear; a
# snapshot from its clear to its F_LAST.
@kernel
def audit_records(
    state: MboState,
    audit: AuditState,
    records: np.ndarray,
    start: int,
    first_number: int,
    spans: np.ndarray,
) -> tuple[int, int]:
    """Apply records from `start`; give the next record to apply and the count of spans that ended.

    Stops early where anything is full: the caller takes the spans, makes room and calls again.
    """
    filled = 0
    for i in range(start, len(records)):
        record: np.void = records[i]
        if filled + _SPANS_A_RECORD > len(spans) or 2 * audit.used[0] > len(audit.spreads):
            return i, filled
        book = find_book(state, record["publisher_id"], record["instrument_id"])
        if book == BOOK_NOT_WANTED:
            continue
        if book == NO_ROOM or book >= len(audit.books):
            return i, filled
        channel = slot_of_key(
            audit.channel_keys, key_of(record["publisher_id"], record["channel_id"])
        )
        if channel == NO_ROOM:
            return i, filled
        touched = apply_row(state, book, record)
        if touched == NO_ROOM:
            return i, filled
        number = first_number + i
        flags = record["flags"]
        row = audit.books[book]
        count_times(row, record)
        if not flags & F_SNAPSHOT:
            audit.channels[channel]["publisher_id"] = record["publisher_id"]
            audit.channels[channel]["channel_id"] = record["channel_id"]
            count_sequence(audit, channel, np.int64(record["sequence"]))
        if touched:
            read_gap(state, audit, book)
        own = audit.open_spans[book]
        gap = np.int64(row["gap"])
        not_apart = row["has_gap"] and gap <= 0
        is_open = own[CROSSED]["records"] > 0 or own[LOCKED]["records"] > 0
        if not_apart or is_open or flags & F_LAST:
            phase = phase_at(audit, book, np.int64(record["ts_event"]))
            for kind in (CROSSED, LOCKED):
                span = own[kind]
                holds = row["has_gap"] and (gap < 0 if kind == CROSSED else gap == 0)
                if span["records"] > 0 and (
                    span["phase"] != phase or (flags & F_LAST and not holds)
                ):
                    filled = close_span(own[kind], spans, filled)
                if holds and (flags & F_LAST or span["records"] > 0):
                    extend_span(own[kind], kind, phase, number, record, -gap)
                elif holds and kind == CROSSED:
                    row["crossed_inside_events"] += 1
                elif holds:
                    row["locked_inside_events"] += 1
            if flags & F_LAST and row["has_gap"] and gap > 0:
                count_spread(audit, book, phase, gap)
        if record["action"] == ACTION_CLEAR:
            filled = close_span(own[STALE], spans, filled)
            if flags & F_SNAPSHOT:
                filled = close_span(own[SNAPSHOT], spans, filled)
                extend_span(own[SNAPSHOT], SNAPSHOT, UNKNOWN, number, record, 0)
        elif own[SNAPSHOT]["records"] > 0 and record["action"] == ACTION_ADD:
            extend_span(own[SNAPSHOT], SNAPSHOT, UNKNOWN, number, record, 0)
        if flags & F_LAST:
            filled = close_span(own[SNAPSHOT], spans, filled)
        if flags & F_MAYBE_BAD_BOOK or own[STALE]["records"] > 0:
            extend_span(own[STALE], STALE, UNKNOWN, number, record, 0)
    return len(records), filled
