"""Every label of the web server's metrics moves, as a scrape shows, and is there before it does."""

import asyncio

import numpy as np
import pytest
from tests.server.event_stream import event_client
from tests.server.flow_reader import FlowReader
from tests.server.market_day import CL, ES, MIDS, TICK, definitions, opening_book, stage
from tests.server.replaying import replaying
from tests.server.test_book_answers import orders
from tests.server.test_book_stream import ALL, KEY, BookReader, busy_batches, stream
from tests.server.test_flow_stream import flow, live
from tests.server.test_mbo_stream import PATH, busy_records, busy_tape  # noqa: F401 -- a fixture
from tests.server.test_metrics import samples_of, scrape
from tests.server.test_signals import signals
from tests.server.test_staying_up import until

from ticktape.ops.metrics import SERIES, render_metrics
from ticktape.server.limits import Limits
from ticktape.store import RecentLog
from ticktape.tape import Batch, Schema, new_records

UNDEFINED = 2**63 - 1
BID = ES * 1000  # The order that the made-up book begins with.
WRONG_RECORDS = {
    "duplicate_adds": (("A", "B", BID, MIDS[ES] - TICK, 5), 128),
    "over_cancels": (("C", "B", BID, MIDS[ES] - TICK, 9), 128),
    "mismatched_sides": (("C", "A", BID, MIDS[ES] - TICK, 5), 128),
    "mismatched_prices": (("C", "B", BID, MIDS[ES] - 7 * TICK, 5), 128),
    "bad_sides": (("A", "N", 9, MIDS[ES], 1), 128),
    "bad_actions": (("X", "B", 9, MIDS[ES], 1), 128),
    "undefined_prices": (("A", "B", 9, UNDEFINED, 1), 128),
    "zero_sizes": (("A", "B", 9, MIDS[ES] - TICK, 0), 128),
    "maybe_bad_books": (("A", "B", 9, MIDS[ES] - TICK, 1), 128 | 4),
}
ENDINGS = {"counter": "_total", "histogram": "_count", "gauge": ""}
# What is read at a scrape, where a viewer is scraped.
READ_AT_A_SCRAPE = [
    ("ticktape_record_errors_total", "kind", tuple(WRONG_RECORDS)),
    ("ticktape_unknown_orders_total", "action", ("cancel", "modify")),
    ("ticktape_book_levels", "side", ("bid", "ask")),
    ("ticktape_client_queue_depth", "client", ("live", "book", "flow")),
]


def begun():
    """Give the name, the label and the values of every series that is known beforehand."""
    for metric, values in SERIES:
        (family,) = metric.describe()
        yield family.name + ENDINGS[family.type], metric._labelnames[0], values


async def test_every_series_is_there_before_it_moves_and_no_other(demo):
    now = await scrape(demo)
    for name, label, values in (*begun(), *READ_AT_A_SCRAPE):
        found = {dict(own)[label] for of, own in now if of == name}
        assert found - {"of-the-test"} == set(values), name


async def test_records_are_counted_by_their_schema(demo):
    name = "ticktape_records_total"
    for schema in Schema:
        before = await scrape(demo)
        records = new_records(schema, 3)
        records["publisher_id"], records["instrument_id"] = 1, CL
        demo.feed.put(Batch(schema, records))
        async with asyncio.timeout(10):
            while (now := await scrape(demo)).value(name) < before.value(name) + 3:
                pass
        assert now.value(name, schema=schema) == before.value(name, schema=schema) + 3, schema


async def test_requests_are_counted_by_their_method(demo):
    name = "ticktape_http_requests_total"
    for method in ("GET", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "other"):
        before = await scrape(demo)
        asked = "ODD" if method == "other" else method
        async with demo.http.request(asked, demo.url + "/api/source"):
            pass
        after = await scrape(demo)
        # Of the two scrapes one is counted by then.
        own = 1 if method != "GET" else 2
        by = after.value(name, method=method) - before.value(name, method=method)
        assert by == own, method


async def test_keeping_a_signal_and_finding_it_are_operations_on_their_store():
    async with stage(live()) as running:
        before = await scrape(running)
        running.viewer.signals.keep(signals(1))
        assert (await running.get("/api/signals"))[1]["total"] == 1
        after = await scrape(running)
    for name in (
        "ticktape_store_operations_total",
        "ticktape_store_operation_duration_seconds_count",
    ):
        for operation in ("keep", "find"):
            assert after.value(name, operation=operation) > before.value(name, operation=operation)


