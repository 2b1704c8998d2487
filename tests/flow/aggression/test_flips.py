"""Flips of the cumulative delta through zero, and its reversals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.flow.aggression.cvd_oracle import cvd_rows
from tests.flow.aggression.flips_oracle import flip_rows
from tests.flow.aggression.tape import (
    NQ_DAYS,
    OPEN,
    SECOND,
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
    FLIP,
    REVERSAL,
    ZERO_CROSS,
    Cvd,
    CvdSettings,
    DeltaFlips,
    FlipSettings,
    flip_signals,
)
from ticktape.flow.signals import SIGNAL, SignalKind
from ticktape.tape.errors import BadValueError

SETTINGS = st.builds(
    FlipSettings,
    flip_cooldown_ns=st.sampled_from([0, 2 * SECOND, 9 * SECOND]),
    reversal_cooldown_ns=st.sampled_from([0, 2 * SECOND, 9 * SECOND]),
    lookback_ns=st.sampled_from([0, SECOND, 5 * SECOND]),
    reversal_contracts=st.sampled_from([1, 20, 100]),
    is_zero_passed=st.booleans(),
)


def line(*values, every=1.0):
    """Points of a session, a window apart, at which the delta has these values."""
    points = np.zeros(len(values), CVD_POINT)
    points["start_ns"] = OPEN + np.round(np.arange(len(values)) * every * SECOND)
    points["end_ns"] = points["start_ns"] + SECOND
    points["close"] = values
    points["price"] = np.arange(len(values))
    return points


def points_of(rows):
    return [(row[1], row[7], row[5]) for row in rows]


@settings(deadline=None)
@given(drawn_prints(), drawn_sessions(), SETTINGS, st.lists(st.integers(0, 60), max_size=6))
def test_flips_are_those_of_the_oracle_however_prints_are_cut(made, sessions, chosen, cuts):
    points = [cvd_rows(its, one, CvdSettings()) for one, its in by_session(made, sessions)]
    expected = [row for one in points for row in flip_rows(points_of(one), chosen)]
    rows = hand_on(Following(Cvd(), DeltaFlips(chosen)), made, sessions, cuts)
    assert rows.dtype == FLIP
    assert plain(rows) == expected


def test_a_delta_that_stops_at_zero_on_its_way_has_flipped():
    (row,) = DeltaFlips().update(line(30, 0, -10))
    assert (row["kind"], row["direction"], row["cvd_after"]) == (ZERO_CROSS, -1, -10)
    assert len(DeltaFlips(FlipSettings(is_zero_passed=False)).update(line(30, 0, -10))) == 0
    assert len(DeltaFlips().update(line(30, 0, 10))) == 0


def test_a_flip_tells_the_delta_of_five_seconds_before():
    rows = DeltaFlips().update(line(500, 200, 150, 140, 130, 120, -100))
    (row,) = rows[rows["kind"] == ZERO_CROSS]
    assert (row["cvd_before"], row["cvd_after"], row["strength"]) == (200, -100, 3)
    row = DeltaFlips().update(line(200, -100))[0]
    assert row["cvd_before"] == 0


def test_flips_of_a_cooldown_are_not_told_and_have_happened():
    rows = DeltaFlips().update(line(5, -5, 5, -5, 5))
    assert (rows["ts_ns"] - OPEN).tolist() == [2 * SECOND, 4 * SECOND]
    assert rows["direction"].tolist() == [-1, -1]


def test_a_reversal_is_a_turn_after_a_move_of_as_much():
    study = DeltaFlips()
    rows = study.update(line(60, 120, 180, 90, 79, 60, 170))
    assert rows["kind"].tolist() == [REVERSAL, REVERSAL]
    assert rows[["cvd_before", "cvd_after", "direction"]].tolist() == [(180, 79, -1), (60, 170, 1)]
    assert len(DeltaFlips().update(line(-100, -50, -150))) == 0


def test_a_session_that_begins_anew_is_no_flip():
    study = DeltaFlips()
    study.begin(session())
    study.update(line(300))
    study.begin(session(1))
    assert len(study.update(line(0, -20)[1:])) == 0
    assert len(study.current()) == 0


def test_a_window_that_the_open_cuts_is_of_the_session_before():
    study = DeltaFlips()
    study.begin(session())
    study.update(line(30))
    study.begin(session(1.5))
    (row,) = study.update(line(30, -5, 5)[1:])
    assert row["cvd_after"] == -5


def test_a_turn_up_is_a_bullish_signal():
    signals = flip_signals(DeltaFlips().update(line(-110, 30, -90)))
    assert signals.dtype == SIGNAL
    fields = ["kind", "direction", "amount", "price", "strength"]
    assert signals[fields].tolist() == [
        (SignalKind.DELTA_FLIP, 1, 30, 1, 0),
        (SignalKind.DELTA_REVERSAL, 1, 140, 1, 1),
    ]
    assert (signals["price_low"] == signals["price_high"]).all()


@pytest.mark.parametrize(
    "wrong",
    [
        {"flip_cooldown_ns": -1},
        {"reversal_cooldown_ns": -1},
        {"lookback_ns": -1},
        {"reversal_contracts": 0},
    ],
)
def test_settings_that_cannot_be_are_refused(wrong):
    with pytest.raises(BadValueError, match=next(iter(wrong))):
        FlipSettings(**wrong)


# One of the evenings was counted by an independent program: it has one flip.
@pytest.mark.parametrize(("day", "flips"), [("20251123", 1), ("20251130", 9), ("20251207", 8)])
def test_flips_of_a_real_evening(real_tape, day, flips):
    made = nq_evening(real_tape, day)
    its = evening(made)
    cuts = np.random.default_rng(4).integers(0, len(made), 40)
    rows = hand_on(Following(Cvd(), DeltaFlips()), made, [its], cuts)
    assert (rows["kind"] == ZERO_CROSS).sum() == flips
    points = plain(hand_on(Cvd(), made, [its]))
    assert plain(rows) == flip_rows(points_of(points), FlipSettings())


# The evening on which the delta stops at zero between two signs: the reference's rule loses a flip.
def test_the_flip_that_the_reference_loses(real_tape):
    made = nq_evening(real_tape, NQ_DAYS[1])
    points = Cvd().update(made, 2**62)
    counts = [
        (
            DeltaFlips(FlipSettings(0, is_zero_passed=passed)).update(points)["kind"] == ZERO_CROSS
        ).sum()
        for passed in (False, True)
    ]
    assert counts == [9, 10]
