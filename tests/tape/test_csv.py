import contextlib
import io
from collections import Counter
from datetime import date

import databento_dbn as dbn
import numpy as np
import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.tape.tape_samples import MARKET_SCHEMAS, metadata_of, random_records, records_of

from ticktape.tape import csv_reader
from ticktape.tape.batch import Batch
from ticktape.tape.csv_reader import read_csv
from ticktape.tape.csv_writer import write_csv
from ticktape.tape.dbn_reader import read_dbn
from ticktape.tape.errors import (
    EmptyTapeError,
    TapeError,
    TapeNotFoundError,
    TapeWriteError,
    TicktapeError,
    WrongSchemaError,
)
from ticktape.tape.layouts import UNDEF_TIMESTAMP, Schema
from ticktape.tape.metadata import make_metadata
from ticktape.tape.symbol_map import SymbolMap


def vendor_csv(metadata, records, *, pretty, symbols):
    out = io.BytesIO()
    transcoder = dbn.Transcoder(
        out,
        dbn.Encoding.CSV,
        dbn.Compression.NONE,
        pretty_px=pretty,
        pretty_ts=pretty,
        map_symbols=symbols,
    )
    transcoder.write(metadata.encode() + records.tobytes())
    transcoder.flush()
    return out.getvalue()


FORMS = [(True, True), (True, False), (False, True), (False, False)]


@pytest.mark.parametrize("schema", MARKET_SCHEMAS)
@pytest.mark.parametrize(("pretty", "symbols"), FORMS)
def test_our_csv_is_the_vendors_byte_for_byte_and_reads_back(tmp_path, schema, pretty, symbols):
    records = random_records(schema, 300)
    path = tmp_path / f"x.{schema}.csv"
    metadata = metadata_of(schema)
    count = write_csv(
        path,
        [Batch(schema, records[:100]), Batch(schema, records[100:])],
        metadata,
        pretty_px=pretty,
        pretty_ts=pretty,
        map_symbols=symbols,
    )
    assert count == 300
    assert path.read_bytes() == vendor_csv(metadata, records, pretty=pretty, symbols=symbols)
    tape = read_csv(path)
    assert tape.schema is schema
    assert np.array_equal(records_of(tape), records)
    assert tape.cut is None


def test_symbols_survive_as_mappings(tmp_path):
    records = random_records(Schema.TRADES, 50)
    path = tmp_path / "x.csv.zst"
    write_csv(path, [Batch(Schema.TRADES, records)], metadata_of("trades"))
    metadata = read_csv(path).metadata
    assert metadata.dataset == "UNKNOWN"
    day = {"start_date": date(2025, 9, 24), "end_date": date(2025, 9, 25)}
    assert metadata.mappings == {
        "SYM0": [{**day, "symbol": "118"}],
        "SYM1": [{**day, "symbol": "4358"}],
    }
    times = records["ts_recv"]
    assert (metadata.start, metadata.end) == (int(times.min()), int(times.max()) + 1)


def test_days_of_one_symbol_that_follow_each_other_are_one_interval(tmp_path):
    records = random_records(Schema.OHLCV_1D, 4)
    records["instrument_id"], records["publisher_id"] = 118, 1
    records["ts_event"] = (20_355 + np.array([0, 1, 3, 4])) * 86_400 * 10**9
    symbols = SymbolMap()
    symbols.add(118, "ESZ5")
    metadata = make_metadata("GLBX.MDP3", "ohlcv-1d", 0, mappings=symbols.to_mappings())
    path = tmp_path / "x.csv"
    write_csv(path, [Batch(Schema.OHLCV_1D, records)], metadata)
    read = read_csv(path).metadata
    assert read.dataset == "GLBX.MDP3"
    spans = [(e["start_date"].day, e["end_date"].day) for e in read.mappings["ESZ5"]]
    assert spans == [(24, 26), (27, 29)]


