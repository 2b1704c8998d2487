"""Progress on a terminal; nothing where output is piped."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

from ticktape.tape.batch import Batch


def watch_batches(batches: Iterable[Batch], title: str) -> Iterator[Batch]:
    """Give batches on, and show how many records have passed.

    Parameters
    ----------
    batches : iterable of Batch
        The batches.
    title : str
        What is being done.

    Yields
    ------
    Batch
    """
    if not sys.stderr.isatty():
        yield from batches
        return
    # Slow to import, and only a terminal has use for it.
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TextColumn("{task.completed:,.0f} records"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(title, total=None)
        for batch in batches:
            yield batch
            progress.advance(task, len(batch.records))
