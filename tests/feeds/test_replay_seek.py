"""Seeking by the index: wherever one lands, all is as if the tape had been played to there."""

import asyncio

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.feeds.seeking import played, position_after, seek_about
from tests.store.orders import START, random_orders

from ticktape.feeds.marks import Mark, marks_in
from ticktape.feeds.replay import Replay
from ticktape.store import TapeIndex
from ticktape.tape import DbnWriter, make_metadata, read_dbn
from ticktape.tape.batch import Batch
from ticktape.tape.errors import BadValueError
from ticktape.tape.layouts import F_LAST, Schema

RECORDS = 6_000


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("TICKTAPE_TAPE_CACHE", str(tmp_path_factory.mktemp("cache")))


def write(path, *batches, schema=Schema.MBO):
    with DbnWriter(path, make_metadata("GLBX.MDP3", schema, START)) as writer:
        for batch in batches:
            writer.write(batch)
    return path


def paused(paths, *, every=500, index=True):
    made = TapeIndex(paths, every=every) if index else None
    if made is not None:
        made.build()
    replay = Replay(paths, None, hold_at_end=True, index=made)
    replay.pause()
    return replay


@pytest.fixture(scope="module")
def records():
    return random_orders(7, RECORDS, publishers=2)


@pytest.fixture(scope="module")
def tape(tmp_path_factory, records):
    return write(tmp_path_factory.mktemp("tape") / "tape.dbn", Batch(Schema.MBO, records))


@pytest.fixture(scope="module")
def batches(tape):
    return list(read_dbn(tape, chunk_records=1_000))


def run(replay, *moves, **options):
    return asyncio.run(seek_about(replay, *moves, **options))


@settings(max_examples=25, deadline=None)
@given(
    targets=st.lists(st.integers(0, RECORDS), min_size=1, max_size=5),
    every=st.sampled_from([200, 900, 5_000]),
    knows_past=st.booleans(),
)
def test_any_seeks_by_position_show_what_playing_to_there_shows(
    tape, batches, targets, every, knows_past
):
    moves = [lambda replay, at=at: replay.seek_position(at) for at in targets]
    shown, _ = run(paused(tape, every=every), *moves, knows_past=knows_past)
    for at, (status, seen) in zip(targets, shown, strict=True):
        assert (status.position, status.mbo_position, status.records) == (at, at, RECORDS)
        assert seen == played(batches, at).shown()


@settings(max_examples=15, deadline=None)
@given(shares=st.lists(st.floats(-0.1, 1.1), min_size=1, max_size=4))
def test_any_seeks_by_time_show_everything_up_to_it_with_or_without_an_index(
    tape, records, batches, shares
):
    first, last = int(records["ts_recv"][0]), int(records["ts_recv"][-1])
    times = [first + int(share * (last - first)) for share in shares]
    moves = [lambda replay, ts=ts: replay.seek(ts) for ts in times]
    with_index, _ = run(paused(tape), *moves)
    without, _ = run(paused(tape, index=False), *moves)
    for ts, (status, seen), (other, same) in zip(times, with_index, without, strict=True):
        assert status.position == other.position == position_after(batches, ts)
        assert status.cursor_ns == other.cursor_ns
        assert seen == same == played(batches, status.position).shown()


def test_after_a_seek_the_tape_goes_on_as_it_is(tape, records, batches):
    replay = paused(tape)
    delivered = []

    async def go():
        replay.seek_position(4_321)
        replay.resume()
        caught_up = False
        async for batch in replay:
            if caught_up:
                delivered.append(batch.records)
            caught_up = caught_up or Mark.CAUGHT_UP in marks_in(batch)
            if replay.status().finished or replay.status().position == RECORDS:
                break

    asyncio.run(go())
    assert np.concatenate(delivered).tobytes() == records[4_321:].tobytes()


def test_a_little_way_forward_is_gone_record_by_record_a_long_way_by_a_checkpoint(tmp_path):
    records = random_orders(8, 300_000)
    path = write(tmp_path / "long.dbn", Batch(Schema.MBO, records))
    shown, screen = run(
        paused(path, every=1 << 14),
        lambda replay: replay.seek_position(1_000),
        lambda replay: replay.seek_position(2_000),
    )
    assert screen.resets == 0
    shown, screen = run(
        paused(path, every=1 << 14),
        lambda replay: replay.seek_position(1_000),
        lambda replay: replay.seek_position(290_000),
    )
    assert screen.resets == 1
    assert screen.positions[-1] == (278_528, 278_528)  # the 17th of every 16,384
    assert shown[-1][1] == played([Batch(Schema.MBO, records)], 290_000).shown()


