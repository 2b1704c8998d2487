"""``ticktape simulate``: what it writes, and what it refuses."""

import hashlib
import subprocess
import sys

import numpy as np
import pytest

from ticktape.book.audit import audit
from ticktape.feeds.simulator import SimulatedExchange
from ticktape.feeds.simulator.warm_up import warm_up
from ticktape.tape import Schema, SymbolMap, read_dbn

SECOND = 1_000_000_000


@pytest.fixture(scope="module", autouse=True)
def compiled():
    """Nothing is left to compile, which commands would speak of."""
    warm_up()


def simulate(*arguments):
    code = "from ticktape.cli.main import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, "simulate", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )


def records_of(path):
    return np.concatenate([batch.records for batch in read_dbn(path)])


def test_the_tape_is_the_snapshot_and_the_records_of_the_seed(tmp_path):
    path = tmp_path / "a.dbn"
    run = simulate(path, "--seconds", 2, "--rate", 20_000, "--seed", 7)
    assert run.returncode == 0, run.stderr
    assert run.stderr == ""
    exchange = SimulatedExchange(seed=7, rate=20_000)
    parts = [exchange.snapshot(), exchange.run_until(exchange.start_ns + 2 * SECOND - 1)]
    records = records_of(path)
    assert records.tobytes() == np.concatenate(parts).tobytes()
    assert f"{len(records):,} records of 7 instruments" in run.stdout
    symbols = SymbolMap.from_metadata(read_dbn(path).metadata)
    assert symbols.symbol_of(exchange.contracts[0].instrument_id, exchange.start_ns) == "ESH6"


def test_the_same_seed_writes_the_same_file(tmp_path):
    digests = set()
    for name in ("a.dbn.zst", "b.dbn.zst"):
        simulate(tmp_path / name, "--seconds", 1, "--seed", 3)
        digests.add(hashlib.sha256((tmp_path / name).read_bytes()).hexdigest())
    assert len(digests) == 1


def test_definitions_go_to_a_tape_of_their_own(tmp_path):
    path = tmp_path / "definitions.dbn"
    simulate(tmp_path / "a.dbn", "--seconds", 0.1, "--definitions", path)
    (batch,) = read_dbn(path)
    assert batch.schema is Schema.DEFINITION
    assert len(batch.records) == 8


def test_an_audit_tells_the_pre_open_by_the_status_tape(tmp_path):
    orders, status = tmp_path / "orders.dbn", tmp_path / "status.dbn"
    asked = ("--seconds", 4, "--rate", 3_000, "--pre-open", 2, "--status", status)
    assert simulate(orders, *asked).returncode == 0
    report = audit(read_dbn(orders, status))
    spans = [span for book in report.books for span in book.crossed.spans]
    assert {span.phase for span in spans} == {"pre-open"}


def test_start_and_pre_open_are_as_asked(tmp_path):
    path = tmp_path / "a.dbn"
    run = simulate(path, "--seconds", 2, "--start", "2026-11-21T12:00Z", "--pre-open", 1)
    assert run.returncode == 0, run.stderr
    records = records_of(path)
    opens = int(np.datetime64("2026-11-21T12:00:01", "ns").astype(np.int64))
    assert records["ts_event"][records["action"] == ord("T")].min() == opens
    assert "ESZ6" in read_dbn(path).metadata.symbols


@pytest.mark.parametrize(
    "wrong",
    [
        ["a.csv"],
        ["a.dbn", "--rate", "0"],
        ["a.dbn", "--seconds", "-1"],
        ["a.dbn", "--start", "yesterday"],
        ["a.dbn", "--pre-open", "90"],
        ["no/such/folder/a.dbn", "--seconds", "0.1"],
    ],
)
def test_what_cannot_be_done_is_one_line(tmp_path, wrong):
    run = simulate(tmp_path / wrong[0], *wrong[1:])
    assert run.returncode == (1 if "/" in wrong[0] else 2)
    assert run.stdout == ""
    assert len(run.stderr.splitlines()) == 1
    assert run.stderr.startswith("error: ")
