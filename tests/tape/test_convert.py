import databento as db
import numpy as np
import pytest
from tests.tape.tape_samples import live_session, metadata_of, random_records, records_of

from ticktape.tape.convert import convert_tape
from ticktape.tape.errors import BadValueError, TicktapeError, TruncatedTapeError
from ticktape.tape.files import form_of, open_tape
from ticktape.tape.layouts import Schema

NAMES = ["x.dbn", "x.dbn.zst", "x.csv", "x.csv.zst", "x.parquet"]


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("a.csv", "csv"),
        ("a.trades.CSV.zst", "csv"),
        ("a.parquet", "parquet"),
        ("a.dbn.zst", "dbn"),
        ("a.v3", "dbn"),
        ("a", "dbn"),
    ],
)
def test_the_name_tells_the_form(name, form):
    assert form_of(name) == form


@pytest.mark.parametrize("first", NAMES)
@pytest.mark.parametrize("second", NAMES)
@pytest.mark.parametrize("pretty", [True, False])
def test_records_and_symbols_survive_every_pair_of_forms(put_tape, tmp_path, first, second, pretty):
    records = random_records(Schema.MBO, 100)
    source = put_tape("source.dbn", metadata_of("mbo"), records)
    convert_tape(source, tmp_path / f"1{first}", pretty=pretty)
    convert_tape(tmp_path / f"1{first}", tmp_path / f"2{second}", pretty=pretty)
    convert_tape(tmp_path / f"2{second}", tmp_path / "3.dbn")
    last = open_tape(tmp_path / "3.dbn")
    assert np.array_equal(records_of(last), records)
    assert set(last.metadata.mappings) == {"SYM0", "SYM1"}
    assert not [path for path in tmp_path.iterdir() if "partial" in path.name]


def test_one_schema_of_a_mixed_tape(put_tape, tmp_path):
    trades = random_records(Schema.TRADES, 4)
    source = put_tape("live.dbn", metadata_of(None), random_records(Schema.MBO, 5), trades)
    assert convert_tape(source, tmp_path / "x.csv", schema="trades") == 4
    assert np.array_equal(records_of(open_tape(tmp_path / "x.csv")), trades)


def test_what_is_whole_of_a_cut_tape_is_converted_and_the_cut_told(put_tape, tmp_path):
    records = random_records(Schema.MBO, 9)
    source = put_tape("x.dbn", metadata_of("mbo"), records.tobytes()[:-7])
    with pytest.raises(TruncatedTapeError, match="8 whole records are in"):
        convert_tape(source, tmp_path / "y.parquet")
    assert np.array_equal(records_of(open_tape(tmp_path / "y.parquet")), records[:8])


def test_a_failure_leaves_the_target_as_it_was(put_tape, tmp_path):
    target = tmp_path / "y.csv"
    target.write_text("precious")
    damaged = random_records(Schema.MBO, 9).tobytes() + b"\1" * 60
    with pytest.raises(TicktapeError):
        convert_tape(put_tape("x.dbn", metadata_of("mbo"), damaged), target)
    assert target.read_text() == "precious"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.dbn", "y.csv"]


def test_a_tape_is_not_converted_onto_itself(put_tape):
    source = put_tape("x.dbn", metadata_of("mbo"))
    with pytest.raises(BadValueError, match="source itself"):
        convert_tape(source, source)


@pytest.mark.parametrize("name", ["y.foo", "y", "y.parquet.zst", "y.zst"])
def test_a_target_whose_name_tells_no_form_is_refused(put_tape, tmp_path, name):
    source = put_tape("x.dbn", metadata_of("mbo"))
    with pytest.raises(BadValueError, match=r"\.dbn, \.dbn\.zst, \.csv"):
        convert_tape(source, tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == ["x.dbn"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.filterwarnings("ignore")
def test_the_symbols_of_a_live_session_survive_every_form(put_tape, tmp_path, name):
    source = put_tape("live.dbn", *live_session())
    convert_tape(source, tmp_path / name, schema="trades")
    assert set(open_tape(tmp_path / name).metadata.mappings) == {"ESZ5"}
    convert_tape(tmp_path / name, tmp_path / "last.dbn")
    theirs = db.DBNStore.from_file(tmp_path / "last.dbn").to_df(schema="trades")
    assert theirs["symbol"].tolist() == ["ESZ5"] * 4


def test_a_whole_live_session_keeps_its_mapping_records(put_tape, tmp_path):
    _, *records = session = live_session()
    convert_tape(put_tape("live.dbn", *session), tmp_path / "x.dbn")
    kept = [batch.records.tobytes() for batch in open_tape(tmp_path / "x.dbn")]
    assert kept == [part.tobytes() for part in records]
