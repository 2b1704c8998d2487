"""The binary messages of the book stream, against the golden vectors shared with TypeScript."""

import json
import struct

import pytest
from tests.golden.make_book_stream import PATH, vectors

VECTORS = json.loads(PATH.read_text())


def test_the_golden_vectors_are_what_the_server_writes():
    assert vectors() == VECTORS


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_a_message_is_its_header_and_its_entries(vector):
    """Read with ``struct`` alone, by the table of docs/book-stream.md."""
    data = bytes.fromhex(vector["hex"])
    meaning = vector["meaning"]
    kind, version, publisher, instrument, sequence, time, position, entries, more, touch, flags = (
        struct.unpack_from("<BBHIQqQIIII", data)
    )
    assert (kind, version, len(data) % 8) == (meaning["kind"], 1, 0)
    assert (publisher, instrument) == (meaning["publisher_id"], meaning["instrument_id"])
    assert [sequence, time, position] == [
        int(meaning[field]) for field in ("sequence", "time", "position")
    ]
    assert (touch, flags) == (meaning["touch"], meaning["flags"])
    read = {1: ladder, 2: ladder, 3: volumes, 4: columns, 5: events, 6: nothing}[kind]
    assert read(data, 48, entries, more, meaning) == len(data)


def ladder(data, at, entries, more, meaning):
    listed = []
    orders = [struct.unpack_from("<QqI4x", data, at + 40 * entries + 24 * i) for i in range(more)]
    for i, level in enumerate(meaning["levels"]):
        price, size, count, own, added, cancelled, side = struct.unpack_from(
            "<qQIIIIB7x", data, at + 40 * i
        )
        assert (str(price), str(size), count) == (level["price"], level["size"], level["count"])
        assert (added, cancelled) == (level["added"], level["cancelled"])
        assert (chr(side), own) == (level["side"], len(level["orders"]))
        listed += [
            (int(order["order_id"]), int(order["ts_event"]), order["size"])
            for order in level["orders"]
        ]
    assert listed == orders
    assert len(meaning["levels"]) == entries
    return at + 40 * entries + 24 * more


def volumes(data, at, entries, _, meaning):
    found = [struct.unpack_from("<qQQQ", data, at + 32 * i) for i in range(entries)]
    assert [tuple(map(str, row)) for row in found] == [
        tuple(row[field] for field in ("price", "bought", "sold", "unsided"))
        for row in meaning["volumes"]
    ]
    return at + 32 * entries


def columns(data, at, entries, more, meaning):
    assert more == meaning["every_ms"]
    assert len(meaning["columns"]) == entries
    for column in meaning["columns"]:
        begin, bid, ask, depth, trades, flags = struct.unpack_from("<qqqHHB3x", data, at)
        assert [str(begin), str(bid), str(ask)] == [
            column[field] for field in ("begin", "best_bid", "best_ask")
        ]
        assert flags == column["flags"]
        at += 32
        cells = [struct.unpack_from("<qIB3x", data, at + 16 * i) for i in range(depth)]
        assert [(str(price), size, chr(side)) for price, size, side in cells] == [
            (cell["price"], cell["size"], cell["side"]) for cell in column["depth"]
        ]
        at += 16 * depth
        cells = [struct.unpack_from("<qIII4x", data, at + 24 * i) for i in range(trades)]
        assert [(str(price), *rest) for price, *rest in cells] == [
            (cell["price"], cell["bought"], cell["sold"], cell["unsided"])
            for cell in column["trades"]
        ]
        at += 24 * trades
    return at


def events(data, at, entries, _, meaning):
    assert len(meaning["events"]) == entries
    for event in meaning["events"]:
        (position,) = struct.unpack_from("<Q", data, at)
        length, rtype, publisher, instrument, ts_event = struct.unpack_from("<BBHIQ", data, at + 8)
        order_id, price, size, flags, channel, action, side = struct.unpack_from(
            "<QqIBBBB", data, at + 24
        )
        ts_recv, delta, sequence = struct.unpack_from("<QiI", data, at + 48)
        assert str(position) == event["position"]
        assert [length, rtype, publisher, instrument, str(ts_event)] == [
            event["record"][field]
            for field in ("length", "rtype", "publisher_id", "instrument_id", "ts_event")
        ]
        assert [str(order_id), str(price), size, flags, channel, chr(action), chr(side)] == [
            event["record"][field]
            for field in ("order_id", "price", "size", "flags", "channel_id", "action", "side")
        ]
        assert [str(ts_recv), delta, sequence] == [
            event["record"][field] for field in ("ts_recv", "ts_in_delta", "sequence")
        ]
        kind, reason, side, old_side, price, old_price, size, old_size = struct.unpack_from(
            "<BBBB4xqqII", data, at + 64
        )
        assert {
            "kind": kind,
            "reason": reason,
            "side": side,
            "old_side": old_side,
            "price": str(price),
            "old_price": str(old_price),
            "size": size,
            "old_size": old_size,
        } == event["effect"]
        at += 96
    return at


def nothing(_, at, entries, more, meaning):
    assert (entries, more) == (0, 0)
    return at
