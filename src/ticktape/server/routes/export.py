"""``/api/market/export``: books over a range, in a format of choice."""

from __future__ import annotations

from typing import Annotated, Final

from litestar import get
from litestar.datastructures import State
from litestar.params import QueryParameter
from litestar.response import Stream

from ticktape.server.exports import MEDIA_TYPES, Exports, Range
from ticktape.server.failures import refusals
from ticktape.store.export import shape_of


@get("/api/market/export", responses=refusals(400, 404, 409, 410))
async def export_market(
    state: State,
    symbol: Annotated[
        str | None, QueryParameter(description="a symbol of any kind, or several with commas")
    ] = None,
    begin: Annotated[
        str | None, QueryParameter(name="from", description="a position, or an RFC 3339 time")
    ] = None,
    end: Annotated[
        str | None, QueryParameter(name="to", description="the same; itself left out")
    ] = None,
    every: Annotated[str, QueryParameter(description="event, or an interval: 1s, 5m")] = "event",
    levels: Annotated[int, QueryParameter(description="levels of each side, 1 to 1000")] = 10,
    form: Annotated[
        str, QueryParameter(name="format", description="json, ndjson, csv, parquet or dbn")
    ] = "json",
) -> Stream:
    """Export the books of a range: a row where they changed, or one an interval."""
    shape = shape_of(levels, every, form)
    exports: Exports = state.exports
    pieces = await exports.open(Range(symbol, begin, end), shape)
    headers = {
        "content-disposition": f'attachment; filename="ticktape.{shape.format}"',
        "cache-control": "no-store",
    }
    return Stream(pieces, media_type=MEDIA_TYPES[shape.format], headers=headers)


HANDLERS: Final = (export_market,)
