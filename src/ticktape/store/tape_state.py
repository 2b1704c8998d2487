"""What a tape's records have led to: the state from which a reader can go on anywhere.

Two things are kept of what came before a position. *Kept records* have to be seen one by one:
trades, for bars and volumes; definitions, statistics, bars and whatever else is its own state.
And of what is replaced by what follows, the latest: the books by order, and of quotes the last
record of each instrument.
"""

from __future__ import annotations

from array import array
from typing import Final

import numpy as np

from ticktape.book.keys_kernels import keys_of
from ticktape.store.kept_books import KeptBooks
from ticktape.store.scan_kernels import CROSSING, STALE
from ticktape.tape.batch import Batch
from ticktape.tape.gaps import gaps_in
from ticktape.tape.layouts import ACTION_NONE, ACTION_TRADE, F_SNAPSHOT, Schema

# Of these, an instrument's last record says all that those before it said, but for trades.
_QUOTES: Final = frozenset(
    {
        Schema.MBP_1,
        Schema.MBP_10,
        Schema.TBBO,
        Schema.CMBP_1,
        Schema.TCBBO,
        Schema.BBO_1S,
        Schema.BBO_1M,
        Schema.CBBO_1S,
        Schema.CBBO_1M,
    }
)
WITH_TRADES: Final = frozenset(
    {Schema.MBO, Schema.MBP_1, Schema.MBP_10, Schema.CMBP_1}
    | {Schema.TRADES, Schema.TBBO, Schema.TCBBO}
)


class Places:
    """Places of note on a tape: positions, and their times."""

    def __init__(self) -> None:
        self.positions = array("q")
        self.times = array("q")

    def add(self, first: int, rows: np.ndarray, times: np.ndarray) -> None:
        """Note rows of a batch whose first record is at a position."""
        self.positions.extend((first + rows).tolist())
        self.times.extend(times[rows].astype(np.int64).tolist())


class TapeState:
    """The state after the records taken so far, and the places of note among them.

    Parameters
    ----------
    has_all_symbols : bool
        The tape holds everything of its channels: a break in their sequence is a loss.

    Attributes
    ----------
    trades : list of numpy.ndarray
        Positions of trades, ``i8``.
    traded : list of numpy.ndarray
        Their instruments, ``u4``.
    told_gaps : array
        Positions of the gaps that a feed wrote into the tape, ``i8``.
    gaps, crossings : Places
        Gaps of every kind, and ends of events at which a book became crossed.
    """

    def __init__(self, *, has_all_symbols: bool) -> None:
        self._books = KeptBooks()
        self._has_all_symbols = has_all_symbols
        self._quotes: dict[Schema, dict[int, np.ndarray]] = {}
        self._sequences: dict[int, int] = {}
        self.trades: list[np.ndarray] = []
        self.traded: list[np.ndarray] = []
        self.told_gaps = array("q")
        self.gaps = Places()
        self.crossings = Places()

    def take(self, batch: Batch, position: int, times: np.ndarray) -> Batch:
        """Take the next records; give those that have to be kept: all but orders and quotes.

        Parameters
        ----------
        batch : Batch
            Of any schema.
        position : int
            Of the first among all records.
        times : numpy.ndarray
            Of the records, ``u8`` nanoseconds.

        Returns
        -------
        Batch
            Kept records; may be empty.
        """
        schema, records = batch
        kept = records
        if schema in WITH_TRADES:
            at = np.flatnonzero(records["action"] == ACTION_TRADE)
            self.traded.append(records["instrument_id"][at])
            self.trades.append(position + at)
            if len(at) < len(records):
                kept = records[at]
        elif schema in _QUOTES:
            kept = records[:0]
        if schema is Schema.MBO:
            self._take_orders(records, position, times)
        elif schema in _QUOTES:
            self._note_latest(schema, records)
        elif schema is Schema.SYSTEM:
            gaps = [row for row in range(len(records)) if gaps_in(records[row : row + 1])]
            self.told_gaps.extend(position + row for row in gaps)
            self.gaps.add(position, np.array(gaps, np.int64), times)
        return Batch(schema, kept)

    def _take_orders(self, records: np.ndarray, position: int, times: np.ndarray) -> None:
        found = self._books.apply(records)
        gaps = found["row"][found["kind"] == STALE]
        if self._has_all_symbols:
            gaps = np.union1d(gaps, self._sequence_breaks(records))
        self.gaps.add(position, gaps, times)
        crossings = found["row"][found["kind"] == CROSSING]
        self.crossings.add(position, crossings, times)

    def _sequence_breaks(self, records: np.ndarray) -> np.ndarray:
        live = np.flatnonzero((records["flags"] & F_SNAPSHOT) == 0)
        channels = records["publisher_id"].astype(np.uint32) << 8 | records["channel_id"]
        breaks = [np.empty(0, np.int64)]
        for channel in np.unique(channels[live]).tolist():
            rows = live[channels[live] == channel]
            numbers = records["sequence"][rows].astype(np.int64)
            before = self._sequences.get(channel, int(numbers[0]))
            steps = np.diff(numbers, prepend=before)
            breaks.append(rows[steps > 1])
            self._sequences[channel] = int(numbers[-1])
        return np.concatenate(breaks)

    def _note_latest(self, schema: Schema, records: np.ndarray) -> None:
        keys = keys_of(records)
        found, firsts = np.unique(keys, return_index=True)
        _, back = np.unique(keys[::-1], return_index=True)
        rows = len(records) - 1 - back
        known = self._quotes.setdefault(schema, {})
        # New ones in the order in which they came.
        for place in np.argsort(firsts).tolist():
            known[int(found[place])] = records[rows[place] : rows[place] + 1].copy()

    def records(self, ts_ns: int) -> list[Batch]:
        """Give the records that make the books anew, by order and by price."""
        made = []
        orders = self._books.records(ts_ns)
        if len(orders):
            made.append(Batch(Schema.MBO, orders))
        for schema, latest in self._quotes.items():
            made.append(Batch(schema, _without_trades(np.concatenate(list(latest.values())))))
        return made


def _without_trades(quotes: np.ndarray) -> np.ndarray:
    """Make quotes that come again tell the book alone: their trades are told already."""
    if "action" in (quotes.dtype.names or ()):
        quotes["action"] = ACTION_NONE
    return quotes
