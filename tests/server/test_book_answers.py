"""Books by order, best quotes and single orders over HTTP; and 304 where nothing changed."""

import asyncio

import aiohttp
import numpy as np
from tests.server.market_day import (
    CL,
    ES,
    MIDS,
    SECOND,
    START_NS,
    TICK,
    definitions,
    opening_book,
    stage,
    trades,
)

from ticktape.book import MboBook
from ticktape.server import quote_answers
from ticktape.server.limits import Limits
from ticktape.tape import Batch, Schema, new_records

BEST_BID = MIDS[ES] - TICK


def orders(*rows, instrument=ES, publisher=1, start_ns=START_NS + SECOND):
    """Make records of ``(action, side, order_id, price, size)``, one event each."""
    records = new_records(Schema.MBO, len(rows))
    for record, (action, side, order_id, price, size) in zip(records, rows, strict=True):
        record["action"], record["side"] = ord(action), ord(side)
        record["order_id"], record["price"], record["size"] = order_id, price, size
    records["publisher_id"], records["instrument_id"] = publisher, instrument
    records["ts_event"] = records["ts_recv"] = start_ns + np.arange(len(rows))
    records["flags"] = 128
    return Batch(Schema.MBO, records)


async def tagged(demo, path, etag=None, **options):
    headers = {} if etag is None else {"if-none-match": etag}
    async with demo.http.get(demo.url + path, headers=headers, **options) as answer:
        return answer.status, answer.headers.get("etag"), await answer.read()


async def answered(demo, path):
    """Wait until the server has come to answer, and so to what was asked before."""
    async with demo.http.get(demo.url + path) as answer:
        return await answer.read()


async def test_orders_come_in_queue_order_with_what_is_ahead_of_them(demo):
    queued = orders(*[("A", "B", 2**63 + number, BEST_BID, 2 + number) for number in range(3)])
    await demo.show(queued)
    status, book = await demo.get("/api/book/ESH6?orders=true&levels=2")
    assert status == 200
    best = book["bids"][0]
    assert (best["price"], best["size"], best["count"]) == ("6649.75", 5 + 2 + 3 + 4, 4)
    assert [one["position"] for one in best["orders"]] == [0, 1, 2, 3]
    assert [one["size_ahead"] for one in best["orders"]] == [0, 5, 7, 10]
    last = best["orders"][-1]
    assert (last["order_id"], last["order_id_u64"]) == (str(2**63 + 2), 2**63 + 2)
    assert last["ts_event"] == str(START_NS + SECOND + 2)
    assert (len(book["bids"]), len(book["asks"])) == (2, 2)


async def test_an_order_tells_where_it_rests_until_it_is_gone(demo):
    await demo.show(orders(("A", "B", 77, BEST_BID, 4), ("A", "B", 78, BEST_BID, 1)))
    status, order = await demo.get("/api/orders/78")
    assert status == 200
    assert (order["symbol"], order["side"], order["price"], order["size"]) == (
        "ESH6",
        "B",
        "6649.75",
        1,
    )
    assert (order["position"], order["size_ahead"]) == (2, 9)
    assert (order["level_orders"], order["level_size"], order["in_event"]) == (3, 10, False)
    await demo.show(orders(("C", "B", 77, BEST_BID, 4)))
    _, order = await demo.get("/api/orders/78")
    assert (order["position"], order["size_ahead"]) == (1, 5)
    await demo.show(orders(("C", "B", 78, BEST_BID, 1)))
    status, error = await demo.get("/api/orders/78")
    assert (status, error["code"]) == (404, "unknown-order")


async def test_an_order_amid_an_event_says_so(demo):
    begun = orders(("A", "B", 78, BEST_BID, 1))
    begun.records["flags"] = 0
    await demo.show(begun)
    assert (await demo.get("/api/orders/78"))[1]["in_event"] is True


async def test_every_order_of_a_book_agrees_with_the_book(demo):
    book = MboBook()
    book.update(opening_book(ES).records)
    _, shown = await demo.get("/api/book/ESH6?orders=true&levels=12")
    for side, levels in (("B", shown["bids"]), ("A", shown["asks"])):
        for level in levels:
            ids = book.orders_at(side, level["price_i64"])["order_id"].tolist()
            assert [one["order_id_u64"] for one in level["orders"]] == ids
            for one in level["orders"]:
                place = book.queue_position(one["order_id_u64"])
                assert (one["position"], one["size_ahead"]) == place[:2]
                _, alone = await demo.get(f"/api/orders/{one['order_id']}")
                assert (alone["position"], alone["size_ahead"]) == place[:2]


