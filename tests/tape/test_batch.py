"""Records joined and copied as bytes: what NumPy does field by field, ten times as fast."""

import numpy as np
import pytest

from ticktape.tape.batch import copy_records, join_records
from ticktape.tape.layouts import LAYOUTS, Schema


def drawn(schema, count, seed=0):
    size = LAYOUTS[schema].itemsize
    data = np.random.default_rng(seed).integers(0, 256, count * size, np.uint8)
    return data.view(LAYOUTS[schema])


@pytest.mark.parametrize("schema", [Schema.MBO, Schema.MBP_10, Schema.DEFINITION])
def test_joined_records_are_the_pieces_behind_each_other(schema):
    records = drawn(schema, 9)
    joined = join_records([records[:2], records[2:2], records[2:]])
    assert joined.dtype == records.dtype
    assert joined.tobytes() == records.tobytes()
    assert join_records([records]) is records


@pytest.mark.parametrize("schema", [Schema.MBO, Schema.MBP_10, Schema.DEFINITION])
def test_copied_records_take_the_place_of_others_alone(schema):
    records, into = drawn(schema, 4), drawn(schema, 10, seed=1)
    expected = into[:3].tobytes() + records.tobytes() + into[7:].tobytes()
    copy_records(into[3:7], records)
    assert into.tobytes() == expected


def test_other_layouts_and_lengths_are_refused():
    records = drawn(Schema.MBO, 4)
    with pytest.raises(ValueError, match="broadcast"):
        copy_records(drawn(Schema.MBO, 5), records)
    with pytest.raises(ValueError, match="broadcast"):
        copy_records(drawn(Schema.TRADES, 4), records)
