"""The calls of the web API, on a real server."""

import pytest
from tests.server.market_day import ES, START_NS, HandFeed, stage

from ticktape import __version__
from ticktape.server.source import Source


async def test_health_is_the_word_ok(demo):
    assert await demo.get("/api/health") == (200, "ok")


async def test_source_says_what_and_how_well(demo):
    status, source = await demo.get("/api/source")
    assert status == 200
    assert source["mode"] == "SIMULATED"
    assert source["depth"] == "L3"
    assert source["default_symbols"] == ["ES.FUT"]
    assert source["version"] == __version__
    assert (source["drops"], source["gaps"], source["replay"]) == (0, 0, None)
    assert source["connected"] is True


async def test_symbols_lists_instruments_and_their_parents(demo):
    _, symbols = await demo.get("/api/symbols")
    by_name = {entry["symbol"]: entry for entry in symbols}
    assert set(by_name) == {"ESH6", "CLH6", "ES.FUT", "CL.FUT"}
    contract = by_name["ESH6"]
    assert contract["instrument_id"] == ES
    assert (contract["tick"], contract["tick_i64"]) == ("0.25", 250_000_000)
    assert contract["expiration_ns"] == str(START_NS + 10**16)
    assert (contract["asset"], contract["is_spread"], contract["currency"]) == ("ES", False, "USD")
    assert by_name["ES.FUT"]["stype_in"] == "parent"
    assert by_name["ES.FUT"]["instrument_id"] is None


async def test_book_gives_the_best_levels_first(demo):
    status, book = await demo.get("/api/book/ESH6?levels=3")
    assert status == 200
    assert [level["price"] for level in book["bids"]] == ["6649.75", "6649.5", "6649.25"]
    assert [level["price"] for level in book["asks"]] == ["6650.25", "6650.5", "6650.75"]
    assert book["bids"][0] == {
        "price": "6649.75",
        "price_i64": 6_649_750_000_000,
        "size": 5,
        "count": 1,
    }
    assert (book["bid_levels"], book["ask_levels"], book["live_orders"]) == (12, 12, 24)
    assert (book["crossed"], book["locked"], book["stale"]) == (False, False, False)
    assert book["ts_event"] == str(book["ts_event_unix_ns"])


async def test_book_has_ten_levels_unless_told(demo):
    _, book = await demo.get("/api/book/ESH6")
    assert len(book["bids"]) == len(book["asks"]) == 10


async def test_book_of_a_parent_a_continuous_symbol_and_an_id_is_the_contracts(demo):
    for symbol in ("ES.FUT", "ES.c.0", str(ES)):
        _, book = await demo.get(f"/api/book/{symbol}")
        assert book["symbol"] == "ESH6"


async def test_book_of_an_unknown_symbol_is_404(demo):
    status, error = await demo.get("/api/book/ZZZ9")
    assert status == 404
    assert error["code"] == "unknown-symbol"
    assert "ZZZ9" in error["message"]


async def test_wrong_number_of_levels_is_400(demo):
    for levels in ("0", "1001", "many"):
        status, error = await demo.get(f"/api/book/ESH6?levels={levels}")
        assert (status, error["code"]) == (400, "bad-value")


async def test_unknown_path_is_404_with_a_body(demo):
    status, error = await demo.get("/api/nothing")
    assert status == 404
    assert error["code"] == "not-found"


async def test_wrong_method_is_405_with_a_body(demo):
    status, error = await demo.get("/api/historical")
    assert (status, error["code"]) == (405, "method-not-allowed")


async def test_replay_controls_need_a_replay(demo):
    status, error = await demo.post("/api/replay", {"action": "pause"})
    assert (status, error["code"]) == (409, "not-a-replay")


async def test_metrics_count_records(demo):
    status, text = await demo.get("/metrics")
    assert status == 200
    assert 'ticktape_records_total{schema="mbo"}' in text


async def test_docs_need_nothing_from_the_internet(demo):
    status, page = await demo.get("/docs")
    assert status == 200
    assert "/api/historical" in page
    assert "<script" not in page
    assert "src=" not in page


