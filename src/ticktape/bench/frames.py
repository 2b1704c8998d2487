"""Data frames: ours against the vendor's own, out of the same file."""

from __future__ import annotations

from collections.abc import Iterator

import databento

from ticktape.bench.figures import Figure, time_runs
from ticktape.bench.tapes import Workbench, write_simulated_tape
from ticktape.tape import read_dbn
from ticktape.tape.frames import to_dataframe


def measure_frames(bench: Workbench) -> Iterator[Figure]:
    """Measure a file to a pandas data frame, by us and by the vendor's package.

    Parameters
    ----------
    bench : Workbench
        The run's folder and sizes.

    Yields
    ------
    Figure
        ``data-frame-against-vendor``.
    """
    path = bench.folder / "frame.mbo.dbn"
    records = write_simulated_tape(path, bench.size(1_000_000))
    to_dataframe(read_dbn(path))
    ours = time_runs(3, lambda: to_dataframe(read_dbn(path)))
    vendor = time_runs(2, lambda: databento.DBNStore.from_file(path).to_df())
    yield Figure(
        "data-frame-against-vendor",
        "MBO file to a pandas data frame, against `DBNStore.to_df()` on the same file",
        "×",
        vendor.best_s / ours.best_s,
        8.0,
        worst=vendor.best_s / ours.worst_s,
        runs=ours.runs,
        note=f"{records / ours.best_s / 1e6:.1f} M rows/s",
    )
