"""``/health``, ``/ready`` and ``/metrics``: whether the server answers, and how it does."""

from __future__ import annotations

from typing import Final

from litestar import MediaType, Response, get
from litestar.datastructures import State
from litestar.openapi.datastructures import ResponseSpec

from ticktape.ops.metrics import render_metrics
from ticktape.server.hub import Hub
from ticktape.server.readiness import Readiness, readiness_of

_NOT_YET: Final = ResponseSpec(Readiness, description="not yet, and why", generate_examples=False)


@get(["/health", "/api/health"], media_type=MediaType.TEXT, sync_to_thread=False)
def health() -> str:
    """Say that the server answers."""
    return "ok"


@get("/ready", responses={503: _NOT_YET}, sync_to_thread=False)
def ready(state: State) -> Response[Readiness]:
    """Tell whether the feed is connected and a book is valid; 503 with the reasons where not."""
    hub: Hub = state.hub
    found = readiness_of(hub)
    return Response(
        found,
        status_code=503 if found.reasons else 200,
        headers={"cache-control": "no-store"},
    )


@get("/metrics", media_type=MediaType.TEXT, sync_to_thread=False)
def metrics() -> Response[str]:
    """Give every metric in Prometheus' text format."""
    return Response(render_metrics(), media_type="text/plain; version=0.0.4; charset=utf-8")


HANDLERS: Final = (health, ready, metrics)
