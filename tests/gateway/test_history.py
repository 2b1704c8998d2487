"""The past that a timeline keeps in memory: bounded, and good to derive anew from."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.gateway.test_broadcast import books_of, cut
from tests.store.orders import random_orders

from ticktape.flow.derive import make_deriver
from ticktape.gateway.live.history import AgedOutError, History
from ticktape.gateway.live.snapshots import book_records, market_after
from ticktape.tape.batch import Batch
from ticktape.tape.layouts import Schema


def no_books():
    raise AssertionError("a timeline that goes on is not held up by a snapshot of its books")


def history_of(records, most, size=500, take_books=no_books):
    """Keep records, cut where events end: books are right between events."""
    history = History(most, take_books)
    while len(records):
        run, records = cut(records, size) if len(records) > 4 * size else (records, records[:0])
        history.append(Batch(Schema.MBO, run))
    return history


def joined(batches):
    return np.concatenate([batch.records for batch in batches])


def test_the_newest_records_are_kept_and_the_oldest_forgotten(small_tape):
    history = history_of(small_tape.records, 8_000)
    kept = joined(history)
    assert 8_000 <= len(kept) <= 10_500
    assert kept.tobytes() == small_tape.records[-len(kept) :].tobytes()
    assert not history.is_complete
    assert history.oldest_ns() == int(kept["ts_recv"][0])


def test_what_is_derived_from_a_forgetful_history_begins_with_its_books(small_tape):
    history = history_of(small_tape.records, 8_000)
    whole = make_deriver(Schema.MBO, Schema.MBP_1).update(small_tape.records)
    reader, deriver = history.reader(0, with_books=True), make_deriver(Schema.MBO, Schema.MBP_1)
    for records in reader.books:
        deriver.update(records)
    derived = np.concatenate([deriver.update(batch.records) for batch in reader.rest()])
    names = [name for name in derived.dtype.names if name != "depth"]
    assert len(derived) > 1_000
    assert derived[-1_000:][names].tolist() == whole[-1_000:][names].tolist()


@settings(deadline=None)
@given(st.integers(1, 2_000), st.integers(1, 300))
def test_the_books_before_and_what_is_kept_make_the_books(most, size):
    """However much is kept, and however it came."""
    records = random_orders(3, 1_500)
    history = History(most, no_books)
    for start in range(0, len(records), size):
        history.append(Batch(Schema.MBO, records[start : start + size]))
    reader = history.reader(0, with_books=True)
    kept = joined(reader.rest())
    assert len(kept) >= min(most, len(records))
    assert books_of(*reader.books, kept) == books_of(records)


def test_who_asks_for_orders_from_a_time_on_begins_with_the_batch_that_holds_it(small_tape):
    """No books are needed, nor what came before: it is not gone through."""
    records = small_tape.records
    history = history_of(records, 1 << 20)
    for place in (0, 1, 7_000, len(records) - 1):
        reader = history.reader(int(records["ts_recv"][place]), with_books=False)
        rest = joined(reader.rest())
        first = np.searchsorted(records["ts_recv"], records["ts_recv"][place])
        assert reader.books == []
        assert len(records) - first <= len(rest) <= len(records) - first + 2_500
        assert rest.tobytes() == records[-len(rest) :].tobytes()
        assert reader.rest() == []


def test_a_reader_goes_on_where_it_was_and_is_told_when_that_was_forgotten(small_tape):
    early, late = cut(small_tape.records, 3_000)
    history = history_of(early, 4_000)
    quick, slow = (history.reader(0, with_books=False) for _ in range(2))
    assert joined(quick.rest()).tobytes() == early.tobytes()
    history.append(Batch(Schema.MBO, late[:2_000]))
    assert joined(quick.rest()).tobytes() == late[:2_000].tobytes()
    history.append(Batch(Schema.MBO, late[2_000:]))
    assert joined(quick.rest()).tobytes() == late[2_000:].tobytes()
    with pytest.raises(AgedOutError):
        slow.rest()


def test_a_history_that_begins_with_books_does_not_claim_what_was_before():
    records = random_orders(2, 1_000)
    market = market_after([Batch(Schema.MBO, records[:600])])
    history = History(100_000, lambda: list(book_records(market, 1)))
    assert history.is_complete
    history.begin_with_books()
    assert not history.is_complete
    assert history.oldest_ns() is None
    history.append(Batch(Schema.MBO, records[600:]))
    reader = history.reader(0, with_books=True)
    assert books_of(*reader.books, *(one.records for one in reader.rest())) == books_of(records)
    history.clear()
    assert history.is_complete
    assert history.reader(0, with_books=True).books == []
