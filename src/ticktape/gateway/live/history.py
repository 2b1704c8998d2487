"""The recent past of a shared timeline, for replays and for what is derived."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from ticktape.book.derive import Deriver
from ticktape.gateway.live.derivations import Derivations
from ticktape.gateway.live.placement import Placed
from ticktape.tape.batch import Batch
from ticktape.tape.layouts import Schema, index_field

SEGMENTS: Final = 8


@dataclass(slots=True)
class _Segment:
    books: list[np.ndarray]
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
        self._segments = deque([_Segment([])])
        self.is_complete = True

    def begin_with_books(self) -> None:
        """Forget everything, and begin anew with the books as they are: nothing before is known."""
        self._segments = deque([_Segment(self._take_books())])
        self.is_complete = False

    def append(self, batch: Batch) -> None:
        """Keep a batch; to be called before the books have taken it."""
        if self._segments[-1].count >= self._segment_records:
            self._segments.append(_Segment(self._take_books()))
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

    def replay(self, native: Iterable[Schema], schemas: Iterable[Schema]) -> list[list[Placed]]:
        """Give everything kept once more, each batch with what is derived from it.

        Parameters
        ----------
        native : iterable of Schema
            The schemas of the timeline itself.
        schemas : iterable of Schema
            Those to derive where they are not native.
        """
        derivations = Derivations(native)
        for schema in schemas:
            derivations.add(schema)
        for records in self._segments[0].books:
            derivations.update(Batch(Schema.MBO, records))
        return [derivations.update(batch) for batch in self]
