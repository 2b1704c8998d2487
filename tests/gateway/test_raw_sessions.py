"""Sessions seen from the socket: order of messages, heartbeats, partial lines, garbage."""

import asyncio
import time

import numpy as np
import pytest
from tests.gateway.gateway_clients import DATASET, KEY, RawClient, serving

from ticktape.flow.derive import make_deriver
from ticktape.gateway.live import BroadcastSource, SessionReplaySource
from ticktape.gateway.live.limits import Limits
from ticktape.tape.batch import Batch
from ticktape.tape.layouts import Schema
from ticktape.tape.metadata import make_metadata

CPP = "schema=mbo|stype_in=raw_symbol|id=1|symbols=ALL_SYMBOLS|snapshot=0|is_last=1\n"
RUST = "schema=mbo|stype_in=raw_symbol|symbols=ALL_SYMBOLS|snapshot=0|is_last=1|id=1\n"
PYTHON = "schema=mbo|stype_in=raw_symbol|symbols=ALL_SYMBOLS|snapshot=0|id=0|is_last=1\n"


class SilentFeed:
    """A feed that is paused for ever."""

    metadata = make_metadata(DATASET, Schema.MBO, 1_000)

    async def __aiter__(self):
        await asyncio.Event().wait()
        yield


def codes(records, schema=Schema.SYSTEM):
    return records[schema]["code"].tolist() if schema in records else []


def texts(records, schema, field):
    return [text.decode() for text in records[schema][field].tolist()]


@pytest.mark.parametrize(
    ("subscription", "start"),
    [(PYTHON, "start_session=0\n"), (RUST, "start_session\n"), (CPP, "start_session\n")],
    ids=["python", "rust", "cpp"],
)
async def test_every_clients_lines_give_the_tape_in_the_documented_order(
    small_tape, subscription, start
):
    async with serving(SessionReplaySource([small_tape.path])) as gateway:
        client = await RawClient.authenticated(gateway.port)
        client.send(subscription + start)
        order, records = await client.everything()
    assert order == [Schema.SYMBOL_MAPPING, Schema.SYSTEM, Schema.MBO]
    assert records[Schema.MBO].tobytes() == small_tape.records.tobytes()
    assert codes(records) == [1]


async def test_the_header_is_alike_for_every_session(small_tape):
    async with serving(SessionReplaySource([small_tape.path])) as gateway:
        client = await RawClient.authenticated(gateway.port)
        client.send(PYTHON + "start_session=0\n")
        await client.everything()
    metadata = client.metadata
    assert (metadata.version, metadata.dataset, metadata.schema) == (3, DATASET, None)
    assert (metadata.stype_in, str(metadata.stype_out)) == (None, "instrument_id")
    assert (metadata.symbols, metadata.mappings) == ([], {})


async def test_the_greeting_and_the_challenge_are_lines_of_one_key(small_tape):
    async with serving(SessionReplaySource([small_tape.path])) as gateway:
        client = await RawClient.connect(gateway.port)
        assert client.greeting.startswith("lsg_version=")
        assert len(client.challenge) == 32
        client.close()


async def test_lines_may_come_in_pieces_and_several_at_once(small_tape):
    async with serving(SessionReplaySource([small_tape.path])) as gateway:
        client = await RawClient.connect(gateway.port)
        for byte in client.authentication().encode():
            client.send(bytes([byte]))
            await asyncio.sleep(0)
        assert (await client.line()).startswith("success=1")
        client.send(PYTHON[:20])
        await asyncio.sleep(0.05)
        client.send(PYTHON[20:] + "start_session=0\n")
        _, records = await client.everything()
    assert len(records[Schema.MBO]) == len(small_tape.records)


async def test_a_line_of_64_kilobytes_is_taken(small_tape):
    many = ",".join(f"SYMBOL{number:05}" for number in range(5_500))
    symbol = small_tape.definitions[0]["raw_symbol"].decode()
    async with serving(SessionReplaySource([small_tape.path])) as gateway:
        client = await RawClient.authenticated(gateway.port)
        client.send(f"schema=trades|stype_in=raw_symbol|symbols={symbol},{many}\nstart_session\n")
        _, records = await client.everything()
    assert len(many) > 1 << 16
    assert codes(records, Schema.ERROR) == [4] * 5_500
    assert len(records[Schema.SYMBOL_MAPPING]) == 1


