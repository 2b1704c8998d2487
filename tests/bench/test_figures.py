"""What a figure says about its bound."""

from __future__ import annotations

import pytest

from ticktape.bench.figures import Figure, Timing, failed, rate, time_runs, unmeasured


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


def test_what_failed_is_not_met_and_says_why():
    figure = failed("seek", "seek", "nobody listens")
    assert (figure.ok, figure.ratio, figure.note) == (False, None, "failed: nobody listens")
    assert figure.as_json()["ok"] is False


def test_a_figure_of_work_not_done_whole_is_not_met_however_fast_it_was():
    fast = Figure("relay", "relay", "ms", 0.1, 10.0, at_most=True)
    assert fast.ok is True
    assert fast._replace(failed=True).ok is False


def test_nothing_at_all_meets_a_ceiling_and_misses_a_floor():
    nothing = Figure("relay", "relay", "ms", 0.0, 10.0)
    assert (nothing.ok, nothing.ratio) == (False, 0.0)
    ceiling = nothing._replace(at_most=True)
    assert (ceiling.ok, ceiling.ratio) == (True, None)


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
