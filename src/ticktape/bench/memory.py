"""Memory: a book out of a file far larger than what may be held."""

from __future__ import annotations

from collections.abc import Iterator

from ticktape.bench.figures import Figure
from ticktape.bench.processes import cost_of
from ticktape.bench.tapes import Workbench, write_simulated_tape


def measure_memory(bench: Workbench) -> Iterator[Figure]:
    """Measure ``ticktape book`` as a process on a large file.

    Parameters
    ----------
    bench : Workbench
        The run's folder and sizes.

    Yields
    ------
    Figure
        ``book-command-memory``.
    """
    path = bench.folder / "large.mbo.dbn"
    try:
        records = write_simulated_tape(path, bench.size(50_000_000))
        cost = cost_of(
            "book",
            str(path),
            "--symbol",
            bench.busiest_book.symbol,
            "--at-record",
            str(records - 1),
        )
    finally:
        path.unlink(missing_ok=True)
    yield Figure(
        "book-command-memory",
        f"`ticktape book` on a file of {records / 1e6:.0f} M records, memory",
        "MB",
        cost.peak_bytes / 1e6,
        500.0,
        at_most=True,
        note=f"the command took {cost.seconds:.1f} s",
    )
