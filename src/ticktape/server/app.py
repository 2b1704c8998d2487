"""The web API as one ASGI application."""

from __future__ import annotations

from typing import Annotated, Any, Final

from litestar import Litestar, MediaType, WebSocket, get, post
from litestar.config.cors import CORSConfig
from litestar.datastructures import State
from litestar.handlers import websocket
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.params import FromPath, JSONBody, Parameter
from litestar.types import ASGIApp

from ticktape import __version__
from ticktape.ops.metrics import render_metrics
from ticktape.server import viewer_files
from ticktape.server.docs_page import DocsPage
from ticktape.server.failures import HANDLERS, NotAReplayError, refusals
from ticktape.server.guard import LoopbackGuard
from ticktape.server.historical import Historical
from ticktape.server.hub import Hub
from ticktape.server.messages import (
    Book,
    HistoricalAnswer,
    HistoricalRequest,
    ReplayCommand,
    ReplayState,
    SourceState,
    SymbolEntry,
)
from ticktape.server.replay_controls import obey
from ticktape.server.websocket import stream
from ticktape.tape.errors import UnknownSymbolError

MAX_BODY_BYTES: Final = 1_000_000
_ABOUT: Final = """The market as it is now, as it was, and as it happens.

Prices are integers in units of 1e-9 beside decimal strings; times are nanoseconds since the epoch,
as numbers and as strings. Every refusal has the body `{code, message, hint}`.

**WebSocket** `GET /ws/live?symbols=ES.FUT,CL.c.0&schema=trades,ohlcv-1s,mbp-10&stype_in=&batch=1`
sends one JSON message a frame, told apart by `type`: `connected`, `trade`, `trades`, `bar`, `bars`,
`book`, `status`, `reset`, `gap`, `error`. Schemas: `trades`, `ohlcv-1s`, `ohlcv-1m`, `ohlcv-1h`,
`mbp-10` (also `mbp-1`, `mbo`: the top of the book). `recent` says how many past trades a late
joiner gets (0 to 2000, 500 unless said).
"""


@get("/api/health", media_type=MediaType.TEXT, sync_to_thread=False)
def health() -> str:
    """Say that the server answers."""
    return "ok"


@get("/metrics", media_type=MediaType.TEXT, sync_to_thread=False)
def metrics() -> str:
    """Give counters and gauges in Prometheus' text format."""
    return render_metrics()


@get("/api/source", sync_to_thread=False)
def source(state: State) -> SourceState:
    """Tell where the data comes from, and how well it arrives."""
    hub: Hub = state.hub
    return hub.source_state()


@get("/api/symbols", sync_to_thread=False)
def symbols(state: State) -> list[SymbolEntry]:
    """List every instrument, and every parent symbol."""
    hub: Hub = state.hub
    return hub.directory.all_entries()


@get("/api/book/{symbol:str}", responses=refusals(400, 404), sync_to_thread=False)
def book(
    state: State,
    symbol: FromPath[str],
    levels: Annotated[int, Parameter(ge=1, le=1_000, description="levels of each side")] = 10,
) -> Book:
    """Give the book of an instrument as it stands.

    A parent symbol gives its first outright contract.
    """
    hub: Hub = state.hub
    key = hub.directory.book_key(symbol)
    found = None if key is None else hub.book(key, levels)
    if found is None:
        raise UnknownSymbolError(
            f"there is no book of {symbol}", hint="choose one of the list of symbols"
        )
    return found


@post("/api/historical", responses=refusals(400, 401, 404, 413, 502), status_code=200)
async def historical(state: State, data: JSONBody[HistoricalRequest]) -> HistoricalAnswer:
    """Give a range of the tape, oldest first.

    Rows come from local tapes where those cover the range, else from Databento.
    """
    service: Historical = state.historical
    return await service.answer(data)


@post("/api/replay", responses=refusals(400, 409), status_code=200, sync_to_thread=False)
def replay(state: State, data: JSONBody[ReplayCommand]) -> ReplayState:
    """Pause, resume, seek, step or pace the replay."""
    hub: Hub = state.hub
    if hub.source.replay is None:
        raise NotAReplayError(
            f"the source is {hub.source.mode}, not a replay",
            hint="start it with ticktape up --replay FILE",
        )
    obey(hub.source.replay, data)
    hub.announce_status()
    standing = hub.source.replay_state()
    assert standing is not None  # noqa: S101 -- the source is a replay, as checked above
    return standing


@websocket("/ws/live")
async def live(socket: WebSocket[Any, Any, Any], state: State) -> None:
    """Stream the market to one client."""
    await stream(socket, state.hub)


def create_app(hub: Hub, historical_service: Historical, *, dev: bool, loopback: bool) -> ASGIApp:
    """Make the application.

    Parameters
    ----------
    hub : Hub
        What can be seen now.
    historical_service : Historical
        What was.
    dev : bool
        Development mode: pages of any origin may call.
    loopback : bool
        Whether the server is bound to this machine alone; then only its own pages may call.

    Returns
    -------
    ASGI application
    """
    app = Litestar(
        [
            health,
            metrics,
            source,
            symbols,
            book,
            historical,
            replay,
            live,
            viewer_files.page,
            viewer_files.file,
        ],
        state=State({"hub": hub, "historical": historical_service}),
        exception_handlers=HANDLERS,
        cors_config=CORSConfig(allow_origins=["*"]) if dev else None,
        request_max_body_size=MAX_BODY_BYTES,
        logging_config=None,
        openapi_config=OpenAPIConfig(
            title="ticktape",
            version=__version__,
            description=_ABOUT,
            path="/docs",
            render_plugins=[DocsPage(), JsonRenderPlugin(path="/openapi.json")],
        ),
    )
    return LoopbackGuard(app) if loopback and not dev else app
