"""Every metric moves when what it tells of happens, as a scrape of a running server shows."""

import asyncio
import re
from pathlib import Path

import aiohttp
import numpy as np
import pytest
from tests.server.market_day import (
    ES,
    MIDS,
    SECOND,
    START_NS,
    TICK,
    HandFeed,
    definitions,
    opening_book,
    stage,
    trades,
)
from tests.server.test_book_answers import orders

from ticktape.ops.metrics import REGISTRY, render_metrics
from ticktape.pipeline import BoundedQueue
from ticktape.server.limits import Limits
from ticktape.server.request_scope import KNOWN_METHODS
from ticktape.server.shared_messages import TradeRun
from ticktape.tape.gaps import Gap, gap_batch

ROOT = Path(__file__).parents[2]
LATER = START_NS + 100 * SECOND

# Of what this file does not move: the file that does.
GATEWAY = "tests/gateway/test_gateway_metrics.py"
RELAY = "tests/gateway/relay/test_relay_metrics.py"
MOVED_ELSEWHERE = {
    "ticktape_gateway_connections": GATEWAY,
    "ticktape_gateway_records_total": GATEWAY,
    "ticktape_gateway_queue_bytes": GATEWAY,
    "ticktape_gateway_sessions_ended_total": GATEWAY,
    "ticktape_relay_upstream_connected": RELAY,
    "ticktape_relay_upstream_losses_total": "tests/gateway/relay/test_relay.py",
    "ticktape_relay_upstream_reconnects_total": RELAY,
    "ticktape_relay_buffer_bytes": RELAY,
    "ticktape_relay_buffer_errors_total": RELAY,
    "ticktape_relay_buffer_lost_records_total": RELAY,
}


def registered():
    """Give the names of all metrics as a scrape has them."""
    endings = {"counter": "_total"}
    return {
        metric.name + endings.get(metric.type, "")
        for collector in list(REGISTRY._collector_to_names)
        for metric in collector.describe()
        if metric.name.startswith("ticktape_")
    }


class Scrape(dict):
    """The samples of a scrape: a name with labels that fit gives the sum of its values."""

    def value(self, name, **labels):
        return sum(
            value
            for (of, own), value in self.items()
            if of == name and all(item in own for item in labels.items())
        )


async def scrape(running):
    status, text = await running.get("/metrics")
    assert status == 200
    return samples_of(text)


def samples_of(text):
    found = Scrape()
    for line in text.splitlines():
        sample = re.fullmatch(r"(\w+)(?:\{(.*)\})? (\S+)", line)
        if sample:
            labels = frozenset(re.findall(r'(\w+)="([^"]*)"', sample[2] or ""))
            found[sample[1], labels] = float(sample[3])
    return found


@pytest.fixture
async def running():
    async with stage() as running:
        await running.show(definitions(), opening_book(ES))
        yield running


async def test_records_updates_and_the_time_to_apply_them(running):
    before = await scrape(running)
    await running.show(trades(20))
    after = await scrape(running)
    for name, by in [
        ("ticktape_records_total", 20),
        ("ticktape_book_updates_total", 20),
        ("ticktape_batch_apply_seconds_count", 1),
    ]:
        assert after.value(name) == before.value(name) + by, name
    assert after.value("ticktape_records_total", schema="mbo") >= 44
    assert after.value("ticktape_batch_apply_seconds_sum") > before.value(
        "ticktape_batch_apply_seconds_sum"
    )
    assert after.value("ticktape_pipeline_lag_seconds") > 0


async def test_books_orders_and_levels_are_what_they_are_at_the_scrape(running):
    before = await scrape(running)
    assert before.value("ticktape_books") == 1
    assert before.value("ticktape_live_orders") == 24
    assert before.value("ticktape_book_levels", side="bid") == 12
    await running.show(
        orders(("A", "B", 1, MIDS[ES] - 50 * TICK, 1), ("A", "B", 2, MIDS[ES] - 50 * TICK, 1)),
        orders(("A", "A", 3, MIDS[ES], 1), publisher=2),
    )
    after = await scrape(running)
    assert after.value("ticktape_books") == 2
    assert after.value("ticktape_live_orders") == 27
    assert after.value("ticktape_book_levels", side="bid") == 13
    assert after.value("ticktape_book_levels", side="ask") == 13


