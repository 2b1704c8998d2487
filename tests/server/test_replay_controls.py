"""A replay by its controls, through the live protocol on a real socket."""

import asyncio

import pytest
from tests.server.market_day import (
    ES,
    SECOND,
    START_NS,
    day_tape,
    read_until,
)
from tests.server.replaying import replaying


async def command(running, **body):
    status, state = await running.post("/api/replay", body)
    assert status == 200, state
    return state


async def trades_until(socket, sequence):
    messages = await read_until(
        socket, lambda m: m.get("sequence") == sequence and m.get("instrument_id") == ES
    )
    return [m["sequence"] for m in messages if m["type"] == "trade"], messages


async def test_the_source_is_the_tape_and_its_clock(tmp_path):
    async with replaying(day_tape(tmp_path)) as running:
        _, source = await running.get("/api/source")
    assert source["mode"] == "REPLAY"
    assert (source["dataset"], source["depth"], source["schemas"]) == ("GLBX.MDP3", "L3", ["mbo"])
    assert source["replay"]["start_ns"] == str(START_NS)
    assert source["replay"]["paused"] is True
    assert source["replay"]["speed"] == 1.0


async def test_what_it_shows_first_is_the_tapes_parent(tmp_path):
    async with replaying(day_tape(tmp_path), speed=None, paused=False) as running:
        while not (source := (await running.get("/api/source"))[1])["default_symbols"]:
            await asyncio.sleep(0.01)
        assert source["default_symbols"] == ["ES.FUT"]


async def test_every_trade_of_the_tape_arrives_once_and_in_order(tmp_path):
    async with (
        replaying(day_tape(tmp_path)) as running,
        running.live("symbols=ES.FUT&schema=trades&recent=0") as socket,
    ):
        await read_until(socket, lambda m: m["type"] == "status")
        await command(running, action="speed", speed=None)
        await command(running, action="resume")
        sequences, _ = await trades_until(socket, 99)
    assert sequences == list(range(100))


async def test_pause_holds_and_resume_goes_on(tmp_path):
    async with replaying(day_tape(tmp_path), speed=50.0, paused=False) as running:
        held = await command(running, action="pause")
        assert held["paused"] is True
        await asyncio.sleep(0.1)
        _, source = await running.get("/api/source")
        assert source["replay"]["cursor_ns"] == held["cursor_ns"]
        assert (await command(running, action="resume"))["paused"] is False


async def test_step_moves_one_event(tmp_path):
    async with replaying(day_tape(tmp_path)) as running:
        await command(running, action="seek", ts_ns=str(START_NS + 2 * SECOND))
        async with running.live("symbols=ES.FUT,CL.FUT&schema=trades&recent=0") as socket:
            await read_until(socket, lambda m: m["type"] == "status")
            await read_until(socket, lambda m: m["type"] == "status")
            await command(running, action="step")
            first = await read_until(socket, lambda m: m["type"] == "trade")
            await command(running, action="step", events=2)
            others = await read_until(socket, lambda m: m["type"] == "trade")
            others += await read_until(socket, lambda m: m["type"] == "trade")
    steps = [m["instrument_id"] for m in first + others if m["type"] == "trade"]
    assert len(steps) == 3


async def test_a_seek_back_resets_and_shows_nothing_after_the_target(tmp_path):
    async with replaying(day_tape(tmp_path), speed=None, paused=False) as running:
        async with running.live("symbols=ES.FUT&schema=trades") as socket:
            await trades_until(socket, 99)
        async with running.live("symbols=ES.FUT&schema=trades,ohlcv-1s,mbp-10&batch=1") as socket:
            await read_until(socket, lambda m: m["type"] == "book")
            await command(running, action="pause")
            target = START_NS + 3 * SECOND
            await command(running, action="seek", ts_ns=str(target))
            await read_until(socket, lambda m: m["type"] == "reset")
            messages = await read_until(socket, lambda m: m["type"] == "book")
        times = [int(t["ts_event"]) for m in messages for t in m.get("trades", [])]
        assert times
        assert max(times) <= target
        answered = await running.post(
            "/api/historical",
            {
                "symbols": ["ES.FUT"],
                "schema": "trades",
                "start_rfc3339": "2026-01-05T14:30:00Z",
                "end_rfc3339": "2026-01-05T14:31:00Z",
                "clip": True,
            },
        )
    clipped = answered[1]
    assert max(row["ts_event_unix_ns"] for row in clipped["data"]) <= target
    assert clipped["source"]["complete"] is False
    assert int(clipped["source"]["clipped_at_ns"]) >= target - SECOND


async def test_a_loop_resets_and_says_why(tmp_path):
    async with (
        replaying(day_tape(tmp_path), speed=20.0, paused=False, loop=True) as running,
        running.live("symbols=ES.FUT&schema=trades&recent=0") as socket,
    ):
        reset = (await read_until(socket, lambda m: m["type"] == "reset"))[-1]
        _, source = await running.get("/api/source")
    assert reset["reason"] == "loop"
    assert source["replay"]["loops"] >= 1


@pytest.mark.parametrize(
    "body",
    [
        {"action": "rewind"},
        {"action": "seek"},
        {"action": "seek", "ts_ns": "yesterday"},
        {"action": "speed", "speed": 0},
        {"action": "speed", "speed": -1},
        {"action": "step", "events": 0},
        {},
    ],
)
async def test_a_wrong_command_is_400(tmp_path, body):
    async with replaying(day_tape(tmp_path, count=1)) as running:
        status, error = await running.post("/api/replay", body)
    assert (status, error["code"]) == (400, "bad-value")


async def test_a_seek_beyond_the_tape_ends_at_its_end(tmp_path):
    async with replaying(day_tape(tmp_path)) as running:
        state = await command(running, action="seek", ts_ns=str(START_NS * 2))
    assert state["start_ns"] == str(START_NS)


async def test_a_replay_that_has_ended_can_be_sought_back_into_and_shows_its_end_again(tmp_path):
    async with (
        replaying(day_tape(tmp_path), speed=None, paused=False) as running,
        running.live("symbols=ES.FUT&schema=trades&recent=0") as socket,
    ):
        await read_until(
            socket, lambda m: m["type"] == "status" and m["source"]["replay"]["finished"]
        )
        await command(running, action="seek", ts_ns=str(START_NS + 5 * SECOND))
        await read_until(socket, lambda m: m["type"] == "reset")
        sequences, messages = await trades_until(socket, 99)
        source = messages[-1].get("source") or (await running.get("/api/source"))[1]
    assert sequences == list(range(41, 100))
    assert source["connected"] is True


async def test_after_a_loop_the_tape_is_shown_again(tmp_path):
    async with (
        replaying(day_tape(tmp_path, count=20), speed=8.0, paused=False, loop=True) as running,
        running.live("symbols=ES.FUT&schema=trades,mbp-10&recent=0") as socket,
    ):
        await read_until(socket, lambda m: m["type"] == "reset")
        sequences, messages = await trades_until(socket, 14)
    assert sequences[-15:] == list(range(15))
    assert any(m["type"] == "book" for m in messages)
