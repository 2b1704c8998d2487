"""The latest trades of each instrument: those that came last, however they came."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ticktape.server.kept_trades import KeptTrades
from ticktape.tape import Schema, new_records


def made_trades(instruments):
    trades = new_records(Schema.TRADES, len(instruments))
    trades["instrument_id"] = instruments
    trades["sequence"] = np.arange(len(instruments))
    return trades


def sequences(kept, instrument):
    return [int(one) for run in kept.of(instrument) for one in run["sequence"]]


@given(
    instruments=st.lists(st.integers(1, 4), max_size=60),
    cuts=st.lists(st.integers(0, 60), max_size=8),
    asked=st.sets(st.integers(0, 8)),
    most=st.integers(1, 20),
)
def test_the_latest_of_each_are_kept_for_any_cutting_and_asking(instruments, cuts, asked, most):
    trades = made_trades(instruments)
    kept = KeptTrades(most)
    for number, part in enumerate(np.split(trades, sorted(min(cut, len(trades)) for cut in cuts))):
        kept.add(part)
        if number in asked:
            kept.of(1)
    for instrument in range(1, 5):
        expected = [at for at, one in enumerate(instruments) if one == instrument]
        found = sequences(kept, instrument)
        assert found[-most:] == expected[-most:]
        assert found == expected[len(expected) - len(found) :]
        assert kept.count(instrument) == len(found)


def test_what_is_kept_of_a_busy_instrument_is_bounded():
    kept = KeptTrades(100)
    for _ in range(200):
        kept.add(made_trades([7] * 150))
    assert 100 <= kept.count(7) < 250
    assert kept.count(8) == 0


def test_trades_of_before_come_first():
    kept = KeptTrades(100)
    kept.add(made_trades([1, 2, 1]))
    earlier = made_trades([1, 1])
    earlier["sequence"] += 1_000
    kept.put_before(1, earlier)
    assert sequences(kept, 1) == [1_000, 1_001, 0, 2]
    assert sequences(kept, 2) == [1]
