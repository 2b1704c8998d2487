"""The binary messages of the book stream; ``docs/book-stream.md`` is the contract."""

from __future__ import annotations

from enum import IntEnum, IntFlag
from typing import Final, NamedTuple

import numpy as np

from ticktape.book.effects import EFFECT
from ticktape.book.ladder import Ladder
from ticktape.tape.layouts import LAYOUTS, Schema

LAYOUT_VERSION: Final = 1


class BookMessageKind(IntEnum):
    """Kinds of message."""

    SNAPSHOT = 1
    CHANGES = 2
    VOLUME = 3
    COLUMNS = 4
    EVENTS = 5
    RESET = 6


class BookFlag(IntFlag):
    """What is so of a book."""

    IN_EVENT = 1
    CROSSED = 2
    LOCKED = 4
    STALE = 8
    # Of a message of events: those of the order that this client follows.
    FOLLOWED = 32


HEADER: Final = np.dtype(
    [
        ("kind", "u1"),
        ("version", "u1"),
        ("publisher_id", "<u2"),
        ("instrument_id", "<u4"),
        ("sequence", "<u8"),
        ("time", "<i8"),
        ("position", "<u8"),
        ("entries", "<u4"),
        ("orders", "<u4"),
        ("touch", "<u4"),
        ("flags", "<u4"),
    ]
)


# A record with its position and with what it did to the book.
BOOK_EVENT: Final = np.dtype(
    [("position", "<u8"), ("record", LAYOUTS[Schema.MBO]), ("effect", EFFECT)]
)


class BookHead(NamedTuple):
    """What the header of a message says of its book.

    Attributes
    ----------
    publisher_id, instrument_id : int
        The book.
    time_ns : int
        ``ts_recv`` of the last record applied.
    position : int
        How many ``mbo`` records of the source came before what is shown.
    touch : int
        Counts the changes of the best prices.
    flags : BookFlag
        What is so of the book.
    """

    publisher_id: int
    instrument_id: int
    time_ns: int = 0
    position: int = 0
    touch: int = 0
    flags: BookFlag = BookFlag(0)


def _header(
    kind: BookMessageKind, head: BookHead, entries: int, orders: int = 0, sequence: int = 0
) -> bytes:
    row = np.zeros(1, HEADER)
    row[0] = (
        kind,
        LAYOUT_VERSION,
        head.publisher_id,
        head.instrument_id,
        sequence,
        head.time_ns,
        head.position,
        entries,
        orders,
        head.touch & 0xFFFFFFFF,
        head.flags,
    )
    return row.tobytes()


def ladder_frame(kind: BookMessageKind, head: BookHead, sequence: int, ladder: Ladder) -> bytes:
    """Make a snapshot, or a message of changes.

    Parameters
    ----------
    kind : BookMessageKind
        ``SNAPSHOT`` or ``CHANGES``.
    head : BookHead
        The book's state.
    sequence : int
        Of this message among those of its book.
    ladder : Ladder
        The levels to send, with their orders.

    Returns
    -------
    bytes
    """
    return (
        _header(kind, head, len(ladder.levels), len(ladder.orders), sequence)
        + ladder.levels.tobytes()
        + ladder.orders.tobytes()
    )


def volume_frame(head: BookHead, volumes: np.ndarray) -> bytes:
    """Make a message of volume at price; `volumes` has dtype ``PRICE_VOLUME``."""
    return _header(BookMessageKind.VOLUME, head, len(volumes)) + volumes.tobytes()


def columns_frame(head: BookHead, every_ms: int, count: int, cells: bytes) -> bytes:
    """Make a message of depth columns: heads and cells as ``DepthColumns.take`` gives them."""
    return _header(BookMessageKind.COLUMNS, head, count, every_ms) + cells


def events_frame(head: BookHead, events: np.ndarray) -> bytes:
    """Make a message of the latest records with their effects, 96 bytes each."""
    return _header(BookMessageKind.EVENTS, head, len(events)) + events.tobytes()


def reset_frame(head: BookHead) -> bytes:
    """Make the message that drops a book; instrument 0 means every book."""
    return _header(BookMessageKind.RESET, head, 0)
