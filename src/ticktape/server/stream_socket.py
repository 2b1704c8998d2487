"""What the WebSockets of streams share: a listener that obeys, requests that are read, an end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final, Protocol, TypeVar

import msgspec
import structlog
from litestar import WebSocket
from litestar.exceptions import WebSocketDisconnect

from ticktape.server.websocket import GOING_AWAY
from ticktape.tape.errors import BadValueError, TicktapeError

# Longer messages of a client are no wish of any protocol here.
MOST_ASKED_BYTES: Final = 4_096

Request = TypeVar("Request")

_log = structlog.wrap_logger(logging.getLogger(__name__))


class StreamClient(Protocol):
    """One client's waiting room."""

    wake: asyncio.Event
    closing: bool

    def refuse(self, error: TicktapeError) -> None:
        """Let the client be told that something it asked cannot be done."""
        ...


async def serve_stream(
    socket: WebSocket[Any, Any, Any],
    client: StreamClient,
    pump: Callable[[], Awaitable[None]],
    obey: Callable[[str | bytes], None],
    detach: Callable[[], None],
) -> None:
    """Serve a client that is attached, until it leaves or the server stops.

    Parameters
    ----------
    socket : litestar.WebSocket
        Accepted.
    client : StreamClient
        Its waiting room.
    pump : callable
        Sends what waits, until the client is closing.
    obey : callable
        Does what the client asks; a ``TicktapeError`` is told to it.
    detach : callable
        Called at the end, however it comes.
    """
    listener = asyncio.create_task(_listen(socket, client, obey))
    try:
        await pump()
        # The close waits for the socket's reader, so the reader has to let go first.
        listener.cancel()
        await asyncio.wait({listener})
        await socket.close(GOING_AWAY, "the server stops")
    except (WebSocketDisconnect, ConnectionError, RuntimeError):
        return  # The client has left: the server's send then fails in one of these ways.
    except Exception as error:
        # The web server closes the socket and says nothing of why.
        _log.error("a stream failed", exc_info=error)
        raise
    finally:
        detach()
        listener.cancel()


async def _listen(
    socket: WebSocket[Any, Any, Any], client: StreamClient, obey: Callable[[str | bytes], None]
) -> None:
    """Do what a client asks, and notice that it leaves."""
    try:
        while True:
            asked = await socket.receive_data("text")
            try:
                obey(asked)
            except TicktapeError as error:
                client.refuse(error)
    except (WebSocketDisconnect, ConnectionError, RuntimeError):
        client.closing = True
        client.wake.set()


def read_request(asked: str | bytes, kind: type[Request], hint: str) -> Request:
    """Read what a client says.

    Parameters
    ----------
    asked : str or bytes
        A JSON object.
    kind : type
        What it has to be.
    hint : str
        What can be asked.

    Raises
    ------
    BadValueError
        If it is too long, or not that.
    """
    if len(asked) > MOST_ASKED_BYTES:
        raise BadValueError(f"{len(asked)} bytes are no request", hint=hint)
    try:
        return msgspec.json.decode(asked, type=kind)
    except msgspec.DecodeError as error:
        raise BadValueError(f"the request cannot be read: {error}", hint=hint) from error
