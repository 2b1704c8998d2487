"""The market: every book, instrument and symbol that batches of any schema tell of."""

from __future__ import annotations

import numpy as np
import pytest
from tests.book.test_mbp_book import quotes
from tests.conformance.make_corpus import records_of
from tests.conformance.scenarios import BOTH, SPREAD, TICK, A
from tests.conformance.streams import valid_stream

from ticktape.book import MboBook, MbpBook
from ticktape.market import Market
from ticktape.tape import Batch, Schema, new_records, read_dbn
from ticktape.tape.errors import UnknownSymbolError


def market_of(*batches: Batch) -> Market:
    market = Market()
    for batch in batches:
        market.apply(batch)
    return market


def mbo(*lines) -> Batch:
    return Batch(Schema.MBO, records_of(list(lines)))


def mapping(instrument_id: int, symbol: bytes) -> Batch:
    records = new_records(Schema.SYMBOL_MAPPING, 1)
    records["instrument_id"] = instrument_id
    records["stype_in_symbol"] = records["stype_out_symbol"] = symbol
    records["start_ts"] = records["end_ts"] = 2**64 - 1
    return Batch(Schema.SYMBOL_MAPPING, records)


def test_orders_make_books_by_order():
    market = market_of(mbo(*BOTH, A(1, "B", 35, 2).of(**SPREAD)))
    assert market.keys() == [(1, 100), (1, 200)]
    assert isinstance(market.book(100), MboBook)
    assert market.book(100).bbo().bid_price == 6483 * TICK
    assert market.book(200).live_orders == 1


def test_quotes_make_books_by_price():
    market = market_of(Batch(Schema.BBO_1S, quotes(Schema.BBO_1S)))
    assert isinstance(market.book(100), MbpBook)
    assert market.keys() == [(1, 100)]


def test_the_book_that_tells_most_is_given():
    market = market_of(
        Batch(Schema.MBP_1, quotes(Schema.MBP_1)), Batch(Schema.MBP_10, quotes(Schema.MBP_10))
    )
    more = quotes(Schema.MBP_10)
    more["bid_px_01"] = 98
    market.apply(Batch(Schema.MBP_10, more))
    market.apply(Batch(Schema.MBP_1, quotes(Schema.MBP_1)))
    assert market.book(100).bid_levels == 2
    market.apply(mbo(A(1, "B", 6483, 5)))
    assert isinstance(market.book(100), MboBook)
    assert market.keys() == [(1, 100)]


def test_publishers_have_books_of_their_own():
    market = market_of(mbo(A(1, "B", 6483, 5), A(1, "B", 6490, 7).of(publisher_id=2)))
    assert market.book(100).publisher_id == 1
    assert market.book(100, publisher_id=2).bbo().bid_price == 6490 * TICK
    assert market.book(100, publisher_id=3) is None


def test_an_unknown_instrument_has_no_book():
    market = market_of(mbo(*BOTH))
    assert market.book(999) is None
    market.apply(mbo(A(1, "B", 1, 1).of(instrument_id=999)))
    assert market.book(999) is not None


def test_a_view_follows_later_batches():
    market = market_of(mbo(*BOTH))
    book = market.book(100)
    market.apply(mbo(A(99, "A", 6480, 1), *(A(i, "B", 6000 - i, 1) for i in range(1000, 3000))))
    assert book.is_crossed
    assert book.live_orders == 2_007


def test_definitions_and_mappings_are_kept():
    definition = new_records(Schema.DEFINITION, 1)
    definition["instrument_id"] = 100
    definition["raw_symbol"] = b"TTF6"
    market = market_of(Batch(Schema.DEFINITION, definition), mapping(200, b"TTG6"))
    assert market.instruments.by_id(100).raw_symbol == "TTF6"
    assert market.symbol_map.symbol_of(200) == "TTG6"


def test_other_schemas_are_counted():
    market = market_of(Batch(Schema.SYSTEM, new_records(Schema.SYSTEM, 2)), mbo(*BOTH))
    assert market.records == {Schema.SYSTEM: 2, Schema.MBO: 6}
    assert market.keys() == [(1, 100)]


