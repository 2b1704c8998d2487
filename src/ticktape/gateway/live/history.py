"""The recent past of a shared timeline, for replays and for what is derived."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, Protocol

import numpy as np

from ticktape.book.derive import Deriver
from ticktape.tape.batch import Batch
from ticktape.tape.errors import TicktapeError
from ticktape.tape.layouts import Schema, index_field

SEGMENTS: Final = 8


class AgedOutError(TicktapeError):
    """What a reader of the past wanted next was forgotten meanwhile."""

    code = "aged-out"


class PastReader(Protocol):
    """A place in the past of a timeline, on its way to now.

    Attributes
    ----------
    books : list of numpy.ndarray
        The books as they were at its beginning, as MBO records.
    """

    books: list[np.ndarray]

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

    def reader(self, start_ns: int) -> PastReader:
        """Begin to read, no later than at a time; 0 is all there is."""
        ...

    def derive(self, source: Schema, deriver: Deriver) -> None:
        """Run a fresh deriver over what is kept, so that it can go on from there."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


@dataclass(slots=True)
class _Segment:
    books: list[np.ndarray]
    number: int = 0
    batches: list[Batch] = field(default_factory=list)
    count: int = 0


class History:
    """A bounded run of batches; every segment begins with the books as they were then.

    So what is derived from orders (quotes, bars) can be derived anew from the oldest segment on,
    although what came before it is forgotten.

    Parameters
    ----------
    records : int
        Most records to keep; whole segments, an eighth of this each, are forgotten.
    take_books : callable
        Gives the state of all books as MBO records, now.
    """

    def __init__(self, records: int, take_books: Callable[[], list[np.ndarray]]) -> None:
        self._segment_records = max(1, records // SEGMENTS)
        self._take_books = take_books
        self._segments: deque[_Segment] = deque([_Segment([])])
        self.is_complete = True

    def clear(self) -> None:
        """Forget everything: the timeline starts over."""
        self._segments = deque([_Segment([], self._segments[-1].number + 1)])
        self.is_complete = True

    def begin_with_books(self) -> None:
        """Forget everything, and begin anew with the books as they are: nothing before is known."""
        self._segments = deque([_Segment(self._take_books(), self._segments[-1].number + 1)])
        self.is_complete = False

    def append(self, batch: Batch) -> None:
        """Keep a batch; to be called before the books have taken it."""
        if self._segments[-1].count >= self._segment_records:
            self._segments.append(_Segment(self._take_books(), self._segments[-1].number + 1))
            if len(self._segments) > SEGMENTS:
                self._segments.popleft()
                self.is_complete = False
        last = self._segments[-1]
        last.batches.append(batch)
        last.count += len(batch.records)

    def __iter__(self) -> Iterator[Batch]:
        for segment in self._segments:
            yield from segment.batches

    def oldest_ns(self) -> int | None:
        """Give the time of the oldest record kept."""
        for batch in self:
            return int(batch.records[index_field(batch.schema)][0])
        return None

    def derive(self, source: Schema, deriver: Deriver) -> None:
        """Run a fresh deriver over everything kept, so that it can go on from there."""
        if source is Schema.MBO:
            for records in self._segments[0].books:
                deriver.update(records)
        for batch in self:
            if batch.schema is source:
                deriver.update(batch.records)

    def is_missing(self, time_ns: int) -> bool:  # noqa: ARG002 -- the protocol's signature
        """Whether records of this time were lost; never, in memory."""
        return False

    def reader(self, start_ns: int) -> HistoryReader:
        """Begin to read with the segment that holds a time."""
        chosen = self._segments[0]
        for segment in self._segments:
            first = next((one for one in segment.batches if one.schema is not Schema.SYSTEM), None)
            if first is None or int(first.records[index_field(first.schema)][0]) > start_ns:
                break
            chosen = segment
        return HistoryReader(self, chosen.number, chosen.books)

    def after(self, number: int, place: int) -> tuple[list[Batch], int, int]:
        """Give what follows a place in a segment, and where that ends.

        Raises
        ------
        AgedOutError
            The segment was forgotten.
        """
        if number < self._segments[0].number:
            raise AgedOutError("what was to be read next has been forgotten")
        found: list[Batch] = []
        for segment in self._segments:
            if segment.number < number:
                continue
            found += segment.batches[place if segment.number == number else 0 :]
        last = self._segments[-1]
        return found, last.number, len(last.batches)

    def close(self) -> None:
        """Nothing is held but memory."""


class HistoryReader:
    """A place in a history; made by :meth:`History.reader`."""

    def __init__(self, history: History, number: int, books: list[np.ndarray]) -> None:
        self._history = history
        self._number = number
        self._place = 0
        self.books = books

    async def read(self) -> list[Batch]:
        """Give what was kept since."""
        return self.rest()

    def rest(self) -> list[Batch]:
        """Give all that was kept since."""
        found, self._number, self._place = self._history.after(self._number, self._place)
        return found
