"""Thresholds of the flow stream: what it is told with, and whose signals are kept."""

import asyncio
import json

import pytest
from tests.server.flow_day import morning_tape
from tests.server.market_day import ES
from tests.server.replaying import replaying
from tests.server.test_flow_stream import flow

from ticktape.flow.instrument import flow_instrument
from ticktape.flow.instrument_flow import InstrumentFlow
from ticktape.flow.threshold_list import threshold_list
from ticktape.flow.thresholds import DEFAULT_THRESHOLDS, read_thresholds
from ticktape.tape import read_dbn

OPTIONS = ["ES:flips.reversal_contracts=20", "windows.length=2s"]


@pytest.fixture(autouse=True)
def places(tmp_path, monkeypatch):
    monkeypatch.setenv("TICKTAPE_TAPE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("TICKTAPE_SIGNALS", str(tmp_path / "signals.sqlite"))


@pytest.fixture(scope="module")
def tape(tmp_path_factory):
    return morning_tape(tmp_path_factory.mktemp("tape"), 8_000)


def signals_on(tape, thresholds):
    """Count the signals of a whole tape by studies alone; two alike are one."""
    instrument = flow_instrument("ESH6", ES)
    engine = InstrumentFlow(instrument, thresholds.settings_of("ESH6"))
    found = set()
    for batch in read_dbn(tape):
        for row in engine.update(batch).get("signals", ()):
            found.add(row[["kind", "ts_ns", "direction", "price"]].item())
    return len(found)


async def played(running, expected):
    """Play to the end, until all signals are kept; gives what the flow stream says of ESH6."""
    async with asyncio.timeout(30), flow(running, "symbols=ESH6&types=SessionStats") as socket:
        running.viewer.source.replay.resume()
        entries = []
        while not entries:
            told = json.loads((await socket.receive()).data)
            for message in told if isinstance(told, list) else [told]:
                entries = message.get("instruments") or entries
        while (await running.get("/api/signals"))[1]["total"] != expected:
            await asyncio.sleep(0.02)
    return entries[0]


async def test_signals_by_other_thresholds_are_kept_beside_those_by_the_defaults(tape):
    chosen = read_thresholds({}, OPTIONS)
    totals = {one.rules_of("ESH6"): signals_on(tape, one) for one in (DEFAULT_THRESHOLDS, chosen)}
    assert len(set(totals.values())) == 2
    for thresholds in (DEFAULT_THRESHOLDS, chosen, chosen, DEFAULT_THRESHOLDS):
        async with replaying(tape, speed=None, thresholds=thresholds) as running:
            rules = thresholds.rules_of("ESH6")
            entry = await played(running, totals[rules])
            _, answer = await running.get("/api/signals")
            assert {row["rules"] for row in answer["signals"]} == {rules}
            assert (entry["rules"], entry["thresholds"]) == (rules, thresholds.texts_of("ESH6"))
            _, told = await running.get("/api/sessions")
            assert [one["rules"] for one in told["sessions"]] == [rules]
            assert told["sessions"][0]["thresholds"] == thresholds.signal_texts_of("ESH6")
            assert told["sessions"][0]["signals"] == answer["total"]
    async with replaying(tape, speed=None, paused=False) as running:
        await played(running, totals[""])
        other = chosen.rules_of("ESH6")
        for query, total in (
            ("rules=all", sum(totals.values())),
            ("rules=default", totals[""]),
            (f"rules={other}", totals[other]),
            (f"session_id=ESH6-2026-01-05-{other}", totals[other]),
        ):
            _, answer = await running.get(f"/api/signals?{query}")
            assert answer["total"] == total, query
        _, told = await running.get("/api/sessions?rules=all")
        assert {one["id"] for one in told["sessions"]} == {
            "ESH6-2026-01-05",
            f"ESH6-2026-01-05-{other}",
        }


async def test_thresholds_are_told_with_what_is_set(tape):
    async with replaying(tape, thresholds=read_thresholds({}, OPTIONS)) as running:
        status, told = await running.get("/api/thresholds")
    assert (status, [one["name"] for one in told]) == (200, list(threshold_list()))
    by_name = {one["name"]: one for one in told}
    assert by_name["flips.reversal_contracts"] == {
        "name": "flips.reversal_contracts",
        "default": "100",
        "set": {"ES": "20"},
        "unit": "contracts",
        "meaning": by_name["flips.reversal_contracts"]["meaning"],
    }
    assert by_name["windows.length"]["set"] == {"all": "2s"}


async def test_a_product_that_the_source_has_not_is_said_once(tape, caplog):
    thresholds = read_thresholds({}, ["EZ:flips.reversal_contracts=20", *OPTIONS])
    async with replaying(tape, speed=None, paused=False, thresholds=thresholds) as running:
        async with asyncio.timeout(30):
            while not running.viewer.source.replay.status().finished:
                await asyncio.sleep(0.02)
    said = [one.getMessage() for one in caplog.records if "thresholds are set" in one.getMessage()]
    assert len(said) == 1
    assert "EZ" in said[0]
    assert "ES" in said[0]
