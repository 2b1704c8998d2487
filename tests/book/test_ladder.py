"""Ladders: what is read of a book, what changed, what traded, what was pulled and stacked."""

from collections import Counter, defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.book.activity_oracle import OracleActivity
from tests.conformance.make_corpus import fields_of
from tests.conformance.streams import BOOKS, garbage_rows, records_of, valid_stream

from ticktape.book import MboBook, MboBooks
from ticktape.book.ladder import EMPTY_LADDER, Ladder, ladder_changes, read_ladder
from ticktape.book.ladder_activity import LadderActivity
from ticktape.book.ladder_volume import PriceVolumes
from ticktape.tape import Schema, read_dbn

UNDEF = 2**63 - 1
KEY = BOOKS[0]
ADD, CANCEL, MODIFY, TRADE, FILL, CLEAR = map(ord, "ACMTFR")
BID, ASK, NONE = map(ord, "BAN")
LAST = 128
cuts = st.lists(st.integers(0, 150), max_size=6)


def parts_of(records, at):
    return np.split(records, sorted(cut for cut in at if cut <= len(records)))


def row(action, side, order_id, price, size, flags=LAST):
    return (*KEY, action, side, flags, order_id, price, size)


def as_dict(ladder):
    found = {}
    at = 0
    for level in ladder.levels:
        own = ladder.orders[at : at + level["listed"]].tolist()
        at += len(own)
        side, price = chr(level["side"]), int(level["price"])
        assert (side, price) not in found
        found[side, price] = (
            *(int(level[field]) for field in ("size", "count", "added", "cancelled")),
            tuple(own),
        )
    assert at == len(ladder.orders)
    return found


# ---- reading


def test_a_ladder_has_bids_from_the_best_down_then_asks_from_the_best_up():
    book = MboBook()
    book.update(
        records_of(
            [row(ADD, BID, n, 100 - n, n) for n in (1, 2, 3)]
            + [row(ADD, ASK, 10 + n, 100 + n, 1) for n in (1, 2, 3)]
            + [row(ADD, BID, 20, 99, 7)]
        )
    )
    ladder = read_ladder(book, 2, orders=True)
    assert [(chr(one["side"]), one["price"], one["size"]) for one in ladder.levels] == [
        ("B", 99, 8),
        ("B", 98, 2),
        ("A", 101, 1),
        ("A", 102, 1),
    ]
    assert ladder.orders["order_id"].tolist() == [1, 20, 2, 11, 12]
    assert ladder.orders["ts_event"].tolist() == [1000, 1006, 1001, 1003, 1004]


@settings(deadline=None)
@given(garbage_rows, st.integers(1, 5))
def test_a_ladder_is_the_books_levels_and_queues(rows, depth):
    books = MboBooks()
    books.update(records_of(rows))
    for key in list(books.keys()):
        book = books.book(*key)
        bids, asks = book.levels(depth)
        expected = {
            (side, int(level["price"])): (
                int(level["size"]),
                int(level["count"]),
                0,
                0,
                tuple(
                    (order["order_id"], order["ts_event"].astype("i8"), order["size"])
                    for order in book.orders_at(side, int(level["price"]))
                ),
            )
            for side, levels in (("B", bids), ("A", asks))
            for level in levels
        }
        assert as_dict(read_ladder(book, depth, orders=True)) == expected
        bare = read_ladder(book, depth)
        assert not len(bare.orders)
        assert not bare.levels["listed"].any()


# ---- changes


def apply_changes(before, changes, same_touch):
    """Do what docs/book-stream.md asks of a client."""
    shown = dict(before)
    if not same_touch:
        shown = {key: (*level[:2], 0, 0, level[4]) for key, level in shown.items()}
    for key, level in changes.items():
        if level[0] == 0:
            shown.pop(key, None)
        else:
            shown[key] = level
    return shown


@settings(deadline=None)
@given(garbage_rows, cuts, st.integers(1, 4), st.booleans())
def test_a_ladder_and_its_changes_make_the_next_ladder(rows, at, depth, orders):
    book = MboBook(*KEY)
    activity = LadderActivity(*KEY)
    before, touch = EMPTY_LADDER, activity.touch
    for part in parts_of(records_of(rows), at):
        book.update(part)
        activity.update(part)
        after = read_ladder(book, depth, orders=orders)
        activity.mark(after)
        same = activity.touch == touch
        changes = ladder_changes(before, after, same_touch=same)
        assert apply_changes(as_dict(before), as_dict(changes), same) == as_dict(after)
        before, touch = after, activity.touch


