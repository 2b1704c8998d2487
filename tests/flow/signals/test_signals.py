"""Signals that agree, and what became of them."""

import numpy as np
import pytest
from hypothesis import given, settings
from tests.flow.signals.signals_oracle import confluences_of, outcomes_of
from tests.flow.signals.some_signals import POINT, SECOND, TICK, prints_of, signals_of, streams

from ticktape.flow.signals.confluence import Confluence, confluence_signals
from ticktape.flow.signals.outcomes import Outcomes, places
from ticktape.flow.signals.rows import OUTCOME, Outcome
from ticktape.flow.signals.settings import ConfluenceSettings, OutcomeSettings
from ticktape.flow.signals.signal import SignalKind
from ticktape.tape.errors import BadValueError

FLIP, ABSORBED, DIVERGES = SignalKind.DELTA_FLIP, SignalKind.ABSORPTION, SignalKind.DIVERGENCE
BULL, BEAR = 1, -1


def agreeing(*rows, prints=(), **changed):
    """Confluences of (seconds, kind, direction, points)."""
    signals = signals_of([(int(s * SECOND), kind, way, p * POINT) for s, kind, way, p in rows])
    return Confluence(ConfluenceSettings(**changed)).update(signals, prints_of(prints))


def test_two_kinds_that_agree_within_five_seconds_are_a_confluence():
    (row,) = agreeing((0, FLIP, BULL, 100), (5, ABSORBED, BULL, 101))
    assert (row["ts_ns"], row["direction"], row["score"]) == (5 * SECOND, BULL, 2)
    assert (row["price_low"], row["price_high"]) == (100 * POINT, 101 * POINT)
    assert row["kinds"] == 1 << FLIP | 1 << ABSORBED
    assert len(agreeing((0, FLIP, BULL, 100), (5.1, ABSORBED, BULL, 101))) == 0


def test_one_kind_twice_or_two_directions_are_none():
    assert len(agreeing((0, FLIP, BULL, 1), (1, FLIP, BULL, 1))) == 0
    assert len(agreeing((0, FLIP, BULL, 1), (1, ABSORBED, BEAR, 1))) == 0


def test_where_as_many_kinds_say_the_other_way_they_do_not_agree():
    rows = [(0, FLIP, BULL, 1), (1, ABSORBED, BEAR, 1), (2, FLIP, BEAR, 1), (2, DIVERGES, BULL, 1)]
    assert len(agreeing(*rows)) == 0
    (row,) = agreeing(*rows, (3, ABSORBED, BULL, 1))
    assert (row["direction"], row["score"]) == (BULL, 3)


def test_all_signals_of_one_time_count_into_one_score():
    (row,) = agreeing((1, FLIP, BEAR, 1), (1, ABSORBED, BEAR, 1), (1, DIVERGES, BEAR, 1))
    assert (row["direction"], row["score"]) == (BEAR, 3)


def test_after_one_the_signals_are_forgotten_and_for_ten_seconds_there_is_no_other():
    rows = [(0, FLIP, BULL, 1), (0, ABSORBED, BULL, 1), (1, DIVERGES, BULL, 1)]
    assert len(agreeing(*rows, (10, FLIP, BULL, 1))) == 1
    rows += [(9, FLIP, BULL, 1), (9.5, ABSORBED, BULL, 1)]
    assert agreeing(*rows, (10, FLIP, BULL, 1))["ts_ns"].tolist() == [0, 10 * SECOND]


def test_a_confluence_is_no_reason_for_another():
    rows = [(0, FLIP, BULL, 1), (1, SignalKind.CONFLUENCE, BULL, 1)]
    assert len(agreeing(*rows)) == 0


def test_its_price_is_that_of_the_last_print_at_its_time():
    rows = [(0, FLIP, BULL, 100), (5, ABSORBED, BULL, 101)]
    prints = [(1, 7), (5 * SECOND, 8), (5 * SECOND + 1, 9)]
    assert agreeing(*rows, prints=prints)["price"].tolist() == [8]
    assert agreeing(*rows)["price"].tolist() == [101 * POINT]


def test_its_signal_has_its_score_and_grows_stronger_with_it():
    rows = np.concatenate(
        [
            agreeing((0, FLIP, BULL, 1), (0, ABSORBED, BULL, 1)),
            agreeing(*[(0, kind, BEAR, 1) for kind in range(1, 8)]),
        ]
    )
    signals = confluence_signals(rows)
    assert signals[["kind", "direction", "score", "strength"]].tolist() == [
        (SignalKind.CONFLUENCE, BULL, 2, 1),
        (SignalKind.CONFLUENCE, BEAR, 7, 3),
    ]


