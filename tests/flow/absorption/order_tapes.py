"""Tapes of orders: mostly what a venue sends, sometimes what it never should."""

from __future__ import annotations

import random

import numpy as np

from ticktape.tape import Schema, new_records

LAST = 128
SNAPSHOT = 32
BEGIN = 1_763_938_800_000_000_000


def records_of(rows, instrument_id=7, publisher_id=1):
    """Records from (ts_event, action, side, order_id, price, size, flags)."""
    records = new_records(Schema.MBO, len(rows))
    for one, (ts_event, action, side, order_id, price, size, flags) in zip(
        records, rows, strict=True
    ):
        one["ts_event"] = one["ts_recv"] = ts_event
        one["action"], one["side"] = ord(action), ord(side)
        one["order_id"], one["price"], one["size"] = order_id, price, size
        one["flags"] = flags
    records["instrument_id"], records["publisher_id"] = instrument_id, publisher_id
    return records


def cut(records, cuts):
    """The records in pieces."""
    return np.split(records, sorted(cuts))


class Venue:
    """Trades orders at random, and tells it as CME does: T, F, then C or M, the last F_LAST."""

    def __init__(self, seed, tick):
        self.chance = random.Random(seed)
        self.tick = tick
        self.now = BEGIN
        self.rows = []
        self.orders = {}
        self.next_id = 1

    def send(self, action, side, order_id, ticks, size, flags=0):
        price = ticks * self.tick
        self.rows.append((self.now, action, side, order_id, price, size, flags))

    def event(self):
        """Let one event happen."""
        self.now += self.chance.choice([0, 1, 10**7, 10**8, 3 * 10**8, 10**9])
        begin = len(self.rows)
        kinds = [self.add, self.add, self.cancel, self.modify, self.trade, self.trade, self.noise]
        self.chance.choice(kinds)()
        if len(self.rows) > begin and self.chance.random() < 0.95:
            self.rows[-1] = (*self.rows[-1][:-1], self.rows[-1][-1] | LAST)

    def add(self, side=None, ticks=None, size=None):
        side = side or self.chance.choice("BA")
        if ticks is None:
            ticks = self.chance.randint(94, 100) if side == "B" else self.chance.randint(99, 106)
        size = size or self.chance.randint(1, 4)
        self.orders[self.next_id] = [side, ticks, size]
        self.send("A", side, self.next_id, ticks, size)
        self.next_id += 1

    def cancel(self):
        if self.orders:
            order_id = self.chance.choice(list(self.orders))
            side, ticks, size = self.orders[order_id]
            part = self.chance.randint(1, size)
            self.send("C", side, order_id, ticks, part)
            self.leave(order_id, size - part)

    def leave(self, order_id, size):
        self.orders[order_id][2] = size
        if size <= 0:
            del self.orders[order_id]

    def modify(self):
        if self.orders:
            order_id = self.chance.choice(list(self.orders))
            order = self.orders[order_id]
            order[1] += self.chance.choice([0, 0, 1, -1, 4])
            order[2] = self.chance.randint(1, 4)
            self.send("M", order[0], order_id, order[1], order[2])

    def trade(self):
        aggressor = self.chance.choice("BAN")
        side = {"B": "A", "A": "B", "N": self.chance.choice("BA")}[aggressor]
        resting = [order_id for order_id, order in self.orders.items() if order[0] == side]
        if not resting:
            return
        best = (min if side == "A" else max)(self.orders[one][1] for one in resting)
        resting = [one for one in resting if self.orders[one][1] == best][:3]
        self.send("T", aggressor, 0, best, 1)
        if self.chance.random() < 0.2:
            self.send("F", "B" if side == "A" else "A", 10**6, best, 1)
        after = []
        for order_id in resting:
            size = self.orders[order_id][2]
            filled = self.chance.randint(1, size + 1) if self.chance.random() < 0.4 else size
            self.send("F", "N" if aggressor == "N" else side, order_id, best, filled)
            if filled < size:
                after.append(("M", order_id, size - filled))
            elif self.chance.random() < 0.5:
                after.append(("M", order_id, self.chance.randint(1, 4)))
            else:
                after.append(("C", order_id, size))
        for action, order_id, size in after:
            self.send(action, side, order_id, best, size)
            left = size if action == "M" else 0
            if action == "C" and self.chance.random() < 0.7:
                self.rows[-1] = (*self.rows[-1][:-1], LAST)
                self.now += self.chance.choice([1, 10**8, 3 * 10**8, 3 * 10**8 + 1])
                self.add(side, best, size)
            self.leave(order_id, left)

    def noise(self):
        chance = self.chance
        if chance.random() < 0.1:
            self.send("R", "N", 0, 0, 0)
            for order_id, (side, ticks, size) in self.orders.items():
                self.send("A", side, order_id, ticks, size, SNAPSHOT)
            return
        self.send(
            chance.choice("ACMFTN"),
            chance.choice("BAN"),
            chance.randint(1, self.next_id + 2),
            chance.randint(94, 106),
            chance.randint(0, 4),
        )


def tape(seed, events, tick):
    """Rows of a tape of so many events."""
    venue = Venue(seed, tick)
    for _ in range(events):
        venue.event()
    return venue.rows
