"""``/api/mbo/stream/json``: records by order with their effects, as server-sent events."""

from __future__ import annotations

from typing import Annotated, Any, Final

from litestar import Request, get
from litestar.datastructures import State
from litestar.params import FromPath, QueryParameter
from litestar.response import Stream

from ticktape.server.failures import refusals
from ticktape.server.mbo_stream import LONGEST_DELAY_MS, MboStreams
from ticktape.server.mbo_stream_pieces import Asked
from ticktape.tape.errors import BadValueError

_HEADERS: Final = {"cache-control": "no-store", "x-accel-buffering": "no"}


@get(
    "/api/mbo/stream/json/{delay_ms:int}",
    responses=refusals(400, 404, 409, 410),
    media_type="text/event-stream",
)
async def stream_effects(
    request: Request[Any, Any, Any],
    state: State,
    delay_ms: FromPath[int],
    symbol: Annotated[
        str | None, QueryParameter(description="a symbol of any kind, or several with commas")
    ] = None,
    begin: Annotated[
        str | None, QueryParameter(name="from", description="a position, or an RFC 3339 time")
    ] = None,
    limit: Annotated[int | None, QueryParameter(ge=1, description="most records")] = None,
) -> Stream:
    """Stream every record with what it did to its book, as fast as the client reads.

    Events carry the record's position as their id, behind what tells this opening from earlier ones
    where the source is no tape; `Last-Event-ID` goes on behind it.
    """
    if not 0 <= delay_ms <= LONGEST_DELAY_MS:
        raise BadValueError(
            f"a delay of {delay_ms} ms is not served", hint=f"choose 0 to {LONGEST_DELAY_MS}"
        )
    streams: MboStreams = state.mbo_streams
    position = await streams.first_position(begin, request.headers.get("last-event-id"))
    ids = None if symbol is None else await streams.instruments(symbol)
    events = await streams.open(Asked(position, ids, limit, delay_ms, streams.id_lead))
    return Stream(events, media_type="text/event-stream", headers=_HEADERS)


HANDLERS: Final = (stream_effects,)