async def test_what_contradicts_the_book_is_counted_by_kind(running):
    before = await scrape(running)
    await running.show(
        orders(
            ("C", "B", 404, MIDS[ES], 1),
            ("M", "B", 405, MIDS[ES] - 20 * TICK, 1),
            ("A", "N", 406, MIDS[ES], 1),
            ("A", "B", ES * 1000, MIDS[ES] - TICK, 1),
            ("A", "B", 407, MIDS[ES] + TICK * 2, 1),
        )
    )
    after = await scrape(running)
    for name, labels in [
        ("ticktape_unknown_orders_total", {"action": "cancel"}),
        ("ticktape_unknown_orders_total", {"action": "modify"}),
        ("ticktape_record_errors_total", {"kind": "bad_sides"}),
        ("ticktape_record_errors_total", {"kind": "duplicate_adds"}),
        ("ticktape_crossings_total", {}),
    ]:
        assert after.value(name, **labels) == before.value(name, **labels) + 1, (name, labels)


async def test_a_feed_that_goes_and_gaps_are_told():
    feed = HandFeed()
    async with stage(feed=feed) as running:
        await running.show(definitions(), opening_book(ES))
        async with asyncio.timeout(10):
            while (await scrape(running)).value("ticktape_feed_connected") != 1:
                pass
        before = await scrape(running)
        # The made-up day is long ago: live, that is how late it is.
        assert before.value("ticktape_feed_lag_seconds") > 1_000
        await running.show(gap_batch(Gap(START_NS, LATER, "the upstream was away")))
        feed.put(None)
        async with asyncio.timeout(10):
            while (await scrape(running)).value("ticktape_feed_connected") != 0:
                pass
        after = await scrape(running)
        assert after.value("ticktape_gaps_total") == before.value("ticktape_gaps_total") + 1


async def test_queues_tell_what_waits_and_what_was_dropped(running):
    queue = BoundedQueue("of-the-test", 2, "drop_oldest")
    for item in range(5):
        await queue.put(item)
    found = await scrape(running)
    assert found.value("ticktape_queue_depth", queue="of-the-test") == 2
    assert found.value("ticktape_drops_total", queue="of-the-test") == 3


async def test_a_slow_client_shows_in_its_kind():
    async with stage(limits=Limits(max_client_queue_bytes=48 * 100)) as running:
        await running.show(definitions(), opening_book(ES))
        before = await scrape(running)
        query = "symbols=ES.FUT&schema=trades,mbp-10&recent=0&batch=1"
        async with running.live(query) as socket:
            assert (await socket.receive_json())["type"] == "connected"
            assert (await scrape(running)).value("ticktape_clients", client="live") == 1
            # Nothing is sent within one turn of the loop.
            hub = running.viewer.hub
            for turn in range(3):
                batch = trades(400, ES, LATER + turn * 400 * SECOND)
                running.viewer.market.apply(batch)
                await hub.write(batch)
            found = samples_of(render_metrics())
            assert found.value("ticktape_client_queue_depth", client="live") > 50
            waiting = sum(client.items_waiting for client in hub.clients)
            assert waiting <= 110
        async with asyncio.timeout(10):
            while hub.clients:
                await asyncio.sleep(0.01)
        while (after := await scrape(running)).value(
            "ticktape_stream_duration_seconds_count", client="live"
        ) == before.value("ticktape_stream_duration_seconds_count", client="live"):
            await asyncio.sleep(0.01)
        assert after.value("ticktape_clients", client="live") == 0
        for name in (
            "ticktape_client_drops_total",
            "ticktape_client_conflations_total",
            "ticktape_stream_bytes_total",
        ):
            assert after.value(name, client="live") > before.value(name, client="live"), name


async def test_what_waits_for_clients_is_told(running):
    async with running.live("symbols=ES.FUT&schema=trades&recent=0&batch=1") as socket:
        await socket.receive_json()
        (client,) = running.viewer.hub.clients
        client.add_trades(TradeRun(trades(30).records))
        read = running.viewer._metrics._waiting()
        assert read["live",] >= 30


