"""Order books by price (L2), from the records that tell levels whole."""

from __future__ import annotations

from typing import Final, Self

import numpy as np

from ticktape.book.keys_kernels import grow_keys, new_keys
from ticktape.book.mbp_kernels import (
    DEEPEST,
    MBP_COUNTERS,
    PAIR,
    QUOTE,
    MbpState,
    apply_quotes,
)
from ticktape.book.quotes import LEVEL, Bbo
from ticktape.ops.kernels import kernel_input
from ticktape.tape.errors import WrongSchemaError
from ticktape.tape.layouts import F_LAST, F_MAYBE_BAD_BOOK, LAYOUTS, UNDEF_PRICE, Schema

# tbbo has the layout of mbp-1; bbo-1m that of bbo-1s.
_LAYOUTS: Final = tuple(LAYOUTS[s] for s in (Schema.MBP_1, Schema.MBP_10, Schema.BBO_1S))


class MbpBooks:
    """The books by price of every publisher and instrument that the records name."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget every book; views of them given before must not be used any more."""
        self._state = _new_state(64)

    def update(self, records: np.ndarray) -> None:
        """Take records, of any mix of instruments.

        Parameters
        ----------
        records : numpy.ndarray
            Shape ``(n,)``, dtype of ``mbp-1``, ``mbp-10``, ``tbbo``, ``bbo-1s`` or ``bbo-1m``.

        Raises
        ------
        WrongSchemaError
            Where the records are of another schema.
        """
        if records.dtype not in _LAYOUTS:
            raise WrongSchemaError(
                f"these records are not quotes but {records.dtype.itemsize} bytes of "
                f"{', '.join((records.dtype.names or ('no fields',))[:4])}, …",
                hint="books by price need mbp-1, mbp-10, tbbo, bbo-1s or bbo-1m",
            )
        heads, pairs = _quotes_of(kernel_input(records))
        done = 0
        while True:
            done = apply_quotes(self._state, heads, pairs, done)
            if done == len(records):
                return
            self._state = _with_room(self._state)

    def __len__(self) -> int:
        return int(self._state.keys.used[0])

    def keys(self) -> list[tuple[int, int]]:
        """Give the ``(publisher_id, instrument_id)`` of every book, in the order they came."""
        keys = self._state.keys.of_slot[: len(self)]
        return [(int(key) >> 32, int(key) & 0xFFFFFFFF) for key in keys]

    def book(self, publisher_id: int, instrument_id: int) -> MbpBook | None:
        """Give a book, or None where no record named it.

        Parameters
        ----------
        publisher_id, instrument_id : int
            The book's key.

        Returns
        -------
        MbpBook or None
            A view: it follows later updates of these books.
        """
        key = np.uint64((publisher_id << 32) | instrument_id)
        found = np.flatnonzero(self._state.keys.of_slot[: len(self)] == key)
        return MbpBook.view(self, int(found[0])) if len(found) else None

    @property
    def state(self) -> MbpState:
        """The arrays behind the books; another tuple after books were added."""
        return self._state


