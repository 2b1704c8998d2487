"""The buffer of a relay: bounded, whole again after a crash, and honest about what it lost."""

import asyncio
import resource
import subprocess

import numpy as np
import pytest
from tests.gateway.gateway_clients import until
from tests.gateway.test_broadcast import books_of, cut

from ticktape.gateway.live.history import AgedOutError
from ticktape.gateway.live.snapshots import book_records
from ticktape.gateway.relay import disk_buffer, segments
from ticktape.gateway.relay.disk_buffer import DiskBuffer
from ticktape.market import Market
from ticktape.tape import read_dbn
from ticktape.tape.batch import Batch
from ticktape.tape.gaps import gaps_in
from ticktape.tape.layouts import Schema
from ticktape.tape.summary import summarise


class Timeline:
    """A buffer, and the market that its books come from."""

    def __init__(self, folder, max_bytes=1 << 30, **options):
        self.market = Market()
        self.now_ns = 0
        self.buffer = DiskBuffer(folder, max_bytes, "GLBX.MDP3", self.books, **options)

    def books(self):
        return list(book_records(self.market, self.now_ns))

    def take(self, records, size=997):
        """Keep records, cut where events end: a snapshot of books is one of whole events."""
        while len(records):
            run, records = cut(records, size) if len(records) > 2 * size else (records, records[:0])
            self.buffer.append(Batch(Schema.MBO, run))
            self.market.apply(Batch(Schema.MBO, run))
            self.now_ns = int(run["ts_recv"][-1])

    def settle(self):
        with self.buffer._lock:
            pending = bool(self.buffer._pending)
        return not pending


def mbo_of(batches):
    parts = [batch.records for batch in batches if batch.schema is Schema.MBO]
    return np.concatenate(parts) if parts else np.empty(0)


async def all_of(reader):
    found = []
    while batches := await reader.read():
        found += batches
    return found + reader.rest()


@pytest.mark.parametrize("settled", [True, False])
async def test_what_was_kept_is_read_back_whether_on_disk_yet_or_not(tmp_path, small_tape, settled):
    line = Timeline(tmp_path, max_bytes=16 << 18)
    line.take(small_tape.records)
    if settled:
        await until(line.settle)
    reader = line.buffer.reader(0, with_books=True)
    given = await all_of(reader) if settled else reader.rest()
    assert mbo_of(given).tobytes() == small_tape.records.tobytes()
    assert len(line.buffer.segments) > 3
    line.buffer.close()


async def test_files_read_back_as_tapes_and_begin_with_their_books(tmp_path, small_tape):
    line = Timeline(tmp_path, max_bytes=16 << 18)
    line.take(small_tape.records)
    line.buffer.close()
    last = line.buffer.segments[-1]
    books = np.concatenate([batch.records for batch in read_dbn(last.books_path)])
    rest = np.concatenate([batch.records for batch in read_dbn(last.path)])
    assert books_of(books, rest) == books_of(small_tape.records)


async def test_every_file_names_its_instruments(tmp_path, small_tape):
    ids = np.unique(small_tape.records["instrument_id"]).tolist()
    names = {one: f"S{one}" for one in ids}
    line = Timeline(tmp_path, max_bytes=16 << 18, take_names=lambda: names)
    line.take(small_tape.records)
    await until(line.settle)
    given = await all_of(line.buffer.reader(0, with_books=True))
    assert mbo_of(given).tobytes() == small_tape.records.tobytes()
    line.buffer.close()
    paths = sorted(tmp_path.glob("*.dbn"))
    assert len(paths) > 4
    for path in paths:
        summary = summarise(path, read_dbn(path))
        assert set(summary.instruments) == set(summary.instrument_symbols) <= set(ids)
        assert all(names[one] == name for one, name in summary.instrument_symbols.items())


async def test_the_oldest_is_forgotten_and_who_was_reading_it_is_told(tmp_path, small_tape):
    line = Timeline(tmp_path, max_bytes=1 << 20)
    line.take(small_tape.records[:2_000])
    slow = line.buffer.reader(0, with_books=True)
    await until(line.settle)
    for _ in range(4):
        line.take(small_tape.records)
        await until(line.settle)
    taken = sum(path.stat().st_size for path in tmp_path.iterdir())
    assert taken <= 1 << 20
    assert not line.buffer.is_complete
    assert line.buffer.oldest_ns() > int(small_tape.records["ts_recv"][0])
    with pytest.raises(AgedOutError):
        await all_of(slow)
    line.buffer.close()


