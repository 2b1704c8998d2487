"""Where an order rests, and its place in the queue there."""

from __future__ import annotations

from ticktape.book import MboBook
from ticktape.server.book_answers import BookAnswers, etag_of
from ticktape.server.book_messages import OrderAnswer
from ticktape.tape.errors import TicktapeError
from ticktape.tape.prices import format_price


class NoSuchOrderError(TicktapeError):
    """The order rests in no book."""

    code = "unknown-order"


class AmbiguousError(TicktapeError):
    """Several books fit, and one must be chosen."""

    code = "ambiguous"


def book_of_order(
    answers: BookAnswers, order_id: int, publisher: int | None, instrument: str | None
) -> tuple[bytes, MboBook]:
    """Find the book in which an order rests, and the ``ETag`` of what is told of the order.

    Raises
    ------
    NoSuchOrderError
        If it rests in none, or in none of those asked for.
    AmbiguousError
        If it rests in several.
    """
    directory = answers.hub.directory
    books = directory.market.books_of_order(order_id)
    if publisher is not None:
        books = [book for book in books if book.publisher_id == publisher]
    if instrument is not None:
        ids = directory.resolve([instrument], None).instrument_ids
        books = [book for book in books if book.instrument_id in ids]
    if not books:
        raise NoSuchOrderError(
            f"order {order_id} does not rest in any book that was asked for",
            hint="it was filled, cancelled, or never added",
        )
    if len(books) > 1:
        where = ", ".join(
            f"publisher={book.publisher_id}&instrument={book.instrument_id}" for book in books
        )
        raise AmbiguousError(
            f"order {order_id} rests in {len(books)} books", hint=f"choose one: {where}"
        )
    book = books[0]
    key = (book.publisher_id or 0, book.instrument_id or 0)
    return etag_of((*answers.version(key), order_id)), book


def tell_order(answers: BookAnswers, book: MboBook, order_id: int) -> OrderAnswer:
    """Tell all of an order that rests in a book.

    Raises
    ------
    NoSuchOrderError
        If it does not.
    """
    order, place = book.order(order_id), book.queue_position(order_id)
    if order is None or place is None:
        raise NoSuchOrderError(f"order {order_id} does not rest in that book")
    instrument_id = book.instrument_id or 0
    return OrderAnswer(
        str(order_id),
        order_id,
        answers.hub.directory.symbol_of(instrument_id),
        instrument_id,
        book.publisher_id or 0,
        "B" if order.side == "B" else "A",
        format_price(order.price),
        order.price,
        order.size,
        str(order.ts_event),
        order.ts_event,
        place.position,
        place.size_ahead,
        place.orders,
        place.level_size,
        book.in_event,
    )
