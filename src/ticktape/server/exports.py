"""Books over a range of the source, streamed to a client as a file."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Final, NamedTuple

from ticktape.server.mbo_stream import MboStreams
from ticktape.server.names import Names
from ticktape.store.export import ExportedTape, Shape, export_pieces, log_runs

MEDIA_TYPES: Final = {
    "json": "application/json",
    "ndjson": "application/x-ndjson",
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
    "dbn": "application/octet-stream",
}


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
        begin, end = log.first_position, log.end_position
        if asked.begin is not None:
            begin = await self._streams.first_position(asked.begin, None)
        if asked.end is not None:
            end = await self._streams.first_position(asked.end, None)
        symbols, symbol_of = await self._names.symbol_map()
        tape = ExportedTape(self._dataset, symbols, symbol_of)
        pieces = export_pieces(log_runs(log, begin, end, ids), shape, tape)
        first = await asyncio.to_thread(next, pieces, b"")
        return _rest(first, pieces)


async def _rest(first: bytes, pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    piece = first
    while piece:
        # The next is written while the socket takes this one.
        ahead = asyncio.create_task(asyncio.to_thread(_next, pieces))
        try:
            yield piece
            piece = await ahead
        finally:
            ahead.cancel()


def _next(pieces: Iterator[bytes]) -> bytes:
    """Give the next piece that holds something; empty at the end."""
    return next(filter(None, pieces), b"")
