"""When a record could first be known."""

import numpy as np
import pytest

from ticktape.tape.batch import Batch
from ticktape.tape.intervals import BAR_LENGTHS_NS, known_times
from ticktape.tape.layouts import Schema, new_records


@pytest.mark.parametrize("schema", BAR_LENGTHS_NS)
def test_a_bar_is_known_when_it_ends(schema):
    bars = new_records(schema, 2)
    bars["ts_event"] = [0, 86_400_000_000_000]
    expected = bars["ts_event"] + np.uint64(BAR_LENGTHS_NS[schema])
    assert known_times(Batch(schema, bars)).tolist() == expected.tolist()


@pytest.mark.parametrize("schema", [Schema.MBO, Schema.BBO_1S, Schema.TRADES])
def test_all_else_is_known_when_it_was_received(schema):
    records = new_records(schema, 2)
    records["ts_event"] = [1, 2]
    records["ts_recv"] = [10, 20]
    assert known_times(Batch(schema, records)).tolist() == [10, 20]
