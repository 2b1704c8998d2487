"""What a client of the flow stream is told of the source and of what it watches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ticktape.server.flow_client import FlowClient
from ticktape.server.flow_hours import told_session
from ticktape.server.flow_messages import (
    Connected,
    FlowSymbolEntry,
    ReplayStatus,
)
from ticktape.server.flow_rows import milliseconds
from ticktape.server.flow_symbol import FlowSymbol
from ticktape.server.source import Source
from ticktape.store.signal_rows import points
from ticktape.tape.errors import UnknownSymbolError
from ticktape.tape.times import format_time

_DATE_LENGTH: Final = len("2025-11-24")


def connected(
    source: Source,
    dataset: str,
    asked: list[str],
    watched: Sequence[FlowSymbol],
    client: FlowClient,
) -> Connected:
    """Tell what a client watches."""
    entries = [_entry(symbol) for symbol in watched]
    return Connected(asked, source.mode.lower(), dataset, client.settings, entries)


def _entry(symbol: FlowSymbol) -> FlowSymbolEntry:
    instrument = symbol.instrument
    session = symbol.studies.engine.session
    return FlowSymbolEntry(
        instrument.symbol,
        instrument.instrument_id,
        points(instrument.tick),
        instrument.point_value,
        instrument.currency or None,
        instrument.is_spread,
        None if session is None else told_session(session),
        symbol.studies.rules,
        symbol.studies.thresholds,
    )


def unknown_symbol(symbol: str) -> UnknownSymbolError:
    """Say that a symbol stands for nothing here yet."""
    return UnknownSymbolError(
        f"{symbol} is not known here",
        hint="choose one of the list of symbols; one that appears later is shown by itself",
    )


def replay_status(source: Source) -> ReplayStatus | None:
    """Tell where the replay stands; None where the source is none."""
    if source.replay is None:
        return None
    status = source.replay.status()
    length_ns = max(status.end_ns - status.start_ns, 1)
    progress = (status.cursor_ns - status.start_ns) / length_ns
    return ReplayStatus(
        "replay",
        status.paused,
        status.finished,
        status.speed,
        format_time(status.cursor_ns)[:_DATE_LENGTH],
        # The last record is a nanosecond before the end.
        1.0 if status.finished else min(max(progress, 0.0), 1.0),
        milliseconds(status.cursor_ns),
        str(status.cursor_ns),
        str(status.start_ns),
        str(status.end_ns),
    )