async def test_openapi_document_names_every_call_and_its_refusals(demo):
    _, document = await demo.get("/docs/openapi.json")
    assert set(document["paths"]) >= {
        "/api/bbo",
        "/api/health",
        "/api/orders/{order_id}",
        "/api/source",
        "/api/symbols",
        "/api/book/{symbol}",
        "/api/historical",
        "/api/replay",
        "/metrics",
    }
    answers = document["paths"]["/api/historical"]["post"]["responses"]
    assert set(answers) == {"200", "400", "401", "404", "413", "502"}
    assert "/ws/live" in document["info"]["description"]


async def test_a_page_of_another_site_may_not_call(demo):
    status, error = await demo.get("/api/source", headers={"host": "evil.example:80"})
    assert (status, error["code"]) == (403, "forbidden")


async def test_other_origins_may_call_in_development_mode_alone(demo):
    origin = {"origin": "http://localhost:5173"}
    async with demo.http.get(f"{demo.url}/api/source", headers=origin) as answer:
        assert "access-control-allow-origin" not in answer.headers
    async with (
        stage(dev=True) as developing,
        developing.http.get(f"{developing.url}/api/source", headers=origin) as answer,
    ):
        assert answer.headers["access-control-allow-origin"] == "*"


async def test_depth_follows_the_schemas_that_arrive():
    for schema, depth in [("mbo", "L3"), ("mbp-10", "L2"), ("tbbo", "L1"), ("ohlcv-1m", "bars")]:
        source = Source("LIVE", "GLBX.MDP3", [schema], ["ES.FUT"])
        assert source.state().depth == depth


async def test_the_source_is_not_connected_once_the_feed_has_ended():
    feed = HandFeed()
    async with stage(feed=feed) as running:
        feed.put(None)
        while running.viewer.source.connected:
            await running.get("/api/health")
        _, source = await running.get("/api/source")
        assert source["connected"] is False


@pytest.mark.parametrize(
    ("path", "known"),
    [
        ("/api/book/ESH6?level=5", "levels, orders, publisher"),
        ("/api/book/ESH6?levels=5&depth=1", "levels, orders, publisher"),
        ("/api/bbo?symbols=ESH6&symbol=CLH6", "symbols"),
        ("/api/orders/1001000?symbol=ESH6", "instrument, publisher"),
        ("/api/mbo/stream/json/0?symbols=ESH6", "from, limit, symbol"),
        ("/api/market/export?symbols=ESH6", "every, format, from, levels, symbol, to"),
        ("/api/heatmap/ESH6?every=5", "every_ms, from, levels, to"),
    ],
)
async def test_a_parameter_that_there_is_not_is_refused_by_name(demo, path, known):
    status, error = await demo.get(path)
    assert (status, error["code"]) == (400, "bad-value")
    wrong = [
        name
        for name in path.partition("?")[2].split("&")
        if name.split("=")[0] not in known.split(", ")
    ]
    assert repr(wrong[0].split("=")[0]) in error["message"]
    assert error["hint"] == f"known are {known}"


@pytest.mark.parametrize("path", ["/ws/live", "/ws/book"])
async def test_a_stream_refuses_a_parameter_that_there_is_not(demo, path):
    async with demo.http.ws_connect(f"{demo.url}{path}?symbol=ESH6") as socket:
        error = await socket.receive_json()
    assert (error["type"], error["code"]) == ("error", "bad-value")
    assert "'symbol'" in error["message"]
    assert "symbols" in error["hint"]


async def test_a_path_that_there_is_not_says_where_to_look(demo):
    status, error = await demo.get("/api/nothing")
    assert (status, error["code"]) == (404, "not-found")
    assert "/docs" in error["hint"]


async def test_a_symbol_without_a_book_yet_is_told_as_such(demo):
    status, error = await demo.get("/api/book/NQH6")
    assert (status, error["code"]) == (404, "unknown-symbol")
    assert error["message"] == "there is no book of NQH6 yet"
    assert "/api/symbols" in error["hint"]