def judged(move, direction=BULL, **changed):
    study = Outcomes(TICK, OutcomeSettings(**changed))
    signals = signals_of([(0, FLIP, direction, 100 * POINT)])
    prints = prints_of([(0, 100 * POINT), (60 * SECOND, int((100 + move) * POINT))])
    return study.update(signals, prints, 60 * SECOND + 1)


@pytest.mark.parametrize(
    ("move", "outcome"),
    [
        (5, Outcome.WIN),
        (-5, Outcome.LOSS),
        (1, Outcome.BREAKEVEN),
        (2, Outcome.WIN),
        (-2, Outcome.LOSS),
        (1.75, Outcome.BREAKEVEN),
    ],
)
def test_two_points_in_the_signals_direction_win_and_against_it_lose(move, outcome):
    (bullish,) = judged(move)
    (bearish,) = judged(-move, BEAR)
    assert bullish["outcome"] == bearish["outcome"] == outcome
    assert bullish["move"] == bearish["move"] == move * POINT


def test_what_wins_may_be_given_in_ticks_of_the_instrument():
    assert judged(0.5, win_ticks=2)["outcome"].tolist() == [Outcome.WIN]
    assert judged(0.5, win_ticks=3)["outcome"].tolist() == [Outcome.BREAKEVEN]
    assert judged(0.5, win_move=POINT // 2)["outcome"].tolist() == [Outcome.WIN]


def test_a_horizon_is_over_only_when_the_clock_is_past_it():
    study = Outcomes(TICK)
    signals = signals_of([(0, FLIP, BULL, 0)])
    assert len(study.update(signals, prints_of([(0, 0)]), 1)) == 0
    at_end = 60 * SECOND
    assert len(study.update(signals[:0], prints_of([(at_end, 3 * POINT)]), at_end)) == 0
    late = prints_of([(at_end, 4 * POINT), (at_end + 1, 9 * POINT)])
    (row,) = study.update(signals[:0], late, at_end + 1)
    assert (row["price_after"], row["print_ns"]) == (4 * POINT, at_end)


def test_a_signal_before_the_close_is_judged_by_the_last_print_there_was():
    study = Outcomes(TICK)
    study.update(signals_of([(SECOND, FLIP, BULL, 0)]), prints_of([(0, 3 * POINT)]), 2 * SECOND)
    rows = study.update(signals_of([]), prints_of([]), 3600 * SECOND)
    assert rows[["horizon_ns", "print_ns", "outcome"]].tolist() == [
        (60 * SECOND, 0, Outcome.WIN),
        (300 * SECOND, 0, Outcome.WIN),
    ]


def test_what_the_tape_ends_before_stays_open():
    study = Outcomes(TICK)
    study.update(signals_of([(0, FLIP, BULL, 0)]), prints_of([(0, 0)]), 61 * SECOND)
    still_open = study.current()
    assert still_open.dtype == OUTCOME
    assert still_open[["horizon_ns", "outcome"]].tolist() == [(300 * SECOND, Outcome.UNKNOWN)]
    study.reset()
    assert len(study.current()) == 0


def test_without_a_print_nothing_is_known():
    rows = Outcomes(TICK).update(signals_of([(0, FLIP, BULL, 0)]), prints_of([]), 61 * SECOND)
    assert rows[["outcome", "move"]].tolist() == [(Outcome.UNKNOWN, 0)]


def test_signals_of_one_time_and_kind_are_told_apart_by_their_place():
    signals = signals_of([(0, 1, 1, 5), (0, 1, 1, 5), (0, 2, 1, 5), (1, 2, 1, 5), (1, 2, 1, 6)])
    assert places(signals).tolist() == [0, 1, 0, 0, 1]


@pytest.mark.parametrize(
    "wrong",
    [
        *({"horizons_ns": of} for of in ((), (60,), (60, 60), (300, 60), (0, 60), (1, 2, 3))),
        {"win_move": 0},
        {"win_ticks": 0},
    ],
)
def test_outcomes_that_nobody_can_judge_are_refused(wrong):
    with pytest.raises(BadValueError):
        OutcomeSettings(**wrong)
    with pytest.raises(BadValueError):
        ConfluenceSettings(within_ns=-1)
    with pytest.raises(BadValueError):
        ConfluenceSettings(least_kinds=0)


@settings(max_examples=200, deadline=None)
@given(streams())
def test_both_are_those_of_the_oracle_however_the_stream_is_cut(stream):
    confluence, outcomes = Confluence(), Outcomes(TICK)
    agreed, judged_rows = [], []
    for signals, prints, until in stream.batches():
        agreed += confluence.update(signals, prints).tolist()
        judged_rows += outcomes.update(signals, prints, until).tolist()
    signals, prints, _ = stream
    assert agreed == confluences_of(signals, prints)
    assert judged_rows == outcomes_of(signals, prints, stream.clock, 2 * POINT)
