"""``/api/signals`` and its neighbours: what was kept, filtered, paged, exported, noted."""

import csv
import io
import json

import pyarrow.parquet as pq
import pytest
from tests.server.market_day import SECOND, START_NS, stage
from tests.store.test_signal_store import came

from ticktape.flow.signals.signal import SignalKind
from ticktape.server.source import Source
from ticktape.store.signal_rows import KeptSession, KeptSignal
from ticktape.store.signal_schema import SignalStoreError

KINDS = [SignalKind.ABSORPTION, SignalKind.SWEEP, SignalKind.DELTA_FLIP]


def live():
    return Source("LIVE", "GLBX.MDP3", ["mbo"], ["ES.FUT"])


def day(symbol="ESH6", date="2026-01-05", at=0):
    return KeptSession("GLBX.MDP3", "live", symbol, date, START_NS + at, START_NS + at + SECOND)


def signals(count, symbol="ESH6", start=0):
    return [
        KeptSignal(
            "GLBX.MDP3", symbol, int(KINDS[turn % 3]), START_NS + turn * SECOND,
            1 if turn % 2 else -1, (6_650 + turn) * SECOND, f"{symbol}-2026-01-05",
            6_650 * SECOND, (6_650 + turn) * SECOND, turn % 4, 1, turn,
        )
        for turn in range(start, start + count)
    ]  # fmt: skip


@pytest.fixture
async def kept():
    """A viewer with 500 signals, the first hundred of them won."""
    async with stage(live()) as running:
        rows = signals(500)
        running.viewer.signals.keep([day(), *rows, *(came(one, "5m") for one in rows[:100])])
        yield running


async def test_signals_are_told_newest_first_a_page_at_a_time(kept):
    status, first = await kept.get("/api/signals")
    assert status == 200
    assert (len(first["signals"]), first["total"]) == (50, 500)
    assert first["signals"][0] == {
        "id": f"ESH6-sweep-{START_NS + 499 * SECOND}-up-{7_149 * SECOND}",
        "session_id": "ESH6-2026-01-05",
        "dataset": "GLBX.MDP3",
        "symbol": "ESH6",
        "timestamp": "2026-01-05T14:38:19.000000000Z",
        "ts_ns": str(START_NS + 499 * SECOND),
        "signal_type": "sweep",
        "direction": "bullish",
        "price": 7_149.0,
        "price_low": 6_650.0,
        "price_high": 7_149.0,
        "strength": "defended",
        "score": 1,
        "amount": 499,
        "price_after_1m": None,
        "price_after_5m": None,
        "outcome_1m": None,
        "outcome_5m": None,
        "outcome": None,
        "note": None,
        "created_at": first["signals"][0]["created_at"],
        "rules": "",
    }
    paged = []
    for offset in range(0, 500, 200):
        _, page = await kept.get(f"/api/signals?limit=200&offset={offset}")
        paged += page["signals"]
    assert [row["amount"] for row in paged] == list(range(499, -1, -1))


@pytest.mark.parametrize(
    ("query", "total"),
    [
        ("signal_type=sweep", 167),
        ("signal_type=sweep,absorption", 334),
        ("direction=bullish", 250),
        ("outcome=win", 100),
        ("outcome=pending", 400),
        ("outcome=loss", 0),
        ("symbol=ESH6", 500),
        ("symbol=NQH6", 0),
        ("session_id=ESH6-2026-01-05", 500),
        ("dataset=all", 500),
        ("dataset=SIMULATED", 0),
        ("start_date=2026-01-05&end_date=2026-01-05", 500),
        ("start_date=2026-01-06", 0),
        ("start_date=2026-01-05T14:30:10Z&end_date=2026-01-05T14:30:19Z", 10),
        (f"start_date={START_NS + 490 * SECOND}", 10),
    ],
)
async def test_filters_of_lists_statistics_and_exports_are_the_same(kept, query, total):
    status, answer = await kept.get(f"/api/signals?{query}&limit=200")
    assert (status, answer["total"]) == (200, total)
    _, stats = await kept.get(f"/api/stats?{query}")
    assert stats["total_signals"] == total
    _, exported = await kept.get(f"/api/signals/export?{query}&format=json")
    assert len(exported) == total
    assert exported[::-1][:200] == answer["signals"]


