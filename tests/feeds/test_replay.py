import asyncio
import threading

import numpy as np
import pytest
from tests.feeds.clocks import HandClock

from ticktape.feeds.marks import Mark, marks_in
from ticktape.feeds.replay import Replay
from ticktape.tape import DbnWriter, make_metadata
from ticktape.tape.batch import Batch
from ticktape.tape.errors import BadValueError, EmptyTapeError, TapeNotFoundError
from ticktape.tape.layouts import F_LAST, Schema, new_records

SECOND = 1_000_000_000
START = 1_767_623_400 * SECOND


def mbo_records(count=4_000, step_ns=1_000_000, first=START):
    """Events of one to three records: times a millisecond apart, some equal."""
    records = new_records(Schema.MBO, count)
    records["ts_recv"] = first + (np.arange(count) // 2) * 2 * step_ns
    records["ts_event"] = records["ts_recv"] - 1000
    records["order_id"] = np.arange(count)
    records["action"] = ord("A")
    records["side"] = ord("B")
    records["size"] = 1
    records["flags"] = np.where(np.arange(count) % 3 == 0, F_LAST, 0)
    return records


def write_tape(path, records, schema=Schema.MBO):
    metadata = make_metadata("GLBX.MDP3", schema, START)
    with DbnWriter(path, metadata) as writer:
        writer.write(Batch(schema, records))
    return path


@pytest.fixture
def records():
    return mbo_records()


@pytest.fixture
def tape(tmp_path, records):
    return write_tape(tmp_path / "tape.dbn", records)


class Seen:
    """What a consumer sees: each entry a batch or a mark, with the wall time it came at."""

    def __init__(self, clock):
        self.clock = clock
        self.entries = []

    def add(self, batch):
        self.entries.append((self.clock.now_ns(), batch))

    def marks(self):
        return [mark for _, batch in self.entries for mark in marks_in(batch)]

    def runs(self):
        """Records between marks, concatenated."""
        runs, current = [], []
        for _, batch in self.entries:
            if marks_in(batch):
                runs.append(b"".join(current))
                current = []
            else:
                current.append(batch.records.tobytes())
        return [*runs, b"".join(current)]


async def consume(replay, clock, act=None):
    """Iterate; after each batch call ``act(number, batch)``; stop where it says so."""
    seen = Seen(clock)
    stream = aiter(replay)
    number = 0
    async for batch in stream:
        seen.add(batch)
        if act is not None and act(number, batch) == "stop":
            break
        number += 1
    await stream.aclose()
    return seen


@pytest.mark.parametrize("speed", [1.0, 50.0, 0.25, None])
async def test_what_is_delivered_is_the_tape_bit_for_bit_at_every_speed(tape, records, speed):
    clock = HandClock()
    seen = await consume(Replay(tape, speed, clock=clock), clock)
    assert seen.runs() == [records.tobytes()]
    assert seen.marks() == []


@pytest.mark.parametrize("speed", [1.0, 8.0, 0.5])
async def test_no_record_comes_before_its_time_and_none_later_than_a_beat(tape, speed):
    clock = HandClock()
    seen = await consume(Replay(tape, speed, clock=clock), clock)
    for wall_ns, batch in seen.entries:
        due_ns = (batch.records["ts_recv"] - np.uint64(START)) / speed
        assert due_ns.max() <= wall_ns + 1
        assert wall_ns - due_ns.min() <= 10_000_000 + 2


async def test_a_paced_replay_does_not_drift(tape):
    clock = HandClock()
    await consume(Replay(tape, 7.0, clock=clock), clock)
    assert clock.now_ns() == pytest.approx(3_998_000_000 / 7, abs=12_000_000)


async def test_unpaced_replay_does_not_wait(tape):
    clock = HandClock()
    await consume(Replay(tape, None, clock=clock), clock)
    assert clock.waited == []


async def test_a_halt_takes_as_long_as_it_took(tmp_path):
    records = mbo_records(20)
    records["ts_recv"][10:] += 3600 * SECOND
    tape = write_tape(tmp_path / "halt.dbn", records)
    clock = HandClock()
    await consume(Replay(tape, 60.0, clock=clock), clock)
    assert clock.now_ns() >= 60 * SECOND


async def test_a_halt_is_skipped_where_asked(tmp_path):
    records = mbo_records(20)
    records["ts_recv"][10:] += 3600 * SECOND
    tape = write_tape(tmp_path / "halt.dbn", records)
    clock = HandClock()
    seen = await consume(Replay(tape, 1.0, clock=clock, max_idle_ns=2 * SECOND), clock)
    assert clock.now_ns() < 3 * SECOND
    assert seen.runs() == [records.tobytes()]


async def test_seeking_back_resets_then_repeats_the_prefix_then_goes_on(tape, records):
    clock = HandClock()
    replay = Replay(tape, 1.0, clock=clock)
    target = START + 500 * 1_000_000

    def seek_once(number, batch):
        if number == 100:
            replay.seek(target)

    seen = await consume(replay, clock, seek_once)
    assert seen.marks() == [Mark.RESET, Mark.CAUGHT_UP]
    before, prefix, rest = seen.runs()
    assert records.tobytes().startswith(before)
    assert prefix == records[records["ts_recv"] <= target].tobytes()
    assert prefix + rest == records.tobytes()


async def test_seeking_forward_delivers_everything_between_unpaced(tape, records):
    clock = HandClock()
    replay = Replay(tape, 1.0, clock=clock)
    walls = []

    def seek_once(number, batch):
        walls.append(clock.now_ns())
        if number == 5:
            replay.seek(START + 3 * SECOND)

    seen = await consume(replay, clock, seek_once)
    assert seen.marks() == [Mark.CAUGHT_UP]
    assert b"".join(seen.runs()) == records.tobytes()
    assert clock.now_ns() < 1.2 * SECOND
    assert walls[6] == walls[5]


async def test_start_ns_delivers_what_came_before_unpaced(tape, records):
    clock = HandClock()
    start = START + 2 * SECOND
    seen = await consume(Replay(tape, 1.0, start_ns=start, clock=clock), clock)
    prefix, rest = seen.runs()
    assert seen.marks() == [Mark.CAUGHT_UP]
    assert prefix == records[records["ts_recv"] <= start].tobytes()
    assert prefix + rest == records.tobytes()
    assert clock.now_ns() < 2.1 * SECOND


async def test_a_loop_marks_every_start_over(tape, records):
    clock = HandClock()
    replay = Replay(tape, None, loop=True, clock=clock)
    seen = await consume(replay, clock, lambda number, batch: "stop" if number == 9 else None)
    assert seen.marks()[:4] == [Mark.RESET, Mark.CAUGHT_UP] * 2
    first, beginning, rest = seen.runs()[:3]
    assert first == beginning + rest == records.tobytes()
    assert replay.status().loops >= 2


async def test_paused_replay_delivers_nothing_but_steps(tape, records):
    clock = HandClock()
    replay = Replay(tape, 1.0, clock=clock)
    replay.pause()
    replay.step(2)

    def step_more(number, batch):
        assert batch.records["flags"][-1] == F_LAST
        if number == 1:
            assert replay.status().paused
            replay.step(3)
        return "stop" if number == 4 else None

    seen = await consume(replay, clock, step_more)
    assert [len(batch.records) for _, batch in seen.entries] == [1, 3, 3, 3, 3]
    assert b"".join(seen.runs()) == records[:13].tobytes()
    assert clock.waited == []


async def test_resume_goes_on_from_where_it_was_paused(tape, records):
    clock = HandClock()
    replay = Replay(tape, 1.0, clock=clock)
    loop = asyncio.get_running_loop()

    def pause_once(number, batch):
        if number == 10:
            replay.pause()
            clock.time_ns += 50 * SECOND
            loop.call_later(0.01, replay.resume)

    seen = await consume(replay, clock, pause_once)
    assert seen.runs() == [records.tobytes()]
    assert clock.now_ns() == pytest.approx(54 * SECOND, abs=0.05 * SECOND)


async def test_speed_changes_while_running(tape, records):
    clock = HandClock()
    replay = Replay(tape, 1.0, clock=clock)

    def faster(number, batch):
        if replay.status().cursor_ns >= START + 2 * SECOND:
            replay.set_speed(100.0)

    seen = await consume(replay, clock, faster)
    assert seen.runs() == [records.tobytes()]
    assert clock.now_ns() == pytest.approx(2.02 * SECOND, abs=0.05 * SECOND)


async def test_controls_work_from_another_thread(tape, records):
    replay = Replay(tape, 1.0)
    replay.pause()
    thread = threading.Timer(0.05, replay.set_speed, [None])
    other = threading.Timer(0.1, replay.resume)
    thread.start()
    other.start()
    seen = await consume(replay, HandClock())
    assert seen.runs() == [records.tobytes()]


async def test_status_tells_span_and_playhead(tape):
    clock = HandClock()
    replay = Replay(tape, 2.0, clock=clock)
    before = replay.status()
    assert (before.start_ns, before.cursor_ns, before.finished) == (START, START, False)
    await consume(replay, clock)
    after = replay.status()
    assert after.finished
    assert after.end_ns >= START + 3_998_000_000
    assert after.cursor_ns == START + 3_998_000_000


async def test_held_at_the_end_it_can_be_sought_back(tape, records):
    clock = HandClock()
    replay = Replay(tape, None, hold_at_end=True, clock=clock)
    loop = asyncio.get_running_loop()
    loop.call_later(0.05, replay.seek, START)

    def stop_when_repeated(number, batch):
        return "stop" if len(marks) > 1 and replay.status().cursor_ns > START else None

    seen = Seen(clock)
    marks = []
    stream = aiter(replay)
    async for batch in stream:
        seen.add(batch)
        marks += marks_in(batch)
        if Mark.CAUGHT_UP in marks:
            break
    await stream.aclose()
    assert marks == [Mark.RESET, Mark.CAUGHT_UP]
    assert seen.runs()[0] == records.tobytes()
    assert seen.runs()[1] == records[:2].tobytes()


async def test_several_tapes_are_merged_by_index_time(tmp_path):
    left = mbo_records(500, step_ns=3_000_000)
    right = mbo_records(700, step_ns=2_000_000, first=START + 500)
    paths = [write_tape(tmp_path / "a.dbn", left), write_tape(tmp_path / "b.dbn.zst", right)]
    clock = HandClock()
    seen = await consume(Replay(paths, 10.0, clock=clock), clock)
    both = np.concatenate([left, right])
    ordered = both[np.argsort(both["ts_recv"], kind="stable")]
    assert seen.runs() == [ordered.tobytes()]


async def test_records_that_go_back_in_time_stay_where_they_are(tmp_path):
    records = mbo_records(100)
    records["ts_recv"][50] = START - SECOND
    records["ts_recv"][60] = 2**64 - 1
    tape = write_tape(tmp_path / "odd.dbn", records)
    clock = HandClock()
    seen = await consume(Replay(tape, 3.0, clock=clock), clock)
    assert seen.runs() == [records.tobytes()]


async def test_trades_without_flags_of_events_step_record_by_record(tmp_path):
    bars = new_records(Schema.OHLCV_1S, 5)
    bars["ts_event"] = START + np.arange(5) * SECOND
    tape = write_tape(tmp_path / "bars.dbn", bars, Schema.OHLCV_1S)
    clock = HandClock()
    replay = Replay(tape, clock=clock)
    replay.step(2)
    seen = await consume(replay, clock, lambda number, batch: "stop" if number == 1 else None)
    assert [len(batch.records) for _, batch in seen.entries] == [1, 1]


async def test_a_bar_comes_when_it_ends_as_nobody_could_know_it_before(tmp_path):
    bars = new_records(Schema.OHLCV_1S, 5)
    bars["ts_event"] = START + np.arange(5) * SECOND
    replay = Replay(write_tape(tmp_path / "bars.dbn", bars, Schema.OHLCV_1S), clock=HandClock())
    replay.pause()
    replay.seek(START + 2 * SECOND + 1)
    clock = HandClock()
    seen = await consume(replay, clock, lambda _, batch: "stop" if marks_in(batch) else None)
    assert seen.runs()[0] == bars[:2].tobytes()
    assert replay.status().start_ns == START + SECOND


async def test_the_real_crude_oil_tape_at_any_speed_is_itself(real_tape):
    path = real_tape("CLX5-20250924.mbo.dbn")
    runs = []
    for speed in (None, 900.0):
        clock = HandClock()
        runs.append((await consume(Replay(path, speed, clock=clock), clock)).runs())
    assert runs[0] == runs[1]
    assert len(runs[0][0]) == 38_212 * 56


def test_bad_asks_are_refused(tmp_path, tape):
    with pytest.raises(TapeNotFoundError):
        Replay(tmp_path / "none.dbn")
    with pytest.raises(EmptyTapeError):
        Replay(write_tape(tmp_path / "empty.dbn", mbo_records(0)))
    for ask in (lambda: Replay(tape, 0.0), lambda: Replay([]), lambda: Replay(tape).step(0)):
        with pytest.raises(BadValueError):
            ask()