async def test_chunks_of_one_subscription_are_acknowledged_once(small_tape):
    symbols = [row["raw_symbol"].decode() for row in small_tape.definitions[:2]]
    async with serving(SessionReplaySource([small_tape.path])) as gateway:
        client = await RawClient.authenticated(gateway.port)
        client.send(f"schema=mbo|stype_in=raw_symbol|symbols={symbols[0]}|id=3|is_last=0\n")
        client.send(f"schema=mbo|stype_in=raw_symbol|symbols={symbols[1]}|id=3|is_last=1\n")
        client.send("start_session\n")
        _, records = await client.everything()
    assert texts(records, Schema.SYSTEM, "msg") == ["Subscription request 3 for mbo data succeeded"]
    assert texts(records, Schema.SYMBOL_MAPPING, "stype_out_symbol") == symbols


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("GET / HTTP/1.1\r\n", "Malformed"),
        (b"\x16\x03\x01\xff\xff\n", "not UTF-8"),
        ("auth=short|dataset=GLBX.MDP3\n", "auth must be"),
    ],
)
async def test_garbage_before_authentication_is_answered_and_closed(small_tape, line, reason):
    async with serving(SessionReplaySource([small_tape.path])) as gateway:
        client = await RawClient.connect(gateway.port)
        client.send(line)
        answer = (await client.read_bytes()).decode()
    assert answer.startswith("success=0|error=")
    assert reason in answer


@pytest.mark.parametrize("when", ["before", "after"])
async def test_garbage_in_a_session_ends_it_with_an_error_record(small_tape, when):
    async with serving(BroadcastSource(SilentFeed())) as gateway:
        client = await RawClient.authenticated(gateway.port)
        if when == "after":
            client.send(PYTHON + "start_session=0\n")
        client.send("what=ever\n")
        _, records = await client.everything()
    assert codes(records, Schema.ERROR) == [5]
    assert texts(records, Schema.ERROR, "err") == ["Unknown subscription param 'what'"]


async def test_an_endless_line_is_refused(small_tape):
    async with serving(SessionReplaySource([small_tape.path])) as gateway:
        client = await RawClient.connect(gateway.port)
        client.send(b"x" * (1 << 19))
        assert b"longer than" in await client.read_bytes()


async def test_who_does_not_authenticate_is_turned_away(small_tape):
    source = SessionReplaySource([small_tape.path])
    async with serving(source, limits=Limits(authentication_timeout_s=0.1)) as gateway:
        client = await RawClient.connect(gateway.port)
        assert b"No authentication within 0.1 seconds" in await client.read_bytes()


async def test_sessions_beyond_the_limit_are_turned_away(small_tape):
    async with serving(
        SessionReplaySource([small_tape.path]), limits=Limits(sessions=1)
    ) as gateway:
        first = await RawClient.authenticated(gateway.port)
        second = await RawClient.connect(gateway.port)
        second.send(second.authentication())
        assert await second.line() == (
            "success=0|error=User has reached their open connection limit"
        )
        first.close()


async def test_heartbeats_come_while_nothing_else_does():
    async with serving(BroadcastSource(SilentFeed())) as gateway:
        client = await RawClient.authenticated(gateway.port, options="|heartbeat_interval_s=5")
        client.send(PYTHON + "start_session=0\n")
        began = time.monotonic()
        found = []
        async for batch in client.batches():
            if batch.schema is Schema.SYSTEM:
                found += [code for code in batch.records["code"].tolist() if code == 0]
            if len(found) == 2:
                break
        assert 9.5 < time.monotonic() - began < 14
        client.close()


