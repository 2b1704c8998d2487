"""Samples of the best quotes out of orders: the clock of the orders ends their intervals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conformance.streams import valid_stream

from ticktape.book.derive_bbo import BboDeriver
from ticktape.book.derive_quotes import QuoteDeriver
from ticktape.flow.derive import make_deriver
from ticktape.tape import Schema

SECOND = 1_000_000_000
START_NS = 1_767_623_400 * SECOND


def orders(seed, count=300, jitter_ns=0):
    records = valid_stream(seed, count)
    times = START_NS + np.arange(len(records)) * (SECOND // 7)
    drawn = np.random.default_rng(seed).integers(-jitter_ns, jitter_ns + 1, len(records))
    records["ts_recv"] = times + drawn
    return records


def samples(records, sizes):
    deriver = make_deriver(Schema.MBO, Schema.BBO_1S)
    cuts = np.cumsum(sizes)
    made = [deriver.update(part) for part in np.split(records, cuts[cuts < len(records)])]
    return np.concatenate([*made, deriver.flush()])


@given(
    seed=st.integers(0, 20),
    sizes=st.lists(st.integers(0, 90), max_size=12),
    jitter_ns=st.sampled_from([0, SECOND // 3, 3 * SECOND]),
)
@settings(max_examples=60, deadline=None)
def test_samples_are_the_same_for_any_cutting(seed, sizes, jitter_ns):
    records = orders(seed, jitter_ns=jitter_ns)
    whole = samples(records, [])
    assert len(whole) > 20
    assert samples(records, sizes).tobytes() == whole.tobytes()


@pytest.mark.parametrize("seed", range(5))
def test_where_no_time_falls_they_are_the_samples_of_the_quotes(seed):
    records = orders(seed)
    quotes, of_quotes = QuoteDeriver(Schema.MBP_1), BboDeriver(Schema.BBO_1S)
    expected = of_quotes.update(np.concatenate([quotes.update(records), quotes.flush()]))
    expected = np.concatenate([expected, of_quotes.flush()])
    assert samples(records, [100]).tobytes() == expected.tobytes()


def test_an_interval_ends_with_an_order_that_makes_no_quote():
    records = orders(1)
    deriver = make_deriver(Schema.MBO, Schema.BBO_1S)
    seen = deriver.update(records)
    later = records[:1].copy()
    later["action"] = ord("N")
    later["ts_recv"] = records["ts_recv"].max() + 5 * SECOND
    ended = deriver.update(later)
    assert len(ended)
    assert (ended["ts_recv"] > seen["ts_recv"].max()).all()
    assert len(deriver.flush()) == 0