def event_ends(records):
    return np.flatnonzero(records["flags"] & F_LAST) + 1


def test_stepping_back_lands_at_the_ends_of_the_events_before(tape, records, batches):
    ends = event_ends(records)
    shown, _ = run(
        paused(tape),
        lambda replay: replay.seek_position(int(ends[2_000])),
        lambda replay: replay.step(-1),
        lambda replay: replay.step(-3),
        lambda replay: replay.step(-1_000_000),
    )
    assert [status.position for status, _ in shown[1:]] == [ends[1_999], ends[1_996], 0]
    assert all(status.paused for status, _ in shown[1:])
    assert shown[2][1] == played(batches, int(ends[1_996])).shown()


@pytest.mark.parametrize("here", [0, 700, 3_000, RECORDS])
def test_jumps_land_at_the_end_of_the_event_with_the_next_or_previous_trade(tape, records, here):
    ends = event_ends(records)
    trades = np.flatnonzero(records["action"] == ord("T"))
    ends_of_trades = ends[np.minimum(np.searchsorted(ends, trades, "right"), len(ends) - 1)]
    after = ends_of_trades[trades >= here]
    shown, _ = run(
        paused(tape),
        lambda replay: replay.seek_position(here),
        lambda replay: (replay.jump("next_trade"), replay.seek_position(replay.status().position)),
    )
    assert shown[-1][0].position == (after[0] if len(after) else here)
    start_of_event = ends[ends < here][-1] if (ends < here).any() else 0
    before = ends_of_trades[trades < start_of_event]
    shown, _ = run(
        paused(tape),
        lambda replay: replay.seek_position(here),
        lambda replay: (
            replay.jump("previous_trade"),
            replay.seek_position(replay.status().position),
        ),
    )
    assert shown[-1][0].position == (before[-1] if len(before) else here)


def test_the_start_is_the_first_time_and_the_end_is_everything(tape, records, batches):
    shown, _ = run(
        paused(tape), lambda replay: replay.jump("end"), lambda replay: replay.jump("start")
    )
    at_start = position_after(batches, int(records["ts_recv"][0]))
    assert [status.position for status, _ in shown] == [RECORDS, at_start]
    assert shown[0][1] == played(batches, RECORDS).shown()


def test_what_needs_an_index_waits_for_it(tape, records):
    replay = Replay(tape, None, hold_at_end=True, index=TapeIndex(tape))
    replay.pause()
    shown, _ = run(replay, lambda replay: replay.seek_position(1_234))
    assert shown[0][0].position == 1_234
    assert shown[0][0].indexed == 1.0


def test_without_an_index_it_is_refused_and_said_why(tape):
    replay = paused(tape, index=False)
    for act in (lambda: replay.step(-1), lambda: replay.jump("next_gap")):
        with pytest.raises(BadValueError, match="no index"):
            act()
    with pytest.raises(BadValueError, match="jump"):
        replay.jump("lunch")
    with pytest.raises(BadValueError, match="positions begin at 0"):
        replay.seek_position(-1)


def test_the_real_crude_oil_tape_shows_the_same_wherever_one_lands(real_tape):
    path = real_tape("CLX5-20250924.mbo.dbn")
    batches = list(read_dbn(path))
    total = sum(len(batch.records) for batch in batches)
    targets = [total, 30_000, 4_097, 20_011, total - 1, 1]
    moves = [lambda replay, at=at: replay.seek_position(at) for at in targets]
    shown, _ = run(paused(path, every=4_096), *moves)
    for at, (_, seen) in zip(targets, shown, strict=True):
        assert seen == played(batches, at).shown()


def test_on_the_way_time_and_position_are_both_those_of_where_it_was_sent(tape):
    """Sent on before it has arrived: never the position of the one, and the time of the other."""
    replay = paused(tape, every=2_000)
    seen = []

    def stands():
        status = replay.status()
        return status.position, status.cursor_ns

    def sent(position):
        return position, replay.index.time_before(position)

    async def go():
        replay.seek_position(3_900)
        async for batch in replay:
            if Mark.CAUGHT_UP in marks_in(batch):
                assert stands() == sent(5_900)
                return
            seen.append(stands())
            if len(seen) == 1:
                assert stands() == sent(3_900)
                replay.seek_position(5_900)
                assert stands() == sent(5_900)

    asyncio.run(go())
    assert set(seen) == {sent(3_900), sent(5_900)}
