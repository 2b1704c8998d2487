"""Benchmarks: the figures of the machine at hand, each a rate or a ratio measured in one run."""
