"""The past of a book as depth columns: ``GET /api/heatmap``."""

from __future__ import annotations

import asyncio
from typing import Final, NamedTuple

from ticktape.ops.beside import beside
from ticktape.server.book_answers import SEE_SYMBOLS
from ticktape.server.book_frames import BookHead, columns_frame
from ticktape.server.book_stream_query import LONGEST_COLUMN_MS, SHORTEST_COLUMN_MS
from ticktape.server.book_streams import BookStreams
from ticktape.store import MboLog
from ticktape.store.incompleteness import incompleteness
from ticktape.store.past_columns import past_columns
from ticktape.tape.errors import BadValueError, UnknownSymbolError, WrongSchemaError
from ticktape.tape.times import parse_time

MOST_COLUMNS: Final = 8_192
MOST_CELLS: Final = 1 << 20
_COLUMNS_A_MESSAGE: Final = 512
_AT_ONCE: Final = 2
_KEPT: Final = 8
_NS_A_MS: Final = 1_000_000
_LENGTHS_MS: Final = (
    *(10, 20, 50, 100, 200, 250, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000),
    *(60_000, 120_000, 300_000, 600_000, 900_000, 1_800_000, LONGEST_COLUMN_MS),
)


class HeatmapAsked(NamedTuple):
    """A span of a book's past, asked for.

    Attributes
    ----------
    symbol : str
        The instrument.
    begin, end : str or None
        RFC 3339, or nanoseconds; the log's beginning, and what is shown now, where None.
    every_ms : int or None
        Length of a column; None for the shortest that needs 1,024 columns at most.
    levels : int
        Most levels of each side.
    """

    symbol: str
    begin: str | None
    end: str | None
    every_ms: int | None
    levels: int


class Heatmap:
    """Makes past columns, beside the event loop, two requests at a time.

    Nothing after what the books show now is ever told: in a replay, the cursor.

    Parameters
    ----------
    log : MboLog or None
        The records; None where the source has none by order.
    streams : BookStreams
        Where the books stand now.
    """

    def __init__(self, log: MboLog | None, streams: BookStreams) -> None:
        self._log = log
        self._streams = streams
        self._turn = asyncio.Semaphore(_AT_ONCE)
        self._kept: dict[tuple[object, ...], list[bytes]] = {}

    async def answer(self, asked: HeatmapAsked) -> bytes:
        """Give the columns asked for, as messages of the book stream, one after the other.

        Raises
        ------
        BadValueError
            If the span, the length or the number of levels is none, or makes too many columns.
        UnknownSymbolError
            If there is no book of the symbol.
        WrongSchemaError
            If the source has no records by order.
        PositionGoneError
            If the records asked for are forgotten.
        IncompleteTapeError
            If the tape is shown farther than its index could be made.
        """
        log = self._log
        if log is None:
            raise WrongSchemaError(
                "the source has no records by order",
                hint="depth columns of the past need the mbo schema",
            )
        streams = self._streams
        key = streams.directory.book_key(asked.symbol)
        if key is None:
            raise UnknownSymbolError(f"there is no book of {asked.symbol} yet", hint=SEE_SYMBOLS)
        shown = streams.position
        head = BookHead(*key, streams.time_ns, shown)
        if shown <= log.first_position or not streams.time_ns:
            return columns_frame(head, asked.every_ms or _LENGTHS_MS[0], 0, b"")
        failure = incompleteness(log)
        if failure is not None and shown > log.end_position:
            raise failure
        first = log.read(log.first_position, 1)
        earliest = int(first["ts_recv"][0]) if len(first) else streams.time_ns
        begin_ns = earliest if asked.begin is None else max(parse_time(asked.begin), earliest)
        end_ns = streams.time_ns + 1
        if asked.end is not None:
            end_ns = min(end_ns, parse_time(asked.end))
        every_ms = _length_of(asked, end_ns - begin_ns)
        every_ns = every_ms * _NS_A_MS
        begin_ns -= begin_ns % every_ns
        end_ns += -end_ns % every_ns
        columns = await self._columns(log, key, begin_ns, end_ns, every_ns, asked.levels, shown)
        return b"".join(
            columns_frame(head, every_ms, len(part), b"".join(part))
            for start in range(0, max(len(columns), 1), _COLUMNS_A_MESSAGE)
            for part in [columns[start : start + _COLUMNS_A_MESSAGE]]
        )

    async def _columns(
        self,
        log: MboLog,
        key: tuple[int, int],
        begin_ns: int,
        end_ns: int,
        every_ns: int,
        levels: int,
        shown: int,
    ) -> list[bytes]:
        # A gap changes columns of the past, and counts no records.
        gaps = self._streams.source.gaps
        wanted = (key, begin_ns, end_ns, every_ns, levels, shown, gaps)
        async with self._turn:
            found = self._kept.get(wanted)
            if found is None:
                found = await beside(
                    lambda: past_columns(log, key, begin_ns, end_ns, every_ns, levels, shown)
                )
                self._kept[wanted] = found
                while len(self._kept) > _KEPT:
                    del self._kept[next(iter(self._kept))]
        return found


def _length_of(asked: HeatmapAsked, span_ns: int) -> int:
    """Tell how long a column is to be, or why there would be too many."""
    span_ms = max(0, span_ns) // _NS_A_MS + 1
    every_ms = asked.every_ms
    if every_ms is None:
        most = min(1_024, MOST_CELLS // (2 * asked.levels))
        return next((one for one in _LENGTHS_MS if span_ms <= one * most), _LENGTHS_MS[-1])
    if not SHORTEST_COLUMN_MS <= every_ms <= LONGEST_COLUMN_MS:
        raise BadValueError(
            f"every_ms {every_ms} is no length of a column",
            hint=f"{SHORTEST_COLUMN_MS} to {LONGEST_COLUMN_MS} milliseconds",
        )
    most = min(MOST_COLUMNS, MOST_CELLS // asked.levels)
    if span_ms > every_ms * most:
        least = -(-span_ms // most)
        raise BadValueError(
            f"{span_ms} ms are more than {most} columns of {every_ms} ms",
            hint=f"ask for {least} ms a column or more, for a shorter span, or for fewer levels",
        )
    return every_ms
