"""The benchmark of the stream of effects, small: every record's event comes and is counted."""

from __future__ import annotations

from ticktape.bench.effects import measure_effects
from ticktape.bench.tapes import Workbench


def test_every_event_is_counted_and_both_processes_are_told_of(tmp_path, monkeypatch):
    monkeypatch.setattr("ticktape.bench.effects.RECORDS", 200_000)
    (figure,) = measure_effects(Workbench(tmp_path, quick=True))
    assert figure.name == "effects"
    assert figure.measured > 0
    assert figure.note.startswith("20,000 events a run")
    assert figure.used.startswith("server ")
    assert "client" in figure.used
    assert not list(tmp_path.iterdir())
