"""``/ws/flow``: what the studies of order flow see."""

from __future__ import annotations

from typing import Any, Final

from litestar import WebSocket
from litestar.datastructures import State
from litestar.handlers import websocket

from ticktape.server.flow_socket import stream_flow


@websocket("/ws/flow")
async def flow_stream(socket: WebSocket[Any, Any, Any], state: State) -> None:
    """Stream order flow to one client."""
    await stream_flow(socket, state.flow_streams, state.hub, state.signal_answers, state.limits)


HANDLERS: Final = (flow_stream,)
