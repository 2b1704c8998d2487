"""Order books in plain Python, straight from the rules: slow, obvious, and sharing no code.

Imports nothing of ticktape. Records are any objects with the fields of the mbo schema as
attributes, numbers being integers: ``publisher_id instrument_id ts_event order_id price size
flags action side``, the last two the codes of their letters.
"""

from __future__ import annotations

from collections import Counter

UNDEF_PRICE = 2**63 - 1
LAST, TOP_OF_BOOK, SNAPSHOT, AGGREGATED, MAYBE_BAD = 128, 64, 32, 16, 4
ACTIONS = {
    "A": "adds",
    "C": "cancels",
    "M": "modifies",
    "R": "clears",
    "T": "trades",
    "F": "fills",
    "N": "nones",
}


class Level:
    def __init__(self):
        self.without_orders = 0  # what aggregated and top-of-book feeds say rests here
        self.queue = []  # [order_id, size, ts_event], first to be filled first

    @property
    def size(self):
        return self.without_orders + sum(size for _, size, _ in self.queue)

    @property
    def count(self):
        return len(self.queue)


class OracleBook:
    def __init__(self):
        self.sides = {"B": {}, "A": {}}  # price -> Level
        self.places = {}  # order_id -> (side, price)
        self.counters = Counter()
        self.in_event = False
        self.stale = False
        self.left_crossed = False

    def apply(self, record):
        action = chr(record.action)
        self.counters[ACTIONS.get(action, "bad_actions")] += 1
        if action == "R":
            self.sides = {"B": {}, "A": {}}
            self.places = {}
            self.stale = False
            if record.flags & SNAPSHOT:
                self.counters["snapshots"] += 1
        elif action in "ACM":
            if record.flags & TOP_OF_BOOK:
                self.quote(action, record)
            elif record.flags & AGGREGATED:
                self.aggregate(action, record)
            elif action == "A":
                self.add(record)
            elif action == "C":
                self.cancel(record)
            else:
                self.modify(record)
        if record.flags & MAYBE_BAD:
            self.counters["maybe_bad_books"] += 1
            self.stale = True
        self.in_event = not record.flags & LAST
        if record.flags & LAST:
            self.counters["events"] += 1
            if self.crossed and not self.left_crossed:
                self.counters["crossings"] += 1
            self.left_crossed = self.crossed

    # orders

    def add(self, record):
        side = chr(record.side)
        if side not in "BA":
            self.counters["bad_sides"] += 1
        elif record.size == 0:
            self.counters["zero_sizes"] += 1
        elif record.price == UNDEF_PRICE:
            self.counters["undefined_prices"] += 1
        else:
            if record.order_id in self.places:
                self.counters["duplicate_adds"] += 1
                self.take_out(record.order_id)
            self.rest(side, record)
            return True
        return False

    def cancel(self, record):
        if record.order_id not in self.places:
            self.counters["unknown_cancels"] += 1
            return
        side, price = self.places[record.order_id]
        self.note_mismatch(record, side)
        if record.price != price:
            self.counters["mismatched_prices"] += 1
        order = self.resting(record.order_id)
        if record.size == 0:
            self.counters["zero_sizes"] += 1
        elif record.size < order[1]:
            order[1] -= record.size
        else:
            if record.size > order[1]:
                self.counters["over_cancels"] += 1
            self.take_out(record.order_id)

    def modify(self, record):
        if record.order_id not in self.places:
            if self.add(record):
                self.counters["adopted_modifies"] += 1
            return
        side, price = self.places[record.order_id]
        self.note_mismatch(record, side)
        order = self.resting(record.order_id)
        if record.size == 0:
            self.counters["zero_sizes"] += 1
            self.take_out(record.order_id)
        elif record.price == UNDEF_PRICE:
            self.counters["undefined_prices"] += 1
            self.take_out(record.order_id)
        elif record.price == price and record.size <= order[1]:
            order[1] = record.size
        else:
            self.take_out(record.order_id)
            self.rest(side, record)

    def note_mismatch(self, record, side):
        if record.side != ord(side):
            self.counters["mismatched_sides"] += 1

    def rest(self, side, record):
        level = self.sides[side].setdefault(record.price, Level())
        level.queue.append([record.order_id, record.size, record.ts_event])
        self.places[record.order_id] = (side, record.price)

    def resting(self, order_id):
        side, price = self.places[order_id]
        return next(order for order in self.sides[side][price].queue if order[0] == order_id)

    def take_out(self, order_id):
        side, price = self.places.pop(order_id)
        level = self.sides[side][price]
        level.queue = [order for order in level.queue if order[0] != order_id]
        if level.size == 0:
            del self.sides[side][price]

    # levels without orders

    def quote(self, action, record):
        side = chr(record.side)
        if side not in "BA":
            self.counters["bad_sides"] += 1
            return
        if action == "C" and not self.sides[side]:
            self.counters["unknown_cancels"] += 1
            return
        for price in list(self.sides[side]):
            self.forget_level(side, price)
        if action == "C" or record.price == UNDEF_PRICE:
            return
        if record.size == 0:
            self.counters["zero_sizes"] += 1
            return
        self.sides[side][record.price] = level = Level()
        level.without_orders = record.size

    def aggregate(self, action, record):
        side = chr(record.side)
        if side not in "BA":
            self.counters["bad_sides"] += 1
            return
        if record.price == UNDEF_PRICE:
            self.counters["undefined_prices"] += 1
            return
        if record.size == 0:
            self.counters["zero_sizes"] += 1
            if action != "C":
                self.forget_level(side, record.price)
            return
        if action == "C":
            if record.price not in self.sides[side]:
                self.counters["unknown_cancels"] += 1
                return
            resting = self.sides[side][record.price].without_orders
            self.forget_level(side, record.price)
            if record.size > resting:
                self.counters["over_cancels"] += 1
            if record.size >= resting:
                return
            size = resting - record.size
        else:
            self.forget_level(side, record.price)
            size = record.size
        self.sides[side][record.price] = level = Level()
        level.without_orders = size

    def forget_level(self, side, price):
        level = self.sides[side].pop(price, Level())
        for order_id, _, _ in level.queue:
            del self.places[order_id]

    # reading

    def ladder(self, side):
        """Levels, best first: (price, size, count, [(order_id, size, ts_event), …])."""
        levels = sorted(self.sides[side].items(), reverse=side == "B")
        return [(p, at.size, at.count, [tuple(order) for order in at.queue]) for p, at in levels]

    def best(self, side):
        """The best level: (price, size, count), or None."""
        levels = self.sides[side]
        if not levels:
            return None
        price = max(levels) if side == "B" else min(levels)
        return price, levels[price].size, levels[price].count

    @property
    def crossed(self):
        return self._compare() > 0

    @property
    def locked(self):
        return self._compare() == 0

    def _compare(self):
        if not self.sides["B"] or not self.sides["A"]:
            return -1
        return max(self.sides["B"]) - min(self.sides["A"])


class OracleMarket:
    """A book for every (publisher_id, instrument_id)."""

    def __init__(self):
        self.books = {}

    def apply(self, record):
        key = (record.publisher_id, record.instrument_id)
        book = self.books.setdefault(key, OracleBook())
        book.apply(record)
        return book
