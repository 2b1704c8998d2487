"""What waits for one client of the book stream: bounded, and never a part of what it needs."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Final

from msgspec.json import encode

from ticktape.ops.metrics import CLIENT_CONFLATIONS
from ticktape.server.book_stream_query import BookSubscription
from ticktape.server.limits import DEFAULT_LIMITS
from ticktape.server.messages import BookStatus, Problem
from ticktape.tape.errors import TicktapeError

if TYPE_CHECKING:
    from ticktape.server.book_stream_group import BookGroup

NOTICES_WAITING: Final = 64
_CONFLATIONS: Final = CLIENT_CONFLATIONS.labels("book")


def problem_text(error: TicktapeError) -> str:
    """Give the message that says why something cannot be done."""
    return encode(Problem(error.code, str(error.args[0]), error.hint)).decode()


class BookClient:
    """One client's waiting room.

    At most ``most_bytes`` of messages wait. A message beyond that, and everything that waits, is
    left out and counted; once the client has read what it has, it is told how many, and each of its
    books begins anew with a snapshot, one after the other. What a book begins with is sent whatever
    its size.

    Parameters
    ----------
    subscription : BookSubscription
        What it asked for.
    most_bytes : int
        The most that waits.
    """

    def __init__(
        self,
        subscription: BookSubscription,
        most_bytes: int = DEFAULT_LIMITS.max_client_queue_bytes,
    ) -> None:
        self.subscription = subscription
        self.groups: dict[tuple[int, int], BookGroup] = {}
        self.wake = asyncio.Event()
        self.closing = False
        self.conflated = 0
        self.begun_anew = 0
        self._told = 0
        self.waiting_bytes = 0
        self.refused_books = False
        self.instrument_ids: frozenset[int] = frozenset()
        self._most_bytes = most_bytes
        self._notices: deque[str] = deque(maxlen=NOTICES_WAITING)
        self._messages: deque[bytes | str] = deque()
        self._behind: set[BookGroup] = set()
        self._following: int | None = None
        # Of the followed order: where its next record may be, and the books that may have some.
        self._followed_from: dict[BookGroup, int] = {}
        self._followed_due: set[BookGroup] = set()

    def refuse(self, error: TicktapeError) -> None:
        """Let the client be told that something it asked cannot be done."""
        self.notify(problem_text(error))

    def notify(self, message: str) -> None:
        """Let a message of no book wait; it goes first."""
        self._notices.append(message)
        self.wake.set()

    @property
    def waiting(self) -> int:
        """Messages that wait."""
        return len(self._messages)

    def is_behind(self, group: BookGroup) -> bool:
        """Tell whether messages of a book were left out, so that it needs a snapshot."""
        return group in self._behind

    def send(self, group: BookGroup, message: bytes | str) -> None:
        """Let a message of a book wait, or leave it out where too much waits."""
        if group in self._behind:
            self._count(1)
            return
        if self.waiting_bytes + len(message) > self._most_bytes:
            self._count(len(self._messages) + 1)
            self._messages.clear()
            self.waiting_bytes = 0
            left_out = {group, *self.groups.values()} - self._behind
            self.begun_anew += len(left_out)
            self._behind |= left_out
        else:
            self._messages.append(message)
            self.waiting_bytes += len(message)
        self.wake.set()

    def send_first(self, message: bytes | str) -> None:
        """Let a message wait that a book begins with, whatever waits already."""
        self._messages.append(message)
        self.waiting_bytes += len(message)
        self.wake.set()

    def begin_again(self, group: BookGroup) -> None:
        """Ask for a snapshot of a book."""
        self._behind.add(group)
        self.wake.set()

    def forget(self, group: BookGroup) -> None:
        """Want nothing of a book any more; what waits of it is sent."""
        self._behind.discard(group)
        self._followed_from.pop(group, None)
        self._followed_due.discard(group)

    @property
    def following(self) -> int | None:
        """The order whose every record it is sent; None for none."""
        return self._following

    def follow(self, order_id: int | None) -> None:
        """Follow another order, or none."""
        self._following = order_id
        self._followed_from.clear()
        self._followed_due.clear()

    def look_for_followed(self, group: BookGroup) -> None:
        """Send what a book has of the followed order, behind everything that waits."""
        if self._following is not None:
            self._followed_due.add(group)
            self.wake.set()

    def _take_followed(self) -> None:
        while self._followed_due and self._following is not None:
            group = self._followed_due.pop()
            since = self._followed_from.get(group, 0)
            message, self._followed_from[group] = group.events_of(self._following, since)
            if message is not None:
                self.send_first(message)

    def drop_waiting(self) -> None:
        """Forget what waits: the books it tells of are gone."""
        self._messages.clear()
        self.waiting_bytes = 0

    def _count(self, messages: int) -> None:
        self.conflated += messages
        _CONFLATIONS.inc(messages)

    def take(self) -> bytes | str | None:
        """Take the next message; None where none waits.

        Books that are behind begin anew, one after the other, once everything else was taken; the
        records of the followed order come last, whatever else was left out.
        """
        if self._notices:
            return self._notices.popleft()
        if not self._messages and self._told < self.conflated:
            self._told = self.conflated
            return encode(BookStatus(self.conflated, self.begun_anew)).decode()
        while not self._messages and self._behind:
            self._behind.pop().begin(self)
        if not self._messages:
            self._take_followed()
        if not self._messages:
            return None
        message = self._messages.popleft()
        self.waiting_bytes -= len(message)
        return message
