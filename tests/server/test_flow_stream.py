"""``/ws/flow``: the past, then what happens; however late, slow or mistaken a client is."""

import asyncio
import json
from collections import Counter

import pytest
from tests.server.flow_day import prints
from tests.server.flow_reader import FlowReader
from tests.server.market_day import (
    CL,
    ES,
    SECOND,
    START_NS,
    TICK,
    definitions,
    opening_book,
    stage,
    trades,
)

from ticktape.flow.instrument import flow_instrument
from ticktape.flow.instrument_flow import InstrumentFlow
from ticktape.ops.metrics import REGISTRY
from ticktape.server.source import Source
from ticktape.tape import Batch, Schema

DAY = prints(6_000)


def live():
    return Source("LIVE", "GLBX.MDP3", ["mbo"], ["ES.FUT"])


def flow(running, query="symbols=ES.FUT", **options):
    return running.http.ws_connect(f"{running.url}/ws/flow?{query}", max_msg_size=0, **options)


def parts(batch, count):
    size = -(-len(batch.records) // count)
    return [
        Batch(batch.schema, batch.records[at : at + size].copy())
        for at in range(0, len(batch.records), size)
    ]


def count_of(name, **labels):
    return REGISTRY.get_sample_value(name, labels) or 0.0


async def studied(running):
    """Wait until the studies, which come last, have what was shown."""
    while running.viewer.flow_streams.records < running.viewer.hub.records:
        await asyncio.sleep(0.001)


async def holds_all_of(reader, running):
    """Read until what is held is what the studies have made of all that was shown."""
    await studied(running)
    streams = running.viewer.flow_streams

    def expected():
        levels = streams.followed[ES].studies.engine.prints.profile.levels()
        return {
            price / SECOND: (buy, sell, unsided) for price, buy, sell, unsided in levels.tolist()
        }

    def held():
        return {
            price: (one["buyVolume"], one["sellVolume"], one["unsidedVolume"])
            for price, one in reader.held["ESH6"].profile.items()
        }

    async with asyncio.timeout(20):
        while held() != expected() or not reader.held["ESH6"].caught:
            await reader.read()
    await reader.read_for(0.3)
    return reader.held["ESH6"]


@pytest.fixture
async def morning():
    """A viewer that has shown the first half of a busy morning; and its second half."""
    batches = parts(DAY, 60)
    async with stage(live()) as running:
        await running.show(definitions(), opening_book(ES), *batches[:30])
        yield running, batches[30:]


async def test_a_late_joiner_holds_what_an_early_one_holds():
    async with stage(live()) as running:
        await running.show(definitions(), opening_book(ES))
        async with flow(running) as socket:
            early = FlowReader(socket)
            await early.catch_up("ESH6")
            for batch in parts(DAY, 40):
                await running.show(batch)
            await holds_all_of(early, running)
            async with flow(running) as other:
                late = FlowReader(other)
                await late.catch_up("ESH6")
                await late.read_for(0.3)
    assert early.begins == late.begins == {"ESH6": 1}
    for first, second in zip(early.held["ESH6"].all(), late.held["ESH6"].all(), strict=True):
        assert first == second
    told = Counter(message["type"] for message in early.messages)
    for kind in ("Bubble", "Sweep", "CVDPoint", "Developing", "Absorption", "DeltaFlip", "Signal",
                 "Confluence", "Outcome", "SessionStats", "Levels", "AbsorptionZones"):  # fmt: skip
        assert told[kind] > 0, kind


async def test_what_is_told_is_what_the_studies_make_of_the_same_records_at_once():
    engine = InstrumentFlow(flow_instrument("ESH6", ES, tick=TICK))
    rows = engine.update(Batch(Schema.MBO, DAY.records))
    async with stage(live()) as running:
        await running.show(definitions())
        async with flow(running) as socket:
            reader = FlowReader(socket)
            await reader.catch_up("ESH6")
            for batch in parts(DAY, 50):
                await running.show(batch)
            held = await holds_all_of(reader, running)
    bubbles, points = held.events["Bubble"], held.events["CVDPoint"]
    assert [int(one["tsNs"]) for one in bubbles] == rows["windows"]["end_ns"].tolist()
    assert [one["size"] for one in bubbles] == rows["windows"]["size"].tolist()
    assert [one["price"] for one in bubbles] == (rows["windows"]["price"] / SECOND).tolist()
    assert [one["value"] for one in points] == rows["cvd"]["close"].tolist()
    assert [one["buckets"] for one in points] == rows["cvd"]["buckets"][:, :4].tolist()
    closed = [bar for bar in held.bars.values() if bar["closed"]]
    assert [bar["volume"] for bar in closed] == rows["footprints"]["volume"].tolist()
    assert sum(len(bar["levels"]) for bar in closed) == len(rows["footprint_levels"])
    assert len(held.signals) == len({
        (int(row["kind"]), int(row["ts_ns"]), int(row["direction"]), int(row["price"]))
        for row in rows["signals"]
    })  # fmt: skip
    summary = engine.prints.profile.summary()
    assert held.states["VolumeProfile"]["poc"] == summary.poc / SECOND
    assert held.states["VolumeProfile"]["total"] == summary.total


async def test_signals_are_kept_though_nobody_watches_and_told_with_what_came_of_them(morning):
    running, rest = morning
    await running.show(*rest)
    await studied(running)
    status, kept = await running.get("/api/signals?limit=200")
    assert status == 200
    assert kept["total"] > 20
    async with flow(running) as socket:
        reader = FlowReader(socket)
        held = await reader.catch_up("ESH6")
    assert len(held.signals) == kept["total"]
    for row in kept["signals"]:
        told = dict(held.signals[row["id"]])
        assert told.pop("type") == "Signal"
        assert {**told, "created_at": ""} == {**row, "created_at": ""}
    _, stats = await running.get("/api/stats")
    shown = held.states["SessionStats"]
    assert stats["by_type"]["absorption"]["count"] >= shown["absorptions"]["count"] > 0
    _, sessions = await running.get("/api/sessions")
    assert [one["id"] for one in sessions["sessions"]] == ["ESH6-2026-01-05"]
    assert sessions["sessions"][0]["signals"] == kept["total"]


async def test_bubbles_below_the_clients_size_are_not_sent(morning):
    running, rest = morning
    async with flow(running) as all_of_them, flow(running, "symbols=ES.FUT&min_size=40") as some:
        every, large = FlowReader(all_of_them), FlowReader(some)
        await every.catch_up("ESH6")
        await large.catch_up("ESH6")
        await running.show(*rest[:10])
        await holds_all_of(every, running)
        await holds_all_of(large, running)
        bubbles = every.held["ESH6"].events["Bubble"]
        assert large.held["ESH6"].events["Bubble"] == [one for one in bubbles if one["size"] >= 40]
        assert large.held["ESH6"].events["CVDPoint"] == every.held["ESH6"].events["CVDPoint"]
        await some.send_json({"action": "set_min_size", "min_size": 0})
        before = len(large.held["ESH6"].events["Bubble"])
        await asyncio.sleep(0.05)
        await running.show(*rest[10:])
        await holds_all_of(every, running)
        await holds_all_of(large, running)
        new = large.held["ESH6"].events["Bubble"][before:]
    assert new == every.held["ESH6"].events["Bubble"][-len(new) :]
    assert min(one["size"] for one in new) < 40


async def test_only_levels_that_changed_are_sent(morning):
    running, rest = morning
    async with flow(running) as socket:
        reader = FlowReader(socket)
        held = await reader.catch_up("ESH6")
        whole = [one for one in reader.messages if one["type"] == "VolumeProfile"]
        assert [one["whole"] for one in whole] == [True]
        await running.show(rest[0])
        change = await reader.read_until(lambda one: one["type"] == "VolumeProfile")
        traded = set((rest[0].records["price"] / SECOND).tolist())
        assert change["whole"] is False
        assert {one["price"] for one in change["levels"]} == traded
        assert len(held.profile) > len(traded)


async def test_bars_of_another_length_are_made_of_the_past_too(morning):
    running, rest = morning
    async with flow(running) as socket:
        reader = FlowReader(socket)
        minutes = (await reader.catch_up("ESH6")).bars
        await socket.send_json({"action": "set_bars", "symbol": "ESH6", "every": "5m"})
        again = await reader.read_until(lambda one: one["type"] == "Begin")
        assert again["reason"] == "bars"
        held = await reader.catch_up("ESH6")
        assert {bar["every"] for bar in held.bars.values()} == {"5m"}
        await running.show(*rest)
        held = await holds_all_of(reader, running)
        longer = list(held.bars.values())
        async with flow(running) as other:
            minutes = (await FlowReader(other).catch_up("ESH6")).bars
    assert sum(bar["volume"] for bar in longer) == sum(bar["volume"] for bar in minutes.values())
    assert [int(bar["startNs"]) % (300 * SECOND) for bar in longer] == [0] * len(longer)
    for bar in longer:
        within = [
            one
            for one in minutes.values()
            if int(bar["startNs"]) <= int(one["startNs"]) < int(bar["endNs"])
        ]
        assert (bar["open"], bar["close"]) == (within[0]["open"], within[-1]["close"])
        assert bar["high"] == max(one["high"] for one in within)
        assert bar["delta"] == sum(one["delta"] for one in within)


async def test_the_profile_of_a_range_is_that_of_its_prints(morning):
    running, _ = morning
    first, last = START_NS + 100 * SECOND, START_NS + 200 * SECOND
    asked = {"action": "profile_range", "symbol": "ESH6", "fromNs": str(first), "toNs": str(last)}
    async with flow(running) as socket:
        reader = FlowReader(socket)
        await reader.catch_up("ESH6")
        await socket.send_json({**asked, "id": "mine"})
        answer = await reader.read_until(lambda one: one.get("scope") == "range")
    times = DAY.records["ts_event"].astype("i8")
    own = DAY.records[(times >= first) & (times < last)]
    volumes = Counter()
    for price, size in zip(own["price"].tolist(), own["size"].tolist(), strict=True):
        volumes[price / SECOND] += size
    assert {one["price"]: one["totalVolume"] for one in answer["levels"]} == dict(volumes)
    assert (answer["id"], answer["whole"], answer["fromNs"]) == ("mine", True, str(first))


@pytest.mark.parametrize(
    "query", ["min_size=-1", "min_size=x", "min_size=5000000000", "stype_in=smart", "rate=5"]
)
async def test_a_query_that_cannot_be_is_refused(demo, query):
    async with flow(demo, query) as socket:
        refusal = await socket.receive_json(timeout=5)
        assert (refusal["type"], refusal["code"]) == ("Error", "bad-value")
        assert refusal["hint"]
        assert (await socket.receive(timeout=5)).data == 1008


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("no json", "bad-value"),
        ("[]", "bad-value"),
        ("{}", "bad-value"),
        ({"action": "dance"}, "bad-value"),
        ({"action": "set_min_size"}, "bad-value"),
        ({"action": "set_min_size", "min_size": -1}, "bad-value"),
        ({"action": "set_min_size", "min_size": 5, "symbol": "CLH6"}, "not-watched"),
        ({"action": "set_min_size", "min_size": 5, "symbol": "XYZ"}, "unknown-symbol"),
        ({"action": "set_bars", "symbol": "ESH6", "every": "0m"}, "bad-value"),
        ({"action": "set_bars", "symbol": "ESH6", "every": "25h"}, "bad-value"),
        ({"action": "profile_range", "symbol": "ESH6"}, "bad-value"),
        ({"action": "profile_range", "symbol": "ESH6", "fromNs": "9", "toNs": "9"}, "bad-value"),
        ({"action": "replay_pause"}, "not-a-replay"),
        ({"action": "replay_seek", "progress": 0.5}, "not-a-replay"),
        ({"action": "x" * 5_000}, "bad-value"),
    ],
)
async def test_what_a_client_says_wrongly_is_told_and_changes_nothing(demo, said, code):
    async with flow(demo, "symbols=ESH6") as socket:
        reader = FlowReader(socket)
        await reader.catch_up("ESH6")
        await socket.send_str(said if isinstance(said, str) else json.dumps(said))
        error = await reader.read_until(lambda one: one["type"] == "Error")
        assert error["code"] == code
        await demo.show(trades(30, start_ns=START_NS + 60 * SECOND))
        await reader.read_until(lambda one: one["type"] == "Bubble")


