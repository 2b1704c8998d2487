"""Slow readers, as documented: ``skip`` for seven schemas of quotes, ``warn`` for all others."""

import asyncio
import socket

import numpy as np
import pytest
from tests.gateway.gateway_clients import serving, until
from tests.gateway.test_broadcast import PushFeed, rest_of, subscribed

from ticktape.flow.derive import make_deriver
from ticktape.gateway.live import BroadcastSource
from ticktape.gateway.live.channels import QUOTE_SCHEMAS
from ticktape.gateway.live.limits import Limits
from ticktape.ops.metrics import REGISTRY
from ticktape.tape.batch import Batch
from ticktape.tape.layouts import Schema, index_field, new_records

SKIPPED = ("mbp-1", "mbp-10", "bbo-1s", "bbo-1m", "cmbp-1", "cbbo-1s", "cbbo-1m")
KEPT = ("mbo", "trades", "tbbo", "tcbbo", "ohlcv-1s", "statistics", "status", "imbalance")
SKIPPING = 7
WARNING = 2
BATCH_BYTES = 1 << 20


def rows_of(schema, first):
    """Make a megabyte of records, numbered on by instrument; a thousand are of one interval."""
    count = BATCH_BYTES // new_records(schema, 1).itemsize
    records = new_records(schema, count)
    records["instrument_id"] = np.arange(first, first + count)
    minutes = 1 + np.arange(first, first + count, dtype=np.uint64) // np.uint64(1_000)
    records["ts_event"] = records[index_field(schema)] = minutes * np.uint64(60_000_000_000)
    return records


async def stalled_session(schema, tape, options="", batches=24):
    """Push records that a client does not read meanwhile; give what it then gets, and all."""
    feed, pushed = PushFeed(tape), []
    source = BroadcastSource(feed, schemas=[Schema.DEFINITION, schema])
    async with serving(source, limits=Limits(queued_bytes=8 * BATCH_BYTES)) as gateway:
        line = f"schema={schema.value}|symbols=ALL_SYMBOLS"
        slow = await subscribed(gateway, line, options=options)
        for session in gateway.sessions:
            session.outlet.stall_timeout_s = 60
            # What the system would keep for the client has no place in what is counted here.
            session._connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 16)
        for _ in range(batches):
            pushed.append(rows_of(schema, sum(map(len, pushed))))
            await feed.push(Batch(schema, pushed[-1]))
        await feed.push(None)
        await until(lambda: source.is_over)
        _, given = await slow.everything()
    return given, np.concatenate(pushed)


def codes(given, schema):
    return given[schema]["code"].tolist() if schema in given else []


def test_seven_schemas_of_quotes_are_skipped():
    assert {schema.value for schema in QUOTE_SCHEMAS} == set(SKIPPED)


@pytest.mark.parametrize("schema", SKIPPED)
async def test_quotes_are_skipped_to_now_and_the_session_goes_on(small_tape, schema):
    """The default. What comes after the error is what is newest."""
    given, pushed = await stalled_session(Schema(schema), small_tape)
    got = given[Schema(schema)]
    assert set(codes(given, Schema.ERROR)) == {SKIPPING}
    assert given[Schema.ERROR]["err"][0] == b"Skipped records after slow reading"
    assert len(got) < len(pushed)
    assert (np.diff(got["instrument_id"].astype(np.int64)) > 0).all()
    assert got.tobytes() == pushed[got["instrument_id"]].tobytes()
    assert got[-1].tobytes() == pushed[-1].tobytes()


async def test_at_the_end_nothing_is_skipped_for_nothing(small_tape):
    """Whatever waits then is the newest there is, also where the queue is just full."""
    for batches in range(7, 12):
        given, pushed = await stalled_session(Schema.MBP_1, small_tape, batches=batches)
        assert given[Schema.MBP_1][-1].tobytes() == pushed[-1].tobytes()


@pytest.mark.parametrize("schema", SKIPPED)
async def test_who_asked_for_warnings_is_warned_and_loses_nothing_of_what_may_wait(
    small_tape, schema
):
    options = "|slow_reader_behavior=warn"
    given, pushed = await stalled_session(Schema(schema), small_tape, options, batches=7)
    assert WARNING in codes(given, Schema.SYSTEM)
    assert codes(given, Schema.ERROR) == []
    assert given[Schema(schema)].tobytes() == pushed.tobytes()


