"""``GET /ws/live``: one task a client, sending what waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from typing import Final

from litestar import WebSocket
from litestar.exceptions import WebSocketDisconnect
from msgspec.json import Encoder

from ticktape.ops.metrics import STREAM_BYTES
from ticktape.server.client import Client
from ticktape.server.hub import Hub
from ticktape.server.limits import DEFAULT_LIMITS, Limits
from ticktape.server.messages import Message, Problem
from ticktape.server.query_names import refuse_unknown_names
from ticktape.server.symbol_query import read_symbols
from ticktape.tape.errors import BadValueError, TicktapeError
from ticktape.tape.layouts import Schema

FRAME_SECONDS: Final = 0.05
STATUS_SECONDS: Final = 0.5
# Between the messages of a client that asked for single ones: what others need a turn for.
PAUSE_SECONDS: Final = 0.005
# A list of messages is sent once it is so long: the next ones tell what is newest by then.
_LIST_BYTES: Final = 1 << 16
DEFAULT_RECENT: Final = 500
MAX_RECENT: Final = 2_000
GOING_AWAY: Final = 1001
POLICY_VIOLATION: Final = 1008
_BOOK_NAMES: Final = frozenset({"mbo", "mbp-1", "mbp-10"})
_OTHER_NAMES: Final = frozenset({"trades", "ohlcv-1s", "ohlcv-1m", "ohlcv-1h"})
_PARAMETERS: Final = frozenset({"symbols", "schema", "stype_in", "batch", "recent"})
_BYTES: Final = STREAM_BYTES.labels("live")

_encode = Encoder().encode


def read_subscription(
    query: dict[str, str], default_symbols: list[str], limits: Limits = DEFAULT_LIMITS
) -> Client:
    """Make a client's waiting room from the query of ``/ws/live``.

    Parameters
    ----------
    query : dict
        ``symbols``, ``schema``, ``stype_in``, ``batch``, ``recent``.
    default_symbols : list of str
        Used where no symbols are given.
    limits : Limits
        Most symbols, and most that waits for a client.

    Returns
    -------
    Client

    Raises
    ------
    BadValueError
        If a value cannot be understood; its ``code`` is ``unsupported-schema`` for a schema.
    OverLimitError
        If there are too many symbols.
    """
    refuse_unknown_names(query, _PARAMETERS)
    symbols, stype_in = read_symbols(query, limits)
    schemas = set()
    for name in filter(None, map(str.strip, (query.get("schema") or "trades").split(","))):
        if name not in _BOOK_NAMES | _OTHER_NAMES:
            error = BadValueError(
                f"schema {name!r} is not streamed", hint=_one_of(_BOOK_NAMES | _OTHER_NAMES)
            )
            error.code = "unsupported-schema"
            raise error
        schemas.add(Schema.MBP_10 if name in _BOOK_NAMES else Schema(name))
    recent = query.get("recent", str(DEFAULT_RECENT))
    if not (recent.isascii() and recent.isdigit() and int(recent) <= MAX_RECENT):
        raise BadValueError(
            f"recent {recent!r} is no number from 0 to {MAX_RECENT}",
            hint="how many past trades to begin with",
        )
    return Client(
        symbols or tuple(default_symbols),
        stype_in,
        frozenset(schemas),
        batch=query.get("batch", "0") not in {"", "0", "false"},
        in_lists=query.get("batch") == "list",
        recent=int(recent),
        trades_waiting=limits.max_trades_waiting,
    )


def _one_of(names: frozenset[str]) -> str:
    return f"one of {', '.join(sorted(names))}"


async def stream(socket: WebSocket, hub: Hub, limits: Limits) -> None:  # type: ignore[type-arg]
    """Serve one client until it leaves or the server stops.

    Parameters
    ----------
    socket : litestar.WebSocket
        Not accepted yet.
    hub : Hub
        Where the data comes from.
    limits : Limits
        What a client may ask for.
    """
    await socket.accept()
    try:
        client = read_subscription(dict(socket.query_params), hub.source.default_symbols, limits)
    except TicktapeError as error:
        await _send(socket, Problem(error.code, error.args[0], error.hint))
        await socket.close(POLICY_VIOLATION, error.code)
        return
    listener = asyncio.create_task(_listen(socket, client))
    try:
        for message in hub.attach(client):
            await _send(socket, message)
        await _pump(socket, hub, client)
        # The close waits for the socket's reader, so the reader has to let go first.
        listener.cancel()
        await asyncio.wait({listener})
        await socket.close(GOING_AWAY, "the server stops")
    except (WebSocketDisconnect, ConnectionError, RuntimeError):
        return  # The client has left: the server's send then fails in one of these ways.
    finally:
        hub.detach(client)
        listener.cancel()


async def _listen(socket: WebSocket, client: Client) -> None:  # type: ignore[type-arg]
    """Notice that a client leaves; what it says otherwise is of no interest."""
    try:
        while True:
            await socket.receive_data("text")
    except (WebSocketDisconnect, ConnectionError, RuntimeError):
        client.closing = True
        client.wake.set()


async def _pump(socket: WebSocket, hub: Hub, client: Client) -> None:  # type: ignore[type-arg]
    clock = asyncio.get_running_loop().time
    status_at = clock()
    while not client.closing:
        now = clock()
        if client.status_due or now >= status_at:
            status_at = now + STATUS_SECONDS
            await _send_encoded(socket, hub.status_for(client))
        client.wake.clear()
        frames = hub.frames(client)
        for frame in in_lists(frames) if client.in_lists else frames:
            await _send_encoded(socket, frame)
        # While a replay catches up there is nothing to merge, and what comes then is waited for.
        if not hub.catching_up and (not client.wake.is_set() or client.batch):
            await asyncio.sleep(FRAME_SECONDS if client.batch else PAUSE_SECONDS)
        await _wait(client.wake, status_at - clock())


def in_lists(frames: Iterable[bytes]) -> Iterator[bytes]:
    """Make JSON lists of messages: a browser hears each frame in a turn of its own."""
    waiting: list[bytes] = []
    length = 0
    for frame in frames:
        waiting.append(frame)
        length += len(frame)
        if length >= _LIST_BYTES:
            yield b"[%s]" % b",".join(waiting)
            waiting, length = [], 0
    if waiting:
        yield b"[%s]" % b",".join(waiting)


async def _wait(wake: asyncio.Event, seconds: float) -> None:
    if wake.is_set() or seconds <= 0:
        return
    try:
        async with asyncio.timeout(seconds):
            await wake.wait()
    except TimeoutError:
        return


async def _send(socket: WebSocket, message: Message) -> None:  # type: ignore[type-arg]
    await _send_encoded(socket, _encode(message))


async def _send_encoded(socket: WebSocket, frame: bytes) -> None:  # type: ignore[type-arg]
    _BYTES.inc(len(frame))
    await socket.send_data(frame.decode())
