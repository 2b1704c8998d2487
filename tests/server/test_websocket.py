"""``/ws/live``: what each message is, who gets it, and what a slow reader costs the others."""

import json
from collections import defaultdict

import aiohttp
import numpy as np
import pytest
from tests.server.market_day import (
    CL,
    ES,
    MIDS,
    SECOND,
    START_NS,
    TICK,
    definitions,
    opening_book,
    read_until,
    stage,
    trades,
)

from ticktape.feeds.marks import Mark, make_mark
from ticktape.server import shared_messages
from ticktape.server.client import BARS_WAITING, TRADES_WAITING, Client
from ticktape.server.hub import Hub
from ticktape.server.rows import trade_messages
from ticktape.server.shared_messages import TradeRun
from ticktape.server.source import Source
from ticktape.server.view import BARS_KEPT, TRADES_KEPT
from ticktape.tape import Batch, Schema, new_records
from ticktape.tape.layouts import UNDEF_TIMESTAMP

LATER = START_NS + 100 * SECOND


def is_a(kind):
    return lambda message: message["type"] == kind


def of_kind(messages, kind):
    return [message for message in messages if message["type"] == kind]


async def test_the_first_message_says_what_was_asked_and_what_it_stands_for(demo):
    async with demo.live("symbols=ES.FUT,CL.FUT&schema=trades,mbp-10") as socket:
        connected = await socket.receive_json()
    assert connected["type"] == "connected"
    assert connected["symbols"] == ["ES.FUT", "CL.FUT"]
    assert connected["schemas"] == ["mbp-10", "trades"]
    assert [entry["symbol"] for entry in connected["instruments"]] == ["ESH6", "CLH6"]
    assert connected["source"]["mode"] == "SIMULATED"


async def test_each_trade_is_a_message(demo):
    async with demo.live("symbols=ES.FUT&schema=trades&recent=0") as socket:
        await read_until(socket, is_a("status"))
        await demo.show(trades(3, start_ns=LATER, sequence=500))
        messages = await read_until(socket, lambda m: m.get("sequence") == 502)
    first, *_ = found = of_kind(messages, "trade")
    assert len(found) == 3
    assert first == {
        "type": "trade",
        "ts_event_unix_ns": LATER,
        "ts_event": str(LATER),
        "symbol": "ESH6",
        "instrument_id": ES,
        "price_i64": MIDS[ES] + TICK,
        "price": "6650.25",
        "size_u32": 1,
        "side": "B",
        "sequence": 500,
    }


