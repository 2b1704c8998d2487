"""The web server inside our own event loop, on a port that is ours alone."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import socket
from typing import Any, Final

import structlog
from granian._granian import SocketHolder
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server

from ticktape.server.overflow import OverflowDoor, make_room
from ticktape.tape.errors import BadValueError, PortInUseError

# How long clients may take to read what is on its way to them when the server stops.
PATIENCE_S: Final = 2.0
_BACKLOG: Final = 1024
# A peer that vanished without a word is asked after 15 s of silence, four times, every 5 s; one
# that takes nothing of what was sent for a minute is let go. Connections inherit both.
_SILENT_SECONDS: Final = 15
_ASK_SECONDS: Final = 5
_ASK_TIMES: Final = 4
_TAKES_NOTHING_MILLISECONDS: Final = 60_000
# A connection that sends no whole request for as long is closed.
_HEADER_MILLISECONDS: Final = 30_000

_log = structlog.wrap_logger(logging.getLogger(__name__))


def bind(host: str, port: int) -> socket.socket:
    """Take a port, or say plainly that it is taken.

    Parameters
    ----------
    host : str
        Address or name to bind.
    port : int
        Port; 0 for any free one.

    Returns
    -------
    socket.socket
        Bound and not listening yet.

    Raises
    ------
    PortInUseError
        If another program listens there.
    BadValueError
        If the address cannot be bound at all.
    """
    if not 0 <= port <= 65_535:
        raise BadValueError(f"cannot serve on {host}:{port}: ports end at 65535")
    try:
        family, _, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        bound = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        raise BadValueError(f"cannot serve on {host}:{port}: {error}") from error
    try:
        # Linux refuses this only while somebody listens; SO_REUSEPORT would share the port.
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        _notice_vanished_peers(bound)
        bound.bind(address)
        bound.listen(_BACKLOG)
    except OSError as error:
        bound.close()
        if error.errno == errno.EADDRINUSE:
            raise PortInUseError(
                f"port {port} on {host} is taken by another program",
                hint="stop it, or choose another with --port (--gateway-port for the gateway)",
            ) from error
        raise BadValueError(f"cannot serve on {host}:{port}: {error.strerror}") from error
    bound.setblocking(False)
    return bound


def _notice_vanished_peers(bound: socket.socket) -> None:
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (
        ("TCP_KEEPIDLE", _SILENT_SECONDS),
        ("TCP_KEEPINTVL", _ASK_SECONDS),
        ("TCP_KEEPCNT", _ASK_TIMES),
        ("TCP_USER_TIMEOUT", _TAKES_NOTHING_MILLISECONDS),
    ):
        # Not every system has each of them.
        if hasattr(socket, name):
            bound.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


class _EmbeddedServer(Server):
    """Granian's embedded server on a socket that is already bound.

    Granian itself binds with ``SO_REUSEPORT``: two programs would share the port in silence.
    """

    def __init__(
        self,
        app: Any,  # noqa: ANN401 -- ASGI app
        bound: socket.socket,
        max_header_bytes: int,
        max_connections: int,
    ) -> None:
        super().__init__(
            app,
            interface=Interfaces.ASGINL,
            # Where it has to guess, it waits for the first bytes without end.
            http=HTTPModes.http1,
            log_enabled=False,
            backlog=_BACKLOG,
            backpressure=max_connections,
            http1_settings=HTTP1Settings(
                header_read_timeout=_HEADER_MILLISECONDS, max_buffer_size=max_header_bytes
            ),
        )
        self._bound = bound

    def _init_shared_socket(self) -> None:
        # Granian's stubs leave out the arguments: descriptor, is it a Unix socket, backlog.
        holder: Any = SocketHolder
        self._shd = holder(os.dup(self._bound.fileno()), False, _BACKLOG)
        self._ssp: Any = None


class WebServer:
    """Serves an ASGI application from the running event loop.

    Parameters
    ----------
    app : ASGI application
        What answers.
    host, port : str, int
        Where; port 0 for any free one.
    max_header_bytes : int
        Most bytes of a request's line and headers.
    max_connections : int
        Most connections; further ones are told so and closed.

    Raises
    ------
    PortInUseError
        If another program listens there.
    """

    def __init__(
        self,
        app: Any,  # noqa: ANN401 -- ASGI app
        host: str,
        port: int,
        max_header_bytes: int = 65_536,
        max_connections: int = 4_096,
    ) -> None:
        max_connections = make_room(max_connections)
        self._bound = bind(host, port)
        self.app = app
        self.host = host
        self.port: int = self._bound.getsockname()[1]
        self._server = _EmbeddedServer(app, self._bound, max_header_bytes, max_connections)
        self._overflow = OverflowDoor(self._bound, max_connections)
        self._task: asyncio.Task[None] | None = None
        self._watch: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """Where a browser finds it."""
        host = "localhost" if self.host in {"127.0.0.1", "0.0.0.0", "::", "::1"} else self.host  # noqa: S104 -- compared, not bound
        return f"http://{host}:{self.port}"

    async def start(self) -> None:
        """Begin to answer."""
        self._task = asyncio.get_running_loop().create_task(self._server.serve())
        self._watch = asyncio.get_running_loop().create_task(self._overflow.watch())
        await asyncio.sleep(0)

    async def close(self, patience_s: float = PATIENCE_S) -> None:
        """Stop answering; give running requests a moment, then let go.

        Parameters
        ----------
        patience_s : float
            For so long the server waits for those who still read; then it says so in the log.
        """
        if self._task is not None and self._watch is not None:
            self._watch.cancel()
            self._server.signal_handler_interrupt()  # type: ignore[no-untyped-call]
            done, _ = await asyncio.wait({self._task}, timeout=patience_s)
            if not done:
                _log.warning("not every answer was read to its end in time")
            for task in done:
                task.result()
        self._bound.close()
