"""``/ws/book``: the books that a client watches, and their past as columns."""

from __future__ import annotations

from typing import Annotated, Any, Final

from litestar import Response, WebSocket, get
from litestar.datastructures import State
from litestar.handlers import websocket
from litestar.params import FromPath, QueryParameter

from ticktape.book.depth_columns import DEFAULT_DEPTH
from ticktape.server.book_stream_query import MAX_LEVELS
from ticktape.server.book_stream_socket import stream_books
from ticktape.server.failures import refusals
from ticktape.server.heatmap import Heatmap, HeatmapAsked


@websocket("/ws/book")
async def book_stream(socket: WebSocket[Any, Any, Any], state: State) -> None:
    """Stream books to one client."""
    await stream_books(socket, state.book_streams, state.limits)


@get(
    "/api/heatmap/{symbol:str}",
    responses=refusals(400, 404, 410),
    media_type="application/octet-stream",
)
async def heatmap(
    state: State,
    symbol: FromPath[str],
    begin: Annotated[
        str | None, QueryParameter(name="from", description="RFC 3339, or nanoseconds")
    ] = None,
    end: Annotated[
        str | None, QueryParameter(name="to", description="RFC 3339, or nanoseconds; exclusive")
    ] = None,
    every_ms: Annotated[int | None, QueryParameter(description="length of a column")] = None,
    levels: Annotated[
        int, QueryParameter(ge=1, le=MAX_LEVELS, description="levels of each side")
    ] = DEFAULT_DEPTH,
) -> Response[bytes]:
    """Give depth columns of the past, as binary messages of the book stream.

    Nothing after what the books show now is told: in a replay, the cursor.
    """
    service: Heatmap = state.heatmap
    content = await service.answer(HeatmapAsked(symbol, begin, end, every_ms, levels))
    return Response(
        content, media_type="application/octet-stream", headers={"cache-control": "no-store"}
    )


HANDLERS: Final = (book_stream, heatmap)
