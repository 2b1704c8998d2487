"""Icebergs and the touch, read from orders."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.flow.absorption.order_tapes import BEGIN, LAST, SNAPSHOT, records_of, tape
from tests.flow.absorption.orders_oracle import Oracle

from ticktape.flow.absorption.iceberg_signals import iceberg_signals
from ticktape.flow.absorption.order_activity import OrderActivity
from ticktape.flow.absorption.rows import IcebergKind
from ticktape.flow.absorption.settings import OrderActivitySettings
from ticktape.flow.signals.signal import SignalKind
from ticktape.tape import Schema, new_records, read_dbn
from ticktape.tape.errors import BadValueError, WrongSchemaError
from ticktape.tape.session import Session

SECOND = 1_000_000_000
TICK = 10_000_000
BID, ASK = 100 * TICK, 101 * TICK
MS = 1_000_000


def event(ms, *rows):
    """Rows of one event: (action, side, order_id, price, size); the last ends it."""
    timed = [(BEGIN + ms * MS, *row, 0) for row in rows]
    timed[-1] = (*timed[-1][:-1], LAST)
    return timed


BOOK = event(0, ("A", "B", 1, BID, 5), ("A", "A", 2, ASK, 5))


def followed(*events, **changed):
    study = OrderActivity(7, TICK, settings=OrderActivitySettings(**changed))
    return study, study.update(records_of([row for rows in (BOOK, *events) for row in rows]))


def refill(ms, filled, left, size):
    """A sale of so many to order 1, which then shows a size."""
    rows = [("T", "A", 0, BID, filled), ("F", "B", 1, BID, filled)]
    return event(ms, *rows, ("M", "B", 1, BID, size) if left is None else ("C", "B", 1, BID, left))


def test_an_order_that_shows_a_new_size_after_all_it_showed_was_filled_is_an_iceberg():
    _, (icebergs, _) = followed(refill(1, 5, None, 5), refill(2, 5, None, 4))
    assert icebergs["kind"].tolist() == [IcebergKind.NATIVE] * 2
    assert icebergs[["filled", "hidden", "shown", "shows", "replenishments"]].tolist() == [
        (5, 0, 5, 5, 1),
        (10, 5, 5, 4, 2),
    ]
    assert icebergs["order_id"].tolist() == [1, 1]
    assert icebergs["first_ns"].tolist() == [BEGIN + MS] * 2


def test_an_order_that_shows_what_its_fill_left_is_none():
    _, (icebergs, _) = followed(refill(1, 2, None, 3))
    assert len(icebergs) == 0


def test_a_fill_beyond_what_was_shown_is_an_iceberg_though_the_order_goes():
    _, (icebergs, _) = followed(refill(1, 8, 5, None))
    assert icebergs[["filled", "hidden", "shows", "replenishments"]].tolist() == [(8, 3, 0, 1)]


def test_the_end_of_an_iceberg_is_told_with_all_that_was_filled():
    _, (icebergs, _) = followed(refill(1, 5, None, 5), refill(2, 5, 5, None))
    assert icebergs[["filled", "shows", "is_stronger"]].tolist() == [(5, 5, 1), (10, 0, 0)]


def test_an_aggressors_own_fill_tells_nothing():
    rows = [("T", "B", 0, BID, 5), ("F", "B", 1, BID, 5), ("M", "B", 1, BID, 5)]
    _, (icebergs, touches) = followed(event(1, *rows), event(2_000, ("C", "B", 1, BID, 1)))
    assert len(icebergs) == 0
    assert touches["bid_filled"].tolist() == [0] * len(touches)


def test_a_trade_by_implication_has_no_sides_and_fills_the_order_where_it_rests():
    rows = [("T", "N", 0, ASK, 5), ("F", "N", 2, ASK, 5), ("M", "A", 2, ASK, 5)]
    assert followed(event(1, *rows))[1].icebergs["side"].tolist() == [ord("A")]
    assert touch(event(1, *rows)) == (0, 0, 0, 5, 0, 5)
    assert touch(event(1, rows[0], ("F", "N", 9, ASK, 5))) is None


def chain(gap_ms, size=5, count=3):
    """Orders of a size, each filled whole, the next one placed after a gap."""
    rows, order_id, now = [], 1, 1
    for number in range(count):
        sold = [("T", "A", 0, BID, size), ("F", "B", order_id, BID, size)]
        rows.append(event(now, *sold, ("C", "B", order_id, BID, size)))
        order_id, now = 10 + number, now + gap_ms
        rows.append(event(now, ("A", "B", order_id, BID, size)))
        now += 1
    return rows


def test_orders_alike_that_follow_each_other_soon_are_a_synthetic_iceberg():
    _, (icebergs, _) = followed(*chain(20))
    assert icebergs["kind"].tolist() == [IcebergKind.SYNTHETIC]
    (told,) = icebergs[["order_id", "filled", "shown", "shows", "replenishments"]].tolist()
    assert told == (1, 15, 5, 5, 3)


def test_orders_that_follow_late_or_are_too_small_are_none():
    assert len(followed(*chain(21))[1].icebergs) == 0
    assert len(followed(*chain(20), synthetic_contracts=6)[1].icebergs) == 0
    assert len(followed(*chain(20), synthetic_within_ns=0)[1].icebergs) == 0
    assert len(followed(*chain(20), synthetic_replenishments=4)[1].icebergs) == 0


def test_a_hidden_bid_is_bullish_and_told_again_each_time_it_proves_stronger():
    _, (icebergs, _) = followed(*[refill(ms, 5, None, 5) for ms in range(1, 9)])
    signals = iceberg_signals(icebergs)
    assert signals["strength"].tolist() == [0, 1, 2, 3]
    assert signals["amount"].tolist() == [5, 10, 20, 40]
    assert set(signals["kind"].tolist()) == {SignalKind.ICEBERG}
    assert set(signals["direction"].tolist()) == {1}
    asks = icebergs.copy()
    asks["side"] = ord("A")
    assert set(iceberg_signals(asks)["direction"].tolist()) == {-1}


def touch(*events, **changed):
    """Counts of the open window: bids added, pulled, filled; asks added, pulled, filled."""
    study, (_, closed) = followed(*events, **changed)
    assert len(closed) == 0
    return study.current().tolist()[0][1:] if len(study.current()) else None


def test_what_is_added_and_pulled_near_the_best_is_counted_by_side():
    added = event(1, ("A", "B", 3, BID - 3 * TICK, 4), ("A", "A", 4, ASK, 2))
    assert touch(added) == (4, 0, 0, 2, 0, 0)
    assert touch(added, event(2, ("C", "B", 3, BID - 3 * TICK, 1))) == (4, 1, 0, 2, 0, 0)
    assert touch(event(1, ("A", "B", 3, BID - 4 * TICK, 4))) is None
    assert touch(event(1, ("A", "B", 3, BID - TICK, 4)), near_ticks=0) is None


def test_a_fill_is_neither_pulled_nor_is_what_it_leaves_added():
    assert touch(refill(1, 5, 5, None)) == (0, 0, 5, 0, 0, 0)
    assert touch(refill(1, 2, None, 3)) == (0, 0, 2, 0, 0, 0)
    assert touch(refill(1, 5, None, 4)) == (4, 0, 5, 0, 0, 0)


def test_an_order_that_moves_is_pulled_where_it_was_and_added_where_it_goes():
    assert touch(event(1, ("M", "B", 1, BID - TICK, 3))) == (3, 5, 0, 0, 0, 0)
    assert touch(event(1, ("M", "B", 1, BID, 3))) == (0, 2, 0, 0, 0, 0)
    assert touch(event(1, ("M", "A", 2, ASK, 9))) == (0, 0, 0, 4, 0, 0)


def test_a_snapshot_a_clear_and_an_order_that_rested_before_add_and_pull_nothing():
    assert touch(event(1, ("M", "B", 9, BID, 3))) is None
    again = [(BEGIN, "R", "N", 0, 0, 0, SNAPSHOT), (BEGIN, "A", "B", 1, BID, 5, SNAPSHOT | LAST)]
    assert touch(again) is None


def test_a_window_closes_with_the_first_record_at_or_after_its_end():
    study, _ = followed(event(1, ("A", "B", 3, BID, 4)))
    nothing = records_of(event(999, ("N", "N", 0, 0, 0)))
    assert len(study.update(nothing).touches) == 0
    (row,) = study.update(records_of(event(1000, ("N", "N", 0, 0, 0)))).touches
    assert row["ts_ns"] == BEGIN + SECOND
    assert row["bid_added"] == 4
    assert len(study.current()) == 0


def test_records_of_other_instruments_and_publishers_are_passed_over():
    study, _ = followed()
    rows = event(1, ("A", "B", 3, BID, 4))
    study.update(records_of(rows, instrument_id=8))
    study.update(records_of(rows, publisher_id=2))
    assert len(study.current()) == 0
    study.begin(Session(0, 0, 0, 0, 0))
    study.update(records_of(rows))
    assert len(study.current()) == 1


def test_a_trade_may_fill_more_orders_than_there_was_room_for():
    placed = event(1, *[("A", "B", 10 + n, BID, 1) for n in range(100)])
    fills = [("F", "B", 10 + n, BID, 1) for n in range(100)]
    gone = [("C", "B", 10 + n, BID, 1) for n in range(100)]
    assert touch(placed, event(2, ("T", "A", 0, BID, 100), *fills, *gone))[:3] == (100, 0, 100)


def test_partly_filled_orders_without_end_make_way_and_are_counted():
    many = 9_000
    placed = [("A", "B", 10 + n, BID, 2) for n in range(many)]
    study, _ = followed(event(1, *placed))
    for n in range(many):
        rows = [("T", "A", 0, BID, 1), ("F", "B", 10 + n, BID, 1), ("M", "B", 10 + n, BID, 1)]
        study.update(records_of(event(2 + n, *rows)))
    assert study.forgotten >= many - 8_192


def test_wrong_input_is_refused():
    with pytest.raises(WrongSchemaError):
        OrderActivity(7, TICK).update(new_records(Schema.TRADES, 1))
    with pytest.raises(BadValueError):
        OrderActivity(7, 0)
    with pytest.raises(BadValueError):
        OrderActivitySettings(near_ticks=-1)
    with pytest.raises(BadValueError):
        OrderActivitySettings(native_replenishments=0)


@settings(max_examples=400, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 250), st.data())
def test_rows_are_those_of_the_oracle_however_records_are_cut(seed, events, data):
    rows = tape(seed, events, TICK)
    near, native, synthetic, least = data.draw(
        st.sampled_from([(3, 1, 3, 2), (3, 1, 1, 1), (0, 2, 2, 1)])
    )
    oracle = Oracle(TICK, near, native, synthetic, least=least)
    for row in rows:
        oracle.take(row)
    chosen = OrderActivitySettings(
        near_ticks=near,
        native_replenishments=native,
        synthetic_replenishments=synthetic,
        synthetic_contracts=least,
    )
    study = OrderActivity(7, TICK, settings=chosen)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(rows)), max_size=6)))
    pieces = [study.update(piece) for piece in np.split(records_of(rows), cuts)]
    icebergs = [row for piece in pieces for row in piece.icebergs.tolist()]
    touches = [row for piece in pieces for row in piece.touches.tolist()]
    assert icebergs == oracle.icebergs
    assert touches == oracle.touches
    assert study.current().tolist() == oracle.open_window()


def test_the_icebergs_of_a_real_tape(real_tape):
    records = np.concatenate(
        [batch.records for batch in read_dbn(real_tape("CLX5-20250924.mbo.dbn"))]
    )
    study = OrderActivity(432669, TICK)
    icebergs, touches = study.update(records)
    native = icebergs[icebergs["kind"] == IcebergKind.NATIVE]
    orders, times = np.unique(native["order_id"][native["shows"] > 0], return_counts=True)
    # Counted from the records by hand: 31 modifies that show more than their fills left.
    assert dict(zip(orders.tolist(), times.tolist(), strict=True)) == {
        8058566362009: 6,
        8058566376166: 3,
        8058566506672: 1,
        8058566605345: 21,
    }
    assert native["filled"].max() == 85
    oracle = Oracle(TICK)
    names = ("ts_event", "action", "side", "order_id", "price", "size", "flags")
    for row in zip(*[records[name].tolist() for name in names], strict=True):
        oracle.take((row[0], chr(row[1]), chr(row[2]), *row[3:]))
    assert icebergs.tolist() == oracle.icebergs
    assert touches.tolist() == oracle.touches
