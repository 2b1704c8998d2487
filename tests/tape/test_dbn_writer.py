import resource
import signal
import subprocess
import sys
import textwrap

import databento as db
import numpy as np
import pytest
from tests.tape.tape_samples import MARKET_SCHEMAS, metadata_of, random_records, records_of

from ticktape.tape.batch import Batch
from ticktape.tape.dbn_reader import read_dbn
from ticktape.tape.dbn_writer import DbnWriter, Rotation
from ticktape.tape.errors import BadValueError, TapeWriteError, WrongSchemaError
from ticktape.tape.layouts import LAYOUTS_TS_OUT, Schema
from ticktape.tape.metadata import make_metadata, metadata_end_ns

MBO = random_records(Schema.MBO, 1000)


def batches_of(records, size=300, schema=Schema.MBO):
    return [Batch(schema, records[at : at + size]) for at in range(0, len(records), size)]


@pytest.mark.parametrize("name", ["x.dbn", "x.dbn.zst"])
@pytest.mark.parametrize("schema", MARKET_SCHEMAS)
def test_the_vendor_reads_what_we_write(tmp_path, schema, name):
    records = random_records(schema, 200)
    with DbnWriter(tmp_path / name, metadata_of(schema)) as writer:
        for batch in batches_of(records, 70, schema):
            writer.write(batch)
    store = db.DBNStore.from_file(tmp_path / name)
    assert store.to_ndarray().tobytes() == records.tobytes()
    assert store.metadata.mappings == metadata_of(schema).mappings
    assert sum(1 for _ in store) == len(records)
    tape = read_dbn(tmp_path / name, strict=True)
    assert np.array_equal(records_of(tape), records)


@pytest.mark.parametrize("name", ["x.dbn", "x.dbn.zst"])
def test_an_open_end_is_stated_when_the_file_is_finished(tmp_path, name):
    with DbnWriter(tmp_path / name, metadata_of("mbo")) as writer:
        writer.write(Batch(Schema.MBO, MBO))
        assert metadata_end_ns(read_dbn(tmp_path / name).metadata) is None
    assert read_dbn(tmp_path / name).metadata.end == int(MBO["ts_recv"].max()) + 1
    assert db.DBNStore.from_file(tmp_path / name).metadata.end == int(MBO["ts_recv"].max()) + 1


def test_an_end_beyond_the_records_is_kept(tmp_path):
    metadata = make_metadata("GLBX.MDP3", "mbo", 0, 2**63)
    with DbnWriter(tmp_path / "x.dbn", metadata) as writer:
        writer.write(Batch(Schema.MBO, MBO))
    assert read_dbn(tmp_path / "x.dbn").metadata.end == 2**63


def test_a_long_mapping_table_fits_a_compressed_tape(tmp_path):
    mappings = {f"SYMBOL {n}": metadata_of("mbo").mappings["SYM0"] for n in range(3000)}
    metadata = make_metadata("GLBX.MDP3", "mbo", 0, mappings=mappings)
    with DbnWriter(tmp_path / "x.dbn.zst", metadata) as writer:
        writer.write(Batch(Schema.MBO, MBO))
    assert len(metadata.encode()) > 2**17
    store = db.DBNStore.from_file(tmp_path / "x.dbn.zst")
    assert len(store.metadata.mappings) == 3000
    assert len(store.to_ndarray()) == len(MBO)


def test_a_mixed_tape_takes_every_schema(tmp_path):
    trades = random_records(Schema.TRADES, 5)
    with DbnWriter(tmp_path / "x.dbn", metadata_of(None)) as writer:
        writer.write(Batch(Schema.MBO, MBO))
        writer.write(Batch(Schema.TRADES, trades))
    assert [b.schema for b in read_dbn(tmp_path / "x.dbn")] == ["mbo", "trades"]


