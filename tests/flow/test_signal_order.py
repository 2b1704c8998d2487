"""The signals of several studies in one order."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ticktape.flow.signal_order import SignalOrder
from ticktape.flow.signals.signal import SIGNAL


def signals_of(*rows):
    """Signals from (time, kind, direction, price)."""
    signals = np.zeros(len(rows), SIGNAL)
    for signal, (ts_ns, kind, direction, price) in zip(signals, rows, strict=True):
        signal["ts_ns"], signal["kind"] = ts_ns, kind
        signal["direction"], signal["price"] = direction, price
    return signals


def keys(signals):
    return [tuple(one[name] for name in ("ts_ns", "kind", "direction", "price")) for one in signals]


def test_a_signal_waits_until_the_clock_is_past_its_time():
    order = SignalOrder()
    assert len(order.take([signals_of((5, 1, 1, 9))], 5)) == 0
    assert len(order.waiting()) == 1
    assert keys(order.take([signals_of((5, 1, -1, 9))], 6)) == [(5, 1, -1, 9), (5, 1, 1, 9)]
    assert len(order.waiting()) == 0


def test_of_one_time_they_go_by_kind_direction_and_price():
    rows = [(5, 2, 1, 1), (5, 1, 1, 2), (5, 1, 1, 1), (5, 1, -1, 3), (4, 9, 1, 1)]
    assert keys(SignalOrder().take([signals_of(*rows)], 9)) == sorted(rows)


def test_a_reset_forgets_what_waits():
    order = SignalOrder()
    order.take([signals_of((5, 1, 1, 9))], 5)
    order.reset()
    assert len(order.take([], 9)) == 0


times, kinds, directions = st.integers(0, 9), st.integers(1, 3), st.sampled_from([-1, 1])
one_signal = st.tuples(times, kinds, directions, st.integers(0, 2))


@given(st.lists(one_signal, max_size=30), st.lists(st.integers(0, 9), max_size=4))
def test_the_order_is_the_same_whenever_the_clock_is_told(rows, clocks):
    order, given_ = SignalOrder(), []
    told = -1
    for clock in [*sorted(clocks), 10]:
        # A study tells of what became known since it was last asked, in any order.
        known = [row for row in rows if told < row[0] <= clock]
        given_ += keys(order.take([signals_of(*known)], clock))
        told = clock
    assert given_ == sorted(rows)
