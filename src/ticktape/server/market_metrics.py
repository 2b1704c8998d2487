"""What ``/metrics`` tells of a viewer: of its market, and of what waits for its clients."""

from __future__ import annotations

from ticktape.market_metrics import MarketMetrics, Values
from ticktape.ops.metrics import CLIENT_QUEUE
from ticktape.server.feed_lag import FeedLag
from ticktape.server.hub import Hub


class ViewerMetrics(MarketMetrics):
    """Gives the metrics of one viewer.

    Parameters
    ----------
    hub : Hub
        Whose market, source and clients.
    lag : FeedLag
        Of the source.
    """

    def __init__(self, hub: Hub, lag: FeedLag) -> None:
        super().__init__(hub.directory.market, lambda: lag.seconds, lambda: hub.source.connected)
        self._hub = hub
        self._reads.append((CLIENT_QUEUE, self._waiting))

    def _waiting(self) -> Values:
        return {("live",): float(sum(client.items_waiting for client in self._hub.clients))}
