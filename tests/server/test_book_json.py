"""The JSON messages of the book stream: an effect is told as in server-sent events."""

import json

import numpy as np
import pytest
from tests.golden.make_book_stream import HEAD
from tests.server.event_stream import event_client
from tests.server.market_day import ES, START_NS, write_tape
from tests.server.replaying import replaying

from ticktape.book import MboBooks
from ticktape.server.book_frames import BOOK_EVENT
from ticktape.server.book_json import events_message
from ticktape.tape import Batch, Schema, new_records

# Of each: action, side, order, price, size.
ROWS = [
    ("A", "B", 1, 100, 5),
    ("M", "B", 1, 101, 4),
    ("A", "A", 1, 103, 2),
    ("T", "B", 0, 103, 1),
    ("C", "A", 1, 103, 1),
    ("C", "A", 7, 103, 1),
    ("A", "N", 2, 100, 1),
    ("R", "N", 0, 0, 0),
]


@pytest.fixture
def records():
    made = new_records(Schema.MBO, len(ROWS))
    for record, (action, side, order_id, price, size) in zip(made, ROWS, strict=True):
        record["action"], record["side"] = ord(action), ord(side)
        record["order_id"], record["price"], record["size"] = order_id, price * 10**9, size
    made["publisher_id"], made["instrument_id"], made["flags"] = 1, ES, 128
    made["ts_event"] = made["ts_recv"] = START_NS + np.arange(len(made))
    return made


def told_on_the_socket(records):
    rows = np.zeros(len(records), BOOK_EVENT)
    rows["record"], rows["effect"] = records, MboBooks().update_effects(records)
    return [one["effect"] for one in json.loads(events_message("ESH6", HEAD, rows))["events"]]


def in_its_words(effect):
    """Put an effect of server-sent events in the words of the socket's."""
    return {key.replace("new_", ""): value for key, value in effect.items()}


async def test_an_effect_is_told_as_in_server_sent_events(records, tmp_path):
    tape = write_tape(tmp_path / "tape.dbn", Batch(Schema.MBO, records))
    async with (
        replaying(tape) as running,
        event_client(running.url, f"/api/mbo/stream/json/0?limit={len(records)}") as client,
    ):
        told = [event.data["effect"] for event in await client.take(len(records))]
    assert told_on_the_socket(records) == [in_its_words(one) for one in told]
    reasons = [one["reason"] for one in told if one["kind"] == "none"]
    assert reasons == ["never-rests", "unknown-order", "bad-record"]