async def test_requests_are_counted_and_timed_until_the_end_of_their_answer(running):
    before = await scrape(running)
    for path, status in (("/api/book/ESH6", 200), ("/api/book/ZZZ9", 404), ("/api/symbols", 200)):
        async with running.http.get(running.url + path) as answer:
            assert answer.status == status
            body = await answer.read()
    after = await scrape(running)
    labels = {"method": "GET", "route": "/api/book/{symbol}"}
    for status in ("200", "404"):
        own = labels | {"status": status}
        assert (
            after.value("ticktape_http_requests_total", **own)
            == before.value("ticktape_http_requests_total", **own) + 1
        )
    route = {"route": "/api/symbols"}
    assert after.value("ticktape_http_response_bytes_total", **route) == before.value(
        "ticktape_http_response_bytes_total", **route
    ) + len(body)
    count = "ticktape_http_request_duration_seconds_count"
    assert after.value(count, **route) == before.value(count, **route) + 1
    # The scrape itself is being answered.
    assert after.value("ticktape_http_requests_open") >= 1


async def test_what_is_being_answered_is_counted_while_it_is(running):
    name = "ticktape_http_requests_open"
    before = (await scrape(running)).value(name)
    async with running.live("symbols=ES.FUT&schema=trades") as socket:
        await socket.receive_json()
        assert (await scrape(running)).value(name) == before + 1
    async with asyncio.timeout(10):
        while (await scrape(running)).value(name) != before:
            pass


async def test_refusals_are_counted_by_limit():
    async with stage(limits=Limits(max_symbols=1)) as running:
        before = await scrape(running)
        await running.get("/api/bbo?symbols=A,B")
        after = await scrape(running)
    name = "ticktape_refusals_total"
    assert after.value(name, limit="symbols") == before.value(name, limit="symbols") + 1


async def test_labels_are_of_few_values_whatever_is_asked(running):
    async with aiohttp.ClientSession() as http:
        for number in range(30):
            await http.get(f"{running.url}/api/book/S{number}")
            await http.get(f"{running.url}/nothing/{number}")
            await http.request(f"ODD{number}", f"{running.url}/api/source")
    found = await scrape(running)
    routes = {dict(labels).get("route") for _, labels in found}
    assert not [route for route in routes if route and re.search(r"S\d|nothing", route)]
    methods = {dict(labels).get("method") for _, labels in found}
    assert methods <= {None, "other", *KNOWN_METHODS}
    symbols = np.array(["ESH6", "ZZZ9"])
    assert not [labels for _, labels in found for one in symbols if one in str(labels)]


async def test_store_operations_are_counted_and_timed(running):
    before = await scrape(running)
    log = running.viewer.mbo_log
    log.read(0, 10)
    after = await scrape(running)
    for name in (
        "ticktape_store_operations_total",
        "ticktape_store_operation_duration_seconds_count",
    ):
        assert after.value(name, operation="read") == before.value(name, operation="read") + 1
    assert after.value("ticktape_store_operations_total", operation="append") >= 1


def test_every_metric_is_moved_by_a_test():
    here = Path(__file__).read_text()
    for name in registered() - set(MOVED_ELSEWHERE):
        assert f'"{name}' in here, f"no test moves {name}"
    for name, there in MOVED_ELSEWHERE.items():
        assert name in registered()
        assert f'"{name}"' in (ROOT / there).read_text(), f"no test moves {name}"


def test_every_metric_is_explained():
    page = (ROOT / "docs" / "metrics.md").read_text()
    for name in registered():
        assert f"`{name}`" in page, f"docs/metrics.md does not explain {name}"
    for name in (
        "mbo_messages_processed_total",
        "mbo_messages_errors_total",
        "mbo_order_book_updates_total",
        "mbo_order_book_depth",
        "mbo_order_book_apply_duration_seconds",
        "mbo_active_connections",
        "mbo_http_requests_total",
        "mbo_http_request_duration_seconds",
        "mbo_db_operations_total",
        "mbo_db_operation_duration_seconds",
    ):
        assert f"`{name}`" in page
