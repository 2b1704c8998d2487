"""One book that somebody watches: its activity, its columns and its latest records."""

from __future__ import annotations

from collections import Counter, deque
from typing import Final

import numpy as np

from ticktape.book import MboBook
from ticktape.book.depth_columns import DepthColumns
from ticktape.book.ladder import Ladder
from ticktape.book.ladder_activity import LadderActivity
from ticktape.book.quotes import Book
from ticktape.server.book_frames import BOOK_EVENT
from ticktape.server.followed_orders import FollowedOrders

EVENTS_KEPT: Final = 200
COLUMNS_KEPT: Final = 256
_NS_A_MS: Final = 1_000_000


class ColumnRun:
    """The latest columns of one length; a client that was left out begins with them."""

    def __init__(self, maker: DepthColumns) -> None:
        self.maker = maker
        self.done = 0
        self._kept: deque[bytes] = deque(maxlen=COLUMNS_KEPT)

    def gather(self) -> None:
        """Keep the columns that are done."""
        if len(self.maker):
            columns = self.maker.take_each()
            self._kept.extend(columns)
            self.done += len(columns)

    def begin(self, maker: DepthColumns) -> None:
        """Go on elsewhere in time: who joins now is sent nothing of where it was before."""
        self.maker = maker
        self._kept.clear()

    def since(self, number: int) -> list[bytes]:
        """Give the columns from a number on, as far as they are kept."""
        wanted = min(self.done - number, len(self._kept))
        return list(self._kept)[len(self._kept) - wanted :] if wanted else []


class WatchedBook:
    """Follows one book record by record for as long as somebody watches it.

    Activity, columns and events need each order; of a book by price there are none.

    Parameters
    ----------
    key : tuple of int
        ``(publisher_id, instrument_id)``.
    """

    def __init__(self, key: tuple[int, int]) -> None:
        self.key = key
        self._activity: LadderActivity | None = None
        self._runs: dict[int, ColumnRun] = {}
        self._wanted: Counter[int] = Counter()
        self._events: deque[np.ndarray] = deque()
        self.events_seen = 0
        self._knows_past = False
        self.orders = FollowedOrders()
        self._touch = 0

    @property
    def is_followed(self) -> bool:
        """Whether records are applied here too."""
        return self._activity is not None

    def begin(self, book: Book | None, time_ns: int) -> None:
        """Begin with a book as it stands; with none after a reset, until there is one."""
        self._touch = self.touch
        self._activity = None
        self._knows_past = False
        self._events.clear()
        self.orders.clear()
        beginning = None
        if isinstance(book, MboBook):
            beginning = book.snapshot_records(max(time_ns, 0))
            self._activity = LadderActivity(*self.key, beginning)
        for every_ms, run in self._runs.items():
            run.begin(self._make_columns(every_ms, beginning))

    def _make_columns(self, every_ms: int, beginning: np.ndarray | None) -> DepthColumns:
        return DepthColumns(*self.key, every_ms * _NS_A_MS, beginning=beginning)

    @property
    def touch(self) -> int:
        """Counts the changes of the best prices, over resets too."""
        return self._touch + (0 if self._activity is None else self._activity.touch)

    def want_columns(self, every_ms: int, book: Book | None, time_ns: int) -> None:
        """Make columns of a length for one group more."""
        self._wanted[every_ms] += 1
        if every_ms in self._runs:
            return
        beginning = book.snapshot_records(max(time_ns, 0)) if isinstance(book, MboBook) else None
        maker = self._make_columns(every_ms, beginning)
        if beginning is not None:
            # The stretch has begun before: what traded in it is not known here.
            maker.note_missing()
        self._runs[every_ms] = ColumnRun(maker)

    def leave_columns(self, every_ms: int) -> None:
        """Make columns of a length for one group less."""
        self._wanted[every_ms] -= 1
        if not self._wanted[every_ms]:
            del self._wanted[every_ms], self._runs[every_ms]

    def apply(self, records: np.ndarray, positions: np.ndarray) -> None:
        """Take records of this book, with the position of each."""
        if self._activity is None:
            return
        effects = self._activity.update(records)
        for run in self._runs.values():
            run.maker.update(records)
        newest = slice(-EVENTS_KEPT, None)
        self._events.append(_rows(records[newest], positions[newest], effects[newest]))
        own = self.orders.find(records)
        if len(own):
            self.orders.keep(_rows(records[own], positions[own], effects[own]))
        self.events_seen += len(records)
        while sum(map(len, self._events)) - len(self._events[0]) >= EVENTS_KEPT:
            self._events.popleft()

    @property
    def wants_past_events(self) -> bool:
        """Whether this book has begun, and nothing is known of the time before."""
        return self._activity is not None and not self._knows_past

    def put_before(self, events: np.ndarray) -> None:
        """Take the records before those that were applied here, dtype ``BOOK_EVENT``."""
        self._knows_past = True
        if len(events):
            self._events.appendleft(events)
            self.events_seen += len(events)

    @property
    def first_event(self) -> int | None:
        """Position of the first record that is kept; None where none is."""
        return int(self._events[0]["position"][0]) if self._events else None

    def advance(self, ts_recv_ns: int) -> None:
        """Close the columns whose time is over by the clock of the source."""
        for run in self._runs.values():
            run.maker.advance(ts_recv_ns)
            run.gather()

    def note_missing(self) -> None:
        """Say in the columns that records were missed."""
        for run in self._runs.values():
            run.maker.note_missing()

    def mark(self, ladder: Ladder) -> None:
        """Write what was added and cancelled into a ladder."""
        if self._activity is not None:
            self._activity.mark(ladder)

    def columns(self, every_ms: int) -> ColumnRun:
        """Give the columns of a length that is wanted."""
        return self._runs[every_ms]

    def events(self, count: int) -> np.ndarray:
        """Give the latest records with their effects, at most a number, dtype ``BOOK_EVENT``."""
        count = min(count, EVENTS_KEPT)
        if not self._events or not count:
            return np.zeros(0, BOOK_EVENT)
        found: np.ndarray = np.concatenate(list(self._events))[-count:]
        return found


def _rows(records: np.ndarray, positions: np.ndarray, effects: np.ndarray) -> np.ndarray:
    rows = np.zeros(len(records), BOOK_EVENT)
    rows["position"] = positions
    rows["record"] = records
    rows["effect"] = effects
    return rows
