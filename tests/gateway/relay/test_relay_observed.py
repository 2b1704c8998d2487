"""What a relay tells whoever watches it: alive, ready or why not, and what its market is like."""

import asyncio
import json
import re
import socket
from urllib.error import HTTPError
from urllib.request import urlopen

from tests.gateway.gateway_clients import serving, until_served
from tests.gateway.relay.test_relay_process import port_of, relay_process
from tests.gateway.test_broadcast import PushFeed

from ticktape.gateway.live import BroadcastSource
from ticktape.market import Market
from ticktape.tape.batch import Batch
from ticktape.tape.layouts import Schema


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


async def get(port, path):
    def ask():
        try:
            with urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            return error.code, error.read().decode()

    return await asyncio.to_thread(ask)


async def ready(port, *codes):
    """Wait until these are the reasons; give the status."""
    async with asyncio.timeout(20):
        while True:
            status, text = await get(port, "/ready")
            reasons = json.loads(text)["reasons"]
            if [one["code"] for one in reasons] == list(codes):
                assert all(one["message"] and one["hint"] for one in reasons)
                return status


def values(text):
    found = re.findall(r"^(ticktape_\w+(?:\{.*\})?) (\S+)$", text, re.MULTILINE)
    return {name: float(value) for name, value in found}


async def test_a_relay_is_ready_while_its_upstream_is_there_and_a_book_is_valid(small_tape):
    feed, metrics_port = PushFeed(small_tape), free_port()
    market = Market()
    market.apply(Batch(Schema.MBO, small_tape.records))
    async with serving(BroadcastSource(feed)) as up:
        with relay_process(up.port, "--metrics-port", metrics_port) as process:
            await port_of(process)
            assert (await get(metrics_port, "/health"))[0] == 200
            status, text = await get(metrics_port, "/nothing")
            assert (status, list(json.loads(text))) == (404, ["code", "message", "hint"])
            assert await ready(metrics_port, "no-book") == 503
            await until_served(up)
            await feed.push(Batch(Schema.MBO, small_tape.records))
            assert await ready(metrics_port) == 200

            count = len(small_tape.records)
            async with asyncio.timeout(20):
                while True:
                    status, text = await get(metrics_port, "/metrics")
                    told = values(text)
                    if told.get('ticktape_records_total{schema="mbo"}') == count:
                        break
            assert status == 200
            assert told["ticktape_book_updates_total"] == count
            assert told["ticktape_batch_apply_seconds_count"] >= 1
            assert told["ticktape_books"] == market.book_count
            assert told["ticktape_live_orders"] == market.live_orders
            assert told["ticktape_crossings_total"] == market.counters["crossings"]
            unknown = 'ticktape_unknown_orders_total{action="cancel"}'
            assert told[unknown] == market.counters["unknown_cancels"]
            assert told["ticktape_feed_connected"] == 1
            assert told["ticktape_feed_lag_seconds"] > 0

            up.abort_sessions()
            await up.close()
            assert await ready(metrics_port, "not-connected") == 503
            told = values((await get(metrics_port, "/metrics"))[1])
            assert told["ticktape_feed_connected"] == 0
            assert (await get(metrics_port, "/health"))[0] == 200
