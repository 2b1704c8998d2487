"""How often signals of each kind and direction were right."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.flow.signals.signals_oracle import win_rates_of
from tests.flow.signals.some_signals import POINT, SECOND, TICK, signals_of, streams

from ticktape.flow.signals.outcomes import Outcomes
from ticktape.flow.signals.rows import OUTCOME, WIN_RATE, Outcome
from ticktape.flow.signals.settings import OutcomeSettings
from ticktape.flow.signals.signal import SignalKind
from ticktape.flow.signals.win_rates import WinRates, win_rate

FLIP, ABSORBED = SignalKind.DELTA_FLIP, SignalKind.ABSORPTION
BULL, BEAR = 1, -1
HORIZONS = [(60 * SECOND, 300 * SECOND), (SECOND, 7 * SECOND)]


def test_two_wins_and_a_loss_are_two_thirds():
    assert round(win_rate(2, 1), 2) == 66.67
    assert math.isnan(win_rate(0, 0))


def test_rates_are_by_kind_direction_and_horizon():
    rates = WinRates((60, 300))
    signals = signals_of([(0, FLIP, BULL, 0)] * 4 + [(0, ABSORBED, BEAR, 0)])
    outcomes = np.zeros(4, OUTCOME)
    outcomes["kind"], outcomes["direction"], outcomes["horizon_ns"] = FLIP, BULL, 60
    outcomes["outcome"] = [Outcome.WIN, Outcome.WIN, Outcome.LOSS, Outcome.BREAKEVEN]
    outcomes["move"] = [5, 5, -4, 2]
    rates.update(signals, outcomes)
    flips, later, absorbed, _ = rates.rates().tolist()
    assert flips[:7] == (FLIP, BULL, 60, 4, 2, 1, 1)
    assert (round(flips[7], 2), flips[8]) == (66.67, 2.0)
    assert later[:7] == (FLIP, BULL, 300, 4, 0, 0, 0)
    assert absorbed[:7] == (ABSORBED, BEAR, 60, 1, 0, 0, 0)
    assert math.isnan(later[7])
    rates.reset()
    assert len(rates.rates()) == 0


@settings(max_examples=200, deadline=None)
@given(streams(), st.sampled_from(HORIZONS), st.sampled_from([POINT, 2 * POINT]))
def test_rates_are_those_of_the_oracle_however_the_stream_is_cut(stream, horizons, win):
    outcomes = Outcomes(TICK, OutcomeSettings(horizons, win_move=win))
    rates = WinRates(horizons)
    for signals, prints, until in stream.batches():
        rates.update(signals, outcomes.update(signals, prints, until))
    expected = win_rates_of(stream.signals, stream.prints, stream.clock, win, horizons)
    found = rates.rates()
    assert found.dtype == WIN_RATE
    assert [row[:7] for row in found.tolist()] == [row[:7] for row in expected]
    for row, (*_, rate, average) in zip(found, expected, strict=True):
        assert row["win_rate"] == pytest.approx(rate, nan_ok=True)
        assert row["average_move"] == pytest.approx(average, nan_ok=True)