async def test_an_id_that_rests_in_several_books_needs_one_chosen(demo):
    await demo.show(
        orders(("A", "B", 9, BEST_BID, 1)),
        orders(("A", "A", 9, MIDS[CL] + TICK, 2), instrument=CL),
        orders(("A", "B", 9, BEST_BID, 3), publisher=2),
    )
    status, error = await demo.get("/api/orders/9")
    assert (status, error["code"]) == (409, "ambiguous")
    assert f"publisher=2&instrument={ES}" in error["hint"]
    for query, size in [
        ("publisher=1&instrument=ESH6", 1),
        ("instrument=CLH6", 2),
        ("publisher=2", 3),
    ]:
        status, order = await demo.get(f"/api/orders/9?{query}")
        assert (status, order["size"]) == (200, size), query
    status, error = await demo.get("/api/orders/9?publisher=7")
    assert (status, error["code"]) == (404, "unknown-order")


async def test_what_is_no_order_id_is_400(demo):
    for wrong in ("-1", "ten", str(2**64), "1.5", "٣"):
        status, error = await demo.get(f"/api/orders/{wrong}")
        assert (status, error["code"]) == (400, "bad-value"), wrong


async def test_best_quotes_are_given_by_publisher_and_consolidated(demo):
    await demo.show(
        orders(
            ("A", "B", 1, BEST_BID, 30),
            ("A", "A", 2, MIDS[ES] + 3 * TICK, 9),
            publisher=2,
        ),
        orders(("A", "B", 1, BEST_BID - TICK, 8), publisher=3),
    )
    status, answer = await demo.get("/api/bbo?symbols=ESH6,CLH6")
    assert status == 200
    assert answer["not_found"] == []
    quotes = {one["symbol"]: one for one in answer["quotes"]}
    best = quotes["ESH6"]["consolidated"]
    assert (best["bid_price"], best["bid_size"], best["bid_count"]) == ("6649.75", 35, 2)
    assert (best["ask_price"], best["ask_size"], best["ask_count"]) == ("6650.25", 5, 1)
    assert quotes["ESH6"]["bid_publishers"] == [1, 2]
    assert quotes["ESH6"]["ask_publishers"] == [1]
    own = {one["publisher_id"]: one for one in quotes["ESH6"]["publishers"]}
    assert set(own) == {1, 2, 3}
    assert own[1]["dataset"] == "GLBX.MDP3"
    assert (own[3]["quote"]["ask_price"], own[3]["quote"]["ask_price_i64"]) == (None, None)
    assert quotes["CLH6"]["consolidated"]["bid_count"] == 1


async def test_symbols_without_a_book_are_named(demo):
    _, answer = await demo.get("/api/bbo?symbols=ES.FUT,ZZZ9")
    assert answer["not_found"] == ["ZZZ9"]
    status, error = await demo.get("/api/bbo?symbols=ZZZ9")
    assert (status, error["code"]) == (404, "unknown-symbol")
    for query in ("", "?symbols=", "?symbols=,"):
        status, error = await demo.get(f"/api/bbo{query}")
        assert (status, error["code"]) == (400, "bad-value"), query


async def test_too_many_symbols_are_refused():
    async with stage(limits=Limits(max_symbols=2)) as running:
        await running.show(definitions(), opening_book(ES))
        status, error = await running.get("/api/bbo?symbols=ESH6,CLH6,NQH6")
        assert (status, error["code"]) == (413, "over-limit")
        assert "2 at most" in error["hint"]


async def test_a_publishers_own_book_is_given(demo):
    await demo.show(orders(("A", "B", 1, BEST_BID, 30), publisher=2))
    for publisher, size in ((1, 5), (2, 30)):
        _, book = await demo.get(f"/api/book/ESH6?publisher={publisher}")
        assert (book["publisher_id"], book["bids"][0]["size"]) == (publisher, size)
    _, book = await demo.get("/api/book/ESH6")
    assert book["publisher_id"] == 1
    status, error = await demo.get("/api/book/ESH6?publisher=3")
    assert (status, error["code"]) == (404, "unknown-symbol")


PATHS = (
    "/api/book/ESH6",
    "/api/book/ES.FUT?levels=3",
    "/api/book/ESH6?levels=3&orders=true",
    "/api/bbo?symbols=ESH6",
    f"/api/orders/{ES * 1000}",
)


async def test_what_has_not_changed_is_not_sent_again(demo):
    for path in PATHS:
        status, etag, body = await tagged(demo, path)
        assert (status, bool(body)) == (200, True)
        assert await tagged(demo, path, etag) == (304, etag, b"")
        assert await tagged(demo, path, f'"other", W/{etag}') == (304, etag, b"")
        assert (await tagged(demo, path, '"other"'))[0] == 200


async def test_a_change_of_the_book_changes_its_tag_and_no_others(demo):
    before = {path: await tagged(demo, path) for path in PATHS}
    other = await tagged(demo, "/api/book/CLH6")
    await demo.show(orders(("A", "B", 500, BEST_BID, 1)))
    for path, (_, etag, _) in before.items():
        status, now, _ = await tagged(demo, path, etag)
        assert (status, now == etag) == (200, False), path
    assert await tagged(demo, "/api/book/CLH6") == other


