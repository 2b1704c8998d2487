"""Depth over time: a column of resting sizes at the end of each stretch, with what traded in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np

from ticktape.book.depth_columns_kernels import (
    BEGIN,
    COLUMN_HEAD,
    COLUMNS_WRITTEN,
    DEPTH_CELL,
    DEPTH_WORDS,
    END_OF_EVENT,
    HEAD_WORDS,
    IS_OPEN,
    MISSING,
    MOST_CELLS,
    TRADE_CELL,
    TRADE_WORDS,
    TRADES,
    WRITTEN,
    ColumnsState,
    advance_columns,
    close_column,
    make_columns,
    new_columns_state,
)
from ticktape.book.mbo_find_kernels import enter_book
from ticktape.book.mbo_room import make_room
from ticktape.book.mbo_state_kernels import BOOKS, new_mbo_state
from ticktape.ops.kernels import kernel_input

DEFAULT_DEPTH: Final = 64
# Begin of a column that is not wanted; half of what would overflow where times are compared.
EARLIER: Final = -(2**62)
_COLUMNS_AT_ONCE: Final = 64


class Column(NamedTuple):
    """One column.

    Attributes
    ----------
    head : numpy.void
        dtype ``COLUMN_HEAD``.
    depth : numpy.ndarray
        dtype ``DEPTH_CELL``: bids from the best down, then asks from the best up.
    trades : numpy.ndarray
        dtype ``TRADE_CELL``, by price.
    """

    head: np.void
    depth: np.ndarray
    trades: np.ndarray


class DepthColumns:
    """Follows one book by order, and makes its depth columns; any cutting of records, the same.

    A stretch begins at a multiple of its length, in ``ts_recv``. An event belongs to the stretch in
    which its first record was received, and a stretch without records has no column.

    Parameters
    ----------
    publisher_id, instrument_id : int
        The book. Records of others are skipped.
    every_ns : int
        Length of a stretch, in ns.
    levels : int
        Most levels of each side in a column.
    beginning : numpy.ndarray, optional
        dtype ``LAYOUTS[Schema.MBO]``: records that make the book as it stands before the first
        record, as ``MboBook.snapshot_records`` gives them. They open no column.
    in_event : bool
        Whether the book stands amid an event then: what comes of it until its end opens no column
        either, but goes to one that began at the least time there is.
    """

    def __init__(
        self,
        publisher_id: int,
        instrument_id: int,
        every_ns: int,
        levels: int = DEFAULT_DEPTH,
        beginning: np.ndarray | None = None,
        *,
        in_event: bool = False,
    ) -> None:
        self.every_ns = every_ns
        self.levels = levels
        self._book = new_mbo_state(most_books=1)
        enter_book(self._book, 0, publisher_id, instrument_id)
        self._book.usage[BOOKS] = 1
        self._state = new_columns_state(_COLUMNS_AT_ONCE * self._widest(64))
        if beginning is not None:
            self.update(beginning)
            usage = self._state.usage
            usage[IS_OPEN] = usage[TRADES] = usage[WRITTEN] = usage[COLUMNS_WRITTEN] = 0
            usage[MISSING] = 0
            usage[END_OF_EVENT] = 1
        if in_event:
            self._state.usage[IS_OPEN] = 1
            self._state.usage[BEGIN] = EARLIER
            self._state.usage[END_OF_EVENT] = 0

    def _widest(self, trades: int) -> int:
        return HEAD_WORDS + 2 * self.levels * DEPTH_WORDS + trades * TRADE_WORDS

    def update(self, records: np.ndarray) -> None:
        """Apply records.

        Parameters
        ----------
        records : numpy.ndarray
            Shape ``(n,)``, dtype ``LAYOUTS[Schema.MBO]``, of any mix of instruments.
        """
        records = kernel_input(records)
        done = 0
        while True:
            done = make_columns(
                self._book, self._state, records, done, 0, self.every_ns, self.levels
            )
            if done == len(records):
                return
            if not self._has_room():
                self._state = self._with_room()
            else:
                self._book = make_room(self._book)

    def advance(self, ts_recv_ns: int) -> None:
        """Close the open column where a time, of any record of the source, is past its end."""
        while not advance_columns(
            self._state, self._book, 0, ts_recv_ns, self.every_ns, self.levels
        ):
            self._state = self._with_room()

    def finish(self) -> None:
        """Close the open column, as it stands."""
        while self._state.usage[IS_OPEN] and not close_column(
            self._state, self._book, 0, self.levels
        ):
            self._state = self._with_room()

    def note_missing(self) -> None:
        """Say that records were missed here: in the column that is open, and in the next one."""
        self._state.usage[MISSING] = 3 if self._state.usage[IS_OPEN] else 1

    def _has_room(self) -> bool:
        usage = self._state.usage
        trades = int(usage[TRADES])
        held = len(self._state.trades)
        free = len(self._state.words) - int(usage[WRITTEN])
        return free >= self._widest(trades) and (trades < held or held >= MOST_CELLS)

    def _with_room(self) -> ColumnsState:
        old = self._state
        trades = len(old.trades)
        if old.usage[TRADES] == trades:
            trades = min(2 * trades, MOST_CELLS)
        words = len(old.words)
        if words - int(old.usage[WRITTEN]) < self._widest(trades):
            words = 2 * words + self._widest(trades)
        roomier = new_columns_state(words, trades)
        written = int(old.usage[WRITTEN])
        roomier.words[:written] = old.words[:written]
        roomier.trades[: len(old.trades)] = old.trades
        roomier.usage[:] = old.usage
        return roomier

    @property
    def in_event(self) -> bool:
        """The last record of the book did not end its event."""
        return not self._state.usage[END_OF_EVENT]

    def __len__(self) -> int:
        """Count the columns that are done and not taken."""
        return int(self._state.usage[COLUMNS_WRITTEN])

    def take(self) -> tuple[int, bytes]:
        """Take the columns that are done.

        Returns
        -------
        count : int
            How many.
        cells : bytes
            The columns, oldest first, as the book stream sends them; ``read_columns`` reads them.
        """
        usage = self._state.usage
        count = int(usage[COLUMNS_WRITTEN])
        cells = self._state.words[: int(usage[WRITTEN])].tobytes()
        usage[COLUMNS_WRITTEN] = usage[WRITTEN] = 0
        return count, cells

    def take_each(self) -> list[bytes]:
        """Take the columns that are done, each by itself, oldest first."""
        _, cells = self.take()
        ends = []
        at = 0
        while at < len(cells):
            counts = int.from_bytes(cells[at + 24 : at + 28], "little")
            at += COLUMN_HEAD.itemsize + DEPTH_CELL.itemsize * (counts & MOST_CELLS)
            at += TRADE_CELL.itemsize * (counts >> 16)
            ends.append(at)
        return [cells[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def read_columns(cells: bytes) -> Iterator[Column]:
    """Read columns as the book stream sends them.

    Parameters
    ----------
    cells : bytes
        Columns, one after the other.

    Yields
    ------
    Column
    """
    at = 0
    while at < len(cells):
        head = np.frombuffer(cells, COLUMN_HEAD, 1, at)[0]
        at += COLUMN_HEAD.itemsize
        depth = np.frombuffer(cells, DEPTH_CELL, int(head["depth_cells"]), at)
        at += depth.nbytes
        trades = np.frombuffer(cells, TRADE_CELL, int(head["trade_cells"]), at)
        at += trades.nbytes
        yield Column(head, depth, trades)