async def test_every_export_is_the_list(kept):
    _, listed = await kept.get("/api/signals/export?format=json")
    paged = []
    for offset in range(0, 500, 100):
        _, page = await kept.get(f"/api/signals?limit=100&offset={offset}")
        paged += page["signals"]
    assert listed == paged[::-1]
    status, text = await kept.get("/api/signals/export?format=csv")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert text.partition("\n")[0].startswith(
        "id,session_id,timestamp,signal_type,direction,price,price_after_1m,price_after_5m,"
        "outcome,created_at"
    )
    assert status == 200
    for row, expected in zip(rows, listed, strict=True):
        assert row == {
            name: "" if value is None else str(value) for name, value in expected.items()
        }
    async with kept.http.get(f"{kept.url}/api/signals/export?format=parquet") as answer:
        table = pq.read_table(io.BytesIO(await answer.read()))
    for name in ("id", "price", "outcome", "note", "strength", "price_after_5m"):
        assert table[name].to_pylist() == [row[name] for row in listed]
    assert table["ts_ns"].to_pylist() == [int(row["ts_ns"]) for row in listed]
    assert [one.value for one in table["timestamp"]] == table["ts_ns"].to_pylist()


@pytest.mark.parametrize("form", ["csv", "json", "parquet"])
async def test_an_export_of_nothing_is_a_file_too(form):
    async with (
        stage(live()) as running,
        running.http.get(f"{running.url}/api/signals/export?format={form}") as answer,
    ):
        content = await answer.read()
    assert answer.status == 200
    if form == "json":
        assert json.loads(content) == []
    elif form == "csv":
        assert len(content.splitlines()) == 1
    else:
        assert pq.read_table(io.BytesIO(content)).num_rows == 0


async def test_an_export_of_many_is_streamed_in_pieces():
    async with stage(live()) as running:
        running.viewer.signals.keep(signals(7_000))
        async with running.http.get(f"{running.url}/api/signals/export?format=csv") as answer:
            assert "content-length" not in answer.headers
            content = await answer.read()
    assert len(content.splitlines()) == 7_001


async def test_statistics_count_by_type_and_direction(kept):
    _, stats = await kept.get("/api/stats")
    assert stats["total_signals"] == 500
    assert stats["by_type"]["sweep"] == {
        "count": 167, "bullish": 84, "bearish": 83, "wins": 33, "losses": 0, "breakeven": 0,
        "win_rate": 100.0,
    }  # fmt: skip
    assert stats["by_direction"]["bullish"]["count"] == 250
    assert stats["by_type"].keys() == {"absorption", "sweep", "delta_flip"}


async def test_sessions_are_told_newest_first_with_what_came_of_them(kept):
    later = day(date="2026-01-06", at=86_400 * SECOND)
    other = day("NQH6", "2026-01-07", 2 * 86_400 * SECOND)
    kept.viewer.signals.keep([later, other])
    _, answer = await kept.get("/api/sessions")
    assert [one["id"] for one in answer["sessions"]] == [
        "NQH6-2026-01-07",
        "ESH6-2026-01-06",
        "ESH6-2026-01-05",
    ]
    assert answer["total"] == 3
    assert answer["sessions"][2]["wins"] == 100
    assert answer["sessions"][0]["win_rate"] is None
    _, answer = await kept.get("/api/sessions?limit=1&offset=1&symbol=ESH6")
    assert [one["id"] for one in answer["sessions"]] == ["ESH6-2026-01-05"]


async def test_a_note_stays_with_its_signal_until_it_is_taken_away(kept):
    _, answer = await kept.get("/api/signals?limit=1")
    (row,) = answer["signals"]
    place = f"{kept.url}/api/signals/{row['id']}/note"
    async with kept.http.put(place, json={"text": "too early"}) as said:
        assert (said.status, (await said.json())["note"]) == (200, "too early")
    async with kept.http.put(place, json={"text": "too late; ‘x’"}) as said:
        assert said.status == 200
    _, answer = await kept.get("/api/signals?limit=1")
    assert answer["signals"] == [{**row, "note": "too late; ‘x’"}]
    for _ in range(2):
        async with kept.http.delete(place) as said:
            assert said.status == 204
    _, answer = await kept.get("/api/signals?limit=1")
    assert answer["signals"] == [row]


