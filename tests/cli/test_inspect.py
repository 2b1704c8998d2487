import json
import re

import numpy as np
import pytest
from tests.tape.tape_samples import metadata_of, random_records

from ticktape.cli.main import run
from ticktape.tape import Batch, DbnWriter, make_metadata
from ticktape.tape.gaps import Gap, gap_batch
from ticktape.tape.layouts import Schema, new_records


@pytest.fixture
def tape(tmp_path):
    path = tmp_path / "x.dbn"
    records = random_records(Schema.MBO, 50)
    path.write_bytes(metadata_of("mbo").encode() + records.tobytes())
    return path


def test_the_document_of_a_real_tape(real_tape, capsys):
    assert run(["inspect", str(real_tape("CLX5-20250924.mbo.dbn")), "--json"]) == 0
    printed = capsys.readouterr()
    said = json.loads(printed.out)
    assert printed.err == ""
    assert (said["schema"], said["dataset"], said["version"]) == ("mbo", "GLBX.MDP3", 3)
    assert (said["records"], said["symbols"]) == (38_212, ["CLX5"])
    assert said["start"] == "2025-09-24T19:30:00.000000000Z"
    assert said["end"] == "2025-09-24T22:00:00.000000000Z"
    assert said["actions"] == {"A": 14_959, "C": 16_252, "F": 2_701, "M": 2_701, "T": 1_599}
    assert said["instruments"] == [{"instrument_id": 432_669, "symbol": "CLX5", "records": 38_212}]


def test_row_counts_by_contract_of_a_real_csv(real_tape, capsys):
    assert run(["inspect", str(real_tape("NQ.FUT-20251207.trades.csv.zst")), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert {one["symbol"]: one["records"] for one in said["instruments"]} == {
        "NQZ5": 3_712,
        "NQZ5-NQH6": 42,
        "NQH6": 32,
    }


def test_the_version_is_the_files_own(real_tape, capsys):
    run(["inspect", str(real_tape("ESH4-20231224.mbo.dbn.zst")), "--json"])
    said = json.loads(capsys.readouterr().out)
    assert (said["version"], said["records"], said["actions"]["A"]) == (1, 8_725, 8_725)


def test_the_table_is_for_people(tape, capsys):
    assert run(["inspect", str(tape)]) == 0
    table = capsys.readouterr().out
    assert "records        50" in table
    assert "GLBX.MDP3" in table
    assert "SYM0 (118)" in table


def test_several_files_are_a_list(tape, capsys):
    assert run(["inspect", str(tape), str(tape), "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == 2


def test_a_cut_tape_is_described_and_is_an_error(tape, capsys):
    tape.write_bytes(tape.read_bytes()[:-9])
    assert run(["inspect", str(tape)]) == 1
    printed = capsys.readouterr()
    assert re.search(r"(?m)^records +49$", printed.out)
    assert printed.err.startswith(f"error: {tape}: was cut: 47 bytes")
    assert printed.err.count("\n") == 1


def test_a_cut_tape_gives_no_document(tape, capsys):
    tape.write_bytes(tape.read_bytes()[:-9])
    assert run(["inspect", str(tape), "--json"]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "without --json" in printed.err
    assert printed.err.count("\n") == 1


def test_a_mixed_tape_counts_its_schemas(tmp_path, capsys):
    path = tmp_path / "live.dbn"
    parts = [random_records(Schema.MBO, 3), random_records(Schema.TRADES, 2)]
    content = b"".join(part.tobytes() for part in parts)
    path.write_bytes(metadata_of(None).encode() + content + bytes([5, 77]) + bytes(18))
    assert run(["inspect", str(path), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["schema"] is None
    assert said["schemas"] == {"mbo": 3, "trades": 2}
    assert said["skipped"] == {"77": 1}


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("none.dbn", None, "no such file"),
        ("empty.dbn", b"", "is empty"),
        ("text.dbn", b"hello world", "does not begin with DBN"),
        ("cut.dbn", b"DBN\3\0\1\0\0", "inside its metadata"),
        ("text.csv", b"hello,world\n1,2\n", "not the vendor's CSV"),
        ("text.parquet", b"hello", "not Parquet"),
    ],
)
def test_bad_input_is_one_line_and_status_1(tmp_path, capsys, name, content, message):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    assert run(["inspect", str(path)]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    assert message in printed.err
    assert str(path) in printed.err


def named_by(schema, *symbols):
    records = new_records(schema, len(symbols))
    records["instrument_id"] = 1 + np.arange(len(symbols))
    records["publisher_id"] = 0 if schema is Schema.SYMBOL_MAPPING else 1
    field = "raw_symbol" if schema is Schema.DEFINITION else "stype_out_symbol"
    records[field] = [symbol.encode() for symbol in symbols]
    return Batch(schema, records)


@pytest.mark.parametrize("schema", [Schema.DEFINITION, Schema.SYMBOL_MAPPING])
def test_names_come_from_records_too(schema, tmp_path, capsys):
    trades = new_records(Schema.TRADES, 3)
    trades["instrument_id"] = [1, 2, 2]
    trades["publisher_id"] = 1
    gap = gap_batch(Gap(1, 2, "the connection broke"))
    with DbnWriter(tmp_path / "x.dbn", make_metadata("GLBX.MDP3", None, 0)) as writer:
        for batch in (gap, named_by(schema, "ESH6", "CLH6"), Batch(Schema.TRADES, trades)):
            writer.write(batch)
    assert run(["inspect", str(tmp_path / "x.dbn"), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert {one["symbol"]: one["records"] for one in said["instruments"]} == {"ESH6": 2, "CLH6": 3}
    assert set(said["publishers"]) == {"1"}
