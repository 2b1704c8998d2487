"""Which benchmarks there are, and that the command prints what they say."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import import_module

import pytest

from ticktape.bench import BENCHMARKS, run_benchmarks
from ticktape.bench.suite import GROUPS
from ticktape.tape.errors import BadValueError, ConnectionLostError


@pytest.mark.parametrize("name", BENCHMARKS)
def test_every_benchmark_of_the_table_is_there(name):
    module, _, function = BENCHMARKS[name].partition(":")
    assert callable(getattr(import_module(module), function))


def test_a_group_names_benchmarks_that_are_there():
    assert {name for names in GROUPS.values() for name in names} <= set(BENCHMARKS)


def test_a_benchmark_that_is_not_there_is_named():
    with pytest.raises(BadValueError, match="choose of book"):
        next(run_benchmarks(["boook"]))


def test_the_service_group_has_every_row_of_its_table():
    assert {"relay", "fan-out", "book-stream", "book-requests", "effects", "seek", "book"} == set(
        GROUPS["service"]
    )


def test_a_benchmark_that_breaks_gives_a_figure_that_says_why_and_the_next_is_run(monkeypatch):
    def breaks(_bench):
        raise ConnectionLostError("nobody listens on port 1")
        yield

    monkeypatch.setattr("ticktape.bench.effects.measure_effects", breaks)
    broken, after = run_benchmarks(["effects", "simulator"], quick=True)
    assert (broken.ok, broken.note) == (False, "failed: nobody listens on port 1")
    assert after.name == "simulator"


def test_the_command_prints_one_json_document(tmp_path):
    out = tmp_path / "figures.json"
    command = [sys.executable, "-m", "ticktape", "bench", "simulator", "--quick", "--json"]
    printed = subprocess.run(
        [*command, "--out", out, "--folder", tmp_path], capture_output=True, text=True, check=True
    )
    report = json.loads(printed.stdout)
    assert [figure["name"] for figure in report["figures"]] == ["simulator"]
    assert report["quick"] is True
    assert json.loads(out.read_text()) == report
    assert list(tmp_path.iterdir()) == [out]
