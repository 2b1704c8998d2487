"""``ticktape audit``."""

import json
from datetime import date

import numpy as np
import pytest

from ticktape.tape import Batch, DbnWriter, Schema, make_metadata, new_records

START = 1_758_745_800_000_000_000  # 2025-09-24T20:30Z


def crossed_orders():
    records = new_records(Schema.MBO, 3)
    records["action"] = list(b"AAC")
    records["side"] = list(b"BAB")
    records["order_id"] = [1, 2, 9]
    records["price"] = [50_000_000_000, 48_000_000_000, 1]
    records["size"], records["flags"] = 1, 128
    records["publisher_id"], records["instrument_id"] = 1, 7
    records["ts_event"] = records["ts_recv"] = START + np.arange(3)
    return records


def write(path, batch):
    mappings = {"CLX5": [(date(2025, 9, 24), date(2025, 9, 25), "7")]}
    metadata = make_metadata("GLBX.MDP3", batch.schema, START, None, ["CLX5"], mappings)
    with DbnWriter(path, metadata) as writer:
        writer.write(batch)
    return path


@pytest.fixture
def tape(tmp_path):
    return write(tmp_path / "crossed.dbn", Batch(Schema.MBO, crossed_orders()))


def test_json_is_the_whole_report(ticktape, tape):
    status, out, err = ticktape("audit", tape, "--json")
    assert (status, err) == (0, "")
    report = json.loads(out)
    assert (report["dataset"], report["records"], report["cut"]) == ("GLBX.MDP3", 3, None)
    (book,) = report["books"]
    assert book["symbol"] == "CLX5"
    assert book["counters"]["unknown_cancels"] == 1
    (span,) = book["crossed"]["spans"]
    assert (span["phase"], span["first_record"], span["depth"]) == ("continuous", 1, "2")


def test_a_table_names_what_was_found(ticktape, tape):
    status, out, _ = ticktape("audit", tape)
    assert status == 0
    assert "CLX5" in out
    assert "unknown cancels" in out
    assert "crossed: 1 spans (2 in continuous), 0 states inside events" in out


def test_status_records_of_another_file_tell_the_phase(ticktape, tape, tmp_path):
    status = new_records(Schema.STATUS, 1)
    status["publisher_id"], status["instrument_id"], status["action"] = 1, 7, 1
    status["ts_event"] = status["ts_recv"] = START - 5
    other = write(tmp_path / "status.dbn", Batch(Schema.STATUS, status))
    _, out, _ = ticktape("audit", tape, other, "--json")
    assert json.loads(out)["books"][0]["crossed"]["records"] == {"pre-open": 2}


def test_a_cut_tape_is_audited_to_its_cut_which_is_told(ticktape, tape, tmp_path):
    cut = tmp_path / "cut.dbn"
    cut.write_bytes(tape.read_bytes()[:-10])
    status, out, err = ticktape("audit", cut)
    assert status == 1
    assert " 2 records" in out
    assert "was cut" in err
    assert ticktape("audit", cut, "--json")[:2] == (1, "")


def test_bad_input_is_one_clear_line(ticktape, tmp_path):
    (tmp_path / "empty.dbn").touch()
    (tmp_path / "notes.dbn").write_text("no tape\n" * 99)
    trades = write(tmp_path / "trades.dbn", Batch(Schema.TRADES, new_records(Schema.TRADES, 1)))
    definitions = Batch(Schema.DEFINITION, new_records(Schema.DEFINITION, 0))
    nothing_else = write(tmp_path / "definitions.dbn", definitions)
    nothing = write(tmp_path / "none.dbn", Batch(Schema.MBO, new_records(Schema.MBO, 0)))
    for path, has in (
        (tmp_path / "gone.dbn", "gone.dbn"),
        (tmp_path / "empty.dbn", "empty.dbn"),
        (tmp_path / "notes.dbn", "notes.dbn"),
        (trades, "an audit needs mbo records"),
        (nothing_else, "holds definition records"),
        (nothing, "no records"),
    ):
        status, out, err = ticktape("audit", path)
        assert (status, out) == (1, "")
        assert err.startswith("error: ")
        assert err.count("\n") == 1
        assert has in err


def test_a_real_session_in_words(ticktape, real_tape):
    status, out, _ = ticktape("audit", real_tape("CLX5-20250924.mbo.dbn"))
    assert status == 0
    assert "crossed: 1 spans (172 in pre-open), 8 states inside events" in out
    assert "locked: 0 spans, 102 states inside events" in out
