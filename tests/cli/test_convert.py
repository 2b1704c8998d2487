import io

import databento_dbn as dbn
import pytest
from tests.tape.tape_samples import metadata_of, random_records, records_of

from ticktape.cli.main import run
from ticktape.tape.files import open_tape
from ticktape.tape.layouts import Schema

RECORDS = random_records(Schema.TRADES, 40)


@pytest.fixture
def tape(tmp_path):
    path = tmp_path / "x.dbn"
    path.write_bytes(metadata_of("trades").encode() + RECORDS.tobytes())
    return path


def test_there_and_back_is_the_same_file(tape, tmp_path, capsys):
    for source, target in (
        ("x.dbn", "a.csv.zst"),
        ("a.csv.zst", "b.parquet"),
        ("b.parquet", "c.dbn"),
    ):
        assert run(["convert", str(tmp_path / source), str(tmp_path / target)]) == 0
    assert records_of(open_tape(tmp_path / "c.dbn")).tobytes() == RECORDS.tobytes()
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", "")


@pytest.mark.parametrize("raw", [True, False])
def test_the_csv_is_the_vendors(tape, tmp_path, raw):
    target = tmp_path / "x.csv"
    assert (
        run(["convert", str(tape), str(target), *(["--raw", "--no-symbols"] if raw else [])]) == 0
    )
    out = io.BytesIO()
    transcoder = dbn.Transcoder(
        out,
        dbn.Encoding.CSV,
        dbn.Compression.NONE,
        pretty_px=not raw,
        pretty_ts=not raw,
        map_symbols=not raw,
    )
    transcoder.write(tape.read_bytes())
    transcoder.flush()
    assert target.read_bytes() == out.getvalue()


def test_another_schema_than_the_tapes_is_an_error(tape, tmp_path, capsys):
    assert run(["convert", str(tape), str(tmp_path / "x.csv"), "--schema", "mbo"]) == 1
    assert "trades records, not mbo" in capsys.readouterr().err


def test_a_target_that_cannot_be_written_is_one_line(tape, tmp_path, capsys):
    target = tmp_path / "none" / "x.csv"
    assert run(["convert", str(tape), str(target)]) == 1
    error = capsys.readouterr().err
    assert error == f"error: {target}: cannot be written: there is no such folder\n"


def test_a_missing_argument_is_wrong_usage(tape):
    assert run(["convert", str(tape)]) == 2


def test_a_schema_that_nobody_knows_is_wrong_usage(tape, tmp_path, capsys):
    assert run(["convert", str(tape), str(tmp_path / "x.csv"), "--schema", "nonsense"]) == 2
    assert "'nonsense' is no schema" in capsys.readouterr().err