async def test_bars_are_followed_by_the_end_of_their_interval(small_tape):
    async with serving(SessionReplaySource([small_tape.path])) as gateway:
        client = await RawClient.authenticated(gateway.port)
        client.send("schema=ohlcv-1s|symbols=ALL_SYMBOLS|start=0\nstart_session\n")
        rows = []
        async for batch in client.batches():
            if batch.schema is Schema.OHLCV_1S:
                rows += [("bar", t + 1_000_000_000) for t in batch.records["ts_event"].tolist()]
            elif batch.schema is Schema.SYSTEM:
                rows += [
                    ("end", int(record["ts_event"]))
                    for record in batch.records
                    if record["code"] == 4
                ]
    bars = [end for kind, end in rows if kind == "bar"]
    ends = [end for kind, end in rows if kind == "end"]
    assert ends == sorted(set(bars))
    # Every bar stands before the end of its interval, and after that of the one before.
    assert rows == sorted(rows, key=lambda row: (row[1], row[0]))


async def test_a_subscription_after_the_start_begins_there_and_ignores_start():
    async with serving(BroadcastSource(SilentFeed())) as gateway:
        client = await RawClient.authenticated(gateway.port)
        client.send("start_session\n")
        client.send("schema=mbo|symbols=ALL_SYMBOLS|start=0|id=9\n")
        async for batch in client.batches():
            assert texts({Schema.SYSTEM: batch.records}, Schema.SYSTEM, "msg") == [
                "Subscription request 9 for mbo data succeeded"
            ]
            break
        client.close()


async def test_a_snapshot_of_unknown_books_is_a_single_clear(small_tape):
    symbol = small_tape.definitions[0]["raw_symbol"].decode()
    async with serving(SessionReplaySource([small_tape.path])) as gateway:
        client = await RawClient.authenticated(gateway.port)
        client.send(f"schema=mbo|symbols={symbol}|snapshot=1\nstart_session\n")
        _, records = await client.everything()
    first = records[Schema.MBO][0]
    assert (chr(first["action"]), chr(first["side"]), int(first["flags"])) == ("R", "N", 168)
    # A book is one publisher's: the clear is of the one whose records follow.
    assert {int(record["publisher_id"]) for record in records[Schema.MBO]} == {1}


async def test_the_gateway_closes_at_once_under_open_sessions(small_tape):
    async with serving(BroadcastSource(SilentFeed())) as gateway:
        clients = [await RawClient.authenticated(gateway.port) for _ in range(5)]
        for client in clients:
            client.send(PYTHON + "start_session=0\n")
        stalled = await RawClient.connect(gateway.port)
        began = time.monotonic()
        await gateway.close()
        assert time.monotonic() - began < 1
        for client in [*clients, stalled]:
            client.close()


async def test_a_slow_reader_holds_back_only_what_it_reads(small_tape):
    source = SessionReplaySource([small_tape.path] * 40)
    async with serving(source) as gateway:
        client = await RawClient.authenticated(gateway.port)
        client.send(PYTHON + "start_session=0\n")
        while not gateway.sessions[0].outlet.is_full:
            await asyncio.sleep(0.01)
        queued = gateway.sessions[0].outlet.queued_bytes
        quick = await RawClient.authenticated(gateway.port)
        quick.send(f"schema=mbo|symbols={_first_symbol(small_tape)}\nstart_session=0\n")
        _, quick_records = await quick.everything()
        _, records = await client.everything()
    assert queued < 64 << 20
    assert len(records[Schema.MBO]) == 40 * len(small_tape.records)
    assert len(np.unique(quick_records[Schema.MBO]["instrument_id"])) == 1
    assert KEY not in repr(gateway)


def _first_symbol(small_tape):
    return small_tape.definitions[0]["raw_symbol"].decode()


class FailingFeed:
    """A feed that breaks after its first batch."""

    metadata = make_metadata(DATASET, Schema.MBO, 1_000)

    def __init__(self, records):
        self._records = records

    async def __aiter__(self):
        yield Batch(Schema.MBO, self._records)
        raise ZeroDivisionError("a mistake")


async def test_a_source_that_breaks_is_told_as_an_internal_error(small_tape):
    async with serving(BroadcastSource(FailingFeed(small_tape.records))) as gateway:
        client = await RawClient.authenticated(gateway.port)
        client.send(PYTHON + "start_session=0\n")
        order, records = await client.everything()
    assert len(records[Schema.MBO]) == len(small_tape.records)
    assert order[-1] is Schema.ERROR
    assert codes(records, Schema.ERROR) == [6]


