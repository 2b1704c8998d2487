"""The text of one stream of effects: whole events, about a quarter of a mebibyte at a time."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from typing import Final, NamedTuple

from ticktape.book.effect_events import effect_events
from ticktape.ops.metrics import CLIENT_DROPS, ClientKind
from ticktape.store import MboLog
from ticktape.store.effect_reader import EffectReader
from ticktape.tape.errors import PositionGoneError

CLIENT_KIND: Final[ClientKind] = "effects"
_RUN_RECORDS: Final = 1 << 12
_PIECE_BYTES: Final = 1 << 18
# Newlines stand between fields and events only, never in what they hold.
_LAST_ID: Final = re.compile(rb"\n*id: (?:\w+-)?(\d+)\n")
_GAP_END: Final = re.compile(rb'^event: gap\n.*"next":(\d+)}\n')


class Asked(NamedTuple):
    """What one client wants.

    Attributes
    ----------
    position : int
        Of the first record.
    instrument_ids : collection of int or None
        Of these instruments alone; all where None.
    limit : int or None
        Most records.
    delay_ms : int
        How long to wait after each record.
    id_lead : str
        What the ids of events begin with, before the position.
    """

    position: int
    instrument_ids: Collection[int] | None
    limit: int | None
    delay_ms: int
    id_lead: str = ""


class Pieces:
    """The text of one stream, piece by piece; written by one thread at a time.

    Parameters
    ----------
    log : MboLog
        The records.
    reader : EffectReader
        Of that log, at the first record to send.
    asked : Asked
        What the client wants.
    symbol_of : callable
        Gives the symbol of an instrument id.

    Attributes
    ----------
    looked_until : int
        The position after the last record looked at, whether it was sent yet or not.
    """

    def __init__(
        self, log: MboLog, reader: EffectReader, asked: Asked, symbol_of: Callable[[int], str]
    ) -> None:
        self._log = log
        self._reader = reader
        self._asked = asked
        self._symbol_of = symbol_of
        self._left = asked.limit
        self._texts: Iterator[bytes] = iter(())
        self.looked_until = reader.position

    @property
    def is_complete(self) -> bool:
        """Whether as many records as asked for were written."""
        return self._left == 0

    @property
    def has_more(self) -> bool:
        """Whether the log has records that were not looked at."""
        return self._log.end_position > self._reader.position

    def next(self) -> bytes:
        """Write on; empty where there is nothing to write now."""
        text = next(self._texts, b"")
        while not text and not self.is_complete and self.has_more:
            try:
                self._texts = self._read()
            except PositionGoneError:
                return self._pass_gap()
            text = next(self._texts, b"")
        return text

    def _read(self) -> Iterator[bytes]:
        asked = self._asked
        run = self._reader.read(_RUN_RECORDS)
        if self._left is not None:
            run = type(run)(*(part[: self._left] for part in run))
            self._left -= len(run.records)
        self.looked_until = (
            int(run.positions[-1]) + 1 if self.is_complete else self._reader.position
        )
        piece_bytes = 1 if asked.delay_ms else _PIECE_BYTES
        return effect_events(
            run.records, run.effects, run.positions, self._symbol_of, piece_bytes, asked.id_lead
        )

    def _pass_gap(self) -> bytes:
        """Tell a client that has read too slowly what it missed, and go on behind that."""
        missed = self._reader.position
        while self._reader.position == missed:
            with suppress(PositionGoneError):
                self._reader = EffectReader(
                    self._log, self._log.first_position, self._asked.instrument_ids
                )
        self.looked_until = self._reader.position
        count = self.looked_until - missed
        CLIENT_DROPS.labels(CLIENT_KIND).inc(count)
        return event_text("gap", {"first": missed, "records": count, "next": self.looked_until})


def position_after(piece: bytes, before: int) -> int:
    """Give the position after the last record of a piece, or after the gap that it tells of."""
    found = _LAST_ID.match(piece, max(piece.rfind(b"\n\nid: "), 0)) or _GAP_END.search(piece)
    return int(found[1]) + (found.re is _LAST_ID) if found else before


def event_text(name: str, body: dict[str, object]) -> bytes:
    """Write an event that is no record."""
    return f"event: {name}\ndata: {json.dumps(body, separators=(',', ':'))}\n\n".encode()
