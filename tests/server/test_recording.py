"""The session's recording: all of it while there is room, the latest where there is none."""

import asyncio

import numpy as np
from tests.server.market_day import SECOND, START_NS, opening_book, trades

from ticktape.feeds.marks import Mark, make_mark, make_past_mark
from ticktape.feeds.simulator import SimulatedExchange
from ticktape.flow.derive import make_deriver
from ticktape.server.recording import Recording, RecordRing
from ticktape.server.rows import trades_of
from ticktape.tape import Batch, Schema


def all_of(batches):
    return np.concatenate([batch.records for batch in batches])


async def test_batches_of_any_size_are_kept_record_for_record():
    every = trades(5_000)
    recording = Recording()
    for start, end in [(0, 1), (1, 4), (4, 4_000), (4_000, 5_000)]:
        await recording.write(every._replace(records=every.records[start:end]))
    kept = all_of(recording.batches(Schema.TRADES))
    assert kept.tobytes() == trades_of(every).tobytes()


async def test_what_is_kept_is_bounded_and_says_since_when_it_is_whole():
    recording = Recording(room=1 << 16)
    await recording.write(opening_book())
    for turn in range(200):
        await recording.write(
            trades(100, start_ns=START_NS + turn * SECOND, every_ns=1000, sequence=turn * 100)
        )
        assert recording.nbytes <= 3 * (1 << 16)
    for schema in (Schema.TRADES, Schema.TBBO, Schema.MBP_1):
        kept = all_of(recording.batches(schema))
        start_ns, _ = recording.span_ns(schema)
        assert kept["ts_recv"][0] >= start_ns > START_NS
        assert kept["sequence"][-1] == 19_999
        assert (np.diff(kept["sequence"].astype(int)) == 1).all()


def test_a_reader_sees_what_was_there_when_it_asked():
    ring = RecordRing(Schema.TRADES)
    ring.append(trades_of(trades(10)))
    asked = ring.batches()
    ring.append(trades_of(trades(10, sequence=10)))
    assert len(all_of(asked)) == 10
    assert len(all_of(ring.batches())) == 20


async def test_a_source_that_starts_over_is_recorded_anew_and_its_past_makes_no_quotes():
    recording = Recording()
    await recording.write(opening_book())
    await recording.write(trades(10))
    await recording.write(make_mark(Mark.RESET, START_NS))
    assert recording.schemas() == []
    assert recording.span_ns(Schema.TRADES) is None
    await recording.write(make_past_mark(100, START_NS))
    await recording.write(trades(7))
    assert (recording.schemas(), len(all_of(recording.batches(Schema.TRADES)))) == (
        [Schema.TRADES],
        7,
    )
    await recording.write(make_mark(Mark.BOOKS, START_NS + SECOND))
    await recording.write(opening_book())
    await recording.write(trades(3, start_ns=START_NS + 2 * SECOND))
    assert len(all_of(recording.batches(Schema.TBBO))) == 3


async def test_whoever_asks_at_any_moment_has_the_quotes_of_all_that_came():
    exchange = SimulatedExchange(seed=5)
    orders = exchange.run(20_000)
    recording = Recording()
    for start in range(0, len(orders), 777):
        part = Batch(Schema.MBO, orders[start : start + 777])
        writing = asyncio.create_task(recording.write(part))
        while not writing.done():
            await asyncio.sleep(0)
            assert recording.schemas() in ([], [Schema.TRADES, Schema.MBP_1, Schema.TBBO])
        so_far = orders[: start + 777]
        kept = all_of(recording.batches(Schema.MBP_1))
        assert len(kept) == len(make_deriver(Schema.MBO, Schema.MBP_1).update(so_far))
    assert kept.tobytes() == make_deriver(Schema.MBO, Schema.MBP_1).update(orders).tobytes()
