"""The index of recorded tapes: any form of file, every record by position, books at any of them."""

import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.store.orders import START, books_of, content, random_orders

from ticktape.store import TapeIndex, books_at, cache_folder, tape_records
from ticktape.store.activity import Activity
from ticktape.tape import DbnWriter, make_metadata
from ticktape.tape.batch import Batch
from ticktape.tape.gaps import Gap, gap_batch
from ticktape.tape.layouts import F_LAST, F_MAYBE_BAD_BOOK, Schema, new_records
from ticktape.tape.symbology import ALL_SYMBOLS

COUNT = 5_000


@pytest.fixture(autouse=True)
def cache(tmp_path_factory, monkeypatch):
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("TICKTAPE_TAPE_CACHE", str(folder))
    return folder


def write(path, *batches, schema=Schema.MBO, symbols=()):
    with DbnWriter(path, make_metadata("GLBX.MDP3", schema, START, symbols=symbols)) as writer:
        for batch in batches:
            writer.write(batch)
    return path


def indexed(paths, every=700):
    index = TapeIndex(paths, every=every)
    index.build()
    return index


@pytest.fixture(scope="module")
def records():
    return random_orders(11, COUNT, publishers=2)


@pytest.fixture(params=[".dbn", ".dbn.zst"])
def tape(request, tmp_path, records):
    return write(tmp_path / f"tape{request.param}", Batch(Schema.MBO, records))


def test_every_record_is_read_as_it_is(tape, records):
    index = indexed(tape)
    assert (index.first_position, index.end_position, index.end) == (0, COUNT, COUNT)
    for position, count in ((0, COUNT), (4_998, 9), (1_234, 1), (COUNT, 5)):
        expected = records[position : position + count]
        assert index.read(position, count).tobytes() == expected.tobytes()
    assert not index.read(0, 9).flags.writeable


@settings(max_examples=20, deadline=None)
@given(position=st.integers(0, COUNT), every=st.sampled_from([64, 700, 10_000]))
def test_books_at_any_position_are_those_of_all_records_before(
    tmp_path_factory, records, position, every
):
    path = tmp_path_factory.getbasetemp() / "any.dbn"
    if not path.exists():
        write(path, Batch(Schema.MBO, records))
    index = indexed(path, every)
    found = index.checkpoint(position)
    assert 0 <= position - found.position < max(every, 1) or position == COUNT
    assert content(books_at(index, position)) == content(books_of(records[:position]))


def test_times_are_found_on_both_sides(tape, records):
    index = indexed(tape)
    times = records["ts_recv"]
    for wanted in (0, int(times[0]), int(times[2_345]), int(times[2_345]) + 1, int(times[-1]) + 1):
        assert index.position_at(wanted) == np.searchsorted(times, np.uint64(wanted), "left")
        assert index.position_after(wanted) == np.searchsorted(times, np.uint64(wanted), "right")
    assert index.time_before(0) == 0
    assert index.time_before(77) == int(times[76])


def test_several_files_are_one_tape_with_positions_of_each_kind(tmp_path, records):
    trades = new_records(Schema.TRADES, 50)
    trades["ts_recv"] = records["ts_recv"][::100]
    trades["action"] = ord("T")
    first = write(tmp_path / "a.dbn", Batch(Schema.MBO, records))
    second = write(tmp_path / "b.dbn", Batch(Schema.TRADES, trades), schema=Schema.TRADES)
    index = indexed([first, second])
    assert (index.end, index.end_position) == (COUNT + 50, COUNT)
    assert index.read(0, COUNT).tobytes() == records.tobytes()
    for mbo_position in (0, 1, 999, 4_999):
        position = index.position_of_mbo(mbo_position)
        assert index.mbo_position_of(position) == mbo_position
        batch = next(index.batches(position))
        assert batch.records[:1].tobytes() == records[mbo_position : mbo_position + 1].tobytes()


def test_an_unpacked_copy_is_found_again_until_the_tape_changes(tmp_path, cache, records):
    path = write(tmp_path / "tape.dbn.zst", Batch(Schema.MBO, records))
    indexed(path).close()
    copies = list(cache.glob("*.records"))
    assert len(copies) == 1
    again = indexed(path)
    assert again.read(0, COUNT).tobytes() == records.tobytes()
    assert list(cache.glob("*.records")) == copies
    again.close()
    path.unlink()
    write(path, Batch(Schema.MBO, records[:100]))
    assert indexed(path).end == 100
    kept = list(cache.glob("*.records"))
    assert len(kept) == 1
    assert kept != copies


