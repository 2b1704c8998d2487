"""The top of a book as a ladder shows it: levels, their queues, and what changed of them."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from ticktape.book.ladder_kernels import (
    LADDER_LEVEL,
    LADDER_ORDER,
    count_side,
    read_side,
    write_changes,
)
from ticktape.book.mbo_book import MboBook
from ticktape.book.quotes import Book
from ticktape.ops.kernels import kernel_input
from ticktape.tape.layouts import SIDE_ASK, SIDE_BID

__all__ = [
    "EMPTY_LADDER",
    "LADDER_LEVEL",
    "LADDER_ORDER",
    "Ladder",
    "ladder_changes",
    "read_ladder",
]


class Ladder(NamedTuple):
    """Levels of both sides with their orders.

    Attributes
    ----------
    levels : numpy.ndarray
        dtype ``LADDER_LEVEL``: bids from the best down, then asks from the best up.
    orders : numpy.ndarray
        dtype ``LADDER_ORDER``: for each level in turn, its ``listed`` orders in queue order.
    """

    levels: np.ndarray
    orders: np.ndarray


def _kept(array: np.ndarray) -> np.ndarray:
    array.flags.writeable = False
    return array


EMPTY_LADDER: Final = Ladder(_kept(np.zeros(0, LADDER_LEVEL)), _kept(np.zeros(0, LADDER_ORDER)))


def read_ladder(book: Book, levels: int, *, orders: bool = False) -> Ladder:
    """Read the best levels of a book.

    Parameters
    ----------
    book : Book
        By order or by price.
    levels : int
        How many of each side at most.
    orders : bool
        Whether to list the orders of each level; a book by price has none to list.

    Returns
    -------
    Ladder
        A copy; nothing was added or cancelled yet.
    """
    if isinstance(book, MboBook):
        return _read_by_order(book, levels, orders=orders)
    bids, asks = book.levels(levels)
    found = np.zeros(len(bids) + len(asks), LADDER_LEVEL)
    for own, side, letter in (
        (found[: len(bids)], bids, SIDE_BID),
        (found[len(bids) :], asks, SIDE_ASK),
    ):
        for field in ("price", "size", "count"):
            own[field] = side[field]
        own["side"] = letter
    return Ladder(found, EMPTY_LADDER.orders)


def _read_by_order(book: MboBook, most: int, *, orders: bool) -> Ladder:
    state, number = book.kernel_state()
    bids, bid_orders = count_side(state, 2 * number, most)
    asks, ask_orders = count_side(state, 2 * number + 1, most)
    levels = np.zeros(bids + asks, LADDER_LEVEL)
    listed = np.zeros(bid_orders + ask_orders if orders else 0, LADDER_ORDER)
    at = read_side(state, 2 * number, levels[:bids], listed, 0, int(orders))
    read_side(state, 2 * number + 1, levels[bids:], listed, at, int(orders))
    return Ladder(levels, listed)


def ladder_changes(before: Ladder, after: Ladder, *, same_touch: bool = True) -> Ladder:
    """Tell what differs between two ladders of a book.

    Parameters
    ----------
    before, after : Ladder
        Read one after the other, with the same number of levels and the same choice of orders.
    same_touch : bool
        Whether the best prices never changed in between; else whoever holds `before` counts what
        was added and cancelled from zero.

    Returns
    -------
    Ladder
        The levels that differ, each with all its orders; one that is gone has size 0.
    """
    levels = np.zeros(len(before.levels) + len(after.levels), LADDER_LEVEL)
    orders = np.zeros(len(after.orders), LADDER_ORDER)
    written, listed = write_changes(
        kernel_input(before.levels),
        kernel_input(before.orders),
        kernel_input(after.levels),
        kernel_input(after.orders),
        int(same_touch),
        levels,
        orders,
    )
    return Ladder(levels[:written], orders[:listed])
