"""Instruments that cannot be studied: said in one plain line, once, and to whoever asks for one."""

import logging

from tests.server.flow_reader import FlowReader
from tests.server.market_day import CL, START_NS, stage

from ticktape.server.flow_unstudied import NotStudiedError, Unstudied
from ticktape.tape import Batch, Schema, new_records

SPREAD = b"CLH6-CLJ6"


def mappings():
    records = new_records(Schema.SYMBOL_MAPPING, 1)
    records["instrument_id"] = CL
    records["stype_in_symbol"] = records["stype_out_symbol"] = SPREAD
    records["ts_event"] = records["start_ts"] = START_NS
    records["end_ts"] = START_NS + 10**16
    return Batch(Schema.SYMBOL_MAPPING, records)


def test_it_is_said_once_however_often_it_is_tried(caplog):
    caplog.set_level(logging.INFO)
    unstudied = Unstudied()
    for _ in range(3):
        unstudied.add(CL, NotStudiedError("CLH6-CLJ6"))
        assert CL in unstudied
        unstudied.try_again()
        assert CL not in unstudied
    (said,) = caplog.records
    assert "CLH6-CLJ6 is not studied: its tick is not known" in said.getMessage()
    assert said.exc_info is None


async def test_whoever_asks_for_a_spread_without_a_tick_is_told_so():
    async with stage() as running:
        await running.show(mappings())
        url = f"{running.url}/ws/flow?symbols={SPREAD.decode()}"
        async with running.http.ws_connect(url) as socket:
            reader = FlowReader(socket)
            await reader.read_for(0.5)
    (error,) = (message for message in reader.messages if message["type"] == "Error")
    assert error["code"] == "not-studied"