def test_snapshot_makes_the_same_book():
    market = market_of(mbo(*BOTH))
    anew = market_of(Batch(Schema.MBO, market.snapshot_records(100, 5)))
    assert anew.book(100).levels(9)[0].tolist() == market.book(100).levels(9)[0].tolist()
    with pytest.raises(UnknownSymbolError, match="no book by order"):
        market.snapshot_records(999, 5)


def test_reset_forgets_books_but_not_names():
    market = market_of(mapping(100, b"TTF6"), mbo(*BOTH))
    market.reset()
    assert market.keys() == []
    assert market.book(100) is None
    assert market.records == {}
    assert market.symbol_map.symbol_of(100) == "TTF6"
    market.apply(mbo(A(1, "B", 6483, 5)))
    assert market.book(100).live_orders == 1


def test_any_cut_of_the_batches_gives_the_same_books():
    records = valid_stream(11, 3_000)
    whole = market_of(Batch(Schema.MBO, records))
    parts = market_of(*(Batch(Schema.MBO, part) for part in np.split(records, range(0, 3000, 7))))
    assert whole.keys() == parts.keys()
    for publisher, instrument in whole.keys():  # noqa: SIM118 -- not a dict
        ours = whole.snapshot_records(instrument, 0, publisher)
        assert ours.tolist() == parts.snapshot_records(instrument, 0, publisher).tolist()


def test_thousands_of_instruments_take_what_their_live_orders_need():
    """5,000 books, every order replaced twenty times: memory stays that of the orders at rest."""
    instruments, rests = 5_000, 20
    market = Market()
    chance = np.random.default_rng(1)
    held = 0
    for turn in range(20):
        adds = new_records(Schema.MBO, instruments * rests)
        adds["action"] = ord("A")
        adds["flags"] = 128
        adds["instrument_id"] = np.repeat(np.arange(instruments), rests)
        adds["order_id"] = np.arange(len(adds)) + turn * len(adds)
        adds["side"] = np.where(np.arange(len(adds)) % 2, ord("A"), ord("B"))
        adds["price"] = chance.integers(0, 50, len(adds)) + 50 * (adds["side"] == ord("A"))
        adds["size"] = 1
        adds = adds[chance.permutation(len(adds))]
        market.apply(Batch(Schema.MBO, adds))
        held = max(held, market.memory_bytes)
        if turn == 0:
            first = held
        cancels = adds.copy()
        cancels["action"] = ord("C")
        market.apply(Batch(Schema.MBO, cancels))
    assert len(market.keys()) == instruments
    assert held <= 2 * first
    assert first < 500 * instruments * rests
    assert market.memory_bytes < first / 2
    assert all(market.book(i).live_orders == 0 for i in range(0, instruments, 97))


def test_real_tapes_of_three_schemas(real_tape):
    market = Market()
    for name in (
        "futures-20240701.definition.dbn.zst",
        "futures-20240701.mbp-1.dbn.zst",
        "CLX5-20250924.mbo.dbn",
    ):
        for batch in read_dbn(real_tape(name)):
            market.apply(batch)
    assert market.book(432669).live_orders == 147
    assert market.book(118).live_orders is None
    assert market.instruments.by_id(118).raw_symbol == "ESU4"


def test_an_order_is_found_in_every_book_that_holds_it():
    market = market_of(
        mbo(A(1, "B", 6483, 5), *(A(one, "B", 35, 2).of(**SPREAD) for one in (7, 1)))
    )
    assert [book.instrument_id for book in market.books_of_order(7)] == [200]
    assert [book.instrument_id for book in market.books_of_order(1)] == [100, 200]
    assert market.books_of_order(2**64 - 1) == []


def test_totals_are_of_all_books_and_counts_outlive_a_reset():
    market = market_of(mbo(*BOTH, A(7, "B", 35, 2).of(**SPREAD)))
    books = [market.book(100), market.book(200)]
    assert market.book_count == 2
    assert market.live_orders == sum(book.live_orders for book in books)
    assert market.level_counts == (
        sum(book.bid_levels for book in books),
        sum(book.ask_levels for book in books),
    )
    adds = market.counters["adds"]
    assert adds == sum(book.counters["adds"] for book in books) > 0
    market.reset()
    assert (market.live_orders, market.counters["adds"]) == (0, adds)
    market.apply(mbo(A(1, "B", 6483, 5)))
    assert market.counters["adds"] == adds + 1
