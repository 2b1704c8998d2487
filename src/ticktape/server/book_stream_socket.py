"""``GET /ws/book``: one task a client, sending what waits for it."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from litestar import WebSocket

from ticktape.ops.metrics import STREAM_BYTES
from ticktape.server.book_stream_client import BookClient, problem_text
from ticktape.server.book_stream_query import read_book_subscription, read_column_length
from ticktape.server.book_streams import BookStreams
from ticktape.server.limits import Limits
from ticktape.server.stream_socket import read_request, serve_stream
from ticktape.server.websocket import POLICY_VIOLATION
from ticktape.tape.errors import BadValueError, TicktapeError

_BYTES: Final = STREAM_BYTES.labels("book")
_ACTIONS: Final = (
    "snapshot with instrument_id and publisher_id, columns with every_ms, or follow with order_id"
)
_MOST_ORDER_ID: Final = 2**64 - 1


class BookRequest(msgspec.Struct):
    """What a client says: ``snapshot`` of a book, ``columns`` of another length, ``follow``."""

    action: str
    instrument_id: int = -1
    publisher_id: int = -1
    every_ms: int = -1
    order_id: str | None = None


async def stream_books(
    socket: WebSocket[Any, Any, Any], streams: BookStreams, limits: Limits
) -> None:
    """Serve one client until it leaves or the server stops.

    Parameters
    ----------
    socket : litestar.WebSocket
        Not accepted yet.
    streams : BookStreams
        Where the books come from.
    limits : Limits
        What one client may ask for, and how much may wait for it.
    """
    await socket.accept()
    try:
        subscription = read_book_subscription(dict(socket.query_params), limits)
    except TicktapeError as error:
        await socket.send_data(problem_text(error))
        await socket.close(POLICY_VIOLATION, error.code)
        return
    client = BookClient(subscription, limits.max_client_queue_bytes)
    streams.attach(client)
    await serve_stream(
        socket,
        client,
        lambda: _pump(socket, client),
        lambda asked: obey(asked, client, streams),
        lambda: streams.detach(client),
    )


async def _pump(socket: WebSocket[Any, Any, Any], client: BookClient) -> None:
    while not client.closing:
        client.wake.clear()
        while (message := client.take()) is not None and not client.closing:
            _BYTES.inc(len(message))
            if isinstance(message, bytes):
                await socket.send_data(message, mode="binary")
            else:
                await socket.send_data(message)
        await client.wake.wait()


def obey(asked: str | bytes, client: BookClient, streams: BookStreams) -> None:
    """Do what a client asks.

    Parameters
    ----------
    asked : str or bytes
        A JSON object with an ``action``.
    client : BookClient
        Who asks.
    streams : BookStreams
        Where its books come from.

    Raises
    ------
    BadValueError
        If it asks for nothing that this protocol knows.
    """
    request = read_request(asked, BookRequest, _ACTIONS)
    if request.action == "columns":
        streams.set_columns(client, read_column_length(request.every_ms))
    elif request.action == "follow":
        streams.follow(client, None if request.order_id is None else _order_id(request.order_id))
    elif request.action == "snapshot":
        if request.instrument_id < 0 or request.publisher_id < 0:
            raise BadValueError("a snapshot of which book?", hint=_ACTIONS)
        group = client.groups.get((request.publisher_id, request.instrument_id))
        if group is None:
            raise BadValueError(
                f"book {request.instrument_id} of publisher {request.publisher_id} is not watched "
                "here",
                hint="name one that this connection was sent a snapshot of",
            )
        client.begin_again(group)
    else:
        raise BadValueError(f"action {request.action!r} is not known", hint=_ACTIONS)


def _order_id(text: str) -> int:
    number = int(text) if text.isascii() and text.isdecimal() and len(text) <= 20 else -1
    if not 0 <= number <= _MOST_ORDER_ID:
        raise BadValueError(
            f"{text!r} is no identifier of an order", hint="its digits as a string, or null"
        )
    return number
