"""Divergence of the price and the cumulative delta over swings."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.flow.aggression.cvd_oracle import cvd_rows
from tests.flow.aggression.divergence_oracle import divergence_rows
from tests.flow.aggression.tape import (
    NQ_DAYS,
    OPEN,
    SECOND,
    TICK,
    Following,
    by_session,
    drawn_prints,
    drawn_sessions,
    evening,
    hand_on,
    nq_evening,
    plain,
    session,
)

from ticktape.flow.aggression import (
    CVD_POINT,
    DIVERGENCE,
    Cvd,
    CvdSettings,
    Divergences,
    DivergenceSettings,
    divergence_signals,
)
from ticktape.flow.gather import ROOM
from ticktape.flow.signals import SIGNAL, SignalKind
from ticktape.tape.errors import BadValueError

SETTINGS = st.builds(
    DivergenceSettings,
    swing_ticks=st.integers(1, 6),
    min_price_ticks=st.integers(1, 3),
    min_cvd_contracts=st.sampled_from([1, 10]),
)


def path(*steps):
    """Points of a session, a second apart, from (price in ticks, delta)."""
    points = np.zeros(len(steps), CVD_POINT)
    points["start_ns"] = OPEN + np.arange(len(steps)) * SECOND
    points["end_ns"] = points["start_ns"] + SECOND
    points["price"] = [ticks * TICK for ticks, _ in steps]
    points["close"] = [delta for _, delta in steps]
    return points


def points_of(rows):
    return [(row[1], row[7], row[5]) for row in rows]


def five_ticks():
    return Divergences(TICK, DivergenceSettings(swing_ticks=5))


HIGHER_HIGH = [(0, 0), (10, 50), (4, 20), (12, 40), (6, 10)]


@settings(deadline=None)
@given(drawn_prints(), drawn_sessions(), SETTINGS, st.lists(st.integers(0, 60), max_size=6))
def test_divergences_are_those_of_the_oracle_however_prints_are_cut(made, sessions, chosen, cuts):
    points = [cvd_rows(its, one, CvdSettings()) for one, its in by_session(made, sessions)]
    expected = [row for one in points for row in divergence_rows(points_of(one), chosen, TICK)]
    rows = hand_on(Following(Cvd(), Divergences(TICK, chosen)), made, sessions, cuts)
    assert rows.dtype == DIVERGENCE
    assert plain(rows) == expected


@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(-9, 9)), max_size=60),
    SETTINGS,
    st.lists(st.integers(0, 60), max_size=6),
)
@settings(deadline=None)
def test_any_walk_diverges_where_the_oracle_says(steps, chosen, cuts):
    points = path(*steps)
    study = Divergences(TICK, chosen)
    rows = np.concatenate([study.update(piece) for piece in np.split(points, sorted(cuts))])
    told = [(int(one["end_ns"]), int(one["price"]), int(one["close"])) for one in points]
    assert plain(rows) == divergence_rows(told, chosen, TICK)


def test_a_higher_high_with_less_delta_is_bearish():
    (row,) = five_ticks().update(path(*HIGHER_HIGH))
    assert row["direction"] == -1
    assert (row["price_from"], row["price_to"]) == (10 * TICK, 12 * TICK)
    assert (row["cvd_from"], row["cvd_to"]) == (50, 40)
    assert row["price"] == 6 * TICK
    assert (row["ts_ns"] - row["to_ns"], row["to_ns"] - row["from_ns"]) == (SECOND, 2 * SECOND)


def test_a_lower_low_with_more_delta_is_bullish():
    mirrored = [(-ticks, -delta) for ticks, delta in HIGHER_HIGH]
    (row,) = five_ticks().update(path(*mirrored))
    assert (row["direction"], row["cvd_from"], row["cvd_to"]) == (1, -50, -40)


def test_a_higher_high_with_more_delta_is_none():
    agreeing = [(0, 0), (10, 50), (4, 20), (12, 60), (6, 10)]
    assert len(five_ticks().update(path(*agreeing))) == 0


def test_swings_of_two_sessions_are_not_compared():
    study = five_ticks()
    study.begin(session())
    study.update(path(*HIGHER_HIGH[:3]))
    study.begin(session(3))
    assert len(study.update(path((0, 0), (0, 0), (0, 0), (12, 40), (6, 10)))) == 0
    assert len(study.current()) == 0


def test_the_signal_spans_both_swings():
    signals = divergence_signals(five_ticks().update(path(*HIGHER_HIGH)))
    assert signals.dtype == SIGNAL
    fields = ["kind", "direction", "amount", "price", "price_low", "price_high"]
    assert signals[fields].tolist() == [
        (SignalKind.DIVERGENCE, -1, 10, 6 * TICK, 10 * TICK, 12 * TICK)
    ]


def test_more_divergences_than_there_is_room_for_are_all_told():
    turns = ROOM + 9
    steps = [step for at in range(turns) for step in ((8 * at + 9, -at), (8 * at, 0))]
    rows = Divergences(TICK, DivergenceSettings(swing_ticks=1)).update(path((0, 0), *steps))
    assert len(rows) > ROOM


@pytest.mark.parametrize(
    "wrong", [{"swing_ticks": 0}, {"min_price_ticks": 0}, {"min_cvd_contracts": 0}]
)
def test_settings_that_cannot_be_are_refused(wrong):
    with pytest.raises(BadValueError, match=next(iter(wrong))):
        DivergenceSettings(**wrong)


def test_a_tick_that_cannot_be_is_refused():
    with pytest.raises(BadValueError, match="tick"):
        Divergences(0)


@pytest.mark.parametrize("day", NQ_DAYS)
def test_real_evenings_are_those_of_the_oracle_however_they_are_cut(real_tape, day):
    made = nq_evening(real_tape, day)
    its = evening(made)
    cuts = np.random.default_rng(5).integers(0, len(made), 40)
    rows = hand_on(Following(Cvd(), Divergences(TICK)), made, [its], cuts)
    points = points_of(plain(hand_on(Cvd(), made, [its])))
    assert plain(rows) == divergence_rows(points, DivergenceSettings(), TICK)
    assert len(rows)
