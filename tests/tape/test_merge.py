"""Several files as one tape."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tape.tape_samples import START_NS, metadata_of, random_records, records_of

from ticktape.tape.batch import Batch
from ticktape.tape.dbn_reader import read_dbn
from ticktape.tape.layouts import UNDEF_TIMESTAMP, Schema, new_records
from ticktape.tape.merge import first_key, merge_by_time


def trades_at(times, publisher_id=0, schema=Schema.TRADES):
    records = new_records(schema, len(times))
    records["ts_recv"] = times
    records["publisher_id"] = publisher_id
    records["sequence"] = np.arange(len(times))
    return records


def chunks(records, size, schema=Schema.TRADES):
    return iter([Batch(schema, records[at : at + size]) for at in range(0, len(records), size)])


TAPES = st.lists(st.lists(st.integers(0, 12), max_size=15), min_size=2, max_size=4)


@settings(max_examples=200, deadline=None)
@given(tapes=TAPES, size=st.integers(1, 6))
def test_merging_is_a_stable_sort_whatever_the_batches(tapes, size):
    ordered = [trades_at(sorted(times), place) for place, times in enumerate(tapes)]
    merged = list(
        merge_by_time(
            [
                (first_key(Batch(Schema.TRADES, r)) if len(r) else 0, lambda r=r: chunks(r, size))
                for r in ordered
            ]
        )
    )
    together = np.concatenate(ordered)
    expected = together[np.argsort(together["ts_recv"], kind="stable")]
    got = records_of(merged) if merged else together[:0]
    assert np.array_equal(got, expected)


@settings(max_examples=100, deadline=None)
@given(tapes=TAPES, size=st.integers(1, 6))
def test_a_tape_that_goes_back_in_time_keeps_its_order(tapes, size):
    made = [trades_at(times, place) for place, times in enumerate(tapes)]
    merged = merge_by_time([(0, lambda r=r: chunks(r, size)) for r in made])
    got = np.concatenate([trades_at([]), *[batch.records for batch in merged]])
    for place, records in enumerate(made):
        assert np.array_equal(got[got["publisher_id"] == place], records)


def test_files_of_several_schemas_interleave(put_tape):
    trades = put_tape("t.dbn", metadata_of("trades"), trades_at([1, 3, 3, 9]))
    quotes = put_tape("q.dbn.zst", metadata_of("mbp-1"), trades_at([2, 3, 4], schema=Schema.MBP_1))
    tape = read_dbn(trades, quotes)
    assert [(b.schema, b.records["ts_recv"].tolist()) for b in tape] == [
        ("trades", [1]),
        ("mbp-1", [2]),
        ("trades", [3, 3]),
        ("mbp-1", [3, 4]),
        ("trades", [9]),
    ]
    assert tape.metadata.schema is None


def test_an_undefined_time_stays_where_it_is(put_tape):
    first = put_tape("a.dbn", metadata_of("trades"), trades_at([1, UNDEF_TIMESTAMP, 5]))
    second = put_tape("b.dbn", metadata_of("trades"), trades_at([2, 4], publisher_id=1))
    got = records_of(read_dbn(first, second))["ts_recv"].tolist()
    assert got == [1, UNDEF_TIMESTAMP, 2, 4, 5]


def test_a_file_far_ahead_is_not_opened_before_its_turn(put_tape):
    today = put_tape("a.dbn", metadata_of("trades"), trades_at(np.arange(5000)))
    tomorrow = put_tape("b.dbn", metadata_of("trades"), trades_at(np.arange(5000) + 10_000))
    batches = iter(read_dbn(tomorrow, today, chunk_records=2000))
    assert next(batches).records["ts_recv"][0] == 0
    times = np.concatenate([batch.records["ts_recv"] for batch in batches])
    assert (np.diff(times.astype(np.int64)) >= 0).all()


@pytest.mark.parametrize("parts", [2, 5])
def test_a_tape_split_into_files_reads_as_the_whole(put_tape, parts):
    records = random_records(Schema.MBO, 30_000)
    paths = [
        put_tape(f"{place}.dbn.zst", metadata_of("mbo"), part)
        for place, part in enumerate(np.array_split(records, parts))
    ]
    tape = read_dbn(*reversed(paths), chunk_records=4096)
    assert np.array_equal(records_of(tape), records)
    assert tape.metadata.start == START_NS


def test_each_cut_file_is_told(put_tape):
    records = random_records(Schema.MBO, 10)
    whole = put_tape("a.dbn", metadata_of("mbo"), records)
    cut = put_tape("b.dbn", metadata_of("mbo"), records.tobytes()[:-1])
    tape = read_dbn(whole, cut)
    assert len(records_of(tape)) == 19
    assert [one.path for one in tape.cuts] == [cut]
