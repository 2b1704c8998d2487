"""``/api/health`` and ``/metrics``: that the server answers, and how it does."""

from __future__ import annotations

from typing import Final

from litestar import MediaType, get

from ticktape.ops.metrics import render_metrics


@get("/api/health", media_type=MediaType.TEXT, sync_to_thread=False)
def health() -> str:
    """Say that the server answers."""
    return "ok"


@get("/metrics", media_type=MediaType.TEXT, sync_to_thread=False)
def metrics() -> str:
    """Give counters and gauges in Prometheus' text format."""
    return render_metrics()


HANDLERS: Final = (health, metrics)
