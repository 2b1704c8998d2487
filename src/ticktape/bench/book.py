"""The order book: records into one book, with the best bid and offer after every record."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ticktape.bench.figures import Figure, Timing, rate, time_runs, unmeasured
from ticktape.bench.tapes import OneBook, Workbench, batches_of, real_tape
from ticktape.book import MboBook
from ticktape.feeds.simulator import SimulatedExchange
from ticktape.tape import Batch, DbnWriter, Schema, read_dbn

_REAL = "CLX5-20250924.mbo.dbn"
_PEER = Path(__file__).parent / "peers" / "nautilus_book.py"
_AGAINST_PEER = "book, against nautilus_trader's OrderBook.apply on the same tape"


def _time_book(records: np.ndarray, runs: int) -> Timing:
    def build() -> None:
        book = MboBook()
        for batch in batches_of(records):
            book.update_bbos(batch)

    build()
    return time_runs(runs, build)


def _peer_python() -> Path | None:
    python = Path(os.environ.get("TICKTAPE_PEERS", ".venv-peers"), "bin", "python")
    return python.absolute() if python.exists() else None


def _against_peer(bench: Workbench, book: OneBook, ours: Timing) -> Figure:
    python = _peer_python()
    if python is None:
        return unmeasured("book-against-peer", _AGAINST_PEER, "peer not installed: make bench")
    path = bench.folder / "one-book.mbo.dbn.zst"
    with DbnWriter(path, SimulatedExchange(seed=1).metadata) as tape:
        tape.write(Batch(Schema.MBO, book.records))
    answer = subprocess.run(  # noqa: S603 -- our own script
        [python, _PEER, path, book.symbol], stdout=subprocess.PIPE, text=True, check=True
    )
    peer = json.loads(answer.stdout)
    peer_s = min(peer["seconds"])
    return Figure(
        "book-against-peer",
        _AGAINST_PEER,
        "×",
        peer_s / ours.best_s,
        4.0,
        worst=peer_s / ours.worst_s,
        runs=len(peer["seconds"]),
        note=f"{peer['peer']}: {peer['deltas']} deltas in {peer_s:.3f} s, no quotes asked for; "
        f"ours: {len(book.records)} records in {ours.best_s:.3f} s, with them",
    )


def measure_book(bench: Workbench) -> Iterator[Figure]:
    """Measure one book, and the peer's on the same tape.

    Parameters
    ----------
    bench : Workbench
        The run's tapes.

    Yields
    ------
    Figure
        ``book``, ``book-against-peer``, and ``book-real`` where the real tape is at hand.
    """
    book = bench.busiest_book
    ours = _time_book(book.records, 7)
    yield rate(
        "book",
        "MBO records into one book, best bid and offer after every record, one core",
        records=len(book.records),
        timing=ours,
        bound=20.0,
    )
    yield _against_peer(bench, book, ours)
    path = real_tape(_REAL)
    if path is not None:
        records = np.concatenate([batch.records for batch in read_dbn(path, schema=Schema.MBO)])
        yield rate(
            "book-real",
            "the same, on a recorded session of crude oil (CLX5)",
            records=len(records),
            timing=_time_book(records, 30),
            bound=20.0,
        )
