"""A small made-up market day, and a viewer that shows it on a real port."""

import asyncio
from contextlib import asynccontextmanager

import aiohttp
import numpy as np

from ticktape.server.source import Source
from ticktape.server.viewer import Viewer
from ticktape.tape import Batch, DbnWriter, Schema, make_metadata, new_records

START_NS = 1_767_623_400_000_000_000  # 2026-01-05T14:30:00Z
SECOND = 1_000_000_000
TICK = 250_000_000
ES, CL = 1001, 2001
SYMBOLS = {ES: "ESH6", CL: "CLH6"}
MIDS = {ES: 6_650 * SECOND, CL: 58 * SECOND}


def definitions():
    records = new_records(Schema.DEFINITION, 2)
    records["publisher_id"] = 1
    records["instrument_id"] = list(SYMBOLS)
    records["raw_symbol"] = [b"ESH6", b"CLH6"]
    records["asset"] = [b"ES", b"CL"]
    records["instrument_class"] = b"F"
    records["min_price_increment"] = TICK
    records["currency"] = b"USD"
    records["expiration"] = START_NS + 10**16
    records["activation"] = START_NS - 10**16
    records["security_update_action"] = b"A"
    records["ts_event"] = records["ts_recv"] = START_NS
    records["unit_of_measure_qty"] = 50 * SECOND
    return Batch(Schema.DEFINITION, records)


def opening_book(instrument=ES, levels=12):
    """Give one order of size 5 at each of some levels on both sides of the mid price."""
    records = new_records(Schema.MBO, 2 * levels)
    steps = np.arange(levels)
    records["price"][:levels] = MIDS[instrument] - TICK * (steps + 1)
    records["price"][levels:] = MIDS[instrument] + TICK * (steps + 1)
    records["side"] = [ord("B")] * levels + [ord("A")] * levels
    records["action"] = ord("A")
    records["size"] = 5
    records["order_id"] = instrument * 1000 + np.arange(2 * levels)
    return _finish(records, instrument, START_NS + np.arange(2 * levels, dtype=np.uint64))


def trades(count, instrument=ES, start_ns=START_NS + SECOND, every_ns=SECOND // 10, sequence=0):
    """Give trades of size 1, 2, 1, 2, … that buy and sell by turns; the book stays as it is."""
    records = new_records(Schema.MBO, count)
    turns = np.arange(count)
    records["price"] = MIDS[instrument] + TICK * np.where(turns % 2, -1, 1)
    records["size"] = 1 + turns % 2
    records["action"] = ord("T")
    records["side"] = np.where(turns % 2, ord("A"), ord("B"))
    batch = _finish(records, instrument, start_ns + turns.astype(np.uint64) * np.uint64(every_ns))
    batch.records["sequence"] = sequence + turns
    return batch


def _finish(records, instrument, times):
    records["publisher_id"] = 1
    records["instrument_id"] = instrument
    records["ts_event"] = records["ts_recv"] = times
    records["flags"] = 128
    return Batch(Schema.MBO, records)


def write_tape(path, *batches):
    metadata = make_metadata("GLBX.MDP3", None, START_NS, None, stype_in=None)
    with DbnWriter(path, metadata) as writer:
        for batch in batches:
            writer.write(batch)
    return path


def day_tape(folder, count=100):
    """Write a tape: definitions, both books, trades of both instruments, ten a second."""
    return write_tape(
        folder / "day.dbn",
        definitions(),
        opening_book(ES),
        opening_book(CL),
        *(
            trades(1, one, START_NS + SECOND + turn * SECOND // 10 + offset, sequence=turn)
            for turn in range(count)
            for offset, one in ((0, ES), (7, CL))
        ),
    )


class HandFeed:
    """A feed that gives what a test puts in."""

    def __init__(self):
        self.queue = asyncio.Queue()

    def put(self, *batches):
        for batch in batches:
            self.queue.put_nowait(batch)

    async def __aiter__(self):
        while (batch := await self.queue.get()) is not None:
            yield batch


class Stage:
    def __init__(self, viewer, feed, http):
        self.viewer = viewer
        self.feed = feed
        self.http = http
        self.url = f"http://127.0.0.1:{viewer.server.port}"

    async def show(self, *batches):
        """Give batches, and wait until the hub has them all."""
        hub = self.viewer.hub
        expected = hub.records + sum(len(batch.records) for batch in batches)
        self.feed.put(*batches)
        while hub.records < expected:
            await asyncio.sleep(0.001)

    async def get(self, path, **options):
        async with self.http.get(self.url + path, **options) as answer:
            kind = answer.content_type
            return answer.status, (
                await answer.json(content_type=None) if "json" in kind else await answer.text()
            )

    async def post(self, path, body, **options):
        async with self.http.post(self.url + path, json=body, **options) as answer:
            return answer.status, await answer.json()

    def live(self, query, **options):
        return self.http.ws_connect(f"{self.url}/ws/live?{query}", max_msg_size=0, **options)


@asynccontextmanager
async def stage(source=None, feed=None, **options):
    viewer = Viewer(
        source or Source("SIMULATED", "GLBX.MDP3", ["mbo"], ["ES.FUT"]), port=0, **options
    )
    viewer.source.start_ns = START_NS
    feed = feed or HandFeed()
    await viewer.start()
    showing = asyncio.create_task(viewer.show(feed))
    try:
        async with aiohttp.ClientSession() as http:
            yield Stage(viewer, feed, http)
    finally:
        showing.cancel()
        await asyncio.wait({showing})
        await viewer.close()


async def read_until(socket, done, limit=5_000):
    """Read messages until one satisfies; give them all."""
    messages = []
    async with asyncio.timeout(15):
        while len(messages) < limit:
            messages.append(await socket.receive_json())
            if done(messages[-1]):
                return messages
    raise AssertionError(f"not among {limit} messages")
