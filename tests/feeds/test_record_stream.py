"""Bytes of the live protocol, pushed in pieces of any size, cut into batches."""

import numpy as np
import pytest

from ticktape.feeds.record_stream import RecordStream
from ticktape.gateway.live.session_records import encode_metadata
from ticktape.tape.errors import NotDbnError
from ticktape.tape.layouts import Schema, new_records

HEADER = encode_metadata("GLBX.MDP3", 1, ts_out=False)


def numbered(schema, first, count):
    records = new_records(schema, count)
    records["ts_event"] = np.arange(first, first + count)
    return records


def interleaved(count=200):
    """Orders, every third followed by a trade and a quote."""
    pieces = []
    for number in range(count):
        pieces.append(numbered(Schema.MBO, number, 1).tobytes())
        if number % 3 == 0:
            pieces.append(numbered(Schema.TRADES, number, 1).tobytes())
            pieces.append(numbered(Schema.MBP_10, number, 1).tobytes())
    return b"".join(pieces)


def fed(data, size):
    stream = RecordStream()
    batches = []
    for start in range(0, len(data), size):
        batches += stream.feed(data[start : start + size])
    assert not stream.is_partial
    return batches


def times_of(batches, schema):
    parts = [batch.records["ts_event"] for batch in batches if batch.schema is schema]
    return np.concatenate(parts).tolist()


@pytest.mark.parametrize("size", [1, 7, 64, 1000, 1 << 20])
def test_interleaved_schemas_come_whole_and_each_in_its_order(size):
    batches = fed(HEADER + interleaved(), size)
    assert times_of(batches, Schema.MBO) == list(range(200))
    assert times_of(batches, Schema.TRADES) == list(range(0, 200, 3))
    assert times_of(batches, Schema.MBP_10) == list(range(0, 200, 3))


def test_interleaved_schemas_become_a_batch_each():
    batches = fed(HEADER + interleaved(), 1 << 20)
    assert [batch.schema for batch in batches] == [Schema.MBO, Schema.TRADES, Schema.MBP_10]


def test_records_that_others_are_read_by_keep_their_place():
    mark = new_records(Schema.SYSTEM, 2).tobytes()
    definition = new_records(Schema.DEFINITION, 1).tobytes()
    batches = fed(HEADER + interleaved(4) + mark + definition + interleaved(4), 1 << 20)
    assert [(batch.schema, len(batch.records)) for batch in batches] == [
        (Schema.MBO, 4),
        (Schema.TRADES, 2),
        (Schema.MBP_10, 2),
        (Schema.SYSTEM, 2),
        (Schema.DEFINITION, 1),
        (Schema.MBO, 4),
        (Schema.TRADES, 2),
        (Schema.MBP_10, 2),
    ]


def test_bytes_of_one_schema_are_not_copied():
    data = numbered(Schema.MBO, 0, 50).tobytes()
    stream = RecordStream()
    stream.feed(HEADER)
    (batch,) = stream.feed(data)
    assert np.shares_memory(batch.records, np.frombuffer(data, np.uint8))


@pytest.mark.parametrize(
    "damage",
    [b"\0" * 64, b"\x0e\xfe" + b"\0" * 54, b"\x0c\xa0" + b"\0" * 54, b"\xff\xa0" + b"\0" * 1018],
    ids=["no length", "unknown type", "length of another type", "too long"],
)
@pytest.mark.parametrize("before", [b"", numbered(Schema.MBO, 0, 3).tobytes(), interleaved(4)])
def test_what_is_no_record_is_refused(damage, before):
    stream = RecordStream()
    stream.feed(HEADER)
    with pytest.raises(NotDbnError):
        stream.feed(before + damage + bytes(1024))
