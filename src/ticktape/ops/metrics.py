"""Every metric of ticktape, in Prometheus' terms; ``docs/metrics.md`` explains each.

Names carry their unit, counters end in ``_total``. Labels are of a few known values each: never a
symbol, an order, a client or a path. What can be read when it is asked for (live orders, levels)
is, by a function that its owner gives; so it costs nothing a batch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, Literal, get_args

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from ticktape.ops.http_metrics import SECONDS_BUCKETS, HttpMetrics

# Streams to clients: /ws/live, /ws/book, /ws/flow, server-sent effects; sessions of the gateway.
ClientKind = Literal["live", "book", "flow", "effects", "gateway"]

# When each series began is a series of its own otherwise.
disable_created_metrics()  # type: ignore[no-untyped-call]
REGISTRY: Final = CollectorRegistry()

_LIMITS: Final = ("connections", "requests", "websockets", "symbols", "subscriptions", "line_bytes")
_OPERATIONS: Final = ("read", "checkpoint", "append", "index", "keep", "find")
_ENDINGS: Final = ("left", "finished", "refused", "lag", "stall", "drained", "failed")
_MILLISECONDS: Final = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 1.0)
_STREAMS: Final = (1.0, 10.0, 60.0, 600.0, 3600.0, 21_600.0, 86_400.0)


class ReadWhenAsked(Collector):
    """A metric whose values are read at the time of a scrape.

    Parameters
    ----------
    name, documentation : str
        As of any metric; a counter's name without ``_total``.
    labels : sequence of str
        Names of the labels.
    kind : {"gauge", "counter"}
        A counter's values may only grow.
    """

    def __init__(
        self,
        name: str,
        documentation: str,
        labels: Sequence[str] = (),
        kind: Literal["gauge", "counter"] = "gauge",
    ) -> None:
        self.name = name
        self._documentation = documentation
        self._labels = tuple(labels)
        self._kind = kind
        self._readers: list[Callable[[], Mapping[tuple[str, ...], float]]] = []
        REGISTRY.register(self)

    def read_from(self, read: Callable[[], Mapping[tuple[str, ...], float]]) -> None:
        """Read values, by the values of their labels, from a function from now on.

        Of several functions that give a value of the same labels, the values are added.
        """
        self._readers.append(read)

    def forget(self, read: Callable[[], Mapping[tuple[str, ...], float]]) -> None:
        """Read from a function no more."""
        if read in self._readers:
            self._readers.remove(read)

    def describe(self) -> Iterable[Metric]:
        """Give the metric without values: nothing is read when it is registered."""
        return [self._family()]

    def collect(self) -> Iterable[Metric]:
        """Give the metric with what its values are now."""
        family = self._family()
        values: dict[tuple[str, ...], float] = {}
        for read in list(self._readers):
            for labels, value in read().items():
                values[labels] = values.get(labels, 0.0) + value
        for labels, value in values.items():
            family.add_metric(labels, value)
        return [family]

    def _family(self) -> GaugeMetricFamily | CounterMetricFamily:
        made = CounterMetricFamily if self._kind == "counter" else GaugeMetricFamily
        return made(self.name, self._documentation, labels=self._labels)


# What comes in, and the books.
RECORDS: Final = Counter(
    "ticktape_records", "Records applied to the market.", ["schema"], registry=REGISTRY
)
BOOK_UPDATES: Final = Counter(
    "ticktape_book_updates", "Records applied to a book.", registry=REGISTRY
)
APPLY_SECONDS: Final = Histogram(
    "ticktape_batch_apply_seconds",
    "Time that the market took to apply a batch.",
    buckets=_MILLISECONDS,
    registry=REGISTRY,
)
RECORD_ERRORS: Final = ReadWhenAsked(
    "ticktape_record_errors",
    "Records that contradict their book, or cannot be of any, by what is wrong.",
    ["kind"],
    "counter",
)
UNKNOWN_ORDERS: Final = ReadWhenAsked(
    "ticktape_unknown_orders",
    "Records of orders that their book does not hold: cancels do nothing, modifies add.",
    ["action"],
    "counter",
)
CROSSINGS: Final = ReadWhenAsked(
    "ticktape_crossings", "Events at whose end a book had become crossed.", kind="counter"
)
BOOKS: Final = ReadWhenAsked("ticktape_books", "Books kept.")
LIVE_ORDERS: Final = ReadWhenAsked("ticktape_live_orders", "Orders resting in all books.")
BOOK_LEVELS: Final = ReadWhenAsked(
    "ticktape_book_levels", "Depth: price levels of all books.", ["side"]
)
GAPS: Final = Counter("ticktape_gaps", "Runs of records that were missed.", registry=REGISTRY)
FEED_LAG: Final = ReadWhenAsked(
    "ticktape_feed_lag_seconds",
    "How late the newest record was shown: now less its ts_recv live, less its pace in a replay.",
)
FEED_CONNECTED: Final = ReadWhenAsked(
    "ticktape_feed_connected", "1 while the feed is connected, else 0."
)
LAG: Final = Gauge(
    "ticktape_pipeline_lag_seconds",
    "From a batch's arrival in the pipeline until it can be seen.",
    registry=REGISTRY,
)

# Queues, and what does not fit into them.
QUEUE_DEPTH: Final = Gauge(
    "ticktape_queue_depth", "Items that wait in a queue.", ["queue"], registry=REGISTRY
)
DROPS: Final = Counter(
    "ticktape_drops", "Items dropped because a queue was full.", ["queue"], registry=REGISTRY
)
CLIENT_QUEUE: Final = ReadWhenAsked(
    "ticktape_client_queue_depth", "Items that wait for clients of a kind.", ["client"]
)
CLIENT_DROPS: Final = Counter(
    "ticktape_client_drops",
    "Items that clients of a kind did not get, because they read too slowly.",
    ["client"],
    registry=REGISTRY,
)
CLIENT_CONFLATIONS: Final = Counter(
    "ticktape_client_conflations",
    "Items for clients of a kind that a later one replaced before they were sent.",
    ["client"],
    registry=REGISTRY,
)

# Who is connected, and what they are sent.
CLIENTS: Final = Gauge(
    "ticktape_clients", "Clients of a kind that are connected.", ["client"], registry=REGISTRY
)
HTTP: Final = HttpMetrics(REGISTRY)
REFUSALS: Final = Counter(
    "ticktape_refusals",
    "Requests, clients and messages refused because of a limit.",
    ["limit"],
    registry=REGISTRY,
)
STREAM_SECONDS: Final = Histogram(
    "ticktape_stream_duration_seconds",
    "From a client's arrival until it left.",
    ["client"],
    buckets=_STREAMS,
    registry=REGISTRY,
)
STREAM_BYTES: Final = Counter(
    "ticktape_stream_bytes", "Bytes sent to clients of a kind.", ["client"], registry=REGISTRY
)

# The live gateway, and the relay behind it.
GATEWAY_CONNECTIONS: Final = Gauge(
    "ticktape_gateway_connections",
    "Connections of the live gateway: authenticating, or open.",
    ["state"],
    registry=REGISTRY,
)
GATEWAY_RECORDS: Final = Counter(
    "ticktape_gateway_records", "Records sent to all sessions of the gateway.", registry=REGISTRY
)
GATEWAY_QUEUE_BYTES: Final = ReadWhenAsked(
    "ticktape_gateway_queue_bytes",
    "Bytes of records that wait for sessions, of all and at most.",
    ["of"],
)
GATEWAY_ENDED: Final = Counter(
    "ticktape_gateway_sessions_ended",
    "Sessions that ended: left, finished, refused, lag, stall, drained, failed.",
    ["reason"],
    registry=REGISTRY,
)
RELAY_CONNECTED: Final = ReadWhenAsked(
    "ticktape_relay_upstream_connected", "1 while the relay's upstream session is open, else 0."
)
RELAY_LOSSES: Final = Counter(
    "ticktape_relay_upstream_losses",
    "Upstream sessions that were lost, counted when they were.",
    registry=REGISTRY,
)
RELAY_RECONNECTS: Final = Counter(
    "ticktape_relay_upstream_reconnects",
    "Sessions that the relay opened anew after the upstream was lost.",
    registry=REGISTRY,
)
RELAY_BUFFER_BYTES: Final = Gauge(
    "ticktape_relay_buffer_bytes", "What the relay's buffer takes on disk.", registry=REGISTRY
)
RELAY_BUFFER_ERRORS: Final = Counter(
    "ticktape_relay_buffer_errors", "Writes that the relay's disk refused.", registry=REGISTRY
)
RELAY_BUFFER_LOST: Final = Counter(
    "ticktape_relay_buffer_lost_records",
    "Records that the relay passed on but could not keep.",
    registry=REGISTRY,
)

# Tapes at rest.
STORE_OPERATIONS: Final = Counter(
    "ticktape_store_operations",
    "Operations on a store: read, checkpoint, append, index; keep and find of signals.",
    ["operation"],
    registry=REGISTRY,
)
STORE_SECONDS: Final = Histogram(
    "ticktape_store_operation_duration_seconds",
    "Time that an operation on a store took.",
    ["operation"],
    buckets=SECONDS_BUCKETS,
    registry=REGISTRY,
)


_ALL_CLIENTS: Final = get_args(ClientKind)
# Labels whose values are known beforehand: no code makes another, and a test moves each. Of streams
# in which every record counts (effects, gateway) nothing takes the place of what came before, and
# of a book nothing is lost that the next snapshot does not tell.
SERIES: Final[Sequence[tuple[Counter | Gauge | Histogram, tuple[str, ...]]]] = (
    (QUEUE_DEPTH, ("feed", "signals")),
    (DROPS, ("signals",)),
    (CLIENTS, _ALL_CLIENTS),
    (CLIENT_DROPS, ("live", "flow", "effects", "gateway")),
    (CLIENT_CONFLATIONS, ("live", "book", "flow")),
    (STREAM_SECONDS, _ALL_CLIENTS),
    (STREAM_BYTES, _ALL_CLIENTS),
    (REFUSALS, _LIMITS),
    (GATEWAY_CONNECTIONS, ("authenticating", "open")),
    (GATEWAY_ENDED, _ENDINGS),
    (STORE_OPERATIONS, _OPERATIONS),
    (STORE_SECONDS, _OPERATIONS),
)


def _begin_series() -> None:
    """Let every series exist before it moves: a rate misses the first step of one that appears."""
    for metric, values in SERIES:
        for value in values:
            metric.labels(value)


_begin_series()


def render_metrics() -> str:
    """Write every metric in Prometheus' text format.

    Returns
    -------
    str
        As ``GET /metrics`` gives it.
    """
    return generate_latest(REGISTRY).decode()
