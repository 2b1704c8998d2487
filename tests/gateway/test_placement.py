"""Several schemas of one session: interleaved by time, the same however the timeline is cut."""

import time

import numpy as np
import pytest

from ticktape.gateway.live.channels import Channels
from ticktape.gateway.live.derivations import Derivations
from ticktape.gateway.live.parcel import Lane, Parcel
from ticktape.gateway.live.placement import INTERVALS_NS, SAMPLED
from ticktape.tape.batch import Batch
from ticktape.tape.layouts import (
    ACTION_TRADE,
    F_LAST,
    LAYOUTS,
    LAYOUTS_TS_OUT,
    RTYPES,
    Schema,
    new_records,
)

DERIVED = (
    Schema.TRADES,
    Schema.TBBO,
    Schema.MBP_1,
    Schema.MBP_10,
    Schema.BBO_1S,
    Schema.OHLCV_1S,
    Schema.OHLCV_1M,
)
OF_SIZE_AND_TYPE = {
    (layout.itemsize, RTYPES[schema]): schema
    for schema, layout in LAYOUTS.items()
    if schema is not Schema.TBBO
}


PLAIN = {"ts_out": False, "compressed": False}


def sent(records, schemas, size, ids=None):
    """Give the bytes that a session gets of orders that come in batches of a size."""
    derivations, channels = Derivations([Schema.MBO]), Channels()
    for schema in schemas:
        derivations.add(schema)
        channels.add(schema, ids, None)
    parcels = [
        channels.take(derivations.update(Batch(Schema.MBO, records[start : start + size])))
        for start in range(0, len(records), size)
    ]
    parcels += [channels.take(derivations.flush()), *channels.close_intervals()]
    return b"".join(bytes(parcel.encode(**PLAIN)) for parcel in parcels if parcel.count)


def records_in(data):
    """Walk the bytes record by record: schema and record."""
    place = 0
    while place < len(data):
        size = data[place] * 4
        schema = OF_SIZE_AND_TYPE[size, data[place + 1]]
        yield schema, np.frombuffer(data[place : place + size], LAYOUTS[schema])[0]
        place += size


@pytest.mark.parametrize("schema", DERIVED)
def test_the_order_does_not_depend_on_how_the_timeline_is_cut(small_tape, schema):
    records = small_tape.records[:12_000]
    whole = sent(records, [Schema.MBO, schema], len(records))
    assert sent(records, [Schema.MBO, schema], 701) == whole


def test_all_schemas_together_come_by_index_time(small_tape):
    schemas = [Schema.OHLCV_1S, Schema.BBO_1S, Schema.MBP_1, Schema.TRADES, Schema.MBO]
    clock = 0
    counts = dict.fromkeys(schemas, 0)
    for schema, record in records_in(sent(small_tape.records, schemas, 5_000)):
        if schema in counts:
            counts[schema] += 1
        if schema is not Schema.SYSTEM and schema is not Schema.OHLCV_1S:
            assert int(record["ts_recv"]) >= clock
            clock = int(record["ts_recv"])
    assert all(counts.values())
    assert counts[Schema.MBO] == len(small_tape.records)


def test_a_trade_and_a_quote_stand_directly_behind_the_order_that_gave_them(small_tape):
    before = None
    seen = {Schema.TRADES: 0, Schema.MBP_10: 0}
    schemas = [Schema.MBO, Schema.TRADES, Schema.MBP_10]
    for schema, record in records_in(sent(small_tape.records, schemas, 4_096)):
        if schema is Schema.MBO:
            before = record
            continue
        seen[schema] += 1
        fields = ["ts_recv", "ts_event", "sequence", "instrument_id"]
        if record["action"] == ACTION_TRADE:
            assert before["action"] == ACTION_TRADE
            fields += ["price", "size", "side"]
        else:
            assert before["flags"] & F_LAST
        assert record[fields].tolist() == before[fields].tolist()
    assert all(seen.values())


def test_bars_follow_the_record_that_closes_them_and_their_interval_ends_behind_them(small_tape):
    data = sent(small_tape.records, [Schema.MBO, Schema.OHLCV_1S], 3_000)
    last_ns, ended_ns, bars = 0, 0, 0
    for schema, record in records_in(data):
        if schema is Schema.MBO:
            last_ns = int(record["ts_recv"])
        elif schema is Schema.OHLCV_1S:
            bars += 1
            end_ns = int(record["ts_event"]) + INTERVALS_NS[schema]
            assert end_ns > ended_ns
            # The last bars are those that the end of the tape closes.
            assert last_ns >= end_ns or last_ns == int(small_tape.records["ts_recv"][-1])
        else:
            assert int(record["ts_event"]) == end_ns
            ended_ns = end_ns
    assert bars


def test_samples_stand_before_all_that_is_later(small_tape):
    last_ns, sampled_ns = 0, 0
    for schema, record in records_in(sent(small_tape.records, [Schema.MBO, Schema.BBO_1S], 3_000)):
        if schema is Schema.MBO:
            last_ns = int(record["ts_recv"])
            assert last_ns >= sampled_ns
        elif schema in SAMPLED:
            sampled_ns = int(record["ts_recv"])
            assert last_ns <= sampled_ns


def test_a_choice_of_instruments_keeps_the_order(small_tape):
    ids = frozenset({int(small_tape.definitions["instrument_id"][0])})
    schemas = [Schema.MBO, Schema.TRADES]
    chosen = sent(small_tape.records, schemas, 4_096, ids)
    expected = [
        (schema, record.tobytes())
        for schema, record in records_in(sent(small_tape.records, schemas, 4_096))
        if int(record["instrument_id"]) in ids
    ]
    given = [(schema, record.tobytes()) for schema, record in records_in(chosen)]
    assert len(given) > 100
    assert given == expected


def lanes():
    mbo, trades = new_records(Schema.MBO, 3), new_records(Schema.TRADES, 2)
    mbo["order_id"], trades["sequence"] = [1, 2, 3], [10, 11]
    return [
        Lane(Batch(Schema.MBO, mbo), np.array([0, 10, 20])),
        Lane(Batch(Schema.TRADES, trades), np.array([10, 15])),
    ]


def test_equal_places_keep_the_order_of_the_lanes():
    (_, mbo), (_, trades) = (lane.batch for lane in lanes())
    expected = [mbo[:2], trades, mbo[2:]]
    assert bytes(Parcel(lanes()).encode(**PLAIN)) == b"".join(one.tobytes() for one in expected)


def test_every_record_of_a_parcel_carries_its_time_of_sending():
    data = bytes(Parcel(lanes()).encode(ts_out=True, compressed=False))
    place, times = 0, []
    while place < len(data):
        size = data[place] * 4
        times.append(int.from_bytes(data[place + size - 8 : place + size], "little"))
        place += size
    assert times == [times[0]] * 5
    assert abs(times[0] - time.time_ns()) < 60_000_000_000


def test_a_parcel_is_cut_and_thinned_without_losing_its_order():
    parcel = Parcel(lanes())
    assert bytes(parcel.first(3).encode(**PLAIN)) == bytes(parcel.encode(**PLAIN))[: 56 + 56 + 48]
    assert parcel.without(frozenset({Schema.TRADES})).count == 3
    assert parcel.without(frozenset({Schema.MBP_1})) is parcel


def test_every_record_is_whole_words():
    for layouts in (LAYOUTS, LAYOUTS_TS_OUT):
        assert {layout.itemsize % 8 for layout in layouts.values()} == {0}
