"""One client of the gateway, from its greeting to its last record."""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
import struct
import time
from collections.abc import Iterable
from typing import Final

import structlog

from ticktape.gateway.live.authentication import accepts_answer, make_challenge
from ticktape.gateway.live.catalogue import SessionRefusedError
from ticktape.gateway.live.limits import Limits
from ticktape.gateway.live.outlet import OutageError, Outlet
from ticktape.gateway.live.session_records import ErrorCode, encode_metadata, error_record
from ticktape.gateway.live.sources import Source, Stream
from ticktape.gateway.live.wire import (
    AuthenticationRequest,
    AuthenticationResponse,
    Challenge,
    Greeting,
    ProtocolViolationError,
    SessionStart,
    SubscriptionRequest,
    parse_request,
)
from ticktape.ops.metrics import (
    CLIENTS,
    GATEWAY_CONNECTIONS,
    GATEWAY_ENDED,
    REFUSALS,
    STREAM_SECONDS,
)
from ticktape.tape.batch import Batch
from ticktape.tape.errors import TicktapeError
from ticktape.tape.layouts import Schema

LSG_VERSION: Final = "0.9.4"
_READ_BYTES: Final = 1 << 16
_LINGER_S: Final = 2.0
# What a socket says whose other side has closed, reset or lost the connection.
_PEER_IS_GONE: Final = frozenset(
    {
        errno.ECONNRESET,
        errno.ECONNABORTED,
        errno.ENOTCONN,
        errno.EPIPE,
        errno.ESHUTDOWN,
        errno.ETIMEDOUT,
        errno.EHOSTUNREACH,
        errno.ENETUNREACH,
    }
)

_log = structlog.wrap_logger(logging.getLogger(__name__))


