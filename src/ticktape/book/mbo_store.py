"""The one owner of a by-order state: applies records, makes room, gives room back."""

from __future__ import annotations

import numpy as np

from ticktape.book.effects import EFFECT
from ticktape.book.effects_kernels import apply_records_with_effects
from ticktape.book.mbo_find_kernels import enter_book
from ticktape.book.mbo_room import make_room, trim_room
from ticktape.book.mbo_run_kernels import apply_records, apply_records_with_bbos
from ticktape.book.mbo_state_kernels import BBO, BOOKS, SKIPPED, new_mbo_state
from ticktape.ops.kernels import kernel_input
from ticktape.tape.errors import WrongSchemaError
from ticktape.tape.layouts import LAYOUTS, Schema

_MBO = LAYOUTS[Schema.MBO]


class MboStore:
    """A state that is replaced by a roomier or a smaller one as live orders come and go.

    Parameters
    ----------
    most_books : int
        How many books to keep; records of further ones are skipped and counted.
    """

    def __init__(self, most_books: int) -> None:
        self.state = new_mbo_state(most_books=most_books)

    @property
    def book_count(self) -> int:
        """Number of books."""
        return int(self.state.usage[BOOKS])

    @property
    def skipped_records(self) -> int:
        """Number of records of books that are not kept."""
        return int(self.state.usage[SKIPPED])

    @property
    def memory_bytes(self) -> int:
        """Bytes held by the arrays of the state."""
        return sum(array.nbytes for array in self.state)

    def open_book(self, publisher_id: int, instrument_id: int) -> None:
        """Make a book before its first record."""
        enter_book(self.state, self.book_count, publisher_id, instrument_id)
        self.state.usage[BOOKS] += 1

    def update(self, records: np.ndarray) -> None:
        """Apply records."""
        records = _mbo_input(records)
        done = 0
        while True:
            done = apply_records(self.state, records, done)
            if done == len(records):
                break
            self.state = make_room(self.state)
        self.state = trim_room(self.state)

    def update_bbos(self, records: np.ndarray) -> np.ndarray:
        """Apply records; give the best bid and offer at every ``F_LAST``, dtype ``BBO``."""
        records = _mbo_input(records)
        rows = np.empty(len(records), BBO)
        done = written = 0
        while True:
            done, written = apply_records_with_bbos(self.state, records, done, rows, written)
            if done == len(records):
                break
            self.state = make_room(self.state)
        self.state = trim_room(self.state)
        return rows[:written]

    def update_effects(self, records: np.ndarray) -> np.ndarray:
        """Apply records; give what each of them did, dtype ``EFFECT``."""
        records = _mbo_input(records)
        rows = np.zeros(len(records), EFFECT)
        done = 0
        while True:
            done = apply_records_with_effects(self.state, records, done, rows)
            if done == len(records):
                break
            self.state = make_room(self.state)
        self.state = trim_room(self.state)
        return rows


def _mbo_input(records: np.ndarray) -> np.ndarray:
    if records.dtype != _MBO:
        raise WrongSchemaError(
            f"these records are not mbo records but {records.dtype.itemsize} bytes of "
            f"{', '.join((records.dtype.names or ('no fields',))[:4])}, …",
            hint="books by order need the mbo schema",
        )
    return kernel_input(records)
