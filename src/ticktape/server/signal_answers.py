"""Answers about signals that are kept: what the file says, as far as it may be told now."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Final, NamedTuple

import msgspec

from ticktape.flow.thresholds import told_thresholds
from ticktape.server.exports import streamed
from ticktape.server.signal_keeping import SignalKeeper
from ticktape.server.signal_messages import (
    CountsRow,
    SessionRow,
    SessionsAnswer,
    SignalsAnswer,
    StatsAnswer,
    ThresholdRow,
)
from ticktape.store.signal_export import SIGNAL_FORMS, signal_pieces
from ticktape.store.signal_filter import (
    LATEST_NS,
    SignalFilter,
    day_or_time,
    direction_of,
    kinds_of,
    outcome_of,
)
from ticktape.store.signal_rows import SignalRow
from ticktape.store.signal_store import Counts
from ticktape.tape.errors import BadValueError, TicktapeError

MOST_SETTINGS_BYTES: Final = 65_536
ALL: Final = "all"
DEFAULT: Final = "default"
_SETTINGS: Final = "screen"


class SettingsTooLargeError(TicktapeError):
    """Settings that are more than a screen's."""

    code = "too-large"


class Asked(NamedTuple):
    """Which signals are asked for, as a query says it; None and empty for any."""

    signal_type: str | None = None
    direction: str | None = None
    outcome: str | None = None
    start_date: str | None = None
    end_date: str | None = None
    symbol: str | None = None
    session_id: str | None = None
    dataset: str | None = None
    rules: str | None = None


class SignalAnswers:
    """Answers of one source's web API.

    Parameters
    ----------
    keeper : SignalKeeper
        Who has the file.
    """

    def __init__(self, keeper: SignalKeeper) -> None:
        self._keeper = keeper

    def filter(self, asked: Asked) -> SignalFilter:
        """Read what is asked for.

        Raises
        ------
        BadValueError
            If it cannot be understood.
        """
        start_ns = day_or_time(asked.start_date, is_end=False)
        end_ns = day_or_time(asked.end_date, is_end=True)
        return SignalFilter(
            self._dataset(asked.dataset),
            asked.session_id or None,
            tuple(filter(None, map(str.strip, (asked.symbol or "").split(",")))),
            kinds_of(asked.signal_type),
            direction_of(asked.direction),
            outcome_of(asked.outcome),
            0 if start_ns is None else start_ns,
            LATEST_NS if end_ns is None else end_ns,
            self._keeper.until_ns(),
            *self._rules(asked),
        )

    def _rules(self, asked: Asked) -> tuple[str | None, bool]:
        """Tell by which rules signals must be made, and whether by those in use for each symbol."""
        if asked.rules:
            chosen = "" if asked.rules == DEFAULT else asked.rules
            return None if asked.rules == ALL else chosen, False
        if asked.session_id:
            # A session is of one set of rules.
            return None, False
        thresholds = self._keeper.thresholds
        if thresholds.particular:
            return None, True
        return thresholds.rules_of(""), False

    def _dataset(self, asked: str | None) -> str | None:
        return None if asked == ALL else asked or self._keeper.dataset

    async def signals(self, asked: Asked, limit: int, offset: int) -> SignalsAnswer:
        """Give a page of signals."""
        wanted = self.filter(asked)
        return SignalsAnswer(
            *await self._keeper.ask(lambda store: store.signals(wanted, limit, offset))
        )

    async def stats(self, asked: Asked) -> StatsAnswer:
        """Count signals."""
        wanted = self.filter(asked)
        stats = await self._keeper.ask(lambda store: store.stats(wanted))
        return StatsAnswer(
            stats.total,
            {name: counts_row(counts) for name, counts in stats.by_type.items()},
            {name: counts_row(counts) for name, counts in stats.by_direction.items()},
        )

    async def sessions(self, asked: Asked, limit: int, offset: int) -> SessionsAnswer:
        """Give a page of sessions."""
        wanted = self.filter(asked)
        found, total = await self._keeper.ask(lambda store: store.sessions(wanted, limit, offset))
        rows = [
            SessionRow(
                session.name,
                session.dataset,
                session.mode,
                session.symbol,
                session.trade_date,
                str(session.start_ns),
                str(session.end_ns),
                *counts,
                counts.win_rate,
                session.rules,
                msgspec.json.decode(session.thresholds, type=dict[str, str]),
            )
            for session, counts in found
        ]
        return SessionsAnswer(rows, total)

    async def export(self, asked: Asked, form: str) -> AsyncIterator[bytes]:
        """Give all signals as a file."""
        if form not in SIGNAL_FORMS:
            raise BadValueError(
                f"format {form!r} is not known", hint=f"one of {', '.join(SIGNAL_FORMS)}"
            )
        wanted = self.filter(asked)
        pages = await self._keeper.ask(lambda store: store.pages(wanted))
        return await streamed(signal_pieces(pages, form), form)  # type: ignore[arg-type]

    async def put_note(self, name: str, text: str, dataset: str | None) -> SignalRow:
        """Keep a note with a signal.

        Raises
        ------
        UnknownSignalError
            If there is no such signal, or none yet.
        """
        row = await self._row(name, dataset)
        await self._keeper.ask(lambda store: store.put_note(row.dataset, name, text))
        row.note = text
        return row

    async def delete_note(self, name: str, dataset: str | None) -> None:
        """Keep no note with a signal."""
        row = await self._row(name, dataset)
        await self._keeper.ask(lambda store: store.delete_note(row.dataset, name))

    async def _row(self, name: str, dataset: str | None) -> SignalRow:
        chosen, until_ns = dataset or self._keeper.dataset, self._keeper.until_ns()
        return await self._keeper.ask(lambda store: store.signal(chosen, name, until_ns))

    def thresholds(self) -> list[ThresholdRow]:
        """Give the thresholds of the studies."""
        return [ThresholdRow(**one) for one in told_thresholds(self._keeper.thresholds)]

    async def settings(self) -> dict[str, Any]:
        """Give the screen's settings."""
        text = await self._keeper.ask(lambda store: store.setting(_SETTINGS))
        return {} if text is None else msgspec.json.decode(text, type=dict[str, Any])

    async def put_settings(self, settings: dict[str, Any]) -> dict[str, Any]:
        """Replace the screen's settings.

        Raises
        ------
        SettingsTooLargeError
            If they are.
        """
        text = msgspec.json.encode(settings)
        if len(text) > MOST_SETTINGS_BYTES:
            raise SettingsTooLargeError(
                f"{len(text)} bytes of settings are too many",
                hint=f"{MOST_SETTINGS_BYTES} at most",
            )
        await self._keeper.ask(lambda store: store.put_setting(_SETTINGS, text.decode()))
        return settings


def counts_row(counts: Counts) -> CountsRow:
    """Give counts as the web API tells them."""
    return CountsRow(*counts, counts.win_rate)
