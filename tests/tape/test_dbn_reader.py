import contextlib
import gc
import threading
import tracemalloc

import databento as db
import databento_dbn as dbn
import numpy as np
import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.tape.tape_samples import (
    MARKET_SCHEMAS,
    START_NS,
    metadata_of,
    random_records,
    records_of,
)

from ticktape.tape.dbn_reader import read_dbn
from ticktape.tape.errors import (
    BadValueError,
    EmptyTapeError,
    NotDbnError,
    TapeError,
    TapeNotFoundError,
    TicktapeError,
    TruncatedTapeError,
    WrongSchemaError,
)
from ticktape.tape.layouts import LAYOUTS, LAYOUTS_TS_OUT, Schema

SESSION_SCHEMAS = (Schema.SYSTEM, Schema.ERROR, Schema.SYMBOL_MAPPING)


@pytest.mark.parametrize("schema", MARKET_SCHEMAS)
@pytest.mark.parametrize("name", ["x.dbn", "x.dbn.zst"])
def test_every_schema_reads_as_the_vendor_reads_it(put_tape, schema, name):
    records = random_records(schema, 700)
    path = put_tape(name, metadata_of(schema), records)
    tape = read_dbn(path, chunk_records=256)
    batches = list(tape)
    assert {batch.schema for batch in batches} == {schema}
    assert all(len(batch.records) <= 256 for batch in batches)
    assert records_of(batches).tobytes() == db.DBNStore.from_file(path).to_ndarray().tobytes()
    assert tape.cut is None
    assert not tape.skipped


@pytest.mark.parametrize("schema", [*MARKET_SCHEMAS, *SESSION_SCHEMAS])
def test_what_the_vendor_encodes_is_read(put_tape, schema):
    content = random_records(schema, 5).tobytes()
    decoder = dbn.DBNDecoder(has_metadata=False, input_version=3)
    decoder.write(content)
    encoded = [bytes(record) for record in decoder.decode()]
    stated = None if schema in SESSION_SCHEMAS else schema
    tape = read_dbn(put_tape("x.dbn", metadata_of(stated), *encoded))
    first = next(iter(tape))
    assert first.records.tobytes() == content


def test_each_iteration_starts_over(put_tape):
    tape = read_dbn(put_tape("x.dbn", metadata_of("mbo"), random_records(Schema.MBO, 10)))
    assert np.array_equal(records_of(tape), records_of(tape))


def test_a_mixed_file_gives_runs_of_one_schema_in_file_order(put_tape):
    parts = [
        random_records(Schema.SYMBOL_MAPPING, 2),
        random_records(Schema.MBO, 70),
        random_records(Schema.TRADES, 1),
        random_records(Schema.MBO, 5),
        random_records(Schema.DEFINITION, 3),
        random_records(Schema.SYSTEM, 1),
    ]
    batches = list(read_dbn(put_tape("live.dbn", metadata_of(None), *parts)))
    assert [batch.schema for batch in batches] == [
        "symbol-mapping",
        "mbo",
        "trades",
        "mbo",
        "definition",
        "system",
    ]
    assert all(np.array_equal(b.records, part) for b, part in zip(batches, parts, strict=True))


@pytest.mark.parametrize("chunk_records", [1, 7, 300, 65_536])
def test_records_that_straddle_reads_stay_whole(put_tape, chunk_records):
    rng = np.random.default_rng(3)
    parts = [
        random_records(rng.choice([Schema.MBO, Schema.TRADES, Schema.SYSTEM]), 1 + n % 40, seed=n)
        for n in range(200)
    ]
    tape = read_dbn(
        put_tape("live.dbn.zst", metadata_of(None), *parts), chunk_records=chunk_records
    )
    assert b"".join(b.records.tobytes() for b in tape) == b"".join(p.tobytes() for p in parts)


def test_one_schema_of_a_mixed_file(put_tape):
    mbo, trades = random_records(Schema.MBO, 9), random_records(Schema.TRADES, 4)
    path = put_tape("live.dbn", metadata_of(None), mbo[:5], trades, mbo[5:])
    assert np.array_equal(records_of(read_dbn(path, schema="mbo")), mbo)


def test_a_quote_is_a_tbbo_where_that_was_asked_for(put_tape):
    path = put_tape("live.dbn", metadata_of(None), random_records(Schema.TBBO, 4))
    assert {b.schema for b in read_dbn(path)} == {Schema.MBP_1}
    assert {b.schema for b in read_dbn(path, schema="tbbo")} == {Schema.TBBO}


def test_another_schema_than_the_file_states_is_an_error(put_tape):
    path = put_tape("x.dbn", metadata_of("mbo"), random_records(Schema.MBO, 1))
    with pytest.raises(WrongSchemaError, match="mbo records, not trades"):
        read_dbn(path, schema="trades")
    with pytest.raises(BadValueError, match="no schema"):
        read_dbn(path, schema="mob")