def test_an_unknown_publisher_has_an_unknown_dataset(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text(HEADER + ROW.replace(",33,1,", ",33,60000,"))
    assert read_csv(path).metadata.dataset == "UNKNOWN"


def test_a_table_too_large_to_keep_is_read_again(tmp_path, monkeypatch):
    path = tmp_path / "x.csv"
    path.write_text(HEADER + ROW * 5 + ROW[:25])
    kept = read_csv(path)
    monkeypatch.setattr(csv_reader, "_KEPT_BYTES", 100)
    read_again = read_csv(path)
    for _ in range(2):
        assert np.array_equal(records_of(read_again), records_of(kept))
        assert read_again.cut == kept.cut
    assert read_again.metadata.encode() == kept.metadata.encode()


def test_records_cannot_be_changed_between_two_readings(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text(HEADER + ROW)
    (batch,) = read_csv(path)
    with pytest.raises(ValueError, match="read-only"):
        batch.records["volume"] = 0


def test_texts_with_commas_and_quotes_are_quoted_as_the_vendor_does(tmp_path):
    records = random_records(Schema.DEFINITION, 3)
    records["raw_symbol"] = [b'A "B", C', b"A,B", b"plain"]
    path = tmp_path / "x.csv"
    write_csv(path, [Batch(Schema.DEFINITION, records)], metadata_of("definition"))
    theirs = vendor_csv(metadata_of("definition"), records, pretty=True, symbols=True)
    assert path.read_bytes() == theirs
    assert np.array_equal(records_of(read_csv(path)), records)


def test_a_time_beyond_2262_is_kept(tmp_path):
    records = random_records(Schema.STATISTICS, 2)
    records["ts_ref"] = [2**63 + 5, UNDEF_TIMESTAMP]
    path = tmp_path / "x.csv"
    write_csv(path, [Batch(Schema.STATISTICS, records)], metadata_of("statistics"), pretty_ts=False)
    assert np.array_equal(records_of(read_csv(path)), records)


def test_the_lowest_price_is_kept(tmp_path):
    records = random_records(Schema.TRADES, 2)
    records["price"] = [-(2**63), -1]
    path = tmp_path / "x.csv"
    write_csv(path, [Batch(Schema.TRADES, records)], metadata_of("trades"))
    assert b",-9223372036.854775808," in path.read_bytes()
    assert np.array_equal(records_of(read_csv(path)), records)


def test_the_name_tells_tbbo_from_mbp_1(tmp_path):
    records = random_records(Schema.TBBO, 2)
    for name, schema in (("x.tbbo.csv", Schema.TBBO), ("x.csv", Schema.MBP_1)):
        write_csv(tmp_path / name, [Batch(Schema.TBBO, records)], metadata_of("tbbo"))
        assert read_csv(tmp_path / name).schema is schema
    assert read_csv(tmp_path / "x.csv", schema="tbbo").schema is Schema.TBBO


def test_a_table_holds_one_schema(tmp_path):
    batches = [Batch(s, random_records(s, 1)) for s in (Schema.MBO, Schema.TRADES)]
    with pytest.raises(WrongSchemaError, match="one schema"):
        write_csv(tmp_path / "x.csv", batches, metadata_of(None))
    with pytest.raises(TapeWriteError, match="no records"):
        write_csv(tmp_path / "y.csv", [], metadata_of(None))


HEADER = "ts_event,rtype,publisher_id,instrument_id,open,high,low,close,volume\n"
ROW = "1758742200000000000,33,1,118,1,2,1,2,7\n"


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("", EmptyTapeError, "is empty"),
        (HEADER, EmptyTapeError, "no rows"),
        ("a,b\n1,2\n", TapeError, "no rtype column"),
        (HEADER.replace("volume", "vol") + ROW, TapeError, "lacks the columns volume"),
        (HEADER + ROW + ROW.replace(",7", ",x"), TapeError, "volume|column"),
        (HEADER + ROW + "1,2,3\n" + ROW, TapeError, "3 columns, not 9"),
        (HEADER + ROW.replace(",33,", ",99,"), TapeError, "rtype is '99'"),
        (HEADER + ROW + ROW.replace(",33,", ",32,"), WrongSchemaError, "record types"),
        (HEADER + ROW + ROW.replace("118", "-1"), TapeError, "CSV"),
        (HEADER + ROW.replace(",1,2,1,2,", ",1.0000000001,2.0,1.0,2.0,"), TapeError, "CSV"),
    ],
)
def test_what_is_not_the_vendors_csv_is_told(tmp_path, text, error, message):
    path = tmp_path / "x.csv"
    path.write_text(text)
    with pytest.raises(error, match=message) as caught:
        list(read_csv(path))
    assert str(path) in str(caught.value)


