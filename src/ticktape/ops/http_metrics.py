"""What is measured of every HTTP request: kept as plain numbers, made into metrics by a scrape.

A request for a book takes some 20 microseconds; five locked updates of labelled metrics would take
half as much again.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from typing import Final

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector, CollectorRegistry

SECONDS_BUCKETS: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5, 10.0, 60.0)
_BOUNDS: Final = (*map(str, SECONDS_BUCKETS), "+Inf")


class _Route:
    """Numbers of one route."""

    __slots__ = ("answered", "bytes", "in_bucket", "seconds")

    def __init__(self) -> None:
        self.in_bucket = [0] * len(_BOUNDS)
        self.seconds = 0.0
        self.bytes = 0
        # By method and status.
        self.answered: dict[tuple[str, int], int] = {}


class HttpMetrics(Collector):
    """Requests that are being answered and that were; for the thread of one event loop.

    Parameters
    ----------
    registry : prometheus_client.CollectorRegistry
        Whose scrapes tell them.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._routes: dict[str, _Route] = {}
        self.open = 0
        registry.register(self)

    def note(self, method: str, route: str, status: int, sent: int, seconds: float) -> None:
        """Count a request that was answered.

        Parameters
        ----------
        method, route : str
            The method, and the framework's name of the path: of each a few known ones.
        status, sent : int
            Of the answer; the bytes of its body.
        seconds : float
            From the request to the end of its answer.
        """
        numbers = self._routes.get(route)
        if numbers is None:
            numbers = self._routes[route] = _Route()
        numbers.in_bucket[bisect_left(SECONDS_BUCKETS, seconds)] += 1
        numbers.seconds += seconds
        numbers.bytes += sent
        answered = numbers.answered
        answered[method, status] = answered.get((method, status), 0) + 1

    def describe(self) -> Iterable[Metric]:
        """Give the metrics without values."""
        return _families()

    def collect(self) -> Iterable[Metric]:
        """Give the metrics as they are now."""
        families = open_requests, requests, durations, sizes = _families()
        open_requests.add_metric((), self.open)
        for route, numbers in list(self._routes.items()):
            for (method, status), count in list(numbers.answered.items()):
                requests.add_metric((method, route, str(status)), count)
            total = 0
            buckets = []
            for bound, count in zip(_BOUNDS, numbers.in_bucket, strict=True):
                total += count
                buckets.append((bound, float(total)))
            durations.add_metric((route,), buckets, numbers.seconds)
            sizes.add_metric((route,), numbers.bytes)
        return families


def _families() -> tuple[
    GaugeMetricFamily, CounterMetricFamily, HistogramMetricFamily, CounterMetricFamily
]:
    return (
        GaugeMetricFamily(
            "ticktape_http_requests_open", "HTTP requests and WebSockets being answered."
        ),
        CounterMetricFamily(
            "ticktape_http_requests",
            "HTTP requests answered.",
            labels=("method", "route", "status"),
        ),
        HistogramMetricFamily(
            "ticktape_http_request_duration_seconds",
            "From a request's arrival until the end of its answer, streams included.",
            labels=("route",),
        ),
        CounterMetricFamily(
            "ticktape_http_response_bytes", "Bytes of the bodies of answers.", labels=("route",)
        ),
    )
