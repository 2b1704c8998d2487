"""The simulated exchange: how fast it trades."""

from __future__ import annotations

from collections.abc import Iterator

from ticktape.bench.figures import Figure, rate, time_runs
from ticktape.bench.tapes import BATCH_RECORDS, SEED, Workbench
from ticktape.feeds.simulator import SimulatedExchange


def measure_simulator(bench: Workbench) -> Iterator[Figure]:
    """Measure the simulated exchange.

    Parameters
    ----------
    bench : Workbench
        The run's sizes.

    Yields
    ------
    Figure
        ``simulator``.
    """
    wanted = bench.size(3_000_000)
    made = 0

    def trade() -> None:
        nonlocal made
        exchange = SimulatedExchange(seed=SEED)
        made = 0
        while made < wanted:
            made += len(exchange.run(BATCH_RECORDS))

    trade()
    timing = time_runs(3, trade)
    yield rate("simulator", "simulated exchange", records=made, timing=timing, bound=2.0)
