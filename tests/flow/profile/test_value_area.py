"""The point of control and the value area of levels."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.flow.profile.profile_oracle import nodes, value_area

from ticktape.flow.profile import (
    PROFILE_LEVEL,
    ProfileSettings,
    ProfileSummary,
    merge_levels,
    nodes_of,
    summary_of,
)
from ticktape.tape.errors import BadValueError

TICK = 250_000_000


def levels(volumes):
    """Levels of bought volume by price."""
    rows = np.zeros(len(volumes), PROFILE_LEVEL)
    rows["price"] = sorted(volumes)
    rows["buy"] = [volumes[price] for price in sorted(volumes)]
    return rows


def test_the_point_of_control_is_where_most_was_traded():
    assert summary_of(levels({5000: 150, 5001: 350, 5002: 150})).poc == 5001


def test_the_highest_of_equal_prices_is_the_point_of_control():
    assert summary_of(levels({1: 5, 2: 9, 3: 9, 4: 1})).poc == 3


def test_an_empty_profile_has_neither():
    assert summary_of(levels({})) is None


def test_trades_without_a_side_alone_make_neither():
    rows = levels({5: 0})
    rows["unsided"] = 7
    assert summary_of(rows) is None


def test_of_equal_neighbours_the_upper_is_taken_first():
    assert summary_of(levels({1: 2, 2: 5, 3: 2}), 70) == ProfileSummary(2, 3, 2, 7, 9)


def test_prices_without_trade_do_not_end_the_value_area():
    # Empty ticks on both sides of the point of control: the reference stops at them, with 40 %.
    thin = {100: 3, 110: 4, 120: 3}
    assert summary_of(levels(thin)) == ProfileSummary(110, 120, 110, 7, 10)
    with_empty = levels({price: thin.get(price, 0) for price in range(100, 121)})
    assert summary_of(with_empty) == summary_of(levels(thin))


def test_the_share_is_of_the_exact_total():
    # 70 % of 9 is 6.3: six are not enough.
    assert summary_of(levels({1: 3, 2: 6})).value_area_volume == 9
    assert summary_of(levels({1: 3, 2: 7})).value_area_volume == 7


volumes_by_price = st.dictionaries(st.integers(-30, 30), st.integers(0, 20), max_size=40)


@settings(deadline=None)
@given(volumes_by_price, st.sampled_from((50, 70, 100)))
def test_it_is_that_of_the_oracle(volumes, percent):
    found = summary_of(levels(volumes), percent)
    expected = value_area(volumes, percent / 100)
    if expected is None:
        assert found is None
    else:
        assert found == ProfileSummary(*expected, sum(volumes.values()))


@settings(deadline=None)
@given(volumes_by_price, st.integers(0, 3), st.integers(1, 5))
def test_nodes_are_those_of_the_oracle(volumes, smooth, reach):
    settings = ProfileSettings(
        smooth_ticks=smooth,
        node_reach_ticks=reach,
        high_node_percent=150,
        low_node_percent=50,
    )
    by_price = {price * TICK: volume for price, volume in volumes.items()}
    found = nodes_of(levels(by_price), TICK, settings)
    expected = nodes(by_price, TICK, smooth, reach, 150, 50)
    assert (found.high.tolist(), found.low.tolist()) == expected


def test_a_valley_between_two_hills_is_a_low_volume_node_and_the_thin_ends_are_none():
    hills = [1, 8, 30, 8, 1, 1, 1, 1, 8, 30, 8, 1]
    found = nodes_of(
        levels({tick * TICK: volume for tick, volume in enumerate(hills)}),
        TICK,
        ProfileSettings(smooth_ticks=0, node_reach_ticks=3),
    )
    assert (found.high // TICK).tolist() == [2, 9]
    assert (found.low // TICK).tolist() == [7]


def test_a_composite_adds_up_each_price():
    first, second = levels({1: 5, 2: 6}), levels({2: 1, 9: 4})
    second["sell"], second["unsided"] = 3, 2
    merged = merge_levels([first, second])
    assert merged.tolist() == [(1, 5, 0, 0), (2, 7, 3, 2), (9, 4, 3, 2)]
    assert len(merge_levels([])) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"value_area_percent": 0},
        {"value_area_percent": 101},
        {"developing_ns": 0},
        {"smooth_ticks": -1},
        {"node_reach_ticks": 0},
        {"most_ticks": 0},
        {"kept_sessions": -1},
    ],
)
def test_a_setting_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(BadValueError):
        ProfileSettings(**wrong)