@pytest.mark.parametrize("torn", [0, 1, 55])
async def test_a_restart_keeps_what_was_written_and_says_the_gap(tmp_path, small_tape, torn):
    """Also where the last record was written in part only."""
    early, late = cut(small_tape.records, 12_000)
    first = Timeline(tmp_path)
    first.take(early)
    first.buffer.close()
    last = sorted(tmp_path.glob("*[0-9].dbn"))[-1]
    last.write_bytes(last.read_bytes() + late.tobytes()[:torn])
    second = Timeline(tmp_path)
    second.take(late[5_000:])
    given = second.buffer.reader(0, with_books=True).rest()
    second.buffer.close()
    gaps = [gap for one in given if one.schema is Schema.SYSTEM for gap in gaps_in(one.records)]
    assert mbo_of(given).tobytes() == np.concatenate([early, late[5_000:]]).tobytes()
    assert [(gap.start_ns, gap.end_ns) for gap in gaps] == [
        (int(early["ts_recv"][-1]), int(late[5_000:]["ts_recv"][min(996, len(late))]))
    ] or gaps[0].start_ns == int(early["ts_recv"][-1])
    order = [one.schema for one in given]
    place = order.index(Schema.SYSTEM)
    assert sum(len(one.records) for one in given[:place]) == len(early)


def refuse_after(monkeypatch, count):
    """Let the disk be full after so many writes, until told otherwise."""
    state = {"left": count, "full": True}
    real = segments.os.write

    def write(descriptor, data):
        if state["full"] and not state["left"]:
            real(descriptor, data[: len(data) // 3])
            raise OSError(28, "No space left on device")
        state["left"] -= state["full"]
        return real(descriptor, data)

    monkeypatch.setattr(segments.os, "write", write)
    return state


async def test_a_full_disk_is_a_counted_hole(tmp_path, small_tape, monkeypatch):
    early, late = cut(small_tape.records, 8_000)
    lost, after = cut(late, 6_000)
    line = Timeline(tmp_path, retry_s=0.0)
    line.take(early, size=20_000)
    await until(line.settle)
    state = refuse_after(monkeypatch, 0)
    line.take(lost, size=20_000)
    await until(line.settle)
    state["full"] = False
    line.take(after)
    await until(line.settle)
    given = line.buffer.reader(0, with_books=True).rest()
    line.buffer.close()
    assert line.buffer.lost_records == len(lost)
    assert mbo_of(given).tobytes() == np.concatenate([early, after]).tobytes()
    (gap,) = [gap for one in given if one.schema is Schema.SYSTEM for gap in gaps_in(one.records)]
    assert gap.reason == "relay buffer: No space left on device"
    in_hole = int(lost["ts_recv"][len(lost) // 2])
    assert line.buffer.is_missing(in_hole)
    assert not line.buffer.is_missing(int(early["ts_recv"][10]))
    assert not line.buffer.is_missing(int(after["ts_recv"][-1]))
    again = Timeline(tmp_path)
    assert again.buffer.is_missing(in_hole)


async def test_the_systems_own_limit_on_files_is_met(tmp_path, small_tape):
    """A real refusal by the kernel (EFBIG), in the middle of a write."""
    line = Timeline(tmp_path, retry_s=0.0)
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, hard))
    try:
        line.take(small_tape.records)
        await until(line.settle)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    given = line.buffer.reader(0, with_books=True).rest()
    line.buffer.close()
    kept = mbo_of(given)
    assert line.buffer.lost_records
    assert len(kept) + line.buffer.lost_records == len(small_tape.records)
    assert all((path.stat().st_size <= 300_000) for path in tmp_path.iterdir())


async def test_a_small_file_system_that_fills_up(tmp_path, small_tape):
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", tmp_path],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.decode().strip()}")
    try:
        line = Timeline(tmp_path, retry_s=0.0)
        line.take(small_tape.records)
        await until(line.settle)
        kept = mbo_of(line.buffer.reader(0, with_books=True).rest())
        line.buffer.close()
    finally:
        subprocess.run(["umount", tmp_path], check=True)
    assert line.buffer.lost_records
    assert kept.tobytes() == small_tape.records[: len(kept)].tobytes()
    assert len(kept) + line.buffer.lost_records == len(small_tape.records)


async def test_a_disk_that_is_too_slow_loses_counted_records_and_holds_nobody(
    tmp_path, small_tape, monkeypatch
):
    line = Timeline(tmp_path, pending_bytes=100_000, retry_s=60)
    going_on = disk_buffer.threading.Event()
    real = segments.os.write
    monkeypatch.setattr(segments.os, "write", lambda *given: (going_on.wait(20), real(*given))[1])
    async with asyncio.timeout(5):
        line.take(small_tape.records)
    going_on.set()
    await until(line.settle)
    kept = mbo_of(line.buffer.reader(0, with_books=True).rest())
    line.buffer.close()
    assert line.buffer.lost_records == len(small_tape.records) - len(kept) > 0
    assert kept.tobytes() == small_tape.records[: len(kept)].tobytes()