def test_send_times_are_written_where_the_metadata_says_so(tmp_path):
    sent = np.zeros(5, LAYOUTS_TS_OUT[Schema.MBO])
    sent["length"], sent["rtype"], sent["ts_out"] = 16, 160, np.arange(5)
    with DbnWriter(tmp_path / "x.dbn", metadata_of("mbo", ts_out=True)) as writer:
        writer.write(Batch(Schema.MBO, sent))
        with pytest.raises(WrongSchemaError, match="with ts_out"):
            writer.write(Batch(Schema.MBO, MBO))
    assert np.array_equal(records_of(read_dbn(tmp_path / "x.dbn", keep_ts_out=True)), sent)


def test_records_of_another_schema_or_layout_are_refused(tmp_path):
    trades = random_records(Schema.TRADES, 5)
    with DbnWriter(tmp_path / "x.dbn", metadata_of("mbo")) as writer:
        with pytest.raises(WrongSchemaError, match="tape of mbo, not of trades"):
            writer.write(Batch(Schema.TRADES, trades))
        with pytest.raises(WrongSchemaError, match="layout of mbo"):
            writer.write(Batch(Schema.MBO, trades))
    assert list(read_dbn(tmp_path / "x.dbn")) == []


def test_a_file_that_exists_is_not_replaced_unasked(tmp_path):
    path = tmp_path / "x.dbn"
    path.write_text("precious")
    with pytest.raises(TapeWriteError, match="exists already"):
        DbnWriter(path, metadata_of("mbo"))
    assert path.read_text() == "precious"
    DbnWriter(path, metadata_of("mbo"), overwrite=True).close()
    assert list(read_dbn(path)) == []


def test_a_closed_writer_says_so(tmp_path):
    writer = DbnWriter(tmp_path / "x.dbn", metadata_of("mbo"))
    writer.close()
    writer.close()
    with pytest.raises(TapeWriteError, match="closed"):
        writer.write(Batch(Schema.MBO, MBO))


def test_a_writer_needs_metadata(tmp_path):
    with pytest.raises(BadValueError, match="metadata"):
        DbnWriter(tmp_path / "x.dbn", None)


