"""Sums that do not fit 64 bits, and their means."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ticktape.flow.session.sums_kernels import mean_of, weighted


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(-(2**55), 2**55), st.integers(1, 2**32 - 1) | st.integers(1, 9)),
        min_size=1,
        max_size=20,
    )
)
def test_sums_and_their_mean_are_exact(values):
    sums = np.zeros(5, "i8")
    for value, size in values:
        sums[2], sums[3] = weighted(sums[2], sums[3], value, size)
    total = sum(value * size for value, size in values)
    assert int(sums[2]) * 2**31 + int(sums[3]) == total
    assert 0 <= sums[3] < 2**31
    count = sum(size for _, size in values)
    assert mean_of(sums, 2, count) == (2 * total + count) // (2 * count)
