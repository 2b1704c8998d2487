"""By-order books of many instruments, in one state."""

from __future__ import annotations

from typing import Final

import numpy as np

from ticktape.book.mbo_book import MboBook
from ticktape.book.mbo_find_kernels import look_up_book
from ticktape.book.mbo_read_kernels import next_book_of_order
from ticktape.book.mbo_state_kernels import COUNTERS
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

    def books_of_order(self, order_id: int) -> list[MboBook]:
        """Give the books in which an order rests: of several where identifiers repeat.

        Parameters
        ----------
        order_id : int
            The venue's identifier, below 2**64.
        """
        found = []
        number = -1
        while (
            number := int(
                next_book_of_order(self._store.state, np.uint64(order_id), np.int64(number + 1))
            )
        ) >= 0:
            found.append(MboBook.view(self._store, number))
        return found

    @property
    def live_orders(self) -> int:
        """Number of orders resting in all books."""
        return int(self._sides["orders"].sum())

    @property
    def level_counts(self) -> tuple[int, int]:
        """Numbers of bid levels and of ask levels of all books."""
        levels = self._sides["levels"]
        return int(levels[0::2].sum()), int(levels[1::2].sum())

    @property
    def counters(self) -> dict[str, int]:
        """Sums over all books of their counts, by ``COUNTERS``."""
        counted = self._store.state.counters[: len(self)].sum(axis=0).tolist()
        return dict(zip(COUNTERS, counted, strict=True))

    @property
    def _sides(self) -> np.ndarray:
        sides: np.ndarray = self._store.state.sides[: 2 * len(self)]
        return sides

    def reset(self) -> None:
        """Forget every book; views of them given before must not be used any more."""
        self._store = MboStore(most_books=_PLENTY)

    @property
    def memory_bytes(self) -> int:
        """Bytes held by the arrays of all books."""
        return self._store.memory_bytes
