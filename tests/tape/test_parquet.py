import contextlib

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.tape.tape_samples import MARKET_SCHEMAS, metadata_of, random_records, records_of

from ticktape.tape.batch import Batch
from ticktape.tape.dbn_reader import read_dbn
from ticktape.tape.errors import (
    BadValueError,
    EmptyTapeError,
    TapeError,
    TapeNotFoundError,
    TapeWriteError,
    TicktapeError,
    WrongSchemaError,
)
from ticktape.tape.layouts import UNDEF_TIMESTAMP, Schema
from ticktape.tape.parquet import read_parquet, write_parquet

DAMAGE = st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=6)


@pytest.mark.parametrize("schema", MARKET_SCHEMAS)
@pytest.mark.parametrize("pretty", [True, False])
def test_every_schema_survives(tmp_path, schema, pretty):
    records = random_records(schema, 300)
    path = tmp_path / "x.parquet"
    metadata = metadata_of(schema)
    batches = [Batch(schema, records[:100]), Batch(schema, records[100:])]
    assert write_parquet(path, batches, metadata, pretty_px=pretty, pretty_ts=pretty) == 300
    tape = read_parquet(path)
    assert tape.schema is schema
    assert tape.metadata.encode() == metadata.encode()
    assert np.array_equal(records_of(tape), records)


def test_columns_are_exact_decimals_and_times(tmp_path):
    records = random_records(Schema.TRADES, 3)
    records["price"] = [64_830_000_000, -50_000_000, 2**63 - 1]
    write_parquet(tmp_path / "x.parquet", [Batch(Schema.TRADES, records)], metadata_of("trades"))
    table = pq.read_table(tmp_path / "x.parquet")
    assert table["price"].to_pylist()[2] is None
    assert [str(price) for price in table["price"].to_pylist()[:2]] == [
        "64.830000000",
        "-0.050000000",
    ]
    assert table["ts_recv"].type == pa.timestamp("ns", tz="UTC")
    assert set(table["symbol"].to_pylist()) <= {"SYM0", "SYM1", None}


def test_each_batch_is_a_row_group(tmp_path):
    records = random_records(Schema.MBO, 30)
    batches = [Batch(Schema.MBO, records[at : at + 10]) for at in (0, 10, 20)]
    write_parquet(tmp_path / "x.parquet", batches, metadata_of("mbo"))
    assert pq.ParquetFile(tmp_path / "x.parquet").num_row_groups == 3


def test_a_tape_without_records_keeps_its_columns(tmp_path):
    write_parquet(tmp_path / "x.parquet", [], metadata_of("mbo"))
    assert sum(len(batch.records) for batch in read_parquet(tmp_path / "x.parquet")) == 0


def test_a_time_beyond_2262_asks_for_raw_times(tmp_path):
    records = random_records(Schema.STATISTICS, 2)
    records["ts_ref"] = [2**63 + 5, UNDEF_TIMESTAMP]
    batches = [Batch(Schema.STATISTICS, records)]
    with pytest.raises(BadValueError, match="raw times"):
        write_parquet(tmp_path / "x.parquet", batches, metadata_of("statistics"))
    write_parquet(tmp_path / "y.parquet", batches, metadata_of("statistics"), pretty_ts=False)
    assert np.array_equal(records_of(read_parquet(tmp_path / "y.parquet")), records)


def test_a_table_holds_one_schema(tmp_path):
    batches = [Batch(s, random_records(s, 1)) for s in (Schema.MBO, Schema.TRADES)]
    with pytest.raises(WrongSchemaError, match="one schema"):
        write_parquet(tmp_path / "x.parquet", batches, metadata_of(None))
    with pytest.raises(TapeWriteError, match="no records"):
        write_parquet(tmp_path / "y.parquet", [], metadata_of(None))


def test_what_is_no_tape_is_told(tmp_path):
    with pytest.raises(TapeNotFoundError):
        read_parquet(tmp_path / "none.parquet")
    (tmp_path / "empty.parquet").touch()
    with pytest.raises(EmptyTapeError):
        read_parquet(tmp_path / "empty.parquet")
    (tmp_path / "text.parquet").write_text("text")
    with pytest.raises(TapeError, match="not Parquet"):
        read_parquet(tmp_path / "text.parquet")
    pq.write_table(pa.table({"a": [1]}), tmp_path / "other.parquet")
    with pytest.raises(TapeError, match="not a tape"):
        read_parquet(tmp_path / "other.parquet")


def test_a_real_tape_survives(real_tape, tmp_path):
    tape = read_dbn(real_tape("CLX5-20250924.mbo.dbn"))
    write_parquet(tmp_path / "x.parquet", tape, tape.metadata)
    again = read_parquet(tmp_path / "x.parquet")
    assert np.array_equal(records_of(again), records_of(tape))
    assert again.metadata.encode() == tape.metadata.encode()


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(damage=DAMAGE)
def test_no_damage_ends_in_anything_but_our_errors(tmp_path, damage):
    path = tmp_path / "x.parquet"
    write_parquet(path, [Batch(Schema.MBO, random_records(Schema.MBO, 9))], metadata_of("mbo"))
    damaged = bytearray(path.read_bytes())
    for place, value in damage:
        damaged[place % len(damaged)] = value
    path.write_bytes(damaged)
    with contextlib.suppress(TicktapeError):
        list(read_parquet(path))


def test_columns_that_are_missing_or_of_another_kind_are_told(tmp_path):
    path = tmp_path / "x.parquet"
    write_parquet(path, [Batch(Schema.MBO, random_records(Schema.MBO, 9))], metadata_of("mbo"))
    table = pq.read_table(path)
    pq.write_table(table.drop_columns("size"), path)
    with pytest.raises(TapeError, match="lacks the columns size of mbo"):
        read_parquet(path)
    floats = table.set_column(table.schema.names.index("price"), "price", table["size"])
    pq.write_table(floats, path)
    with pytest.raises(TapeError, match="price is uint32"):
        list(read_parquet(path))
