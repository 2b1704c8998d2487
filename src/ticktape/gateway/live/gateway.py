"""The gateway: a TCP server that speaks Databento's live protocol."""

from __future__ import annotations

import asyncio
import errno
import itertools
import logging
import socket
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Final

import structlog

from ticktape.gateway.live.limits import Limits
from ticktape.gateway.live.session import Session
from ticktape.gateway.live.sources import Source
from ticktape.ops.metrics import GATEWAY_QUEUE_BYTES, REFUSALS
from ticktape.tape.errors import BadValueError, PortInUseError

DEFAULT_PORT: Final = 13000
_TOO_MANY: Final = "User has reached their open connection limit"
_BACKLOG: Final = 512
_ACCEPT_AGAIN_S: Final = 0.05

_log = structlog.wrap_logger(logging.getLogger(__name__))


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
    limits : Limits, optional
        What clients may ask for.

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
        limits: Limits | None = None,
    ) -> None:
        self._source = source
        self._host = host
        self._port = port
        self._keys = None if keys is None else frozenset(keys)
        self._limits = limits or Limits()
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
        BadValueError
            The address is none of this machine.
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
                raise BadValueError(
                    f"cannot serve on {self._host}:{self._port}: {error.strerror}",
                    hint="choose an address of this machine with --host",
                ) from error
            raise PortInUseError(
                f"Port {self._port} on {self._host} is in use", hint="choose another with --port"
            ) from error
        listener.setblocking(False)
        self._port = listener.getsockname()[1]
        self._listener = listener
        GATEWAY_QUEUE_BYTES.read_from(self._queue_bytes)
        self._accepting = asyncio.create_task(self._accept(listener))

    async def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, _ = await loop.sock_accept(listener)
            except OSError as error:
                # A peer that is gone already, or no descriptor left: those open go on.
                _log.warning("a connection could not be accepted", reason=str(error))
                await asyncio.sleep(_ACCEPT_AGAIN_S)
                continue
            self._admit(connection)

    def _admit(self, connection: socket.socket) -> None:
        limits = self._limits
        open_now = len(self._sessions)
        if open_now >= limits.sessions + limits.pending:
            REFUSALS.labels("connections").inc()
            connection.close()
            return
        watch_peer(connection, limits.peer_timeout_s)
        session = Session(connection, self._source, self._keys, next(self._session_ids), limits)
        session.outlet.abort_after_records = self._abort_after_records
        refusal = _TOO_MANY if open_now >= limits.sessions else None
        if refusal:
            REFUSALS.labels("connections").inc()
        task = asyncio.create_task(session.serve(refusal))
        self._sessions[session] = task
        task.add_done_callback(partial(self._forget, session))

    def _queue_bytes(self) -> Mapping[tuple[str, ...], float]:
        waiting = [session.outlet.queued_bytes for session in self._sessions]
        return {("all",): sum(waiting), ("slowest",): max(waiting, default=0)}

    def _forget(self, session: Session, task: asyncio.Task[None]) -> None:
        self._sessions.pop(session, None)
        if not task.cancelled() and task.exception() is not None:
            _log.error("session failed", session_id=session.session_id, exc_info=task.exception())

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

    async def close(self, drain_s: float = 0.0) -> None:
        """Stop listening and end all sessions.

        Parameters
        ----------
        drain_s : float
            Seconds that sessions have to read what was queued for them until now; by default they
            are ended at once.
        """
        if self._accepting is not None:
            self._accepting.cancel()
            await asyncio.gather(self._accepting, return_exceptions=True)
            self._accepting = None
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        if drain_s and self._sessions:
            await self._drain(drain_s)
        GATEWAY_QUEUE_BYTES.forget(self._queue_bytes)
        tasks = list(self._sessions.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._source.close()

    async def _drain(self, drain_s: float) -> None:
        for session in tuple(self._sessions):
            await session.drain()
        await asyncio.wait(tuple(self._sessions.values()), timeout=drain_s)
        for session in self._sessions:
            _log.warning("did not read to its end in time", session_id=session.session_id)
            session.abort()


def watch_peer(connection: socket.socket, timeout_s: float) -> None:
    """Have the system notice a peer that is gone without a word, and send without delay."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    every_s = max(1, int(timeout_s / 4))
    for name, value in (
        ("TCP_KEEPIDLE", every_s),
        ("TCP_KEEPINTVL", every_s),
        ("TCP_KEEPCNT", 3),
        ("TCP_USER_TIMEOUT", int(timeout_s * 1000)),
    ):
        option = getattr(socket, name, None)
        if option is not None:
            connection.setsockopt(socket.IPPROTO_TCP, option, value)
