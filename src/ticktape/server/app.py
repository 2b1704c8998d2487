"""The web API as one ASGI application: it only gathers what each subject says in its own file.

A subject is a module with ``HANDLERS``; whatever its handlers need of the running viewer, they
take by name from the ``state`` that the viewer gives.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from litestar import Litestar
from litestar.config.cors import CORSConfig
from litestar.datastructures import State
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.types import ASGIApp

from ticktape import __version__
from ticktape.server import failures, viewer_files
from ticktape.server.book_answers import BookAnswers
from ticktape.server.docs_page import DocsPage
from ticktape.server.guard import LoopbackGuard, is_allowed
from ticktape.server.lean_books import LeanBooks
from ticktape.server.limits import Limits
from ticktape.server.query_names import refuse_unknown_parameters
from ticktape.server.request_scope import RequestScope
from ticktape.server.routes import (
    book_stream,
    books,
    export,
    flow,
    health,
    historical,
    live,
    mbo_stream,
    replay,
    signals,
    source,
)

# A line for each subject; the viewer's files take every path that no other does.
HANDLERS: Final[tuple[Any, ...]] = (
    *health.HANDLERS,
    *source.HANDLERS,
    *books.HANDLERS,
    *historical.HANDLERS,
    *replay.HANDLERS,
    *live.HANDLERS,
    *book_stream.HANDLERS,
    *flow.HANDLERS,
    *mbo_stream.HANDLERS,
    *export.HANDLERS,
    *signals.HANDLERS,
    *viewer_files.HANDLERS,
)
_ABOUT: Final = """The market as it is now, as it was, and as it happens.

Prices are integers in units of 1e-9 beside decimal strings; times are nanoseconds since the epoch,
as numbers and as strings. Every refusal has the body `{code, message, hint}`.

**WebSocket** `GET /ws/live?symbols=ES.FUT,CL.c.0&schema=trades,ohlcv-1s,mbp-10&stype_in=&batch=1`
sends one JSON message a frame, told apart by `type`: `connected`, `trade`, `trades`, `bar`, `bars`,
`book`, `status`, `reset`, `gap`, `error`. Schemas: `trades`, `ohlcv-1s`, `ohlcv-1m`, `ohlcv-1h`,
`mbp-10` (also `mbp-1`, `mbo`: the top of the book). `recent` says how many past trades a late
joiner gets (0 to 2000, 500 unless said).
"""


def create_app(state: Mapping[str, object], *, dev: bool, loopback: bool) -> ASGIApp:
    """Make the application.

    Parameters
    ----------
    state : mapping of str to object
        What handlers take by name: ``hub`` (what can be seen now), ``historical`` (what was),
        ``book_answers``, ``limits``, ….
    dev : bool
        Development mode: pages of any origin may call.
    loopback : bool
        Whether the server is bound to this machine alone; then only its own pages may call.

    Returns
    -------
    ASGI application
    """
    limits = state["limits"]
    answers = state["book_answers"]
    assert isinstance(limits, Limits)  # noqa: S101 -- the viewer's own
    assert isinstance(answers, BookAnswers)  # noqa: S101
    app: Any = Litestar(
        HANDLERS,
        state=State(dict(state)),
        exception_handlers=failures.HANDLERS,
        before_request=refuse_unknown_parameters,
        cors_config=CORSConfig(allow_origins=["*"]) if dev else None,
        request_max_body_size=limits.max_request_bytes,
        logging_config=None,
        openapi_config=OpenAPIConfig(
            title="ticktape",
            version=__version__,
            description=_ABOUT,
            path="/docs",
            render_plugins=[DocsPage(), JsonRenderPlugin(path="/openapi.json")],
        ),
    )
    # In development mode the framework answers alone: it adds what other origins need.
    if dev:
        return RequestScope(app, limits)
    if loopback:
        app = LoopbackGuard(app)
    return LeanBooks(
        RequestScope(app, limits), answers, is_allowed if loopback else lambda _scope: True
    )
