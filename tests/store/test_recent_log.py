"""The newest records of a source, in bounded memory: positions that never change meaning."""

import asyncio

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.store.orders import START, books_of, content, random_orders

from ticktape.feeds.marks import Mark, make_mark
from ticktape.store import RecentLog, books_at
from ticktape.store.recent_log import MOST_PINS
from ticktape.tape.batch import Batch
from ticktape.tape.errors import PositionGoneError
from ticktape.tape.layouts import Schema


def write(log, *batches):
    for batch in batches:
        asyncio.run(log.write(batch))


def filled(records, sizes=(700,), max_bytes=64 << 20):
    log = RecentLog(max_bytes)
    at = number = 0
    while at < len(records):
        size = sizes[number % len(sizes)]
        write(log, Batch(Schema.MBO, records[at : at + size]))
        at += size
        number += 1
    return log


def test_an_empty_log_has_nothing_and_says_so():
    log = RecentLog()
    assert (log.first_position, log.end_position) == (0, 0)
    assert len(log.read(0, 10)) == 0
    assert log.position_at(START) == 0
    assert content(books_at(log, 0)) == []


def test_records_are_read_as_they_came_from_anywhere():
    records = random_orders(1, 5_000)
    log = filled(records, max_bytes=1 << 22)
    assert log.end_position == 5_000
    for position, count in ((0, 5_000), (4_990, 100), (1_234, 3), (5_000, 1)):
        assert log.read(position, count).tobytes() == records[position : position + count].tobytes()
    assert not log.read(0, 10).flags.writeable


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    sizes=st.lists(st.integers(1, 900), min_size=1, max_size=4),
    share=st.floats(0, 1),
)
def test_books_at_any_kept_position_are_those_of_all_records_before(seed, sizes, share):
    records = random_orders(seed, 3_000, publishers=2)
    log = filled(records, sizes, max_bytes=100_000)
    first, end = log.first_position, log.end_position
    position = first + int(share * (end - first))
    assert content(books_at(log, position)) == content(books_of(records[:position]))


def test_memory_stays_bounded_and_the_oldest_are_forgotten_at_checkpoints():
    records = random_orders(2, 60_000)
    log = filled(records, max_bytes=400_000)
    assert log.nbytes <= 400_000
    first = log.first_position
    assert 0 < first < log.end_position == 60_000
    assert log.checkpoint(first).position == first
    with pytest.raises(PositionGoneError, match="forgotten"):
        log.read(first - 1, 1)
    with pytest.raises(PositionGoneError):
        log.checkpoint(first - 1)


def test_a_time_is_found_as_the_first_record_not_before_it():
    records = random_orders(3, 4_000)
    log = filled(records, max_bytes=1 << 21)
    times = records["ts_recv"]
    for wanted in (0, int(times[0]), int(times[1234]), int(times[1234]) + 1, int(times[-1]) + 1):
        assert log.position_at(wanted) == int(np.searchsorted(times, np.uint64(wanted)))


def test_a_source_that_starts_over_goes_on_counting_with_empty_books():
    records = random_orders(4, 1_000)
    log = filled(records)
    write(log, make_mark(Mark.RESET, START), Batch(Schema.MBO, records[:300]))
    assert (log.first_position, log.end_position) == (1_000, 1_300)
    assert log.read(1_000, 1_000).tobytes() == records[:300].tobytes()
    assert content(books_at(log, 1_300)) == content(books_of(records[:300]))


def test_other_schemas_and_other_system_records_change_nothing():
    log = filled(random_orders(5, 10))
    write(log, make_mark(Mark.CAUGHT_UP, START), Batch(Schema.TRADES, np.zeros(3, "u1")))
    assert log.end_position == 10


def test_a_pinned_range_is_read_to_its_end_whatever_is_forgotten_meanwhile():
    records = random_orders(5, 12_000)
    log = filled(records[:4_000], max_bytes=1 << 19)
    begin, end = log.first_position + 100, log.end_position
    pinned = log.pin(begin, end)
    write(log, *(Batch(Schema.MBO, records[at : at + 700]) for at in range(4_000, 12_000, 700)))
    assert log.first_position > end
    assert content(books_at(pinned, begin)) == content(books_of(records[:begin]))
    assert pinned.position_at(int(records["ts_recv"][end - 1])) == end - 1
    position, pieces = begin, []
    while len(piece := pinned.read(position, 300)):
        assert not piece.flags.writeable
        pieces.append(piece)
        position += len(piece)
    assert np.concatenate(pieces).tobytes() == records[begin:end].tobytes()
    # What was passed is held no more.
    assert pinned.first_position > begin
    with pytest.raises(PositionGoneError):
        pinned.read(begin, 1)


def test_few_ranges_are_pinned_at_a_time_and_none_that_is_not_there():
    log = filled(random_orders(6, 2_000))
    pins = [log.pin(0, 2_000) for _ in range(MOST_PINS)]
    assert None not in pins
    assert log.pin(0, 2_000) is None
    pins.pop()
    assert log.pin(0, 2_001) is None
    assert log.pin(0, 2_000) is not None
