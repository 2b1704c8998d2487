"""The prints of one instrument, taken out of a stream."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticktape.flow.prints import PRINT, PrintStream
from ticktape.tape.errors import WrongSchemaError
from ticktape.tape.layouts import UNDEF_PRICE, UNDEF_TIMESTAMP, Schema, new_records


def trades(*rows, instrument_id=1):
    records = new_records(Schema.TRADES, len(rows))
    records["action"] = ord("T")
    records["instrument_id"] = instrument_id
    for record, (ts_event, price, size, side) in zip(records, rows, strict=True):
        record["ts_event"] = ts_event
        record["price"] = price
        record["size"] = size
        record["side"] = ord(side)
    return records


def test_only_the_instruments_own_trades_are_prints():
    records = np.concatenate(
        [trades((1, 10, 2, "B")), trades((2, 99, 5, "A"), instrument_id=2), trades((3, 11, 1, "N"))]
    )
    prints = PrintStream(1).take(records)
    assert prints.dtype == PRINT
    assert prints[["ts_event", "price", "size", "side"]].tolist() == [
        (1, 10, 2, ord("B")),
        (3, 11, 1, ord("N")),
    ]


def test_a_trade_without_price_or_size_tells_nothing():
    stream = PrintStream(1)
    assert len(stream.take(trades((1, UNDEF_PRICE, 2, "B"), (2, 10, 0, "A")))) == 0
    assert stream.clock_ns == 2


def test_a_late_trade_has_the_time_of_the_clock():
    stream = PrintStream(1)
    records = trades((5, 10, 1, "B"), (3, 10, 1, "B"), (UNDEF_TIMESTAMP, 10, 1, "A"))
    assert stream.take(records)["ts_event"].tolist() == [5, 5, 5]


def test_an_order_moves_the_clock_and_is_no_print():
    orders = new_records(Schema.MBO, 1)
    orders["instrument_id"] = 1
    orders["action"] = ord("A")
    orders["ts_event"] = 7
    stream = PrintStream(1)
    assert len(stream.take(orders)) == 0
    assert stream.clock_ns == 7


def test_records_without_trades_are_refused():
    with pytest.raises(WrongSchemaError, match="carry no trades"):
        PrintStream(1).take(new_records(Schema.OHLCV_1S, 1))


@given(
    st.lists(
        st.tuples(st.integers(1, 2), st.integers(1, 9), st.integers(0, 3)), min_size=1, max_size=30
    ),
    st.integers(1, 7),
)
def test_any_cutting_gives_the_same_prints(rows, cut):
    records = np.concatenate(
        [trades((time, 10, size, "B"), instrument_id=one) for one, time, size in rows]
    )
    whole, parts = PrintStream(1), PrintStream(1)
    expected = whole.take(records)
    pieces = [parts.take(records[at : at + cut]) for at in range(0, len(records), cut)]
    assert np.array_equal(np.concatenate(pieces), expected)
    assert parts.clock_ns == whole.clock_ns