@pytest.mark.parametrize("schema", KEPT)
async def test_all_other_schemas_are_never_skipped(small_tape, schema):
    """In the ``skip`` mode too: a warning, all that may wait, and then the end with its reason."""
    given, pushed = await stalled_session(Schema(schema), small_tape)
    # By its bytes alone a record cannot be told from one of mbp-1.
    got = given[Schema.MBP_1 if schema == "tbbo" else Schema(schema)]
    assert WARNING in codes(given, Schema.SYSTEM)
    assert codes(given, Schema.ERROR) == [6]
    assert got.tobytes() == pushed[: len(got)].tobytes()
    assert 7 * BATCH_BYTES < got.nbytes < pushed.nbytes


async def test_of_a_session_with_orders_and_quotes_only_the_quotes_are_skipped(small_tape):
    feed = PushFeed(small_tape)
    many = np.tile(small_tape.records, 4)
    quotes = len(make_deriver(Schema.MBO, Schema.MBP_10).update(many))
    async with serving(BroadcastSource(feed), limits=Limits(queued_bytes=40 << 20)) as gateway:
        slow = await subscribed(
            gateway, "schema=mbo|symbols=ALL_SYMBOLS", "schema=mbp-10|symbols=ALL_SYMBOLS"
        )
        for _ in range(4):
            await feed.push(Batch(Schema.MBO, many))
        await feed.push(None)
        _, given = await slow.everything()
    assert set(codes(given, Schema.ERROR)) == {SKIPPING}
    assert given[Schema.MBO].tobytes() == np.tile(many, 4).tobytes()
    assert len(given[Schema.MBP_10]) < 4 * quotes


async def test_a_warning_comes_once_in_ten_seconds(small_tape):
    options = "|slow_reader_behavior=warn"
    given, _ = await stalled_session(Schema.MBO, small_tape, options, batches=8)
    assert codes(given, Schema.SYSTEM).count(WARNING) == 1


async def fast_ones_seconds(tape, stalled, fast=9, rounds=30):
    """Push records as fast as nine clients take them; give the processor seconds that it took."""
    feed = PushFeed(tape)
    many = np.tile(tape.records, 2)
    limits = Limits(queued_bytes=4 * many.nbytes)
    async with serving(BroadcastSource(feed), limits=limits) as gateway:
        line = "schema=mbo|symbols=ALL_SYMBOLS"
        clients = [await subscribed(gateway, line) for _ in range(fast)]
        silent = [await subscribed(gateway, line) for _ in range(stalled)]
        for session in gateway.sessions:
            session.outlet.stall_timeout_s = 60
        reading = [asyncio.create_task(rest_of(client, Schema.MBO)) for client in clients]
        began = asyncio.get_running_loop().time()
        sent = Counted()
        for number in range(rounds):
            await feed.push(Batch(Schema.MBO, many))
            await until(lambda: sent.by >= fast * number * len(many))  # noqa: B023 -- at once
        await feed.push(None)
        given = await asyncio.gather(*reading)
        seconds = asyncio.get_running_loop().time() - began
        assert {len(records) for records in given} == {rounds * len(many)}
        assert len(silent) == stalled
    return seconds


class Counted:
    """Records that the gateway has sent to all its clients since this was made."""

    def __init__(self):
        self._before = self._now()

    def _now(self):
        return REGISTRY.get_sample_value("ticktape_gateway_records_total")

    @property
    def by(self):
        return self._now() - self._before


async def test_a_stalled_client_costs_nine_fast_ones_nothing(small_tape):
    """Throughput with it and without it, by turns; the best of each, as the machine is shared."""
    without, beside = [], []
    for _ in range(3):
        without.append(await fast_ones_seconds(small_tape, stalled=0))
        beside.append(await fast_ones_seconds(small_tape, stalled=1))
    ratio = min(without) / min(beside)
    print(f"nine fast clients beside a stalled one: {ratio:.2f} of their throughput without it")
    assert ratio > 0.7
