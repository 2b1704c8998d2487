"""What came of a confluence: told as it is known, to whoever joins later, and kept."""

import csv
import io

from tests.server.flow_day import prints
from tests.server.flow_reader import FlowReader
from tests.server.market_day import ES, TICK, definitions, stage
from tests.server.test_flow_stream import flow, holds_all_of, live, parts

from ticktape.flow.instrument import flow_instrument
from ticktape.server.flow_client import FlowView
from ticktape.server.flow_studies import SIGNALS_KEPT, FlowStudies, Origin
from ticktape.server.flow_symbol import FlowSymbol

MORNING = prints(4_000)
HORIZONS = ("1m", "5m")


def after(confluence):
    return {horizon: confluence[f"priceAfter{horizon}"] for horizon in HORIZONS}


async def test_it_is_told_with_its_outcomes_as_they_are_known_and_kept_with_them():
    async with stage(live()) as running:
        await running.show(definitions())
        async with flow(running) as socket:
            reader = FlowReader(socket)
            await reader.catch_up("ESH6")
            for batch in parts(MORNING, 100):
                await running.show(batch)
            held = await holds_all_of(reader, running)
        seen = held.events["Confluence"]
        judged = {one["id"]: dict.fromkeys(HORIZONS) for one in seen}
        for one in reader.messages:
            if one["type"] == "Outcome" and one["id"] in judged:
                judged[one["id"]][one["horizon"]] = one["price"]
        async with flow(running) as other:
            late = await FlowReader(other).catch_up("ESH6")
        await running.viewer.flow_streams.settle()
        only = "signal_type=confluence"
        _, listed = await running.get(f"/api/signals?limit=200&{only}")
        _, exported = await running.get(f"/api/signals/export?format=csv&{only}")
    # As they happen nothing is known of them; what comes after names them.
    assert [after(one) for one in seen] == [dict.fromkeys(HORIZONS)] * len(seen)
    known = [all(one.values()) for one in judged.values()]
    assert sum(known) > 5
    assert not all(known)
    assert {one["id"]: after(one) for one in late.events["Confluence"]} == judged
    rows = {row["id"]: row for row in listed["signals"]}
    assert {
        name: {horizon: row[f"price_after_{horizon}"] for horizon in HORIZONS}
        for name, row in rows.items()
    } == judged
    table = {row["id"]: row for row in csv.DictReader(io.StringIO(exported))}
    assert {
        name: {horizon: float(row[f"price_after_{horizon}"] or 0) or None for horizon in HORIZONS}
        for name, row in table.items()
    } == judged


def test_one_that_is_older_than_the_latest_signals_is_told_with_what_came_of_it():
    instrument = flow_instrument("ESH6", ES, tick=TICK)
    # At once, as a past is studied that has been written before; and bit by bit.
    told = []
    for batches, written_ns in (([prints(60_000)], 2**62), (parts(prints(60_000), 300), 0)):
        origin = Origin("GLBX.MDP3", "replay")
        studies = FlowStudies(instrument, origin, "none", written_ns)
        outcomes = {}
        for batch in batches:
            for row in studies.take(batch).get("outcomes", ()):
                key = str(row["signal_ns"]), int(row["price"]) / 1e9, int(row["kind"])
                horizon = HORIZONS[int(row["horizon_ns"]) > 60_000_000_000]
                outcomes.setdefault(key, {})[horizon] = int(row["price_after"]) / 1e9
        reader = FlowReader(None)
        symbol = FlowSymbol(instrument, studies, is_default=True)
        for frame in symbol.snapshot(FlowView(0), "joined"):
            reader.take(frame)
        held = reader.held["ESH6"]
        confluences = held.events["Confluence"]
        assert len(held.signals) == SIGNALS_KEPT
        assert sum(one["id"] not in held.signals for one in confluences) > 20
        expected = [
            dict.fromkeys(HORIZONS) | outcomes.get((one["tsNs"], one["price"], 8), {})
            for one in confluences
        ]
        assert [after(one) for one in confluences] == expected
        told.append(confluences)
    assert told[0] == told[1]
