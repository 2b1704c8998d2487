"""What the web API says of books by order and of best quotes; ``docs/api.md`` is the contract."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from ticktape.server.messages import Nanoseconds


class QueuedOrder(Struct):
    """An order of a level, and what is ahead of it there."""

    order_id: str
    order_id_u64: int
    size: int
    ts_event: Nanoseconds
    ts_event_unix_ns: int
    position: int
    size_ahead: int


class LevelWithOrders(Struct):
    """One price level, and its orders in queue order; a level of quotes alone has none."""

    price: str | None
    price_i64: int
    size: int
    count: int
    orders: list[QueuedOrder]


class BookWithOrders(Struct, tag="book", tag_field="type"):
    """The top of a book by order, best level first."""

    symbol: str
    instrument_id: int
    publisher_id: int
    ts_event_unix_ns: int
    ts_event: Nanoseconds
    bids: list[LevelWithOrders]
    asks: list[LevelWithOrders]
    bid_levels: int
    ask_levels: int
    live_orders: int | None
    crossed: bool
    locked: bool
    stale: bool
    in_event: bool


class BestQuote(Struct):
    """A best bid and offer; a side without a price has size 0."""

    bid_price: str | None
    bid_price_i64: int | None
    bid_size: int
    bid_count: int
    ask_price: str | None
    ask_price_i64: int | None
    ask_size: int
    ask_count: int
    crossed: bool
    locked: bool


class PublisherQuote(Struct):
    """The best bid and offer of one publisher; ``in_event``: in the middle of an event."""

    publisher_id: int
    dataset: str | None
    ts_event_unix_ns: int
    ts_event: Nanoseconds
    stale: bool
    in_event: bool
    quote: BestQuote


class InstrumentQuotes(Struct):
    """The best bids and offers of one instrument: each publisher's, and all of them as one.

    Of the consolidated quote, sizes and counts are the sums of the publishers at that price.
    """

    symbol: str
    instrument_id: int
    consolidated: BestQuote
    bid_publishers: list[int]
    ask_publishers: list[int]
    publishers: list[PublisherQuote]


class BboAnswer(Struct):
    """Best bids and offers, and what of the symbols stands for no book."""

    quotes: list[InstrumentQuotes]
    not_found: list[str]


class OrderAnswer(Struct):
    """A resting order, and its place in the queue of its level: what is ahead of it."""

    order_id: str
    order_id_u64: int
    symbol: str
    instrument_id: int
    publisher_id: int
    side: Literal["B", "A"]
    price: str
    price_i64: int
    size: int
    ts_event: Nanoseconds
    ts_event_unix_ns: int
    position: int
    size_ahead: int
    level_orders: int
    level_size: int
    in_event: bool
