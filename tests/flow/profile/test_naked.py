"""Points of control to which price has not come back."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.flow.profile.footprint_oracle import naked

from ticktape.flow.profile import FOOTPRINT, NAKED_POC, NakedPocs
from ticktape.tape.errors import BadValueError
from ticktape.tape.layouts import UNDEF_PRICE


def bars_of(*rows):
    """Bars from (low, poc, high, close)."""
    bars = np.zeros(len(rows), FOOTPRINT)
    for number, (bar, row) in enumerate(zip(bars, rows, strict=True)):
        bar["start_ns"], bar["end_ns"] = 10 * number, 10 * number + 10
        bar["low"], bar["poc"], bar["high"], bar["close"] = row
    return bars


@st.composite
def bar_lists(draw):
    rows = []
    for _ in range(draw(st.integers(0, 30))):
        low = draw(st.integers(0, 40))
        span = draw(st.integers(0, 6))
        poc, close = (low + draw(st.integers(0, span)) for _ in range(2))
        rows.append((low, draw(st.sampled_from((poc, poc, UNDEF_PRICE))), low + span, close))
    return bars_of(*rows)


@settings(deadline=None)
@given(bar_lists(), st.lists(st.integers(0, 30), max_size=5))
def test_they_are_the_oracles_however_bars_are_cut(bars, cuts):
    study = NakedPocs()
    cuts = sorted(min(cut, len(bars)) for cut in cuts)
    ended = [study.update(piece) for piece in np.split(bars, cuts)]
    expected_ended, still = naked(bars)
    assert [row for piece in ended for row in piece.tolist()] == expected_ended
    assert study.current().tolist() == still
    assert study.dropped == 0


def test_price_that_jumps_over_a_point_of_control_has_passed_it():
    study = NakedPocs()
    assert len(study.update(bars_of((10, 12, 20, 11)))) == 0
    ended = study.update(bars_of((14, 15, 16, 15)))
    assert ended[["price", "ended_ns"]].tolist() == [(12, 10)]


def test_price_that_goes_away_from_a_point_of_control_leaves_it_naked():
    study = NakedPocs()
    study.update(bars_of((10, 12, 20, 12)))
    study.update(bars_of((13, 15, 16, 15)))
    assert study.current()["price"].tolist() == [12, 15]


@pytest.mark.parametrize("beside", [(13, 15, 16, 15), (9, 10, 11, 10)])
def test_the_last_price_before_the_open_bar_stays_naked_where_that_goes_away(beside):
    study = NakedPocs()
    study.update(bars_of((10, 12, 20, 12)))
    assert study.current(bars_of(beside))["price"].tolist() == [12]


@settings(deadline=None)
@given(bar_lists())
def test_what_the_open_bar_has_come_to_is_left_out(bars):
    if not len(bars):
        return
    study, after = NakedPocs(), NakedPocs()
    study.update(bars[:-1])
    after.update(bars)
    still = [row for row in after.current().tolist() if row[1] != bars[-1]["start_ns"]]
    assert study.current(bars[-1:]).tolist() == still


def test_the_oldest_goes_where_there_are_too_many():
    study = NakedPocs(3)
    study.update(bars_of(*((10 * n, 10 * n, 10 * n, 10 * n) for n in range(5))))
    assert study.current()["price"].tolist() == [20, 30, 40]
    assert study.dropped == 2
    assert study.current().dtype == NAKED_POC
    study.reset()
    assert (len(study.current()), study.dropped) == (0, 0)
    with pytest.raises(BadValueError):
        NakedPocs(0)


def test_an_open_bar_is_not_needed():
    assert len(NakedPocs().current(np.zeros(0, FOOTPRINT))) == 0
