"""Everybody who wants one book in the same way: read, compared and encoded once for all."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import numpy as np

from ticktape.book.depth_columns import read_columns
from ticktape.book.ladder import EMPTY_LADDER, Ladder, ladder_changes, read_ladder
from ticktape.server import book_frames, book_json
from ticktape.server.book_frames import BookFlag, BookHead, BookMessageKind
from ticktape.server.book_stream_client import BookClient
from ticktape.server.book_stream_query import BookWishes
from ticktape.server.watched_book import WatchedBook

if TYPE_CHECKING:
    from ticktape.server.book_streams import BookStreams

Message = bytes | str
# How long a book may stand amid an event before it is sent so: a replay can be paused there.
_EVENT_SECONDS: Final = 0.25


class BookGroup:
    """Clients that are sent the same bytes of one book.

    Parameters
    ----------
    streams : BookStreams
        Where the books are.
    watched : WatchedBook
        What is followed of the book.
    wishes : BookWishes
        How it is sent.
    """

    def __init__(self, streams: BookStreams, watched: WatchedBook, wishes: BookWishes) -> None:
        self.watched = watched
        self.wishes = wishes
        self.members: set[BookClient] = set()
        self.sequence = 0
        self._streams = streams
        self._head: BookHead | None = None
        self._ladder = EMPTY_LADDER
        self._snapshot: Message | None = None
        self._joining: set[BookClient] = set()
        self._due = 0.0
        self._in_event_since: float | None = None
        self._is_stirred = False
        self._timer: asyncio.TimerHandle | None = None
        self._volume_serial = 0
        self._columns_done = 0
        self._events_seen = 0

    def stir(self) -> None:
        """Note that the book may have changed; what has is sent now or when it is due."""
        self._is_stirred = True
        # A timer for the end of an event is there for events that do not end: every batch may
        # end this one.
        if self._timer is not None and self._in_event_since is None:
            return
        loop = asyncio.get_running_loop()
        now = loop.time()
        if now >= self._due:
            self._stop_timer()
            self._tick(now)
        elif self._timer is None:
            self._timer = loop.call_at(self._due, self._on_timer)

    def _on_timer(self) -> None:
        self._timer = None
        if self._is_stirred and not self._streams.catching_up:
            self._tick(asyncio.get_running_loop().time())

    def _tick(self, now: float) -> None:
        book = self._streams.book(self.watched.key)
        if book is None:
            return
        if book.in_event:
            if self._in_event_since is None:
                self._in_event_since = now
            if now < self._in_event_since + _EVENT_SECONDS:
                loop = asyncio.get_running_loop()
                self._timer = loop.call_at(self._in_event_since + _EVENT_SECONDS, self._on_timer)
                return
        else:
            self._in_event_since = None
        self._is_stirred = False
        self._due = now + 1 / self.wishes.rate
        head = self._streams.head(self.watched, book)
        ladder = read_ladder(book, self.wishes.levels, orders=self.wishes.orders)
        self.watched.mark(ladder)
        self._show(head, ladder)

    def _show(self, head: BookHead, ladder: Ladder) -> None:
        before = self._head
        readers = [one for one in self.members if one not in self._joining]
        self.sequence += 1
        self._snapshot = None
        if before is not None and readers:
            changes = ladder_changes(self._ladder, ladder, same_touch=before.touch == head.touch)
            self._send(readers, self._encode(BookMessageKind.CHANGES, head, changes))
        self._head, self._ladder = head, ladder
        for message in self._news(head):
            self._send(readers, message)
        for client in readers:
            client.look_for_followed(self)
        joining, self._joining = self._joining, set()
        for client in joining:
            self.begin(client)

    def _send(self, clients: list[BookClient], message: Message) -> None:
        for client in clients:
            client.send(self, message)

    def _encode(self, kind: BookMessageKind, head: BookHead, ladder: Ladder) -> Message:
        if self.wishes.binary:
            return book_frames.ladder_frame(kind, head, self.sequence, ladder)
        return book_json.ladder_message(
            kind,
            self._streams.symbol_of(self.watched.key),
            head,
            self.sequence,
            ladder,
            orders=self.wishes.orders,
        )

    def _news(self, head: BookHead) -> Iterator[Message]:
        """Make what else there is since the last time."""
        watched, wishes = self.watched, self.wishes
        if wishes.volume:
            volumes = self._streams.volumes.of_book(*watched.key, since=self._volume_serial)
            self._volume_serial = self._streams.volumes.serial
            if len(volumes):
                yield self._encode_volumes(head, volumes)
        if wishes.every_ms:
            run = watched.columns(wishes.every_ms)
            columns = run.since(self._columns_done)
            self._columns_done = run.done
            if columns:
                yield self._encode_columns(head, columns)
        if wishes.events:
            events = watched.events(watched.events_seen - self._events_seen)
            self._events_seen = watched.events_seen
            if len(events):
                yield self._encode_events(head, events)

    def _everything(self, head: BookHead) -> Iterator[Message]:
        """Make what a client begins with, after the snapshot."""
        watched, wishes = self.watched, self.wishes
        if wishes.volume:
            yield self._encode_volumes(head, self._streams.volumes.of_book(*watched.key))
        if wishes.every_ms:
            columns = watched.columns(wishes.every_ms).since(0)
            if columns:
                yield self._encode_columns(head, columns)
        if wishes.events:
            yield self._encode_events(head, watched.events(watched.events_seen))

    def _encode_volumes(self, head: BookHead, volumes: np.ndarray) -> Message:
        if self.wishes.binary:
            return book_frames.volume_frame(head, volumes)
        return book_json.volume_message(self._streams.symbol_of(self.watched.key), head, volumes)

    def _encode_columns(self, head: BookHead, columns: list[bytes]) -> Message:
        cells = b"".join(columns)
        every_ms = self.wishes.every_ms
        if self.wishes.binary:
            return book_frames.columns_frame(head, every_ms, len(columns), cells)
        return book_json.columns_message(
            self._streams.symbol_of(self.watched.key), head, every_ms, list(read_columns(cells))
        )

    def _encode_events(self, head: BookHead, events: np.ndarray) -> Message:
        if self.wishes.binary:
            return book_frames.events_frame(head, events)
        return book_json.events_message(self._streams.symbol_of(self.watched.key), head, events)

    def begin(self, client: BookClient) -> None:
        """Send a client the book as the others have it; or as soon as there is one."""
        if client not in self.members:
            return
        if self._head is None:
            self._joining.add(client)
            if not self._streams.catching_up:
                self.stir()
            return
        if self._snapshot is None:
            self._snapshot = self._encode(BookMessageKind.SNAPSHOT, self._head, self._ladder)
        client.send_first(self._snapshot)
        for message in self._everything(self._head):
            client.send_first(message)
        client.look_for_followed(self)

    def events_of(self, order_id: int, since: int) -> tuple[Message | None, int]:
        """Give the records of a followed order in the book as it was sent, from a position on.

        Returns
        -------
        message : bytes or str or None
            None where there is none.
        until : int
            The position to go on from.
        """
        head = self._head
        if head is None:
            return None, since
        events = self.watched.orders.of(order_id, since, head.position)
        if not len(events):
            return None, since
        own = head._replace(flags=head.flags | BookFlag.FOLLOWED)
        return self._encode_events(own, events), int(events["position"][-1]) + 1

    def reset(self) -> None:
        """Tell the clients to drop the book; what follows begins with a snapshot."""
        head = BookHead(*self.watched.key, touch=self.watched.touch)
        if self.wishes.binary:
            message: Message = book_frames.reset_frame(head)
        else:
            message = book_json.reset_message(self._streams.symbol_of(self.watched.key), head)
        self._head, self._ladder, self._snapshot = None, EMPTY_LADDER, None
        self._in_event_since = None
        # What follows is another instant, and waited for.
        self._due = 0.0
        for client in self.members:
            client.forget(self)
            client.send_first(message)
        self._joining = set(self.members)

    def join(self, client: BookClient) -> None:
        """Let a client be sent this book."""
        self.members.add(client)

    def leave(self, client: BookClient) -> None:
        """Send a client nothing more of this book."""
        self.members.discard(client)
        self._joining.discard(client)
        client.forget(self)

    def close(self) -> None:
        """Send nobody anything more."""
        self._stop_timer()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