def test_nothing_changed_gives_nothing():
    book = MboBook()
    book.update(valid_stream(1, 300))
    ladder = read_ladder(book, 50, orders=True)
    changes = ladder_changes(ladder, read_ladder(book, 50, orders=True))
    assert (len(changes.levels), len(changes.orders)) == (0, 0)
    everything = ladder_changes(EMPTY_LADDER, ladder)
    assert as_dict(everything) == as_dict(ladder)


# ---- volume at price


@settings(deadline=None)
@given(garbage_rows, cuts)
def test_volume_at_price_counts_trades_by_the_aggressors_side(rows, at):
    records = records_of(rows)
    volumes = PriceVolumes()
    expected = defaultdict(Counter)
    for part in parts_of(records, at):
        volumes.update(part)
    for one in records:
        if one["action"] == TRADE and one["price"] != UNDEF:
            kind = {BID: "bought", ASK: "sold"}.get(int(one["side"]), "unsided")
            key = (int(one["publisher_id"]), int(one["instrument_id"]), int(one["price"]))
            expected[key][kind] += int(one["size"])
    for key in {(1, 100), (1, 200), (2, 100), (2, 200)}:
        found = volumes.of_book(*key)
        assert found.tolist() == [
            (price, counts["bought"], counts["sold"], counts["unsided"])
            for (*own, price), counts in sorted(expected.items())
            if tuple(own) == key
        ]


def test_volume_since_a_trade_names_only_the_prices_traded_at_after_it():
    volumes = PriceVolumes()
    volumes.update(records_of([row(TRADE, BID, 0, price, 1) for price in range(3_000)]))
    serial = volumes.serial
    volumes.update(records_of([row(TRADE, ASK, 0, 7, 2), row(TRADE, NONE, 0, -5, 3)]))
    assert volumes.of_book(*KEY, since=serial).tolist() == [(-5, 0, 0, 3), (7, 1, 2, 0)]
    assert len(volumes.of_book(*KEY)) == 3_001
    volumes.reset()
    assert not len(volumes.of_book(*KEY))


# ---- pulling and stacking


# Feeds without orders are not in the oracle: its books are told by order alone.
by_order = garbage_rows.map(
    lambda rows: [(*one[:4], one[4] & ~(64 | 16), *one[5:]) for one in rows if one[:2] == KEY]
)


@settings(max_examples=300, deadline=None)
@given(by_order, cuts)
def test_pulling_and_stacking_follow_the_rule_however_the_records_are_cut(rows, at):
    records = records_of(rows)
    activity = LadderActivity(*KEY)
    whole = LadderActivity(*KEY)
    oracle = OracleActivity()
    for part in parts_of(records, at):
        activity.update(part)
        for record in fields_of(part):
            oracle.apply(record)
        assert activity.touch == oracle.touch
        for side in "BA":
            for price in range(-3, 5):
                assert activity.at(side, price) == (
                    oracle.added[side, price],
                    oracle.cancelled[side, price],
                ), (side, price)
    whole.update(records)
    assert whole.touch == activity.touch


def steady_book():
    activity = LadderActivity(*KEY)
    activity.update(
        records_of(
            [row(ADD, BID, 1, 99, 9), row(ADD, ASK, 2, 101, 9), row(ADD, BID, 3, 98, 9, LAST)]
        )
    )
    return activity


def test_a_cancel_that_follows_a_fill_of_its_order_in_the_same_event_is_the_trades():
    activity = steady_book()
    activity.update(
        records_of(
            [
                row(TRADE, ASK, 50, 99, 5, 0),
                row(FILL, BID, 1, 99, 5, 0),
                row(CANCEL, BID, 1, 99, 5, LAST),
            ]
        )
    )
    assert activity.at("B", 99) == (0, 0)
    activity.update(records_of([row(CANCEL, BID, 1, 99, 2)]))
    assert activity.at("B", 99) == (0, 2)