async def test_an_instrument_that_appears_later_is_sent_by_itself():
    async with stage(live()) as running, flow(running, "symbols=ESH6,NQH6") as socket:
        reader = FlowReader(socket)
        await reader.read_until(lambda one: one["type"] == "Connected")
        await running.show(definitions(), opening_book(ES), trades(20))
        await reader.catch_up("ESH6")
        errors = [one for one in reader.others if one["type"] == "Error"]
        assert [one["code"] for one in errors] == ["unknown-symbol"]
        assert "NQH6" in errors[0]["message"]


async def test_a_spread_is_no_part_of_its_parent():
    made = definitions()
    made.records["raw_symbol"][1] = b"ESH6-ESM6"
    made.records["asset"][1] = b"ES"
    made.records["instrument_class"][1] = b"S"
    async with stage(live()) as running:
        await running.show(made, trades(20, ES), trades(20, CL))
        async with flow(running, "symbols=ES.FUT") as socket:
            connected = await FlowReader(socket).read_until(lambda one: one["type"] == "Connected")
        async with flow(running, "symbols=ESH6-ESM6") as socket:
            asked = await FlowReader(socket).read_until(lambda one: one["type"] == "Connected")
    assert [one["symbol"] for one in connected["instruments"]] == ["ESH6"]
    assert [(one["symbol"], one["isSpread"]) for one in asked["instruments"]] == [
        ("ESH6-ESM6", True)
    ]


