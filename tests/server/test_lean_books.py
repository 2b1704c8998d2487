"""The short way to a book gives what the framework gives, byte for byte."""

from tests.server.market_day import ES, definitions, opening_book, stage

from ticktape.server.lean_books import LeanBooks

PLAIN = (
    "ESH6",
    "ES.FUT",
    "ES.c.0",
    str(ES),
    "ESH6?levels=3",
    "ESH6?levels=1000",
    "E%53H6?levels=1",
)
NOT_PLAIN = (
    "ZZZ9",
    "",
    "ESH6/",
    "ESH6?levels=0",
    "ESH6?levels=1001",
    "ESH6?levels=ten",
    "ESH6?levels=",
    "ESH6?levels=3&levels=4",
    "ESH6?publisher=1",
    "ESH6?depth=3",
    "ES%2FH6",
)


def short_way(demo):
    app = demo.viewer.server.app
    while not isinstance(app, LeanBooks):
        app = app._app
    return app


async def test_answers_are_the_same_by_either_way(demo):
    lean = short_way(demo)
    quickly = lean._answer
    for path in (*PLAIN, *NOT_PLAIN):
        for headers in ({}, {"if-none-match": '"other"'}, {"if-none-match": "*"}):
            found = []
            for way in (quickly, lambda symbol, query: None):
                lean._answer = way
                url = f"{demo.url}/api/book/{path}"
                async with demo.http.get(url, headers=headers) as answer:
                    kept = ("etag", "cache-control", "content-type", "content-length")
                    told = {name: answer.headers.get(name) for name in kept}
                    found.append((answer.status, told, await answer.read()))
            assert found[0] == found[1], path


async def test_plain_requests_and_they_alone_go_the_short_way(demo):
    lean = short_way(demo)
    for path in PLAIN:
        symbol, _, query = path.partition("?")
        assert lean._answer(f"/api/book/{symbol}", query.encode()) is not None, path
    for path in NOT_PLAIN:
        symbol, _, query = path.partition("?")
        assert lean._answer(f"/api/book/{symbol}", query.encode()) is None, path


async def test_an_answer_is_made_anew_when_records_came(demo):
    async def told():
        return (await demo.get("/api/book/ESH6?levels=1"))[1]

    first = await told()
    assert await told() == first
    added = opening_book(ES)
    added.records["order_id"] += 1_000_000
    added.records["ts_event"] += 1_000_000_000
    added.records["flags"] &= 0xDF
    await demo.show(added)
    second = await told()
    assert second["live_orders"] > first["live_orders"]


async def test_in_development_mode_the_framework_answers_alone():
    async with stage(dev=True) as running:
        await running.show(definitions(), opening_book(ES))
        origin = {"origin": "http://localhost:5173"}
        async with running.http.get(f"{running.url}/api/book/ESH6", headers=origin) as answer:
            assert answer.status == 200
            assert answer.headers["access-control-allow-origin"] == "*"


async def test_the_short_way_is_closed_to_pages_of_other_sites_and_names_its_answers(demo):
    url = f"{demo.url}/api/book/ESH6"
    async with demo.http.get(url, headers={"host": "elsewhere.example"}) as answer:
        assert answer.status == 403
    async with demo.http.get(url, headers={"x-request-id": "mine-1"}) as answer:
        assert (answer.status, answer.headers["x-request-id"]) == (200, "mine-1")
    async with demo.http.get(url) as first, demo.http.get(url) as second:
        assert first.headers["x-request-id"] != second.headers["x-request-id"]
