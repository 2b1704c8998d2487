"""Order flow of a replay: at any cursor what playing up to it makes, and nothing beyond."""

import asyncio
import time
from collections import Counter

import numpy as np
import pytest
from tests.server.flow_day import morning_tape, prints
from tests.server.flow_reader import FlowReader
from tests.server.market_day import ES, SECOND, TICK, definitions, opening_book, write_tape
from tests.server.replaying import replaying
from tests.server.test_flow_stream import flow

from ticktape.flow.instrument import flow_instrument
from ticktape.flow.instrument_flow import InstrumentFlow
from ticktape.flow.thresholds import DEFAULT_THRESHOLDS, read_thresholds
from ticktape.server.flow_client import FlowView
from ticktape.server.flow_studies import FlowStudies, Origin
from ticktape.server.flow_symbol import FlowSymbol
from ticktape.store.signal_rows import SIGNAL_TYPES
from ticktape.tape import Schema, read_dbn
from ticktape.tape.files import open_tape

SYMBOL = "ESH6"
# Enough for checkpoints on the way.
COUNT = 80_000
# By these, some seconds have as much to tell as a morning has by the defaults.
HASTY = read_thresholds(
    {},
    [
        *("windows.length=100ms", "cvd.length=50ms", "absorption.window=100ms"),
        *("flips.flip_cooldown=100ms", "flips.reversal_cooldown=100ms"),
        *("confluence.cooldown=500ms", "outcomes.horizons=500ms,2s"),
    ],
)


