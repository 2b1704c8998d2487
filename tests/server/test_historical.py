"""``POST /api/historical``: rows from tapes, from the session and from the vendor."""

import pytest
from tests.feeds.test_databento_historical import vendor
from tests.server.market_day import CL, ES, MIDS, START_NS, TICK, day_tape, stage

from ticktape.feeds.databento_key import ApiKey
from ticktape.feeds.replay import Replay
from ticktape.server.databento_ranges import upstream
from ticktape.server.source import Source
from ticktape.tape import Schema, make_metadata, new_records
from ticktape.tape.times import parse_time

KEY = ApiKey("db-0123456789012345678901234567")
DAY = {"start_rfc3339": "2026-01-05T14:30:00Z", "end_rfc3339": "2026-01-05T14:31:00Z"}


def ask(schema="trades", symbols=("ES.FUT",), **more):
    return {"symbols": list(symbols), "schema": schema, **DAY, **more}


@pytest.fixture
async def replayed(tmp_path):
    """A viewer of a replay that has not begun, over a tape of 100 trades of ES and of CL."""
    async with stage(
        Source("REPLAY", "GLBX.MDP3", ["mbo"], ["ES.FUT"]), replayed=[day_tape(tmp_path)]
    ) as running:
        yield running


async def test_trades_have_every_field_of_the_contract(replayed):
    status, answer = await replayed.post("/api/historical", ask())
    assert status == 200
    assert answer["schema"] == "trades"
    assert len(answer["data"]) == 100
    assert answer["data"][0] == {
        "ts_event_unix_ns": START_NS + 10**9,
        "ts_event": str(START_NS + 10**9),
        "symbol": "ESH6",
        "instrument_id": ES,
        "price_i64": MIDS[ES] + TICK,
        "price": "6650.25",
        "size_u32": 1,
        "side": "B",
    }
    assert answer["source"]["kind"] == "tape"
    assert answer["source"]["name"] == "day.dbn"


async def test_bars_hold_both_sides_of_the_trades(replayed):
    _, answer = await replayed.post("/api/historical", ask("ohlcv-1s"))
    assert len(answer["data"]) == 10
    bar = answer["data"][0]
    assert bar["ts_event"] == str(START_NS + 10**9)
    assert (bar["open_i64"], bar["close_i64"]) == (MIDS[ES] + TICK, MIDS[ES] + TICK)
    assert (bar["high_i64"], bar["low_i64"]) == (MIDS[ES] + TICK, MIDS[ES] + TICK)
    assert bar["volume_u64"] == bar["buy_volume_u64"] == 10
    assert bar["trades_u64"] == 10


@pytest.mark.parametrize(
    ("schema", "opens"),
    [
        ("ohlcv-1m", "2026-01-05T14:30:00Z"),
        ("ohlcv-1h", "2026-01-05T14:00:00Z"),
        ("ohlcv-1d", "2026-01-05T00:00:00Z"),
    ],
)
async def test_longer_bars_hold_all_trades_of_their_interval(replayed, schema, opens):
    body = ask(schema, start_rfc3339="2026-01-05T00:00:00Z", end_rfc3339="2026-01-06T00:00:00Z")
    _, answer = await replayed.post("/api/historical", body)
    (bar,) = answer["data"]
    assert bar["volume_u64"] == 100
    assert answer["source"]["complete"] is False
    assert bar["ts_event"] == str(parse_time(opens))


async def test_tbbo_has_the_quote_at_each_trade(replayed):
    _, answer = await replayed.post("/api/historical", ask("tbbo"))
    assert len(answer["data"]) == 100
    row = answer["data"][0]
    assert row["action"] == "T"
    assert (row["bid_px_i64"], row["ask_px_i64"]) == (MIDS[ES] - TICK, MIDS[ES] + TICK)
    assert (row["bid_sz_u32"], row["ask_sz_u32"]) == (5, 5)
    assert (row["bid_ct_u32"], row["ask_ct_u32"]) == (1, 1)


async def test_mbp_1_begins_with_the_book(replayed):
    _, answer = await replayed.post("/api/historical", ask("mbp-1"))
    assert {row["action"] for row in answer["data"]} == {"A", "T"}


async def test_a_range_includes_its_start_and_not_its_end(replayed):
    body = ask(start_rfc3339="2026-01-05T14:30:01Z", end_rfc3339="2026-01-05T14:30:01.100000000Z")
    _, answer = await replayed.post("/api/historical", body)
    assert [row["ts_event"] for row in answer["data"]] == [str(START_NS + 10**9)]


