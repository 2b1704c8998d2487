"""Starting: how long a command takes that has next to nothing to do, its kernels compiled."""

from __future__ import annotations

from collections.abc import Iterator

from ticktape.bench.figures import Figure
from ticktape.bench.processes import cost_of
from ticktape.bench.tapes import Workbench, write_simulated_tape

_RUNS = 3


def measure_start(bench: Workbench) -> Iterator[Figure]:
    """Measure whole runs of commands on a small tape.

    Parameters
    ----------
    bench : Workbench
        The run's folder.

    Yields
    ------
    Figure
        ``start-…`` for each command.
    """
    path = bench.folder / "small.mbo.dbn"
    write_simulated_tape(path, 10_000)
    book = ("book", str(path), "--symbol", bench.busiest_book.symbol, "--at-record", "5000")
    for arguments in (("--help",), ("inspect", str(path)), book):
        command = arguments[0].strip("-")
        cost_of(*arguments)
        seconds = [cost_of(*arguments).seconds for _ in range(_RUNS)]
        yield Figure(
            f"start-{command}",
            f"`ticktape {arguments[0]}`, warm, whole run",
            "s",
            min(seconds),
            1.0,
            at_most=True,
            worst=max(seconds),
            runs=_RUNS,
        )
