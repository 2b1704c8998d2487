"""One order book by order (L3)."""

from __future__ import annotations

from typing import Final, NamedTuple, Self

import numpy as np

from ticktape.book.mbo_find_kernels import find_order, known_level
from ticktape.book.mbo_read_kernels import ahead_of, list_level
from ticktape.book.mbo_snapshot import snapshot_records
from ticktape.book.mbo_state_kernels import COUNTERS, LOW_HALF, MboState
from ticktape.book.mbo_store import MboStore
from ticktape.book.quotes import LEVEL, Bbo
from ticktape.tape.errors import BadValueError
from ticktape.tape.layouts import SIDE_ASK, SIDE_BID, UNDEF_PRICE

# An order of a queue: its identifier, its size, and the time at which it took its place.
QUEUED: Final = np.dtype([("order_id", "u8"), ("size", "u4"), ("ts_event", "u8")])


class Order(NamedTuple):
    """A resting order.

    Attributes
    ----------
    order_id : int
        The venue's identifier.
    side : str
        ``"B"`` or ``"A"``.
    price : int
        Price in 1e-9.
    size : int
        What of it still rests.
    ts_event : int
        The venue's time, in ns, at which it took its place in the queue.
    """

    order_id: int
    side: str
    price: int
    size: int
    ts_event: int


class QueuePosition(NamedTuple):
    """Where an order stands in the queue of its level.

    Attributes
    ----------
    position : int
        Number of orders ahead; 0 is the first to be filled.
    size_ahead : int
        Their total size, with what an aggregated feed said rests there.
    orders : int
        Number of orders at the level.
    level_size : int
        Total size of the level.
    """

    position: int
    size_ahead: int
    orders: int
    level_size: int


