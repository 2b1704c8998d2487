"""``up --live`` with a local gateway in the vendor's place: connection, outage, gap, recovery."""

import pytest
from tests.gateway.gateway_clients import serving
from tests.server.market_day import read_until
from tests.server.replaying import showing
from tests.server.test_metrics import scrape

from ticktape.cli.up_sources import Wishes, vendor_gateway
from ticktape.feeds.simulator import SimulatedExchange, SimulatorFeed
from ticktape.gateway.live import BroadcastSource
from ticktape.ops.config import Settings, SettingsError, load_settings

KEY = "db-0123456789abcdefghijklmnopqrs"


def vendor():
    feed = SimulatorFeed(SimulatedExchange(seed=1, rate=2_000))
    return serving(BroadcastSource(feed), keys=[KEY])


def live(gateway, symbols="ES.FUT,NQ.c.0"):
    settings = Settings(port=0, live_gateway=f"127.0.0.1:{gateway.port}")
    return showing(settings, Wishes([], symbols, "mbo", 1.0, False, False, 1, 1.0))


def is_a_book_of(symbol):
    return lambda m: m["type"] == "book" and m["symbol"].startswith(symbol) and not m["stale"]


async def test_an_outage_is_told_as_a_gap_and_the_book_comes_back_whole(monkeypatch):
    monkeypatch.setenv("DATABENTO_API_KEY", KEY)
    async with (
        vendor() as gateway,
        live(gateway) as running,
        running.live("symbols=ES.FUT,NQ.c.0&schema=mbp-10,trades&batch=1") as socket,
    ):
        await read_until(socket, is_a_book_of("NQ"))
        await read_until(socket, is_a_book_of("ES"))
        before = await scrape(running)
        gateway.abort_sessions()
        gap = (await read_until(socket, lambda m: m["type"] == "gap"))[-1]
        book = (await read_until(socket, is_a_book_of("ES")))[-1]
        _, source = await running.get("/api/source")
        after = await scrape(running)
    name = "ticktape_gaps_total"
    assert after.value(name) == before.value(name) + 1
    assert int(gap["end_ns"]) >= int(gap["start_ns"]) > 0
    assert (source["mode"], source["gaps"], source["connected"]) == ("LIVE", 1, True)
    assert book["bid_levels"] > 5
    assert not book["crossed"]


def test_another_gateway_is_host_and_port():
    assert vendor_gateway(Settings()) == (None, 13_000)
    assert vendor_gateway(Settings(live_gateway="10.0.0.7:13001")) == ("10.0.0.7", 13_001)
    with pytest.raises(SettingsError, match="live_gateway"):
        load_settings(live_gateway="somewhere")