def with_send_times(records, schema):
    layout = LAYOUTS_TS_OUT[schema]
    sent = np.zeros(len(records), layout)
    for name in records.dtype.names:
        sent[name] = records[name]
    sent["length"] = layout.itemsize // 4
    sent["ts_out"] = START_NS + np.arange(len(records))
    return sent


@pytest.mark.parametrize("schema", [*MARKET_SCHEMAS, *SESSION_SCHEMAS])
def test_send_times_are_stripped_or_kept(put_tape, schema):
    records = random_records(schema, 60)
    sent = with_send_times(records, schema)
    path = put_tape("x.dbn", metadata_of(None, ts_out=True), sent)
    wanted = schema if schema is Schema.TBBO else None
    tape = read_dbn(path, schema=wanted)
    assert np.array_equal(records_of(tape), records)
    assert tape.has_ts_out
    assert not tape.metadata.ts_out
    kept = read_dbn(path, schema=wanted, keep_ts_out=True)
    assert np.array_equal(records_of(kept), sent)
    assert kept.metadata.ts_out


def test_records_of_unknown_types_are_passed_over_and_counted(put_tape):
    mbo = random_records(Schema.MBO, 4)
    strange = bytes([5, 77]) + bytes(18)
    tape = read_dbn(put_tape("x.dbn", metadata_of("mbo"), mbo[:2], strange * 3, mbo[2:]))
    assert np.array_equal(records_of(tape), mbo)
    assert tape.skipped == {77: 3}


@pytest.mark.parametrize(("place", "value"), [(0, 0), (0, 3), (0, 15)])
def test_an_impossible_record_is_named(put_tape, place, value):
    records = random_records(Schema.MBO, 8)
    damaged = bytearray(records.tobytes())
    damaged[5 * 56 + place] = value
    seen = []
    with pytest.raises(TapeError, match=r"length .* \(record 5\)") as caught:
        seen.extend(read_dbn(put_tape("x.dbn", metadata_of("mbo"), bytes(damaged))))
    assert caught.value.record == 5
    assert np.array_equal(records_of(seen), records[:5])


@pytest.mark.parametrize("left", [1, 15, 16, 55])
@pytest.mark.parametrize("name", ["x.dbn", "x.dbn.zst"])
def test_a_cut_tape_is_read_to_its_last_whole_record(put_tape, left, name):
    records = random_records(Schema.MBO, 10)
    path = put_tape(name, metadata_of("mbo"), records.tobytes()[: 7 * 56 + left])
    tape = read_dbn(path)
    assert np.array_equal(records_of(tape), records[:7])
    assert (tape.cut.record, tape.cut.bytes_left) == (7, left)
    assert "cut after 7 records" in str(tape.cut)
    with pytest.raises(TruncatedTapeError, match="record 7"):
        list(read_dbn(path, strict=True))


def test_a_cut_zstd_frame_gives_what_can_be_decompressed(put_tape):
    records = random_records(Schema.MBO, 50_000)
    path = put_tape("x.dbn.zst", metadata_of("mbo"), records)
    path.write_bytes(path.read_bytes()[:-100_000])
    tape = read_dbn(path)
    got = records_of(tape)
    assert 0 < len(got) < len(records)
    assert np.array_equal(got, records[: len(got)])
    assert tape.cut.record == len(got)
    assert "no end" in tape.cut.reason


def test_many_zstd_frames_are_one_tape(tmp_path):
    records = random_records(Schema.MBO, 100)
    content = metadata_of("mbo").encode() + records.tobytes()
    frames = [content[start : start + 999] for start in range(0, len(content), 999)]
    path = tmp_path / "x.dbn.zst"
    path.write_bytes(b"".join(zstandard.ZstdCompressor().compress(frame) for frame in frames))
    tape = read_dbn(path)
    assert np.array_equal(records_of(tape), records)
    assert tape.cut is None


def test_damaged_zstd_data_is_an_error_after_what_is_whole(put_tape, tmp_path):
    records = random_records(Schema.MBO, 100)
    path = put_tape("x.dbn.zst", metadata_of("mbo"), records)
    path.write_bytes(path.read_bytes() + b"\x28\xb5\x2f\xfd" + b"\xff" * 50)
    seen = []
    with pytest.raises(TapeError, match="damaged zstd data"):
        seen.extend(read_dbn(path))
    assert np.array_equal(records_of(seen), records)


