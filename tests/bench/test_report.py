"""Figures as a document."""

from __future__ import annotations

import json

from ticktape.bench.figures import Figure, failed, unmeasured
from ticktape.bench.report import make_report, markdown_table

FIGURES = [
    Figure("book", "one book", "M records/s", 31.24, 20.0, worst=29.0, runs=7),
    Figure("memory", "memory", "MB", 600.0, 500.0, at_most=True),
    unmeasured("peer", "against the peer", "peer not installed"),
    Figure("start", "start", "s", 0.4),
]


def test_the_report_names_the_machine_it_was_measured_on():
    machine = make_report(FIGURES, quick=False)["machine"]
    assert machine["processor"]
    assert machine["cores"] >= 1
    assert {"ticktape", "numpy", "numba"} <= set(machine["versions"])


def test_the_table_has_a_row_for_each_figure_and_owns_up():
    lines = markdown_table(make_report(FIGURES, quick=False)).splitlines()
    assert lines[2:6] == [
        "| one book | 31.2 M records/s | at least 20 M records/s |",
        "| memory | 600 MB (missed) | at most 500 MB |",
        "| against the peer | peer not installed |  |",
        "| start | 0.4 s |  |",
    ]


def test_the_table_tells_who_used_what_where_several_processes_shared_the_machine():
    served = Figure("seek", "seek", "ms", 90.0, 200.0, at_most=True, used="server 0.9 cores")
    report = make_report([*FIGURES, served], quick=False)
    lines = markdown_table(report).splitlines()
    assert lines[0] == "| what | measured | held against | cores used |"
    assert "| seek | 90 ms | at most 200 ms | server 0.9 cores |" in lines
    assert "| one book | 31.2 M records/s | at least 20 M records/s |  |" in lines


def test_the_brief_table_has_only_what_is_held_against_something_or_failed():
    served = Figure("seek", "seek", "ms", 90.0, 200.0, at_most=True, used="server 0.9 cores")
    broken = failed("relay", "relay", "nobody listens")
    report = make_report([*FIGURES, served, broken], quick=False)
    assert markdown_table(report, brief=True).splitlines()[2:6] == [
        "| one book | 31.2 M records/s | at least 20 M records/s |",
        "| memory | 600 MB (missed) | at most 500 MB |",
        "| seek | 90 ms | at most 200 ms |",
        "| relay | failed: nobody listens |  |",
    ]


def test_the_table_says_when_inputs_were_smaller_than_published():
    assert "--quick" in markdown_table(make_report(FIGURES, quick=True))
    assert "--quick" not in markdown_table(make_report(FIGURES, quick=False))


def test_the_table_is_the_same_out_of_json():
    report = make_report(FIGURES, quick=False)
    assert markdown_table(json.loads(json.dumps(report))) == markdown_table(report)
