"""``set_min_size`` of ``/ws/flow`` for one symbol of several."""

import asyncio

from tests.server.flow_day import prints
from tests.server.flow_reader import FlowReader
from tests.server.market_day import CL, ES, MIDS, definitions, opening_book, stage
from tests.server.test_flow_stream import flow, live, parts, studied

from ticktape.tape import Batch

MORNING = prints(3_000)


def of_crude(batch):
    """The same prints of the other instrument."""
    records = batch.records.copy()
    records["instrument_id"] = CL
    records["price"] += MIDS[CL] - MIDS[ES]
    return Batch(batch.schema, records)


async def obeyed(reader):
    """Read until what was said before is done: answers come in the order of what is asked."""
    asked = {"action": "profile_range", "symbol": "ESH6", "fromNs": "1", "toNs": "2", "id": "done"}
    await reader.socket.send_json(asked)
    await reader.read_until(lambda one: one.get("id") == "done")


async def test_a_size_for_one_symbol_leaves_the_others_as_they_are():
    async with stage(live()) as running:
        await running.show(definitions(), opening_book(ES), opening_book(CL))
        async with flow(running, "symbols=ESH6,CLH6&min_size=10") as socket:
            reader = FlowReader(socket)
            for symbol in ("ESH6", "CLH6"):
                await reader.catch_up(symbol)
            await socket.send_json({"action": "set_min_size", "min_size": 60, "symbol": "ESH6"})
            await obeyed(reader)
            for batch in parts(MORNING, 20):
                await running.show(batch, of_crude(batch))
            await studied(running)
            sizes = {
                instrument: one.studies.rings["windows"].rows()["size"].tolist()
                for instrument, one in running.viewer.flow_streams.followed.items()
            }

            def expected(instrument, least):
                return [size for size in sizes[instrument] if size >= least]

            def told(symbol):
                return [one["size"] for one in reader.held[symbol].events["Bubble"]]

            async with asyncio.timeout(20):
                while len(told("CLH6")) < len(expected(CL, 10)):
                    await reader.read()
            await obeyed(reader)
    assert told("ESH6") == expected(ES, 60)
    assert told("CLH6") == expected(CL, 10)
    # The sizes are such that either least one tells the two apart.
    assert 0 < len(told("ESH6")) < len(expected(ES, 10)) < len(expected(ES, 0))
