"""Exports of the books over a range, from a real server."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from unittest.mock import patch

import databento
import numpy as np
import pyarrow.parquet as pq
import pytest
from pyarrow import ArrowInvalid
from tests.book.level_rows_oracle import rows_of_events, rows_of_intervals
from tests.conformance.make_corpus import fields_of
from tests.conformance.streams import valid_stream
from tests.server.event_stream import event_client
from tests.server.market_day import (
    CL,
    ES,
    START_NS,
    SYMBOLS,
    definitions,
    opening_book,
    stage,
    write_tape,
)
from tests.server.replaying import replaying

from ticktape.book.derive_quotes import QuoteDeriver
from ticktape.cli.main import run
from ticktape.server.source import Source
from ticktape.store import RecentLog, TapeIndex
from ticktape.store.export import export_pieces
from ticktape.tape import Batch, Schema
from ticktape.tape.errors import TapeError
from ticktape.tape.layouts import LAYOUTS, RTYPES
from ticktape.tape.prices import format_price

COUNT = 5_000
FORMATS = ("json", "ndjson", "csv", "parquet", "dbn")


def busy_records(count=COUNT):
    records = valid_stream(6, count)
    records["publisher_id"] = 1
    records["instrument_id"] = np.where(records["instrument_id"] == 100, ES, CL)
    records["price"] = np.where(records["price"] < 200, records["price"] * 10**8, records["price"])
    records["ts_event"] = records["ts_recv"] = START_NS + np.arange(count) * 2_000_000
    return records


@pytest.fixture(scope="module")
def busy_tape(tmp_path_factory):
    path = tmp_path_factory.mktemp("tape") / "busy.dbn"
    return write_tape(path, definitions(), Batch(Schema.MBO, busy_records()))


async def fetch(running, query=""):
    async with running.http.get(f"{running.url}/api/market/export{query}") as answer:
        assert answer.status == 200, await answer.text()
        return await answer.read()


def same_rows(documents, expected):
    assert [one["position"] for one in documents] == [row.position for row in expected]
    for document, row in zip(documents, expected, strict=True):
        assert document["symbol"] == SYMBOLS[row.key[1]]
        assert document["ts_recv"] == str(row.ts_recv)
        for side in ("bids", "asks"):
            levels = [(one["price_i64"], one["size"], one["count"]) for one in document[side]]
            assert levels == getattr(row, side)


async def test_a_document_for_every_change_of_the_levels(busy_tape):
    async with replaying(busy_tape) as running:
        documents = json.loads(await fetch(running, "?levels=3"))
        lines = await fetch(running, "?levels=3&format=ndjson")
    same_rows(documents, rows_of_events(fields_of(busy_records()), 3))
    assert [json.loads(line) for line in lines.splitlines()] == documents


async def test_a_document_at_the_end_of_every_second(busy_tape):
    async with replaying(busy_tape) as running:
        documents = json.loads(await fetch(running, "?levels=2&every=1s"))
    same_rows(documents, rows_of_intervals(fields_of(busy_records()), 2, 10**9))
    assert len(documents) == 20


@pytest.mark.parametrize(
    "begin", ["1234", "2026-01-05T14:30:02.468Z", str(START_NS + 2_468_000_000)]
)
async def test_a_range_of_one_instrument_is_a_part_of_the_whole(busy_tape, begin):
    async with replaying(busy_tape) as running:
        documents = json.loads(
            await fetch(running, f"?symbol=ES.FUT&from={begin}&to=4000&levels=5")
        )
    whole = rows_of_events(fields_of(busy_records()), 5)
    same_rows(
        documents, [row for row in whole if row.key == (1, ES) and 1234 <= row.position < 4000]
    )


async def test_tables_hold_the_same_as_the_documents(busy_tape):
    async with replaying(busy_tape) as running:
        documents = json.loads(await fetch(running, "?levels=2"))
        text = (await fetch(running, "?levels=2&format=csv")).decode()
        table = pq.read_table(io.BytesIO(await fetch(running, "?levels=2&format=parquet")))
    rows = list(csv.DictReader(io.StringIO(text)))
    columns = table.to_pylist()
    assert len(rows) == len(columns) == len(documents)
    for document, row, cells in zip(documents, rows, columns, strict=True):
        assert row["symbol"] == cells["symbol"] == document["symbol"]
        assert int(row["position"]) == cells["position"] == document["position"]
        assert cells["ts_recv"].value == document["ts_recv_unix_ns"]
        for at in range(2):
            for side, name in (("bids", "bid"), ("asks", "ask")):
                level = document[side][at] if at < len(document[side]) else None
                price, cell = row[f"{name}_px_{at:02d}"], cells[f"{name}_px_{at:02d}"]
                if level is None:
                    assert (price, cell) == ("", None)
                    continue
                assert format_price(int(cell.scaleb(9))) == level["price"]
                assert format_price(round(float(price) * 1e9)) == level["price"]
                assert cells[f"{name}_sz_{at:02d}"] == level["size"]
                assert int(row[f"{name}_ct_{at:02d}"]) == level["count"]


@pytest.mark.parametrize(("levels", "schema"), [(1, Schema.MBP_1), (10, Schema.MBP_10)])
async def test_dbn_is_the_vendors_own_records(busy_tape, levels, schema):
    async with replaying(busy_tape) as running:
        content = await fetch(running, f"?levels={levels}&format=dbn&from=100")
    store = databento.DBNStore.from_bytes(content)
    assert str(store.schema) == schema
    assert store.dataset == "GLBX.MDP3"
    deriver = QuoteDeriver(schema)
    deriver.update(busy_records()[:100])
    expected = deriver.update(busy_records()[100:])
    assert store.to_ndarray().tobytes() == expected.tobytes()


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("query", ["", "from=700&to=2026-01-05T14:30:07Z&symbol=ESH6"])
async def test_the_command_writes_the_same_bytes(busy_tape, tmp_path, form, query):
    async with replaying(busy_tape) as running:
        served = await fetch(running, f"?format={form}&{query}")
    options = [
        part
        for pair in query.split("&")
        if pair
        for part in ("--" + pair.split("=")[0], pair.split("=")[1])
    ]
    out = tmp_path / f"books.{form}"
    assert run(["export", str(busy_tape), "--out", str(out), *options]) == 0
    assert out.read_bytes() == served


@pytest.mark.parametrize("form", FORMATS)
async def test_a_range_without_rows_is_a_whole_file(busy_tape, form):
    async with replaying(busy_tape) as running:
        content = await fetch(running, f"?format={form}&from={COUNT}")
    if form == "json":
        assert json.loads(content) == []
    elif form == "ndjson":
        assert content == b""
    elif form == "csv":
        assert content.count(b"\n") == 1
    elif form == "parquet":
        assert pq.read_table(io.BytesIO(content)).num_rows == 0
    else:
        assert len(databento.DBNStore.from_bytes(content).to_ndarray()) == 0


async def test_the_same_request_gives_the_same_bytes_wherever_the_cursor_is(busy_tape):
    async with replaying(busy_tape, speed=None, paused=True) as running:
        before = await fetch(running, "?format=csv")
        running.viewer.source.replay.resume()
        async with running.http.ws_connect(f"{running.url}/ws/live?symbols=ESH6&schema=trades"):
            after = await fetch(running, "?format=csv")
    assert before == after


@pytest.mark.parametrize(
    ("query", "status", "code", "said"),
    [
        ("?format=xml", 400, "bad-value", "json"),
        ("?levels=0", 400, "bad-value", "1 to 1000"),
        ("?levels=1001", 400, "bad-value", "1 to 1000"),
        ("?levels=5&format=dbn", 400, "bad-value", "10 (mbp-10)"),
        ("?every=1s&format=dbn", 400, "bad-value", "every"),
        ("?every=often", 400, "bad-value", "1s"),
        ("?from=soon", 400, "bad-value", ""),
        (f"?to={COUNT + 1}", 400, "bad-value", str(COUNT - 1)),
        ("?symbol=ZZZ9", 404, "unknown-symbol", "/api/symbols"),
    ],
)
async def test_refusals(busy_tape, query, status, code, said):
    async with replaying(busy_tape) as running:
        answered, error = await running.get(f"/api/market/export{query}")
    assert (answered, error["code"]) == (status, code)
    assert said in error["hint"] + error["message"]


async def test_a_source_without_orders_says_so():
    async with stage(Source("SIMULATED", "GLBX.MDP3", ["mbp-1"], ["ES.FUT"])) as running:
        status, error = await running.get("/api/market/export")
    assert (status, error["code"]) == (409, "no-orders")


async def test_a_live_source_gives_what_it_keeps(demo):
    documents = json.loads(await fetch(demo, "?symbol=ESH6&levels=1"))
    expected = rows_of_events(fields_of(opening_book(ES).records), 1)
    assert [one["bids"][0]["price_i64"] for one in documents[:1]] == [expected[0].bids[0][0]]
    assert len(documents) == len(expected)


async def test_a_forgotten_beginning_is_gone():
    async with stage() as running:
        running.viewer.mbo_streams._log = log = RecentLog(max_bytes=1 << 14)
        await log.write(Batch(Schema.MBO, busy_records()))
        status, error = await running.get("/api/market/export?from=0")
    assert (status, error["code"]) == (410, "position-gone")


async def test_a_slow_client_is_sent_no_more_than_it_reads_and_may_leave(tmp_path):
    records = np.tile(busy_records(), 40)
    tape = write_tape(tmp_path / "long.dbn", definitions(), Batch(Schema.MBO, records))
    written = []

    def counted(*arguments):
        for piece in export_pieces(*arguments):
            written.append(len(piece))
            yield piece

    async with replaying(tape) as running:
        whole = len(await fetch(running, "?format=ndjson"))
        with patch("ticktape.server.exports.export_pieces", counted):
            path = "/api/market/export?format=ndjson"
            async with event_client(running.url, path) as client:
                await client.more()
                at_first = -1
                while at_first != sum(written):
                    at_first = sum(written)
                    await asyncio.sleep(0.3)
                # What the sockets of both sides hold, and two pieces.
                assert at_first < 24 << 20
            await asyncio.sleep(0.5)
        assert whole > 50 << 20
        assert sum(written) < at_first + (2 << 20)


async def test_a_slow_reader_of_a_live_source_gets_all_of_its_range():
    records = busy_records()
    async with stage() as running:
        running.viewer.mbo_streams._log = log = RecentLog(max_bytes=1 << 21)
        await log.write(Batch(Schema.MBO, np.tile(records, 4)))
        whole = await fetch(running, "?format=ndjson&levels=50")
        async with event_client(
            running.url, "/api/market/export?format=ndjson&levels=50", limit=1 << 12
        ) as client:
            await client.more()
            end = log.end_position
            await log.write(Batch(Schema.MBO, np.tile(records, 12)))
            assert log.first_position > end
            while await client.more():
                pass
    assert len(whole) > 16 << 20
    assert client.raw == whole


@pytest.mark.parametrize("form", FORMATS)
async def test_an_export_that_cannot_go_on_does_not_look_whole(busy_tape, form, caplog):
    read = TapeIndex.read

    def failing(log, position, count):
        if position >= 4_000:
            raise TapeError("the disk is gone")
        return read(log, position, min(count, 2_000))

    async with replaying(busy_tape) as running:
        whole = await fetch(running, f"?format={form}")
        small_groups = patch("ticktape.store.export_forms._GROUP_ROWS", 500)
        with small_groups, patch.object(TapeIndex, "read", failing):
            content = await fetch(running, f"?format={form}")
    assert [one for one in caplog.records if "an export broke off" in one.message]
    if form == "json":
        assert whole.startswith(content)
        with pytest.raises(json.JSONDecodeError):
            json.loads(content)
    elif form == "parquet":
        with pytest.raises(ArrowInvalid):
            pq.read_table(io.BytesIO(content))
    elif form == "dbn":
        assert whole.startswith(content[:-320])
        told = np.frombuffer(content[-320:], LAYOUTS[Schema.ERROR])[0]
        assert (told["rtype"], told["err"]) == (RTYPES[Schema.ERROR], b"the disk is gone")
    else:
        *lines, last = content.splitlines(keepends=True)
        assert whole.startswith(b"".join(lines))
        assert len(lines) > 100
        assert b"the disk is gone" in last
        if form == "ndjson":
            assert json.loads(last)["error"]["code"]
        else:
            assert last.startswith(b"# broken off")
