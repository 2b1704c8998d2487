"""What can be seen now: recent trades, bars so far, books' times. Late joiners start from it."""

from __future__ import annotations

from collections import defaultdict, deque
from itertools import groupby
from typing import Final, NamedTuple

import numpy as np

from ticktape.book.keys_kernels import keys_of as packed_keys_of
from ticktape.flow.bars import TimeBars
from ticktape.flow.latest import LatestOfEach, latest_of_each
from ticktape.server.kept_trades import KeptTrades
from ticktape.server.rows import WITH_TRADES, BarValues, BookKey, bar_values, trades_of
from ticktape.store.tape_past import PastAt
from ticktape.tape.batch import Batch, join_records
from ticktape.tape.intervals import BAR_LENGTHS_NS
from ticktape.tape.layouts import ACTION_TRADE, LAYOUTS, UNDEF_TIMESTAMP, Schema

# The candles that every client may ask for.
SHOWN_BARS: Final = (Schema.OHLCV_1S, Schema.OHLCV_1M, Schema.OHLCV_1H)
BARS_KEPT: Final = 2_000
TRADES_KEPT: Final = 2_000
_PAST_RECORDS: Final = 1 << 18
_BOOK_SCHEMAS: Final = frozenset(
    {Schema.MBO, Schema.MBP_1, Schema.MBP_10, Schema.TBBO, Schema.BBO_1S, Schema.BBO_1M}
)


class Change(NamedTuple):
    """What a batch changed.

    Attributes
    ----------
    trades : numpy.ndarray
        Records of the trades schema.
    closed : list
        ``(schema, key, values)`` of bars that are over.
    bars : set
        ``(schema, key)`` of bars that grew.
    books : set
        Keys of books that changed.
    """

    trades: np.ndarray
    closed: list[tuple[Schema, BookKey, BarValues]]
    bars: set[tuple[Schema, BookKey]]
    books: set[BookKey]


