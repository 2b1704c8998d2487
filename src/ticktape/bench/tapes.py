"""The tapes that benchmarks run on: simulated, so that anyone gets the same bytes, and real."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ticktape.feeds.simulator import SimulatedExchange
from ticktape.tape import Batch, DbnWriter, Schema

SEED = 1
BATCH_RECORDS = 65_536


class OneBook(NamedTuple):
    """The records of one book.

    Attributes
    ----------
    symbol : str
        Its raw symbol.
    records : numpy.ndarray
        MBO records, in order.
    """

    symbol: str
    records: np.ndarray


def batches_of(records: np.ndarray) -> Iterator[np.ndarray]:
    """Cut records into batches of the size that files are read in.

    Parameters
    ----------
    records : numpy.ndarray
        Any records.

    Yields
    ------
    numpy.ndarray
        Views of at most ``BATCH_RECORDS`` records.
    """
    for start in range(0, len(records), BATCH_RECORDS):
        yield records[start : start + BATCH_RECORDS]


def write_simulated_tape(path: Path, records: int) -> int:
    """Write a tape of the simulated exchange, in bounded memory.

    Parameters
    ----------
    path : pathlib.Path
        ``.dbn`` or ``.dbn.zst``.
    records : int
        At least so many.

    Returns
    -------
    int
        How many records there are.
    """
    exchange = SimulatedExchange(seed=SEED)
    written = 0
    with DbnWriter(path, exchange.metadata) as tape:
        tape.write(Batch(Schema.MBO, exchange.snapshot()))
        written += len(exchange.snapshot())
        while written < records:
            batch = exchange.run(min(1_000_000, records - written))
            tape.write(Batch(Schema.MBO, batch))
            written += len(batch)
    return written


def real_tape(name: str) -> Path | None:
    """Find a recorded tape in the folder that ``$TICKTAPE_TAPES`` names.

    Parameters
    ----------
    name : str
        Its file name.

    Returns
    -------
    pathlib.Path or None
        None where it is not there.
    """
    folder = os.environ.get("TICKTAPE_TAPES")
    path = Path(folder, name) if folder else None
    return path if path is not None and path.exists() else None


class Workbench:
    """What the benchmarks of one run share: a folder, the inputs' sizes, and tapes made once.

    Parameters
    ----------
    folder : pathlib.Path
        Where tapes may be written; 4 GB where ``quick`` is not set.
    quick : bool
        Smaller inputs: for a look, not for publishing.
    """

    def __init__(self, folder: Path, quick: bool) -> None:
        self.folder = folder
        self.quick = quick

    def size(self, records: int) -> int:
        """Give the number of records to use where ``records`` is what gets published."""
        return records // 10 if self.quick else records

    @cached_property
    def busiest_book(self) -> OneBook:
        """The records of the busiest instrument of a simulated tape, its snapshot included."""
        exchange = SimulatedExchange(seed=SEED)
        snapshot = exchange.snapshot()
        records = np.concatenate([snapshot, exchange.run(self.size(5_000_000))])
        ids, counts = np.unique(records["instrument_id"], return_counts=True)
        busiest = int(ids[counts.argmax()])
        definitions = exchange.definitions()
        symbol = definitions["raw_symbol"][definitions["instrument_id"] == busiest][0]
        return OneBook(
            symbol.decode().rstrip("\0"),
            np.ascontiguousarray(records[records["instrument_id"] == busiest]),
        )

    @cached_property
    def tape(self) -> tuple[Path, int]:
        """A compressed tape of every instrument, and how many records it holds."""
        path = self.folder / "simulated.mbo.dbn.zst"
        return path, write_simulated_tape(path, self.size(5_000_000))
