"""Running books that can be written down as they stand, and read again."""

from __future__ import annotations

import numpy as np

from ticktape.book.mbo_room import make_room, trim_room
from ticktape.book.mbo_state_kernels import new_mbo_state
from ticktape.ops.kernels import kernel_input
from ticktape.store.checkpoint_kernels import most_book_records, write_books
from ticktape.store.scan_kernels import FOUND, Scan, scan_records
from ticktape.tape.layouts import LAYOUTS, Schema

_MBO = LAYOUTS[Schema.MBO]
_FOUND_AT_ONCE = 1024


class KeptBooks:
    """The books of every instrument, with what a checkpoint of them needs."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget every book."""
        self._state = new_mbo_state(most_books=2**31)
        self._scan = Scan(np.zeros(1, _MBO), np.zeros(1, np.uint8))

    def apply(self, records: np.ndarray) -> np.ndarray:
        """Apply records, and give the places among them that a reader may want to go to.

        Parameters
        ----------
        records : numpy.ndarray
            dtype ``LAYOUTS[Schema.MBO]``.

        Returns
        -------
        numpy.ndarray
            dtype ``FOUND``: where books became stale (``F_MAYBE_BAD_BOOK``), and the ends of
            events at which they became crossed.
        """
        records = kernel_input(records)
        found = np.zeros(_FOUND_AT_ONCE, FOUND)
        pieces = []
        done = 0
        while done < len(records):
            before = done
            done, filled = scan_records(self._state, self._scan, records, done, found, 0)
            pieces.append(found[:filled].copy())
            if done < len(records) and (done == before or filled == 0):
                self._make_room()
        self._state = trim_room(self._state)
        return np.concatenate(pieces) if pieces else found[:0]

    def _make_room(self) -> None:
        self._state = make_room(self._state)
        more = len(self._state.books) - len(self._scan.last)
        if more > 0:
            self._scan = Scan(
                np.concatenate([self._scan.last, np.zeros(more, _MBO)]),
                np.concatenate([self._scan.crossed, np.zeros(more, np.uint8)]),
            )

    def records(self, ts_ns: int) -> np.ndarray:
        """Give the records that make these books anew.

        Parameters
        ----------
        ts_ns : int
            ``ts_recv`` of the last record applied.

        Returns
        -------
        numpy.ndarray
            dtype ``LAYOUTS[Schema.MBO]``: of each book a snapshot, then one record of action ``N``
            with the times, the sequence and the flags of its last record.
        """
        rows = np.zeros(int(most_book_records(self._state)), _MBO)
        written = int(write_books(self._state, self._scan.last, rows, ts_ns))
        rows = rows[:written]
        rows.flags.writeable = False
        return rows
