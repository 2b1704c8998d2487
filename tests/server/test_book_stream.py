"""``/ws/book``: what clients hold is the book, however late, slow or forgetful they are."""

import asyncio

import numpy as np
import pytest
from tests.conformance.streams import valid_stream
from tests.server.book_reader import BookReader, decode
from tests.server.market_day import CL, ES, SECOND, definitions, opening_book, stage, trades

from ticktape.book import MboBook
from ticktape.book.ladder import read_ladder
from ticktape.feeds.marks import Mark, make_mark
from ticktape.server import book_stream_group
from ticktape.server.book_frames import BookFlag
from ticktape.server.book_stream_group import BookGroup
from ticktape.server.source import Source
from ticktape.tape import Batch, Schema, new_records
from ticktape.tape.gaps import Gap, gap_batch
from ticktape.tape.layouts import F_LAST

KEY = (1, ES)
ALL = "symbols=ES.FUT&orders=1&volume=1&events=1&every_ms=100&rate=60&levels=50"


def stream(running, query, **options):
    return running.http.ws_connect(f"{running.url}/ws/book?{query}", max_msg_size=0, **options)


def busy_batches(seed=1, count=3_000, instrument=ES, parts=20):
    """Records of one book as a venue sends them, as some batches; event ends at each cut."""
    records = valid_stream(seed, 3 * count)
    records = records[(records["publisher_id"] == 1) & (records["instrument_id"] == 100)][:count]
    records["instrument_id"] = instrument
    records["order_id"] += 1 << 53
    times = np.uint64(1_767_623_500 * SECOND) + np.arange(
        len(records), dtype=np.uint64
    ) * np.uint64(7_000_000)
    records["ts_event"] = records["ts_recv"] = times
    size = len(records) // parts
    batches = []
    for start in range(0, size * parts, size):
        part = records[start : start + size].copy()
        part["flags"][-1] |= 128
        batches.append(Batch(Schema.MBO, part))
    return batches


def book_of(batches, levels, *, orders):
    book = MboBook(*KEY)
    for batch in batches:
        book.update(batch.records[batch.records["instrument_id"] == KEY[1]])
    ladder = read_ladder(book, levels, orders=orders)
    found, at = {}, 0
    for level in ladder.levels:
        own = ladder.orders[at : at + level["listed"]].tolist()
        at += len(own)
        found[chr(level["side"]), int(level["price"])] = (
            int(level["size"]),
            int(level["count"]),
            [tuple(one) for one in own],
        )
    return found


def told(method, event):
    """Give a method that says when it has been called."""

    def telling(*arguments):
        method(*arguments)
        event.set()

    return telling


def without_activity(book):
    return {place: (*level[:2], level[4]) for place, level in book.items()}


async def test_a_book_that_was_amid_an_event_is_sent_when_the_event_ends(monkeypatch):
    monkeypatch.setattr(book_stream_group, "_EVENT_SECONDS", 3_600.0)
    whole, event = busy_batches(parts=2)
    event.records["flags"] &= np.uint8(0xFF - F_LAST)
    event.records["flags"][-1] |= F_LAST
    async with stage() as running:
        await running.show(definitions(), whole)
        async with stream(running, "symbols=ES.FUT&rate=60") as socket:
            reader = BookReader(socket)
            await reader.read_to(KEY, len(whole.records))
            shown = asyncio.Event()
            monkeypatch.setattr(BookGroup, "_tick", told(BookGroup._tick, shown))
            await running.show(Batch(Schema.MBO, event.records[:-1]))
            await shown.wait()
            await running.show(Batch(Schema.MBO, event.records[-1:]))
            async with asyncio.timeout(20):
                await reader.read_to(KEY, len(whole.records) + len(event.records))
    assert not reader.heads[KEY]["flags"] & BookFlag.IN_EVENT