async def test_a_symbol_that_nobody_watched_has_its_past_too():
    async with stage(live()) as running:
        await running.show(definitions(), trades(50, CL), trades(50, ES))
        await studied(running)
        assert list(running.viewer.flow_streams.followed) == [ES]
        async with flow(running, "symbols=CLH6") as socket:
            held = await FlowReader(socket).catch_up("CLH6")
            assert len(held.events["Bubble"]) == 4
            assert held.begin["byOrder"] == "all"
            assert list(running.viewer.flow_streams.followed) == [ES, CL]
        async with asyncio.timeout(5):
            await running.viewer.flow_streams.wait_until_left(5)
        assert list(running.viewer.flow_streams.followed) == [ES]


async def test_a_slow_client_begins_anew_and_others_lose_nothing():
    batches = parts(DAY, 60)
    dropped = count_of("ticktape_client_drops_total", client="flow")
    async with stage(live()) as running:
        await running.show(definitions(), batches[0])
        async with flow(running) as socket, flow(running) as other:
            fast, slow = FlowReader(socket), FlowReader(other)
            await fast.catch_up("ESH6")
            await slow.catch_up("ESH6")
            streams = running.viewer.flow_streams
            assert count_of("ticktape_clients", client="flow") == 2
            clients = list(streams.clients)
            clients[0]._most_bytes = 300
            for batch in batches[1:]:
                await running.show(batch)
            await holds_all_of(fast, running)
            await holds_all_of(slow, running)
            first, second = sorted((fast, slow), key=lambda one: one.begins["ESH6"])
    assert first.begins["ESH6"] == 1
    assert second.begins["ESH6"] > 1
    assert second.held["ESH6"].begin["reason"] == "slow"
    assert count_of("ticktape_client_drops_total", client="flow") > dropped
    for one, two in zip(first.held["ESH6"].all(), second.held["ESH6"].all(), strict=True):
        assert one == two


async def test_instruments_beyond_what_one_connection_is_sent_are_told(monkeypatch):
    monkeypatch.setattr("ticktape.server.flow_streams.MOST_INSTRUMENTS", 1)
    async with stage(live()) as running:
        await running.show(definitions(), trades(10))
        async with flow(running, "symbols=ESH6,CLH6") as socket:
            reader = FlowReader(socket)
            error = await reader.read_until(lambda one: one["type"] == "Error")
            await reader.catch_up("ESH6")
    assert error["code"] == "too-many-instruments"
    assert list(reader.held) == ["ESH6"]


async def test_the_settings_of_the_screen_are_told_at_the_beginning(demo):
    async with demo.http.put(f"{demo.url}/api/settings", json={"mute": True}) as answer:
        assert answer.status == 200
    async with flow(demo) as socket:
        connected = await FlowReader(socket).read_until(lambda one: one["type"] == "Connected")
    assert connected["settings"] == {"mute": True}
    assert (connected["mode"], connected["dataset"]) == ("simulated", "SIMULATED")
    (instrument, *_) = connected["instruments"]
    assert (instrument["tick"], instrument["pointValue"]) == (0.25, 50.0)
    assert instrument["session"]["tradeDate"] == "2026-01-05"
