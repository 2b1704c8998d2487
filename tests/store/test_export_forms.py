"""How rows of levels are written: the same file for any cutting, never all of it held."""

from __future__ import annotations

import io
import tracemalloc
from unittest.mock import patch

import numpy as np
import pyarrow.parquet as pq
import pytest
from tests.conformance.streams import valid_stream

from ticktape.store.export import FORMATS, ExportedTape, Run, export_pieces, shape_of
from ticktape.store.export_forms import as_parquet
from ticktape.tape.symbol_map import SymbolMap

TAPE = ExportedTape("GLBX.MDP3", SymbolMap(), str)
RECORDS = 4_000


def cut(records, step):
    for first in range(0, len(records), step):
        part = records[first : first + step]
        yield Run(np.arange(first, first + len(part)), part, is_wanted=True)


@pytest.mark.parametrize("form", FORMATS)
def test_any_cutting_of_the_records_gives_the_same_file(form):
    records = valid_stream(8, RECORDS)
    shape = shape_of(10, "event", form)
    with patch("ticktape.store.export_forms._GROUP_ROWS", 100):
        files = {
            step: b"".join(export_pieces(cut(records, step), shape, TAPE))
            for step in (RECORDS, 1_000, 333)
        }
    assert len(files[RECORDS]) > RECORDS
    assert len(set(files.values())) == 1


def test_groups_of_rows_are_of_one_size():
    records = valid_stream(8, RECORDS)
    with patch("ticktape.store.export_forms._GROUP_ROWS", 100):
        content = b"".join(export_pieces(cut(records, 333), shape_of(10, "event", "parquet"), TAPE))
    about = pq.ParquetFile(io.BytesIO(content)).metadata
    sizes = [about.row_group(at).num_rows for at in range(about.num_row_groups)]
    assert set(sizes[:-1]) == {100}
    assert 0 < sizes[-1] <= 100
    assert pq.read_table(io.BytesIO(content)).num_rows == sum(sizes)


def test_a_file_without_rows_has_no_group():
    content = b"".join(as_parquet([], str, 3))
    assert pq.ParquetFile(io.BytesIO(content)).metadata.num_row_groups == 0


def most_held(form, times):
    """Give the most bytes that Python and NumPy held while a file was written and thrown away."""
    records = valid_stream(8, RECORDS)
    runs = (run for _ in range(times) for run in cut(records, 500))
    pieces = export_pieces(runs, shape_of(10, "event", form), TAPE)
    next(pieces)
    tracemalloc.start()
    try:
        written = sum(map(len, pieces))
        return tracemalloc.get_traced_memory()[1], written
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("form", FORMATS)
def test_what_is_held_does_not_grow_with_the_range(form):
    with patch("ticktape.store.export_forms._GROUP_ROWS", 100):
        short, short_written = most_held(form, 2)
        long, long_written = most_held(form, 16)
    assert long_written > 5 * short_written
    # Of Parquet a footer of a few hundred bytes a group remains.
    assert long < 1.5 * short + 100_000
