"""The percentile of the values so far."""

from __future__ import annotations

import math
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from ticktape.flow.aggression.rank_kernels import (
    BINS,
    bin_of,
    clear_ranks,
    count_value,
    least_of_bin,
    new_ranks,
    percentile_of,
)
from ticktape.ops.kernels import kernel


@kernel
def counted(ranks, value, times):
    count_value(ranks, value, times)


@kernel
def asked(ranks, millionths):
    return percentile_of(ranks, millionths)


def nearest_rank(values, millionths):
    return sorted(values)[math.ceil(Fraction(millionths, 10**6) * len(values)) - 1]


VALUES = st.one_of(st.integers(0, 9), st.integers(0, 2_047), st.integers(0, 2**41 - 1))
SHARES = st.sampled_from([1, 10_000, 500_000, 900_000, 1_000_000])


@settings(deadline=None)
@given(st.lists(VALUES, min_size=1, max_size=40), SHARES)
def test_small_values_are_exact_and_large_ones_within_a_thousandth(values, millionths):
    ranks = new_ranks()
    for count, value in enumerate(values, 1):
        counted(ranks, value, 1)
        true = nearest_rank(values[:count], millionths)
        found = asked(ranks, millionths)
        assert found <= true
        assert true - found <= (0 if true < 2_048 else true / 1_000)


@settings(deadline=None)
@given(st.lists(VALUES, min_size=1, max_size=20), VALUES, SHARES)
def test_a_value_taken_out_again_was_never_there(values, other, millionths):
    plain, disturbed = new_ranks(), new_ranks()
    for value in values:
        counted(plain, value, 1)
        counted(disturbed, value, 1)
        counted(disturbed, other, 1)
        asked(disturbed, millionths)
        counted(disturbed, other, -1)
        assert asked(disturbed, millionths) == asked(plain, millionths)
    clear_ranks(disturbed)
    assert not any(array.any() for array in disturbed)


@given(st.integers(0, 2**63 - 1))
def test_every_value_has_a_bin_and_no_bin_overlaps_another(value):
    place = int(bin_of(value))
    assert 0 <= place < BINS
    known = min(value, 2**41 - 1)
    assert int(least_of_bin(place)) <= known
    assert place == BINS - 1 or known < int(least_of_bin(place + 1))
