"""The books of many instruments, fed by batches."""

from __future__ import annotations

from typing import Final

import numpy as np

from ticktape.book import COUNTERS, Book, MboBook, MboBooks, MbpBooks
from ticktape.tape import Batch, Instruments, Schema, SymbolMap
from ticktape.tape.errors import UnknownSymbolError

_TOP: Final = (Schema.MBP_1, Schema.TBBO, Schema.BBO_1S, Schema.BBO_1M)
MAKES_BOOKS: Final = frozenset({Schema.MBO, Schema.MBP_10, *_TOP})


class Market:
    """Every book, instrument and symbol that the batches tell of.

    ``mbo`` batches make books by order, ``mbp-10`` and the quote schemas books by price; where an
    instrument has several, ``book`` gives the one that tells most.

    Attributes
    ----------
    instruments : Instruments
        From definition records.
    symbol_map : SymbolMap
        From symbol mapping records; set it from a file's metadata where there are none.
    records : dict of Schema to int
        How many records of each schema were applied, those without effect too.

    Examples
    --------
    >>> market = Market()
    >>> for batch in read_dbn("tape.dbn.zst"):
    ...     market.apply(batch)
    >>> bids, asks = market.book(instrument_id=432669).levels(10)
    """

    def __init__(self, symbol_map: SymbolMap | None = None) -> None:
        self.instruments = Instruments()
        self.symbol_map = SymbolMap() if symbol_map is None else symbol_map
        self._by_order = MboBooks()
        self._by_price = MbpBooks()
        self._top = MbpBooks()
        self.records: dict[Schema, int] = {}
        self._first_publishers: dict[int, int] = {}
        self._books_known = 0
        # Of the books that were forgotten by resets.
        self._counted = dict.fromkeys(COUNTERS, 0)

    def apply(self, batch: Batch) -> None:
        """Take a batch of any schema; those that tell nothing of books are only counted.

        Parameters
        ----------
        batch : Batch
            Records of any mix of instruments.
        """
        schema, records = batch
        self.records[schema] = self.records.get(schema, 0) + len(records)
        if schema is Schema.MBO:
            self._by_order.update(records)
        elif schema is Schema.MBP_10:
            self._by_price.update(records)
        elif schema in _TOP:
            self._top.update(records)
        elif schema is Schema.DEFINITION:
            self.instruments.add_records(records)
        elif schema is Schema.SYMBOL_MAPPING:
            self.symbol_map.add_mapping_records(records)

    def keys(self) -> list[tuple[int, int]]:
        """Give the ``(publisher_id, instrument_id)`` of every book, in the order they came."""
        every = (books.keys() for books in (self._by_order, self._by_price, self._top))
        return list(dict.fromkeys(key for keys in every for key in keys))

    def book(self, instrument_id: int, publisher_id: int | None = None) -> Book | None:
        """Give a book.

        Parameters
        ----------
        instrument_id : int
            The instrument.
        publisher_id : int, optional
            The publisher; by default the first that told of the instrument.

        Returns
        -------
        Book or None
            A view that follows later batches, until ``reset``; None where there is no such book.
        """
        publisher_id = self._publisher_of(instrument_id, publisher_id)
        if publisher_id is None:
            return None
        for books in (self._by_order, self._by_price, self._top):
            book = books.book(publisher_id, instrument_id)
            if book is not None:
                return book
        return None

    def _publisher_of(self, instrument_id: int, publisher_id: int | None) -> int | None:
        if publisher_id is not None:
            return publisher_id
        if self._books_known != self.book_count:
            self._first_publishers = {i: p for p, i in reversed(self.keys())}
            self._books_known = self.book_count
        return self._first_publishers.get(instrument_id)

    def publishers(self, instrument_id: int) -> list[int]:
        """Give the publishers that told of an instrument's book, in the order they came."""
        return [publisher for publisher, one in self.keys() if one == instrument_id]

    def books_of_order(self, order_id: int) -> list[MboBook]:
        """Give the books in which an order rests: of several where identifiers repeat."""
        return self._by_order.books_of_order(order_id)

    @property
    def live_orders(self) -> int:
        """Number of orders resting in all books by order."""
        return self._by_order.live_orders

    @property
    def level_counts(self) -> tuple[int, int]:
        """Numbers of bid levels and of ask levels of all books by order."""
        return self._by_order.level_counts

    @property
    def counters(self) -> dict[str, int]:
        """Counts over all books by order since the beginning, resets or not, by ``COUNTERS``."""
        now = self._by_order.counters
        return {name: self._counted[name] + now[name] for name in COUNTERS}

    @property
    def book_count(self) -> int:
        """Number of books of any depth; those of an instrument by order and by price are two."""
        return len(self._by_order) + len(self._by_price) + len(self._top)

    def snapshot_records(
        self, instrument_id: int, ts_recv_ns: int, publisher_id: int | None = None
    ) -> np.ndarray:
        """Give the ``mbo`` records that make an instrument's book anew.

        Parameters
        ----------
        instrument_id : int
            The instrument.
        ts_recv_ns : int
            The snapshot's time.
        publisher_id : int, optional
            The publisher; by default the first that told of the instrument.

        Returns
        -------
        numpy.ndarray
            dtype ``LAYOUTS[Schema.MBO]``: see ``MboBook.snapshot_records``.

        Raises
        ------
        UnknownSymbolError
            Where no ``mbo`` record told of the instrument.
        """
        book = self.book(instrument_id, publisher_id)
        if not isinstance(book, MboBook):
            raise UnknownSymbolError(
                f"instrument {instrument_id} has no book by order",
                hint="a snapshot needs records of the mbo schema",
            )
        return book.snapshot_records(ts_recv_ns)

    def reset(self) -> None:
        """Forget every book, and ``records``; instruments and symbols stay known."""
        self._counted = self.counters
        self._by_order.reset()
        self._by_price.reset()
        self._top.reset()
        self.records = {}
        self._first_publishers = {}
        self._books_known = 0

    @property
    def memory_bytes(self) -> int:
        """Bytes held by the arrays of the books by order."""
        return self._by_order.memory_bytes
