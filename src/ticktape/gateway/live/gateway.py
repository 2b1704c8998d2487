"""The gateway: a TCP server that speaks Databento's live protocol."""

from __future__ import annotations

import asyncio
import errno
import itertools
import logging
import socket
from collections.abc import Iterable
from functools import partial
from typing import Final

from ticktape.gateway.live.session import AUTHENTICATION_TIMEOUT_S, Session
from ticktape.gateway.live.sources import Source
from ticktape.tape.errors import PortInUseError

DEFAULT_PORT: Final = 13000
_TOO_MANY: Final = "User has reached their open connection limit"
_BACKLOG: Final = 128

_log = logging.getLogger(__name__)


class LiveGateway:
    """Serves a source to any client of Databento's live protocol.

    Parameters
    ----------
    source : Source
        ``SessionReplaySource`` or ``BroadcastSource``.
    host : str
        Address to listen on; the loopback unless told otherwise.
    port : int
        0 for any free one; then see :attr:`port`.
    keys : iterable of str, optional
        The API keys that may enter; by default any well-formed key.
    max_sessions : int
        More are turned away.
    authentication_timeout_s : float
        How long a client may take to authenticate.

    Examples
    --------
    >>> gateway = LiveGateway(SessionReplaySource(["tape.dbn"]), port=0)
    >>> await gateway.start()
    >>> gateway.port
    >>> await gateway.close()
    """

    def __init__(
        self,
        source: Source,
        host: str = "127.0.0.1",
        port: int = DEFAULT_PORT,
        keys: Iterable[str] | None = None,
        *,
        max_sessions: int = 64,
        authentication_timeout_s: float = AUTHENTICATION_TIMEOUT_S,
    ) -> None:
        self._source = source
        self._host = host
        self._port = port
        self._keys = None if keys is None else frozenset(keys)
        self._max_sessions = max_sessions
        self._authentication_timeout_s = authentication_timeout_s
        self._sessions: dict[Session, asyncio.Task[None]] = {}
        self._session_ids = itertools.count(1)
        self._listener: socket.socket | None = None
        self._accepting: asyncio.Task[None] | None = None
        self._abort_after_records: int | None = None

    @property
    def port(self) -> int:
        """The port listened on."""
        return self._port

    @property
    def host(self) -> str:
        """The address listened on."""
        return self._host

    @property
    def sessions(self) -> tuple[Session, ...]:
        """The sessions open now."""
        return tuple(self._sessions)

    async def start(self) -> None:
        """Open the source and listen.

        Raises
        ------
        PortInUseError
            Another program listens on the port.
        TapeError
            The source cannot be read.
        """
        await self._source.open()
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((self._host, self._port))
            listener.listen(_BACKLOG)
        except OSError as error:
            listener.close()
            if error.errno != errno.EADDRINUSE:
                raise
            raise PortInUseError(
                f"Port {self._port} on {self._host} is in use", hint="choose another with --port"
            ) from error
        listener.setblocking(False)
        self._port = listener.getsockname()[1]
        self._listener = listener
        self._accepting = asyncio.create_task(self._accept(listener))

    async def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            connection, _ = await loop.sock_accept(listener)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            session = Session(
                connection,
                self._source,
                self._keys,
                next(self._session_ids),
                authentication_timeout_s=self._authentication_timeout_s,
            )
            session.outlet.abort_after_records = self._abort_after_records
            refusal = _TOO_MANY if len(self._sessions) >= self._max_sessions else None
            task = asyncio.create_task(session.serve(refusal))
            self._sessions[session] = task
            task.add_done_callback(partial(self._forget, session))

    def _forget(self, session: Session, task: asyncio.Task[None]) -> None:
        self._sessions.pop(session, None)
        if not task.cancelled() and task.exception() is not None:
            _log.error("session %d failed", session.session_id, exc_info=task.exception())

    def abort_sessions(self) -> None:
        """Simulate an outage: reset every open session; the gateway stays and takes new ones."""
        for session, task in self._sessions.items():
            session.abort()
            task.cancel()

    def abort_after_records(self, count: int | None) -> None:
        """Simulate outages: reset every later session once it was sent this many records.

        Parameters
        ----------
        count : int or None
            None ends the simulation for later sessions.
        """
        self._abort_after_records = count

    async def close(self) -> None:
        """Stop listening and end all sessions at once."""
        if self._accepting is not None:
            self._accepting.cancel()
            await asyncio.gather(self._accepting, return_exceptions=True)
            self._accepting = None
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        tasks = list(self._sessions.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._source.close()
