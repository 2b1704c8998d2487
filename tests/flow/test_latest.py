"""The latest records of every instrument."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ticktape.flow.latest import LatestOfEach, latest_of_each
from ticktape.tape.layouts import Schema, new_records


def of_instruments(ids):
    records = new_records(Schema.TRADES, len(ids))
    records["instrument_id"] = ids
    return records


@settings(deadline=None)
@given(st.lists(st.integers(1, 5), max_size=60), st.integers(1, 7))
def test_they_are_the_last_ones_of_each_in_order(ids, most):
    expected = sorted(
        place for one in set(ids) for place in [i for i, x in enumerate(ids) if x == one][-most:]
    )
    found = latest_of_each(of_instruments(ids), most)
    kept = [int(place) for place in found]
    cuts = [*range(0, len(ids), 4), len(ids)]
    latest, pieces = LatestOfEach(most), []
    for first, last in reversed(list(pairwise(cuts))):
        pieces = [*(first + latest.pick(of_instruments(ids[first:last]))).tolist(), *pieces]
    assert pieces == expected
    # Where there are few records altogether, all are given.
    assert kept == (list(range(len(ids))) if len(ids) <= most else expected)


@pytest.mark.parametrize("instruments", [64, 65, 1_000])
def test_any_number_of_instruments_has_room(instruments):
    ids = np.tile(np.arange(instruments), 3)
    found = latest_of_each(of_instruments(ids), 2)
    assert found.tolist() == list(range(instruments, 3 * instruments))
