"""What every book shows: levels, and the best bid and offer."""

from __future__ import annotations

from typing import Final, NamedTuple, Protocol

import numpy as np

from ticktape.tape.layouts import UNDEF_PRICE

# A level of a side: price in 1e-9, total size resting there, number of orders.
LEVEL: Final = np.dtype([("price", "i8"), ("size", "u8"), ("count", "u4")])


class Bbo(NamedTuple):
    """The best bid and offer.

    Attributes
    ----------
    bid_price, ask_price : int
        Prices in 1e-9; ``UNDEF_PRICE`` where the side is empty.
    bid_size, ask_size : int
        Total sizes at those prices.
    bid_count, ask_count : int
        Numbers of orders there; 0 where the feed does not tell them.
    """

    bid_price: int
    bid_size: int
    bid_count: int
    ask_price: int
    ask_size: int
    ask_count: int

    @property
    def is_two_sided(self) -> bool:
        """Both sides have a price."""
        return UNDEF_PRICE not in (self.bid_price, self.ask_price)

    @property
    def is_crossed(self) -> bool:
        """The bid is above the ask."""
        return self.is_two_sided and self.bid_price > self.ask_price

    @property
    def is_locked(self) -> bool:
        """The bid is at the ask."""
        return self.is_two_sided and self.bid_price == self.ask_price


class Book(Protocol):
    """What can be asked of a book of any depth."""

    @property
    def publisher_id(self) -> int | None:
        """Whose book it is; None before the first record."""

    @property
    def instrument_id(self) -> int | None:
        """What is traded in it; None before the first record."""

    @property
    def is_crossed(self) -> bool:
        """The best bid is above the best ask."""

    @property
    def is_locked(self) -> bool:
        """The best bid is at the best ask."""

    @property
    def is_stale(self) -> bool:
        """The publisher said that the book may be wrong, and it was not rebuilt since."""

    @property
    def in_event(self) -> bool:
        """The last record was not the last of its event: the state is not to be relied on."""

    @property
    def bid_levels(self) -> int:
        """Number of bid levels."""

    @property
    def ask_levels(self) -> int:
        """Number of ask levels."""

    @property
    def live_orders(self) -> int | None:
        """Number of resting orders; None where the feed does not tell orders."""

    @property
    def counters(self) -> dict[str, int]:
        """Counts of records by kind, and of everything odd about them."""

    def bbo(self) -> Bbo:
        """Give the best bid and offer."""

    def levels(self, n: int) -> tuple[np.ndarray, np.ndarray]:
        """Give the ``n`` best levels of each side, best first, dtype ``LEVEL``."""
