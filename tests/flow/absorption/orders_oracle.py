"""Icebergs and the touch in plain Python: a book of dictionaries, and the rules told in words."""

from __future__ import annotations

SECOND = 1_000_000_000
SNAPSHOT = 32
LAST = 128


class Oracle:
    """One record after the other.

    A record is ``(ts_event, action, side, order_id, price, size, flags)``.
    """

    def __init__(self, tick, near=3, native=1, synthetic=3, within=20_000_000, least=2):
        self.near, self.within, self.least = near * tick, within, least
        self.enough = {1: native, 2: synthetic}
        self.book = {}
        self.best = {"B": None, "A": None}
        self.event_fills = {}
        self.aggressor = "N"
        self.now = 0
        self.window = None
        self.touches = []
        self.orders = {}
        self.gone = []
        self.icebergs = []

    # -- the touch

    def count(self, what, side, price, size):
        best = self.best.get(side)
        if size <= 0 or best is None:
            return
        away = best - price if side == "B" else price - best
        if away <= self.near:
            if self.window is None:
                self.window = (self.now // SECOND + 1) * SECOND, {}
            counts = self.window[1]
            counts[side, what] = counts.get((side, what), 0) + size

    def open_window(self):
        if self.window is None:
            return []
        ends, counts = self.window
        kinds = [(side, what) for side in "BA" for what in ("added", "pulled", "filled")]
        return [(ends, *(counts.get(kind, 0) for kind in kinds))]

    # -- icebergs

    def tell(self, order, shows):
        least = self.enough[order["kind"]]
        doublings = 0
        while doublings < 3 and order["count"] >= least * 2 ** (doublings + 1):
            doublings += 1
        stronger = int(doublings + 1 > order["told"])
        order["told"] = max(order["told"], doublings + 1)
        hidden = max(order["filled"] - order["shown"], 0)
        ids = (order["price"], order["root"], order["filled"], hidden, order["shown"], shows)
        state = (order["count"], ord(order["side"]), order["kind"], doublings, stronger)
        self.icebergs.append((self.now, order["first"], *ids, *state))

    def filled(self, order_id, side, price, showed, filled, shows):
        more = shows > showed - filled
        order = self.orders.get(order_id)
        if (
            order is None
            or (order["price"], order["side"]) != (price, side)
            or (more and order["kind"] == 2)
        ):
            order = {"root": order_id, "first": self.now, "price": price, "side": side}
            order.update(filled=0, shown=showed, count=0, kind=1, told=0)
            self.orders[order_id] = order
        order["filled"] += filled
        order["count"] += more
        native = order["kind"] == 1 and order["count"] > 0
        if (more or (native and shows == 0)) and order["count"] >= self.enough[order["kind"]]:
            self.tell(order, shows)
        if shows == 0:
            del self.orders[order_id]
            if not native and order["shown"] >= self.least:
                self.gone = [*self.gone, dict(order, at=self.now)][-64:]

    def placed(self, order_id, side, price, size):
        for last in reversed(self.gone):
            if self.now - last["at"] > self.within:
                return
            like = (last["price"], last["side"], last["shown"]) == (price, side, size)
            if like and not last.get("followed"):
                last["followed"] = True
                order = {name: last[name] for name in ("root", "first", "price", "side")}
                order.update(filled=last["filled"], shown=size, count=last["count"] + 1)
                order.update(kind=2, told=last["told"])
                self.orders[order_id] = order
                if order["count"] >= self.enough[2]:
                    self.tell(order, size)
                return

    # -- records

    def take(self, record):
        ts_event, action, side, order_id, price, size, flags = record
        self.now = max(self.now, ts_event)
        if self.window is not None and self.now >= self.window[0]:
            self.touches += self.open_window()
            self.window = None
        quiet = bool(flags & SNAPSHOT)
        if action == "T":
            self.aggressor = side
        elif action == "F" and (side == "N" or side != self.aggressor):
            self.event_fills[order_id] = self.event_fills.get(order_id, 0) + size
            if side == "N" and order_id in self.book:
                side = self.book[order_id][0]
            self.count("filled", side, price, size)
        elif action == "R":
            self.book = {}
        elif action == "C" and order_id in self.book and size > 0:
            self.change(order_id, None, None, -size, quiet)
        elif action == "M" and order_id in self.book:
            self.change(order_id, self.book[order_id][0], price, size, quiet)
        elif action in "AM" and side in "BA" and size > 0:
            if order_id in self.book:
                self.change(order_id, side, price, size, quiet)
            else:
                self.book[order_id] = (side, price, size)
                if action == "A" and not quiet:
                    self.count("added", side, price, size)
                    self.placed(order_id, side, price, size)
        if flags & LAST:
            self.end_event()

    def change(self, order_id, side, price, size, quiet):
        """Apply a cancel (a negative size), or a modify or replacement of a resting order."""
        old_side, old_price, old_size = self.book[order_id]
        is_cancel = size <= 0
        if is_cancel:
            left = max(old_size + size, 0) if size else 0
            side, price = old_side, old_price
        else:
            left = size
        if left:
            self.book[order_id] = (side, price, left)
        else:
            del self.book[order_id]
        if quiet:
            return
        filled = self.event_fills.pop(order_id, 0)
        if (side, price) != (old_side, old_price):
            self.count("pulled", old_side, old_price, old_size - filled)
            self.count("added", side, price, left)
            return
        if is_cancel:
            self.count("pulled", side, price, old_size - left - filled)
        else:
            self.count("added", side, price, left - (old_size - filled))
            self.count("pulled", side, price, old_size - filled - left)
        if filled:
            self.filled(order_id, side, price, old_size, filled, left)

    def end_event(self):
        self.event_fills = {}
        self.aggressor = "N"
        for side, choose in (("B", max), ("A", min)):
            prices = [price for own, price, _ in self.book.values() if own == side]
            self.best[side] = choose(prices, default=None)
