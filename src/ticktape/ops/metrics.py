"""Counters and gauges that say how well the data flows, in Prometheus' text format."""

from __future__ import annotations

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

REGISTRY: Final = CollectorRegistry()

RECORDS: Final = Counter(
    "ticktape_records", "Records applied to the market.", ["schema"], registry=REGISTRY
)
DROPS: Final = Counter(
    "ticktape_drops", "Items dropped because a queue was full.", ["queue"], registry=REGISTRY
)
GAPS: Final = Counter("ticktape_gaps", "Runs of records that were missed.", registry=REGISTRY)
QUEUE_DEPTH: Final = Gauge(
    "ticktape_queue_depth", "Items that wait in a queue.", ["queue"], registry=REGISTRY
)
LAG: Final = Gauge(
    "ticktape_lag_seconds", "From a batch's arrival until it can be seen.", registry=REGISTRY
)
CLIENTS: Final = Gauge("ticktape_clients", "WebSocket clients connected.", registry=REGISTRY)


def render_metrics() -> str:
    """Write every metric in Prometheus' text format.

    Returns
    -------
    str
        As ``GET /metrics`` gives it.
    """
    return generate_latest(REGISTRY).decode()
