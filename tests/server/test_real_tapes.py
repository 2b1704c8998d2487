"""Real sessions through ``up --replay``: what the API says equals what was counted on the tapes."""

import asyncio
from collections import Counter

from tests.server.replaying import replaying

CL_DAY = {"start_rfc3339": "2025-09-24T19:30:00Z", "end_rfc3339": "2025-09-24T22:00:00Z"}
NQ_DAY = {"start_rfc3339": "2025-11-23T23:00:00Z", "end_rfc3339": "2025-11-24T00:00:00Z"}


async def shown_to_its_end(running):
    while not (await running.get("/api/source"))[1]["replay"]["finished"]:
        await asyncio.sleep(0.02)


async def rows(running, symbol, schema, **day):
    body = {"symbols": [symbol], "schema": schema, "limit": 200_000, **day}
    status, answer = await running.post("/api/historical", body)
    assert status == 200, answer
    return answer["data"]


def volumes(trades):
    sides = Counter()
    for trade in trades:
        sides[trade["side"]] += trade["size_u32"]
    return dict(sides)


async def test_a_session_by_order_ends_with_its_book_and_gives_its_trades(real_tape):
    tape = real_tape("CLX5-20250924.mbo.dbn")
    async with replaying(tape, speed=None, paused=False) as running:
        await shown_to_its_end(running)
        _, book = await running.get("/api/book/CL.FUT")
        while book["live_orders"] != 147:
            _, book = await running.get("/api/book/CL.FUT")
        for schema in ("trades", "tbbo"):
            for symbol in ("CLX5", "CL.FUT", "CL.c.0"):
                trades = await rows(running, symbol, schema, **CL_DAY)
                assert len(trades) == 1_599
                assert volumes(trades) == {"A": 1_829, "B": 1_545, "N": 239}
        quotes = await rows(running, "CLX5", "mbp-1", **CL_DAY)
        assert volumes(row for row in quotes if row["action"] == "T")["A"] == 1_829
    best = [
        (side[0]["price"], side[0]["size"], side[0]["count"])
        for side in map(book.get, ("bids", "asks"))
    ]
    assert best == [("65.4", 1, 1), ("64.78", 3, 1)]
    assert (book["bid_levels"], book["ask_levels"], book["crossed"]) == (61, 52, True)


async def test_the_vendors_csv_is_replayed_and_asked_like_any_tape(real_tape):
    tape = real_tape("NQ.FUT-20251123.trades.csv.zst")
    async with replaying(tape, speed=None, paused=False) as running:
        await shown_to_its_end(running)
        trades = await rows(running, "NQZ5", "trades", **NQ_DAY)
        minutes = await rows(running, "NQZ5", "ohlcv-1m", **NQ_DAY)
        every = await rows(running, "NQ.FUT", "trades", **NQ_DAY)
    assert (len(trades), len(minutes)) == (6_931, 60)
    assert volumes(trades) == {"A": 4_513, "B": 4_486, "N": 162}
    assert (trades[0]["price"], trades[0]["price_i64"]) == ("24455.75", 24_455_750_000_000)
    first = minutes[0]
    assert (first["open_i64"], first["high_i64"]) == (24_455_750_000_000, 24_555_250_000_000)
    assert (first["buy_volume_u64"], first["sell_volume_u64"]) == (650, 351)
    assert (first["volume_u64"], first["trades_u64"]) == (1_163, 749)
    names = Counter(trade["symbol"] for trade in every)
    assert names == {"NQZ5": 6_931, "NQH6": 32, "NQZ5-NQH6": 7, "NQM6": 1}
