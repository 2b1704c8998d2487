"""The OpenAPI document keeps its word: generated requests get documented answers."""

import asyncio
import threading

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import checks
from schemathesis.specs.openapi import checks as openapi_checks
from tests.server.market_day import ES, definitions, opening_book, stage, trades


@pytest.fixture(scope="module")
def address():
    """The address of a viewer that runs in a thread of its own."""
    ready, done = threading.Event(), threading.Event()
    where = []

    async def serve():
        async with stage() as running:
            await running.show(definitions(), opening_book(ES), trades(20))
            # Streams of a source that has ended end too.
            running.feed.put(None)
            while running.viewer.source.connected:
                await asyncio.sleep(0.01)
            where.append(running.url)
            ready.set()
            while not done.is_set():
                await asyncio.sleep(0.02)

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    assert ready.wait(100)
    yield where[0]
    done.set()
    thread.join()


# Its 503 is an answer: not ready, and why.
MAY_BE_503 = frozenset({"/ready"})


def operations():
    """The names of the calls, as the document has them."""
    return [
        ("/health", "GET"),
        ("/ready", "GET"),
        ("/api/health", "GET"),
        ("/metrics", "GET"),
        ("/api/source", "GET"),
        ("/api/symbols", "GET"),
        ("/api/book/{symbol}", "GET"),
        ("/api/bbo", "GET"),
        ("/api/orders/{order_id}", "GET"),
        ("/api/heatmap/{symbol}", "GET"),
        ("/api/market/export", "GET"),
        ("/api/mbo/stream/json/{delay_ms}", "GET"),
        ("/api/historical", "POST"),
        ("/api/replay", "POST"),
        ("/api/signals", "GET"),
        ("/api/signals/export", "GET"),
        ("/api/signals/{signal_id}/note", "PUT"),
        ("/api/signals/{signal_id}/note", "DELETE"),
        ("/api/sessions", "GET"),
        ("/api/stats", "GET"),
        ("/api/settings", "GET"),
        ("/api/settings", "PUT"),
    ]


@pytest.mark.parametrize(("path", "method"), operations())
def test_every_answer_is_a_documented_one(address, path, method):
    document = schemathesis.openapi.from_url(f"{address}/docs/openapi.json")

    @given(case=document[path][method].as_strategy())
    @settings(
        max_examples=15,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def keeps_its_word(case):
        case.validate_response(
            case.call(),
            checks=[
                *([] if path in MAY_BE_503 else [checks.not_a_server_error]),
                openapi_checks.status_code_conformance,
                openapi_checks.content_type_conformance,
                openapi_checks.response_schema_conformance,
            ],
        )

    keeps_its_word()