async def test_a_bar_grows_and_then_closes(demo):
    async with demo.live("symbols=ES.FUT&schema=ohlcv-1s&recent=0") as socket:
        await read_until(socket, is_a("status"))
        await demo.show(trades(1, start_ns=LATER))
        growing = (await read_until(socket, lambda m: m.get("ts_event") == str(LATER)))[-1]
        await demo.show(trades(2, start_ns=LATER + SECOND // 2, every_ns=SECOND))
        closed = (await read_until(socket, lambda m: m.get("closed") and m["volume_u64"]))[-1]
        while closed["ts_event"] != str(LATER):
            closed = (await read_until(socket, lambda m: m.get("closed")))[-1]
    assert growing["closed"] is False
    assert (growing["volume_u64"], growing["schema"]) == (1, "ohlcv-1s")
    assert closed["closed"] is True
    assert (closed["volume_u64"], closed["trades_u64"]) == (2, 2)
    assert closed["open_i64"] == closed["close_i64"] == MIDS[ES] + TICK


@pytest.mark.parametrize("schema", ["mbp-10", "mbo", "mbp-1"])
async def test_the_book_comes_as_its_top_levels(demo, schema):
    async with demo.live(f"symbols=ESH6&schema={schema}") as socket:
        book = (await read_until(socket, is_a("book")))[-1]
    assert len(book["bids"]) == len(book["asks"]) == 10
    assert book["bids"][0]["price"] == "6649.75"
    assert (book["live_orders"], book["crossed"], book["stale"]) == (24, False, False)


async def test_a_book_in_the_middle_of_an_event_is_not_shown(demo):
    crossing = opening_book(ES, levels=1)
    crossing.records["price"] = MIDS[ES] + 5 * TICK
    crossing.records["order_id"] += 500
    crossing.records["flags"] = 0
    one, other = crossing.records[:1], crossing.records[1:].copy()
    async with demo.live("symbols=ESH6&schema=mbp-10") as socket:
        await read_until(socket, is_a("book"))
        await demo.show(Batch(Schema.MBO, one))
        seen = await read_until(socket, is_a("status"))
        seen += await read_until(socket, is_a("status"))
        other["action"], other["side"] = ord("C"), ord("B")
        other["order_id"], other["flags"] = one["order_id"], 128
        await demo.show(Batch(Schema.MBO, other))
        seen += await read_until(socket, is_a("book"))
    assert not any(book["crossed"] for book in of_kind(seen, "book"))


async def test_only_what_was_asked_arrives(demo):
    async with demo.live("symbols=CL.FUT&schema=trades&recent=0") as socket:
        await read_until(socket, is_a("status"))
        await demo.show(trades(5, ES, LATER), trades(1, CL, LATER + 1, sequence=900))
        messages = await read_until(socket, lambda m: m.get("sequence") == 900)
    assert [message["symbol"] for message in of_kind(messages, "trade")] == ["CLH6"]
    assert {message["type"] for message in messages} <= {"trade", "status"}


async def test_several_symbols_share_a_connection(demo):
    async with demo.live("symbols=ES.FUT,CLH6&schema=trades&recent=0") as socket:
        await read_until(socket, is_a("status"))
        await demo.show(trades(2, ES, LATER), trades(1, CL, LATER + 1, sequence=900))
        messages = await read_until(socket, lambda m: m.get("sequence") == 900)
    assert [m["symbol"] for m in of_kind(messages, "trade")] == ["ESH6", "ESH6", "CLH6"]


async def test_a_late_joiner_gets_trades_bars_and_book_so_far(demo):
    query = "symbols=ES.FUT&schema=trades,ohlcv-1s,ohlcv-1m,mbp-10&batch=1"
    async with demo.live(query) as socket:
        messages = await read_until(socket, is_a("book"))
    (caught_up,) = of_kind(messages, "trades")
    assert [trade["sequence"] for trade in caught_up["trades"]] == list(range(20))
    (closed,) = of_kind(messages, "bars")
    assert (closed["schema"], closed["symbol"]) == ("ohlcv-1s", "ESH6")
    assert [bar["closed"] for bar in closed["bars"]] == [True]
    open_bars = {bar["schema"]: bar for bar in of_kind(messages, "bar")}
    assert open_bars["ohlcv-1s"]["volume_u64"] == 15
    assert open_bars["ohlcv-1m"]["volume_u64"] == 30
    assert not any(bar["closed"] for bar in open_bars.values())


async def test_a_late_joiner_says_how_many_trades_it_wants(demo):
    async with demo.live("symbols=ES.FUT&schema=trades&batch=1&recent=4") as socket:
        caught_up = (await read_until(socket, is_a("trades")))[-1]
    assert [trade["sequence"] for trade in caught_up["trades"]] == [16, 17, 18, 19]


async def test_with_batch_a_frame_holds_all_that_waited(demo):
    async with demo.live("symbols=ES.FUT&schema=trades&batch=1&recent=0") as socket:
        await read_until(socket, is_a("status"))
        await demo.show(trades(500, start_ns=LATER, every_ns=1000))
        (frame,) = of_kind(await read_until(socket, is_a("trades")), "trades")
    assert len(frame["trades"]) == 500


async def test_an_unknown_symbol_is_an_error_and_the_rest_goes_on(demo):
    async with demo.live("symbols=ES.FUT,ZZZ9&schema=trades") as socket:
        messages = await read_until(socket, is_a("trade"))
    (error,) = of_kind(messages, "error")
    assert error["code"] == "unknown-symbol"
    assert "ZZZ9" in error["message"]


async def test_nothing_is_unknown_before_the_source_has_said_what_it_has():
    async with stage() as starting, starting.live("symbols=ES.FUT,FOO&schema=trades") as socket:
        assert (await read_until(socket, is_a("status")))[-1]["type"] == "status"
        await starting.show(definitions())
        heard = await read_until(socket, is_a("error"))
    assert [message["message"] for message in heard if message["type"] == "error"] == [
        "FOO is not known here"
    ]


async def test_mappings_of_a_session_name_what_they_map_before_any_definition_comes():
    mapping = new_records(Schema.SYMBOL_MAPPING, 1)
    mapping["instrument_id"] = ES
    mapping["stype_in_symbol"], mapping["stype_out_symbol"] = b"ES.FUT", b"ESH6"
    mapping["ts_event"] = mapping["start_ts"] = START_NS + 5 * SECOND
    mapping["end_ts"] = UNDEF_TIMESTAMP
    async with stage() as starting, starting.live("symbols=ES.FUT&schema=trades") as socket:
        await starting.show(Batch(Schema.SYMBOL_MAPPING, mapping), definitions(), trades(1))
        messages = await read_until(socket, is_a("trade"))
    assert of_kind(messages, "error") == []


async def test_what_was_unknown_is_sent_as_soon_as_it_is_defined():
    async with stage() as running, running.live("symbols=ES.FUT&schema=trades") as socket:
        crude_alone = definitions()
        await running.show(crude_alone._replace(records=crude_alone.records[1:]))
        await read_until(socket, is_a("error"))
        await running.show(definitions(), trades(1))
        messages = await read_until(socket, is_a("trade"))
    assert of_kind(messages, "connected")[-1]["instruments"][0]["symbol"] == "ESH6"
    assert messages[-1]["symbol"] == "ESH6"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("symbols=ES.FUT&schema=definition", "unsupported-schema"),
        ("symbols=ES.FUT&stype_in=isin", "bad-value"),
        ("symbols=ES.FUT&recent=-1", "bad-value"),
        ("symbols=" + ",".join(f"S{n}" for n in range(501)), "over-limit"),
    ],
)
async def test_a_wrong_query_is_an_error_and_the_end(demo, query, code):
    async with demo.live(query) as socket:
        error = await socket.receive_json()
        end = await socket.receive()
    assert (error["type"], error["code"]) == ("error", code)
    assert end.type is aiohttp.WSMsgType.CLOSE
    assert end.data == 1008


