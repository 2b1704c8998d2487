"""Historical ranges, from a local server that answers as the vendor does."""

import json
import threading
from base64 import b64encode
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import numpy as np
import pytest
import zstandard

from ticktape.feeds.databento_historical import DatabentoHistoricalFeed
from ticktape.tape.errors import (
    AuthenticationError,
    BadValueError,
    UnknownSymbolError,
    UpstreamError,
)
from ticktape.tape.layouts import Schema, new_records
from ticktape.tape.metadata import make_metadata

KEY = "db-historical-key-of-32-letters-"
START_NS = 1_758_742_200_000_000_000
TRADES = new_records(Schema.TRADES, 200_000)
TRADES["ts_recv"] = TRADES["ts_event"] = START_NS + np.arange(len(TRADES))
TRADES["instrument_id"] = 7
TRADES["price"] = np.arange(len(TRADES))


def answer_of(records):
    metadata = make_metadata("GLBX.MDP3", Schema.TRADES, START_NS, START_NS + 10**9, ["ESZ5"])
    raw = bytes(metadata.encode()) + records.tobytes()
    return zstandard.ZstdCompressor().compress(raw)


@contextmanager
def vendor(status=200, body=b"", detail=None, promised=None):
    """Serve one answer to every request; give the address and the requests seen."""
    requests = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            form = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
            requests.append((self.path, self.headers["authorization"], form))
            content = body if detail is None else json.dumps({"detail": detail}).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json" if detail else "application/zstd")
            self.send_header("content-length", str(promised or len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", requests
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def feed_of(address, **options):
    return DatabentoHistoricalFeed(
        KEY,
        "GLBX.MDP3",
        Schema.TRADES,
        ["ESZ5"],
        START_NS,
        START_NS + 10**9,
        gateway=address,
        **options,
    )


async def collect(feed):
    return [batch async for batch in feed]


async def test_a_range_comes_as_batches_in_order(tmp_path):
    with vendor(body=answer_of(TRADES)) as (address, requests):
        feed = feed_of(address, limit=500_000, folder=tmp_path)
        batches = await collect(feed)
    assert len(batches) > 1
    assert {batch.schema for batch in batches} == {Schema.TRADES}
    assert np.concatenate([b.records for b in batches]).tobytes() == TRADES.tobytes()
    assert str(feed.metadata.schema) == "trades"
    path, authorisation, form = requests[0]
    assert path == "/v0/timeseries.get_range"
    assert authorisation == "Basic " + b64encode(f"{KEY}:".encode()).decode()
    assert form["symbols"] == ["ESZ5"]
    assert (form["start"], form["end"]) == ([str(START_NS)], [str(START_NS + 10**9)])
    assert form["limit"] == ["500000"]
    assert list(tmp_path.iterdir()) == []


async def test_a_range_without_records_gives_no_batches():
    with vendor(body=answer_of(TRADES[:0])) as (address, _):
        assert await collect(feed_of(address)) == []


@pytest.mark.parametrize(
    ("status", "detail", "error", "message"),
    [
        (401, "Authentication failed", AuthenticationError, "Authentication failed"),
        (403, "License required", AuthenticationError, "License required"),
        (
            422,
            {
                "case": "symbology_invalid_request",
                "message": "None of the symbols could be resolved",
                "docs": "",
            },
            UnknownSymbolError,
            "could be resolved",
        ),
        (422, "start after end", UpstreamError, "start after end"),
        (503, "Try later", UpstreamError, "Try later"),
    ],
)
async def test_the_vendors_errors_become_ours(status, detail, error, message):
    with (
        vendor(status=status, detail=detail) as (address, _),
        pytest.raises(error, match=message) as caught,
    ):
        await collect(feed_of(address))
    assert caught.value.terminal == (status != 503)


@pytest.mark.parametrize(
    "body", [b"", b"no tape at all", answer_of(TRADES)[:100]], ids=["empty", "text", "cut"]
)
async def test_an_answer_that_is_no_tape_is_an_upstream_error(body):
    with vendor(body=body) as (address, _), pytest.raises(UpstreamError):
        await collect(feed_of(address))


async def test_a_download_that_breaks_off_is_an_upstream_error():
    body = answer_of(TRADES)
    half = body[: len(body) // 2]
    with vendor(body=half, promised=len(body)) as (address, _), pytest.raises(UpstreamError):
        await collect(feed_of(address))


async def test_a_vendor_that_is_not_there_is_an_upstream_error():
    with vendor() as (address, _):
        pass
    with pytest.raises(UpstreamError, match="cannot be reached"):
        await collect(feed_of(address))


def test_an_empty_range_is_refused_at_once():
    with pytest.raises(BadValueError, match="range is empty"):
        DatabentoHistoricalFeed(KEY, "GLBX.MDP3", Schema.TRADES, ["A"], 2, 2)


def test_a_missing_key_is_told_before_anything_is_asked(monkeypatch, tmp_path):
    monkeypatch.delenv("DATABENTO_API_KEY", raising=False)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(AuthenticationError, match="DATABENTO_API_KEY"):
        DatabentoHistoricalFeed(None, "GLBX.MDP3", Schema.TRADES, ["A"], 1, 2)


def test_the_key_is_never_shown():
    feed = feed_of("http://127.0.0.1:1")
    assert KEY not in repr(feed) + repr(vars(feed))