def test_files_that_cannot_be_tapes_are_told_apart(tmp_path):
    empty = tmp_path / "empty.dbn"
    empty.touch()
    text = tmp_path / "text.dbn"
    text.write_text("ts_recv,ts_event\n")
    with pytest.raises(TapeNotFoundError, match="no such file"):
        read_dbn(tmp_path / "none.dbn")
    with pytest.raises(EmptyTapeError, match="is empty"):
        read_dbn(empty)
    with pytest.raises(NotDbnError, match="does not begin with DBN"):
        read_dbn(text)
    with pytest.raises(TapeError, match="directory"):
        read_dbn(tmp_path)
    with pytest.raises(BadValueError, match="no tape"):
        read_dbn()


@pytest.mark.parametrize("left", [1, 3, 7, 8, 50, 200])
def test_a_tape_cut_inside_its_metadata_is_an_error(tmp_path, left):
    path = tmp_path / "x.dbn"
    path.write_bytes(metadata_of("mbo").encode()[:left])
    with pytest.raises(TruncatedTapeError, match="inside its metadata"):
        read_dbn(path)


def test_a_tape_without_records_has_no_batches(put_tape):
    assert list(read_dbn(put_tape("x.dbn", metadata_of("mbo")))) == []


@pytest.mark.parametrize("name", ["x.dbn", "x.dbn.zst"])
def test_a_large_file_is_read_in_little_memory(put_tape, name):
    path = put_tape(name, metadata_of("mbo"), random_records(Schema.MBO, 200_000))
    tracemalloc.start()
    count = sum(len(batch.records) for batch in read_dbn(path, chunk_records=1024))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 200_000
    assert peak < 5_000_000


def test_the_reading_thread_ends_with_an_abandoned_iteration(put_tape):
    path = put_tape("x.dbn.zst", metadata_of("mbo"), random_records(Schema.MBO, 5000))
    batches = iter(read_dbn(path, chunk_records=10))
    next(batches)
    del batches
    gc.collect()
    assert not [t for t in threading.enumerate() if t.name == "ticktape-prefetch"]


DAMAGE = st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=6)


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(damage=DAMAGE, keep=st.integers(0, 10**6), zstd=st.booleans(), mixed=st.booleans())
def test_no_damage_ends_in_anything_but_our_errors(tmp_path, damage, keep, zstd, mixed):
    metadata = metadata_of(None if mixed else "mbo").encode()
    content = metadata + random_records(Schema.MBO, 20).tobytes()
    content += random_records(Schema.STATISTICS, 3).tobytes() if mixed else b""
    if zstd:
        content = zstandard.ZstdCompressor().compress(content)
    damaged = bytearray(content)
    for place, value in damage:
        damaged[place % len(damaged)] = value
    path = tmp_path / "x.dbn"
    path.write_bytes(damaged[: keep % len(damaged) + 1] if keep % 2 else damaged)
    with contextlib.suppress(TicktapeError):
        for batch in read_dbn(path, chunk_records=8):
            assert batch.records.dtype == LAYOUTS[batch.schema]


def test_the_real_crude_oil_tape(real_tape):
    tape = read_dbn(real_tape("CLX5-20250924.mbo.dbn"), strict=True)
    records = records_of(tape)
    actions = {
        chr(code): int(n)
        for code, n in zip(*np.unique(records["action"], return_counts=True), strict=True)
    }
    assert actions == {"A": 14_959, "C": 16_252, "M": 2_701, "F": 2_701, "T": 1_599}
    assert (records["order_id"][0], records["price"][0]) == (8_058_566_314_544, 64_830_000_000)
    assert tape.metadata.symbols == ["CLX5"]


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("ESH4-20231224.mbo.dbn.zst", 8_725),
        ("futures-20240701.mbp-1.dbn.zst", 2_288),
        ("futures-20240701.trades.dbn.zst", 120),
        ("futures-20240701.ohlcv-1m.dbn.zst", 60),
    ],
)
def test_real_tapes_of_version_1(real_tape, name, count):
    path = real_tape(name)
    records = records_of(read_dbn(path, strict=True))
    assert len(records) == count
    assert records.tobytes() == db.DBNStore.from_file(path).to_ndarray().tobytes()


def test_send_times_that_only_some_files_have_cannot_be_kept(put_tape):
    plain = random_records(Schema.TRADES, 5)
    sent = np.zeros(5, LAYOUTS_TS_OUT[Schema.TRADES])
    for name in plain.dtype.names:
        sent[name] = plain[name]
    sent["length"] = sent.itemsize // 4
    paths = (
        put_tape("plain.dbn", metadata_of("trades"), plain),
        put_tape("sent.dbn", metadata_of("trades", ts_out=True), sent),
    )
    with pytest.raises(WrongSchemaError, match=r"sent\.dbn have send times.*plain\.dbn have none"):
        read_dbn(*paths, keep_ts_out=True)
    assert len(records_of(read_dbn(*paths))) == 10