@pytest.fixture(autouse=True)
def places(tmp_path, monkeypatch):
    monkeypatch.setenv("TICKTAPE_TAPE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("TICKTAPE_SIGNALS", str(tmp_path / "signals.sqlite"))


@pytest.fixture(scope="module")
def tape(tmp_path_factory):
    return morning_tape(tmp_path_factory.mktemp("tape"), COUNT)


@pytest.fixture(scope="module")
def tape_of_trades(tmp_path_factory):
    return morning_tape(tmp_path_factory.mktemp("tape"), COUNT, Schema.TRADES)


@pytest.fixture(scope="module")
def short_tape(tmp_path_factory):
    """Write some seconds that are as busy as an opening."""
    book, busy = opening_book(ES), prints(4_000, every_ns=SECOND // 500)
    return write_tape(tmp_path_factory.mktemp("tape") / "short.dbn", definitions(), book, busy)


def span_of(tape):
    times = [batch.records["ts_event"] for batch in read_dbn(tape)]
    return int(times[0][0]), int(times[-1][-1])


def played_to(tape, position, by_order="all", thresholds=DEFAULT_THRESHOLDS):
    """Give what a client holds who joins after so many records were played, by studies alone."""
    instrument = flow_instrument(SYMBOL, ES, tick=TICK, point_value=50.0)
    origin = Origin("GLBX.MDP3", "replay")
    studies = FlowStudies(instrument, origin, by_order, thresholds=thresholds)
    left = position
    for batch in read_dbn(tape):
        records = batch.records[:left]
        left -= len(records)
        if batch.schema is not Schema.DEFINITION:
            studies.take(batch._replace(records=records))
    reader = FlowReader(None)
    symbol = FlowSymbol(instrument, studies, is_default=True)
    for frame in symbol.snapshot(FlowView(0), "reset"):
        reader.take(frame)
    return reader.held[SYMBOL]


def assert_same(held, expected):
    for one, two in zip(held.all(), expected.all(), strict=True):
        assert one == two


async def go_to(running, reader, position):
    """Seek, and read until what is held is what there is there."""
    await running.post("/api/replay", {"action": "pause"})
    status, _ = await running.post("/api/replay", {"action": "seek", "position": str(position)})
    assert status == 200
    return await arrived(running, reader, position)


async def arrived(running, reader, position):
    """Read until what is held is what there is at a position."""
    streams = running.viewer.flow_streams
    last_ns = running.viewer.source.replay.index.time_before(position)
    told = -1

    def is_there():
        symbol = streams.followed[ES]
        is_told = symbol.can_be_told and reader.held[SYMBOL].caught
        return is_told and symbol.studies.engine.clock_ns == last_ns

    async with asyncio.timeout(60):
        while told < len(reader.messages) or not is_there():
            told = len(reader.messages)
            await reader.read_for(0.4)
    return reader.held[SYMBOL]


async def play_to_the_end(running, reader=None):
    """Play until the studies have seen the last record; read what comes meanwhile."""
    await running.post("/api/replay", {"action": "speed", "speed": None})
    await play_on_to_the_end(running, reader)


async def play_on_to_the_end(running, reader=None):
    """The same at the speed that it has."""
    await running.post("/api/replay", {"action": "resume"})
    index = await indexed(running)
    async with asyncio.timeout(60):
        while not (
            (symbol := running.viewer.flow_streams.followed.get(ES))
            and symbol.is_ready
            and symbol.studies.engine.clock_ns >= index.latest_ns
        ):
            await (asyncio.sleep(0.02) if reader is None else reader.read_for(0.05))
    if reader is not None:
        await reader.read_for(0.5)


async def indexed(running):
    index = running.viewer.source.replay.index
    while not index.is_ready:
        await asyncio.sleep(0.01)
    return index


@pytest.mark.parametrize("kind", ["orders", "trades"])
async def test_at_every_cursor_stands_what_playing_up_to_it_makes(request, kind):
    path = request.getfixturevalue("tape" if kind == "orders" else "tape_of_trades")
    by_order = "all" if kind == "orders" else "none"
    async with replaying(path, speed=None, paused=False) as running:
        await indexed(running)
        async with flow(running, f"symbols={SYMBOL}") as socket:
            reader = FlowReader(socket)
            await reader.catch_up(SYMBOL)
            await play_to_the_end(running, reader)
            for position in (70_000, 40_000, 100, 66_000):
                held = await go_to(running, reader, position)
                assert held.begin["byOrder"] == by_order
                assert_same(held, played_to(path, position))
            # Whoever comes only now holds the same.
            async with flow(running, f"symbols={SYMBOL}") as other:
                late = FlowReader(other)
                assert_same(await late.catch_up(SYMBOL), played_to(path, position))


async def test_nothing_after_the_cursor_is_told_whatever_was_written_before(tape):
    async with replaying(tape, speed=None, paused=False) as running:
        await indexed(running)
        async with flow(running, f"symbols={SYMBOL}") as socket:
            reader = FlowReader(socket)
            await reader.catch_up(SYMBOL)
            await play_to_the_end(running, reader)
            _, every = await running.get("/api/signals?limit=200")
            reader.messages.clear()
            held = await go_to(running, reader, 40_000)
            (begin, *_) = [one for one in reader.messages if one["type"] == "Begin"]
            after = reader.messages[reader.messages.index(begin) :]
            cursor = running.viewer.source.replay.status().cursor_ns
            assert max(int(one.get("tsNs", 0)) for one in after) <= cursor
            _, kept = await running.get("/api/signals?limit=200")
            _, exported = await running.get("/api/signals/export?format=json")
            _, stats = await running.get("/api/stats")
    assert 0 < kept["total"] < every["total"]
    assert len(exported) == stats["total_signals"] == kept["total"]
    assert max(int(row["ts_ns"]) for row in exported) <= cursor
    by_name = {row["id"]: row for row in exported}
    for name, told in held.signals.items():
        row = by_name[name]
        for horizon, seconds in (("1m", 60), ("5m", 300)):
            outcome = row[f"outcome_{horizon}"]
            assert told[f"outcome_{horizon}"] == outcome
            if int(row["ts_ns"]) + seconds * SECOND > cursor:
                assert outcome is None


async def test_a_session_that_is_played_twice_is_written_once(tape):
    listed = []
    for _ in range(2):
        async with replaying(tape, speed=None, paused=False) as running:
            async with flow(running, f"symbols={SYMBOL}") as socket:
                reader = FlowReader(socket)
                await reader.catch_up(SYMBOL)
                await play_to_the_end(running, reader)
                if listed:
                    await indexed(running)
                    await go_to(running, reader, 30_000)
                    await play_to_the_end(running, reader)
                await running.viewer.flow_streams.settle()
            _, rows = await running.get("/api/signals/export?format=json")
            _, sessions = await running.get("/api/sessions")
            listed.append((rows, sessions))
    assert len(listed[0][0]) > 100
    assert listed[0] == listed[1]


@pytest.mark.parametrize("speed", [1.0, 50.0, None])
async def test_what_is_told_and_kept_is_the_same_at_any_speed(short_tape, speed):
    begin_ns, end_ns = span_of(short_tape)
    expected = played_to(short_tape, COUNT, thresholds=HASTY)
    judged = [one for one in expected.signals.values() if one["outcome_5m"] is not None]
    assert len(judged) > 20
    async with (
        replaying(short_tape, speed=speed, thresholds=HASTY) as running,
        flow(running, f"symbols={SYMBOL}") as socket,
    ):
        reader = FlowReader(socket)
        began = time.monotonic()
        await play_on_to_the_end(running, reader)
        took = time.monotonic() - began
        await running.viewer.flow_streams.settle()
        _, rows = await running.get("/api/signals/export?format=json")
    assert_same(reader.held[SYMBOL], expected)
    assert len(rows) == len(expected.signals)
    for row in rows:
        told = expected.signals[row["id"]]
        assert {**row, "type": "Signal", "created_at": told["created_at"]} == told
    # It was played, not jumped over.
    if speed is not None:
        assert took >= (end_ns - begin_ns) / SECOND / speed
        assert reader.begins == {SYMBOL: 1}


async def test_signals_are_the_same_with_and_without_a_watcher(tape_of_trades, tmp_path):
    listed = []
    for number, watched in enumerate((True, False)):
        async with replaying(tape_of_trades, speed=None, paused=True) as running:
            if watched:
                async with flow(running, f"symbols={SYMBOL}") as socket:
                    await play_to_the_end(running, FlowReader(socket))
            else:
                await play_to_the_end(running)
            _, rows = await running.get("/api/signals/export?format=json")
            listed.append([{**row, "created_at": ""} for row in rows])
        (tmp_path / "signals.sqlite").rename(tmp_path / f"signals-{number}.sqlite")
    assert len(listed[0]) > 100
    assert listed[0] == listed[1]


async def test_a_client_seeks_to_a_time(tape):
    times = np.concatenate([batch.records["ts_event"].astype("i8") for batch in read_dbn(tape)])
    async with replaying(tape, speed=None, paused=False) as running:
        await indexed(running)
        async with flow(running, f"symbols={SYMBOL}") as socket:
            reader = FlowReader(socket)
            await reader.catch_up(SYMBOL)
            await play_to_the_end(running, reader)
            await socket.send_json({"action": "replay_pause"})
            for ts_ns in (int(times[52_000]), int(times[20_000]) + 1, int(times[64_000]) - 1):
                await socket.send_json({"action": "replay_seek", "ts_ns": str(ts_ns)})
                # All of that time is seen, and nothing after it.
                position = int((times <= ts_ns).sum())
                held = await arrived(running, reader, position)
                assert_same(held, played_to(tape, position))
                (status, *_) = [
                    one for one in reversed(reader.messages) if one["type"] == "ReplayStatus"
                ]
                assert int(status["currentTimeNs"]) == ts_ns


async def test_a_long_past_by_order_is_made_of_trades_and_told_so(tape, monkeypatch):
    monkeypatch.setattr("ticktape.server.flow_past.MOST_RECORDS", 1_000)
    async with replaying(tape, speed=None, paused=False) as running:
        await indexed(running)
        async with flow(running, f"symbols={SYMBOL}") as socket:
            reader = FlowReader(socket)
            await reader.catch_up(SYMBOL)
            await play_to_the_end(running, reader)
            held = await go_to(running, reader, 70_000)
    assert held.begin["byOrder"] == "since"
    expected = played_to(tape, 70_000)
    for kind in ("Bubble", "CVDPoint", "Absorption", "Sweep"):
        assert held.all()[0][kind] == expected.all()[0][kind]
    assert held.profile == expected.profile
    assert held.bars == expected.bars


async def test_the_replay_is_controlled_and_its_progress_told(tape):
    async with replaying(tape, speed=1.0, paused=True) as running:
        await indexed(running)
        async with flow(running, f"symbols={SYMBOL}") as socket:
            reader = FlowReader(socket)
            first = await reader.read_until(lambda one: one["type"] == "ReplayStatus")
            assert (first["isPaused"], first["replayDate"]) == (True, "2026-01-05")
            await socket.send_json({"action": "set_replay_speed", "speed": 50})
            told = await reader.read_until(lambda one: one.get("speed") == 50)
            assert told["isPaused"]
            await socket.send_json({"action": "replay_seek", "progress": 0.5})
            there = await reader.read_until(lambda one: one.get("replayProgress", 0) >= 0.5)
            assert there["replayProgress"] == pytest.approx(0.5, abs=0.01)
            await socket.send_json({"action": "replay_resume"})
            moved = await reader.read_until(
                lambda one: one.get("replayProgress", 0) > there["replayProgress"]
            )
            assert not moved["isPaused"]
            assert int(moved["currentTimeNs"]) > int(there["currentTimeNs"])
            await socket.send_json({"action": "replay_pause"})
            await reader.read_until(lambda one: one.get("isPaused"))
            for wrong in ({"speed": 0}, {"speed": -1}, {"speed": 1e9}):
                await socket.send_json({"action": "set_replay_speed", **wrong})
                refusal = await reader.read_until(lambda one: one["type"] == "Error")
                assert refusal["code"] == "bad-value"
            for wrong in ({}, {"progress": 1.5}, {"ts_ns": "soon"}):
                await socket.send_json({"action": "replay_seek", **wrong})
                refusal = await reader.read_until(lambda one: one["type"] == "Error")
                assert refusal["code"] == "bad-value"


async def test_a_real_day_of_trades_is_studied_as_it_is_by_the_command(real_tape):
    path = real_tape("NQ.FUT-20251123.trades.csv.zst")
    async with replaying(path, speed=None, paused=False) as running:
        async with flow(running, "symbols=NQZ5") as socket:
            reader = FlowReader(socket)
            await reader.catch_up("NQZ5")
            while not running.viewer.source.replay.status().finished:
                await reader.read()
            await reader.read_for(1)
        (followed,) = (
            one for one in running.viewer.flow_streams.followed.values() if one.symbol == "NQZ5"
        )
        _, stats = await running.get("/api/stats?symbol=NQZ5")
        symbols = {one.symbol for one in running.viewer.flow_streams.followed.values()}
    engine = InstrumentFlow(followed.instrument)
    keys = Counter()
    for batch in open_tape(path):
        for row in engine.update(batch).get("signals", ()):
            keys[tuple(row[["kind", "ts_ns", "direction", "price"]].item())] += 1
    counts = Counter(SIGNAL_TYPES[kind] for kind, *_ in keys)
    assert {kind: one["count"] for kind, one in stats["by_type"].items()} == counts
    assert len(keys) > 30
    # No spread is among what the parent stands for.
    assert not [one for one in symbols if "-" in one]
