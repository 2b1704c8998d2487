"""By-order books of many instruments, in one state."""

from __future__ import annotations

from typing import Final

import numpy as np

from ticktape.book.mbo_book import MboBook
from ticktape.book.mbo_find_kernels import look_up_book
from ticktape.book.mbo_store import MboStore

_PLENTY: Final = 2**31


class MboBooks:
    """The books of every publisher and instrument that the records name.

    Examples
    --------
    >>> books = MboBooks()
    >>> books.update(records)
    >>> books.book(publisher_id=1, instrument_id=432669).bbo()
    """

    def __init__(self) -> None:
        self._store = MboStore(most_books=_PLENTY)

    def update(self, records: np.ndarray) -> None:
        """Apply records, of any mix of instruments.

        Parameters
        ----------
        records : numpy.ndarray
            Shape ``(n,)``, dtype ``LAYOUTS[Schema.MBO]``.

        Raises
        ------
        WrongSchemaError
            Where the records are not of the ``mbo`` schema.
        """
        self._store.update(records)

    def update_bbos(self, records: np.ndarray) -> np.ndarray:
        """Apply records, and give the best bid and offer at the end of every event.

        Parameters
        ----------
        records : numpy.ndarray
            Shape ``(n,)``, dtype ``LAYOUTS[Schema.MBO]``.

        Returns
        -------
        numpy.ndarray
            dtype ``BBO``: one row for every record with ``F_LAST``.

        Raises
        ------
        WrongSchemaError
            Where the records are not of the ``mbo`` schema.
        """
        return self._store.update_bbos(records)

    def update_effects(self, records: np.ndarray) -> np.ndarray:
        """Apply records, and tell what each of them did to its book.

        Parameters
        ----------
        records : numpy.ndarray
            Shape ``(n,)``, dtype ``LAYOUTS[Schema.MBO]``.

        Returns
        -------
        numpy.ndarray
            Shape ``(n,)``, dtype ``EFFECT``: one row for every record, in their order.

        Raises
        ------
        WrongSchemaError
            Where the records are not of the ``mbo`` schema.
        """
        return self._store.update_effects(records)

    def __len__(self) -> int:
        return self._store.book_count

    def keys(self) -> list[tuple[int, int]]:
        """Give the ``(publisher_id, instrument_id)`` of every book, in the order they came."""
        books = self._store.state.books[: self._store.book_count]
        return list(
            zip(books["publisher_id"].tolist(), books["instrument_id"].tolist(), strict=True)
        )

    def book(self, publisher_id: int, instrument_id: int) -> MboBook | None:
        """Give a book, or None where no record named it.

        Parameters
        ----------
        publisher_id, instrument_id : int
            The book's key.

        Returns
        -------
        MboBook or None
            A view: it follows later updates of these books.
        """
        number = int(look_up_book(self._store.state, publisher_id, instrument_id))
        return None if number < 0 else MboBook.view(self._store, number)

    def reset(self) -> None:
        """Forget every book; views of them given before must not be used any more."""
        self._store = MboStore(most_books=_PLENTY)

    @property
    def memory_bytes(self) -> int:
        """Bytes held by the arrays of all books."""
        return self._store.memory_bytes