@pytest.mark.parametrize("form", ["binary", "json"])
@pytest.mark.parametrize("orders", [0, 1])
async def test_a_snapshot_and_its_changes_are_always_the_book(form, orders):
    batches = busy_batches()
    async with stage() as running:
        await running.show(definitions(), batches[0])
        query = f"symbols=ES.FUT&levels=7&rate=60&orders={orders}&format={form}"
        async with stream(running, query) as socket:
            reader = BookReader(socket)
            connected = await reader.read()
            assert connected["kind"] == "connected"
            assert [one["symbol"] for one in connected["instruments"]] == ["ESH6"]
            for shown in range(1, len(batches)):
                done = batches[:shown]
                await reader.read_to(KEY, sum(len(one.records) for one in done))
                expected = book_of(done, 7, orders=bool(orders))
                assert without_activity(reader.books[KEY]) == expected
                assert reader.heads[KEY]["time"] == int(done[-1].records["ts_recv"][-1])
                await running.show(batches[shown])
            assert reader.missed == 0
            answer = await running.get("/api/book/ES.FUT?levels=7")
            await reader.read_to(KEY, sum(len(one.records) for one in batches))
    assert {
        ("B" if side == "bids" else "A", level["price_i64"]): (level["size"], level["count"])
        for side in ("bids", "asks")
        for level in answer[1][side]
    } == {place: level[:2] for place, level in reader.books[KEY].items()}


async def test_json_and_binary_tell_the_same():
    batches = busy_batches(seed=2)
    held = {}
    async with stage() as running:
        await running.show(definitions(), batches[0])
        async with (
            stream(running, f"{ALL}&format=binary") as binary,
            stream(running, f"{ALL}&format=json") as text,
        ):
            readers = {"binary": BookReader(binary), "json": BookReader(text)}
            for reader in readers.values():
                await reader.read_to(KEY, len(batches[0].records))
            for batch in batches[1:]:
                await running.show(batch)
            total = sum(len(batch.records) for batch in batches)
            for name, reader in readers.items():
                await reader.read_to(KEY, total)
                await reader.ask_for_snapshot(KEY)
                await reader.read_until(lambda message: message["kind"] == "snapshot")
                await reader.read_until(lambda message: message["kind"] == "events")
                newest = sorted(reader.events[KEY])[-200:]
                held[name] = (
                    reader.books[KEY],
                    reader.volumes[KEY],
                    reader.columns[KEY],
                    [reader.events[KEY][at] for at in newest],
                    {**reader.heads[KEY], "kind": "", "sequence": 0},
                )
    assert held["binary"] == held["json"]
    assert len(held["json"][3]) == 200
    assert len(held["json"][2]) > 100


async def test_clients_that_ask_alike_are_sent_the_same_bytes():
    batches = busy_batches()
    async with stage() as running:
        await running.show(definitions(), batches[0])
        async with (
            stream(running, f"{ALL}&format=binary") as one,
            stream(running, f"{ALL}&format=binary") as other,
        ):
            streams = running.viewer.book_streams
            readers = [BookReader(one), BookReader(other)]
            for reader in readers:
                await reader.read_until(lambda message: message["kind"] == "events")
            assert len(streams._groups) == 1
            await running.show(batches[1])
            frames = [(await socket.receive(timeout=5)).data for socket in (one, other)]
    assert frames[0] == frames[1]
    assert decode(frames[0])["kind"] == "changes"


async def test_twenty_late_joiners_hold_the_same_book_at_once():
    batches = busy_batches(seed=4)
    async with stage() as running:
        await running.show(definitions(), *batches[:5])
        sockets = [await stream(running, f"{ALL}&format=binary") for _ in range(20)]
        readers = [BookReader(socket) for socket in sockets]
        feeding = asyncio.create_task(running.show(*batches[5:]))
        total = sum(len(batch.records) for batch in batches)
        await asyncio.gather(*(reader.read_to(KEY, total) for reader in readers))
        await feeding
        expected = book_of(batches, 50, orders=True)
        for reader in readers:
            assert without_activity(reader.books[KEY]) == expected
            assert reader.missed == 0
            await reader.socket.close()


async def test_a_client_that_missed_a_message_asks_for_a_snapshot_and_is_right_again():
    batches = busy_batches(seed=5)
    async with stage() as running:
        await running.show(definitions(), batches[0])
        query = "symbols=ES.FUT&orders=1&rate=60&levels=50&format=binary"
        async with stream(running, query) as socket:
            reader = BookReader(socket)
            await reader.read_to(KEY, len(batches[0].records))
            position = len(batches[0].records)
            for turn, batch in enumerate(batches[1:]):
                await running.show(batch)
                position += len(batch.records)
                if turn == 5:
                    lost = decode((await socket.receive(timeout=5)).data)
                    assert lost["kind"] == "changes"
                else:
                    await reader.read_to(KEY, position)
            assert reader.missed == 1
            expected = book_of(batches, 50, orders=True)
    assert without_activity(reader.books[KEY]) == expected


