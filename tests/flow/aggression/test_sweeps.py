"""Sweeps: the prints of one order, and the levels that it took."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.flow.aggression.sweeps_oracle import sweep_rows
from tests.flow.aggression.tape import (
    NQ_DAYS,
    OPEN,
    SECOND,
    TICK,
    by_session,
    drawn_prints,
    drawn_sessions,
    evening,
    hand_on,
    nq_evening,
    plain,
    prints,
    session,
)

from ticktape.flow.aggression import SWEEP, Sweeps, SweepSettings, sweep_signals
from ticktape.flow.gather import ROOM
from ticktape.flow.prints import PRINT
from ticktape.flow.signals import SIGNAL, SignalKind
from ticktape.tape.errors import BadValueError

AFTER = OPEN + 3600 * SECOND

SETTINGS = st.builds(
    SweepSettings,
    min_levels=st.integers(1, 4),
    min_size_contracts=st.sampled_from([1, 10, 40, 10**6]),
    percentile=st.sampled_from([0.5, 50.0, 99.0, 100.0]),
    tiers_contracts=st.sampled_from([(10, 50, 100, 200), (), (1, 2)]),
)


@settings(deadline=None)
@given(drawn_prints(), drawn_sessions(), SETTINGS, st.lists(st.integers(0, 60), max_size=6))
def test_sweeps_are_those_of_the_oracle_however_prints_are_cut(made, sessions, chosen, cuts):
    expected = [row for _, its in by_session(made, sessions) for row in sweep_rows(its, chosen)]
    rows = hand_on(Sweeps(chosen), made, sessions, cuts)
    assert rows.dtype == SWEEP
    assert plain(rows) == expected


def test_prints_of_one_time_and_side_are_one_sweep():
    study = Sweeps()
    made = prints((1, 100, 2, "B"), (1, 99, 9, "A"), (1, 101, 3, "B"), (1, 103, 1, "B"))
    (row,) = study.update(made, AFTER)
    assert (row["size"], row["prints"], row["levels"]) == (6, 3, 3)
    assert (row["first"], row["last"]) == (100 * TICK, 103 * TICK)


def test_a_large_print_at_one_level_is_told_of_and_is_no_signal():
    study = Sweeps()
    made = prints((1, 100, 60, "B"), (2, 100, 9, "B"), (3, 100, 99, "N"))
    rows = study.update(made, AFTER)
    assert rows[["size", "tier", "is_outstanding"]].tolist() == [(60, 2, False)]
    assert len(sweep_signals(rows)) == 0


def test_a_sweep_ends_when_the_clock_goes_on_and_is_shown_before():
    study = Sweeps()
    now = OPEN + SECOND
    assert len(study.update(prints((1, 100, 2, "B")), now)) == 0
    assert len(study.update(prints((1, 101, 2, "B")), now)) == 0
    shown = study.current()
    assert study.current().tolist() == shown.tolist()
    assert study.update(prints(), now + 1).tolist() == shown.tolist()
    assert len(study.current()) == 0
    study.update(prints((2, 100, 20, "B")), now + SECOND)
    study.reset()
    assert len(study.current()) == 0


def test_the_moment_that_a_session_ends_in_is_not_lost():
    study = Sweeps()
    study.begin(session())
    study.update(prints((10, 100, 20, "A")), OPEN + 10 * SECOND)
    study.begin(session(10))
    rows = study.update(prints((10, 100, 30, "A")), AFTER)
    assert rows["size"].tolist() == [20, 30]


def test_the_largest_sweeps_of_the_session_are_signals():
    study = Sweeps(SweepSettings(percentile=90))
    made = prints(
        *[
            (at, 100 + step, size, "BA"[at % 2])
            for at, size in enumerate([5, 1, 9])
            for step in (0, 1)
        ]
    )
    signals = sweep_signals(study.update(made, AFTER))
    assert signals.dtype == SIGNAL
    assert signals["amount"].tolist() == [10, 18]
    assert set(signals["kind"]) == {SignalKind.SWEEP}
    assert signals["direction"].tolist() == [1, 1]
    assert signals["strength"].tolist() == [1, 1]
    assert (signals["price_low"] < signals["price_high"]).all()


def test_more_sweeps_than_there_is_room_for_all_close():
    made = np.zeros(2 * ROOM + 5, PRINT)
    made["ts_event"] = OPEN + np.arange(len(made))
    made["size"], made["side"] = 10, ord("A")
    assert len(Sweeps().update(made, 2**62)) == len(made)


@pytest.mark.parametrize(
    "wrong", [{"min_levels": 0}, {"min_size_contracts": 0}, {"percentile": 101.0}]
)
def test_settings_that_cannot_be_are_refused(wrong):
    with pytest.raises(BadValueError, match=next(iter(wrong))):
        SweepSettings(**wrong)


@pytest.mark.parametrize("day", NQ_DAYS)
def test_real_evenings_are_those_of_the_oracle_however_they_are_cut(real_tape, day):
    made = nq_evening(real_tape, day)
    cuts = np.random.default_rng(3).integers(0, len(made), 40)
    rows = hand_on(Sweeps(), made, [evening(made)], cuts)
    assert plain(rows) == sweep_rows(made, SweepSettings())
    signals = sweep_signals(rows)
    assert 0 < len(signals) < 0.05 * len(rows)
