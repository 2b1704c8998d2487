"""``GET /ws/flow``: one task a client, sending what waits for it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Final

import structlog
from litestar import WebSocket
from msgspec.json import Encoder

from ticktape.ops.metrics import STREAM_BYTES
from ticktape.server.flow_client import FlowClient
from ticktape.server.flow_entries import replay_status
from ticktape.server.flow_messages import Error, ReplayStatus
from ticktape.server.flow_requests import obey, read_flow_subscription
from ticktape.server.flow_streams import FlowStreams
from ticktape.server.hub import Hub
from ticktape.server.limits import Limits
from ticktape.server.signal_answers import SignalAnswers
from ticktape.server.source import Source
from ticktape.server.stream_socket import serve_stream
from ticktape.server.websocket import POLICY_VIOLATION
from ticktape.store.signal_schema import SignalStoreError
from ticktape.tape.errors import TicktapeError

STATUS_SECONDS: Final = 0.25
_BYTES: Final = STREAM_BYTES.labels("flow")

_encode = Encoder().encode
_log = structlog.wrap_logger(logging.getLogger(__name__))


async def stream_flow(
    socket: WebSocket[Any, Any, Any],
    streams: FlowStreams,
    hub: Hub,
    answers: SignalAnswers,
    limits: Limits,
) -> None:
    """Serve one client until it leaves or the server stops.

    Parameters
    ----------
    socket : litestar.WebSocket
        Not accepted yet.
    streams : FlowStreams
        What the studies see.
    hub : Hub
        Of the same source: its replay is controlled here too.
    answers : SignalAnswers
        Who knows the screen's settings.
    limits : Limits
        What one client may ask for, and how much may wait for it.
    """
    await socket.accept()
    try:
        subscription = read_flow_subscription(dict(socket.query_params), limits)
    except TicktapeError as error:
        refusal = Error(str(error.args[0]), error.code, error.hint)
        await socket.send_data(_encode(refusal).decode())
        await socket.close(POLICY_VIOLATION, error.code)
        return
    client = FlowClient(subscription, limits.max_client_queue_bytes)
    streams.attach(client, await _settings(answers))
    await serve_stream(
        socket,
        client,
        lambda: _pump(socket, client, streams.source),
        lambda asked: obey(asked, client, streams, hub),
        lambda: streams.detach(client),
    )


async def _settings(answers: SignalAnswers) -> dict[str, Any]:
    try:
        return await answers.settings()
    except SignalStoreError as error:
        # The stream needs them not; who asks for them is told.
        _log.error("the screen's settings cannot be read", exc_info=error)
        return {}


async def _pump(socket: WebSocket[Any, Any, Any], client: FlowClient, source: Source) -> None:
    clock = asyncio.get_running_loop().time
    status = _StatusWatch(source, clock)
    while not client.closing:
        client.wake.clear()
        while not client.closing:
            # In between too: a past may take long to be read.
            frame = status.due() if not client.has_notices else None
            frame = frame or client.take(clock())
            if frame is None:
                break
            _BYTES.inc(len(frame))
            await socket.send_data(frame.decode())
        await _wait(client.wake, client.seconds_left(clock()), status.seconds_left())


async def _wait(wake: asyncio.Event, *limits: float | None) -> None:
    known = [limit for limit in limits if limit is not None]
    try:
        async with asyncio.timeout(min(known) if known else None):
            await wake.wait()
    except TimeoutError:
        return


class _StatusWatch:
    """Tells when the replay stands otherwise than was told."""

    def __init__(self, source: Source, clock: Callable[[], float]) -> None:
        self._source = source
        self._clock = clock
        self._told: ReplayStatus | None = None
        self._at = 0.0

    def due(self) -> bytes | None:
        if self._source.replay is None or self._clock() < self._at:
            return None
        self._at = self._clock() + STATUS_SECONDS
        status = replay_status(self._source)
        if status is None or status == self._told:
            return None
        self._told = status
        return _encode(status)

    def seconds_left(self) -> float | None:
        """Tell how long to wait at most; None where the source is no replay."""
        if self._source.replay is None:
            return None
        return max(0.0, self._at - self._clock())
