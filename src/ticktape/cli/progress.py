"""Progress on a terminal; nothing where output is piped."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ticktape.tape.batch import Batch
from ticktape.tape.layouts import UNDEF_TIMESTAMP, index_field

if TYPE_CHECKING:
    import databento_dbn as dbn


def watch_batches(
    batches: Iterable[Batch], title: str, metadata: dbn.Metadata | None = None
) -> Iterator[Batch]:
    """Give batches on, and show how far they have come.

    Parameters
    ----------
    batches : iterable of Batch
        The batches.
    title : str
        What is being done.
    metadata : databento_dbn.Metadata, optional
        Of the tape that the batches are of: where it says when the tape begins and ends, a bar
        shows the share of that time which has passed. By default the batches' own, if any.

    Yields
    ------
    Batch
    """
    if not sys.stderr.isatty():
        yield from batches
        return
    # Slow to import, and only a terminal has use for it.
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %  {task.fields[records]:,} records"),
        TimeElapsedColumn(),
    )
    start_ns, length_ns = _span_of(metadata or getattr(batches, "metadata", None))
    records = 0
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(title, total=length_ns, records=0)
        for batch in batches:
            yield batch
            records += len(batch.records)
            progress.update(task, records=records, completed=_reached(batch, start_ns, length_ns))


def _span_of(metadata: dbn.Metadata | None) -> tuple[int, int | None]:
    end_ns = None if metadata is None else metadata.end
    if metadata is None or end_ns is None or end_ns in (0, UNDEF_TIMESTAMP):
        return 0, None
    return int(metadata.start), max(1, int(end_ns) - int(metadata.start))


def _reached(batch: Batch, start_ns: int, length_ns: int | None) -> int:
    if length_ns is None or not len(batch.records):
        return 0
    return min(max(int(batch.records[index_field(batch.schema)][-1]) - start_ns, 0), length_ns)
