"""What a tape's trades had led to at its checkpoints: bars, volumes at price, the latest trades.

A reader that goes on from a checkpoint need not see every trade before: what comes of them stands
here as it stood there, and is what taking them one by one makes.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from ticktape.book.keys_kernels import keys_of
from ticktape.book.ladder_volume import PRICE_VOLUME, PriceVolumes
from ticktape.flow.bars import BAR_ROWS, BarsStanding, TimeBars
from ticktape.store.cache_folder import open_scratch
from ticktape.store.disk_arrays import DiskArrays, Span
from ticktape.store.keyed_rows import KeyedRows
from ticktape.tape.batch import Batch
from ticktape.tape.intervals import BAR_LENGTHS_NS
from ticktape.tape.layouts import ACTION_TRADE, LAYOUTS, RTYPES, Schema

# The lengths of bars that are kept.
BARS: Final = (Schema.OHLCV_1S, Schema.OHLCV_1M, Schema.OHLCV_1H)
_TRADES: Final = LAYOUTS[Schema.TRADES]


class BarsMark(NamedTuple):
    """Bars of one length at a checkpoint: how many of each key have closed, and what is open."""

    counts: Span
    opened: Span
    clock: Span


class PastMark(NamedTuple):
    """What stood at a checkpoint.

    Attributes
    ----------
    bars : dict of Schema to BarsMark
        By length.
    trades : Span
        How many trades each instrument had had.
    volume_keys, volume_rows : Span
        Volumes at price, as they stood when so many trades as `volume_trades` had been.
    volume_trades, all_trades : int
        See there; and how many trades there had been in all.
    time_ns : int
        Time of the last trade on its exchange.
    """

    bars: dict[Schema, BarsMark]
    trades: Span
    volume_keys: Span
    volume_rows: Span
    volume_trades: int
    all_trades: int
    time_ns: int


class TradedPast:
    """Takes the trades of one schema of a tape, and writes down what they have led to.

    Disk holds the trades once more, by instrument; memory only where they stand.
    """

    def __init__(self) -> None:
        self._makers = {schema: TimeBars(BAR_LENGTHS_NS[schema]) for schema in BARS}
        self._closed = {schema: KeyedRows(open_scratch(), BAR_ROWS) for schema in BARS}
        self._trades = KeyedRows(open_scratch(), _TRADES)
        # In the tape's order, for volumes between two of their marks.
        self._in_order = DiskArrays()
        self._arrays = DiskArrays()
        self._volumes = PriceVolumes()
        self._volumes_at = (Span(0, 0), Span(0, 0), 0)
        self._all_trades = 0
        self._time_ns = 0

    def take(self, batch: Batch) -> None:
        """Take the next records: trades, or records with trades among them.

        Raises
        ------
        OSError
            If there is no room.
        """
        trades = as_trades(batch.records)
        for schema, maker in self._makers.items():
            closed = maker.update(trades)
            if len(closed):
                self._closed[schema].append(keys_of(closed), closed)
        self._trades.append(trades["instrument_id"].astype(np.uint64), trades)
        self._in_order.write(trades)
        self._volumes.update(trades)
        self._all_trades += len(trades)
        self._time_ns = max(self._time_ns, int(trades["ts_event"].max()))

    def mark(self) -> PastMark:
        """Write down what stands now.

        Raises
        ------
        OSError
            If there is no room.
        """
        write = self._arrays.write
        bars = {}
        for schema, maker in self._makers.items():
            standing = maker.standing()
            counts = write(self._closed[schema].counts())
            bars[schema] = BarsMark(counts, write(standing.opened), write(standing.clock))
        # As long as few trades have been added, those are added again when it is read.
        if self._all_trades - self._volumes_at[2] >= len(self._volumes):
            keys, rows = self._volumes.standing()
            self._volumes_at = (write(keys), write(rows), self._all_trades)
        trades = write(self._trades.counts())
        return PastMark(bars, trades, *self._volumes_at, self._all_trades, self._time_ns)

    def closed(self, mark: PastMark, schema: Schema) -> tuple[KeyedRows, np.ndarray]:
        """Give all closed bars of a length, and how many of each key a mark has."""
        return self._closed[schema], self._arrays.read(mark.bars[schema].counts, np.int64)

    def standing(self, mark: PastMark, schema: Schema) -> BarsStanding:
        """Give the bars that were open at a mark."""
        at = mark.bars[schema]
        return BarsStanding(
            self._arrays.read(at.opened, BAR_ROWS), self._arrays.read(at.clock, np.int64)
        )

    def trades(self, mark: PastMark) -> tuple[KeyedRows, np.ndarray]:
        """Give all trades by instrument, and how many of each a mark has."""
        return self._trades, self._arrays.read(mark.trades, np.int64)

    def volumes(self, mark: PastMark) -> tuple[np.ndarray, np.ndarray]:
        """Give the volumes at price of a mark: keys ``u8`` and ``PRICE_VOLUME`` rows."""
        made = PriceVolumes()
        made.restore(
            self._arrays.read(mark.volume_keys, np.uint64),
            self._arrays.read(mark.volume_rows, PRICE_VOLUME),
        )
        size = _TRADES.itemsize
        left = Span(mark.volume_trades * size, mark.all_trades - mark.volume_trades)
        made.update(self._in_order.read(left, _TRADES))
        return made.standing()

    def close(self) -> None:
        """Let go of the files."""
        for rows in (*self._closed.values(), self._trades):
            rows.close()
        self._in_order.close()
        self._arrays.close()


def as_trades(records: np.ndarray) -> np.ndarray:
    """Give the trades among records that carry trades, as records of the trades schema."""
    if records.dtype == _TRADES:
        return records
    is_trade = records["action"] == ACTION_TRADE
    found = records if is_trade.all() else records[is_trade]
    trades = np.zeros(len(found), _TRADES)
    held = found.dtype.names or ()
    for field in _TRADES.names or ():
        if field in held:
            trades[field] = found[field]
    trades["length"] = _TRADES.itemsize // 4
    trades["rtype"] = RTYPES[Schema.TRADES]
    return trades
