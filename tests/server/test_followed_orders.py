"""``{"action": "follow"}``: every record of one order, whatever else is left out."""

import numpy as np
import pytest
from tests.server.book_reader import BookReader
from tests.server.market_day import CL, ES, MIDS, SECOND, START_NS, TICK, definitions, stage
from tests.server.market_day import opening_book as opening
from tests.server.test_book_stream import KEY, stream

from ticktape.feeds.marks import Mark, make_mark
from ticktape.tape import Batch, Schema, new_records

MINE = 1 << 60
PRICE = MIDS[ES] - TICK
OTHERS = 3_000
NONE, ADD, CANCEL, MODIFY = range(4)


def records(*rows, after=0):
    """Make records of (action, order, price, size); each ends its event but the fills."""
    made = new_records(Schema.MBO, len(rows))
    for row, (action, order_id, price, size) in zip(made, rows, strict=True):
        row["action"], row["order_id"], row["price"], row["size"] = (
            ord(action),
            order_id,
            price,
            size,
        )
        row["flags"] = 0 if action == "F" else 128
    made["side"] = ord("B")
    made["publisher_id"], made["instrument_id"] = KEY
    made["ts_event"] = made["ts_recv"] = START_NS + SECOND + after + np.arange(len(rows))
    return Batch(Schema.MBO, made)


def busy(*own, after=0):
    """Records of one order before thousands of others, in one batch."""
    others = [("A", 10_000 + after + i, PRICE - 5 * TICK, 1) for i in range(OTHERS)]
    return records(*own, *others, after=after)


FILLED = (("F", MINE, PRICE, 4), ("C", MINE, PRICE, 4))


def follow(socket, order_id):
    return socket.send_json({"action": "follow", "order_id": order_id})


class Own:
    """What a client was told of the order that it follows."""

    def __init__(self, reader):
        self.reader = reader
        self.told = []

    async def read(self, count):
        while len(self.told) < count:
            message = await self.reader.read()
            if message["kind"] == "events" and message["followed"]:
                # The book is never shown older than what is told of its order.
                assert self.reader.heads[KEY]["position"] > max(one[0] for one in message["events"])
                self.told += message["events"]
        return self.told


@pytest.mark.parametrize("form", ["binary", "json"])
@pytest.mark.parametrize("events", [0, 1])
async def test_every_record_is_told_however_many_others_come_behind_it(form, events):
    async with stage() as running:
        await running.show(definitions(), opening(ES), opening(CL))
        query = f"symbols=ES.FUT,CL.FUT&format={form}&events={events}&rate=60"
        async with stream(running, query) as socket:
            own = Own(BookReader(socket))
            await own.reader.read_to(KEY, 1)
            await running.show(records(("A", MINE, PRICE, 9)))
            await own.reader.read_to(KEY, 49)
            await follow(socket, str(MINE))
            # What the server still has of it is told at once.
            await own.read(1)
            await running.show(busy(("M", MINE, PRICE, 4), *FILLED, after=10_000))
            assert await own.read(4) == [
                (48, MINE, "A", ADD),
                (49, MINE, "M", MODIFY),
                (50, MINE, "F", NONE),
                (51, MINE, "C", CANCEL),
            ]
            # The latest records of the book are all the others.
            assert 51 not in own.reader.events.get(KEY, {})


async def test_it_is_told_to_that_client_alone_and_until_it_says_so():
    async with stage() as running:
        await running.show(definitions(), opening(ES))
        query = "symbols=ES.FUT&format=binary&rate=60"
        async with stream(running, query) as socket, stream(running, query) as other:
            own, bystander = Own(BookReader(socket)), BookReader(other)
            await own.reader.read_to(KEY, 1)
            await running.show(records(("A", MINE, PRICE, 9)))
            await bystander.read_to(KEY, 25)
            await follow(socket, str(MINE))
            await own.read(1)
            await running.show(busy(("M", MINE, PRICE, 5)))
            await own.read(2)
            await follow(socket, None)
            await own.reader.ask_for_snapshot(KEY)
            await own.reader.read_until(lambda message: message["kind"] == "snapshot")
            own.reader.events.clear()
            await running.show(busy(("M", MINE, PRICE, 4), after=20_000))
            for reader in (own.reader, bystander):
                await reader.read_to(KEY, 25 + 2 * (OTHERS + 1))
                assert not reader.events
            (watched,) = running.viewer.book_streams._watched.values()
            assert not watched.orders._kept


async def test_a_client_whose_books_are_left_out_is_told_what_became_of_its_order():
    async with stage() as running:
        await running.show(definitions(), opening(ES))
        query = "symbols=ES.FUT&format=binary&orders=1&rate=60&levels=50"
        async with stream(running, query) as socket:
            own = Own(BookReader(socket))
            await own.reader.read_to(KEY, 1)
            await running.show(records(("A", MINE, PRICE, 4)))
            await follow(socket, str(MINE))
            await own.read(1)
            (client,) = running.viewer.book_streams.clients
            client._most_bytes = 0
            await running.show(busy(*FILLED))
            await running.show(busy(after=20_000))
            assert [one[2] for one in await own.read(3)] == ["A", "F", "C"]
            assert client.conflated > 0
            await own.reader.read_to(KEY, 25 + 2 * OTHERS + 2)
    orders = [order for *_, level in own.reader.books[KEY].values() for order in level]
    assert MINE not in [order[0] for order in orders]


async def test_after_a_seek_it_is_followed_in_the_new_present():
    async with stage() as running:
        await running.show(definitions(), opening(ES))
        async with stream(running, "symbols=ES.FUT&format=binary&rate=60") as socket:
            own = Own(BookReader(socket))
            await own.reader.read_to(KEY, 1)
            await running.show(records(("A", MINE, PRICE, 4)))
            await follow(socket, str(MINE))
            await running.show(busy(*FILLED))
            await own.read(3)
            again = records(("A", MINE, PRICE, 4))
            await running.show(make_mark(Mark.RESET, 1), opening(ES), again)
            await running.show(make_mark(Mark.CAUGHT_UP, 2))
            await running.show(busy(*FILLED, after=50_000))
            told = await own.read(5)
    assert [one[2] for one in told] == ["A", "F", "C", "F", "C"]


@pytest.mark.parametrize("order_id", [7, "", "-1", "1.5", "٣", str(2**64), "9" * 21, ["1"]])
async def test_what_is_no_identifier_is_refused(demo, order_id):
    async with stream(demo, "symbols=ES.FUT&format=json") as socket:
        reader = BookReader(socket)
        await reader.read_to(KEY, 1)
        await follow(socket, order_id)
        error = await reader.read_until(lambda message: message["kind"] == "error")
        assert error["code"] == "bad-value"


async def test_an_order_that_nobody_knows_is_waited_for(demo):
    async with stream(demo, "symbols=ES.FUT&format=binary&rate=60") as socket:
        own = Own(BookReader(socket))
        await own.reader.read_to(KEY, 1)
        await follow(socket, str(2**64 - 1))
        await demo.show(busy(("A", 2**64 - 1, PRICE, 1)))
        assert [one[1:] for one in await own.read(1)] == [(2**64 - 1, "A", ADD)]
