"""Answers about books, encoded once for everybody until the book changes.

A book's *version* is told without reading the book: how many records the source had given when
it last changed, after how many resets. It is the answer's ``ETag``, so whoever has the latest is
told so (304) without anything being made.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

import numpy as np
from msgspec.json import Encoder

from ticktape.book import Book, MboBook
from ticktape.server.book_messages import BookWithOrders, LevelWithOrders, QueuedOrder
from ticktape.server.hub import Hub
from ticktape.server.rows import BookKey
from ticktape.tape.errors import BadValueError, UnknownSymbolError
from ticktape.tape.prices import format_price

# Encoded answers that are kept: of as many pairs of a book and a depth.
_ANSWERS_KEPT: Final = 512
_SYMBOLS_KEPT: Final = 4_096
_SECOND_NS: Final = 1_000_000_000
# In the middle of an event, an answer of before it serves for so long, by the books' own time.
_SERVES_NS: Final = _SECOND_NS // 4
SEE_SYMBOLS: Final = "choose one that /api/symbols lists, or ask again once it has had a record"
_encode = Encoder().encode


class Answer(NamedTuple):
    """An answer as it goes out.

    Attributes
    ----------
    etag : bytes
        Changes whenever the body may.
    body : bytes
        JSON.
    """

    etag: bytes
    body: bytes


class _Kept(NamedTuple):
    version: tuple[int, ...]
    answer: Answer
    # Of the book then; None in the middle of an event.
    settled_ns: int | None

    def serves(self, version: tuple[int, ...], now_ns: int) -> bool:
        """Tell if it serves in the middle of an event: it is the same book, a moment before."""
        return (
            self.settled_ns is not None
            and self.version[:-1] == version[:-1]
            and now_ns - self.settled_ns <= _SERVES_NS
        )


class BookAnswers:
    """Answers about the books of a hub.

    Parameters
    ----------
    hub : Hub
        Whose market's books.
    """

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self._kept: dict[tuple[BookKey, int, bool], _Kept] = {}
        self._keys: dict[tuple[str, int | None], BookKey] = {}
        self._keys_hold: tuple[int, ...] = ()

    def key_of(self, symbol: str, publisher: int | None = None) -> BookKey:
        """Tell which book a symbol stands for; of a parent, the first outright contract's.

        Raises
        ------
        UnknownSymbolError
            If there is no book of it.
        """
        hub = self.hub
        # What symbols stand for changes with definitions, new books and, rarely, time.
        hold = (
            hub.directory.names_version,
            hub.directory.market.book_count,
            hub.view.resets,
            hub.view.time_ns // _SECOND_NS,
        )
        if hold != self._keys_hold or len(self._keys) > _SYMBOLS_KEPT:
            self._keys.clear()
            self._keys_hold = hold
        key = self._keys.get((symbol, publisher))
        if key is None:
            key = hub.directory.book_key(symbol, publisher)
            if key is None:
                of = "" if publisher is None else f" of publisher {publisher}"
                raise UnknownSymbolError(f"there is no book of {symbol}{of} yet", hint=SEE_SYMBOLS)
            self._keys[symbol, publisher] = key
        return key

    def instant(self) -> tuple[int, ...]:
        """Give numbers that are the same as before only if no answer can have changed since."""
        hub = self.hub
        return (
            hub.records,
            hub.source.start_ns,
            hub.view.resets,
            hub.directory.names_version,
            hub.source.connected,
        )

    def version(self, key: BookKey) -> tuple[int, ...]:
        """Give the version of a book: numbers that differ whenever what is told of it may."""
        hub = self.hub
        view = hub.view
        return (
            hub.source.start_ns,
            view.resets,
            hub.directory.names_version,
            hub.source.connected,
            *key,
            view.book_versions.get(key, 0),
        )

    def book(self, key: BookKey, levels: int, *, orders: bool = False) -> Answer:
        """Give the levels of a book, and where asked for, their orders.

        In the middle of an event the book is given as it stood before it, where that was asked
        for a moment ago; else as it is, and ``in_event`` says so.

        Raises
        ------
        BadValueError
            If orders are asked for of a book that knows none.
        UnknownSymbolError
            If there is no such book.
        """
        kept = self._kept.get((key, levels, orders))
        version = self.version(key)
        if kept is not None and kept.version == version:
            return kept.answer
        book = self.hub.directory.book(key)
        if book is None:
            raise UnknownSymbolError(f"there is no book of {key}", hint=SEE_SYMBOLS)
        now_ns = self.time_of(key)
        if kept is not None and book.in_event and kept.serves(version, now_ns):
            return kept.answer
        message = self._with_orders(key, book, levels) if orders else self.hub.book(key, levels)
        answer = Answer(etag_of(version), _encode(message))
        if len(self._kept) >= _ANSWERS_KEPT:
            del self._kept[next(iter(self._kept))]
        self._kept[key, levels, orders] = _Kept(version, answer, None if book.in_event else now_ns)
        return answer

    def _with_orders(self, key: BookKey, book: Book, levels: int) -> BookWithOrders:
        if not isinstance(book, MboBook):
            raise BadValueError(
                f"the book of {self.hub.directory.symbol_of(key[1])} is kept by price",
                hint="its orders are not known; leave out orders=true",
            )
        bids, asks = book.levels(levels)
        time = self.time_of(key)
        return BookWithOrders(
            self.hub.directory.symbol_of(key[1]),
            key[1],
            key[0],
            time,
            str(time),
            _levels_with_orders(book, "B", bids),
            _levels_with_orders(book, "A", asks),
            book.bid_levels,
            book.ask_levels,
            book.live_orders,
            book.is_crossed,
            book.is_locked,
            book.is_stale or not self.hub.source.connected,
            book.in_event,
        )

    def time_of(self, key: BookKey) -> int:
        """Give the event time of the last record of a book."""
        return self.hub.view.book_times_ns.get(key, self.hub.view.time_ns)


def etag_of(version: Iterable[int]) -> bytes:
    """Write a version as an ``ETag``."""
    return b'"%s"' % "-".join(f"{part:x}" for part in version).encode()


def _levels_with_orders(book: MboBook, side: str, levels: np.ndarray) -> list[LevelWithOrders]:
    return [
        LevelWithOrders(
            format_price(price) or None,
            price,
            size,
            count,
            _queue(book.orders_at(side, price)),
        )
        for price, size, count in levels.tolist()
    ]


def _queue(orders: np.ndarray) -> list[QueuedOrder]:
    ahead = np.cumsum(orders["size"], dtype=np.int64) - orders["size"]
    return [
        QueuedOrder(str(one), one, size, str(time), time, position, before)
        for position, ((one, size, time), before) in enumerate(
            zip(orders.tolist(), ahead.tolist(), strict=True)
        )
    ]
