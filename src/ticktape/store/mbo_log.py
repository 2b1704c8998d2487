"""``mbo`` records by their position, with the books as they stood at some of them.

A position is the number of ``mbo`` records that came before: of a tape since its beginning, of a
live or simulated source since it was opened. It never changes, so it serves as an identifier.
"""

from __future__ import annotations

from typing import Final, NamedTuple, Protocol

import numpy as np

from ticktape.book import MboBooks

_READ_RECORDS: Final = 1 << 16


class Checkpoint(NamedTuple):
    """Every book as it stood before the record at a position.

    Attributes
    ----------
    position : int
        Of the first record that is not in the books.
    ts_ns : int
        ``ts_recv`` of the last record that is.
    records : numpy.ndarray
        dtype ``LAYOUTS[Schema.MBO]``; applied to no books, they make these.
    """

    position: int
    ts_ns: int
    records: np.ndarray


class MboLog(Protocol):
    """Records that can be read from anywhere; thread-safe."""

    @property
    def restarted_at(self) -> int:
        """Position of the first record for which all books begin anew; 0 where none do."""
        ...

    @property
    def first_position(self) -> int:
        """Position of the oldest record that can be read."""
        ...

    @property
    def end_position(self) -> int:
        """Position after the newest record."""
        ...

    def position_at(self, ts_ns: int) -> int:
        """Give the position of the first record whose ``ts_recv`` is not before a time."""
        ...

    def read(self, position: int, count: int) -> np.ndarray:
        """Give the records from a position on, at most `count`, fewer at the end; not writable."""
        ...

    def checkpoint(self, position: int) -> Checkpoint:
        """Give the latest checkpoint that is not after a position."""
        ...

    def gaps_between(self, begin: int, end: int) -> list[int]:
        """Give where a feed missed records: of each gap, the position of the record behind it.

        Parameters
        ----------
        begin, end : int
            Positions, both included: a gap at the end is behind the last record before it.

        Returns
        -------
        list of int
            Ascending.
        """
        ...


def books_at(log: MboLog, position: int) -> MboBooks:
    """Make every book as it stood before the record at a position.

    Parameters
    ----------
    log : MboLog
        The records.
    position : int
        From ``first_position`` to ``end_position``.

    Returns
    -------
    MboBooks
    """
    found = log.checkpoint(position)
    books = MboBooks()
    books.update(found.records)
    at = found.position
    while at < position:
        records = log.read(at, min(position - at, _READ_RECORDS))
        books.update(records)
        at += len(records)
    return books