@pytest.mark.parametrize(
    "rotate",
    [Rotation(max_records=130), Rotation(max_bytes=130 * 56 + 5), Rotation(every_ns=2 * 10**9)],
)
@pytest.mark.parametrize("size", [1, 90, 1000])
@pytest.mark.parametrize("suffix", [".dbn", ".dbn.zst"])
def test_rotated_files_hold_the_tape_between_them(tmp_path, rotate, size, suffix):
    with DbnWriter(tmp_path / f"x{suffix}", metadata_of("mbo"), rotate=rotate) as writer:
        for batch in batches_of(MBO, size):
            writer.write(batch)
    assert [path.name for path in writer.paths[:2]] == [f"x.0001{suffix}", f"x.0002{suffix}"]
    parts = [records_of(read_dbn(path)) for path in writer.paths]
    assert np.array_equal(np.concatenate(parts), MBO)
    if rotate.every_ns:
        intervals = [set((part["ts_recv"] // rotate.every_ns).tolist()) for part in parts]
        assert all(len(interval) == 1 for interval in intervals)
        assert len(set.union(*intervals)) == len(parts)
    else:
        assert {len(part) for part in parts[:-1]} == {130}


def test_rotation_with_less_room_than_a_record_still_writes(tmp_path):
    rotate = Rotation(max_bytes=10)
    with DbnWriter(tmp_path / "x.dbn", metadata_of("mbo"), rotate=rotate) as writer:
        writer.write(Batch(Schema.MBO, MBO[:3]))
    assert [len(records_of(read_dbn(path))) for path in writer.paths] == [1, 1, 1]


@pytest.mark.parametrize("name", ["x.dbn", "x.dbn.zst"])
def test_appending_continues_a_tape(tmp_path, name):
    with DbnWriter(tmp_path / name, metadata_of("mbo")) as writer:
        writer.write(Batch(Schema.MBO, MBO[:400]))
    with DbnWriter(tmp_path / name, None, append=True) as writer:
        writer.write(Batch(Schema.MBO, MBO[400:]))
    tape = read_dbn(tmp_path / name, strict=True)
    assert np.array_equal(records_of(tape), MBO)
    assert tape.metadata.end == int(MBO["ts_recv"].max()) + 1
    assert len(db.DBNStore.from_file(tmp_path / name).to_ndarray()) == len(MBO)


def test_appending_drops_what_a_killed_writer_left_of_a_record(put_tape):
    path = put_tape("x.dbn", metadata_of("mbo"), MBO[:10].tobytes()[:-13])
    with DbnWriter(path, metadata_of("mbo"), append=True) as writer:
        writer.write(Batch(Schema.MBO, MBO[9:]))
    assert np.array_equal(records_of(read_dbn(path, strict=True)), MBO)


def test_appending_to_another_writers_compressed_file(put_tape):
    path = put_tape("x.dbn.zst", metadata_of("mbo"), MBO[:10])
    with DbnWriter(path, None, append=True) as writer:
        writer.write(Batch(Schema.MBO, MBO[10:]))
    assert np.array_equal(records_of(read_dbn(path, strict=True)), MBO)


def test_what_cannot_be_continued_is_refused(put_tape, tmp_path):
    path = put_tape("x.dbn", metadata_of("mbo"), MBO[:10])
    with pytest.raises(TapeWriteError, match="has schema mbo, not trades"):
        DbnWriter(path, metadata_of("trades"), append=True)
    with pytest.raises(BadValueError, match="rotated"):
        DbnWriter(path, None, append=True, rotate=Rotation(max_records=1))
    cut = put_tape("y.dbn.zst", metadata_of("mbo"), random_records(Schema.MBO, 20_000))
    cut.write_bytes(cut.read_bytes()[:-100])
    with pytest.raises(TapeWriteError, match="convert it to a new file"):
        DbnWriter(cut, None, append=True)


@pytest.mark.parametrize("name", ["x.dbn", "x.dbn.zst"])
def test_a_killed_process_leaves_a_tape_to_its_last_whole_record(tmp_path, name):
    program = textwrap.dedent(f"""
        import sys
        from tests.tape.tape_samples import metadata_of, random_records
        from ticktape.tape import Batch, DbnWriter, Schema
        records = random_records(Schema.MBO, 20_000)
        writer = DbnWriter({str(tmp_path / name)!r}, metadata_of("mbo"))
        print("writing", flush=True)
        while True:
            for start in range(0, len(records), 977):
                writer.write(Batch(Schema.MBO, records[start : start + 977]))
            print("more", flush=True)
    """)
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    for _ in range(4):
        process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.communicate()
    tape = read_dbn(tmp_path / name)
    got = records_of(tape)
    expected = random_records(Schema.MBO, 20_000)
    assert len(got) >= 3 * 20_000 - 5000
    times = np.tile(expected, len(got) // len(expected) + 1)[: len(got)]
    assert np.array_equal(got, times)
    if name.endswith(".zst"):
        assert tape.cut.record == len(got)


def test_a_flush_makes_compressed_records_readable(tmp_path):
    with DbnWriter(tmp_path / "x.dbn.zst", metadata_of("mbo")) as writer:
        writer.write(Batch(Schema.MBO, MBO[:7]))
        writer.flush()
        assert np.array_equal(records_of(read_dbn(tmp_path / "x.dbn.zst")), MBO[:7])


def test_a_full_disk_is_our_error_and_keeps_what_was_written(tmp_path):
    path = tmp_path / "x.dbn"
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    writer = DbnWriter(path, metadata_of("mbo"))
    writer.write(Batch(Schema.MBO, MBO[:10]))
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 100, before[1]))
    try:
        with pytest.raises(TapeWriteError, match="cannot be written"):
            writer.write(Batch(Schema.MBO, MBO[10:]))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    tape = read_dbn(path)
    assert np.array_equal(records_of(tape), MBO[:11])
    assert tape.cut.record == 11


def test_a_folder_that_is_not_there_is_our_error(tmp_path):
    with pytest.raises(TapeWriteError, match="No such file"):
        DbnWriter(tmp_path / "none" / "x.dbn", metadata_of("mbo"))
