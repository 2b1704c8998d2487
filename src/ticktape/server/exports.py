"""Books over a range of the source, streamed to a client as a file."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from typing import Final, NamedTuple

import structlog

from ticktape.server.mbo_stream import MboStreams
from ticktape.server.names import Names
from ticktape.store import RecentLog
from ticktape.store.export import (
    LEAD_RECORDS,
    ExportedTape,
    Format,
    Shape,
    broken_off,
    export_pieces,
    log_runs,
)
from ticktape.tape.errors import TicktapeError

MEDIA_TYPES: Final = {
    "json": "application/json",
    "ndjson": "application/x-ndjson",
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
    "dbn": "application/octet-stream",
}

_log = structlog.wrap_logger(logging.getLogger(__name__))


class StoppedError(TicktapeError):
    """The server was told to stop."""

    code = "closing"
    terminal = False


class Range(NamedTuple):
    """What of the source is asked for.

    Attributes
    ----------
    symbol : str or None
        A symbol of any kind, or several with commas; everything where None.
    begin, end : str or None
        Positions or times; the end is exclusive.
    """

    symbol: str | None
    begin: str | None
    end: str | None


class Exports:
    """Gives exports of a source.

    Parameters
    ----------
    streams : MboStreams
        Of the same source: its log, and what a symbol or a place means in it.
    names : Names
        Of its instruments.
    dataset : str
        Its code.
    """

    def __init__(self, streams: MboStreams, names: Names, dataset: str) -> None:
        self._streams = streams
        self._names = names
        self._dataset = dataset
        self._closing = asyncio.Event()

    def close(self) -> None:
        """Break off every file that is being sent: the server stops."""
        self._closing.set()

    async def open(self, asked: Range, shape: Shape) -> AsyncIterator[bytes]:
        """Write the first piece, so that what is wrong is said before the answer begins.

        Parameters
        ----------
        asked : Range
            What of the source.
        shape : Shape
            What the rows are.

        Returns
        -------
        async iterator of bytes
            The file, piece by piece, as fast as they are taken.

        Raises
        ------
        TicktapeError
            As the calls of ``MboStreams`` do.
        """
        log = self._streams.log
        await self._streams.wait_for_tape()
        ids = None if asked.symbol is None else await self._streams.instruments(asked.symbol)
        symbols, symbol_of = await self._names.symbol_map()
        tape = ExportedTape(self._dataset, symbols, symbol_of)
        begin = end = None
        if asked.begin is not None:
            begin = await self._streams.first_position(asked.begin, None)
        if asked.end is not None:
            end = await self._streams.first_position(asked.end, None)
        # Nothing is forgotten between here and the pin.
        begin = log.first_position if begin is None else begin
        end = log.end_position if end is None else end
        if isinstance(log, RecentLog):
            log = log.pin(max(log.first_position, begin - LEAD_RECORDS), end) or log
        pieces = export_pieces(log_runs(log, begin, end, ids), shape, tape)
        return await streamed(pieces, shape.format, self._closing)


async def streamed(
    pieces: Iterator[bytes], form: Format, closing: asyncio.Event | None = None
) -> AsyncIterator[bytes]:
    """Give a file piece by piece, each written in a thread while the one before it is sent.

    Parameters
    ----------
    pieces : iterator of bytes
        The file.
    form : str
        Its format, which tells how it ends where it breaks off.
    closing : asyncio.Event, optional
        Breaks it off once set.

    Returns
    -------
    async iterator of bytes

    Raises
    ------
    TicktapeError
        If not even the first piece can be written.
    """
    first = await asyncio.to_thread(next, pieces, b"")
    return _rest(first, pieces, form, closing or asyncio.Event())


async def _rest(
    first: bytes, pieces: Iterator[bytes], form: Format, closing: asyncio.Event
) -> AsyncIterator[bytes]:
    piece = first
    while piece:
        # The next is written while the socket takes this one.
        ahead = asyncio.create_task(asyncio.to_thread(_next, pieces))
        try:
            yield piece
            piece = await ahead
            if piece and closing.is_set():
                raise StoppedError("the server stops", hint="ask again")
        except (TicktapeError, OSError) as error:
            # The answer has begun: too late for a refusal, and the web server ends it as a whole.
            if isinstance(error, StoppedError):
                _log.info("an export was broken off", reason=str(error))
            else:
                _log.error("an export broke off", exc_info=error)
            code = error.code if isinstance(error, TicktapeError) else "error"
            if end := broken_off(form, code, str(error)):
                yield end
            return
        finally:
            ahead.cancel()


def _next(pieces: Iterator[bytes]) -> bytes:
    """Give the next piece that holds something; empty at the end."""
    return next(filter(None, pieces), b"")
