"""``/ws/live``: the market as it happens."""

from __future__ import annotations

from typing import Any, Final

from litestar import WebSocket
from litestar.datastructures import State
from litestar.handlers import websocket

from ticktape.server.websocket import stream


@websocket("/ws/live")
async def live(socket: WebSocket[Any, Any, Any], state: State) -> None:
    """Stream the market to one client."""
    await stream(socket, state.hub, state.limits)


HANDLERS: Final = (live,)
