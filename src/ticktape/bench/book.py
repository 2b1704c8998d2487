"""The order book: records into one book, with the best bid and offer after every record."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ticktape.bench.figures import Figure, Timing, rate, time_runs, unmeasured
from ticktape.bench.tapes import OneBook, Workbench, batches_of, real_tape
from ticktape.book import MboBook
from ticktape.feeds.simulator import SimulatedExchange
from ticktape.tape import Batch, DbnWriter, Schema, read_dbn

_REAL = "CLX5-20250924.mbo.dbn"
_PEERS = Path(__file__).parent / "peers"
_AGAINST_NAUTILUS = "book, against nautilus_trader's OrderBook.apply on the same tape"
_AGAINST_ORDER_BOOK = "book, against order_book's OrderBook by price, orders in a dict, same tape"


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


def _ask_peer(script: str, *arguments: str | Path) -> dict[str, Any] | None:
    python = _peer_python()
    if python is None:
        return None
    answer = subprocess.run(  # noqa: S603 -- our own script
        [python, _PEERS / script, *arguments], stdout=subprocess.PIPE, text=True, check=True
    )
    said: dict[str, Any] = json.loads(answer.stdout)
    return said


def _against(
    name: str, what: str, peer: dict[str, Any] | None, book: OneBook, ours: Timing
) -> Figure:
    if peer is None:
        return unmeasured(name, what, "peer not installed: make bench")
    peer_s = min(peer["seconds"])
    return Figure(
        name,
        what,
        "×",
        peer_s / ours.best_s,
        4.0,
        worst=peer_s / ours.worst_s,
        runs=len(peer["seconds"]),
        note=f"{peer['peer']}: {peer['deltas']} deltas in {peer_s:.3f} s, no quotes asked for; "
        f"ours: {len(book.records)} records in {ours.best_s:.3f} s, with them",
    )


def _against_peers(bench: Workbench, book: OneBook, ours: Timing) -> Iterator[Figure]:
    tape = bench.folder / "one-book.mbo.dbn.zst"
    with DbnWriter(tape, SimulatedExchange(seed=1).metadata) as writer:
        writer.write(Batch(Schema.MBO, book.records))
    peer = _ask_peer("nautilus_book.py", tape, book.symbol)
    yield _against("book-against-peer", _AGAINST_NAUTILUS, peer, book, ours)
    raw = bench.folder / "one-book.raw"
    raw.write_bytes(book.records.tobytes())
    peer = _ask_peer("order_book_package.py", raw)
    yield _against("book-against-order-book", _AGAINST_ORDER_BOOK, peer, book, ours)


def measure_book(bench: Workbench) -> Iterator[Figure]:
    """Measure one book, and the peers' on the same tape.

    Parameters
    ----------
    bench : Workbench
        The run's tapes.

    Yields
    ------
    Figure
        ``book``, ``book-against-peer``, ``book-against-order-book``, and ``book-real`` where the
        real tape is at hand.
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
    yield from _against_peers(bench, book, ours)
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
