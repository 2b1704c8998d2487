"""Order flow: every study over trades and over orders, the command, and a window to a client."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np

from ticktape.bench.figures import Figure, rate, time_runs
from ticktape.bench.flow_latency import SECONDS, latency_figure
from ticktape.bench.processes import cost_of
from ticktape.bench.tapes import Workbench, batches_of
from ticktape.flow.instrument import flow_instrument
from ticktape.flow.instrument_flow import InstrumentFlow
from ticktape.tape import Batch, DbnWriter, Schema, make_metadata, new_records
from ticktape.tape.layouts import ACTION_TRADE, SIDE_ASK, SIDE_BID, SIDE_NONE
from ticktape.tape.times import NS_PER_SECOND, utc_date

SYMBOL: Final = "NQZ5"
INSTRUMENT_ID: Final = 42_004_880
_TICK: Final = 250_000_000
_TRADES: Final = 600_000
_RUNS: Final = 15
_OPEN: Final = datetime(2025, 11, 24, 23, tzinfo=UTC)
_SESSION_S: Final = 23 * 3_600
# Of the day's trades, those in the regular hours, which last from 15.5 to 22 hours after the open.
_REGULAR_SHARE: Final = 0.8
_REGULAR_S: Final = (int(15.5 * 3_600), 22 * 3_600)
_SWEPT_SHARE: Final = 0.25
# Shares of trades of one contract, two, …; and of much more.
_SIZES: Final = (0.79, 0.15, 0.04, 0.014, 0.006)
_LARGE_SHARE: Final = 0.002
# Shares of trades at the last price, one tick from it, ….
_STEPS: Final = (0.45, 0.38, 0.1, 0.05, 0.02)
_SPAN_TICKS: Final = 800


def day_of_trades(count: int = _TRADES, seed: int = 1) -> np.ndarray:
    """Make a day of trades of one index future, the same for the same seed.

    A walk in ticks with runs of one aggressor, most of it in the regular hours. Sizes, steps and
    the share of trades that have the time and the side of the one before, as those of one order
    that sweeps, are like those of the E-mini Nasdaq of 2025.

    Parameters
    ----------
    count : int
        How many.
    seed : int
        Of the chances.

    Returns
    -------
    numpy.ndarray
        dtype ``LAYOUTS[Schema.TRADES]``.
    """
    chance = np.random.default_rng(seed)
    regular = int(count * _REGULAR_SHARE)
    seconds = np.concatenate(
        [
            chance.uniform(*_REGULAR_S, regular),
            chance.uniform(0, _SESSION_S, count - regular),
        ]
    )
    times = np.sort((seconds * NS_PER_SECOND).astype("i8"))
    swept = chance.random(count) < _SWEPT_SHARE
    swept[0] = False
    first_of_order = np.maximum.accumulate(np.where(swept, 0, np.arange(count)))
    times = times[first_of_order]
    drift = np.repeat(chance.normal(0, 0.2, count // 400 + 1), 400)[:count]
    buys = (chance.random(count) < np.clip(0.5 + drift, 0.1, 0.9))[first_of_order]
    steps = chance.choice(len(_STEPS), count, p=_STEPS) * np.where(buys, 1, -1)
    # Folded back: a day spans what a day spans.
    ticks = np.abs((np.cumsum(steps) + _SPAN_TICKS) % (4 * _SPAN_TICKS) - 2 * _SPAN_TICKS)
    records = new_records(Schema.TRADES, count)
    records["ts_event"] = times + int(_OPEN.timestamp()) * NS_PER_SECOND
    records["ts_recv"] = records["ts_event"]
    records["publisher_id"] = 1
    records["instrument_id"] = INSTRUMENT_ID
    records["action"] = ord("T")
    records["side"] = np.where(buys, SIDE_BID, SIDE_ASK)
    records["side"][chance.random(count) < 0.001] = SIDE_NONE
    records["price"] = (100_000 + ticks) * _TICK
    records["size"] = 1 + chance.choice(len(_SIZES), count, p=_SIZES)
    large = chance.random(count) < _LARGE_SHARE
    records["size"][large] = chance.integers(10, 60, int(large.sum()))
    records["sequence"] = np.arange(count)
    return records


def write_day(path: Path, records: np.ndarray) -> None:
    """Write such a day as a tape.

    Parameters
    ----------
    path : pathlib.Path
        ``.dbn`` or ``.dbn.zst``.
    records : numpy.ndarray
        Of :func:`day_of_trades`.
    """
    start = int(records["ts_event"][0])
    last = int(records["ts_event"][-1])
    day, after = utc_date(start), utc_date(last + 24 * 3_600 * NS_PER_SECOND)
    mappings = {SYMBOL: [(day, after, str(INSTRUMENT_ID))]}
    metadata = make_metadata("GLBX.MDP3", Schema.TRADES, start, last + 1, [SYMBOL], mappings)
    with DbnWriter(path, metadata) as tape:
        tape.write(Batch(Schema.TRADES, records))


def study(batches: list[Batch], symbol: str, instrument_id: int) -> int:
    """Run every study over batches; give how many rows closed."""
    flow = InstrumentFlow(flow_instrument(symbol, instrument_id))
    return sum(len(rows) for batch in batches for rows in flow.update(batch).values())


def measure_flow(bench: Workbench) -> Iterator[Figure]:
    """Measure the studies of order flow.

    Parameters
    ----------
    bench : Workbench
        The run's folder and sizes.

    Yields
    ------
    Figure
        ``flow-trades``, ``flow-orders``, ``flow-command``, ``flow-window``.
    """
    trades = day_of_trades()
    batches = [Batch(Schema.TRADES, part) for part in batches_of(trades)]
    rows = study(batches, SYMBOL, INSTRUMENT_ID)
    yield rate(
        "flow-trades",
        "all studies together over the trades of a day, one core",
        records=len(trades),
        timing=time_runs(_RUNS, lambda: study(batches, SYMBOL, INSTRUMENT_ID)),
        bound=5.0,
        note=f"{rows:,} rows",
    )
    yield _orders(bench)
    yield _command(bench, trades)
    yield latency_figure(bench.folder, 5.0 if bench.quick else SECONDS)


def _orders(bench: Workbench) -> Figure:
    book = bench.busiest_book
    instrument_id = int(book.records["instrument_id"][0])
    batches = [Batch(Schema.MBO, part) for part in batches_of(book.records)]
    prints = int((book.records["action"] == ACTION_TRADE).sum())
    study(batches, book.symbol, instrument_id)
    return rate(
        "flow-orders",
        "MBO records into the book and all studies, one instrument, one core",
        records=len(book.records),
        timing=time_runs(_RUNS, lambda: study(batches, book.symbol, instrument_id)),
        bound=3.0,
        note=f"{len(book.records):,} records, {prints:,} of them trades",
    )


def _command(bench: Workbench, trades: np.ndarray) -> Figure:
    path = bench.folder / "day.trades.dbn.zst"
    write_day(path, trades)
    command = ("flow", str(path), "--symbol", SYMBOL)
    cost_of(*command)
    seconds = [cost_of(*command).seconds for _ in range(_RUNS)]
    return Figure(
        "flow-command",
        f"`ticktape flow` on a day of {len(trades):,} trades, warm, whole run",
        "s",
        min(seconds),
        2.0,
        at_most=True,
        worst=max(seconds),
        runs=_RUNS,
    )
