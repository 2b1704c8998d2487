"""Pulling and stacking, straight from the rule: a book's orders before and after each record."""

from __future__ import annotations

from collections import Counter

from tests.conformance.oracle import LAST, OracleBook


class OracleActivity:
    """Counts for one book.

    Parameters
    ----------
    book : OracleBook, optional
        As it stands where counting begins.
    """

    def __init__(self, book=None):
        self.book = book or OracleBook()
        self.best = self.best_prices()
        self.touch = 1
        self.added, self.cancelled = Counter(), Counter()
        self.fills = Counter()
        self.cleared = False

    def sizes(self):
        """Each order, and what rests at a price without one, by where it rests."""
        found = {}
        for side, levels in self.book.sides.items():
            for price, level in levels.items():
                for order_id, size, _ in level.queue:
                    found[order_id] = (side, price, size)
        return found

    def apply(self, record):
        before = self.sizes()
        self.book.apply(record)
        after = self.sizes()
        action = chr(record.action)
        if action == "F":
            self.fills[record.order_id] += record.size
        elif action == "R":
            self.cleared = True
        elif not record.flags & 32:
            self.count(record.order_id, before.get(record.order_id), after.get(record.order_id))
        if record.flags & LAST:
            self.end_event()

    def count(self, order_id, old, new):
        if old == new:
            return
        if old and new and old[:2] == new[:2] and new[2] > old[2]:
            self.added[new[:2]] += new[2] - old[2]
            return
        same_place = old and new and old[:2] == new[:2]
        if old:
            gone = old[2] - (new[2] if same_place else 0)
            filled = min(gone, self.fills[order_id])
            self.fills[order_id] -= filled
            self.cancelled[old[:2]] += gone - filled
        if new and not same_place:
            self.added[new[:2]] += new[2]

    def best_prices(self):
        return tuple((self.book.best(side) or (None,))[0] for side in "BA")

    def end_event(self):
        best = self.best_prices()
        if best != self.best or self.cleared:
            self.touch += 1
            self.added.clear()
            self.cancelled.clear()
        self.best = best
        self.fills.clear()
        self.cleared = False