def test_copies_that_were_not_used_for_longest_make_room(tmp_path, cache, records):
    for name in ("old", "new"):
        indexed(write(tmp_path / f"{name}.dbn.zst", Batch(Schema.MBO, records))).close()
    old, new = sorted(cache.glob("*.records"), key=lambda one: one.stat().st_mtime_ns)
    os.utime(old, ns=(1, 1))
    (cache / "x.part-999999999").write_bytes(b"left behind by a process that was killed")
    cache_folder.make_room(cache / "another-tape.records", new.stat().st_size)
    assert list(cache.glob("*.records")) == [new]
    assert list(cache.glob("*.part-*")) == []
    assert len(list(cache.glob("*.json"))) == 1


def test_a_full_disk_is_said_and_leaves_nothing_behind(tmp_path, cache, records, monkeypatch):
    path = write(tmp_path / "tape.dbn.zst", Batch(Schema.MBO, records))

    def full(*_):
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(os, "pwrite", full)
    index = TapeIndex(path)
    index.start()
    assert index.wait(10) is False
    assert index.error == "No space left on device in the cache folder"
    assert [one.name for one in cache.iterdir() if "scratch" not in one.name] == []


def test_a_tape_too_mixed_for_a_table_of_runs_is_said(tmp_path, records, monkeypatch):
    monkeypatch.setattr(tape_records, "_MOST_RUNS", 3)
    trades = new_records(Schema.TRADES, 50)
    trades["ts_recv"] = records["ts_recv"][::100]
    first = write(tmp_path / "a.dbn", Batch(Schema.MBO, records))
    second = write(tmp_path / "b.dbn", Batch(Schema.TRADES, trades), schema=Schema.TRADES)
    index = TapeIndex([first, second])
    index.start()
    assert index.wait(10) is False
    assert "schemas change" in index.error


def test_crossings_are_where_an_events_end_leaves_a_book_crossed_and_before_it_was_not(tmp_path):
    orders = new_records(Schema.MBO, 6)
    orders["ts_recv"] = START + np.arange(6)
    orders["order_id"] = [1, 2, 3, 3, 2, 4]
    orders["action"] = list(b"AAACMA")
    orders["side"] = list(b"BAAAAB")
    orders["price"] = [100, 110, 90, 90, 95, 1]
    orders["size"] = 1
    # The third crosses inside an event only; the fifth for good; the sixth leaves it so.
    orders["flags"] = [F_LAST, F_LAST, 0, F_LAST, F_LAST, F_LAST]
    index = indexed(write(tmp_path / "crossed.dbn", Batch(Schema.MBO, orders)))
    assert list(index.crossings.positions) == [4]
    assert index.next_place("crossing", 0) == 5
    assert index.previous_place("crossing", 6) == 5
    assert index.next_place("crossing", 5) is None


def test_gaps_are_said_by_the_publisher_by_a_feed_or_by_the_sequence(tmp_path):
    orders = random_orders(3, 40, instruments=1)
    orders["flags"] = F_LAST
    orders["action"] = ord("A")
    orders["flags"][10:12] |= F_MAYBE_BAD_BOOK
    orders["sequence"][20:] += 5
    told = write(tmp_path / "told.dbn", Batch(Schema.MBO, orders))
    assert list(indexed(told).gaps.positions) == [10]
    whole = write(tmp_path / "all.dbn", Batch(Schema.MBO, orders), symbols=[ALL_SYMBOLS])
    assert list(indexed(whole).gaps.positions) == [10, 20]
    gap = gap_batch(Gap(START, int(orders["ts_recv"][5]), "reconnected"))
    fed = write(
        tmp_path / "fed.dbn",
        Batch(Schema.MBO, orders[:5]),
        gap,
        Batch(Schema.MBO, orders[5:8]),
        schema=None,
    )
    assert list(indexed(fed).gaps.positions) == [5]


@settings(max_examples=30, deadline=None)
@given(
    steps=st.lists(st.integers(0, 10**12), min_size=1, max_size=80),
    cut=st.integers(1, 9),
    buckets=st.integers(1, 60),
)
def test_activity_counts_everything_once_however_it_is_cut(steps, cut, buckets):
    trades = new_records(Schema.TRADES, len(steps))
    trades["ts_recv"] = START + np.cumsum(steps)
    trades["action"] = ord("T")
    trades["size"] = np.arange(len(steps)) + 1
    times = trades["ts_recv"]
    activity = Activity(int(times[0]))
    for first in range(0, len(steps), cut):
        part = slice(first, first + cut)
        activity.take(Batch(Schema.TRADES, trades[part]), times[part])
    starts, counts, volume = activity.gather(buckets)
    edges = [*starts[1:].tolist(), 2**62]
    expected = np.searchsorted(times, np.array(edges, np.uint64))
    assert np.cumsum(counts).tolist() == expected.tolist()
    total = np.concatenate([[0], np.cumsum(trades["size"].astype(int))])
    assert np.cumsum(volume).tolist() == total[expected].tolist()
    assert len(starts) <= buckets
