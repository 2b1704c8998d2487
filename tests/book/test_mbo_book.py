"""The face of a book by order: what can be asked of it, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest
from tests.conformance.make_corpus import records_of
from tests.conformance.scenarios import BOTH, MAYBE_BAD, TICK, A, C, F, M, R, T, event

from ticktape.book import Bbo, MboBook, MboBooks, Order, QueuePosition
from ticktape.tape import LAYOUTS, Schema, new_records, read_dbn
from ticktape.tape.errors import BadValueError, WrongSchemaError
from ticktape.tape.layouts import SIDE_ASK, SIDE_BID, UNDEF_PRICE


def book_of(*lines) -> MboBook:
    book = MboBook()
    book.update(records_of(list(lines)))
    return book


def test_an_empty_book_has_nothing():
    book = MboBook()
    assert book.bbo() == Bbo(UNDEF_PRICE, 0, 0, UNDEF_PRICE, 0, 0)
    assert [len(side) for side in book.levels(5)] == [0, 0]
    assert (book.instrument_id, book.publisher_id) == (None, None)
    assert not book.is_crossed
    assert not book.is_locked
    assert not book.in_event
    assert (book.live_orders, book.bid_levels, book.ask_levels) == (0, 0, 0)
    assert book.order(1) is None
    assert book.queue_position(1) is None
    assert len(book.orders_at("B", 0)) == 0


def test_levels_are_best_first_and_as_many_as_asked():
    bids, asks = book_of(*BOTH).levels(2)
    assert bids.tolist() == [(6483 * TICK, 2, 1), (6482 * TICK, 3, 1)]
    assert asks.tolist() == [(6484 * TICK, 2, 1), (6485 * TICK, 3, 1)]


def test_orders_stand_in_the_queue_in_the_order_they_came():
    book = book_of(A(1, "B", 6483, 5), A(2, "B", 6483, 3), A(3, "B", 6483, 7), M(1, "B", 6483, 6))
    orders = book.orders_at("B", 6483 * TICK)
    assert orders[["order_id", "size"]].tolist() == [(2, 3), (3, 7), (1, 6)]
    assert book.queue_position(2) == QueuePosition(0, 0, 3, 16)
    assert book.queue_position(1) == QueuePosition(2, 10, 3, 16)


def test_queue_position_moves_up_as_those_ahead_leave():
    lines = [A(1, "A", 6484, 5), A(2, "A", 6484, 3), A(3, "A", 6484, 7)]
    ahead = [
        book_of(*lines, *then).queue_position(3).size_ahead
        for then in ([], [C(1, "A", 6484, 2)], [C(1, "A", 6484, 5)], [C(2, "A", 6484, 3)])
    ]
    assert ahead == [8, 6, 3, 5]


def test_an_order_is_known_by_its_identifier():
    records = records_of([A(2**63 + 7, "A", 6484, 5)])
    book = MboBook()
    book.update(records)
    expected = Order(2**63 + 7, "A", 6484 * TICK, 5, int(records["ts_event"][0]))
    assert book.order(2**63 + 7) == expected
    assert book.order(7) is None


def test_an_order_keeps_the_time_at_which_it_took_its_place():
    records = records_of([A(1, "B", 6483, 5), M(1, "B", 6483, 4), M(1, "B", 6483, 9)])
    book = MboBook()
    times = []
    for i in range(3):
        book.update(records[i : i + 1])
        times.append(book.order(1).ts_event)
    assert times == [records["ts_event"][0], records["ts_event"][0], records["ts_event"][2]]


def test_sides_are_named_by_letter_or_code():
    book = book_of(*BOTH)
    for side, code, price in (("B", SIDE_BID, 6483), ("A", SIDE_ASK, 6484)):
        assert (
            book.orders_at(side, price * TICK).tolist()
            == book.orders_at(code, price * TICK).tolist()
        )
    with pytest.raises(BadValueError, match="'bid' is not a side"):
        book.orders_at("bid", 6483 * TICK)


def test_a_row_of_quotes_ends_every_event():
    book = MboBook()
    swept = event(T(0, "B", 6484, 2), F(20, "A", 6484, 2), C(20, "A", 6484, 2))
    rows = book.update_bbos(records_of([*BOTH, *swept]))
    assert len(rows) == 7
    assert rows["ask_price"][-2:].tolist() == [6484 * TICK, 6485 * TICK]
    assert rows["bid_size"][-1] == 2


def test_state_between_events_is_marked():
    lines = event(A(1, "B", 6485, 5), A(2, "A", 6484, 5), C(1, "B", 6485, 5))
    states = [book_of(*lines[:n]) for n in (1, 2, 3)]
    assert [book.in_event for book in states] == [True, True, False]
    assert [book.is_crossed for book in states] == [False, True, False]


def test_stale_until_a_clear():
    lines = [*BOTH, C(10, "B", 6483, 1).also(MAYBE_BAD), A(9, "B", 6480, 1), R]
    assert [book_of(*lines[:n]).is_stale for n in (6, 7, 8, 9)] == [False, True, True, False]


def test_the_first_key_is_followed_and_others_skipped():
    book = MboBook()
    book.update(
        records_of(
            [A(1, "B", 6483, 5), A(2, "B", 6490, 5).of(publisher_id=2), R.of(instrument_id=7)]
        )
    )
    assert (book.publisher_id, book.instrument_id) == (1, 100)
    assert book.live_orders == 1
    assert book.skipped_records == 2


def test_a_named_book_follows_its_own_records():
    book = MboBook(publisher_id=2, instrument_id=100)
    book.update(records_of([A(1, "B", 6483, 5), A(2, "B", 6490, 3).of(publisher_id=2)]))
    assert book.bbo()[:3] == (6490 * TICK, 3, 1)
    with pytest.raises(BadValueError, match="both publisher_id and instrument_id"):
        MboBook(instrument_id=100)


def test_other_schemas_are_refused():
    with pytest.raises(WrongSchemaError, match="not mbo records"):
        MboBook().update(new_records(Schema.TRADES, 1))


def test_records_may_be_read_only_or_strided():
    records = records_of([*BOTH])
    spread_out = np.zeros(2 * len(records), records.dtype)
    spread_out[::2] = records
    records.flags.writeable = False
    for given in (records, spread_out[::2]):
        book = MboBook()
        book.update(given)
        assert book.live_orders == 6


def test_snapshot_is_a_clear_then_adds_best_first():
    records = book_of(*BOTH, A(90, "B", 6483, 9)).snapshot_records(77)
    assert records.dtype == LAYOUTS[Schema.MBO]
    assert bytes(records["action"]) == b"RAAAAAAA"
    assert bytes(records["side"]) == b"NBBBBAAA"
    assert records["flags"].tolist() == [40] * 7 + [168]
    assert records["order_id"].tolist()[:4] == [0, 10, 90, 11]
    assert set(records["ts_recv"].tolist()) == {77}


def test_snapshot_of_an_empty_book_is_one_clear():
    (record,) = book_of(*BOTH, R).snapshot_records(77)
    assert (chr(record["action"]), int(record["flags"])) == ("R", 168)


class TestMemory:
    """It follows the orders that rest, not those that ever did."""

    def many(self, first_id: int, count: int, action: str = "A") -> np.ndarray:
        records = new_records(Schema.MBO, count)
        records["action"] = ord(action)
        records["side"] = ord("B")
        records["flags"] = 128
        records["order_id"] = np.arange(first_id, first_id + count)
        records["price"] = np.arange(count) % 500
        records["size"] = 1
        return records

    def test_history_takes_no_room(self):
        books = MboBooks()
        books.update(self.many(0, 2_000))
        held = books.memory_bytes
        for turn in range(1, 60):
            books.update(self.many(2_000 * (turn - 1), 2_000, "C"))
            books.update(self.many(2_000 * turn, 2_000))
        assert books.memory_bytes <= held

    @pytest.mark.parametrize("leave", ["cancels", "clear"])
    def test_a_burst_gives_its_room_back(self, leave):
        books = MboBooks()
        books.update(self.many(0, 10))
        before = books.memory_bytes
        books.update(self.many(10, 300_000))
        assert books.memory_bytes > 100 * before
        if leave == "clear":
            clear = self.many(0, 1, "R")
            books.update(np.concatenate([clear, self.many(0, 10)]))
        else:
            books.update(self.many(10, 300_000, "C"))
        assert books.memory_bytes <= 2 * before
        assert books.book(0, 0).live_orders == 10


CHECKPOINTS = {
    1_000: ((6481, 5, 4, 6482, 5, 3), 11, 8, 51),
    10_000: ((6483, 4, 3, 6484, 5, 3), 68, 64, 275),
    20_000: ((6480, 18, 10, 6481, 8, 7), 92, 87, 417),
    37_343: ((6481, 4, 4, 6483, 9, 8), 86, 70, 266),
    38_212: ((6540, 1, 1, 6478, 3, 1), 61, 52, 147),
}


class TestRealSession:
    """Crude oil, starting in mid-session, ending in a crossed pre-open."""

    @pytest.fixture
    def records(self, real_tape) -> np.ndarray:
        tape = read_dbn(real_tape("CLX5-20250924.mbo.dbn"))
        return np.concatenate([batch.records for batch in tape])

    @pytest.mark.parametrize("at", CHECKPOINTS)
    def test_checkpoint(self, records, at):
        book = MboBook()
        book.update(records[:at])
        bbo, bid_levels, ask_levels, live_orders = CHECKPOINTS[at]
        ticks = [value * TICK if i in (0, 3) else value for i, value in enumerate(bbo)]
        assert book.bbo() == tuple(ticks)
        assert (book.bid_levels, book.ask_levels) == (bid_levels, ask_levels)
        assert book.live_orders == live_orders

    def test_counters(self, records):
        book = MboBook()
        book.update(records)
        odd = {name: count for name, count in book.counters.items() if count}
        assert odd == {
            "adds": 14_959,
            "cancels": 16_252,
            "modifies": 2_701,
            "trades": 1_599,
            "fills": 2_701,
            "unknown_cancels": 1_224,
            "adopted_modifies": 216,
            "events": 32_053,
            "crossings": 1,
        }
        assert book.is_crossed

    def test_crossed_in_the_pre_open_only(self, records):
        rows = MboBook().update_bbos(records)
        sided = (rows["bid_price"] != UNDEF_PRICE) & (rows["ask_price"] != UNDEF_PRICE)
        crossed = rows["ts_event"][sided & (rows["bid_price"] > rows["ask_price"])]
        reopening = np.datetime64("2025-09-24T21:45:00").astype("datetime64[ns]").astype(int)
        assert len(crossed) == 172
        assert crossed.min() > reopening
        assert not (sided & (rows["bid_price"] == rows["ask_price"])).any()

    def test_snapshot_tape(self, real_tape):
        book = MboBook()
        for batch in read_dbn(real_tape("ESH4-20231224.mbo.dbn.zst")):
            book.update(batch.records)
        assert book.live_orders == 8_725
        assert book.counters["adds"] == 8_725
        assert not book.in_event
