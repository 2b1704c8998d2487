"""Books by price: the levels that the last record told."""

from __future__ import annotations

import numpy as np
import pytest

from ticktape.book import Bbo, MbpBook, MbpBooks
from ticktape.tape import Schema, new_records, read_dbn
from ticktape.tape.errors import WrongSchemaError
from ticktape.tape.layouts import F_LAST, F_MAYBE_BAD_BOOK, UNDEF_PRICE

QUOTES = [Schema.MBP_1, Schema.MBP_10, Schema.TBBO, Schema.BBO_1S, Schema.BBO_1M]


def quotes(schema: Schema, count: int = 1) -> np.ndarray:
    records = new_records(schema, count)
    for name in records.dtype.names:
        if "_px_" in name:
            records[name] = UNDEF_PRICE
    records["publisher_id"] = 1
    records["instrument_id"] = 100
    records["flags"] = F_LAST
    records["bid_px_00"], records["bid_sz_00"], records["bid_ct_00"] = 99, 5, 2
    records["ask_px_00"], records["ask_sz_00"], records["ask_ct_00"] = 101, 7, 3
    return records


@pytest.mark.parametrize("schema", QUOTES)
def test_best_bid_and_offer(schema):
    book = MbpBook()
    book.update(quotes(schema))
    assert book.bbo() == Bbo(99, 5, 2, 101, 7, 3)
    assert (book.publisher_id, book.instrument_id) == (1, 100)
    assert (book.bid_levels, book.ask_levels) == (1, 1)


def test_ten_levels_without_the_empty_ones():
    records = quotes(Schema.MBP_10)
    records["bid_px_01"], records["bid_sz_01"], records["bid_ct_01"] = 98, 50, 20
    book = MbpBook()
    book.update(records)
    bids, asks = book.levels(10)
    assert bids.tolist() == [(99, 5, 2), (98, 50, 20)]
    assert asks.tolist() == [(101, 7, 3)]
    assert book.levels(1)[0].tolist() == [(99, 5, 2)]


def test_the_last_record_counts():
    records = quotes(Schema.MBP_1, 2)
    records["bid_px_00"][1] = 101
    book = MbpBook()
    book.update(records)
    assert book.is_locked
    assert not book.is_crossed


def test_an_empty_side_has_no_price():
    records = quotes(Schema.MBP_1)
    records["ask_px_00"] = UNDEF_PRICE
    book = MbpBook()
    book.update(records)
    assert book.bbo()[3:] == (UNDEF_PRICE, 0, 0)
    assert not book.is_crossed


def test_a_book_before_its_first_record_is_empty():
    book = MbpBook()
    assert book.bbo() == Bbo(UNDEF_PRICE, 0, 0, UNDEF_PRICE, 0, 0)
    assert book.instrument_id is None
    assert not book.in_event


def test_flags_tell_the_state():
    records = quotes(Schema.MBP_1)
    records["flags"] = F_MAYBE_BAD_BOOK
    book = MbpBook()
    book.update(records)
    assert book.in_event
    assert book.is_stale
    book.update(quotes(Schema.MBP_1))
    assert not book.in_event
    assert not book.is_stale


def test_records_are_counted_by_action():
    records = quotes(Schema.MBP_1, 4)
    records["action"] = list(b"ACTT")
    book = MbpBook()
    book.update(records)
    counted = {name: count for name, count in book.counters.items() if count}
    assert counted == {"records": 4, "adds": 1, "cancels": 1, "trades": 2, "events": 4}


def test_books_of_many_instruments_in_any_cut():
    records = quotes(Schema.MBP_1, 3_000)
    records["instrument_id"] = np.arange(3_000) % 700
    records["publisher_id"] = 1 + np.arange(3_000) % 2
    records["bid_px_00"] = np.arange(3_000)
    whole, parts = MbpBooks(), MbpBooks()
    whole.update(records)
    for part in np.split(records, [1, 64, 65, 1_000]):
        parts.update(part)
    assert whole.keys() == parts.keys()
    assert len(whole) == 700
    for key in whole.keys():  # noqa: SIM118 -- not a dict
        mine = (records["publisher_id"] == key[0]) & (records["instrument_id"] == key[1])
        last = records["bid_px_00"][mine][-1]
        assert whole.book(*key).bbo() == parts.book(*key).bbo()
        assert whole.book(*key).bbo().bid_price == last


def test_unknown_key_has_no_book():
    assert MbpBooks().book(1, 100) is None


def test_other_schemas_are_refused():
    with pytest.raises(WrongSchemaError, match="not quotes"):
        MbpBook().update(new_records(Schema.MBO, 1))


def test_real_quotes(real_tape):
    books = MbpBooks()
    last = None
    for batch in read_dbn(real_tape("futures-20240701.mbp-1.dbn.zst")):
        books.update(batch.records)
        last = batch.records[-1]
    book = books.book(int(last["publisher_id"]), int(last["instrument_id"]))
    assert book.bbo().bid_price == last["bid_px_00"]
    assert book.counters["trades"] == 120
