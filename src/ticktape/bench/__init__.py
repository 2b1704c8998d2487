"""Benchmarks: the figures of the machine at hand, each a rate or a ratio measured in one run."""

from ticktape.bench.figures import Figure
from ticktape.bench.report import make_report
from ticktape.bench.suite import BENCHMARKS, run_benchmarks

__all__ = ["BENCHMARKS", "Figure", "make_report", "run_benchmarks"]
