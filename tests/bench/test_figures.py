"""What a figure says about its bound."""

from __future__ import annotations

import pytest

from ticktape.bench.figures import Figure, Timing, rate, time_runs, unmeasured


def test_a_floor_is_met_by_more():
    figure = Figure("book", "book", "M records/s", 30.0, 20.0)
    assert figure.ratio == 1.5
    assert figure.ok is True


def test_a_ceiling_is_met_by_less():
    figure = Figure("memory", "memory", "MB", 250.0, 500.0, at_most=True)
    assert figure.ratio == 2.0
    assert figure.ok is True
    assert figure._replace(measured=501.0).ok is False


def test_a_figure_without_a_bound_is_neither_met_nor_missed():
    assert Figure("start", "start", "s", 0.4).ok is None


def test_what_was_not_measured_says_why():
    figure = unmeasured("peer", "against the peer", "peer not installed")
    assert (figure.ok, figure.ratio, figure.note) == (None, None, "peer not installed")


def test_a_rate_is_that_of_the_fastest_run_and_keeps_the_slowest():
    figure = rate("book", "book", records=40_000_000, timing=Timing(1.0, 2.0, 5), bound=20.0)
    assert (figure.measured, figure.worst, figure.runs) == (40.0, 20.0, 5)


def test_json_has_three_digits_and_the_verdict():
    document = Figure("book", "book", "M records/s", 23.456789, 20.0).as_json()
    assert document["measured"] == 23.5
    assert document["ok"] is True
    assert document["ratio"] == pytest.approx(1.17)


def test_the_work_is_run_as_often_as_asked():
    calls = []
    timing = time_runs(3, lambda: calls.append(None))
    assert len(calls) == timing.runs == 3
    assert 0 <= timing.best_s <= timing.worst_s