def test_a_modify_after_a_partial_fill_is_the_trades_and_what_it_takes_beyond_is_pulled():
    activity = steady_book()
    activity.update(
        records_of(
            [
                row(TRADE, ASK, 50, 99, 5, 0),
                row(FILL, BID, 1, 99, 5, 0),
                row(MODIFY, BID, 1, 99, 3, LAST),
            ]
        )
    )
    assert activity.at("B", 99) == (0, 1)


def test_a_fill_explains_no_cancel_of_a_later_event():
    activity = steady_book()
    activity.update(records_of([row(TRADE, ASK, 50, 99, 2, 0), row(FILL, BID, 1, 99, 2, LAST)]))
    activity.update(records_of([row(CANCEL, BID, 1, 99, 2)]))
    assert activity.at("B", 99) == (0, 2)


def test_counts_begin_anew_with_another_best_price_and_with_a_clear():
    activity = steady_book()
    activity.update(records_of([row(ADD, BID, 4, 98, 5), row(CANCEL, BID, 3, 98, 4)]))
    # Of it, 9 were stacked by the order that came after the best prices had.
    assert activity.at("B", 98) == (9 + 5, 4)
    touch = activity.touch
    activity.update(records_of([row(ADD, BID, 5, 100, 1)]))
    assert (activity.touch, activity.at("B", 98)) == (touch + 1, (0, 0))
    activity.update(records_of([row(ADD, BID, 6, 98, 1), row(CLEAR, NONE, 0, UNDEF, 0)]))
    assert activity.at("B", 98) == (0, 0)


def test_a_snapshot_is_no_stacking():
    book = MboBook()
    book.update(valid_stream(3, 200))
    activity = LadderActivity(*KEY, book.snapshot_records(5_000))
    ladder = read_ladder(book, 100)
    activity.mark(ladder)
    assert not ladder.levels["added"].any()
    assert not ladder.levels["cancelled"].any()


def test_on_a_real_tape_what_was_traded_is_not_what_was_pulled(real_tape):
    """Over each touch: what rests at the end is what rested, plus added, less cancelled, traded."""
    records = np.concatenate(
        [
            batch.records
            for batch in read_dbn(real_tape("CLX5-20250924.mbo.dbn"))
            if batch.schema is Schema.MBO
        ]
    )
    key = int(records["publisher_id"][0]), int(records["instrument_id"][0])
    book, activity = MboBook(*key), LadderActivity(*key)
    touch, at_start, filled, refilled = 0, {}, Counter(), set()
    ends = np.flatnonzero(records["flags"] & LAST) + 1
    checked = 0
    for part in np.split(records, ends)[:-1]:
        fills = Counter()
        for one in part[part["action"] == FILL]:
            fills[int(one["order_id"])] += int(one["size"])
        orders = {one: book.order(one) for one in fills}
        book.update(part)
        activity.update(part)
        for order_id, size in fills.items():
            old, new = orders[order_id], book.order(order_id)
            # The tape begins amid the day: orders that were there before are not known. An order
            # that shows the next part of its size after a fill stacks nothing that was cancelled.
            if old and (new.size if new else 0) == old.size - size:
                filled[old.side, old.price] += size
            elif old:
                refilled.add((old.side, old.price))
        ladder = read_ladder(book, 5)
        if activity.touch != touch:
            touch, filled, refilled = activity.touch, Counter(), set()
            at_start = {
                (chr(one["side"]), int(one["price"])): int(one["size"]) for one in ladder.levels
            }
            continue
        for one in ladder.levels[[0, -1]]:
            place = chr(one["side"]), int(one["price"])
            if place in at_start and place not in refilled:
                added, cancelled = activity.at(*place)
                rests = at_start[place] + added - cancelled - filled[place]
                assert rests == one["size"]
                checked += 1
    assert checked > 10_000


@pytest.mark.parametrize("depth", [1, 3])
def test_a_ladder_of_a_book_by_price_has_levels_and_no_orders(depth):
    class Quotes:
        def levels(self, n):
            level = np.dtype([("price", "i8"), ("size", "u8"), ("count", "u4")])
            return np.array([(99, 5, 2)], level)[:n], np.array([(101, 6, 1), (102, 1, 1)], level)[
                :n
            ]

    ladder = read_ladder(Quotes(), depth, orders=True)
    assert ladder.levels[["price", "size", "count"]].tolist()[:2] == [(99, 5, 2), (101, 6, 1)]
    assert isinstance(ladder, Ladder)
    assert not len(ladder.orders)
