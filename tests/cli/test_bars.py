"""``ticktape bars``."""

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from tests.cli.refusals import one_clear_line

from ticktape.tape import Batch, DbnWriter, Schema, make_metadata, new_records, read_dbn
from ticktape.tape.files import open_tape

SECOND = 1_000_000_000
START = 1_758_742_200 * SECOND  # 2025-09-24T19:30Z
FIELDS = [
    "ts_event",
    "open",
    "high",
    "low",
    "close",
    "volume",
    "buy_volume",
    "sell_volume",
    "trades",
]
DAY = (date(2025, 9, 24), date(2025, 9, 25))


def trades(*rows, schema=Schema.TRADES):
    """Prints from (seconds after the start, instrument, price in hundredths, size, side)."""
    records = new_records(schema, len(rows))
    for record, (seconds, instrument, price, size, side) in zip(records, rows, strict=True):
        record["ts_recv"] = record["ts_event"] = START + int(seconds * SECOND)
        record["instrument_id"], record["price"] = instrument, price * 10_000_000
        record["size"], record["side"] = size, ord(side)
    records["action"], records["publisher_id"] = ord("T"), 1
    return records


ROWS = [(0, 7, 6483, 5, "B"), (30, 7, 6484, 3, "A"), (60, 7, 6481, 4, "N")]
OTHER = (61, 8, 100, 1, "B")


@pytest.fixture
def tape(tmp_path):
    """Write a tape of batches; instruments 7 and 8 are called CLX5 and CLZ5."""

    def write(*batches, name="tape.dbn", schema=Schema.TRADES):
        mappings = {symbol: [(*DAY, key)] for symbol, key in (("CLX5", "7"), ("CLZ5", "8"))}
        metadata = make_metadata("GLBX.MDP3", schema, START, None, ["CLX5", "CLZ5"], mappings)
        path = tmp_path / name
        with DbnWriter(path, metadata) as writer:
            for batch in batches:
                writer.write(batch)
        return str(path)

    return write


def test_json_is_a_list_of_bars_with_decimal_prices_and_rfc_3339_times(ticktape, tape):
    path = tape(Batch(Schema.TRADES, trades(*ROWS)))
    status, out, err = ticktape("bars", path, "--symbol", "CLX5", "--every", "1m", "--json")
    assert (status, err) == (0, "")
    first, second = json.loads(out)
    assert list(first) == FIELDS
    assert list(first.values()) == [
        "2025-09-24T19:30:00.000000000Z", "64.83", "64.84", "64.83", "64.84", 8, 5, 3, 2
    ]  # fmt: skip
    assert second["ts_event"] == "2025-09-24T19:31:00.000000000Z"
    assert [second[name] for name in FIELDS[-4:]] == [4, 0, 0, 1]


def test_a_table_has_a_line_a_bar(ticktape, tape):
    path = tape(Batch(Schema.TRADES, trades(*ROWS)))
    _, out, _ = ticktape("bars", path, "--symbol", "CLX5")
    heads, first, second = out.splitlines()
    assert heads.split() == FIELDS
    assert first.split()[:2] == ["2025-09-24T19:30:00.000000000Z", "64.83"]
    assert len(second.split()) == len(FIELDS)


def test_no_symbol_is_needed_for_one_instrument(ticktape, tape):
    _, out, _ = ticktape(
        "bars", tape(Batch(Schema.TRADES, trades(*ROWS))), "--every", "1h", "--json"
    )
    assert [bar["trades"] for bar in json.loads(out)] == [3]


@pytest.mark.parametrize("symbol", ["CLX5", "7"])
def test_a_symbol_chooses_its_instrument(ticktape, tape, symbol):
    path = tape(Batch(Schema.TRADES, trades(*ROWS, OTHER)))
    _, out, _ = ticktape("bars", path, "--symbol", symbol, "--every", "1d", "--json")
    assert [bar["volume"] for bar in json.loads(out)] == [12]