async def test_several_symbols_come_in_the_tapes_order(replayed):
    _, answer = await replayed.post("/api/historical", ask(symbols=["ES.FUT", "CL.FUT"]))
    assert len(answer["data"]) == 200
    assert [row["symbol"] for row in answer["data"][:4]] == ["ESH6", "CLH6", "ESH6", "CLH6"]


@pytest.mark.parametrize(
    ("symbol", "stype_in"),
    [
        ("ESH6", "raw_symbol"),
        (str(ES), "instrument_id"),
        ("ES.c.0", "continuous"),
        ("ES.FUT", "parent"),
    ],
)
async def test_every_kind_of_symbol_is_understood(replayed, symbol, stype_in):
    for kind in (stype_in, None):
        _, answer = await replayed.post("/api/historical", ask(symbols=[symbol], stype_in=kind))
        assert {row["symbol"] for row in answer["data"]} == {"ESH6"}


async def test_limit_cuts_and_says_so(replayed):
    _, answer = await replayed.post("/api/historical", ask(limit=7))
    assert len(answer["data"]) == 7
    assert answer["source"]["truncated"] is True
    _, answer = await replayed.post("/api/historical", ask(limit=100))
    assert answer["source"]["truncated"] is False


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (ask("mbo"), "unsupported-schema"),
        (ask("nonsense"), "unsupported-schema"),
        (ask(start_rfc3339="not-a-date"), "bad-value"),
        (ask(end_rfc3339="2026-13-45T00:00:00Z"), "bad-value"),
        (ask(end_rfc3339="2026-01-05T14:30:00Z"), "bad-value"),
        (ask(symbols=[]), "bad-value"),
        (ask(limit=0), "bad-value"),
        (ask(limit=10**9), "bad-value"),
        (ask(stype_in="isin"), "bad-value"),
        ({"schema": "trades"}, "bad-value"),
        ([], "bad-value"),
    ],
)
async def test_a_wrong_request_is_400_and_says_what_is_wrong(replayed, body, code):
    status, error = await replayed.post("/api/historical", body)
    assert (status, error["code"]) == (400, code)
    assert error["message"]


async def test_a_body_that_is_no_json_is_400(replayed):
    async with replayed.http.post(f"{replayed.url}/api/historical", data=b"{nope") as answer:
        assert answer.status == 400
        assert (await answer.json())["code"] == "bad-value"


async def test_a_body_beyond_all_measure_is_413(replayed):
    status, error = await replayed.post("/api/historical", ask(symbols=["X" * 2_000_000]))
    assert (status, error["code"]) == (413, "too-large")


async def test_an_unknown_symbol_is_404_and_named(replayed):
    status, error = await replayed.post("/api/historical", ask(symbols=["ES.FUT", "ZZ.FUT"]))
    assert (status, error["code"]) == (404, "unknown-symbol")
    assert "ZZ.FUT" in error["message"]


async def test_a_range_nobody_has_is_401_and_says_what_is_here(replayed):
    body = ask(start_rfc3339="2020-01-01T00:00:00Z", end_rfc3339="2020-01-02T00:00:00Z")
    status, error = await replayed.post("/api/historical", body)
    assert (status, error["code"]) == (401, "authentication")
    assert "DATABENTO_API_KEY" in error["hint"]
    assert "2026-01-05" in error["hint"]


async def test_a_running_source_serves_what_it_has_sent(demo):
    _, answer = await demo.post("/api/historical", ask())
    assert len(answer["data"]) == 20
    assert answer["source"]["kind"] == "session"
    _, answer = await demo.post("/api/historical", ask("tbbo", symbols=["ESH6"]))
    assert len(answer["data"]) == 20
    _, answer = await demo.post("/api/historical", ask("ohlcv-1s"))
    assert sum(bar["volume_u64"] for bar in answer["data"]) == 30


async def test_tapes_of_a_folder_are_served_and_found_while_running(tmp_path):
    async with stage(tapes=tmp_path) as running:
        status, _ = await running.post("/api/historical", ask())
        assert status == 401
        day_tape(tmp_path)
        (tmp_path / "broken.dbn").write_bytes(b"no tape")
        status, answer = await running.post("/api/historical", ask(symbols=["CLH6"]))
        assert status == 200
        assert {row["instrument_id"] for row in answer["data"]} == {CL}