class MboBook:
    """The book of one publisher and instrument, kept by the rules of ``mbo_kernels``.

    Nothing is ever uncrossed: what the feed says is what the book shows.

    Parameters
    ----------
    publisher_id, instrument_id : int, optional
        Whose records to follow; the first record's where not given. Other books' records are
        skipped, and counted in ``skipped_records``: use ``MboBooks`` or ``Market`` for many.

    Raises
    ------
    BadValueError
        Where only one of the two is given.
    """

    def __init__(self, publisher_id: int | None = None, instrument_id: int | None = None) -> None:
        self._store = MboStore(most_books=1)
        self._number = 0
        if publisher_id is not None and instrument_id is not None:
            self._store.open_book(publisher_id, instrument_id)
        elif publisher_id is not None or instrument_id is not None:
            raise BadValueError(
                "a book is named by both publisher_id and instrument_id, or neither"
            )

    @classmethod
    def view(cls, store: MboStore, number: int) -> Self:
        """Make the face of one of the books of a store; made by ``MboBooks.book``."""
        book = cls.__new__(cls)
        book._store = store
        book._number = number
        return book

    def kernel_state(self) -> tuple[MboState, int]:
        """Give the arrays of this book and its number in them, for kernels; until an update."""
        return self._store.state, self._number

    def update(self, records: np.ndarray) -> None:
        """Apply records.

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

    @property
    def publisher_id(self) -> int | None:
        """Whose book it is; None before the first record."""
        return self._key("publisher_id")

    @property
    def instrument_id(self) -> int | None:
        """What is traded in it; None before the first record."""
        return self._key("instrument_id")

    def _key(self, name: str) -> int | None:
        if self._number >= self._store.book_count:
            return None
        return int(self._store.state.books[self._number][name])

    @property
    def in_event(self) -> bool:
        """The last record was not the last of its event: the state is not to be relied on."""
        return bool(self._store.state.books[self._number]["in_event"])

    @property
    def is_stale(self) -> bool:
        """The publisher said that the book may be bad, and no clear has come since."""
        return bool(self._store.state.books[self._number]["stale"])

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
        """Number of bid levels."""
        return int(self._store.state.sides[2 * self._number]["levels"])

    @property
    def ask_levels(self) -> int:
        """Number of ask levels."""
        return int(self._store.state.sides[2 * self._number + 1]["levels"])

    @property
    def live_orders(self) -> int:
        """Number of resting orders."""
        sides = self._store.state.sides
        return int(sides[2 * self._number]["orders"]) + int(sides[2 * self._number + 1]["orders"])

    @property
    def counters(self) -> dict[str, int]:
        """Counts of records by action, and of everything odd about them, by ``COUNTERS``."""
        return dict(zip(COUNTERS, self._store.state.counters[self._number].tolist(), strict=True))

    @property
    def skipped_records(self) -> int:
        """Number of records of other books that were passed to this one."""
        return self._store.skipped_records

    def bbo(self) -> Bbo:
        """Give the best bid and offer."""
        return Bbo(*self._best(2 * self._number), *self._best(2 * self._number + 1))

    def _best(self, side: int) -> tuple[int, int, int]:
        state = self._store.state
        start, levels, _, _ = state.sides[side].item()
        if levels == 0:
            return UNDEF_PRICE, 0, 0
        best = state.slots[state.ladder_levels[start + levels - 1]]
        return int(best["price"]), int(best["total"]), int(best["count"])

    def levels(self, n: int) -> tuple[np.ndarray, np.ndarray]:
        """Give the best levels of each side.

        Parameters
        ----------
        n : int
            How many at most.

        Returns
        -------
        bids, asks : numpy.ndarray
            dtype ``LEVEL``, best first, as many as there are.
        """
        return self._levels(2 * self._number, n), self._levels(2 * self._number + 1, n)

    def _levels(self, side: int, n: int) -> np.ndarray:
        state = self._store.state
        start, levels, _, _ = state.sides[side].item()
        end = start + levels
        best_first = state.ladder_levels[max(start, end - max(n, 0)) : end][::-1]
        slots = state.slots[best_first]
        found = np.empty(len(slots), LEVEL)
        found["price"] = slots["price"]
        found["size"] = slots["total"]
        found["count"] = slots["count"]
        return found

    def orders_at(self, side: str | int, price: int) -> np.ndarray:
        """Give the orders at a price, first in the queue first.

        Parameters
        ----------
        side : str or int
            ``"B"`` or ``"A"``, or their codes ``SIDE_BID`` and ``SIDE_ASK``.
        price : int
            Price in 1e-9.

        Returns
        -------
        numpy.ndarray
            dtype ``QUEUED``; empty where nothing rests there.

        Raises
        ------
        BadValueError
            Where the side is neither.
        """
        state = self._store.state
        level = int(known_level(state, 2 * self._number + _side_bit(side), price))
        if level == 0:
            return np.empty(0, QUEUED)
        orders = np.empty(int(state.slots[level]["count"]), np.uint32)
        list_level(state, level, orders)
        slots = state.slots[orders]
        found = np.empty(len(orders), QUEUED)
        found["order_id"] = slots["order_id"]
        found["size"] = slots["size"]
        found["ts_event"] = state.times[orders]
        return found

    def order(self, order_id: int) -> Order | None:
        """Give a resting order by its identifier, or None where it does not rest here."""
        slot = self._slot_of(order_id)
        if slot is None:
            return None
        state = self._store.state
        order = state.slots[slot]
        side = "BA"[int(state.slots[order["level"]]["side"]) & 1]
        return Order(
            order_id, side, int(order["price"]), int(order["size"]), int(state.times[slot])
        )

    def queue_position(self, order_id: int) -> QueuePosition | None:
        """Give where an order stands in its level's queue, or None where it does not rest here."""
        slot = self._slot_of(order_id)
        if slot is None:
            return None
        state = self._store.state
        level = state.slots[state.slots[slot]["level"]]
        position, size_ahead = ahead_of(state, slot)
        return QueuePosition(position, size_ahead, int(level["count"]), int(level["total"]))

    def _slot_of(self, order_id: int) -> int | None:
        state = self._store.state
        entry = int(find_order(state, self._number, np.uint64(order_id)))
        return None if entry < 0 else int(state.order_table[entry] & LOW_HALF)

    def snapshot_records(self, ts_recv_ns: int) -> np.ndarray:
        """Give the records that make this book anew: a clear, then every order.

        Parameters
        ----------
        ts_recv_ns : int
            The snapshot's time; each order keeps its own ``ts_event``.

        Returns
        -------
        numpy.ndarray
            dtype ``LAYOUTS[Schema.MBO]``, as ``mbo_snapshot.snapshot_records`` says.
        """
        return snapshot_records(self._store.state, self._number, ts_recv_ns)


def _side_bit(side: str | int) -> int:
    if side in ("B", SIDE_BID):
        return 0
    if side in ("A", SIDE_ASK):
        return 1
    raise BadValueError(f"{side!r} is not a side of a book", hint='"B" is the bids, "A" the asks')
