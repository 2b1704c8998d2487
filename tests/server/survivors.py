"""Readers of a book and of the effects whose data must be whole, whatever other clients do."""

import asyncio
from contextlib import asynccontextmanager

from tests.server.book_reader import BookReader
from tests.server.event_stream import event_client
from tests.server.market_day import ES
from tests.server.test_book_stream import busy_batches

KEY = (1, ES)
LEVELS = 200


class Survivors:
    """One reader of ``/ws/book`` and one of the effects, and the records that they are shown."""

    def __init__(self, running, book, effects):
        self.running = running
        self.book = book
        self.effects = effects
        self._waiting = iter(busy_batches(parts=60))

    async def take(self, batches=15):
        """Show some batches of a busy book; both readers get all of what was shown till then."""
        streams = self.running.viewer.book_streams
        for _ in range(batches):
            await self.running.show(next(self._waiting))
        async with asyncio.timeout(60):
            await self.book.read_to(KEY, streams.position)
            await self._read_effects_to(streams.position)

    async def have_all(self):
        """Show some more; hold the rebuilt book to the server's, and the ids to each other."""
        await self.take(5)
        status, answer = await self.running.get(f"/api/book/ESH6?levels={LEVELS}&orders=true")
        assert status == 200
        told = {
            ("B" if side == "bids" else "A", level["price_i64"]): (
                level["size"],
                level["count"],
                [(int(one["order_id"]), one["size"]) for one in level["orders"]],
            )
            for side in ("bids", "asks")
            for level in answer[side]
        }
        rebuilt = {
            place: (*level[:2], [(one[0], one[2]) for one in level[4]])
            for place, level in self.book.books[KEY].items()
        }
        assert rebuilt == told
        assert len(told) > 20
        assert self.book.missed == 0

    async def _read_effects_to(self, position):
        while self._next < position:
            event = await anext(self._events)
            if event.name == "gap":
                # Said, and as many as are missing: from here on it goes on.
                assert event.data["first"] >= self._next
                assert event.data["records"] <= event.data["next"] - event.data["first"]
                self._next = event.data["next"]
            elif event.id is not None:
                assert event.id == self._next
                self._next += 1

    async def begin(self):
        self._events = self.effects.events()
        self._next = 0
        await self.take(1)


@asynccontextmanager
async def survivors(running):
    """Connect both, and let them read a first batch."""
    url = f"{running.url}/ws/book?symbols=ES.FUT&levels={LEVELS}&orders=1&rate=60&format=binary"
    async with (
        running.http.ws_connect(url, max_msg_size=0) as socket,
        event_client(running.url, "/api/mbo/stream/json/0?from=0") as effects,
    ):
        both = Survivors(running, BookReader(socket), effects)
        await both.begin()
        yield both
