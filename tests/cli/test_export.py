"""``ticktape export``."""

from __future__ import annotations

import json

import databento
import pyarrow.parquet as pq
import pytest
from tests.book.level_rows_oracle import rows_of_events, rows_of_intervals
from tests.conformance.make_corpus import fields_of

from ticktape.cli.main import run
from ticktape.tape import Batch, DbnWriter, Schema, make_metadata, new_records, read_dbn

SYMBOL = "CLX5"


@pytest.fixture
def ticktape(capfdbinary):
    def call(*arguments):
        status = run(["export", *map(str, arguments)])
        said = capfdbinary.readouterr()
        return status, said.out, said.err.decode()

    return call


@pytest.fixture
def clx5(real_tape):
    return real_tape("CLX5-20250924.mbo.dbn")


def records_on(path):
    (batch,) = read_dbn(path, chunk_records=1 << 20)
    return fields_of(batch.records)


def test_every_change_of_a_recorded_session(ticktape, clx5):
    status, out, err = ticktape(clx5, "--levels", 3, "--to", 6_000)
    assert (status, err) == (0, "")
    documents = json.loads(out)
    expected = rows_of_events(records_on(clx5)[:6_000], 3)
    assert [one["position"] for one in documents] == [row.position for row in expected]
    assert [[level["price_i64"] for level in one["asks"]] for one in documents] == [
        [level[0] for level in row.asks] for row in expected
    ]


def test_the_end_of_every_minute_of_a_recorded_session(ticktape, clx5):
    status, out, _ = ticktape(
        clx5, "--symbol", SYMBOL, "--every", "1m", "--to", 6_000, "--format", "ndjson"
    )
    documents = [json.loads(line) for line in out.splitlines()]
    expected = rows_of_intervals(records_on(clx5)[:6_000], 10, 60 * 10**9)
    assert status == 0
    assert [one["ts_recv_unix_ns"] for one in documents] == [row.ts_recv for row in expected]
    assert [one["bids"][0]["price_i64"] for one in documents] == [
        row.bids[0][0] for row in expected
    ]


def test_the_files_name_tells_the_form(ticktape, clx5, tmp_path):
    for name in ("books.parquet", "books.dbn", "books.csv"):
        status, out, _ = ticktape(clx5, "--levels", 1, "--to", 500, "--out", tmp_path / name)
        assert (status, out) == (0, b"")
    rows = pq.read_table(tmp_path / "books.parquet")
    assert rows["symbol"].unique().to_pylist() == [SYMBOL]
    assert (tmp_path / "books.csv").read_text().count("\n") == rows.num_rows + 1
    store = databento.DBNStore.from_file(tmp_path / "books.dbn")
    assert str(store.schema) == "mbp-1"
    assert store.symbology["mappings"][SYMBOL]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--levels", "5", "--format", "dbn"], "1 (mbp-1) or 10 (mbp-10)"),
        (["--levels", "0"], "1 to 1000"),
        (["--format", "xml"], "json"),
        (["--every", "now and then"], "1s"),
        (["--from", "whenever"], "whenever"),
        (["--symbol", "ZZZ9"], "ZZZ9"),
        (["--out", "books.txt"], "--format"),
        (["--out", "/nowhere/books.csv"], "No such file"),
    ],
)
def test_what_cannot_be_done_is_one_line(ticktape, clx5, arguments, said):
    status, out, err = ticktape(clx5, *arguments)
    # What the tape or the disk says no to; all else is wrong by itself.
    assert (status, out) == (1 if said in {"ZZZ9", "No such file"} else 2, b"")
    assert said in err
    assert err.count("\n") == 1


def test_a_tape_without_orders_is_refused(ticktape, tmp_path):
    path = tmp_path / "trades.dbn"
    with DbnWriter(path, make_metadata("GLBX.MDP3", Schema.TRADES, 1, None)) as tape:
        tape.write(Batch(Schema.TRADES, new_records(Schema.TRADES, 1)))
    status, out, err = ticktape(path)
    assert (status, out) == (1, b"")
    assert "mbo" in err


@pytest.mark.parametrize("name", ["clx5.parquet", "clx5.csv"])
def test_a_tape_in_another_form_gives_the_same(ticktape, clx5, tmp_path, name):
    assert run(["convert", str(clx5), str(tmp_path / name)]) == 0
    arguments = ("--symbol", SYMBOL, "--format", "ndjson", "--to", 3_000)
    status, out, _ = ticktape(tmp_path / name, *arguments)
    assert status == 0
    assert out == ticktape(clx5, *arguments)[1]


def test_no_such_tape(ticktape, tmp_path):
    status, _, err = ticktape(tmp_path / "none.dbn")
    assert status == 1
    assert "none.dbn" in err


def test_what_is_whole_of_a_cut_tape_is_exported_and_the_cut_told(ticktape, clx5, tmp_path):
    path = tmp_path / "cut.dbn"
    path.write_bytes(clx5.read_bytes()[:-20])
    status, out, err = ticktape(path, "--format", "ndjson", "--levels", 1)
    assert status == 1
    assert "was cut" in err
    whole = ticktape(clx5, "--format", "ndjson", "--levels", 1)[1]
    assert whole.startswith(out)
    assert len(out) > 0.99 * len(whole)


def test_an_end_before_the_beginning_is_empty(ticktape, clx5):
    assert ticktape(clx5, "--from", 500, "--to", 100) == (0, b"[]\n", "")
