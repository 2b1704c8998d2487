"""Thresholds of the flow stream: what it is told with, and whose signals are kept."""

import asyncio
import json

import pytest
from tests.flow.flow_rows import gathered
from tests.server.flow_day import morning_tape
from tests.server.flow_reader import FlowReader
from tests.server.market_day import ES
from tests.server.replaying import replaying
from tests.server.test_flow_stream import flow

from ticktape.flow.instrument import flow_instrument
from ticktape.flow.instrument_flow import InstrumentFlow
from ticktape.flow.session.level_kinds import LevelKind
from ticktape.flow.signals.rows import Outcome
from ticktape.flow.threshold_list import threshold_list
from ticktape.flow.thresholds import DEFAULT_THRESHOLDS, read_thresholds
from ticktape.store.signal_rows import signal_name
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


JUDGING = ["outcomes.horizons=7s,40s", "outcomes.win_move=1.5"]
LEVELS = ["levels.opening_ranges=90s,4m,20m", "levels.vwap_bands=0.5,1.25,4"]


def by_name(engine, signals, outcomes):
    """Give what came of each signal of the studies alone, at both horizons, by its name."""
    (sooner, later) = engine.settings.outcomes.horizons_ns
    words = {Outcome.WIN: "win", Outcome.LOSS: "loss", Outcome.BREAKEVEN: "breakeven"}

    def name_of(row, ts_ns):
        own = (int(row["kind"]), int(row[ts_ns]), int(row["direction"]), int(row["price"]))
        return signal_name("ESH6", *own)

    found = {name_of(row, "ts_ns"): {} for row in signals}
    for row in outcomes:
        horizon = {sooner: "1m", later: "5m"}[int(row["horizon_ns"])]
        if row["outcome"] != Outcome.UNKNOWN:
            told = words[int(row["outcome"])], int(row["price_after"]) / 1e9
            found[name_of(row, "signal_ns")][horizon] = told
    return found


async def test_horizons_and_moves_that_are_set_judge_a_replay_as_they_judge_the_file(tape):
    chosen = read_thresholds({}, JUDGING)
    engine = InstrumentFlow(flow_instrument("ESH6", ES), chosen.settings_of("ESH6"))
    rows, _ = gathered(engine, read_dbn(tape))
    expected = by_name(engine, rows["signals"], rows["outcomes"])
    assert {len(one) for one in expected.values()} >= {2}

    def judged(row):
        return {
            horizon: (row[f"outcome_{horizon}"], row[f"price_after_{horizon}"])
            for horizon in ("1m", "5m")
            if row[f"outcome_{horizon}"] is not None
        }

    async with replaying(tape, speed=500.0, thresholds=chosen) as running:
        async with flow(running, "symbols=ESH6&types=Outcome,Signal") as socket:
            running.viewer.source.replay.resume()
            reader = FlowReader(socket)
            async with asyncio.timeout(30):
                while {
                    name: judged(row) for name, row in reader.held["ESH6"].signals.items()
                } != expected:
                    await reader.read()
        await running.viewer.flow_streams.settle()
        _, exported = await running.get("/api/signals/export?format=json")
    # Most of them were told as they were known, not of the past.
    assert sum(one["type"] == "Outcome" for one in reader.messages) > len(expected)
    assert {row["id"]: judged(row) for row in exported} == expected
    # What it would have been by the defaults is another thing, and is kept apart.
    assert {row["rules"] for row in exported} == {chosen.rules_of("ESH6")} != {""}


async def test_levels_are_of_the_lengths_and_widths_that_are_set_and_named_after_them(tape):
    chosen = read_thresholds({}, LEVELS)
    engine = InstrumentFlow(flow_instrument("ESH6", ES), chosen.settings_of("ESH6"))
    gathered(engine, read_dbn(tape))
    levels = engine.prints.levels
    expected = {
        levels.names[LevelKind(int(row["kind"]))]: int(row["price"]) / 1e9
        for row in levels.current()
    }
    assert expected.keys() >= {"or90sh", "or4l", "or20h", "vwap+0.5", "vwap-1.25", "vwap+4"}

    def is_all(one):
        found = {level["name"]: level["price"] for level in one.get("levels", ())}
        return found.items() >= expected.items()

    async with (
        replaying(tape, speed=None, thresholds=chosen) as running,
        flow(running, "symbols=ESH6&types=Levels") as socket,
    ):
        running.viewer.source.replay.resume()
        await FlowReader(socket).read_until(is_all)


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
