"""Seeks by position, steps back, jumps and the seek bar, through the web API and real sockets."""

import asyncio
from datetime import date

import numpy as np
import pytest
from tests.server.book_reader import BookReader
from tests.server.market_day import read_until
from tests.server.replaying import replaying
from tests.store.orders import START, TICK, random_orders

from ticktape.tape import Batch, DbnWriter, Schema, make_metadata, new_records
from ticktape.tape.layouts import F_LAST, F_MAYBE_BAD_BOOK
from ticktape.tape.metadata import MappingInterval

COUNT = 200_000
GAPS = [100, 300, 500]
CROSSINGS = [200, 400]


@pytest.fixture(autouse=True)
def cache(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("TICKTAPE_TAPE_CACHE", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture(scope="module")
def records():
    made = random_orders(21, COUNT, instruments=1, step_ns=2_000_000)
    made["flags"] |= F_LAST
    return made


@pytest.fixture(scope="module", params=[".dbn", ".dbn.zst"])
def tape(request, tmp_path_factory, records):
    path = tmp_path_factory.mktemp("tapes") / f"long{request.param}"
    first, last = (int(records["ts_recv"][place]) for place in (0, -1))
    days = [MappingInterval(date(2026, 1, 1), date(2026, 2, 1), "10")]
    metadata = make_metadata("GLBX.MDP3", Schema.MBO, first, last + 1, ["TEN"], {"TEN": days})
    with DbnWriter(path, metadata) as writer:
        writer.write(Batch(Schema.MBO, records))
    return path


async def command(running, **body):
    status, state = await running.post("/api/replay", body)
    assert status == 200, state
    return state


async def indexed(running):
    while (state := (await running.get("/api/source"))[1]["replay"])["indexed"] != 1.0:
        assert state["indexed"] is not None
        await asyncio.sleep(0.02)
    return state


async def book_at(running, socket, records, position):
    """Wait for the book of the record before a position."""
    wanted = str(int(records["ts_event"][position - 1]))
    return (await read_until(socket, lambda m: m["type"] == "book" and m["ts_event"] == wanted))[-1]


async def test_a_seek_shows_the_same_wherever_it_comes_from(tape, records):
    async with replaying(tape) as running:
        state = await indexed(running)
        assert state["records_u64"] == COUNT
        shown = []
        async with running.live("symbols=TEN&schema=mbp-10,trades&batch=1") as socket:
            for position in (150_000, 199_000, 150_000, 20_000, 150_000):
                state = await command(running, action="seek", position=str(position))
                assert (state["position"], state["position_u64"]) == (str(position), position)
                assert state["mbo_position_u64"] == position
                book = await book_at(running, socket, records, position)
                if position == 150_000:
                    shown.append((book["bids"], book["asks"], book["live_orders"]))
    assert shown[0] == shown[1] == shown[2]


async def test_previous_and_next_undo_each_other(tape, records):
    async with replaying(tape) as running:
        await indexed(running)
        async with running.live("symbols=TEN&schema=mbp-10&batch=1") as socket:
            await command(running, action="seek", position="120000")
            await book_at(running, socket, records, 120_000)
            back = await command(running, action="step", events=-2)
            assert (back["position_u64"], back["paused"]) == (119_998, True)
            await book_at(running, socket, records, 119_998)
            await command(running, action="step", events=2)
            await book_at(running, socket, records, 120_000)


async def test_jumps_say_where_they_land(tape, records):
    trades = np.flatnonzero(records["action"] == ord("T"))
    async with replaying(tape) as running:
        await indexed(running)
        await command(running, action="seek", position="100000")
        state = await command(running, action="jump", to="next_trade")
        assert state["position_u64"] == trades[trades >= 100_000][0] + 1
        state = await command(running, action="jump", to="previous_trade")
        assert state["position_u64"] == trades[trades < 100_000][-1] + 1
        assert (await command(running, action="jump", to="end"))["position_u64"] == COUNT
        start = await command(running, action="jump", to="start")
        assert start["cursor_ns"] == start["start_ns"]


@pytest.fixture(scope="module")
def noted_tape(tmp_path_factory):
    """A quiet tape but for its gaps (records 100, 300, 500) and crossings (200, 400)."""
    records = new_records(Schema.MBO, 600)
    records["publisher_id"], records["instrument_id"] = 1, 10
    records["ts_event"] = records["ts_recv"] = START + 1_000_000 * np.arange(600)
    records["action"], records["side"], records["size"] = ord("T"), ord("B"), 1
    records["price"] = 105 * TICK
    records["flags"] = F_LAST
    for at, order, action, side, ticks in (
        (0, 1, b"A", b"B", 100),
        (1, 2, b"A", b"A", 110),
        *((at, at, b"A", b"B", 120) for at in CROSSINGS),
        *((at + 1, at, b"C", b"B", 120) for at in CROSSINGS),
        # A clear before each gap: a book is flagged anew only once it was whole again.
        *((at - 3, 0, b"R", b"N", 0) for at in GAPS),
        *((at - 2, 1, b"A", b"B", 100) for at in GAPS),
        *((at - 1, 2, b"A", b"A", 110) for at in GAPS),
    ):
        records["order_id"][at], records["price"][at] = order, ticks * TICK
        records["action"][at], records["side"][at] = action[0], side[0]
    records["flags"][GAPS] |= F_MAYBE_BAD_BOOK
    path = tmp_path_factory.mktemp("noted") / "noted.dbn"
    days = [MappingInterval(date(2026, 1, 1), date(2026, 2, 1), "10")]
    metadata = make_metadata(
        "GLBX.MDP3", Schema.MBO, START, START + 600_000_000, ["TEN"], {"TEN": days}
    )
    with DbnWriter(path, metadata) as writer:
        writer.write(Batch(Schema.MBO, records))
    return path


@pytest.mark.parametrize(("kind", "places"), [("gap", GAPS), ("crossing", CROSSINGS)])
async def test_jumps_land_on_each_gap_and_crossing_of_the_tape(noted_tape, kind, places):
    async with replaying(noted_tape) as running:
        await indexed(running)
        for way, start, along in (("next", 0, places), ("previous", 600, places[::-1])):
            await command(running, action="seek", position=str(start))
            for place in along:
                state = await command(running, action="jump", to=f"{way}_{kind}")
                assert state["position_u64"] == place + 1
                assert state["cursor_ns"] == str(START + 1_000_000 * place)
            body = {"action": "jump", "to": f"{way}_{kind}"}
            assert (await running.post("/api/replay", body))[0] == 404


async def test_a_jump_that_finds_nothing_says_so_and_stays(tape, records):
    async with replaying(tape) as running:
        await indexed(running)
        await command(running, action="seek", position=str(COUNT))
        status, body = await running.post("/api/replay", {"action": "jump", "to": "next_trade"})
        assert (status, body["code"]) == (404, "no-such-place")
        assert (await running.get("/api/source"))[1]["replay"]["position_u64"] == COUNT


async def test_a_jump_to_a_trade_of_one_instrument_passes_those_of_others(tmp_path):
    records = random_orders(22, 20_000, instruments=3, step_ns=2_000_000)
    records["flags"] |= F_LAST
    names = {int(one): f"I{one}" for one in np.unique(records["instrument_id"])}
    first, last = (int(records["ts_recv"][place]) for place in (0, -1))
    mappings = {
        name: [MappingInterval(date(2026, 1, 1), date(2026, 2, 1), str(one))]
        for one, name in names.items()
    }
    path = tmp_path / "three.dbn"
    metadata = make_metadata(
        "GLBX.MDP3", Schema.MBO, first, last + 1, list(names.values()), mappings
    )
    with DbnWriter(path, metadata) as writer:
        writer.write(Batch(Schema.MBO, records))
    async with replaying(path) as running:
        await indexed(running)
        for one, name in names.items():
            own = (records["action"] == ord("T")) & (records["instrument_id"] == one)
            trades = np.flatnonzero(own)
            await command(running, action="seek", position="10000")
            for way, place in (
                ("next", trades[trades >= 10_000][0]),
                ("next", trades[trades >= 10_000][1]),
                ("previous", trades[trades >= 10_000][0]),
                ("previous", trades[trades < 10_000][-1]),
            ):
                state = await command(running, action="jump", to=f"{way}_trade", symbol=name)
                assert state["position_u64"] == place + 1
        body = {"action": "jump", "to": "next_trade", "symbol": "NONE"}
        assert (await running.post("/api/replay", body))[0] == 404


async def test_the_seek_bar_counts_every_record_and_every_contract(tape, records):
    async with replaying(tape) as running:
        await indexed(running)
        status, bar = await running.get("/api/replay/activity?buckets=50")
    assert status == 200
    assert bar["indexed"] == 1.0
    assert 1 < len(bar["buckets"]) <= 50
    assert sum(bucket["records"] for bucket in bar["buckets"]) == COUNT
    sizes = records["size"][records["action"] == ord("T")]
    assert sum(bucket["volume"] for bucket in bar["buckets"]) == int(sizes.sum())
    assert bar["buckets"][0]["ts_ns"] == bar["start_ns"]
    assert bar["gap_count"] >= len(bar["gaps"]) > 0
    first = bar["gaps"][0]
    assert first["ts_ns"] == str(int(records["ts_recv"][int(first["position"])]))
    assert len(bar["crossings"]) <= 1_000


@pytest.mark.parametrize(
    "body",
    [
        {"action": "jump"},
        {"action": "jump", "to": "lunch"},
        {"action": "seek", "position": "-1"},
        {"action": "step", "events": 0},
    ],
)
async def test_a_wrong_command_is_refused(tape, body):
    async with replaying(tape) as running:
        status, answer = await running.post("/api/replay", body)
    assert (status, bool(answer["message"])) == (400, True)


async def test_after_a_seek_the_book_has_the_records_before_it(tape, records):
    position, key = 150_000, (1, 10)
    async with replaying(tape) as running:
        await indexed(running)
        query = "symbols=TEN&events=1&volume=1&format=binary"
        async with running.http.ws_connect(f"{running.url}/ws/book?{query}") as socket:
            reader = BookReader(socket)
            await command(running, action="seek", position=str(position))
            await reader.read_to(key, position)
            await reader.read_until(lambda message: message["kind"] == "events")
            held = reader.events[key]
            assert sorted(held) == list(range(position - 200, position))
            volumes = reader.volumes[key]
    trades = records[:position][records["action"][:position] == ord("T")]
    assert set(volumes) == set(trades["price"].tolist())


async def test_after_a_seek_back_no_column_of_later_times_is_sent(tape, records):
    key = (1, 10)
    async with replaying(tape) as running:
        await indexed(running)
        await command(running, action="seek", position="150000")
        query = "symbols=TEN&every_ms=100&format=binary"
        async with running.http.ws_connect(f"{running.url}/ws/book?{query}") as socket:
            reader = BookReader(socket)
            await reader.read_to(key, 150_000)
            await command(running, action="step", events=500)
            await reader.read_until(lambda message: message["kind"] == "columns")
            await command(running, action="seek", position="20000")
            await reader.read_until(lambda message: message["kind"] == "reset")
            await command(running, action="step", events=500)
            await reader.read_until(lambda message: message["kind"] == "columns")
    assert max(reader.columns[key]) < int(records["ts_recv"][20_500])


async def test_of_seeks_in_a_row_the_last_one_counts(tape, records):
    async with replaying(tape) as running:
        await indexed(running)
        async with running.live("symbols=TEN&schema=mbp-10&batch=1") as socket:
            for position in (190_000, 30_000, 180_000, 50_000, 170_000, 60_123):
                await command(running, action="seek", position=str(position))
            await book_at(running, socket, records, 60_123)
            _, source = await running.get("/api/source")
        assert source["replay"]["position_u64"] == 60_123