async def test_a_reset_changes_the_tag_of_the_same_book():
    from tests.server.market_day import HandFeed

    from ticktape.feeds.marks import Mark, make_mark

    feed = HandFeed()
    async with stage(feed=feed) as running:
        await running.show(definitions(), opening_book(ES))
        _, etag, body = await tagged(running, "/api/book/ESH6")
        await running.show(make_mark(Mark.RESET, START_NS), opening_book(ES))
        status, other, again = await tagged(running, "/api/book/ESH6", etag)
        assert (status, other != etag) == (200, True)
        assert again == body


async def test_in_the_middle_of_an_event_the_book_before_it_is_given(demo):
    _, before = await demo.get("/api/book/ESH6")
    assert before["in_event"] is False
    crossing = orders(("A", "B", 600, MIDS[ES] + TICK, 9))
    crossing.records["flags"] = 0
    await demo.show(crossing)
    assert (await demo.get("/api/book/ESH6"))[1] == before
    _, fresh = await demo.get("/api/book/ESH6?levels=4")
    assert (fresh["in_event"], fresh["locked"]) == (True, True)
    await demo.show(orders(("C", "A", ES * 1000 + 12, MIDS[ES] + TICK, 5)))
    _, after = await demo.get("/api/book/ESH6")
    assert (after["in_event"], after["locked"], after["bids"][0]["price"]) == (
        False,
        False,
        "6650.25",
    )


async def test_a_book_of_long_before_an_event_is_not_given_for_the_one_in_it(demo):
    _, before = await demo.get("/api/book/ESH6")
    later = START_NS + 60 * SECOND
    await demo.show(orders(("A", "B", 600, BEST_BID, 1), start_ns=later))
    amid = orders(*[("A", "B", 601 + one, BEST_BID, 1) for one in range(2)], start_ns=later + 1)
    amid.records["flags"] = 0
    first, second = (Batch(Schema.MBO, amid.records[at : at + 1]) for at in range(2))
    sizes = []
    for batch in (first, second):
        await demo.show(batch)
        _, book = await demo.get("/api/book/ESH6")
        assert book["in_event"] is True
        sizes.append(book["bids"][0]["size"])
    size = before["bids"][0]["size"]
    assert sizes == [size + 2, size + 3]


async def test_quotes_are_those_of_the_end_of_an_event_that_is_on_its_way(demo, monkeypatch):
    # Awaited, not looked for again and again.
    monkeypatch.setattr(quote_answers, "_PATIENCE_S", 3_600)
    crossing = orders(("A", "B", 600, MIDS[ES] + TICK, 9))
    crossing.records["flags"] = 0
    await demo.show(crossing)
    asked = asyncio.create_task(demo.get("/api/bbo?symbols=ESH6"))
    await answered(demo, "/health")
    await demo.show(orders(("C", "A", ES * 1000 + 12, MIDS[ES] + TICK, 5)))
    _, answer = await asked
    quote = answer["quotes"][0]["publishers"][0]
    assert quote["in_event"] is False
    assert (quote["quote"]["bid_price"], quote["quote"]["locked"]) == ("6650.25", False)


async def test_quotes_in_an_event_that_does_not_end_are_told_to_be(demo):
    crossing = orders(("A", "B", 600, MIDS[ES] + TICK, 9))
    crossing.records["flags"] = 0
    await demo.show(crossing)
    _, answer = await demo.get("/api/bbo?symbols=ESH6")
    quote = answer["quotes"][0]["publishers"][0]
    assert (quote["in_event"], quote["quote"]["locked"]) == (True, True)


async def test_a_book_with_its_orders_is_a_book(demo):
    _, plain = await demo.get("/api/book/ESH6")
    _, full = await demo.get("/api/book/ESH6?orders=true")
    for level in (*full["bids"], *full["asks"]):
        del level["orders"]
    assert full == plain


async def test_quotes_by_price_have_no_orders_to_give():
    from ticktape.server.source import Source

    quotes = new_records(Schema.MBP_1, 1)
    quotes["publisher_id"], quotes["instrument_id"] = 1, ES
    quotes["ts_event"] = quotes["ts_recv"] = START_NS
    quotes["flags"] = 128
    quotes["bid_px_00"], quotes["bid_sz_00"] = BEST_BID, 3
    source = Source("SIMULATED", "GLBX.MDP3", ["mbp-1"], ["ES.FUT"])
    async with stage(source) as running:
        await running.show(definitions(), Batch(Schema.MBP_1, quotes))
        _, answer = await running.get("/api/bbo?symbols=ESH6")
        assert answer["quotes"][0]["consolidated"]["bid_size"] == 3
        status, error = await running.get("/api/book/ESH6?orders=true")
        assert (status, error["code"]) == (400, "bad-value")


async def test_the_tags_of_many_clients_are_their_own(demo):
    async with aiohttp.ClientSession() as other:
        _, etag, _ = await tagged(demo, "/api/book/ESH6")
        await demo.show(trades(1))
        async with other.get(
            demo.url + "/api/book/ESH6", headers={"if-none-match": etag}
        ) as answer:
            assert answer.status == 200
