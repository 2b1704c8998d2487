"""Who reads has the whole tape, though ``ticktape up`` or a gateway is stopped or killed.

Readers come back with what they have (``Last-Event-ID``, ``start=``) to a server that was started
again on the same tape, and what they hold in the end is the tape.
"""

import asyncio
import signal
import time
from contextlib import suppress

import aiohttp
import numpy as np
import pytest
from tests.cli.test_gateway_command import gateway_process
from tests.cli.test_up import get, get_any, up, wait_for
from tests.gateway.gateway_clients import RawClient
from tests.server.book_reader import BookReader, decode
from tests.server.event_stream import event_client

from ticktape.cli.main import run
from ticktape.market import Market
from ticktape.tape import Batch, Schema, read_dbn

EFFECTS = "/api/mbo/stream/json/0"
LEVELS = 20
ENDINGS = [signal.SIGTERM, signal.SIGKILL]
FIELDS = ("order_id", "ts_recv", "ts_event", "price_i64", "size", "sequence")


@pytest.fixture(scope="module")
def tape(tmp_path_factory):
    """Twelve seconds of the simulated exchange."""
    path = tmp_path_factory.mktemp("tape") / "market.dbn"
    assert run(["simulate", str(path), "--seconds", "12", "--rate", "3000", "--seed", "5"]) == 0
    return path


@pytest.fixture(scope="module")
def orders(tape):
    return np.concatenate([one.records for one in read_dbn(tape, schema=Schema.MBO)])


def end(process, number):
    """Tell or kill the server; a server that is told ends within five seconds and says so."""
    begun = time.monotonic()
    process.send_signal(number)
    output, _ = process.communicate(timeout=20)
    if number == signal.SIGTERM:
        assert time.monotonic() - begun < 5
        assert process.returncode == 0, output
    else:
        assert process.returncode == -signal.SIGKILL


async def ended(process, number):
    """End the server beside the loop, so that readers read what it still says."""
    await asyncio.to_thread(end, process, number)


class Load:
    """Clients that ask for books and read live data as fast as they can, while the server is."""

    def __init__(self, address):
        self._address = address
        self.answers = 0

    async def __aenter__(self):
        self._http = aiohttp.ClientSession()
        self._tasks = [asyncio.create_task(self._ask()) for _ in range(6)]
        self._tasks += [asyncio.create_task(self._listen()) for _ in range(6)]
        async with asyncio.timeout(30):
            while self.answers < 100:
                await asyncio.sleep(0.01)

    async def __aexit__(self, *_):
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._http.close()

    async def _ask(self):
        with suppress(aiohttp.ClientError):
            while True:
                async with self._http.get(f"{self._address}/api/book/ES.FUT") as answer:
                    await answer.read()
                self.answers += 1

    async def _listen(self):
        live = f"{self._address}/ws/live?symbols=ES.FUT&schema=trades,mbp-10"
        with suppress(aiohttp.ClientError):
            async with self._http.ws_connect(live, max_msg_size=0) as socket_:
                async for _ in socket_:
                    self.answers += 1


def ready(address):
    wait_for(lambda: '"status":"ready"' in get_any(f"{address}/ready"))
    wait_for(lambda: '"indexed":1.0' in get(f"{address}/api/source"))


def told(event):
    """Give what an event tells of its record, as the tape has it."""
    record = event.data["record"]
    return tuple(int(record[name]) for name in FIELDS)


async def read_effects(address, held, until=None):
    """Read on behind what is held; the last event where the server says the end, or None."""
    headers = {"Last-Event-ID": str(held[-1].id)} if held else {}
    async with event_client(address, EFFECTS, headers) as client:
        with suppress(ConnectionError, asyncio.IncompleteReadError, ValueError):
            async for event in client.events():
                if event.name == "stream_end":
                    return event
                if event.id is not None:
                    held.append(event)
                if until is not None:
                    until(len(held))
    return None


@pytest.mark.parametrize("number", ENDINGS)
async def test_a_reader_of_effects_resumes_with_its_last_id_and_has_the_tape(
    tape, orders, tmp_path, number
):
    held = []
    with up("--replay", tape, "--speed", "1", cwd=tmp_path) as (process, address):
        await asyncio.to_thread(ready, address)
        async with Load(address):
            begun = asyncio.Event()
            reading = asyncio.create_task(
                read_effects(address, held, lambda count: count > 3_000 and begun.set())
            )
            await begun.wait()
            await ended(process, number)
            last = await reading
    before = len(held)
    assert 3_000 < before < len(orders), "it ended in the middle of the stream"
    if number == signal.SIGTERM:
        assert last.data["next"] == held[-1].id + 1
        assert last.data["reason"] == "closing"
    with up("--replay", tape, "--paused", cwd=tmp_path) as (_, address):
        last = await read_effects(address, held)
    assert last.data == {"reason": "end", "next": len(orders)}
    assert [event.id for event in held] == list(range(len(orders)))
    names = ("order_id", "ts_recv", "ts_event", "price", "size", "sequence")
    assert [told(event) for event in held] == list(
        zip(*(orders[name].tolist() for name in names), strict=True)
    )