async def test_a_page_of_another_site_may_not_listen(demo):
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await demo.live("symbols=ES.FUT", headers={"origin": "http://evil.example"})


async def test_after_a_reset_only_the_new_past_is_there(demo):
    async with demo.live("symbols=ES.FUT&schema=trades,ohlcv-1s,mbp-10&batch=1") as socket:
        await read_until(socket, is_a("book"))
        await demo.show(
            make_mark(Mark.RESET, START_NS),
            opening_book(ES, levels=3),
            trades(4, sequence=70),
            make_mark(Mark.CAUGHT_UP, LATER),
        )
        await read_until(socket, is_a("reset"))
        messages = await read_until(socket, is_a("book"))
    caught_up = of_kind(messages, "trades")[0]["trades"]
    assert [trade["sequence"] for trade in caught_up] == [70, 71, 72, 73]
    assert messages[-1]["bid_levels"] == 3
    assert not of_kind(messages, "bars")


async def test_ohlcv_sources_send_their_bars_closed():
    bars = new_records(Schema.OHLCV_1M, 2)
    bars["publisher_id"], bars["instrument_id"] = 1, ES
    bars["ts_event"] = [START_NS, START_NS + 60 * SECOND]
    bars["open"] = bars["high"] = bars["low"] = bars["close"] = MIDS[ES]
    bars["volume"] = 9
    source = Source("REPLAY", "GLBX.MDP3", ["ohlcv-1m"], ["ES.FUT"])
    async with stage(source) as running:
        await running.show(definitions(), Batch(Schema.OHLCV_1M, bars))
        async with running.live("symbols=ES.FUT&schema=trades,ohlcv-1m,mbp-10") as socket:
            messages = await read_until(
                socket, lambda m: m.get("ts_event") == str(bars["ts_event"][1])
            )
        assert (await running.get("/api/source"))[1]["depth"] == "bars"
    found = of_kind(messages, "bar")
    assert [bar["closed"] for bar in found] == [True, True]
    assert found[0]["buy_volume_u64"] is None


async def test_quotes_alone_make_a_book_and_trades():
    quotes = new_records(Schema.MBP_1, 2)
    quotes["publisher_id"], quotes["instrument_id"] = 1, ES
    quotes["ts_event"] = quotes["ts_recv"] = START_NS
    quotes["action"], quotes["side"] = [ord("A"), ord("T")], ord("B")
    quotes["price"] = MIDS[ES]
    quotes["size"], quotes["flags"] = 3, 128
    quotes["bid_px_00"], quotes["ask_px_00"] = MIDS[ES] - TICK, MIDS[ES] + TICK
    quotes["bid_sz_00"] = quotes["ask_sz_00"] = 8
    source = Source("REPLAY", "GLBX.MDP3", ["mbp-1"], ["ES.FUT"])
    async with stage(source) as running:
        await running.show(definitions(), Batch(Schema.MBP_1, quotes))
        async with running.live("symbols=ES.FUT&schema=trades,mbp-10") as socket:
            messages = await read_until(socket, is_a("book"))
    assert [trade["size_u32"] for trade in of_kind(messages, "trade")] == [3]
    assert messages[-1]["bids"] == [
        {"price": "6649.75", "price_i64": MIDS[ES] - TICK, "size": 8, "count": 0}
    ]
    assert messages[-1]["live_orders"] is None