@pytest.mark.parametrize("kind", WRONG_RECORDS)
async def test_each_kind_of_wrong_record_is_counted(demo, kind):
    row, flags = WRONG_RECORDS[kind]
    name = "ticktape_record_errors_total"
    before = await scrape(demo)
    wrong = orders(row)
    wrong.records["flags"] = flags
    await demo.show(wrong)
    assert (await scrape(demo)).value(name, kind=kind) == before.value(name, kind=kind) + 1


async def test_a_reader_of_each_stream_is_counted_while_it_reads_and_after(demo):
    before = await scrape(demo)

    async def moved(kind):
        now = await scrape(demo)
        assert now.value("ticktape_clients", client=kind) == 1
        name = "ticktape_stream_bytes_total"
        assert now.value(name, client=kind) > before.value(name, client=kind)

    async with demo.live("symbols=ES.FUT&schema=trades&recent=0") as socket:
        await socket.receive_json()
        await demo.show(busy_batches()[0])
        await socket.receive_json()
        await moved("live")
    async with stream(demo, ALL) as socket:
        await BookReader(socket).read_to(KEY, 1)
        await moved("book")
    async with flow(demo) as socket:
        await FlowReader(socket).catch_up("ESH6")
        await moved("flow")
    async with event_client(demo.url, PATH + "?from=0") as client:
        await client.take(1)
        await moved("effects")
    name = "ticktape_stream_duration_seconds_count"
    for kind in ("live", "book", "flow", "effects"):
        async with asyncio.timeout(10):
            while (now := await scrape(demo)).value("ticktape_clients", client=kind):
                pass
            while now.value(name, client=kind) <= before.value(name, client=kind):
                now = await scrape(demo)


async def test_a_slow_reader_of_a_book_waits_and_is_conflated():
    name = "ticktape_client_conflations_total"
    async with stage(limits=Limits(max_client_queue_bytes=1)) as running:
        await running.show(definitions(), opening_book(ES))
        before = await scrape(running)
        async with stream(running, f"{ALL}&format=binary") as socket:
            reader = BookReader(socket)
            await reader.read_to(KEY, 1)
            for batch in busy_batches(parts=40):
                await running.show(batch)
            await until(
                lambda: (
                    samples_of(render_metrics()).value(name, client="book")
                    > before.value(name, client="book")
                )
            )
            (client,) = running.viewer.book_streams.clients
            client.send_first(b"one that waits")
            found = samples_of(render_metrics())
            assert found.value("ticktape_client_queue_depth", client="book") >= 1


async def test_records_that_a_reader_of_effects_missed_are_drops():
    name = "ticktape_client_drops_total"
    records = np.tile(busy_records(), 20)
    async with stage() as running:
        await running.show(definitions())
        before = await scrape(running)
        running.viewer.mbo_streams._log = log = RecentLog(max_bytes=1 << 20)
        async with event_client(running.url, PATH) as client:
            for part in np.array_split(records, 20):
                await log.write(Batch(Schema.MBO, part))
                await asyncio.sleep(0.01)
            running.feed.put(None)
            events = await client.all()
        missed = sum(event.data["records"] for event in events if event.name == "gap")
        after = await scrape(running)
    assert missed > 0
    assert after.value(name, client="effects") == before.value(name, client="effects") + missed


async def test_each_operation_on_a_store_is_counted_and_timed(demo, busy_tape):  # noqa: F811
    before = await scrape(demo)
    await demo.show(busy_batches()[0])
    log = demo.viewer.mbo_log
    log.read(0, 10)
    async with (
        replaying(busy_tape) as running,
        event_client(running.url, f"{PATH}?from=1000&limit=10") as client,
    ):
        await client.all()
    after = await scrape(demo)
    for name in (
        "ticktape_store_operations_total",
        "ticktape_store_operation_duration_seconds_count",
    ):
        for operation in ("read", "checkpoint", "append", "index"):
            assert after.value(name, operation=operation) > before.value(name, operation=operation)


async def test_each_limit_is_counted_where_it_refuses():
    name = "ticktape_refusals_total"
    async with stage(limits=Limits(max_websockets=1, max_symbols=1)) as running:
        before = await scrape(running)
        await running.get("/api/bbo?symbols=A,B")
        async with running.live("symbols=A") as one, running.live("symbols=A") as two:
            await one.receive_json()
            assert (await two.receive_json())["code"] == "over-limit"
        after = await scrape(running)
    for limit in ("symbols", "websockets"):
        assert after.value(name, limit=limit) == before.value(name, limit=limit) + 1, limit