async def test_settings_are_one_object_that_is_replaced(kept):
    assert await kept.get("/api/settings") == (200, {})
    mine = {"sounds": {"mute": True}, "timeframe": "5m", "keys": ["f", 1, None, 0.5]}
    for wanted in (mine, {"timeframe": "1m"}):
        async with kept.http.put(f"{kept.url}/api/settings", json=wanted) as said:
            assert (said.status, await said.json()) == (200, wanted)
        assert await kept.get("/api/settings") == (200, wanted)


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/api/signals?limit=0", None, 400, "bad-value"),
        ("GET", "/api/signals?limit=201", None, 400, "bad-value"),
        ("GET", "/api/signals?offset=-1", None, 400, "bad-value"),
        ("GET", "/api/signals?signal_type=hunch", None, 400, "bad-value"),
        ("GET", "/api/signals?direction=up", None, 400, "bad-value"),
        ("GET", "/api/signals?outcome=hope", None, 400, "bad-value"),
        ("GET", "/api/signals?start_date=soon", None, 400, "bad-value"),
        ("GET", "/api/signals?symbols=ESH6", None, 400, "bad-value"),
        ("GET", "/api/signals/export?format=xml", None, 400, "bad-value"),
        ("GET", "/api/signals/export?limit=5", None, 400, "bad-value"),
        ("GET", "/api/sessions?limit=101", None, 400, "bad-value"),
        ("PUT", "/api/signals/ESH6-sweep-1-up-1/note", {"text": "x"}, 404, "unknown-signal"),
        ("DELETE", "/api/signals/ESH6-sweep-1-up-1/note", None, 404, "unknown-signal"),
        ("PUT", "/api/signals/ESH6-sweep-1-up-1/note", {"text": ""}, 400, "bad-value"),
        ("PUT", "/api/settings", ["a list"], 400, "bad-value"),
        ("PUT", "/api/settings", {"large": "x" * 70_000}, 413, "too-large"),
    ],
)
async def test_what_cannot_be_is_refused_in_one_line(demo, method, path, body, status, code):
    async with demo.http.request(method, demo.url + path, json=body) as answer:
        refusal = await answer.json()
    assert (answer.status, refusal["code"]) == (status, code)
    assert "\n" not in refusal["message"]


async def test_all_of_it_is_there_after_a_restart(tmp_path):
    path = tmp_path / "signals.sqlite"
    listed = []
    for run in range(2):
        async with stage(live(), signals=path) as running:
            running.viewer.signals.keep([day(), *signals(5)])
            _, answer = await running.get("/api/signals")
            if not run:
                name = answer["signals"][0]["id"]
                note = f"{running.url}/api/signals/{name}/note"
                await running.http.put(note, json={"text": "kept"})
                await running.http.put(f"{running.url}/api/settings", json={"mute": True})
            listed.append(answer)
            sessions = await running.get("/api/sessions")
            settings = await running.get("/api/settings")
    first, second = (answer["signals"] for answer in listed)
    assert second == [{**first[0], "note": "kept"}, *first[1:]]
    assert settings[1] == {"mute": True}
    assert sessions[1]["sessions"][0]["signals"] == 5


async def test_signals_that_cannot_be_written_wait_and_are_written_later(kept, monkeypatch):
    store = kept.viewer.signals._store
    write, failures = store.write, []

    def failing(*rows):
        if not failures:
            failures.append(rows)
            raise SignalStoreError("the disk is full")
        return write(*rows)

    monkeypatch.setattr(store, "write", failing)
    monkeypatch.setattr("ticktape.server.signal_keeping._TRY_AGAIN_SECONDS", 0.01)
    kept.viewer.signals.keep(signals(3, start=500))
    await kept.viewer.signals._idle.wait()
    _, answer = await kept.get("/api/signals?limit=1")
    assert answer["total"] == 503
    assert failures


async def test_a_simulated_exchanges_signals_are_no_markets(tmp_path):
    path = tmp_path / "signals.sqlite"
    async with stage(live(), signals=path) as running:
        running.viewer.signals.keep(signals(5))
        assert running.viewer.signals.dataset == "GLBX.MDP3"
    async with stage(signals=path) as running:
        assert running.viewer.signals.dataset == "SIMULATED"
        assert (await running.get("/api/signals"))[1]["total"] == 0
        assert (await running.get("/api/signals?dataset=GLBX.MDP3"))[1]["total"] == 5
        assert (await running.get("/api/stats?dataset=all"))[1]["total_signals"] == 5
