"""As of when symbols are resolved: the time of the records, and what they tell of it."""

import pytest
from tests.server.market_day import ES, SECOND, START_NS, definitions, opening_book, stage

from ticktape.feeds.marks import Mark, make_mark
from ticktape.tape import Batch, Schema, new_records
from ticktape.tape.layouts import UNDEF_TIMESTAMP

HOUR = 3_600 * SECOND


def mapping(symbol=b"ESH6", told_ns=START_NS, holds_from_ns=START_NS):
    record = new_records(Schema.SYMBOL_MAPPING, 1)
    record["instrument_id"] = ES
    record["stype_in_symbol"] = record["stype_out_symbol"] = symbol
    record["ts_event"], record["start_ts"] = told_ns, holds_from_ns
    record["end_ts"] = UNDEF_TIMESTAMP
    return Batch(Schema.SYMBOL_MAPPING, record)


def placed_before(received_ns=START_NS + 1):
    """Give a book whose orders were placed an hour before it was received."""
    book = opening_book(levels=2)
    book.records["ts_event"] -= HOUR
    book.records["ts_recv"] = received_ns
    return book


@pytest.mark.parametrize("received_ns", [START_NS + 1, UNDEF_TIMESTAMP])
async def test_a_book_of_orders_older_than_its_name_has_that_name(received_ns):
    async with stage() as running:
        await running.show(mapping(), placed_before(received_ns))
        status, book = await running.get("/api/book/ESH6")
        assert (status, book["live_orders"]) == (200, 4)


async def test_a_name_told_before_it_holds_is_known_by_when_records_were_received():
    async with stage() as running:
        running.viewer.source.start_ns = START_NS - HOUR
        await running.show(mapping(told_ns=START_NS - HOUR), placed_before(START_NS - 1))
        assert (await running.get("/api/book/ESH6"))[0] == 404
        later = placed_before()
        later.records["order_id"] += 100
        await running.show(later)
        assert (await running.get("/api/book/ESH6"))[0] == 200


async def test_the_publisher_of_an_instrument_is_null_until_a_definition_tells_it():
    async with stage() as running:
        publishers = []
        for told in (mapping(), definitions()):
            await running.show(told)
            _, symbols = await running.get("/api/symbols")
            publishers += [one["publisher_id"] for one in symbols if one["symbol"] == "ESH6"]
        assert publishers == [None, 1]


async def test_where_records_start_over_names_are_those_of_then():
    async with stage() as running:
        running.viewer.source.start_ns = START_NS - HOUR
        await running.show(mapping(b"ESZ5", 0, 0), mapping(b"ESH6"), placed_before())
        assert (await running.get("/api/book/ESH6"))[0] == 200
        await running.show(
            make_mark(Mark.RESET, START_NS - HOUR),
            placed_before(START_NS - HOUR),
            make_mark(Mark.CAUGHT_UP, START_NS - HOUR),
        )
        assert (await running.get("/api/book/ESZ5"))[0] == 200
        assert (await running.get("/api/book/ESH6"))[0] == 404