def test_a_file_that_is_not_there_or_not_text(tmp_path):
    with pytest.raises(TapeNotFoundError):
        read_csv(tmp_path / "none.csv")
    (tmp_path / "x.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(TapeError, match="no text table"):
        read_csv(tmp_path / "x.csv")


def test_a_file_cut_inside_a_row_is_read_to_its_last_whole_row(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text(HEADER + ROW * 3 + ROW[:25])
    tape = read_csv(path)
    assert len(records_of(tape)) == 3
    assert tape.cut.record == 3


def test_a_last_row_without_a_line_end_counts(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text(HEADER + ROW + ROW.rstrip())
    assert len(records_of(read_csv(path))) == 2


def test_a_cut_compressed_file_is_read_to_its_last_whole_row(tmp_path):
    records = random_records(Schema.TRADES, 20_000)
    path = tmp_path / "x.csv.zst"
    write_csv(path, [Batch(Schema.TRADES, records)], metadata_of("trades"))
    path.write_bytes(path.read_bytes()[:-9000])
    tape = read_csv(path)
    got = records_of(tape)
    assert 0 < len(got) < len(records)
    assert np.array_equal(got, records[: len(got)])
    assert tape.cut.record == len(got)


NQ_DAYS = [
    ("20251123", {"NQZ5": 6931, "NQH6": 32, "NQZ5-NQH6": 7, "NQM6": 1}, 9_161),
    ("20251130", {"NQZ5": 8299, "NQH6": 25, "NQZ5-NQH6": 2}, 11_292),
    ("20251207", {"NQZ5": 3712, "NQH6": 32, "NQZ5-NQH6": 42}, 4_972),
]


@pytest.mark.parametrize(("day", "counts", "volume"), NQ_DAYS)
def test_real_days_of_nasdaq_futures(real_tape, tmp_path, day, counts, volume):
    path = real_tape(f"NQ.FUT-{day}.trades.csv.zst")
    tape = read_csv(path)
    records = records_of(tape)
    symbols = SymbolMap.from_metadata(tape.metadata)
    codes, names = symbols.symbol_codes(records["instrument_id"], records["ts_recv"])
    assert Counter(names[code] for code in codes) == counts
    front = records[codes == names.index("NQZ5")]
    assert int(front["size"].sum()) == volume
    assert tape.metadata.dataset == "GLBX.MDP3"
    written = tmp_path / "again.csv"
    write_csv(written, tape, tape.metadata)
    with path.open("rb") as file:
        assert written.read_bytes() == zstandard.ZstdDecompressor().stream_reader(file).read()


def test_a_real_by_order_tape_survives_csv(real_tape, tmp_path):
    tape = read_dbn(real_tape("CLX5-20250924.mbo.dbn"))
    write_csv(tmp_path / "x.csv.zst", tape, tape.metadata)
    again = read_csv(tmp_path / "x.csv.zst")
    assert np.array_equal(records_of(again), records_of(tape))
    assert again.metadata.mappings == tape.metadata.mappings


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    damage=st.lists(
        st.tuples(st.integers(0, 10**6), st.sampled_from(b'\n\r",.-9Z\0\xff')), max_size=5
    ),
    keep=st.integers(0, 10**6),
    pretty=st.booleans(),
)
def test_no_damage_ends_in_anything_but_our_errors(tmp_path, damage, keep, pretty):
    path = tmp_path / "x.csv"
    batch = Batch(Schema.MBO, random_records(Schema.MBO, 9))
    write_csv(path, [batch], metadata_of("mbo"), pretty_px=pretty, pretty_ts=pretty)
    damaged = bytearray(path.read_bytes())
    for place, value in damage:
        damaged[place % len(damaged)] = value
    path.write_bytes(damaged[: keep % len(damaged)] if keep % 2 else damaged)
    with contextlib.suppress(TicktapeError):
        list(read_csv(path))
