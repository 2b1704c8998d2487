"""The recent past of a shared timeline, for replays and for what is derived."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Final, NamedTuple, Protocol

import numpy as np

from ticktape.book import MboBooks
from ticktape.book.derive import Deriver
from ticktape.tape.batch import Batch, join_records
from ticktape.tape.errors import TicktapeError
from ticktape.tape.layouts import Schema, index_field

# Forgotten records that wait for the books before: taken so many at a time, they find the books in
# the processor's cache more often.
_BEHIND_RECORDS: Final = 1 << 12


class AgedOutError(TicktapeError):
    """What a reader of the past wanted next was forgotten meanwhile."""

    code = "aged-out"


class PastReader(Protocol):
    """A place in the past of a timeline, on its way to now."""

    @property
    def books(self) -> list[np.ndarray]:
        """The books as they were at its beginning, as MBO records; none where not asked for."""
        ...

    async def read(self) -> list[Batch]:
        """Give some more of the past; nothing where now is near.

        Raises
        ------
        AgedOutError
            It was forgotten before it was read.
        """
        ...

    def rest(self) -> list[Batch]:
        """Give all that is left up to now; to be called in the timeline's turn."""
        ...


class Past(Protocol):
    """What of a timeline is kept.

    Attributes
    ----------
    is_complete : bool
        Whether that is all of it.
    """

    is_complete: bool

    def append(self, batch: Batch) -> None:
        """Keep a batch; to be called before the books have taken it."""
        ...

    def begin_with_books(self) -> None:
        """Begin anew with the books as they are: a replay restored them from a checkpoint."""
        ...

    def clear(self) -> None:
        """Forget everything: the timeline starts over."""
        ...

    def oldest_ns(self) -> int | None:
        """Give the time of the oldest record kept."""
        ...

    def is_missing(self, time_ns: int) -> bool:
        """Whether records of this time were lost here, though older ones are kept."""
        ...

    def reader(self, start_ns: int, *, with_books: bool) -> PastReader:
        """Begin to read, no later than at a time; 0 is all there is.

        Parameters
        ----------
        start_ns : int
            The time.
        with_books : bool
            Whether quotes or bars are to be derived: only then are the books of use.
        """
        ...

    def derive(self, source: Schema, deriver: Deriver) -> None:
        """Run a fresh deriver over what is kept, so that it can go on from there."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


class _Kept(NamedTuple):
    """A batch, and the latest time that it or any before it tells of."""

    until_ns: int
    batch: Batch


class History:
    """A bounded run of batches, and the books as they were before the oldest of them.

    So what is derived from orders (quotes, bars) can be derived anew from there on, although what
    came before is forgotten. What is forgotten is applied to those books a few thousand records at
    a time: keeping a past costs the timeline no pauses, however many orders rest.

    Parameters
    ----------
    records : int
        Most records to keep, give or take a batch.
    take_books : callable
        Gives the state of all books as MBO records, now.
    """

    def __init__(self, records: int, take_books: Callable[[], list[np.ndarray]]) -> None:
        self._most_records = records
        self._take_books = take_books
        self._kept: deque[_Kept] = deque()
        self._first = 0
        self._count = 0
        self._books_before = MboBooks()
        self._forgotten: list[np.ndarray] = []
        self._behind = 0
        self._before_ns = 0
        self.is_complete = True

    def clear(self) -> None:
        """Forget everything: the timeline starts over."""
        self._first += len(self._kept)
        self._kept.clear()
        self._count = 0
        self._books_before.reset()
        self._forgotten, self._behind = [], 0
        self._before_ns = 0
        self.is_complete = True

    def begin_with_books(self) -> None:
        """Forget everything, and begin anew with the books as they are: nothing before is known."""
        self.clear()
        for records in self._take_books():
            self._books_before.update(records)
            self._before_ns = int(records["ts_recv"][-1])
        self.is_complete = False

    def append(self, batch: Batch) -> None:
        """Keep a batch; forget the oldest where there are too many."""
        until_ns = self._kept[-1].until_ns if self._kept else self._before_ns
        if batch.schema is not Schema.SYSTEM:
            until_ns = max(until_ns, int(batch.records[index_field(batch.schema)][-1]))
        self._kept.append(_Kept(until_ns, batch))
        self._count += len(batch.records)
        while self._count - len(self._kept[0].batch.records) >= self._most_records:
            self._forget_oldest()

    def _forget_oldest(self) -> None:
        self._before_ns, (schema, records) = self._kept.popleft()
        self._first += 1
        self._count -= len(records)
        self.is_complete = False
        if schema is Schema.MBO:
            self._forgotten.append(records)
            self._behind += len(records)
            if self._behind >= _BEHIND_RECORDS:
                self._bring_books_up()

    def _bring_books_up(self) -> None:
        if self._forgotten:
            self._books_before.update(join_records(self._forgotten))
            self._forgotten, self._behind = [], 0

    def __iter__(self) -> Iterator[Batch]:
        return (kept.batch for kept in self._kept)

    def _books(self) -> list[np.ndarray]:
        self._bring_books_up()
        books = (self._books_before.book(*key) for key in self._books_before.keys())  # noqa: SIM118
        return [book.snapshot_records(self._before_ns) for book in books if book is not None]

    def oldest_ns(self) -> int | None:
        """Give the time of the oldest record kept."""
        for batch in self:
            return int(batch.records[index_field(batch.schema)][0])
        return None

    def derive(self, source: Schema, deriver: Deriver) -> None:
        """Run a fresh deriver over everything kept, so that it can go on from there."""
        if source is Schema.MBO:
            for records in self._books():
                deriver.update(records)
        for batch in self:
            if batch.schema is source:
                deriver.update(batch.records)

    def is_missing(self, time_ns: int) -> bool:  # noqa: ARG002 -- the protocol's signature
        """Whether records of this time were lost; never, in memory."""
        return False

    def reader(self, start_ns: int, *, with_books: bool) -> HistoryReader:
        """Begin to read: with the batch that holds a time, or with books, at the oldest."""
        if with_books:
            return HistoryReader(self, self._first, self._books())
        place = bisect_left(self._kept, start_ns, key=lambda kept: kept.until_ns)
        return HistoryReader(self, self._first + place, [])

    def after(self, number: int) -> list[Batch]:
        """Give the batches from a number on; the first that was ever kept has the number 0.

        Raises
        ------
        AgedOutError
            It was forgotten.
        """
        if number < self._first:
            raise AgedOutError("what was to be read next has been forgotten")
        newest = islice(reversed(self._kept), self._first + len(self._kept) - number)
        return [kept.batch for kept in newest][::-1]

    def close(self) -> None:
        """Nothing is held but memory."""


class HistoryReader:
    """A place in a history; made by :meth:`History.reader`."""

    def __init__(self, history: History, number: int, books: list[np.ndarray]) -> None:
        self._history = history
        self._number = number
        self.books = books

    async def read(self) -> list[Batch]:
        """Give what was kept since."""
        return self.rest()

    def rest(self) -> list[Batch]:
        """Give all that was kept since."""
        found = self._history.after(self._number)
        self._number += len(found)
        return found