class View:
    """Recent trades and bars of every instrument; bounded.

    Event time alone closes bars: at the first trade of a later interval.
    """

    def __init__(self) -> None:
        self.time_ns = 0
        self.received_ns = 0
        self.records = 0
        self.resets = 0
        self._makers = {schema: TimeBars(BAR_LENGTHS_NS[schema]) for schema in SHOWN_BARS}
        self._forget()

    @property
    def now_ns(self) -> int:
        """The time of what is seen; 0 before any record.

        Orders of a snapshot tell by ``ts_event`` when they were placed: it is received later.
        """
        return max(self.time_ns, self.received_ns)

    def _forget(self) -> None:
        self._past: list[Batch] | None = None
        # Where the tape's index knows what the past has led to: read as it is asked for.
        self._known: PastAt | None = None
        self._is_known_coming = False
        self._looked_up: set[tuple[Schema, int]] = set()
        self._closed: dict[tuple[Schema, BookKey], deque[BarValues]] = defaultdict(
            lambda: deque(maxlen=BARS_KEPT)
        )
        self._trades = KeptTrades(TRADES_KEPT)
        self._open: dict[Schema, dict[BookKey, BarValues]] = {}
        self.book_times_ns: dict[BookKey, int] = {}
        # How many records there had been when each book last changed.
        self.book_versions: dict[BookKey, int] = {}

    def reset(self) -> None:
        """Drop everything: what follows starts over."""
        for maker in self._makers.values():
            maker.reset()
        self._forget()
        self.time_ns = 0
        self.received_ns = 0
        self.records = 0
        self.resets += 1

    def begin_past(self, known: PastAt | None = None) -> None:
        """Expect a past in which nobody watches: what is made of it is made of much at once.

        Parameters
        ----------
        known : PastAt, optional
            What the past has led to; what is told of it is passed over then.
        """
        self._past = []
        self._known = known
        self._is_known_coming = known is not None

    def end_past(self) -> None:
        """Be as after the past, from here on batch by batch again."""
        self._take_past()
        self._past = None
        self._is_known_coming = False
        known = self._known
        if known is not None:
            self.time_ns = known.time_ns
            for schema, maker in self._makers.items():
                standing = known.standing(schema)
                if standing is not None:
                    maker.stand(standing)
            self._open.clear()

    def _gather_past(self, past: list[Batch], batch: Batch) -> Change:
        if not self._is_known_coming:
            past.append(batch)
        if sum(len(one.records) for one in past) > _PAST_RECORDS:
            self._take_past()
        return Change(np.zeros(0, LAYOUTS[Schema.TRADES]), [], set(), set())

    def _take_past(self) -> None:
        past, self._past = self._past or [], []
        for schema, group in groupby(past, key=lambda batch: batch.schema):
            batches = list(group)
            if schema in SHOWN_BARS:
                for batch in batches:
                    self._take_bars(schema, batch.records)
            elif schema in WITH_TRADES:
                for batch in batches:
                    for shown, maker in self._makers.items():
                        self._keep_closed(shown, maker.update(batch.records))
                self._open.clear()
                self._trades.add(_latest_trades(batches))

    def _keep_closed(self, schema: Schema, rows: np.ndarray) -> None:
        for key, values in bar_values(rows[latest_of_each(rows, BARS_KEPT)]):
            self._closed[schema, key].append(values)

    def apply(self, batch: Batch) -> Change:
        """Take a batch in.

        Parameters
        ----------
        batch : Batch
            Of any schema.

        Returns
        -------
        Change
            What it changed.
        """
        schema, records = batch
        if not len(records):
            return Change(trades_of(batch), [], set(), set())
        if self._past is not None:
            return self._gather_past(self._past, batch)
        self.records += len(records)
        if schema in SHOWN_BARS:
            return self._take_bars(schema, records)
        trades = trades_of(batch)
        books = self._touch_books(records) if schema in _BOOK_SCHEMAS else set()
        if schema in _BOOK_SCHEMAS or schema in WITH_TRADES:
            self.time_ns = max(self.time_ns, int(records["ts_event"][-1]))
        if schema not in WITH_TRADES:
            return Change(trades, [], set(), books)
        closed, grown = self._grow_bars(records, trades)
        self._trades.add(trades)
        return Change(trades, closed, grown, books)

    def _touch_books(self, records: np.ndarray) -> set[BookKey]:
        found, last = np.unique(packed_keys_of(records)[::-1], return_index=True)
        times = records["ts_event"][len(records) - 1 - last].tolist()
        keys = [(pair >> 32, pair & 0xFFFFFFFF) for pair in found.tolist()]
        self.book_times_ns.update(zip(keys, times, strict=True))
        self.book_versions.update(dict.fromkeys(keys, self.records))
        received_ns = int(records["ts_recv"][-1])
        if received_ns != UNDEF_TIMESTAMP:
            self.received_ns = max(self.received_ns, received_ns)
        return set(keys)

    def _take_bars(self, schema: Schema, records: np.ndarray) -> Change:
        closed = [(schema, key, values) for key, values in bar_values(records)]
        for _, key, values in closed:
            self._closed[schema, key].append(values)
        self.time_ns = max(self.time_ns, int(records["ts_event"][-1]) + BAR_LENGTHS_NS[schema])
        return Change(trades_of(Batch(schema, records)), closed, set(), set())

    def _grow_bars(
        self, records: np.ndarray, trades: np.ndarray
    ) -> tuple[list[tuple[Schema, BookKey, BarValues]], set[tuple[Schema, BookKey]]]:
        closed = []
        for schema, maker in self._makers.items():
            for key, values in bar_values(maker.update(records)):
                self._closed[schema, key].append(values)
                closed.append((schema, key, values))
        if closed or len(trades):
            self._open.clear()
        return closed, {(schema, key) for schema in self._makers for key in keys_of(trades)}

    def open_bar(self, schema: Schema, key: BookKey) -> BarValues | None:
        """Give the bar so far of one instrument; None where it has none."""
        if schema not in self._makers:
            return None
        if schema not in self._open:
            self._open[schema] = dict(bar_values(self._makers[schema].current()))
        return self._open[schema].get(key)

    def closed_bars(
        self, schema: Schema, instrument_ids: frozenset[int]
    ) -> dict[BookKey, list[BarValues]]:
        """Give the closed bars that are kept, by book key, oldest first."""
        for instrument in instrument_ids:
            self._look_up_bars(schema, instrument)
        return {
            key: list(bars)
            for (of, key), bars in self._closed.items()
            if of == schema and key[1] in instrument_ids
        }

    def _look_up_bars(self, schema: Schema, instrument: int) -> None:
        known = self._known
        if known is None or (schema, instrument) in self._looked_up:
            return
        self._looked_up.add((schema, instrument))
        for key, rows in known.closed_bars(schema, instrument, BARS_KEPT):
            before = [values for _, values in bar_values(rows)]
            since = self._closed[schema, key]
            self._closed[schema, key] = deque([*before, *since], maxlen=BARS_KEPT)

    def _look_up_trades(self, instrument: int) -> None:
        known = self._known
        if known is None or (Schema.TRADES, instrument) in self._looked_up:
            return
        self._looked_up.add((Schema.TRADES, instrument))
        room = TRADES_KEPT - self._trades.count(instrument)
        self._trades.put_before(instrument, known.trades(instrument, room))

    def open_bar_keys(self, schema: Schema, instrument_ids: frozenset[int]) -> list[BookKey]:
        """Give the keys of the instruments that have a bar so far."""
        self.open_bar(schema, (0, 0))
        return [key for key in self._open.get(schema, {}) if key[1] in instrument_ids]

    def recent_trades(self, instrument_ids: frozenset[int], count: int) -> np.ndarray:
        """Give the latest trades of some instruments together, oldest first."""
        for instrument in instrument_ids:
            self._look_up_trades(instrument)
        kept = [part for one in instrument_ids for part in self._trades.of(one)]
        if not kept or not count:
            return np.zeros(0, LAYOUTS[Schema.TRADES])
        found = np.concatenate(kept)
        oldest_first = np.lexsort((found["sequence"], found["ts_recv"]))
        latest: np.ndarray = found[oldest_first[-count:]]
        return latest


def _latest_trades(batches: list[Batch]) -> np.ndarray:
    """Give the latest trades of every instrument, oldest first; from the last batch on back."""
    latest, found = LatestOfEach(TRADES_KEPT), [np.zeros(0, LAYOUTS[Schema.TRADES])]
    for schema, records in reversed(batches):
        trades = records
        if schema is not Schema.TRADES:
            is_trade = records["action"] == ACTION_TRADE
            trades = records if is_trade.all() else records[is_trade]
        picked = latest.pick(trades)
        if len(picked):
            found.append(trades_of(Batch(schema, trades[picked])))
    return join_records(found[::-1])


def keys_of(records: np.ndarray) -> list[BookKey]:
    """Give the distinct ``(publisher_id, instrument_id)`` of records."""
    pairs = np.unique(packed_keys_of(records)).tolist()
    return [(pair >> 32, pair & 0xFFFFFFFF) for pair in pairs]