def books_at(orders, position):
    """Give the books of the tape as they stood at a position: sizes and counts by place."""
    market = Market()
    market.apply(Batch(Schema.MBO, orders[:position].copy()))
    return {
        (publisher, instrument): {
            (side, int(level["price"])): (int(level["size"]), int(level["count"]))
            for side, levels in zip(
                "BA", market.book(instrument, publisher).levels(LEVELS), strict=True
            )
            for level in levels
        }
        for publisher, instrument in sorted(market.keys())
    }


class BookSurvivor:
    """A reader of the book stream; what it held when a connection ended stays."""

    def __init__(self):
        self.reader = None

    async def read(self, address, done=lambda _: False):
        """Read until it is done, or the server is gone; gives the code of the close."""
        query = f"symbols=ES.FUT&levels={LEVELS}&rate=60&format=binary"
        async with (
            aiohttp.ClientSession() as http,
            http.ws_connect(f"{address}/ws/book?{query}", max_msg_size=0) as connection,
        ):
            self.reader = BookReader(connection)
            async for message in connection:
                await self.reader.take(decode(message.data))
                if done(self.position):
                    break
            return connection.close_code

    @property
    def position(self):
        return max((head["position"] for head in self.reader.heads.values()), default=0)

    def holds_the_books_of(self, orders):
        """Hold each book to the tape's at the position that it was shown at."""
        assert self.reader.missed == 0
        assert self.reader.books
        for key, levels in self.reader.books.items():
            shown = {place: level[:2] for place, level in levels.items()}
            assert shown == books_at(orders, self.reader.heads[key]["position"])[key]


@pytest.mark.parametrize("number", ENDINGS)
async def test_a_reader_of_books_holds_those_of_the_tape_at_the_end_and_after_it(
    tape, orders, tmp_path, number
):
    survivor = BookSurvivor()
    with up("--replay", tape, "--speed", "1", cwd=tmp_path) as (process, address):
        await asyncio.to_thread(ready, address)
        async with Load(address):
            begun = asyncio.Event()
            reading = asyncio.create_task(
                survivor.read(address, lambda position: position > 3_000 and begun.set())
            )
            await begun.wait()
            await ended(process, number)
            code = await reading
    assert code == (1001 if number == signal.SIGTERM else 1006)
    assert 3_000 < survivor.position < len(orders), "it ended in the middle of the tape"
    survivor.holds_the_books_of(orders)
    with up("--replay", tape, "--speed", "max", cwd=tmp_path) as (_, address):
        async with asyncio.timeout(60):
            await survivor.read(address, lambda position: position == len(orders))
    survivor.holds_the_books_of(orders)


async def read_raw(port, held, count):
    """Go on behind what is held; read until so many are, or the session ends."""
    start_ns, again = 0, 0
    if held:
        # A start is of ``ts_event``, which venues send a little out of order: from a second before,
        # and what is held already is left out.
        times = np.concatenate(held)["ts_event"]
        start_ns = int(times[-1]) - 1_000_000_000
        again = int((times >= np.uint64(start_ns)).sum())
    client = await RawClient.authenticated(port)
    client.send(f"schema=mbo|symbols=ALL_SYMBOLS|start={start_ns}\nstart_session\n")
    with suppress(ConnectionError):
        async for batch in client.batches():
            if batch.schema is Schema.MBO:
                fresh = batch.records[again:]
                again -= len(batch.records) - len(fresh)
                held += [fresh] if len(fresh) else []
                if sum(map(len, held)) >= count:
                    break
    client.close()


@pytest.mark.parametrize("number", ENDINGS)
async def test_a_raw_session_resumes_by_time_and_has_the_bytes_of_the_tape(tape, orders, number):
    """Of ``ticktape gateway``, with a dozen other sessions beside it."""
    held = []
    others = [[] for _ in range(12)]
    with gateway_process(tape, "--speed", "1") as (process, port, _):
        reading = [asyncio.create_task(read_raw(port, one, len(orders))) for one in (held, *others)]
        async with asyncio.timeout(60):
            while min(sum(map(len, one)) for one in (held, *others)) < 3_000:
                await asyncio.sleep(0.01)
        await ended(process, number)
        await asyncio.gather(*reading)
    assert 3_000 <= sum(map(len, held)) < len(orders), "it ended in the middle of the tape"
    with gateway_process(tape) as (_, port, _):
        async with asyncio.timeout(60):
            await read_raw(port, held, len(orders))
    assert np.concatenate(held).tobytes() == orders.tobytes()
