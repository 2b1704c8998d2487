"""What an audit found: plain structures that print as JSON as they are."""

from __future__ import annotations

from typing import Final

import msgspec

MOST_SPANS: Final = 1000


class Span(msgspec.Struct, frozen=True):
    """A run of records through which a book was crossed, locked, stale, or being snapshot.

    Attributes
    ----------
    phase : str
        ``"continuous"``, ``"pre-open"``, ``"closed"`` or ``"unknown"``.
    first_record, last_record : int
        Their indices among the tape's MBO records, from 0.
    start, end : str
        Their ``ts_event``.
    records, events : int
        How many records of the instrument the span has, and how many of them end an event.
    depth : str
        The most by which the best bid was above the best ask: a decimal price.
    depth_ticks : int or None
        The same in ticks, where the tick is known.
    """

    phase: str
    first_record: int
    last_record: int
    start: str
    end: str
    records: int
    events: int
    depth: str
    depth_ticks: int | None


class Spread(msgspec.Struct, frozen=True):
    """How many events of a phase left the book with a spread."""

    phase: str
    spread: str
    ticks: int | None
    events: int


class Apart(msgspec.Struct):
    """Crossed or locked states of a book.

    Attributes
    ----------
    spans : list of Span
        In order; the first 1,000.
    span_count : int
        How many there are.
    records : dict of str to int
        Records inside those spans, by phase.
    inside_events : int
        States between the records of one event, outside those spans: not wrong in themselves.
    """

    spans: list[Span]
    span_count: int
    records: dict[str, int]
    inside_events: int


class TimeReversals(msgspec.Struct):
    """How often an instrument's time went back; snapshots, and unreliable times, left out."""

    ts_event: int
    ts_recv: int


class BookAudit(msgspec.Struct):
    """One book: the records of a publisher's instrument.

    Attributes
    ----------
    tick : str or None
        The tick: as defined in the tape, else the greatest step that all spreads share.
    tick_is_inferred : bool
        True in the second case.
    counters : dict of str to int
        Records by action, and what was odd: ``unknown_cancels``, ``adopted_modifies``,
        ``duplicate_adds`` and so on.
    stale : list of Span
        From ``F_MAYBE_BAD_BOOK`` to the next clear.
    """

    publisher_id: int
    instrument_id: int
    symbol: str | None
    records: int
    tick: str | None
    tick_is_inferred: bool
    crossed: Apart
    locked: Apart
    counters: dict[str, int]
    time_reversals: TimeReversals
    bad_ts_recv: int
    snapshots: list[Span]
    stale: list[Span]
    spreads: list[Spread]
    live_orders: int


class ChannelAudit(msgspec.Struct):
    """The sequence of one channel of a publisher; snapshots left out.

    Attributes
    ----------
    decreases : int
        How often it went down: a reset (weekly, on CME) or an error.
    gaps, missing : int
        How often it jumped by more than one, and by how much in all.
    gaps_are_losses : bool
        True on a tape of ALL_SYMBOLS. A tape of some instruments has only some of a channel's
        messages, and gaps are as they should be.
    """

    publisher_id: int
    channel_id: int
    records: int
    decreases: int
    gaps: int
    missing: int
    gaps_are_losses: bool


class AuditReport(msgspec.Struct):
    """What an audit found on a tape.

    Attributes
    ----------
    start, end : str or None
        The first and the last ``ts_event`` outside snapshots.
    cut : str or None
        Where the tape ends too early.
    """

    dataset: str
    records: int
    start: str | None
    end: str | None
    cut: str | None
    books: list[BookAudit]
    channels: list[ChannelAudit]
