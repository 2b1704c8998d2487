"""The books that clients of ``/ws/book`` watch: a sink of the pipeline, after the hub."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Final

import numpy as np
from msgspec.json import Encoder

from ticktape.book.keys_kernels import keys_of
from ticktape.book.ladder_volume import PriceVolumes
from ticktape.book.quotes import Book
from ticktape.feeds.marks import Mark, marks_in, positions_in
from ticktape.ops.metrics import CLIENT_QUEUE, CLIENTS
from ticktape.server.book_frames import BookFlag, BookHead
from ticktape.server.book_stream_client import BookClient
from ticktape.server.book_stream_group import BookGroup
from ticktape.server.book_stream_query import BookWishes
from ticktape.server.directory import Directory
from ticktape.server.messages import Connected, Problem
from ticktape.server.past_events import past_events
from ticktape.server.rows import WITH_TRADES, BookKey
from ticktape.server.source import Source
from ticktape.server.watched_book import EVENTS_KEPT, WatchedBook
from ticktape.store import MboLog
from ticktape.store.tape_past import PastAt
from ticktape.tape.batch import Batch
from ticktape.tape.gaps import gaps_in
from ticktape.tape.layouts import ACTION_CLEAR, Schema

MOST_BOOKS: Final = 1_000
_BOOK_SCHEMAS: Final = frozenset(
    {Schema.MBO, Schema.MBP_1, Schema.MBP_10, Schema.TBBO, Schema.BBO_1S, Schema.BBO_1M}
)
_NAMES: Final = frozenset({Schema.DEFINITION, Schema.SYMBOL_MAPPING})

_encode = Encoder().encode


class BookStreams:
    """Takes batches that the market has applied, and keeps every watched book's clients up to date.

    Parameters
    ----------
    directory : Directory
        Names and books of the instruments.
    source : Source
        What the clients are told about the source.
    log : MboLog, optional
        The records of the source: events of the time before a book was watched.
    """

    def __init__(self, directory: Directory, source: Source, log: MboLog | None = None) -> None:
        self.directory = directory
        self._log = log
        self.source = source
        self.clients: set[BookClient] = set()
        self.volumes = PriceVolumes()
        self.position = 0
        self.time_ns = 0
        self.catching_up = False
        # What a tape's index knows of the past that is being told, until it is told.
        self._known: PastAt | None = None
        self._watched: dict[BookKey, WatchedBook] = {}
        self._groups: dict[tuple[BookKey, BookWishes], BookGroup] = {}
        self._books_known = 0
        self._after_gap: set[BookKey] = set()
        self._empty = asyncio.Event()
        self._empty.set()
        CLIENT_QUEUE.read_from(self._waiting)

    def _waiting(self) -> dict[tuple[str, ...], float]:
        return {("book",): float(sum(client.waiting for client in self.clients))}

    async def write(self, batch: Batch) -> None:
        """Take a batch that the market has applied."""
        schema, records = batch
        if schema is Schema.SYSTEM:
            self._read_system(batch)
            return
        if schema in _NAMES:
            self._resolve_again()
            return
        if schema in WITH_TRADES and len(records) and self._known is None:
            self.volumes.update(records)
        if schema in _BOOK_SCHEMAS and len(records):
            self._take_in(batch)

    async def close(self) -> None:
        """End every client's stream."""
        for client in self.clients:
            client.closing = True
            client.wake.set()

    async def wait_until_left(self, seconds: float) -> None:
        """Wait until every client has left, but not longer than this."""
        try:
            async with asyncio.timeout(seconds):
                await self._empty.wait()
        except TimeoutError:
            return

    def _take_in(self, batch: Batch) -> None:
        schema, records = batch
        first = self.position
        # A bbo record has no time of reception but that of its interval.
        self.time_ns = int(records["ts_recv"][-1])
        pairs = keys_of(records)
        if schema is Schema.MBO:
            self.position += len(records)
        if self._after_gap:
            self._look_for_clears(schema, records, pairs)
        if not self.catching_up and self.directory.market.book_count != self._books_known:
            self._resolve_again()
        touched = set()
        for key, watched in self._watched.items():
            own = np.flatnonzero(pairs == ((key[0] << 32) | key[1]))
            if len(own):
                touched.add(key)
                if schema is Schema.MBO and not self.catching_up:
                    self._follow(watched, _taken(records, own), first + own)
            if not self.catching_up:
                watched.advance(self.time_ns)
        if not self.catching_up:
            for (key, _), group in self._groups.items():
                if key in touched:
                    group.stir()

    def _follow(self, watched: WatchedBook, records: np.ndarray, positions: np.ndarray) -> None:
        if watched.is_followed:
            watched.apply(records, positions)
        else:
            # Its first records are in the market's book already.
            watched.begin(self.book(watched.key), self.time_ns)

    def _look_for_clears(self, schema: Schema, records: np.ndarray, pairs: np.ndarray) -> None:
        """Note the books that are whole again: rebuilt, or by price and told anew."""
        if schema is Schema.MBO:
            pairs = pairs[records["action"] == ACTION_CLEAR]
        for pair in np.unique(pairs).tolist():
            self._after_gap.discard((pair >> 32, pair & 0xFFFFFFFF))

    def _read_system(self, batch: Batch) -> None:
        for mark in marks_in(batch):
            if mark is Mark.RESET:
                self._begin_reset()
            elif mark is Mark.PAST:
                self._known = self.source.past_in(batch)
            elif mark is Mark.BOOKS:
                self._end_known_past()
            elif mark is Mark.CAUGHT_UP:
                self._end_reset()
        if self.source.mode == "REPLAY":
            for position, _ in positions_in(batch):
                self.position = position
        if gaps_in(batch.records):
            self._after_gap = set(self.directory.book_keys())
            for watched in self._watched.values():
                watched.note_missing()
            for group in self._groups.values():
                group.stir()

    def _end_known_past(self) -> None:
        known, self._known = self._known, None
        volumes = None if known is None else known.volumes()
        if volumes is not None:
            self.volumes.restore(*volumes)

    def _begin_reset(self) -> None:
        self.catching_up = True
        self._known = None
        self.volumes.reset()
        # Of a tape, a position is a place on it; of any other source it never comes again.
        if self.source.mode == "REPLAY":
            self.position = 0
        self._after_gap.clear()
        for watched in self._watched.values():
            watched.begin(None, 0)
        for client in self.clients:
            client.drop_waiting()
        for group in self._groups.values():
            group.reset()

    def _end_reset(self) -> None:
        self.catching_up = False
        for watched in self._watched.values():
            watched.begin(self.book(watched.key), self.time_ns)
        for group in self._groups.values():
            self._look_back(group)
        self._resolve_again()
        for group in self._groups.values():
            group.stir()

    def book(self, key: BookKey) -> Book | None:
        """Give a book; None where there is none."""
        return self.directory.book(key)

    def symbol_of(self, key: BookKey) -> str:
        """Give the symbol of a book's instrument."""
        return self.directory.symbol_of(key[1])

    def head(self, watched: WatchedBook, book: Book) -> BookHead:
        """Tell how a book stands now."""
        flags = BookFlag(0)
        if book.in_event:
            flags |= BookFlag.IN_EVENT
        if book.is_crossed:
            flags |= BookFlag.CROSSED
        if book.is_locked:
            flags |= BookFlag.LOCKED
        if book.is_stale or watched.key in self._after_gap:
            flags |= BookFlag.STALE
        return BookHead(*watched.key, self.time_ns, self.position, watched.touch, flags)

    def attach(self, client: BookClient) -> None:
        """Begin a client's stream: what it watches, then each book as it stands."""
        self.clients.add(client)
        self._empty.clear()
        CLIENTS.labels("book").set(len(self.clients))
        self._watch_what_it_asked(client, always_tell=True)

    def detach(self, client: BookClient) -> None:
        """End a client's stream."""
        for key in list(client.groups):
            self._leave(client, key)
        self.clients.discard(client)
        CLIENTS.labels("book").set(len(self.clients))
        if not self.clients:
            self._empty.set()

    def set_columns(self, client: BookClient, every_ms: int) -> None:
        """Send a client columns of another length from now on; each book begins anew."""
        wishes = client.subscription.wishes._replace(every_ms=every_ms)
        if wishes == client.subscription.wishes:
            return
        client.subscription = client.subscription._replace(wishes=wishes)
        for key in list(client.groups):
            self._leave(client, key)
            self._join(client, key)

    def follow(self, client: BookClient, order_id: int | None) -> None:
        """Send a client every record of an order from now on; of none where None."""
        for group in client.groups.values():
            self._leave_order(client, group)
        client.follow(order_id)
        for group in client.groups.values():
            self._want_order(client, group)
            client.look_for_followed(group)

    def _want_order(self, client: BookClient, group: BookGroup) -> None:
        if client.following is not None:
            watched = group.watched
            watched.orders.want(client.following, watched.events(EVENTS_KEPT))

    def _leave_order(self, client: BookClient, group: BookGroup) -> None:
        if client.following is not None:
            group.watched.orders.leave(client.following)

    def _resolve_again(self) -> None:
        self._books_known = self.directory.market.book_count
        for client in self.clients:
            self._watch_what_it_asked(client)

    def _watch_what_it_asked(self, client: BookClient, *, always_tell: bool = False) -> None:
        asked = client.subscription.asked
        symbols = list(asked.symbols or self.source.default_symbols)
        found = self.directory.resolve(symbols, asked.stype_in)
        keys = [key for key in self.directory.book_keys() if key[1] in found.instrument_ids]
        if len(keys) > MOST_BOOKS and not client.refused_books:
            client.refused_books = True
            client.notify(
                _text(
                    Problem(
                        "too-many-books",
                        f"{len(keys)} books are too many for one connection",
                        f"the first {MOST_BOOKS} are sent; ask for fewer symbols",
                    )
                )
            )
        if always_tell or found.instrument_ids != client.instrument_ids:
            client.instrument_ids = found.instrument_ids
            client.notify(
                _text(
                    Connected(
                        self.source.state(client.conflated),
                        symbols,
                        self.directory.entries(found.instrument_ids),
                        ["book"],
                    )
                )
            )
            if self.directory.has_names() or self.time_ns:
                self._tell_unknown(client, found.not_found)
        wanted = set(keys[:MOST_BOOKS])
        if not self.catching_up:
            for key in set(client.groups) - wanted:
                self._leave(client, key)
        for key in keys[:MOST_BOOKS]:
            if key not in client.groups:
                self._join(client, key)

    def _tell_unknown(self, client: BookClient, not_found: Iterable[str]) -> None:
        for symbol in not_found:
            client.notify(
                _text(
                    Problem(
                        "unknown-symbol",
                        f"{symbol} is not known here",
                        "Choose one of the list of symbols; one that appears later is shown by "
                        "itself.",
                    )
                )
            )

    def _join(self, client: BookClient, key: BookKey) -> None:
        wishes = client.subscription.wishes
        group = self._groups.get((key, wishes))
        if group is None:
            group = self._open(key, wishes)
        client.groups[key] = group
        group.join(client)
        self._want_order(client, group)
        client.begin_again(group)

    def _open(self, key: BookKey, wishes: BookWishes) -> BookGroup:
        watched = self._watched.get(key)
        book = None if self.catching_up else self.book(key)
        if watched is None:
            watched = self._watched[key] = WatchedBook(key)
            watched.begin(book, self.time_ns)
        if wishes.every_ms:
            watched.want_columns(wishes.every_ms, book, self.time_ns)
        group = self._groups[key, wishes] = BookGroup(self, watched, wishes)
        self._look_back(group)
        return group

    def _look_back(self, group: BookGroup) -> None:
        """Let a book whose events are wanted have the last ones before it was watched."""
        watched = group.watched
        if group.wishes.events and watched.wants_past_events:
            first = watched.first_event
            end = self.position if first is None else first
            watched.put_before(past_events(self._log, watched.key, end, EVENTS_KEPT))

    def _leave(self, client: BookClient, key: BookKey) -> None:
        group = client.groups.pop(key)
        self._leave_order(client, group)
        group.leave(client)
        if group.members:
            return
        group.close()
        del self._groups[key, group.wishes]
        if group.wishes.every_ms:
            group.watched.leave_columns(group.wishes.every_ms)
        if not any(other == key for other, _ in self._groups):
            del self._watched[key]


def _taken(records: np.ndarray, which: np.ndarray) -> np.ndarray:
    """Take some records; NumPy itself would copy each of them field by field."""
    if len(which) == len(records):
        return records
    plain = np.ascontiguousarray(records).view(np.uint8).reshape(len(records), -1)
    taken: np.ndarray = plain[which].view(records.dtype)[:, 0]
    return taken


def _text(message: Connected | Problem) -> str:
    return _encode(message).decode()
