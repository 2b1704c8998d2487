"""The orders of one book that somebody follows: every record of them, however busy the book is."""

from __future__ import annotations

from collections import Counter
from typing import Final

import numpy as np

from ticktape.server.book_frames import BOOK_EVENT

# Records of one order that wait for those who follow it; the oldest go.
RECORDS_KEPT: Final = 1_000


class FollowedOrders:
    """Keeps the latest records of some orders, by order."""

    def __init__(self) -> None:
        self._wanted: Counter[int] = Counter()
        self._kept: dict[int, np.ndarray] = {}
        self._ids = np.zeros(0, np.uint64)

    def want(self, order_id: int, latest: np.ndarray) -> None:
        """Follow an order for one client more.

        Parameters
        ----------
        order_id : int
            The order.
        latest : numpy.ndarray
            dtype ``BOOK_EVENT``: what is kept of the book's records, in which some may be its own.
        """
        self._wanted[order_id] += 1
        if order_id not in self._kept:
            own = latest["record"]["order_id"] == np.uint64(order_id)
            self._kept[order_id] = latest[own]
            self._ids = np.array(list(self._kept), np.uint64)

    def leave(self, order_id: int) -> None:
        """Follow an order for one client less."""
        self._wanted[order_id] -= 1
        if not self._wanted[order_id]:
            del self._wanted[order_id], self._kept[order_id]
            self._ids = np.array(list(self._kept), np.uint64)

    def clear(self) -> None:
        """Forget the records: the book starts over."""
        for order_id in self._kept:
            self._kept[order_id] = np.zeros(0, BOOK_EVENT)

    def find(self, records: np.ndarray) -> np.ndarray:
        """Give the places of followed orders' records among some of the book."""
        if not len(self._ids):
            return np.zeros(0, np.intp)
        return np.flatnonzero(np.isin(records["order_id"], self._ids))

    def keep(self, rows: np.ndarray) -> None:
        """Keep records that :meth:`find` found; dtype ``BOOK_EVENT``."""
        for order_id in np.unique(rows["record"]["order_id"]).tolist():
            own = rows[rows["record"]["order_id"] == np.uint64(order_id)]
            self._kept[order_id] = np.concatenate([self._kept[order_id], own])[-RECORDS_KEPT:]

    def of(self, order_id: int, begin: int, end: int) -> np.ndarray:
        """Give the records of an order from a position to another, dtype ``BOOK_EVENT``."""
        kept = self._kept[order_id]
        found: np.ndarray = kept[(kept["position"] >= begin) & (kept["position"] < end)]
        return found