class Session:
    """Serves one connection.

    Parameters
    ----------
    connection : socket.socket
        Non-blocking, accepted; closed by :meth:`serve`.
    source : Source
        Where the records come from.
    keys : iterable of str or None
        Keys that may enter; None for any well-formed one.
    session_id : int
        What the client is told.
    limits : Limits, optional
        What the client may ask for.
    """

    def __init__(
        self,
        connection: socket.socket,
        source: Source,
        keys: Iterable[str] | None,
        session_id: int,
        limits: Limits | None = None,
    ) -> None:
        self._connection = connection
        self._source = source
        self._keys = keys
        self._limits = limits = limits or Limits()
        self._log = _log.bind(session_id=session_id, client_id=_address_of(connection))
        self._subscriptions = 0
        self._flowing: asyncio.Task[None] | None = None
        self._state = ""
        self._ended_for = ""
        self.session_id = session_id
        self.dataset = ""
        self.client = ""
        self._received = bytearray()
        self._waiting: list[SubscriptionRequest] = []
        self._started = False
        self._request: AuthenticationRequest | None = None
        self.outlet = Outlet(connection, self._now_ns, limits.queued_bytes)
        self._stream: Stream = source.stream(self.outlet)

    def _now_ns(self) -> int:
        return self._stream.now_ns()

    async def serve(self, refusal: str | None = None) -> None:
        """Serve the client until it leaves, the records end, or it breaks the protocol.

        Parameters
        ----------
        refusal : str, optional
            Turn the client away with this text once it has answered the challenge.
        """
        began = time.monotonic()
        self._enter("authenticating")
        try:
            if await self._authenticate(refusal):
                self._enter("open")
                await self._converse()
                await self._say_goodbye()
        except OutageError:
            self.abort()
        except OSError as error:
            # A client that leaves with records unread resets the connection: no fault of ours.
            has_left = error.errno in _PEER_IS_GONE
            self._log.info("the client left" if has_left else "failed", reason=str(error))
            self._ended_for = self._ended_for or ("left" if has_left else "failed")
        finally:
            self._leave(began)
            await self._stream.close()
            self._connection.close()

    def _enter(self, state: str) -> None:
        if self._state:
            GATEWAY_CONNECTIONS.labels(self._state).dec()
        self._state = state
        GATEWAY_CONNECTIONS.labels(state).inc()
        if state == "open":
            CLIENTS.labels("gateway").inc()

    def _leave(self, began: float) -> None:
        GATEWAY_CONNECTIONS.labels(self._state).dec()
        reason = self.outlet.ended_for or self._ended_for or "left"
        seconds = time.monotonic() - began
        if self._state == "open":
            CLIENTS.labels("gateway").dec()
            STREAM_SECONDS.labels("gateway").observe(seconds)
        GATEWAY_ENDED.labels(reason).inc()
        self._log.info(
            "ended", reason=reason, seconds=round(seconds, 3), records=self.outlet.records_sent
        )

    def abort(self) -> None:
        """Make the close that follows a reset: the peer sees an RST, as when a network dies."""
        linger = struct.pack("ii", 1, 0)
        if self._connection.fileno() >= 0:
            self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)

    async def _authenticate(self, refusal: str | None) -> bool:
        loop = asyncio.get_running_loop()
        challenge = make_challenge()
        # One write: the C++ client needs a whole line in its first read.
        hello = Greeting(LSG_VERSION).serialise() + Challenge(challenge).serialise()
        await loop.sock_sendall(self._connection, hello)
        error: str | None
        try:
            async with asyncio.timeout(self._limits.authentication_timeout_s):
                line = await self._read_line()
            if line is None:
                return False
            request = AuthenticationRequest.parse(line)
            error = refusal or self._objection(challenge, request)
        except TimeoutError:
            error = f"No authentication within {self._limits.authentication_timeout_s:g} seconds"
        except ProtocolViolationError as violation:
            error = str(violation)
        if error is None:
            self._request = request
            self.dataset, self.client = request.dataset, request.client
        answer = AuthenticationResponse(session_id=self.session_id, error=error)
        await loop.sock_sendall(self._connection, answer.serialise())
        self._log.info(error or "authenticated", client=self.client)
        if error is not None:
            self._ended_for = "refused"
            await self._say_goodbye()
        return error is None

    def _objection(self, challenge: str, request: AuthenticationRequest) -> str | None:
        if not accepts_answer(challenge, request.answer, request.bucket, self._keys):
            return "Authentication failed."
        if self._source.dataset not in {"", request.dataset}:
            return f"Dataset {request.dataset} is not served here, {self._source.dataset} is"
        return None

    async def _converse(self) -> None:
        reading = asyncio.create_task(self._read_requests())
        writing = asyncio.create_task(self.outlet.run())
        tasks = {reading, writing}
        try:
            # Whichever ends first ends the session: the client left, or everything was written.
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if reading.done() and not writing.done() and reading.result():
                await writing
            if writing.done():
                writing.result()
                self._ended_for = self._ended_for or "finished"
        except TimeoutError:
            self.abort()
            raise
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _read_requests(self) -> bool:
        """Take the client's lines; True if the outlet has something last to say."""
        try:
            while (line := await self._read_line()) is not None:
                request = parse_request(line)
                if isinstance(request, SessionStart):
                    await self._start()
                    self._flowing = asyncio.create_task(self._stream.run())
                    self._flowing.add_done_callback(self._finish)
                    continue
                self._count_subscription(request)
                if self._started:
                    await self._stream.subscribe([request])
                else:
                    self._waiting.append(request)
        except ProtocolViolationError as violation:
            self._refuse(SessionRefusedError(ErrorCode.INVALID_SUBSCRIPTION, str(violation)))
            return True
        except SessionRefusedError as refusal:
            self._refuse(refusal)
            return True
        except TicktapeError as error:
            self._fail(error)
            return True
        finally:
            await self._stop_flowing()
        return False

    async def _stop_flowing(self) -> None:
        flowing = self._flowing
        if flowing is not None:
            flowing.cancel()
            await asyncio.gather(flowing, return_exceptions=True)

    async def drain(self) -> None:
        """Take no more records; the session ends when all that was queued is written."""
        self._ended_for = "drained"
        await self._stop_flowing()
        if not self._started:
            # Nothing was begun: there is nothing to write, and nobody who waits for records.
            self._connection.shutdown(socket.SHUT_RDWR)
        self.outlet.finish()

    def _count_subscription(self, request: SubscriptionRequest) -> None:
        limits = self._limits
        self._subscriptions += 1
        if self._subscriptions > limits.subscriptions:
            REFUSALS.labels("subscriptions").inc()
            raise SessionRefusedError(
                ErrorCode.INVALID_SUBSCRIPTION,
                f"A session may have {limits.subscriptions} subscriptions",
            )
        if len(request.symbols) > limits.symbols:
            REFUSALS.labels("symbols").inc()
            raise SessionRefusedError(
                ErrorCode.INVALID_SUBSCRIPTION,
                f"A subscription may have {limits.symbols} symbols, this one has"
                f" {len(request.symbols)}",
            )

    async def _start(self) -> None:
        if self._started:
            raise ProtocolViolationError("The session was started already")
        self._open_outlet()
        await self._stream.subscribe(self._waiting)

    def _open_outlet(self) -> None:
        request = self._request
        if request is None or self._started:
            return
        self._started = True
        self.outlet.heartbeat_interval_s = request.heartbeat_interval_s
        self.outlet.open(
            encode_metadata(request.dataset, self._stream.now_ns(), request.ts_out),
            ts_out=request.ts_out,
            compressed=request.compression == "zstd",
            skips=request.slow_reader_behavior != "warn",
        )

    def _finish(self, flowing: asyncio.Task[None]) -> None:
        """Close the session when its records end; say so in it where that is a failure."""
        if flowing.cancelled():
            return
        error = flowing.exception()
        if isinstance(error, SessionRefusedError):
            self._refuse(error)
        elif error is not None:
            self._fail(error)
        self.outlet.finish()

    def _fail(self, error: BaseException) -> None:
        """End the session for a fault of ours; the client is told of it."""
        self._log.error("the session failed", exc_info=error)
        self._refuse(SessionRefusedError(ErrorCode.INTERNAL_ERROR, f"Internal error: {error}"))
        self._ended_for = "failed"

    def _refuse(self, refusal: SessionRefusedError) -> None:
        # An error record needs the header before it, also where the session was not started.
        self._open_outlet()
        self._ended_for = "refused"
        record = error_record(refusal.error_code, str(refusal), self._now_ns())
        self.outlet.put_now(Batch(Schema.ERROR, record))
        self.outlet.finish()

    async def _read_line(self) -> bytes | None:
        """Read one line; None where the client left, also in the middle of one."""
        loop = asyncio.get_running_loop()
        while (end := self._received.find(b"\n")) < 0:
            if len(self._received) > self._limits.line_bytes:
                REFUSALS.labels("line_bytes").inc()
                raise ProtocolViolationError(
                    f"A control line is longer than {self._limits.line_bytes} bytes"
                )
            data = await loop.sock_recv(self._connection, _READ_BYTES)
            if not data:
                return None
            self._received += data
        line = bytes(self._received[:end])
        del self._received[: end + 1]
        return line

    async def _say_goodbye(self) -> None:
        """Close with a FIN: unread bytes of the client would turn it into a reset."""
        loop = asyncio.get_running_loop()
        self._connection.shutdown(socket.SHUT_WR)
        try:
            async with asyncio.timeout(_LINGER_S):
                while await loop.sock_recv(self._connection, _READ_BYTES):
                    pass
        except TimeoutError:
            return


def _address_of(connection: socket.socket) -> str:
    """Give the peer's address, as the web server names a client; empty where it is gone."""
    try:
        host, port = connection.getpeername()[:2]
    except OSError:
        return ""
    return f"{host}:{port}"
