"""Depth columns of the past, from the records of a log."""

from __future__ import annotations

from typing import Final

from ticktape.book.depth_columns import DepthColumns
from ticktape.store.mbo_log import MboLog, books_at

_READ_RECORDS: Final = 1 << 18
_REST_OF_EVENT: Final = 1 << 12


def past_columns(
    log: MboLog,
    key: tuple[int, int],
    begin_ns: int,
    end_ns: int,
    every_ns: int,
    levels: int,
    end_position: int,
) -> list[bytes]:
    """Make the depth columns of a span.

    Parameters
    ----------
    log : MboLog
        The records.
    key : tuple of int
        ``(publisher_id, instrument_id)`` of the book.
    begin_ns, end_ns : int
        The span, in ``ts_recv``; both multiples of `every_ns`.
    every_ns : int
        Length of a column, in ns.
    levels : int
        Most levels of each side.
    end_position : int
        Records from this position on are not looked at, whatever their time.

    Returns
    -------
    list of bytes
        The columns, each as the book stream sends it, oldest first: those that
        ``DepthColumns`` makes of the whole log up to `end_position`, as far as they begin in the
        span. The last one is of the records so far where its time is not over.

    Raises
    ------
    PositionGoneError
        If the log forgot the records meanwhile.
    """
    end_position = min(end_position, log.end_position)
    at = min(max(log.position_at(begin_ns), log.first_position), end_position)
    stop = min(log.position_at(end_ns), end_position)
    book = books_at(log, at).book(*key)
    columns = DepthColumns(
        *key,
        every_ns,
        levels,
        None if book is None else book.snapshot_records(max(begin_ns, 0)),
        in_event=book is not None and book.in_event,
    )
    begin = at
    for gap in [*log.gaps_between(at, stop), None]:
        until = stop if gap is None else gap
        while at < until:
            records = log.read(at, min(until - at, _READ_RECORDS))
            if not len(records):
                break
            columns.update(records)
            at += len(records)
        if gap is not None:
            if at > begin:
                # As by the clock of a source that goes on: of any instrument's records.
                columns.advance(int(log.read(at - 1, 1)["ts_recv"][0]))
            columns.note_missing()
    # The rest of an event that the span's end cuts belongs to the column in which it began.
    while columns.in_event and at < end_position:
        records = log.read(at, min(end_position - at, _REST_OF_EVENT))
        if not len(records):
            break
        columns.update(records)
        at += len(records)
    columns.finish()
    return [
        column
        for column in columns.take_each()
        if begin_ns <= int.from_bytes(column[:8], "little", signed=True) < end_ns
    ]
