"""Clients of ``/ws/book`` as docs/book-stream.md has them: what they hold of each book."""

import json
import struct

NO_PRICE = 2**63 - 1


def decode(data):
    """Read one message, binary or JSON, into one form; text that is of no book as it is."""
    return _from_json(json.loads(data)) if isinstance(data, str) else _from_binary(data)


def _from_binary(data):
    kind, version, publisher, instrument, sequence, time, position, entries, more, touch, flags = (
        struct.unpack_from("<BBHIQqQIIII", data)
    )
    assert version == 1
    message = {
        "kind": ("snapshot", "changes", "volume", "columns", "events", "reset")[kind - 1],
        "key": (publisher, instrument),
        "sequence": sequence,
        "time": time,
        "position": position,
        "touch": touch,
        "flags": flags,
    }
    if kind in (1, 2):
        message["levels"] = _levels(data, entries, more)
    elif kind == 3:
        message["volumes"] = {row[0]: row[1:] for row in struct.iter_unpack("<qQQQ", data[48:])}
    elif kind == 4:
        message["every_ms"] = more
        message["columns"] = columns_of(data, 48, entries)
    elif kind == 5:
        message["followed"] = bool(flags & 32)
        message["events"] = [
            (
                struct.unpack_from("<Q", data, at)[0],
                struct.unpack_from("<Q", data, at + 24)[0],
                data[at + 8 + 38 : at + 8 + 39].decode(),
                data[at + 64],
            )
            for at in range(48, len(data), 96)
        ]
    return message


def _levels(data, entries, more):
    start = 48 + 40 * entries
    orders = [struct.unpack_from("<QqI", data, start + 24 * i) for i in range(more)]
    assert len(data) == start + 24 * more
    found = {}
    for i in range(entries):
        price, size, count, own, added, cancelled, side = struct.unpack_from(
            "<qQIIIIB", data, 48 + 40 * i
        )
        found[chr(side), price] = (size, count, added, cancelled, orders[:own])
        orders = orders[own:]
    return found


def columns_of(data, at, entries):
    found = []
    for _ in range(entries):
        begin, bid, ask, depth, trades, flags = struct.unpack_from("<qqqHHB", data, at)
        at += 32
        cells = [struct.unpack_from("<qIB", data, at + 16 * i) for i in range(depth)]
        at += 16 * depth
        traded = [struct.unpack_from("<qIII", data, at + 24 * i) for i in range(trades)]
        at += 24 * trades
        found.append((begin, bid, ask, flags, cells, traded))
    assert at == len(data)
    return found


_KINDS = {"none": 0, "add": 1, "cancel": 2, "modify": 3, "clear": 4}


def _from_json(data):
    kind = data["type"].removeprefix("book_")
    if kind == data["type"]:
        return {"kind": kind, **data}
    names = ("in_event", "crossed", "locked", "stale")
    message = {
        "kind": kind,
        "key": (data["publisher_id"], data["instrument_id"]),
        "sequence": int(data.get("sequence", 0)),
        "time": int(data["ts_recv"]),
        "position": int(data["position"]),
        "touch": data["touch"],
        "flags": sum(1 << bit for bit, name in enumerate(names) if data[name]),
    }
    if kind in ("snapshot", "changes"):
        message["levels"] = {
            (side, level["price_i64"]): (
                *(level[field] for field in ("size", "count", "added", "cancelled")),
                [
                    (int(order["order_id"]), int(order["ts_event"]), order["size"])
                    for order in level.get("orders", [])
                ],
            )
            for side, levels in (("B", data["bids"]), ("A", data["asks"]))
            for level in levels
        }
    elif kind == "volume":
        message["volumes"] = {
            row["price_i64"]: (row["bought"], row["sold"], row["unsided"])
            for row in data["volumes"]
        }
    elif kind == "columns":
        message["every_ms"] = data["every_ms"]
        message["columns"] = [
            (
                int(column["begin"]),
                column["best_bid_i64"],
                column["best_ask_i64"],
                column["flags"],
                [(one["price_i64"], one["size"], ord(one["side"])) for one in column["depth"]],
                [
                    (one["price_i64"], one["bought"], one["sold"], one["unsided"])
                    for one in column["trades"]
                ],
            )
            for column in data["columns"]
        ]
    elif kind == "events":
        message["followed"] = data["followed"]
        message["events"] = [
            (
                int(event["position"]),
                int(event["order_id"]),
                event["action"],
                _KINDS[event["effect"]["kind"]],
            )
            for event in data["events"]
        ]
    return message


class BookReader:
    """Holds the books of one connection, and asks for a snapshot of one it missed something of."""

    def __init__(self, socket):
        self.socket = socket
        self.books = {}
        self.heads = {}
        self.volumes = {}
        self.columns = {}
        self.events = {}
        self.missed = 0
        self.resets = 0
        self.others = []

    async def read(self):
        message = decode((await self.socket.receive(timeout=15)).data)
        await self.take(message)
        return message

    async def take(self, message):
        kind, key = message["kind"], message.get("key")
        if kind == "snapshot":
            self.books[key] = dict(message["levels"])
            self.heads[key] = message
        elif kind == "changes" and key in self.books:
            head = self.heads[key]
            if message["sequence"] != head["sequence"] + 1:
                self.missed += 1
                del self.books[key]
                await self.ask_for_snapshot(key)
                return
            book = self.books[key]
            if message["touch"] != head["touch"]:
                book = {place: (*level[:2], 0, 0, level[4]) for place, level in book.items()}
            for place, level in message["levels"].items():
                if level[0] == 0:
                    book.pop(place, None)
                else:
                    book[place] = level
            self.books[key] = book
            self.heads[key] = message
        elif kind == "volume":
            self.volumes.setdefault(key, {}).update(message["volumes"])
        elif kind == "columns":
            own = self.columns.setdefault(key, {})
            own.update((column[0], column) for column in message["columns"])
        elif kind == "events" and not message["followed"]:
            own = self.events.setdefault(key, {})
            own.update((event[0], event) for event in message["events"])
        elif kind == "events":
            pass
        elif kind == "reset":
            self.resets += 1
            for held in (self.books, self.heads, self.volumes, self.columns, self.events):
                held.pop(key, None)
        else:
            self.others.append(message)

    async def read_until(self, done):
        while not done(message := await self.read()):
            pass
        return message

    async def read_to(self, key, position):
        """Read until a book is shown as it stood at a position, or later."""
        while self.heads.get(key, {"position": -1})["position"] < position or (
            key not in self.books
        ):
            await self.read()

    async def ask_for_snapshot(self, key):
        await self.socket.send_json(
            {"action": "snapshot", "publisher_id": key[0], "instrument_id": key[1]}
        )