async def test_a_client_that_stops_reading_costs_the_others_nothing(demo):
    async with (
        demo.live("symbols=ES.FUT&schema=trades&recent=0") as stuck,
        demo.live("symbols=ES.FUT&schema=trades&recent=0&batch=1") as reading,
    ):
        await read_until(stuck, is_a("status"))
        await read_until(reading, is_a("status"))
        stuck._response.connection.transport.pause_reading()
        seen = shown = 0
        waiting = {client.batch: client for client in demo.viewer.hub.clients}
        # The sockets' own buffers fill first.
        while not waiting[False].dropped:
            turn, shown = shown // 5_000, shown + 5_000
            await demo.show(trades(5_000, start_ns=LATER + turn * SECOND, every_ns=1000))
            while seen < shown:
                frame = (await read_until(reading, is_a("trades")))[-1]
                seen += len(frame["trades"])
        assert waiting[False].waiting <= TRADES_WAITING
        assert waiting[True].dropped == 0
        _, source = await demo.get("/api/source")
        assert source["drops"] == waiting[False].dropped


async def test_when_the_server_stops_a_client_is_told():
    async with stage() as running:
        socket = await running.live("symbols=ES.FUT")
        await read_until(socket, is_a("status"))
        await running.viewer.hub.close()
        while (message := await socket.receive()).type is aiohttp.WSMsgType.TEXT:
            assert json.loads(message.data)["type"] in {"status", "error"}
        assert message.data == 1001
        await socket.close()


def waiting_client(**options):
    client = Client(("ES.FUT",), None, frozenset(Schema), batch=True, recent=0, **options)
    client.watch({ES})
    return client


async def test_waiting_trades_are_bounded_and_the_oldest_go_first():
    client = waiting_client()
    for turn in range(30):
        client.add_trades(TradeRun(np.full(1_000, turn)))
    assert client.waiting == TRADES_WAITING
    assert client.dropped == 10_000
    run, start, _ = client.take_trades()[0]
    assert run.records[start] == 10


async def test_waiting_bars_are_bounded():
    client = waiting_client()
    for turn in range(BARS_WAITING + 10):
        client.add_closed((Schema.OHLCV_1S, (1, ES), (turn, 0, 0, 0, 0, 0, 0, 0, 0)))
    assert len(client.closed) == BARS_WAITING
    assert client.dropped == 10
    assert min(key[2] for key in client.closed) == 10


async def test_a_late_joiner_gets_all_of_the_past_and_none_of_it_counts_as_dropped(demo):
    for turn, instrument in enumerate((ES, CL)):
        start_ns = LATER + turn * (BARS_KEPT + 1) * SECOND
        await demo.show(trades(BARS_KEPT + 1, instrument, start_ns, every_ns=SECOND))
    async with demo.live("symbols=ES.FUT,CL.FUT&schema=ohlcv-1s,ohlcv-1m&batch=1") as socket:
        messages = await read_until(socket, is_a("bar"))
    past = defaultdict(list)
    for message in of_kind(messages, "bars"):
        past[message["schema"], message["symbol"]] += [bar["ts_event"] for bar in message["bars"]]
    counts = {series: len(times) for series, times in past.items()}
    assert sum(counts.values()) > BARS_WAITING
    assert counts["ohlcv-1s", "ESH6"] == counts["ohlcv-1s", "CLH6"] == BARS_KEPT
    assert counts["ohlcv-1m", "ESH6"] >= BARS_KEPT // 60 <= counts["ohlcv-1m", "CLH6"]
    assert all(times == sorted(times) for times in past.values())
    assert demo.viewer.hub.dropped == 0


async def test_the_past_that_is_kept_is_bounded(demo):
    hub: Hub = demo.viewer.hub
    for turn in range(5):
        await demo.show(trades(1_500, start_ns=LATER + turn * SECOND, every_ns=1000))
    kept = hub.view._trades.count(ES)
    assert TRADES_KEPT <= kept < TRADES_KEPT + 1_500
    assert len(hub.view.recent_trades(frozenset({ES}), TRADES_KEPT)) == TRADES_KEPT


async def test_what_many_clients_are_sent_alike_is_encoded_once(demo, monkeypatch):
    made = []
    monkeypatch.setattr(
        shared_messages,
        "trade_messages",
        lambda records, symbol_of: made.append(len(records)) or trade_messages(records, symbol_of),
    )
    query = "symbols={}&schema=trades,mbp-10&recent=0&batch={}"
    asked = [("ES.FUT", 1), ("ESH6", 1), ("ES.FUT", 0), ("CL.FUT,ES.FUT", 1)]
    sockets = [await demo.live(query.format(*one)) for one in asked]
    for socket in sockets:
        await read_until(socket, is_a("status"))
    await demo.show(trades(30, ES, LATER), trades(5, CL, LATER))
    found = []
    for socket in sockets:
        own = []
        while len(own) < 30:
            message = await socket.receive_json()
            own += message.get("trades", [message] if message["type"] == "trade" else [])
        found.append([one for one in own if one["symbol"] == "ESH6"])
        await socket.close()
    assert found[0] == found[1] == found[2] == found[3]
    # Once for the three who watch one instrument, and once for the one who watches both.
    assert sum(made) <= 65
