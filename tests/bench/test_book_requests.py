"""The benchmark of requests for books: what wrk says is read, what it counts itself is right."""

import asyncio
import time

import pytest
from tests.server.market_day import ES, definitions, opening_book, stage, trades

from ticktape.bench.book_requests import read_wrk
from ticktape.bench.input_rate import InputRate
from ticktape.bench.request_client import ask

SAID = """Running 8s test @ http://127.0.0.1:18080/api/book/ES.FUT?levels=10
  Latency Distribution
     50%  940.00us
     99%    1.25s
  34766 requests in 8.08s, 60.93MB read
  Socket errors: connect 0, read 1, write 2, timeout 3
  Non-2xx or 3xx responses: 4
Requests/sec:   4305.17
"""


def test_what_wrk_says_is_read():
    assert read_wrk(SAID) == (4305.17, 0.94, 1250.0, 10)


async def test_own_client_counts_what_the_server_answered():
    async with stage() as running:
        await running.show(definitions(), opening_book(ES))
        found = await ask(running.viewer.server.port, "/api/book/ESH6", 5, 1.0)
        assert found["errors"] == 0
        assert found["requests_a_second"] > 10
        assert 0 < found["p50_ms"] <= found["p99_ms"]
        missing = await ask(running.viewer.server.port, "/api/book/ZZZ9", 2, 0.2)
        assert missing["errors"] > 0


async def test_the_input_is_counted_while_it_is_measured():
    async with stage() as running:
        await running.show(definitions(), opening_book(ES))
        port = running.viewer.server.port
        begun = time.perf_counter()
        coming = await asyncio.to_thread(InputRate, port, 1_000.0)
        await running.show(trades(700), trades(800))
        await asyncio.to_thread(coming.take)
        passed = time.perf_counter() - begun
    # The two looks lie within the time that passed.
    assert coming.measured * passed >= 1_500
    assert coming.measured * passed < 1_500 * 10


@pytest.mark.parametrize(
    ("measured", "fell_short", "told"),
    [
        (99_900.0, False, "input 99,900 records/s"),
        (98_900.0, True, "input 98,900 records/s, not the 100,000 asked for"),
    ],
)
def test_an_input_below_99_percent_falls_short(monkeypatch, measured, fell_short, told):
    monkeypatch.setattr(InputRate, "_look", lambda _self: (0.0, 0.0))
    coming = InputRate(1, 100_000.0)
    coming.measured = measured
    assert (coming.fell_short, coming.told()) == (fell_short, told)
