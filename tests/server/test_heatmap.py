"""``/api/heatmap``: the past of a book as columns, and nothing of what is not shown yet."""

import asyncio

import numpy as np
import pytest
from tests.server.book_reader import BookReader, columns_of, decode
from tests.server.market_day import ES, SECOND, START_NS, definitions, stage, write_tape
from tests.server.replaying import replaying
from tests.server.test_book_stream import KEY, busy_batches, stream

from ticktape.book.depth_columns import DepthColumns
from ticktape.server.source import Source
from ticktape.tape.gaps import Gap, gap_batch

MS = 1_000_000


def expected_columns(records, every_ms, levels=64):
    columns = DepthColumns(*KEY, every_ms * MS, levels)
    columns.update(records)
    columns.finish()
    count, cells = columns.take()
    return columns_of(b"\0" * 48 + cells, 48, count)


def messages_of(content):
    """Cut an answer into its messages: each says how many columns, each column how long it is."""
    found = []
    at = 0
    while at < len(content):
        end = at + 48
        for _ in range(int.from_bytes(content[at + 32 : at + 36], "little")):
            depth = int.from_bytes(content[end + 24 : end + 26], "little")
            trades = int.from_bytes(content[end + 26 : end + 28], "little")
            end += 32 + 16 * depth + 24 * trades
        found.append(decode(content[at:end]))
        at = end
    return found


async def ask(running, query, symbol="ES.FUT"):
    async with running.http.get(f"{running.url}/api/heatmap/{symbol}?{query}") as answer:
        if answer.status != 200:
            return answer.status, await answer.json()
        return 200, messages_of(await answer.read())


async def columns_asked(running, query):
    status, messages = await ask(running, query)
    assert status == 200
    return [column for message in messages for column in message["columns"]]


async def test_the_past_of_a_running_source_is_all_its_columns():
    batches = busy_batches()
    records = np.concatenate([batch.records for batch in batches])
    async with stage() as running:
        await running.show(definitions(), *batches)
        for every_ms in (20, 500):
            found = await columns_asked(running, f"every_ms={every_ms}")
            assert found == expected_columns(records, every_ms)
        found = await columns_asked(running, "every_ms=500&levels=2")
        assert found == expected_columns(records, 500, 2)
        _, messages = await ask(running, "every_ms=20")
        assert len(messages) == 2
        assert {message["position"] for message in messages} == {len(records)}
        assert all(message["every_ms"] == 20 for message in messages)


async def test_a_span_gives_its_own_columns_as_the_whole_has_them():
    batches = busy_batches(seed=3)
    records = np.concatenate([batch.records for batch in batches])
    whole = expected_columns(records, 100)
    async with stage() as running:
        await running.show(definitions(), *batches)
        for first, last in ((10, 20), (0, 3), (37, 38)):
            begin, end = whole[first][0] + 1, whole[last][0] - 1
            found = await columns_asked(running, f"every_ms=100&from={begin}&to={end}")
            assert found == whole[first:last]


async def test_live_columns_go_on_where_the_past_ends():
    batches = busy_batches(seed=6)
    records = np.concatenate([batch.records for batch in batches])
    async with stage() as running:
        await running.show(definitions(), *batches[:5])
        async with stream(running, "symbols=ES.FUT&every_ms=50&format=binary") as socket:
            reader = BookReader(socket)
            await reader.read_to(KEY, 1)
            past = await columns_asked(running, "every_ms=50")
            await running.show(*batches[5:])
            await reader.read_to(KEY, len(records))
            while len(reader.columns.get(KEY, {})) < 10:
                await reader.read()
            expected = {column[0]: column for column in expected_columns(records, 50)}
            began_amid = past[-1][0]
            for begin, column in reader.columns[KEY].items():
                if begin == began_amid:
                    assert column[3] == 16
                    assert column[4] == expected[begin][4]
                else:
                    assert column == expected[begin]


HOLE = 10


