"""The best levels of books as rows, out of ``mbo`` records."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np

from ticktape.book.derive import check_layout
from ticktape.book.derive_quotes_kernels import LEVEL_PAIR
from ticktape.book.level_rows_kernels import (
    LEVEL_HEAD,
    LevelsShown,
    derive_level_rows,
    flush_level_interval,
)
from ticktape.book.mbo_room import make_room
from ticktape.book.mbo_state_kernels import new_mbo_state
from ticktape.ops.kernels import kernel_input
from ticktape.tape.layouts import UNDEF_PRICE, Schema

_ROWS_BYTES: Final = 1 << 22
_MOST_ROWS: Final = 1 << 14


class LevelRows(NamedTuple):
    """Some rows.

    Attributes
    ----------
    heads : numpy.ndarray
        Shape ``(n,)``, dtype ``LEVEL_HEAD``: prices apart, what a row tells.
    levels : numpy.ndarray
        Shape ``(n, depth)``, dtype ``LEVEL_PAIR``; prices in 1e-9, ``UNDEF_PRICE`` where there is
        no such level.
    """

    heads: np.ndarray
    levels: np.ndarray


class LevelRowDeriver:
    """Gives a row for every event that changed the best levels, or for every interval.

    Parameters
    ----------
    depth : int
        How many levels of each side.
    every_ns : int
        Length of an interval; 0 for a row an event.
    """

    def __init__(self, depth: int, every_ns: int = 0) -> None:
        self._depth = depth
        self._every_ns = every_ns
        self._state = new_mbo_state()
        self._shown = _empty(len(self._state.books), depth)
        self._room = max(1, min(_MOST_ROWS, _ROWS_BYTES // (depth * LEVEL_PAIR.itemsize)))

    def update(
        self, records: np.ndarray, positions: np.ndarray, *, is_wanted: bool = True
    ) -> Iterator[LevelRows]:
        """Take records; give the rows that they lead to, some at a time.

        Parameters
        ----------
        records : numpy.ndarray
            Shape ``(n,)``, dtype ``LAYOUTS[Schema.MBO]``.
        positions : numpy.ndarray
            Shape ``(n,)``, ``int64``: of each record in its tape.
        is_wanted : bool
            Whether they give rows, or only lead to the books of those that follow.

        Yields
        ------
        LevelRows
        """
        check_layout(records, Schema.MBO)
        orders, places = kernel_input(records), kernel_input(positions)
        done = 0
        while done < len(orders):
            rows = self._new_rows()
            done, filled = derive_level_rows(
                self._state, self._shown, orders, places, done, self._every_ns, is_wanted, *rows
            )
            if filled:
                yield LevelRows(rows.heads[:filled], rows.levels[:filled])
            if done < len(orders) and filled < len(rows.heads):
                self._make_room()

    def flush(self) -> Iterator[LevelRows]:
        """Close the open interval, as at the end of the range, and give its rows."""
        left = 1
        while left:
            rows = self._new_rows()
            left, filled = flush_level_interval(self._shown, *rows)
            if filled:
                yield LevelRows(rows.heads[:filled], rows.levels[:filled])

    def _new_rows(self) -> LevelRows:
        return LevelRows(
            np.zeros(self._room, LEVEL_HEAD), np.empty((self._room, self._depth), LEVEL_PAIR)
        )

    def _make_room(self) -> None:
        self._state = make_room(self._state)
        more = _empty(len(self._state.books) - len(self._shown.touched), self._depth)
        shown = self._shown
        self._shown = LevelsShown(
            np.concatenate([shown.levels, more.levels]),
            np.concatenate([shown.touched, more.touched]),
            np.concatenate([shown.heads, more.heads]),
            np.concatenate([shown.moved, more.moved]),
            np.concatenate([shown.has_moved, more.has_moved]),
            shown.counts,
        )


def _empty(books: int, depth: int) -> LevelsShown:
    levels = np.zeros((books, depth), LEVEL_PAIR)
    levels["bid_px"] = levels["ask_px"] = UNDEF_PRICE
    return LevelsShown(
        levels,
        np.zeros(books, np.int64),
        np.zeros(books, LEVEL_HEAD),
        np.zeros(books, np.int32),
        np.zeros(books, np.uint8),
        np.zeros(3, np.int64),
    )
