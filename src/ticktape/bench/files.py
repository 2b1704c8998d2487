"""Files: compressed records into the books of a market."""

from __future__ import annotations

from collections.abc import Iterator

from ticktape.bench.figures import Figure, rate, time_runs
from ticktape.bench.tapes import Workbench
from ticktape.market import Market
from ticktape.tape import read_dbn


def measure_files(bench: Workbench) -> Iterator[Figure]:
    """Measure a compressed tape read, decompressed and applied to the books of a market.

    Parameters
    ----------
    bench : Workbench
        The run's tapes.

    Yields
    ------
    Figure
        ``file-to-books``.
    """
    path, records = bench.tape

    def build() -> None:
        market = Market()
        for batch in read_dbn(path):
            market.apply(batch)

    build()
    yield rate(
        "file-to-books",
        ".dbn.zst file to books",
        records=records,
        timing=time_runs(5, build),
        bound=6.0,
    )
