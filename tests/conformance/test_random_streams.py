"""Kernel and oracle agree on every state that a stream of records, sound or not, can lead to."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conformance.make_corpus import fields_of
from tests.conformance.oracle import UNDEF_PRICE, OracleMarket
from tests.conformance.streams import garbage_rows, garbage_stream, records_of, valid_stream
from tests.plain_python import assert_same_without_compilation

from ticktape.book import COUNTERS, MboBooks

cuts = st.lists(st.integers(0, 120), max_size=6)


def kernel_state(book) -> dict:
    bids, asks = book.levels(10_000)
    ladders = {
        side: [
            (*level.tolist(), [(o[0], o[1], o[2]) for o in book.orders_at(side, level["price"])])
            for level in levels
        ]
        for side, levels in (("B", bids), ("A", asks))
    }
    return {
        **ladders,
        "live": book.live_orders,
        "crossed": book.is_crossed,
        "locked": book.is_locked,
        "in_event": book.in_event,
        "stale": book.is_stale,
        "counters": book.counters,
    }


def oracle_state(book) -> dict:
    return {
        "B": book.ladder("B"),
        "A": book.ladder("A"),
        "live": len(book.places),
        "crossed": book.crossed,
        "locked": book.locked,
        "in_event": book.in_event,
        "stale": book.stale,
        "counters": {name: book.counters[name] for name in COUNTERS},
    }


def oracle_bbo(record, book) -> tuple:
    best = [book.best(side) or (UNDEF_PRICE, 0, 0) for side in "BA"]
    return (
        record.ts_event,
        record.ts_recv,
        record.instrument_id,
        record.publisher_id,
        record.flags,
        0,
        *(value for pair in zip(*best, strict=True) for value in pair),
    )


def assert_agree(records: np.ndarray, cut_at: list[int]) -> None:
    books, market = MboBooks(), OracleMarket()
    rows = [
        tuple(row) for run in np.split(records, sorted(cut_at)) for row in books.update_bbos(run)
    ]
    expected_rows = []
    for record in fields_of(records):
        book = market.apply(record)
        if record.flags & 128:
            expected_rows.append(oracle_bbo(record, book))
    assert rows == expected_rows
    assert books.keys() == list(market.books)
    for key, book in market.books.items():
        assert kernel_state(books.book(*key)) == oracle_state(book)


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(garbage_rows, cuts)
def test_garbage_cut_anywhere(rows, cut_at):
    records = records_of(rows)
    assert_agree(records, [min(at, len(records)) for at in cut_at])


@pytest.mark.parametrize("seed", range(4))
def test_long_garbage(seed):
    assert_agree(garbage_stream(seed, 4_000), [17, 1_800, 1_801])


@pytest.mark.parametrize("seed", range(4))
def test_long_valid_stream(seed):
    records = valid_stream(seed, 4_000)
    assert_agree(records, [1, 2_345])
    books = MboBooks()
    books.update(records)
    oddities = {"unknown_cancels", "adopted_modifies", "duplicate_adds", "over_cancels"}
    assert not any(
        books.book(*key).counters[name] for key in list(books.keys()) for name in oddities
    )


@pytest.mark.parametrize("seed", range(2))
def test_levels_found_at_any_depth(seed):
    chance = np.random.default_rng(seed)
    records = records_of([(1, 100, ord("A"), ord("B"), 128, i, 0, 1) for i in range(3_000)])
    records["side"] = chance.choice(list(b"AB"), len(records))
    records["price"] = chance.integers(-5_000, 5_000, len(records))
    gone = records[chance.permutation(len(records))[:2_500]].copy()
    gone["action"] = ord("C")
    assert_agree(np.concatenate([records, gone]), [700])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(garbage_rows)
def test_snapshot_of_any_book_makes_an_equal_one(rows):
    books = MboBooks()
    books.update(records_of(rows))
    for key in list(books.keys()):
        book, anew = books.book(*key), MboBooks()
        anew.update(book.snapshot_records(9))
        for side in "BA":
            assert kernel_state(anew.book(*key))[side] == kernel_state(book)[side]
        assert anew.book(*key).live_orders == book.live_orders


def test_without_compilation_the_books_are_the_same():
    program = """
import json
from tests.conformance.streams import garbage_stream
from ticktape.book import MboBooks
books = MboBooks()
rows = books.update_bbos(garbage_stream(5, 300))
last = books.book(*books.keys()[0])
print(json.dumps([rows.tolist(), last.counters, [side.tolist() for side in last.levels(50)],
                  last.snapshot_records(1).tolist()]))
"""
    assert_same_without_compilation(program)
