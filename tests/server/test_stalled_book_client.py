"""A reader of ``/ws/book`` whose socket stalls: bounded, counted, alone, and right afterwards."""

import asyncio
import gc
import socket
import tracemalloc

from tests.server.book_reader import BookReader
from tests.server.market_day import definitions, stage
from tests.server.test_book_stream import (
    ALL,
    KEY,
    book_of,
    busy_batches,
    stream,
    without_activity,
)
from tests.server.test_metrics import scrape

from ticktape.server.limits import Limits

QUEUE_BYTES = 200_000


async def test_a_peer_that_stalls_is_bounded_and_begins_anew_when_it_reads_on():
    batches = busy_batches(seed=13, count=6_000, parts=24)
    # What the sockets of both ends hold comes before what the server lets wait.
    rounds = 20
    async with stage(limits=Limits(max_client_queue_bytes=QUEUE_BYTES)) as running:
        await running.show(definitions(), batches[0])
        before = await scrape(running)
        async with (
            stream(running, f"{ALL}&format=binary") as quick,
            stream(running, f"{ALL}&format=binary") as other,
        ):
            reader, late = BookReader(quick), BookReader(other)
            await reader.read_to(KEY, 1)
            await late.read_to(KEY, 1)
            streams = running.viewer.book_streams
            # Nothing more is read of the socket: its buffers fill, then the server's waiting room.
            other._reader._protocol.pause_reading()
            own = other._reader._protocol.transport.get_extra_info("socket")
            own.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 14)
            position = len(batches[0].records)
            tracemalloc.start()
            for turn in range(rounds):
                for batch in batches[1:]:
                    await running.show(batch)
                    position += len(batch.records)
                    # The quick one keeps up, however slow the machine.
                    await reader.read_to(KEY, position)
                    assert all(one.waiting_bytes <= 4 * QUEUE_BYTES for one in streams.clients)
                if turn == rounds // 4:
                    gc.collect()
                    held, _ = tracemalloc.get_traced_memory()
                reader.columns.clear()
                reader.events.clear()
                if any(one.conflated for one in streams.clients) and turn > rounds // 4:
                    break
            gc.collect()
            grown = tracemalloc.get_traced_memory()[0] - held
            tracemalloc.stop()
            slow = max(streams.clients, key=lambda one: one.conflated)
            assert slow.conflated > 0
            assert [one.conflated for one in streams.clients if one is not slow] == [0]
            assert grown < 30_000_000
            assert reader.missed == 0
            other._reader._protocol.resume_reading()
            async with asyncio.timeout(60):
                await late.read_to(KEY, position)
            expected = book_of([batches[0], *batches[1:] * (turn + 1)], 50, orders=True)
            assert without_activity(reader.books[KEY]) == expected
            assert without_activity(late.books[KEY]) == expected
            assert late.missed == 0
            # The slow one was told, the other had nothing to be told.
            assert [one for one in reader.others if one["kind"] == "status"] == []
            told = [one for one in late.others if one["kind"] == "status"][-1]
            assert (told["conflated"], told["begun_anew"]) == (slow.conflated, slow.begun_anew)
            assert slow.begun_anew >= 1
            after = await scrape(running)
        name = "ticktape_client_conflations_total"
        counted = after.value(name, client="book") - before.value(name, client="book")
        assert counted == slow.conflated
