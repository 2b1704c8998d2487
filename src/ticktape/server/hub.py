"""The hub: the end of the pipeline, and the beginning of every client's stream."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from functools import partial
from typing import Final, Literal

from msgspec.json import Encoder

from ticktape.book.quotes import Book as BookOfMarket
from ticktape.feeds.marks import Mark, marks_in
from ticktape.ops.metrics import CLIENTS, GAPS
from ticktape.server.arrivals import Arrivals
from ticktape.server.client import Client, ClosedBar
from ticktape.server.directory import Directory
from ticktape.server.messages import (
    Bar,
    Bars,
    Book,
    Connected,
    Gap,
    Message,
    Problem,
    Reset,
    SourceState,
    Status,
)
from ticktape.server.rows import BarValues, BookKey, bar_message, level_rows
from ticktape.server.shared_messages import (
    SharedMessages,
    TradeRun,
    TradesOfBatch,
    joined_trades,
    trade_texts,
)
from ticktape.server.source import Source
from ticktape.server.view import SHOWN_BARS, View
from ticktape.tape.batch import Batch
from ticktape.tape.gaps import gaps_in
from ticktape.tape.layouts import Schema

BOOK_LEVELS: Final = 10
BARS_A_FRAME: Final = 2_000
# Of records that were missed: the latest, told to late joiners too.
GAPS_KEPT: Final = 100

_encode = Encoder().encode
ResetReason = Literal["seek", "loop", "reconnect"]


class Hub:
    """Takes batches that the market has applied, and keeps every client up to date.

    Parameters
    ----------
    directory : Directory
        Names and books of the instruments.
    source : Source
        What the clients are told about the source.
    """

    def __init__(self, directory: Directory, source: Source) -> None:
        self.directory = directory
        self.source = source
        self.view = View()
        # Told behind every batch, and once none come any more.
        self.arrivals = Arrivals()
        self.clients: set[Client] = set()
        # Those who asked before the source had said what it has.
        self._unanswered: set[Client] = set()
        self.catching_up = False
        self.records = 0
        # A tape says what it has only as it goes; a source that was told what to show keeps to it.
        self._chooses_defaults = not source.default_symbols
        directory.tell_time(source.start_ns)
        self._left_dropped = 0
        self._gaps: deque[Gap] = deque(maxlen=GAPS_KEPT)
        self._loops = 0
        self._empty = asyncio.Event()
        self._shared = SharedMessages()

    @property
    def dropped(self) -> int:
        """Trades and closed bars dropped for all clients so far."""
        return self._left_dropped + sum(client.dropped for client in self.clients)

    async def write(self, batch: Batch) -> None:
        """Take a batch that the market has applied."""
        self._take(batch)
        self.arrivals.tell()

    def _take(self, batch: Batch) -> None:
        self.records += len(batch.records)
        self._shared.clear()
        if batch.schema == Schema.SYSTEM:
            self._read_system(batch)
            return
        change = self.view.apply(batch)
        self.directory.tell_time(self.view.now_ns or self.source.start_ns)
        if self.directory.take_in(batch):
            self._resolve_again()
        if self._unanswered and self._has_said_what_it_has():
            self._tell_unknown()
        if not self.catching_up:
            trades = TradesOfBatch(change.trades)
            for client in self.clients:
                client.take_in(change, trades)

    def _read_system(self, batch: Batch) -> None:
        for mark in marks_in(batch):
            if mark is Mark.RESET:
                self.directory.market.reset()
                self.begin_reset("loop" if self._has_looped() else "seek")
            elif mark is Mark.PAST:
                self.view.begin_past(self.source.past_in(batch))
            elif mark is Mark.BOOKS:
                self.view.end_past()
            elif mark is Mark.CAUGHT_UP:
                self.end_reset()
        for gap in gaps_in(batch.records):
            self.report_gap(None, gap.start_ns, gap.end_ns, gap.reason)

    def _has_looped(self) -> bool:
        state = self.source.replay_state()
        loops, self._loops = self._loops, 0 if state is None else state.loops
        return self._loops > loops

    async def close(self) -> None:
        """End every client's stream."""
        for client in self.clients:
            client.closing = True
            client.wake.set()

    async def wait_until_left(self, seconds: float) -> None:
        """Wait until every client has left, but not longer than this."""
        if not self.clients:
            return
        try:
            async with asyncio.timeout(seconds):
                await self._empty.wait()
        except TimeoutError:
            return

    def attach(self, client: Client) -> list[Message]:
        """Begin a client's stream.

        Parameters
        ----------
        client : Client
            Its waiting room; filled with the current state.

        Returns
        -------
        list of Message
            What to send first.
        """
        resolution = self.directory.resolve(client.symbols, client.stype_in)
        client.watch(resolution.instrument_ids)
        self.clients.add(client)
        self._empty.clear()
        CLIENTS.labels("live").set(len(self.clients))
        if not self.catching_up:
            self._fill(client)
        connected = Connected(
            self.source.state(client.dropped),
            list(client.symbols),
            self.directory.entries(client.instrument_ids),
            sorted(map(str, client.schemas)),
        )
        if not self._has_said_what_it_has():
            self._unanswered.add(client)
            return [connected, *self._gaps]
        return [connected, *self._problems(resolution.not_found), *self._gaps]

    def _has_said_what_it_has(self) -> bool:
        return self.view.time_ns > 0 or self.directory.has_names()

    def _tell_unknown(self) -> None:
        for client in self._unanswered:
            found = self.directory.resolve(client.symbols, client.stype_in)
            for problem in self._problems(found.not_found):
                client.notify(problem)
        self._unanswered.clear()

    def _problems(self, not_found: list[str]) -> list[Message]:
        return [
            Problem(
                "unknown-symbol",
                f"{symbol} is not known here",
                "Choose one of the list of symbols; one that appears later is shown by itself.",
            )
            for symbol in not_found
        ]

    def detach(self, client: Client) -> None:
        """End a client's stream."""
        if client in self.clients:
            self.clients.discard(client)
            self._unanswered.discard(client)
            self._left_dropped += client.dropped
            CLIENTS.labels("live").set(len(self.clients))
        if not self.clients:
            self._empty.set()

    def _resolve_again(self) -> None:
        """Let instruments that have just become known reach those who asked for them."""
        if self._chooses_defaults:
            self.source.default_symbols = self.directory.default_symbols()
        for client in self.clients:
            found = self.directory.resolve(client.symbols, client.stype_in).instrument_ids
            if found != client.instrument_ids:
                client.watch(found)
                client.notify(
                    Connected(
                        self.source.state(client.dropped),
                        list(client.symbols),
                        self.directory.entries(found),
                        sorted(map(str, client.schemas)),
                    )
                )

    def begin_reset(self, reason: ResetReason) -> None:
        """Drop everything shown; nothing is sent until :meth:`end_reset`."""
        self.catching_up = True
        self._shared.clear()
        self.view.reset()
        self.directory.forget_time()
        if reason != "reconnect":
            self._gaps.clear()
        for client in self.clients:
            client.clear()
            client.notify(Reset(reason))

    def end_reset(self) -> None:
        """Send everybody the current state and go on."""
        self.catching_up = False
        for client in self.clients:
            self._fill(client)
            client.status_due = True
            client.wake.set()

    def report_gap(self, symbol: str | None, start_ns: int, end_ns: int, reason: str) -> None:
        """Tell every client of records that were missed."""
        self.source.gaps += 1
        GAPS.inc()
        gap = Gap(symbol, str(start_ns), str(end_ns), reason)
        self._gaps.append(gap)
        for client in self.clients:
            client.status_due = True
            client.notify(gap)

    def announce_status(self) -> None:
        """Send every client the source's state at once: it has changed."""
        self._shared.clear()
        for client in self.clients:
            client.status_due = True
            client.wake.set()

    def _fill(self, client: Client) -> None:
        ids = client.instrument_ids
        if Schema.TRADES in client.schemas:
            client.add_trades(TradeRun(self.view.recent_trades(ids, client.recent)))
        for schema in filter(client.schemas.__contains__, SHOWN_BARS):
            for key, bars in self.view.closed_bars(schema, ids).items():
                shown = bars if client.batch else bars[-client.recent :]
                client.add_past((schema, key, values) for values in shown)
            client.bars.update((schema, key) for key in self.view.open_bar_keys(schema, ids))
        if Schema.MBP_10 in client.schemas:
            client.books.update(key for key in self.directory.book_keys() if key[1] in ids)

    def frames(self, client: Client) -> Iterator[bytes]:
        """Take what waits for a client, as JSON messages.

        Parameters
        ----------
        client : Client
            Its waiting room.

        Yields
        ------
        bytes
            One message each. Books and bars are read when their turn comes, so a client that
            takes its time gets the latest.
        """
        while client.notices:
            yield _encode(client.notices.popleft())
        if client.has_past:
            yield from self._closed_bars(client, client.take_past())
            # What came meanwhile stands behind all of it.
            client.wake.set()
            return
        closed, client.closed = client.closed, {}
        yield from self._closed_bars(client, list(closed.values()))
        trades = trade_texts(client.take_trades(), self.directory.symbol_of)
        if client.batch and trades:
            yield joined_trades(trades)
        else:
            yield from trades
        bars, client.bars = client.bars, set()
        for schema, key in sorted(bars):
            text = self._shared.get((schema, key), partial(self._open_bar, schema, key))
            if text is not None:
                yield text
        books, client.books = client.books, set()
        for key in sorted(books):
            text = self._shared.get(key, partial(self._settled_book, key))
            if text is not None:
                yield text
        if client.waiting:
            client.wake.set()

    def _open_bar(self, schema: Schema, key: BookKey) -> Bar | None:
        values = self.view.open_bar(schema, key)
        return None if values is None else self._bar(schema, key, values, closed=False)

    def _bar(self, schema: Schema, key: BookKey, values: BarValues, *, closed: bool) -> Bar:
        return bar_message(schema, self.directory.symbol_of(key[1]), key, values, closed=closed)

    def _settled_book(self, key: BookKey) -> Book | None:
        book = self.directory.book(key)
        # In the middle of an event a book may be crossed; the event's end stirs it again.
        if book is None or book.in_event:
            return None
        return self._book_message(key, book, BOOK_LEVELS)

    def _closed_bars(self, client: Client, closed: list[ClosedBar]) -> Iterator[bytes]:
        messages = [self._bar(schema, key, values, closed=True) for schema, key, values in closed]
        if not client.batch:
            yield from map(_encode, messages)
            return
        runs: dict[tuple[str, str], Bars] = {}
        for message in messages:
            run = runs.setdefault(
                (message.schema, message.symbol), Bars(message.schema, message.symbol, [])
            )
            run.bars.append(message)
        yield from map(_encode, runs.values())

    def status_for(self, client: Client) -> bytes:
        """Give the status message of one client, its own drops counted."""
        client.status_due = False
        return _encode(Status(self.source_state(client.dropped)))

    def source_state(self, drops: int | None = None) -> SourceState:
        """Give the source object; ``drops`` of all clients unless given."""
        return self.source.state(self.dropped if drops is None else drops)

    def book(self, key: BookKey, levels: int) -> Book | None:
        """Make the book message of one instrument.

        Parameters
        ----------
        key : tuple of int
            ``(publisher_id, instrument_id)``.
        levels : int
            How many levels of each side.

        Returns
        -------
        Book or None
            None where there is no book.
        """
        book = self.directory.book(key)
        return None if book is None else self._book_message(key, book, levels)

    def _book_message(self, key: BookKey, book: BookOfMarket, levels: int) -> Book:
        bids, asks = book.levels(levels)
        time = self.view.book_times_ns.get(key, self.view.time_ns)
        return Book(
            self.directory.symbol_of(key[1]),
            key[1],
            key[0],
            time,
            str(time),
            level_rows(bids),
            level_rows(asks),
            book.bid_levels,
            book.ask_levels,
            book.live_orders,
            book.is_crossed,
            book.is_locked,
            book.is_stale or not self.source.connected,
            book.in_event,
        )
