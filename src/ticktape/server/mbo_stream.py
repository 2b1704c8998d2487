"""Records of the tape with their effects as server-sent events, for one client after the other.

A client is sent only what it reads: no event is written before the socket has taken the ones
before it, except one piece ahead, which is written by a thread meanwhile. Nothing else waits.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from typing import Final

import structlog

from ticktape.ops.metrics import CLIENTS, STREAM_BYTES, STREAM_SECONDS
from ticktape.server.arrivals import Arrivals
from ticktape.server.mbo_stream_pieces import (
    CLIENT_KIND,
    Asked,
    Pieces,
    event_text,
    position_after,
)
from ticktape.server.names import Names
from ticktape.store import MboLog
from ticktape.store.effect_reader import EffectReader
from ticktape.store.export import MOST_POSITION, parse_place
from ticktape.store.incompleteness import incompleteness
from ticktape.tape.errors import (
    BadValueError,
    PositionGoneError,
    TicktapeError,
    UnknownSymbolError,
)

KEEP_ALIVE_SECONDS: Final = 15.0
LONGEST_DELAY_MS: Final = 60_000
_KEEP_ALIVE: Final = b": keep-alive\n\n"
_LOOK_SECONDS: Final = 0.02

_log = structlog.wrap_logger(logging.getLogger(__name__))


class NoOrdersError(TicktapeError):
    """The source has no records by order, of which effects could be told."""

    code = "no-orders"


class MboStreams:
    """Gives streams of a log.

    Parameters
    ----------
    log : MboLog or None
        The records; None where the source has none by order.
    is_growing : callable
        Tells whether further records may come.
    names : Names
        Of the source's instruments.
    arrivals : Arrivals
        Tells when further records of a source that goes on have come, or it has ended.
    is_tape : bool
        Whether the log is a tape, which streams begin at the beginning of; else they begin at the
        newest record.
    opening : str
        Tells one opening of a source that goes on from another, of which positions mean other
        records; empty for a tape, of which they never do.
    keep_alive_seconds : float
        How long to be silent at most.
    """

    def __init__(
        self,
        log: MboLog | None,
        is_growing: Callable[[], bool],
        names: Names,
        arrivals: Arrivals,
        *,
        is_tape: bool,
        opening: str = "",
        keep_alive_seconds: float = KEEP_ALIVE_SECONDS,
    ) -> None:
        self._log = log
        self._is_growing = is_growing
        self._names = names
        self._arrivals = arrivals
        self._is_tape = is_tape
        self.id_lead = opening and f"{opening}-"
        self.keep_alive_seconds = keep_alive_seconds
        self._closing = asyncio.Event()

    def close(self) -> None:
        """End every stream after what has been written."""
        self._closing.set()
        self._arrivals.tell()

    @property
    def log(self) -> MboLog:
        """The records.

        Raises
        ------
        NoOrdersError
            If the source has none by order.
        """
        if self._log is None:
            raise NoOrdersError(
                "the source has no mbo records", hint="effects are told of records by order alone"
            )
        return self._log

    async def wait_for_tape(self) -> None:
        """Wait until a tape has been looked through; not for a source that has no end.

        Raises
        ------
        IncompleteTapeError
            If that has failed on the way.
        """
        while self._is_tape and self._is_growing():
            await asyncio.sleep(_LOOK_SECONDS)
        failure = None if self._log is None else incompleteness(self._log)
        if failure is not None:
            raise failure

    async def first_position(self, begin: str | None, last_event_id: str | None) -> int:
        """Tell where a stream begins.

        Parameters
        ----------
        begin : str, optional
            A position, or a time: RFC 3339, or nanoseconds since 1970. Where not given, the
            beginning of a tape, and the newest record of a source that goes on.
        last_event_id : str, optional
            The id of the last event that the client has; it goes before `begin`.

        Returns
        -------
        int
            Once a tape that is still being looked through has been, as far as that.

        Raises
        ------
        BadValueError
            If it is neither, or after the end.
        NoOrdersError
            If there are no records by order.
        PositionGoneError
            If the event is of an earlier opening of the source.
        """
        log = self.log
        if last_event_id:
            position: int | None = self._position_of(last_event_id) + 1
        elif begin is None:
            return log.first_position if self._is_tape else log.end_position
        else:
            position, time_ns = parse_place(begin)
            if time_ns is not None:
                await self.wait_for_tape()
                return log.position_at(time_ns)
        assert position is not None  # noqa: S101 -- a place is one or the other
        while self._is_tape and position > log.end_position and self._is_growing():
            await asyncio.sleep(_LOOK_SECONDS)
        if position > log.end_position:
            raise BadValueError(
                f"there is no record {position} yet",
                hint=f"the newest is {log.end_position - 1}",
            )
        return position

    def _position_of(self, event_id: str) -> int:
        lead, _, position = event_id.rpartition("-")
        if self.id_lead and lead and f"{lead}-" != self.id_lead:
            raise PositionGoneError(
                f"event {event_id} is of an earlier opening of the source",
                hint=f"begin anew; the oldest record that is kept is {self.log.first_position}",
            )
        return _natural(position if self.id_lead else event_id, "Last-Event-ID")

    async def instruments(self, symbol: str) -> frozenset[int]:
        """Tell which instruments a symbol of any kind, or several with commas, stand for.

        Raises
        ------
        UnknownSymbolError
            If one of them stands for none.
        """
        found = await self._names.resolve([one for one in symbol.split(",") if one])
        if found.not_found or not found.instrument_ids:
            raise UnknownSymbolError(
                f"the source has no {', '.join(found.not_found) or 'symbol of no name'}",
                hint="choose one that /api/symbols lists",
            )
        return found.instrument_ids

    async def open(self, asked: Asked) -> AsyncIterator[bytes]:
        """Make the books that a stream begins with, then give the stream.

        Raises
        ------
        PositionGoneError
            If the first record is forgotten.
        """
        log = self.log
        symbol_of = await self._names.symbols()
        reader = await asyncio.to_thread(EffectReader, log, asked.position, asked.instrument_ids)
        return self._stream(Pieces(log, reader, asked, symbol_of), asked.delay_ms / 1e3)

    async def _stream(self, pieces: Pieces, delay: float) -> AsyncIterator[bytes]:
        began = time.monotonic()
        CLIENTS.labels(CLIENT_KIND).inc()
        sent = STREAM_BYTES.labels(CLIENT_KIND)
        until = pieces.looked_until
        ahead = asyncio.create_task(asyncio.to_thread(pieces.next))
        try:
            while True:
                piece = await ahead
                if piece:
                    # The next is written while the socket takes this one.
                    ahead = asyncio.create_task(asyncio.to_thread(pieces.next))
                    sent.inc(len(piece))
                    yield piece
                    until = position_after(piece, until)
                    async for sign in self._pause(delay):
                        yield sign
                    if self._closing.is_set():
                        break
                    continue
                if pieces.is_complete or self._closing.is_set() or not self._may_grow(pieces):
                    break
                async for sign in self._wait_for_more(pieces):
                    yield sign
                ahead = asyncio.create_task(asyncio.to_thread(pieces.next))
            if self._closing.is_set():
                await asyncio.wait({ahead})
                yield event_text("stream_end", {"reason": "closing", "next": until})
            elif not pieces.is_complete and (failure := incompleteness(self.log)) is not None:
                body = {"code": failure.code, "message": str(failure), "next": until}
                yield event_text("error", body)
            else:
                reason = "limit" if pieces.is_complete else "end"
                yield event_text("stream_end", {"reason": reason, "next": pieces.looked_until})
        except (TicktapeError, OSError) as error:
            # The answer has begun: too late for a refusal.
            _log.error("a stream of effects failed", exc_info=error)
            code = error.code if isinstance(error, TicktapeError) else "error"
            yield event_text("error", {"code": code, "message": str(error), "next": until})
        finally:
            ahead.cancel()
            CLIENTS.labels(CLIENT_KIND).dec()
            STREAM_SECONDS.labels(CLIENT_KIND).observe(time.monotonic() - began)

    def _has_more(self, pieces: Pieces) -> bool:
        return pieces.has_more or not self._is_growing()

    def _may_grow(self, pieces: Pieces) -> bool:
        # In this order: records that came before the end was told are not missed.
        is_growing = self._is_growing()
        return pieces.has_more or is_growing

    async def _pause(self, seconds: float) -> AsyncIterator[bytes]:
        """Wait some time, or until the server stops; say now and then that the stream is alive."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0 and not self._closing.is_set():
            await _set_within(self._closing, min(left, self.keep_alive_seconds))
            if left > self.keep_alive_seconds:
                yield _KEEP_ALIVE

    async def _wait_for_more(self, pieces: Pieces) -> AsyncIterator[bytes]:
        """Wait for records, the end or the server's; say now and then that the stream is alive."""
        silent_since = time.monotonic()
        while True:
            upcoming = self._arrivals.upcoming
            if self._has_more(pieces) or self._closing.is_set():
                return
            left = silent_since + self.keep_alive_seconds - time.monotonic()
            # A tape that is looked through tells nobody how far that has come.
            await _set_within(upcoming, min(left, _LOOK_SECONDS) if self._is_tape else left)
            if time.monotonic() - silent_since >= self.keep_alive_seconds:
                silent_since = time.monotonic()
                yield _KEEP_ALIVE


async def _set_within(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return


def _natural(text: str, name: str) -> int:
    if not (text.isascii() and text.isdecimal()) or int(text) >= MOST_POSITION:
        raise BadValueError(f"{name}: {text!r} is no position", hint="it is the id of an event")
    return int(text)
