"""``/api/book``, ``/api/bbo``, ``/api/orders``: the books as they stand.

Each answer has an ``ETag``; who sends it back (``If-None-Match``) while nothing changed gets 304.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.params import FromPath, Parameter
from msgspec.json import Encoder

from ticktape.server.book_answers import BookAnswers
from ticktape.server.book_messages import BboAnswer, BookWithOrders, OrderAnswer
from ticktape.server.etags import is_known
from ticktape.server.failures import refusals
from ticktape.server.limits import Limits
from ticktape.server.messages import Book
from ticktape.server.order_answers import book_of_order, tell_order
from ticktape.server.quote_answers import (
    etag_of_quotes,
    quotes_asked,
    quotes_of,
    read_quotes,
)
from ticktape.tape.errors import BadValueError

Publisher = Annotated[int | None, Parameter(ge=0, le=65_535, description="publisher id")]
_encode = Encoder().encode


def _answer(request: Request[Any, Any, Any], etag: bytes, body: bytes) -> Response[bytes]:
    headers = {"etag": etag.decode(), "cache-control": "no-cache"}
    if is_known(request.scope["headers"], etag):
        return Response(b"", status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


@get("/api/book/{symbol:str}", responses=refusals(400, 404), sync_to_thread=False)
def book(
    state: State,
    request: Request[Any, Any, Any],
    symbol: FromPath[str],
    levels: Annotated[int, Parameter(ge=1, le=1_000, description="levels of each side")] = 10,
    orders: Annotated[bool, Parameter(description="each level with its orders")] = False,
    publisher: Publisher = None,
) -> Response[Book | BookWithOrders]:
    """Give the book of an instrument as it stands.

    A parent symbol gives its first outright contract. With `orders=true` each level has its orders
    in queue order, and each order what is ahead of it. Answers 304 where the `ETag` given in
    `If-None-Match` is still that of the book.
    """
    answers: BookAnswers = state.book_answers
    found = answers.book(answers.key_of(symbol, publisher), levels, orders=orders)
    return _answer(request, *found)  # type: ignore[return-value]


@get("/api/bbo", responses=refusals(400, 404, 413))
async def bbo(
    state: State,
    request: Request[Any, Any, Any],
    symbols: Annotated[str, Parameter(min_length=1, description="comma-separated")],
) -> Response[BboAnswer]:
    """Give the best bid and offer of instruments: each publisher's, and the consolidated one.

    A parent symbol gives all of its contracts that have a book. Quotes are those at the ends of
    events; a book that stands amid one for a quarter of a second is told as it is (`in_event`).
    """
    limits: Limits = state.limits
    asked = limits.symbols_of(symbols)
    if not asked:
        raise BadValueError("no symbols are given", hint="name some: symbols=ES.FUT,CL.c.0")
    answers: BookAnswers = state.book_answers
    keys, not_found = quotes_asked(answers, asked)
    quotes = await read_quotes(answers, keys)
    etag = etag_of_quotes(quotes, not_found)
    if is_known(request.scope["headers"], etag):
        return _answer(request, etag, b"")  # type: ignore[return-value]
    return _answer(request, etag, _encode(quotes_of(answers, quotes, not_found)))  # type: ignore[return-value]


@get("/api/orders/{order_id:str}", responses=refusals(400, 404, 409), sync_to_thread=False)
def order(
    state: State,
    request: Request[Any, Any, Any],
    order_id: FromPath[str],
    publisher: Publisher = None,
    instrument: Annotated[
        str | None, Parameter(description="symbol or id, where the order id is not unique")
    ] = None,
) -> Response[OrderAnswer]:
    """Tell where an order rests, and its place in the queue of its level."""
    if not (order_id.isascii() and order_id.isdigit() and int(order_id) < 2**64):
        raise BadValueError(f"{order_id!r} is no order id", hint="a number from 0 to 2^64-1")
    answers: BookAnswers = state.book_answers
    etag, found = book_of_order(answers, int(order_id), publisher, instrument)
    if is_known(request.scope["headers"], etag):
        return _answer(request, etag, b"")  # type: ignore[return-value]
    return _answer(request, etag, _encode(tell_order(answers, found, int(order_id))))  # type: ignore[return-value]


HANDLERS: Final = (book, bbo, order)
