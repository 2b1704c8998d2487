"""The opening: a book that may cross in the pre-open, and one price that uncrosses it."""

import numpy as np
import pytest
from tests.conformance.make_corpus import fields_of
from tests.conformance.oracle import OracleMarket

from ticktape.feeds.simulator import SimulatedExchange
from ticktape.tape.layouts import F_LAST

SECOND = 1_000_000_000


@pytest.fixture(scope="module")
def exchange():
    return SimulatedExchange(seed=31, rate=20_000, pre_open_ns=SECOND)


@pytest.fixture(scope="module")
def records(exchange):
    return exchange.run_until(exchange.start_ns + 2 * SECOND)


@pytest.fixture(scope="module")
def opening(exchange, records):
    """The uncross of each instrument."""
    at_open = records[
        (records["ts_event"] >= exchange.opens_ns)
        & (records["ts_event"] < exchange.opens_ns + 7_000)
    ]
    ends = np.flatnonzero(at_open["flags"] & F_LAST) + 1
    events = [at_open[begin:end] for begin, end in zip([0, *ends[:-1]], ends, strict=True)]
    return [event for event in events if chr(event["action"][0]) == "T"]


def test_the_books_begin_empty(exchange):
    snapshot = exchange.snapshot()
    assert len(snapshot) == len(exchange.contracts)
    assert set(snapshot["flags"].tolist()) == {168}


def test_nothing_trades_before_the_open_though_books_cross(exchange, records):
    before = records[records["ts_event"] < exchange.opens_ns]
    assert set(before["action"].tobytes().decode()) <= set("ACM")
    market = OracleMarket()
    for record in fields_of(before):
        market.apply(record)
    assert all(book.crossed for book in market.books.values())


def test_each_instrument_opens_at_one_price_without_an_aggressor(exchange, opening):
    assert len(opening) == len(exchange.contracts)
    for event in opening:
        trades = event[event["action"] == ord("T")]
        fills = event[event["action"] == ord("F")]
        assert len(trades) == 1
        assert chr(trades["side"][0]) == "N"
        assert trades["order_id"][0] == 0
        assert (fills["price"] == trades["price"][0]).all()
        for side in "BA":
            assert fills["size"][fills["side"] == ord(side)].sum() == trades["size"][0]


def test_the_opening_price_is_one_at_which_most_is_done(exchange, records, opening):
    market = OracleMarket()
    for record in fields_of(records[records["ts_event"] < exchange.opens_ns]):
        market.apply(record)
    for event in opening:
        book = market.books[1, int(event["instrument_id"][0])]
        bids, asks = book.ladder("B"), book.ladder("A")
        prices = [price for price, *_ in bids + asks]
        done = {
            at: min(
                sum(size for price, size, *_ in bids if price >= at),
                sum(size for price, size, *_ in asks if price <= at),
            )
            for at in prices
        }
        assert event["size"][0] == max(done.values())


def test_no_book_is_crossed_at_the_end_of_an_event_after_the_open(exchange, records):
    market = OracleMarket()
    opened = set()
    for record in fields_of(records):
        book = market.apply(record)
        if record.action == ord("T"):
            opened.add(record.instrument_id)
        if record.instrument_id in opened and record.flags & F_LAST:
            assert not book.crossed
            assert not book.locked
    assert len(opened) == len(exchange.contracts)


def test_status_records_tell_the_pre_open_and_the_open(exchange):
    before, after = exchange.status(trading=False), exchange.status(trading=True)
    assert set(before["action"].tolist()) == {1}
    assert set(after["action"].tolist()) == {7}
    assert (after["ts_recv"] - before["ts_recv"] == SECOND).all()