async def test_volume_at_price_is_there_for_whoever_comes_late():
    async with stage() as running:
        await running.show(definitions(), opening_book(ES), trades(20), trades(3, CL))
        async with stream(running, "symbols=ES.FUT&volume=1&format=binary") as socket:
            reader = BookReader(socket)
            await reader.read_until(lambda message: message["kind"] == "volume")
            bought, sold = sorted(reader.volumes[KEY].items(), reverse=True)
            assert (bought[1], sold[1]) == ((10, 0, 0), (0, 20, 0))
            await running.show(trades(2, start_ns=1_767_624_000 * SECOND))
            await reader.read_until(lambda message: message["kind"] == "volume")
    assert sorted(reader.volumes[KEY].values()) == [(0, 22, 0), (11, 0, 0)]


async def test_columns_are_sent_when_their_time_is_over():
    batches = busy_batches(seed=6)
    async with stage() as running:
        await running.show(definitions(), batches[0])
        async with stream(running, "symbols=ES.FUT&every_ms=50&format=binary") as socket:
            reader = BookReader(socket)
            await reader.read_to(KEY, 1)
            await running.show(*batches[1:])
            await reader.read_to(KEY, sum(len(batch.records) for batch in batches))
            await socket.send_json({"action": "columns", "every_ms": 1_000})
            await reader.read_until(lambda message: message["kind"] == "snapshot")
            last = busy_batches(seed=7)[0]
            last.records["ts_recv"] += 3_600 * SECOND
            last.records["ts_recv"][-1] += 10 * SECOND
            await running.show(last)
            message = await reader.read_until(lambda message: message["kind"] == "columns")
    assert message["every_ms"] == 1_000
    begins = sorted(begin for begin in reader.columns[KEY])
    assert len(begins) > 100
    assert all(begin % 50_000_000 == 0 for begin in begins)


async def test_a_reset_drops_everything_and_a_snapshot_follows():
    batches = busy_batches(seed=8)
    async with stage() as running:
        await running.show(definitions(), *batches)
        async with stream(running, f"{ALL}&format=json") as socket:
            reader = BookReader(socket)
            await reader.read_to(KEY, 1)
            await running.show(make_mark(Mark.RESET, 1), *batches[:3])
            await reader.read_until(lambda message: message["kind"] == "reset")
            assert KEY not in reader.books
            await running.show(make_mark(Mark.CAUGHT_UP, 2))
            await reader.read_until(lambda message: message["kind"] == "snapshot")
            expected = book_of(batches[:3], 50, orders=True)
            assert without_activity(reader.books[KEY]) == expected
            await reader.read_until(lambda message: message["kind"] == "volume")
            traded = sum(sum(one) for one in reader.volumes[KEY].values())
    assert traded == sum(
        int(batch.records["size"][batch.records["action"] == ord("T")].sum())
        for batch in batches[:3]
    )


async def test_a_book_is_stale_after_a_gap_until_it_is_rebuilt():
    batches = busy_batches(seed=9)
    async with stage() as running:
        await running.show(definitions(), batches[0])
        async with stream(running, "symbols=ES.FUT&format=json&rate=60") as socket:
            reader = BookReader(socket)
            await reader.read_to(KEY, 1)
            assert reader.heads[KEY]["flags"] & 8 == 0
            await running.show(gap_batch(Gap(1, 2, "outage")))
            await reader.read_until(lambda message: message.get("flags", 0) & 8)
            await running.show(batches[1])
            await reader.read_to(KEY, 1 + len(batches[0].records))
            assert reader.heads[KEY]["flags"] & 8
            book = running.viewer.market.book(ES)
            await running.show(Batch(Schema.MBO, book.snapshot_records(5)))
            await reader.read_until(lambda message: message["flags"] & 8 == 0)


