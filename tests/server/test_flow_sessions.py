"""What ``/ws/flow`` tells of several sessions: their hours, and the sum of their profiles."""

import asyncio
import json
from collections import Counter

import numpy as np
import pytest
from tests.server.flow_day import prints
from tests.server.flow_reader import FlowReader
from tests.server.market_day import SECOND, START_NS, definitions, stage

from ticktape.flow.thresholds import read_thresholds
from ticktape.server.source import Source
from ticktape.tape import Batch, Schema

HOUR = 3_600 * SECOND
DAY_NS = 24 * HOUR
# 2026-01-05 to 07, each from 14:30 UTC on: the regular open in New York.
DAYS = [
    prints(2_000, seed=n, schema=Schema.TRADES, start_ns=START_NS + n * DAY_NS) for n in (0, 1, 2)
]


def volumes(*batches):
    found = Counter()
    for batch in batches:
        records = batch.records
        for price, size in zip(records["price"].tolist(), records["size"].tolist(), strict=True):
            found[price / SECOND] += size
    return dict(found)


class Composite:
    """Holds the profile of several sessions as it is told: whole, then what changed."""

    def __init__(self, reader):
        self.reader = reader
        self.levels = {}
        self.wholes = 0
        self.last = None

    async def read_until(self, wanted):
        async with asyncio.timeout(20):
            while {price: one["totalVolume"] for price, one in self.levels.items()} != wanted:
                for message in await self.reader.read():
                    if message.get("scope") == "composite":
                        self.take(message)

    def take(self, message):
        if message["whole"]:
            self.levels, self.wholes = {}, self.wholes + 1
        self.levels |= {one["price"]: one for one in message["levels"]}
        self.last = message


def watching(running):
    return running.http.ws_connect(f"{running.url}/ws/flow?symbols=ES.FUT", max_msg_size=0)


async def asked(socket, sessions):
    await socket.send_json({"action": "set_composite", "symbol": "ESH6", "sessions": sessions})


@pytest.fixture
async def second_day():
    """A source of trades in the middle of its third session, and the rest of it."""
    last = DAYS[2].records
    async with stage(Source("LIVE", "GLBX.MDP3", ["trades"], ["ES.FUT"])) as running:
        first = Batch(Schema.TRADES, last[:1_000].copy())
        await running.show(definitions(), DAYS[0], DAYS[1], first)
        yield running, first, Batch(Schema.TRADES, last[1_000:].copy())


async def test_a_composite_is_the_sum_of_its_sessions_whole_and_then_what_changed(second_day):
    running, first, rest = second_day
    async with watching(running) as socket:
        reader = FlowReader(socket)
        await reader.catch_up("ESH6")
        held = Composite(reader)
        await asked(socket, 2)
        await held.read_until(volumes(DAYS[1], first))
        await running.show(rest)
        await held.read_until(volumes(DAYS[1], DAYS[2]))
        assert (held.wholes, held.last["sessions"]) == (1, 2)
        assert not held.last["whole"]
        await asked(socket, 20)
        await held.read_until(volumes(*DAYS))
        assert held.wholes == 2
        sided = {price: one["buyVolume"] + one["sellVolume"] for price, one in held.levels.items()}
        most = max(sided.values())
        assert held.last["poc"] == max(price for price, size in sided.items() if size == most)
        assert held.last["total"] == sum(sided.values())


async def test_of_a_composite_only_the_levels_of_new_prints_are_told_again(second_day):
    running, first, rest = second_day
    async with watching(running) as socket:
        reader = FlowReader(socket)
        await reader.catch_up("ESH6")
        held = Composite(reader)
        await asked(socket, 3)
        await held.read_until(volumes(DAYS[0], DAYS[1], first))
        one = Batch(Schema.TRADES, rest.records[:1].copy())
        await running.show(one)
        await held.read_until(volumes(DAYS[0], DAYS[1], first, one))
    assert [level["price"] for level in held.last["levels"]] == list(volumes(one))