def test_a_parent_gives_every_expiry_by_name(ticktape, tape):
    path = tape(Batch(Schema.TRADES, trades(*ROWS, OTHER)))
    _, out, _ = ticktape("bars", path, "--symbol", "CL.FUT", "--every", "1d", "--json")
    assert [(bar["symbol"], bar["volume"]) for bar in json.loads(out)] == [
        ("CLX5", 12),
        ("CLZ5", 1),
    ]


@pytest.mark.parametrize("schema", [Schema.MBO, Schema.TBBO, Schema.MBP_1, Schema.MBP_10])
def test_any_tape_with_prints_will_do(ticktape, tape, schema):
    path = tape(Batch(schema, trades(*ROWS, schema=schema)), schema=schema)
    _, out, _ = ticktape("bars", path, "--every", "1d", "--json")
    assert [bar["trades"] for bar in json.loads(out)] == [3]


def test_a_known_symbol_without_trades_has_no_bars(ticktape, tape):
    path = tape(Batch(Schema.TRADES, trades(*ROWS)))
    assert ticktape("bars", path, "--symbol", "CLZ5", "--json") == (0, "[]\n", "")
    assert ticktape("bars", path, "--symbol", "CLZ5") == (0, "no trades\n", "")


def test_late_trades_are_told(ticktape, tape):
    path = tape(Batch(Schema.TRADES, trades(*ROWS, ROWS[0])))
    status, _, err = ticktape("bars", path)
    assert status == 0
    assert err == "warning: 1 trades came after their bar had closed and are in no bar\n"


def test_csv_and_parquet_hold_every_column(ticktape, tape, tmp_path):
    path = tape(Batch(Schema.TRADES, trades(*ROWS)))
    assert ticktape("bars", path, "--out", tmp_path / "x.csv")[0] == 0
    lines = (tmp_path / "x.csv").read_text().splitlines()
    assert lines[0] == "symbol," + ",".join(FIELDS)
    assert lines[1] == "CLX5,2025-09-24T19:30:00.000000000Z,64.83,64.84,64.83,64.84,8,5,3,2"
    assert ticktape("bars", path, "--out", tmp_path / "x.parquet") == (0, "", "")
    import pyarrow.parquet as pq

    table = pq.read_table(tmp_path / "x.parquet").to_pydict()
    assert table["close"] == [64_840_000_000, 64_810_000_000]
    assert table["symbol"] == ["CLX5", "CLX5"]


def test_dbn_holds_ohlcv_records_with_their_symbols(ticktape, tape, tmp_path):
    path = tape(Batch(Schema.TRADES, trades(*ROWS)))
    assert ticktape("bars", path, "--out", tmp_path / "x.dbn.zst")[0] == 0
    written = read_dbn(tmp_path / "x.dbn.zst")
    (batch,) = written
    assert batch.schema is Schema.OHLCV_1M
    assert batch.records["volume"].tolist() == [8, 4]
    assert "CLX5" in written.metadata.mappings


def test_dbn_cannot_hold_every_length(ticktape, tape, tmp_path):
    path = tape(Batch(Schema.TRADES, trades(*ROWS)))
    status, _, err = ticktape("bars", path, "--every", "5m", "--out", tmp_path / "x.dbn")
    assert status == 1
    assert "1s, 1m, 1h and 1d only" in err


def test_an_unknown_symbol_is_one_clear_line(ticktape, tape):
    path = tape(Batch(Schema.TRADES, trades(*ROWS)))
    answer = ticktape("bars", path, "--symbol", "ZZZ")
    assert one_clear_line(answer, has="does not know 'ZZZ'; it has trades of CLX5")


def test_several_instruments_without_a_symbol_are_one_clear_line(ticktape, tape):
    path = tape(Batch(Schema.TRADES, trades(*ROWS, OTHER)))
    assert one_clear_line(ticktape("bars", path), has="CLX5, CLZ5")


def test_a_tape_without_trades_is_one_clear_line(ticktape, tape):
    path = tape(Batch(Schema.STATUS, new_records(Schema.STATUS, 2)), schema=Schema.STATUS)
    assert one_clear_line(ticktape("bars", path), has="holds status records")


