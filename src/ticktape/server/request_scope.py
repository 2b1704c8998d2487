"""What holds for every request and WebSocket: an id, a limit, its metrics, a line in the log."""

from __future__ import annotations

import itertools
import json
import logging
import re
import secrets
import time
from typing import Any, Final

import structlog

from ticktape.ops.metrics import HTTP, REFUSALS, STREAM_SECONDS, ClientKind
from ticktape.server.limits import Limits

TRY_AGAIN_LATER: Final = 1013
# Set in the scope of a request whose body did not come to its end.
BODY_BROKE_OFF: Final = "ticktape.body_broke_off"
KNOWN_METHODS: Final = frozenset({"GET", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"})
# Of an id that a caller gives: what cannot break a header or a line of a log.
_GOOD_ID: Final = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_STREAMS: Final[dict[str, ClientKind]] = {
    "/ws/live": "live",
    "/ws/book": "book",
    "/ws/flow": "flow",
}
_log_of_module: Final = logging.getLogger(__name__)
_log = structlog.wrap_logger(_log_of_module)


class RequestScope:
    """Counts, names, limits and logs what an ASGI application answers.

    Parameters
    ----------
    app : ASGI application
        What answers.
    limits : Limits
        How many at a time.

    Notes
    -----
    Ids are bound to the context (``structlog.contextvars``), so every line that is logged while a
    request is answered has them: ``request_id``, ``client_id`` (the header ``X-Client-ID``, else
    the peer's address), and for a WebSocket also ``session_id`` (the connection's).
    """

    def __init__(self, app: Any, limits: Limits) -> None:  # noqa: ANN401 -- any ASGI application
        self._app = app
        self._limits = limits
        self._requests = 0
        self._sockets = 0
        self._ids = itertools.count(1)
        # Ids of several runs differ.
        self._run = secrets.token_hex(4)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 -- ASGI
        """Answer a request, or refuse it where there are too many."""
        if scope["type"] == "http":
            await self._answer(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._stream(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    @property
    def is_full(self) -> bool:
        """Whether as many requests are being answered as may be."""
        return self._requests >= self._limits.max_requests

    def begin(self) -> None:
        """Count a request that begins to be answered; :meth:`end` follows."""
        self._requests += 1
        HTTP.open += 1

    def id_of(self, scope: Any) -> str:  # noqa: ANN401 -- ASGI
        """Give a request's id: the caller's own where it is a good one, else a new one."""
        given = _header(scope, b"x-request-id")
        if given is not None and _GOOD_ID.fullmatch(given):
            return given.decode()
        return f"{self._run}-{next(self._ids):x}"

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 -- ASGI
        began = time.perf_counter()
        request_id = self.id_of(scope)
        structlog.contextvars.bind_contextvars(request_id=request_id, client_id=client_of(scope))
        named = (b"x-request-id", request_id.encode())
        status = 500
        sent = 0
        is_read = False

        async def counted(message: Any) -> None:  # noqa: ANN401 -- ASGI
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], named]
            elif message["type"] == "http.response.body":
                sent += len(message.get("body", b""))
            await send(message)

        async def noted() -> Any:  # noqa: ANN401 -- ASGI
            nonlocal is_read
            message = await receive()
            if message["type"] == "http.request":
                is_read = not message.get("more_body", False)
            elif not is_read:
                scope[BODY_BROKE_OFF] = True
            return message

        is_over_limit = self.is_full
        self.begin()
        try:
            if is_over_limit:
                await self._refuse(counted)
            else:
                await self._app(scope, noted, counted)
        finally:
            self.end(scope, request_id, status, sent, time.perf_counter() - began)

    async def _refuse(self, send: Any) -> None:  # noqa: ANN401 -- ASGI
        REFUSALS.labels("requests").inc()
        body = _problem(
            f"{self._limits.max_requests} requests are being answered",
            "try again in a second, or set web_requests",
        )
        headers = [(b"content-type", b"application/json"), (b"retry-after", b"1")]
        await send({"type": "http.response.start", "status": 503, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(body).encode()})

    def end(self, scope: Any, request_id: str, status: int, sent: int, seconds: float) -> None:  # noqa: ANN401 -- ASGI
        """Measure and log a request that was answered.

        Parameters
        ----------
        scope : dict
            As ASGI gives it.
        request_id : str
            As :meth:`id_of` gave it.
        status, sent : int
            Of the answer; the bytes of its body.
        seconds : float
            From the request to the end of the answer.
        """
        self._requests -= 1
        HTTP.open -= 1
        # The framework's name of the path that answered; there are as many as calls.
        route = scope.get("path_template") or "none"
        method = scope["method"] if scope["method"] in KNOWN_METHODS else "other"
        HTTP.note(method, route, status, sent, seconds)
        if not _log_of_module.isEnabledFor(logging.INFO):
            return
        _log.info(
            "request",
            request_id=request_id,
            client_id=client_of(scope),
            method=method,
            path=scope["path"],
            status=status,
            duration_ms=round(seconds * 1e3, 3),
            bytes=sent,
        )

    async def _stream(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 -- ASGI
        began = time.perf_counter()
        session_id = self.id_of(scope)
        structlog.contextvars.bind_contextvars(
            request_id=session_id, session_id=session_id, client_id=client_of(scope)
        )
        sent = 0

        async def counted(message: Any) -> None:  # noqa: ANN401 -- ASGI
            nonlocal sent
            if message["type"] == "websocket.send":
                sent += len(message.get("text") or message.get("bytes") or b"")
            await send(message)

        self._sockets += 1
        HTTP.open += 1
        kind = _STREAMS.get(scope["path"])
        _log.info("stream begins", path=scope["path"])
        try:
            if self._sockets > self._limits.max_websockets:
                await self._turn_away(receive, send)
            else:
                await self._app(scope, receive, counted)
        finally:
            self._sockets -= 1
            HTTP.open -= 1
            seconds = time.perf_counter() - began
            if kind is not None:
                STREAM_SECONDS.labels(kind).observe(seconds)
            _log.info(
                "stream ended",
                path=scope["path"],
                duration_ms=round(seconds * 1e3, 3),
                bytes=sent,
            )

    async def _turn_away(self, receive: Any, send: Any) -> None:  # noqa: ANN401 -- ASGI
        REFUSALS.labels("websockets").inc()
        problem = {
            "type": "error",
            **_problem(
                f"{self._limits.max_websockets} WebSockets are open",
                "try again later, or set web_sockets",
            ),
        }
        await receive()
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.send", "text": json.dumps(problem)})
        await send({"type": "websocket.close", "code": TRY_AGAIN_LATER, "reason": "over-limit"})


def _header(scope: Any, wanted: bytes) -> bytes | None:  # noqa: ANN401 -- ASGI
    for name, value in scope["headers"]:
        if name == wanted:
            given: bytes = value
            return given
    return None


def client_of(scope: Any) -> str:  # noqa: ANN401 -- ASGI
    """Give a client's id: the header ``X-Client-ID`` where it is a good one, else the peer."""
    given = _header(scope, b"x-client-id")
    if given is not None and _GOOD_ID.fullmatch(given):
        return given.decode()
    host, port = scope.get("client") or ("unknown", 0)
    return f"{host}:{port}"


def _problem(message: str, hint: str) -> dict[str, str]:
    return {"code": "over-limit", "message": message, "hint": hint}