def with_a_hole():
    """Batches of a feed that missed a second of records before one of them, and says so."""
    batches = busy_batches(seed=12)
    for batch in batches[HOLE:]:
        for field in ("ts_event", "ts_recv"):
            batch.records[field] += np.uint64(SECOND)
    last, first = batches[HOLE - 1].records[-1], batches[HOLE].records[0]
    gap = gap_batch(Gap(int(last["ts_recv"]), int(first["ts_recv"]), "the connection was lost"))
    beside = {int(one["ts_recv"]) // (100 * MS) * 100 * MS for one in (last, first)}
    return [*batches[:HOLE], gap, *batches[HOLE:]], beside


def flagged(columns):
    return {column[0] for column in columns if column[3] & 16}


async def test_columns_beside_a_gap_say_that_records_are_missing():
    batches, beside = with_a_hole()
    async with stage() as running:
        await running.show(definitions(), batches[0])
        async with stream(running, "symbols=ES.FUT&every_ms=100&format=binary") as socket:
            reader = BookReader(socket)
            await reader.read_to(KEY, 1)
            for batch in batches[1:]:
                await running.show(batch)
            whole = await columns_asked(running, "every_ms=100")
            assert flagged(whole) == beside
            assert len(beside) == 2
            await reader.read_to(KEY, running.viewer.mbo_log.end_position)
            while whole[-2][0] not in reader.columns.get(KEY, {}):
                await reader.read()
        streamed = [reader.columns[KEY][begin] for begin in sorted(reader.columns[KEY])]
        # The first was open when the client came; the last still is.
        assert streamed[1:] == [one for one in whole[:-1] if one[0] > streamed[0][0]]
        for begin in sorted(beside):
            at = next(i for i, column in enumerate(whole) if column[0] == begin)
            for first, last in ((at - 2, at), (at, at + 1), (at, at + 3), (at - 1, at + 1)):
                span = f"from={whole[first][0]}&to={whole[last][0]}"
                assert await columns_asked(running, f"every_ms=100&{span}") == whole[first:last]


async def test_a_tape_with_a_hole_shows_it_wherever_the_cursor_is(tmp_path):
    batches, beside = with_a_hole()
    async with replaying(write_tape(tmp_path / "hole.dbn", definitions(), *batches)) as running:
        for ns in (max(beside) + 2 * SECOND, max(beside) + 3 * SECOND, min(beside) - SECOND):
            status, _ = await running.post("/api/replay", {"action": "seek", "ts_ns": str(ns)})
            assert status == 200
            streams = running.viewer.book_streams
            async with asyncio.timeout(15):
                while streams.catching_up or abs(streams.time_ns - ns) > SECOND // 10:
                    await asyncio.sleep(0.01)
            shown = {begin for begin in beside if begin < ns}
            assert flagged(await columns_asked(running, "every_ms=100")) == shown


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("every_ms=5", "every_ms"),
        ("every_ms=9999999999", "every_ms"),
        ("levels=0", "levels"),
        ("levels=1001", "levels"),
        ("from=yesterday", "yesterday"),
        ("every_ms=x", "every_ms"),
    ],
)
async def test_a_span_that_cannot_be_is_refused(query, says):
    async with stage() as running:
        await running.show(definitions(), *busy_batches()[:2])
        status, body = await ask(running, query)
    assert status == 400
    assert says in body["message"]


async def test_too_many_columns_are_refused_with_what_would_do():
    batches = busy_batches()
    batches[-1].records["ts_recv"] += 3_600 * SECOND
    async with stage() as running:
        await running.show(definitions(), *batches)
        status, body = await ask(running, "every_ms=10")
        assert status == 400
        least = int(body["hint"].split()[2])
        status, _ = await ask(running, f"every_ms={least}")
        assert status == 200
        assert len(await columns_asked(running, "")) > 0


async def test_a_source_without_orders_has_no_past_columns():
    async with stage(Source("SIMULATED", "GLBX.MDP3", ["mbp-10"], ["ES.FUT"])) as running:
        await running.show(definitions())
        status, body = await ask(running, "")
        assert (status, body["code"]) == (400, "wrong-schema")


async def test_an_unknown_symbol_is_not_found():
    async with stage() as running:
        await running.show(definitions(), busy_batches()[0])
        status, body = await ask(running, "", "NOPE")
        assert (status, body["code"]) == (404, "unknown-symbol")


async def test_in_a_replay_nothing_after_the_cursor_is_told(tmp_path):
    batches = busy_batches(seed=11)
    for batch in batches:
        for field in ("ts_event", "ts_recv"):
            batch.records[field] -= np.uint64(1_767_623_500 * SECOND - START_NS - SECOND)
    records = np.concatenate([batch.records for batch in batches])
    tape = write_tape(tmp_path / "busy.dbn", definitions(), *batches)
    whole = expected_columns(records, 100)
    target = whole[60][0] + 50 * MS
    async with (
        replaying(tape) as running,
        stream(running, "symbols=ES.FUT&format=binary&every_ms=100&volume=1") as socket,
    ):
        for ns in (target, whole[20][0] + 50 * MS, target + 200 * MS):
            status, _ = await running.post("/api/replay", {"action": "seek", "ts_ns": str(ns)})
            assert status == 200
            wanted = int((records["ts_recv"] < ns).sum())
            async with asyncio.timeout(15):
                while running.viewer.book_streams.position != wanted:
                    await asyncio.sleep(0.01)
                while running.viewer.book_streams.catching_up:
                    await asyncio.sleep(0.01)
            found = await columns_asked(running, f"every_ms=100&to={whole[-1][0]}")
            assert found == expected_columns(records[:wanted], 100)
        reader = BookReader(socket)
        traded = records[:wanted]
        volume = int(traded["size"][traded["action"] == ord("T")].sum())
        async with asyncio.timeout(15):
            await reader.read_until(lambda message: message["kind"] == "reset")
            await reader.read_to(KEY, wanted)
            # Volume comes behind the book whose trades it tells.
            while sum(sum(one) for one in reader.volumes.get(KEY, {}).values()) != volume:
                await reader.read()
        assert reader.resets == 1
        book = running.viewer.market.book(ES)
        assert len(reader.books[KEY]) == sum(map(len, book.levels(10)))