async def test_a_paced_session_takes_the_tapes_own_time(small_tape):
    span_s = float(np.ptp(small_tape.records["ts_recv"].astype(np.int64))) / 1e9
    async with serving(SessionReplaySource([small_tape.path], speed=span_s / 0.5)) as gateway:
        client = await RawClient.authenticated(gateway.port)
        client.send(PYTHON + "start_session=0\n")
        began = time.monotonic()
        _, records = await client.everything()
        took_s = time.monotonic() - began
    assert records[Schema.MBO].tobytes() == small_tape.records.tobytes()
    assert took_s > 0.4


async def test_a_subscription_in_mid_replay_begins_with_the_right_books(small_tape):
    source = SessionReplaySource([small_tape.path], speed=20)
    async with serving(source) as gateway:
        client = await RawClient.authenticated(gateway.port)
        client.send("schema=trades|symbols=ALL_SYMBOLS\nstart_session=0\n")
        seen, quotes, orders = 0, [], []
        async for batch in client.batches():
            seen += len(batch.records) if batch.schema is Schema.TRADES else 0
            if seen > 300:
                break
        client.send("schema=mbp-1|symbols=ALL_SYMBOLS\n")
        client.send("schema=mbo|symbols=ALL_SYMBOLS|snapshot=1\n")
        async for batch in client.batches():
            if batch.schema is Schema.MBP_1:
                quotes.append(batch.records)
            if batch.schema is Schema.MBO:
                orders.append(batch.records)
                if sum(map(len, orders)) > 12_000:
                    break
        client.close()
    quotes, orders = np.concatenate(quotes), np.concatenate(orders)
    assert orders["flags"][0] == 40
    whole = make_deriver(Schema.MBO, Schema.MBP_1).update(small_tape.records)
    first = int(np.flatnonzero(whole["sequence"] == quotes["sequence"][0])[0])
    names = [name for name in whole.dtype.names if name != "depth"]
    expected = whole[first : first + len(quotes)][names]
    assert quotes[names].tolist()[-100:] == expected.tolist()[-100:]


async def test_a_paced_session_does_not_wait_for_what_is_before_its_start(small_tape):
    start = int(small_tape.records["ts_event"][-20])
    async with serving(SessionReplaySource([small_tape.path], speed=1)) as gateway:
        client = await RawClient.authenticated(gateway.port)
        started = time.monotonic()
        client.send(f"schema=mbo|symbols=ALL_SYMBOLS|start={start}\nstart_session\n")
        _, records = await client.everything()
    tape_s = (small_tape.records["ts_recv"][-1] - small_tape.records["ts_recv"][0]) / 1e9
    assert time.monotonic() - started < tape_s / 4
    wanted = small_tape.records[small_tape.records["ts_event"] >= start]
    assert records[Schema.MBO].tobytes() == wanted.tobytes()


async def test_a_replay_of_a_looping_tape_is_completed_when_it_starts_over(small_tape):
    start = int(small_tape.records["ts_event"][15_000])
    marks, orders = [], 0
    async with serving(SessionReplaySource([small_tape.path], loop=True)) as gateway:
        client = await RawClient.authenticated(gateway.port)
        client.send(f"schema=mbo|symbols=ALL_SYMBOLS|start={start}\nstart_session\n")
        async for batch in client.batches():
            if batch.schema is Schema.SYSTEM:
                marks += [(int(code), orders) for code in batch.records["code"]]
            elif batch.schema is Schema.MBO:
                orders += len(batch.records)
            if len([code for code, _ in marks if code == 255]) == 3:
                break
        client.close()
    replayed = int((small_tape.records["ts_event"] >= start).sum())
    whole = len(small_tape.records)
    assert [mark for mark in marks if mark[0] == 3] == [(3, replayed)]
    # A reset, caught up with the start again, the next reset behind all of the tape.
    counts = [count for code, count in marks if code == 255]
    assert (counts[0], counts[2]) == (replayed, replayed + whole)
