"""What waits for one client: the latest of books and bars, and a bounded run of trades."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from typing import Final

from ticktape.ops.metrics import CLIENT_CONFLATIONS, CLIENT_DROPS
from ticktape.server.messages import Message
from ticktape.server.rows import BarValues, BookKey
from ticktape.server.shared_messages import TradePart, TradeRun, TradesOfBatch
from ticktape.server.view import Change
from ticktape.tape.layouts import Schema

TRADES_WAITING: Final = 20_000
BARS_WAITING: Final = 4_000
NOTICES_WAITING: Final = 64
TRADES_A_FRAME: Final = 2_000

_DROPS: Final = CLIENT_DROPS.labels("live")
_CONFLATIONS: Final = CLIENT_CONFLATIONS.labels("live")

ClosedBar = tuple[Schema, BookKey, BarValues]


class Client:
    """One subscriber's waiting room.

    Trades: at most `trades_waiting`, oldest dropped and counted. Books and bars so far: only which
    ones changed, so whoever reads slowly gets the latest. Closed bars: at most `BARS_WAITING`, the
    oldest dropped and counted; those of before it came wait apart, none of them dropped.

    Parameters
    ----------
    instrument_ids : frozenset of int
        The instruments asked for.
    schemas : frozenset of Schema
        ``trades``, ohlcv schemas, and ``mbp-10`` for the book.
    batch : bool
        Whether trades and bars are merged into messages.
    recent : int
        How many past trades to begin with.
    in_lists : bool
        Whether what waits is sent as one frame, a list of messages.
    trades_waiting : int
        Most trades that wait.
    """

    def __init__(
        self,
        symbols: tuple[str, ...],
        stype_in: str | None,
        schemas: frozenset[Schema],
        *,
        batch: bool,
        recent: int,
        in_lists: bool = False,
        trades_waiting: int = TRADES_WAITING,
    ) -> None:
        self.symbols = symbols
        self.stype_in = stype_in
        self.schemas = schemas
        self.batch = batch
        self.in_lists = in_lists
        self.recent = recent
        self._most_trades = trades_waiting
        self.instrument_ids: frozenset[int] = frozenset()
        self.dropped = 0
        self.wake = asyncio.Event()
        self.closing = False
        self.status_due = False
        self.notices: deque[Message] = deque(maxlen=NOTICES_WAITING)
        self.clear()

    def watch(self, instrument_ids: Iterable[int]) -> None:
        """Set the instruments that this client sees."""
        self.instrument_ids = frozenset(instrument_ids)

    def clear(self) -> None:
        """Forget everything that waits, except notices."""
        self._trades: deque[TradePart] = deque()
        self.waiting = 0
        self._past: deque[ClosedBar] = deque()
        self.closed: dict[tuple[Schema, BookKey, int], ClosedBar] = {}
        self.bars: set[tuple[Schema, BookKey]] = set()
        self.books: set[BookKey] = set()

    @property
    def items_waiting(self) -> int:
        """Everything that waits: trades, bars, books and notices."""
        named = (self._past, self.closed, self.bars, self.books, self.notices)
        return self.waiting + sum(map(len, named))

    def notify(self, message: Message) -> None:
        """Let a notice wait; the oldest goes where too many wait."""
        self.notices.append(message)
        self.wake.set()

    def take_in(self, change: Change, trades: TradesOfBatch) -> None:
        """Note what a batch changed, as far as this client asked for it."""
        watched = self.instrument_ids
        if Schema.TRADES in self.schemas and len(change.trades):
            self.add_trades(trades.of(watched))
        for bar in change.closed:
            if bar[0] in self.schemas and bar[1][1] in watched:
                self.add_closed(bar)
        bars = {bar for bar in change.bars if bar[0] in self.schemas and bar[1][1] in watched}
        books: set[BookKey] = set()
        if Schema.MBP_10 in self.schemas:
            books = {key for key in change.books if key[1] in watched}
        conflated = len(bars & self.bars) + len(books & self.books)
        if conflated:
            _CONFLATIONS.inc(conflated)
        self.bars |= bars
        self.books |= books
        if self.waiting or self.closed or self.bars or self.books:
            self.wake.set()

    def add_past(self, bars: Iterable[ClosedBar]) -> None:
        """Let bars wait that closed before this client came: all of them, ahead of what follows."""
        self._past.extend(bars)

    def take_past(self) -> list[ClosedBar]:
        """Take the oldest bars of the past that wait, as many as may wait of those that follow."""
        return [self._past.popleft() for _ in range(min(BARS_WAITING, len(self._past)))]

    @property
    def has_past(self) -> bool:
        """Whether bars of the past wait."""
        return bool(self._past)

    def add_closed(self, bar: ClosedBar) -> None:
        """Let a bar wait that has just closed; the oldest goes, counted, where too many wait."""
        schema, key, values = bar
        self.closed[schema, key, values[0]] = bar
        if len(self.closed) > BARS_WAITING:
            del self.closed[next(iter(self.closed))]
            self.dropped += 1
            _DROPS.inc()

    def add_trades(self, trades: TradeRun) -> None:
        """Let trades wait; the oldest are dropped, and counted, where too many wait."""
        count = len(trades.records)
        if not count:
            return
        self._trades.append(TradePart(trades, 0, count))
        self.waiting += count
        while self.waiting > self._most_trades:
            oldest = self._trades.popleft()
            held = oldest.stop - oldest.start
            spare = min(held, self.waiting - self._most_trades)
            self.waiting -= spare
            self.dropped += spare
            _DROPS.inc(spare)
            if spare < held:
                self._trades.appendleft(oldest._replace(start=oldest.start + spare))

    def take_trades(self) -> list[TradePart]:
        """Take the oldest trades that wait, a frame's worth; none where none does."""
        parts = []
        room = TRADES_A_FRAME
        while self._trades and room:
            part = self._trades.popleft()
            end = part.start + room
            if part.stop > end:
                self._trades.appendleft(part._replace(start=end))
                part = part._replace(stop=end)
            parts.append(part)
            taken = part.stop - part.start
            room -= taken
            self.waiting -= taken
        return parts