class MbpBook:
    """The book by price of one publisher and instrument: as the last of its records told it.

    Every record tells its levels whole, so a record passed over leaves nothing wrong. Where records
    of several instruments are passed, the first's book is followed: use ``MbpBooks`` for many.
    """

    def __init__(self) -> None:
        self._books = MbpBooks()
        self._number = 0

    @classmethod
    def view(cls, books: MbpBooks, number: int) -> Self:
        """Make the face of one of many books; made by ``MbpBooks.book``."""
        book = cls.__new__(cls)
        book._books = books
        book._number = number
        return book

    def update(self, records: np.ndarray) -> None:
        """Take records.

        Parameters
        ----------
        records : numpy.ndarray
            Shape ``(n,)``, dtype of ``mbp-1``, ``mbp-10``, ``tbbo``, ``bbo-1s`` or ``bbo-1m``.

        Raises
        ------
        WrongSchemaError
            Where the records are of another schema.
        """
        self._books.update(records)

    @property
    def publisher_id(self) -> int | None:
        """Whose book it is; None before the first record."""
        key = self._key()
        return None if key is None else key >> 32

    @property
    def instrument_id(self) -> int | None:
        """What is traded in it; None before the first record."""
        key = self._key()
        return None if key is None else key & 0xFFFFFFFF

    def _key(self) -> int | None:
        if self._number >= len(self._books):
            return None
        return int(self._books.state.keys.of_slot[self._number])

    @property
    def in_event(self) -> bool:
        """The last record was not the last of its event: the state is not to be relied on."""
        told = self._books.state.told[self._number]
        return bool(told) and not self._books.state.flags[self._number] & F_LAST

    @property
    def is_stale(self) -> bool:
        """The publisher said of the last record that the book may be bad."""
        return bool(self._books.state.flags[self._number] & F_MAYBE_BAD_BOOK)

    @property
    def is_crossed(self) -> bool:
        """The best bid is above the best ask."""
        return self.bbo().is_crossed

    @property
    def is_locked(self) -> bool:
        """The best bid is at the best ask."""
        return self.bbo().is_locked

    @property
    def bid_levels(self) -> int:
        """Number of bid levels told, ten at most."""
        return len(self._levels("bid", DEEPEST))

    @property
    def ask_levels(self) -> int:
        """Number of ask levels told, ten at most."""
        return len(self._levels("ask", DEEPEST))

    @property
    def live_orders(self) -> None:
        """None: these feeds do not tell orders."""
        return

    @property
    def counters(self) -> dict[str, int]:
        """Counts of records by action, by ``MBP_COUNTERS``; interval quotes have no action."""
        counted = self._books.state.counters[self._number].tolist()
        return dict(zip(MBP_COUNTERS, counted, strict=True))

    def bbo(self) -> Bbo:
        """Give the best bid and offer."""
        return Bbo(*self._best("bid"), *self._best("ask"))

    def _best(self, side: str) -> tuple[int, int, int]:
        level = self._levels(side, 1)
        if len(level) == 0:
            return UNDEF_PRICE, 0, 0
        return int(level["price"][0]), int(level["size"][0]), int(level["count"][0])

    def levels(self, n: int) -> tuple[np.ndarray, np.ndarray]:
        """Give the best levels of each side.

        Parameters
        ----------
        n : int
            How many at most.

        Returns
        -------
        bids, asks : numpy.ndarray
            dtype ``LEVEL``, best first, as many as were told.
        """
        return self._levels("bid", n), self._levels("ask", n)

    def _levels(self, side: str, n: int) -> np.ndarray:
        state = self._books.state
        pairs = state.pairs[self._number, : state.told[self._number]]
        pairs = pairs[pairs[f"{side}_price"] != UNDEF_PRICE][: max(n, 0)]
        found = np.empty(len(pairs), LEVEL)
        for field in ("price", "size", "count"):
            found[field] = pairs[f"{side}_{field}"]
        return found


def _new_state(books: int) -> MbpState:
    return MbpState(
        keys=new_keys(books),
        pairs=np.zeros((books, DEEPEST), PAIR),
        told=np.zeros(books, np.uint8),
        flags=np.zeros(books, np.uint8),
        counters=np.zeros((books, len(MBP_COUNTERS)), np.int64),
    )


def _with_room(state: MbpState) -> MbpState:
    keys = grow_keys(state.keys)
    roomier = _new_state(len(keys.of_slot))._replace(keys=keys)
    books = len(state.told)
    for new, old in zip(roomier[1:], state[1:], strict=True):
        new[:books] = old
    return roomier


def _quotes_of(records: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """View the fields that a book is kept by, and the levels, without copying either."""
    stride = records.dtype.itemsize
    depth = (stride - QUOTE.itemsize) // PAIR.itemsize
    heads = np.ndarray(len(records), QUOTE, records, 0, (stride,))
    pairs = np.ndarray(
        (len(records), depth), PAIR, records, QUOTE.itemsize, (stride, PAIR.itemsize)
    )
    return heads, pairs
