"""Volume by price between two times."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.flow.profile.profile_oracle import Print, level_rows
from tests.flow.profile.some_prints import SECOND, TICK, as_array, cut_lists, print_lists

from ticktape.flow.profile import RangeProfile, profile_of
from ticktape.tape.errors import BadValueError

times = st.integers(-1, 2_000).map(lambda seconds: seconds * SECOND)


@settings(deadline=None)
@given(print_lists(), cut_lists, times, times, st.sampled_from((1, 3, 20, 1000)))
def test_it_is_that_of_the_prints_from_the_one_to_before_the_other(prints, cuts, start, end, most):
    study = RangeProfile(TICK, most)
    bounds = [0, *sorted({cut % (len(prints) + 1) for cut in cuts}), len(prints)]
    for first, last in itertools.pairwise(bounds):
        study.update(as_array(prints[first:last]))
    kept = prints[-most:]
    inside = [one for one in kept if start <= one.ts < end]
    assert study.profile_between(start, end).tolist() == level_rows(inside, TICK)
    if len(prints) <= most:
        assert study.kept_from_ns == 0
    else:
        assert study.kept_from_ns == kept[0].ts + 1


def test_memory_is_bounded_by_what_is_kept():
    study = RangeProfile(TICK, 5_000)
    for second in range(100):
        study.update(as_array([Print(second * SECOND + i, i * TICK, 1, "B") for i in range(700)]))
    assert len(study._prints) <= 10_000
    assert study.kept_from_ns == 92 * SECOND + 600 + 1
    assert study.profile_between(99 * SECOND, 100 * SECOND)["buy"].sum() == 700
    study.reset()
    assert len(study.profile_between(0, 2**62)) == 0


def test_a_range_without_prints_is_empty():
    assert len(profile_of(as_array([]), TICK)) == 0


def test_nothing_kept_makes_no_sense():
    with pytest.raises(BadValueError):
        RangeProfile(TICK, 0)
