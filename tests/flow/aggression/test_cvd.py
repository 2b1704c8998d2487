"""The cumulative delta: line, candles, buckets, of the session and since ever."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.flow.aggression.cvd_oracle import changes, cvd_rows
from tests.flow.aggression.tape import (
    NQ_DAYS,
    OPEN,
    SECOND,
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

from ticktape.flow.aggression import CVD_POINT, Cvd, CvdSettings, CvdStanding
from ticktape.tape.errors import BadValueError

AFTER = OPEN + 3600 * SECOND

SETTINGS = st.builds(
    CvdSettings,
    length_ns=st.sampled_from([SECOND, 3 * SECOND, SECOND // 4]),
    bounds_contracts=st.sampled_from([(5, 20, 50), (), (1, 2, 3, 4, 5, 6, 7), (300, 1_000)]),
)
AMOUNTS = st.sampled_from([1, 2, 4, 5, 6, 19, 20, 255, 256, 299, 300, 2**32 - 1])


@settings(deadline=None)
@given(drawn_prints(AMOUNTS), drawn_sessions(), SETTINGS, st.lists(st.integers(0, 60), max_size=6))
def test_points_are_those_of_the_oracle_however_prints_are_cut(made, sessions, chosen, cuts):
    expected, before = [], 0
    for one, its in by_session(made, sessions):
        expected += cvd_rows(its, one, chosen, before)
        before += sum(changes([(0, int(each["size"]), chr(each["side"])) for each in its]))
    study = Cvd(chosen)
    rows = hand_on(study, made, sessions, cuts)
    assert rows.dtype == CVD_POINT
    assert plain(rows) == expected
    assert study.continuous == before


def test_what_is_bought_adds_what_is_sold_subtracts_and_the_rest_does_neither():
    study = Cvd()
    study.begin(session())
    lines = [
        study.update(prints((at, 1, size, side)), OPEN + (at + 1) * SECOND)["close"].tolist()
        for at, (size, side) in enumerate([(100, "B"), (50, "A"), (7, "N")])
    ]
    assert lines == [[100], [50], [50]]


def test_a_candle_opens_where_the_one_before_it_closed():
    study = Cvd()
    made = prints((0, 1, 5, "B"), (1, 1, 9, "A"), (1.5, 1, 20, "B"), (1.6, 1, 1, "A"))
    rows = study.update(made, AFTER)
    assert rows[["open", "high", "low", "close"]].tolist() == [(0, 5, 0, 5), (5, 16, -4, 15)]


def test_the_session_begins_at_nothing_and_the_continuous_delta_goes_on():
    study = Cvd()
    study.begin(session())
    study.update(prints((0, 1, 5, "B")), OPEN + 10 * SECOND)
    assert study.standing == CvdStanding(5, 5, 5)
    study.begin(session(10))
    assert study.standing == CvdStanding(0, 0, 0)
    (row,) = study.update(prints((10, 1, 2, "A")), AFTER)
    assert (row["close"], row["continuous"], row["buckets"].sum()) == (-2, 3, -2)
    study.reset()
    assert study.continuous == 0


def test_the_standing_counts_the_window_that_is_open():
    study = Cvd()
    study.update(prints((0, 1, 5, "B"), (0.1, 1, 9, "A"), (0.2, 1, 1, "B")), OPEN)
    assert study.standing == CvdStanding(-3, 5, -4)
    assert study.current()["close"].tolist() == [-3]


@pytest.mark.parametrize(
    "wrong", [{"length_ns": 0}, {"bounds_contracts": (5, 4)}, {"bounds_contracts": (0,)}]
)
def test_settings_that_cannot_be_are_refused(wrong):
    with pytest.raises(BadValueError, match=next(iter(wrong))):
        CvdSettings(**wrong)


# Computed by an independent program: last, highest and lowest delta of each evening.
@pytest.mark.parametrize(
    ("day", "standing"),
    list(zip(NQ_DAYS, [(-27, 389, -47), (196, 314, -68), (186, 252, -119)], strict=True)),
)
def test_the_delta_of_a_real_evening(real_tape, day, standing):
    made = nq_evening(real_tape, day)
    its = evening(made)
    study = Cvd()
    cuts = np.random.default_rng(2).integers(0, len(made), 40)
    rows = hand_on(study, made, [its], cuts)
    assert study.standing == standing
    assert (rows["high"].max(), rows["low"].min()) == standing[1:]
    whole = Cvd()
    whole.begin(its)
    assert whole.update(made, 2**62).tobytes() == rows.tobytes()
    assert (rows["buckets"].sum(axis=1) == rows["close"]).all()
