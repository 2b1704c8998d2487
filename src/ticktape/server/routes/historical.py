"""``/api/historical``: a range of the tape."""

from __future__ import annotations

from typing import Final

from litestar import post
from litestar.datastructures import State
from litestar.params import JSONBody

from ticktape.server.failures import refusals
from ticktape.server.historical import Historical
from ticktape.server.messages import HistoricalAnswer, HistoricalRequest


@post("/api/historical", responses=refusals(400, 401, 404, 413, 502), status_code=200)
async def historical(state: State, data: JSONBody[HistoricalRequest]) -> HistoricalAnswer:
    """Give a range of the tape, oldest first.

    Rows come from local tapes where those cover the range, else from Databento.
    """
    service: Historical = state.historical
    return await service.answer(data)


HANDLERS: Final = (historical,)
