import subprocess
import sys

import pytest
from tests.tape.tape_samples import metadata_of, random_records

from ticktape.tape.batch import Batch
from ticktape.tape.convert import convert_tape
from ticktape.tape.csv_writer import write_csv
from ticktape.tape.layouts import Schema

_SLOW = {"databento", "exchange_calendars", "numba", "pandas", "polars", "rich"}


def test_the_tape_package_imports_nothing_slow():
    program = "import sys, ticktape.tape; print(*sys.modules)"
    loaded = set(subprocess.check_output([sys.executable, "-c", program], text=True).split())
    assert not loaded & {"pandas", "polars", "pyarrow", "numba", "databento"}


@pytest.mark.parametrize("name", ["x.csv", "x.dbn", "x.parquet"])
def test_a_tape_is_read_without_what_is_slow_to_import(tmp_path, name):
    records = random_records(Schema.MBO, 3)
    write_csv(tmp_path / "x.csv", [Batch(Schema.MBO, records)], metadata_of("mbo"))
    if name != "x.csv":
        convert_tape(tmp_path / "x.csv", tmp_path / name)
    program = (
        "import sys\n"
        "from ticktape.tape.files import open_tape\n"
        f"list(open_tape({str(tmp_path / name)!r}))\n"
        "print(*sys.modules)"
    )
    loaded = set(subprocess.check_output([sys.executable, "-c", program], text=True).split())
    assert not _SLOW & loaded