def test_missing_empty_and_foreign_files_are_one_clear_line(ticktape, tmp_path):
    (tmp_path / "empty.dbn").touch()
    (tmp_path / "notes.dbn").write_text("no tape\n" * 99)
    assert one_clear_line(ticktape("bars", tmp_path / "gone.dbn"), has="gone.dbn")
    assert one_clear_line(ticktape("bars", tmp_path / "empty.dbn"), has="empty.dbn")
    assert one_clear_line(ticktape("bars", tmp_path / "notes.dbn"), has="notes.dbn")


@pytest.mark.parametrize(
    "option", [("--every", "7 parsecs"), ("--every", "999999d"), ("--schema", "status")]
)
def test_a_bad_option_is_one_clear_line(ticktape, tape, option):
    path = tape(Batch(Schema.TRADES, trades(*ROWS)))
    assert one_clear_line(ticktape("bars", path, *option), has=option[1], status=2)


def test_a_schema_that_the_tape_has_not_is_one_clear_line(ticktape, tape):
    path = tape(Batch(Schema.TRADES, trades(*ROWS)))
    assert one_clear_line(ticktape("bars", path, "--schema", "tbbo"), has="bars need tbbo")


def test_a_cut_tape_is_read_to_its_cut_which_is_told(ticktape, tape, tmp_path):
    whole = tape(Batch(Schema.TRADES, trades(*ROWS)))
    cut = tmp_path / "cut.dbn"
    cut.write_bytes(Path(whole).read_bytes()[:-10])
    status, out, err = ticktape("bars", cut)
    assert status == 1
    assert out.splitlines()[1].endswith("  2")
    assert "was cut" in err
    assert ticktape("bars", cut, "--json")[:2] == (1, "")


def test_a_tape_with_prints_twice_asks_which_to_take(ticktape, tape):
    batches = [
        Batch(schema, trades(*ROWS, schema=schema)) for schema in (Schema.MBO, Schema.TRADES)
    ]
    path = tape(*batches, schema=None)
    assert one_clear_line(ticktape("bars", path), has="choose one with --schema")
    _, out, _ = ticktape("bars", path, "--schema", "mbo", "--every", "1d", "--json")
    assert [bar["trades"] for bar in json.loads(out)] == [3]


def test_bars_of_a_real_csv_tape(ticktape, real_tape):
    path = real_tape("NQ.FUT-20251123.trades.csv.zst")
    _, out, _ = ticktape("bars", path, "--symbol", "NQZ5", "--every", "1m", "--json")
    bars = json.loads(out)
    assert len(bars) == 60
    assert list(bars[0].values()) == [
        "2025-11-23T23:00:00.000000000Z",
        "24455.75", "24555.25", "24455.75", "24510", 1163, 650, 351, 749
    ]  # fmt: skip
    assert sum(bar["trades"] for bar in bars) == 6_931


def test_bars_of_a_real_parent_are_told_apart(ticktape, real_tape):
    path = real_tape("NQ.FUT-20251123.trades.csv.zst")
    _, out, _ = ticktape("bars", path, "--symbol", "NQ.FUT", "--every", "1d", "--json")
    traded = {}
    for bar in json.loads(out):
        traded[bar["symbol"]] = traded.get(bar["symbol"], 0) + bar["trades"]
    assert traded["NQZ5"] == 6_931
    assert traded["NQH6"] == 32


def test_bars_written_from_a_real_tape_read_back(ticktape, real_tape, tmp_path):
    path = real_tape("futures-20240701.trades.dbn.zst")
    ticktape("bars", path, "--symbol", "ESU4", "--out", tmp_path / "es.dbn")
    vendor = next(iter(open_tape(real_tape("futures-20240701.ohlcv-1m.dbn.zst")))).records
    (batch,) = read_dbn(tmp_path / "es.dbn")
    same = np.isin(vendor["ts_event"], batch.records["ts_event"]) & (vendor["instrument_id"] == 118)
    assert batch.records.tobytes() == vendor[same].tobytes()