async def test_every_profile_has_the_value_area_that_was_chosen():
    chosen = read_thresholds({}, ["profile.value_area_percent=40"])
    source = Source("LIVE", "GLBX.MDP3", ["trades"], ["ES.FUT"])
    async with stage(source, thresholds=chosen) as running:
        await running.show(definitions(), DAYS[0])
        async with watching(running) as socket:
            reader = FlowReader(socket)
            await reader.catch_up("ESH6")
            session = next(one for one in reader.messages if one.get("scope") == "session")
            times = {"fromNs": str(START_NS), "toNs": str(START_NS + DAY_NS)}
            await socket.send_json(
                {"action": "profile_range", "symbol": "ESH6", "id": "1", **times}
            )
            whole = await reader.read_until(lambda one: one.get("scope") == "range")
            await asked(socket, 2)
            composite = Composite(reader)
            await composite.read_until(volumes(DAYS[0]))
    areas = [(one["val"], one["vah"]) for one in (session, whole, composite.last)]
    assert len(set(areas)) == 1
    sided = [one for one in whole["levels"] if areas[0][0] <= one["price"] <= areas[0][1]]
    inside = sum(one["buyVolume"] + one["sellVolume"] for one in sided)
    assert 0.4 <= inside / whole["total"] < 0.7


async def test_who_wants_no_composite_any_more_is_sent_none(second_day):
    running, first, rest = second_day
    async with watching(running) as socket:
        reader = FlowReader(socket)
        await reader.catch_up("ESH6")
        await asked(socket, 3)
        await Composite(reader).read_until(volumes(DAYS[0], DAYS[1], first))
        await asked(socket, 0)
        reader.messages.clear()
        await running.show(rest)
        await reader.read_for(0.5)
    scopes = {one["scope"] for one in reader.messages if one["type"] == "VolumeProfile"}
    assert scopes == {"session"}


@pytest.mark.parametrize("sessions", [None, -1, 1, 22, 10**9])
async def test_a_composite_of_no_such_number_is_refused(second_day, sessions):
    running, _, _ = second_day
    async with watching(running) as socket:
        reader = FlowReader(socket)
        await reader.catch_up("ESH6")
        await asked(socket, sessions)
        error = await reader.read_until(lambda one: one["type"] == "Error")
        assert error["code"] == "bad-value"


async def test_the_hours_of_every_session_with_trades_are_told_to_who_comes_late(second_day):
    running, _, _ = second_day
    async with watching(running) as socket:
        reader = FlowReader(socket)
        held = await reader.catch_up("ESH6")
    told = held.states["SessionHours"]["sessions"]
    assert [one["tradeDate"] for one in told] == ["2026-01-05", "2026-01-06", "2026-01-07"]
    for n, one in enumerate(told):
        regular = START_NS + n * DAY_NS
        assert int(one["regularOpenNs"]) == regular
        assert int(one["regularCloseNs"]) == regular + int(6.5 * HOUR)
        # 17:00 of the evening before to 16:00, in Chicago.
        assert int(one["openNs"]) == regular - int(15.5 * HOUR)
        assert int(one["closeNs"]) == regular + int(7.5 * HOUR)


async def test_a_batch_that_spans_sessions_leaves_none_out():
    spanning = Batch(Schema.TRADES, np.concatenate([day.records for day in DAYS]))
    async with stage(Source("LIVE", "GLBX.MDP3", ["trades"], ["ES.FUT"])) as running:
        await running.show(definitions(), spanning)
        async with watching(running) as socket:
            held = await FlowReader(socket).catch_up("ESH6")
    told = held.states["SessionHours"]["sessions"]
    assert [one["tradeDate"] for one in told] == ["2026-01-05", "2026-01-06", "2026-01-07"]
    assert len(json.dumps(told)) < 1_000
