"""Bars as they are streamed equal those made of the tape at once, at any pace of the replay."""

import asyncio

import numpy as np
import pytest
from tests.server.market_day import SECOND, START_NS, day_tape, read_until
from tests.server.replaying import replaying

from ticktape.flow.bars import TimeBars
from ticktape.tape import Schema, read_dbn

FIELDS = ("open", "high", "low", "close", "volume", "buy_volume", "sell_volume", "trades")


def bars_of(path):
    """Give the closed bars of a tape made in one go, by instrument and open."""
    bars = TimeBars(SECOND)
    tape = read_dbn(path, schema=Schema.MBO)
    rows = bars.update(np.concatenate([batch.records for batch in tape]))
    return {
        (int(row["instrument_id"]), int(row["ts_event"])): [int(row[field]) for field in FIELDS]
        for row in rows
    }


def values(bar):
    return [bar[f"{field}_i64"] for field in FIELDS[:4]] + [
        bar[f"{field}_u64"] for field in FIELDS[4:]
    ]


@pytest.mark.parametrize("speed", [4.0, 50.0, None])
async def test_closed_bars_equal_the_tapes_bit_for_bit(tmp_path, speed):
    tape = day_tape(tmp_path, count=65)
    expected = bars_of(tape)
    async with (
        replaying(tape, speed=speed) as running,
        running.live("symbols=ES.FUT,CL.FUT&schema=ohlcv-1s&batch=1") as socket,
    ):
        await read_until(socket, lambda m: m["type"] == "status")
        await running.post("/api/replay", {"action": "resume"})
        closed, grown = {}, {}
        async with asyncio.timeout(20):
            while len(closed) < len(expected):
                message = await socket.receive_json()
                for bar in message.get("bars", [message]):
                    if bar.get("type") != "bar":
                        continue
                    key = bar["instrument_id"], bar["ts_event_unix_ns"]
                    if bar["closed"]:
                        closed[key] = values(bar)
                    else:
                        assert key not in closed, "a closed bar does not grow"
                        assert bar["volume_u64"] >= grown.get(key, 0)
                        grown[key] = bar["volume_u64"]
    assert closed == expected
    assert min(time for _, time in closed) >= START_NS
    if speed == 4.0:
        assert grown