def vendor_trades(times=START_NS):
    import zstandard

    records = new_records(Schema.TRADES, 3)
    records["instrument_id"] = 7
    records["ts_event"] = records["ts_recv"] = times
    records["price"] = 5 * 10**9
    records["side"] = ord("A")
    day = {"NQZ5": [{"start_date": _date(5), "end_date": _date(6), "symbol": "7"}]}
    metadata = make_metadata(
        "GLBX.MDP3", Schema.TRADES, START_NS, START_NS + 10, ["NQZ5"], mappings=day
    )
    return zstandard.ZstdCompressor().compress(bytes(metadata.encode()) + records.tobytes())


def _date(day):
    from datetime import date

    return date(2026, 1, day)


async def test_what_no_tape_has_comes_from_the_vendor():
    with vendor(body=vendor_trades()) as (address, requests):
        fetch = upstream(ApiKey("db-0123456789012345678901234567"), "GLBX.MDP3", address)
        async with stage(upstream=fetch) as running:
            status, answer = await running.post("/api/historical", ask(symbols=["NQZ5"]))
    assert status == 200
    assert [row["symbol"] for row in answer["data"]] == ["NQZ5"] * 3
    assert answer["source"]["kind"] == "databento"
    assert requests[0][2]["stype_in"] == ["raw_symbol"]


async def test_symbols_of_several_kinds_come_together_from_a_tape(replayed):
    _, answer = await replayed.post("/api/historical", ask(symbols=["ES.FUT", "CLH6"]))
    assert {row["symbol"] for row in answer["data"]} == {"ESH6", "CLH6"}


async def test_symbols_of_several_kinds_are_too_much_for_the_vendor():
    with vendor(body=vendor_trades()) as (address, requests):
        fetch = upstream(KEY, "GLBX.MDP3", address)
        async with stage(upstream=fetch) as running:
            status, error = await running.post("/api/historical", ask(symbols=["ES.FUT", "CLH6"]))
    assert (status, error["code"]) == (400, "bad-value")
    assert not requests


@pytest.fixture
async def at_the_start(tmp_path):
    """A viewer of a replay paused at the start, the requests its vendor got, and the cursor."""
    replay = Replay([day_tape(tmp_path)])
    replay.pause()
    cursor_ns = replay.status().cursor_ns
    body = vendor_trades([cursor_ns - 1, cursor_ns, cursor_ns + 1])
    with vendor(body=body) as (address, requests):
        source = Source("REPLAY", "GLBX.MDP3", ["mbo"], ["ES.FUT"], replay)
        async with stage(
            source,
            replayed=[tmp_path / "day.dbn"],
            upstream=upstream(KEY, "GLBX.MDP3", address),
        ) as running:
            yield running, requests, cursor_ns


async def test_a_clip_holds_for_the_vendor_too(at_the_start):
    running, requests, cursor_ns = at_the_start
    body = ask(symbols=["NQZ5"], clip=True, start_rfc3339="2026-01-05T14:29:00Z")
    _, answer = await running.post("/api/historical", body)
    assert [row["ts_event_unix_ns"] - cursor_ns for row in answer["data"]] == [-1, 0]
    assert answer["source"]["kind"] == "databento"
    assert answer["source"]["complete"] is False
    assert answer["source"]["clipped_at_ns"] == str(cursor_ns)
    assert answer["source"]["end_ns"] == str(cursor_ns + 1)
    assert parse_time(requests[0][2]["end"][0]) == cursor_ns + 1


async def test_what_lies_after_the_cursor_is_not_asked_of_the_vendor(at_the_start):
    running, requests, cursor_ns = at_the_start
    body = ask(clip=True, start_rfc3339="2026-01-05T14:30:05Z", end_rfc3339="2026-01-06T00:00:00Z")
    status, answer = await running.post("/api/historical", body)
    assert (status, answer["data"]) == (200, [])
    assert answer["source"]["name"] == "day.dbn"
    assert answer["source"]["clipped_at_ns"] == str(cursor_ns)
    assert not requests


@pytest.mark.parametrize(
    ("status", "expected", "code"),
    [(500, 502, "upstream"), (422, 502, "upstream"), (401, 401, "authentication")],
)
async def test_the_vendors_refusal_comes_with_its_message(status, expected, code):
    with vendor(status, detail="the vendor says no") as (address, _):
        fetch = upstream(ApiKey("db-0123456789012345678901234567"), "GLBX.MDP3", address)
        async with stage(upstream=fetch) as running:
            got, error = await running.post("/api/historical", ask(symbols=["NQZ5"]))
    assert (got, error["code"]) == (expected, code)
    assert "the vendor says no" in error["message"]
    assert "0123456789012345678901234567" not in str(error)
