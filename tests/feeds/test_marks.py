import numpy as np
import pytest

from ticktape.feeds.marks import Mark, make_mark, marks_in, read_mark
from ticktape.tape.batch import Batch
from ticktape.tape.layouts import LAYOUTS, Schema, new_records


@pytest.mark.parametrize("mark", list(Mark))
def test_a_mark_is_a_system_record_that_reads_back(mark):
    batch = make_mark(mark, 42)
    assert batch.schema is Schema.SYSTEM
    assert batch.records.dtype == LAYOUTS[Schema.SYSTEM]
    assert batch.records["code"][0] == 255
    assert batch.records["ts_event"][0] == 42
    assert marks_in(batch) == [mark]


def test_other_system_records_are_no_marks():
    records = new_records(Schema.SYSTEM, 2)
    records["msg"] = [b"Heartbeat", b"ticktape replay: reset"]
    assert read_mark(records[0]) is None
    assert marks_in(Batch(Schema.SYSTEM, records)) == []


def test_records_of_other_schemas_carry_no_marks():
    assert marks_in(Batch(Schema.MBO, np.zeros(3, LAYOUTS[Schema.MBO]))) == []
