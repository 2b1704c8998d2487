"""A relay in this process, over another local gateway."""

from contextlib import asynccontextmanager

from tests.gateway.gateway_clients import DATASET, KEY, serving

from ticktape.feeds.backoff import Backoff
from ticktape.feeds.databento_live import DatabentoLiveFeed
from ticktape.feeds.live_subscriptions import LiveSubscription
from ticktape.gateway.relay import RelaySource, Upstream
from ticktape.tape.layouts import Schema

ALL_MBO = (LiveSubscription(Schema.DEFINITION), LiveSubscription(Schema.MBO, snapshot=True))
QUICK = Backoff(first_s=0.02, limit_s=0.1)


def upstream_on(port, subscriptions=ALL_MBO, **options):
    def make_feed(wanted):
        return DatabentoLiveFeed(
            KEY,
            DATASET,
            wanted,
            gateway="127.0.0.1",
            port=port,
            backoff=QUICK,
            **({"reconnect_at_end": True} | options),
        )

    return Upstream(make_feed, subscriptions, QUICK)


@asynccontextmanager
async def relaying(port, subscriptions=ALL_MBO, feed_options=None, gateway_options=None, **options):
    """Give the relay's source and its gateway."""
    source = RelaySource(upstream_on(port, subscriptions, **(feed_options or {})), **options)
    async with serving(source, **(gateway_options or {})) as gateway:
        yield source, gateway
