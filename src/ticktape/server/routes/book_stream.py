"""``/ws/book``: the books that a client watches, and their past as columns."""

from __future__ import annotations

from typing import Any, Final

from litestar import WebSocket
from litestar.datastructures import State
from litestar.handlers import websocket

from ticktape.server.book_stream_socket import stream_books


@websocket("/ws/book")
async def book_stream(socket: WebSocket[Any, Any, Any], state: State) -> None:
    """Stream books to one client."""
    await stream_books(socket, state.book_streams)


HANDLERS: Final = (book_stream,)