async def test_a_slow_client_misses_messages_and_begins_anew_while_others_lose_nothing():
    batches = busy_batches(seed=10, count=6_000, parts=40)
    async with stage() as running:
        await running.show(definitions(), batches[0])
        async with stream(running, f"{ALL}&format=binary") as socket:
            reader = BookReader(socket)
            await reader.read_to(KEY, 1)
            streams = running.viewer.book_streams
            (fast,) = streams.clients
            async with stream(running, f"{ALL}&format=binary") as other:
                slow_reader = BookReader(other)
                await slow_reader.read_to(KEY, 1)
                (slow,) = streams.clients - {fast}
                slow._most_bytes = 0
                position = len(batches[0].records)
                for batch in batches[1:]:
                    await running.show(batch)
                    position += len(batch.records)
                    await reader.read_to(KEY, position)
                await slow_reader.read_to(KEY, position)
                expected = book_of(batches, 50, orders=True)
                assert without_activity(slow_reader.books[KEY]) == expected
                assert without_activity(reader.books[KEY]) == expected
                assert slow.conflated > 0
                assert fast.conflated == 0
                assert slow_reader.missed == 0


async def test_an_instrument_that_appears_later_is_sent_by_itself():
    async with stage() as running:
        await running.show(definitions(), opening_book(ES))
        async with stream(running, "symbols=ES.FUT,CL.FUT,3001&format=json") as socket:
            reader = BookReader(socket)
            await reader.read_to(KEY, 24)
            assert [one["code"] for one in reader.others if one["kind"] == "error"] in (
                [],
                ["unknown-symbol"],
            )
            await running.show(opening_book(CL))
            await reader.read_to((1, CL), 48)
    assert len(reader.books[1, CL]) == 20


async def test_two_publishers_of_an_instrument_are_two_books():
    other = opening_book(ES, levels=3)
    other.records["publisher_id"] = 2
    async with stage() as running:
        await running.show(definitions(), opening_book(ES), other)
        async with stream(running, "symbols=ES.FUT&format=binary") as socket:
            reader = BookReader(socket)
            await reader.read_to((1, ES), 1)
            await reader.read_to((2, ES), 1)
    assert (len(reader.books[1, ES]), len(reader.books[2, ES])) == (20, 6)


async def test_nothing_is_followed_once_nobody_watches(demo):
    streams = demo.viewer.book_streams
    async with stream(demo, f"{ALL}&format=binary") as socket:
        await BookReader(socket).read_to(KEY, 1)
        assert list(streams._watched) == [KEY]
    async with asyncio.timeout(5):
        await streams.wait_until_left(5)
    assert not streams._watched
    assert not streams._groups


async def test_a_source_without_orders_is_sent_as_levels():
    quotes = new_records(Schema.MBP_10, 40)
    quotes["publisher_id"], quotes["instrument_id"] = KEY
    quotes["ts_event"] = quotes["ts_recv"] = 10 * np.arange(40) + 1
    quotes["flags"], quotes["action"] = 128, ord("A")
    for depth in range(10):
        quotes[f"bid_px_{depth:02}"] = 1_000 - depth
        quotes[f"ask_px_{depth:02}"] = 1_001 + depth
        quotes[f"bid_sz_{depth:02}"] = 5 + np.arange(40) % (depth + 1)
        quotes[f"ask_sz_{depth:02}"] = 7
    quotes["action"][7], quotes["side"][7] = ord("T"), ord("B")
    quotes["price"][7], quotes["size"][7] = 1_001, 3
    source = Source("SIMULATED", "GLBX.MDP3", ["mbp-10"], ["ES.FUT"])
    async with stage(source) as running:
        await running.show(definitions(), Batch(Schema.MBP_10, quotes[:20].copy()))
        async with stream(running, f"{ALL}&format=json") as socket:
            reader = BookReader(socket)
            await reader.read_until(lambda message: message["kind"] == "volume")
            await running.show(Batch(Schema.MBP_10, quotes[20:].copy()))
            await reader.read_until(lambda message: message.get("time") == 391)
    book = reader.books[KEY]
    assert len(book) == 20
    assert book["B", 991] == (5 + 39 % 10, 0, 0, 0, [])
    assert reader.volumes[KEY] == {1_001: (3, 0, 0)}
    assert (reader.heads[KEY]["position"], reader.heads[KEY]["touch"]) == (0, 0)
    assert KEY not in reader.columns
