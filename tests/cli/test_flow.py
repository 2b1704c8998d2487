"""``ticktape flow``."""

import json
import re
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from tests.cli.refusals import one_clear_line

from ticktape.bench.flow import day_of_trades, write_day
from ticktape.cli.flow_colours import coloured
from ticktape.flow.signals.signal import SignalKind
from ticktape.tape import Batch, DbnWriter, Schema, make_metadata, new_records

SECOND = 1_000_000_000
# 2025-11-24T14:30Z: the regular hours of that day open.
REGULAR = 1_763_994_600 * SECOND
TICK = 250_000_000
DAYS = (date(2025, 11, 20), date(2025, 11, 30))
FIELDS = [
    "symbol", "trades", "volume", "open", "high", "low", "close", "vwap", "cvd", "profile",
    "windows", "delta_flips", "signals",
]  # fmt: skip
PRICES = ("open", "high", "low", "close")
# From the three Sunday evenings of NQZ5: reference facts, computed apart from this project.
FACTS = {
    "20251123": {
        "trades": 6_931,
        "volume": {"buy": 4_486, "sell": 4_513, "none": 162},
        "prices": ("24455.75", "24555.25", "24455.25", "24471.5"),
        "vwap": 24_491.073873,
        "cvd": {"last": -27, "max": 389, "min": -47},
        "profile": ("24490", "24502.25", "24464.5", 6_304, 8_999),
        "windows": 2_022,
    },
    "20251130": {
        "trades": 8_299,
        "volume": {"buy": 5_734, "sell": 5_538, "none": 20},
        "prices": ("25482.5", "25546", "25442.75", "25466.25"),
        "vwap": 25_484.002413,
        "cvd": {"last": 196, "max": 314, "min": -68},
        "profile": ("25470", "25498.5", "25446.5", 7_904, 11_272),
        "windows": 2_125,
    },
    "20251207": {
        "trades": 3_712,
        "volume": {"buy": 2_565, "sell": 2_379, "none": 28},
        "prices": ("25750", "25770", "25719.5", "25746.5"),
        "vwap": 25_743.132140,
        "cvd": {"last": 186, "max": 252, "min": -119},
        "profile": ("25749.75", "25754.5", "25737", 3_480, 4_944),
        "windows": 1_299,
    },
}


def trades(*rows, schema=Schema.TRADES, instrument_id=7):
    """Prints from (seconds after the regular open, price in ticks, size, side)."""
    records = new_records(schema, len(rows))
    for record, (seconds, price, size, side) in zip(records, rows, strict=True):
        record["ts_recv"] = record["ts_event"] = REGULAR + int(seconds * SECOND)
        record["price"], record["size"], record["side"] = price * TICK, size, ord(side)
    records["instrument_id"], records["action"], records["publisher_id"] = (
        instrument_id,
        ord("T"),
        1,
    )
    return records


ROWS = [
    (-60, 100, 5, "B"),
    (0, 101, 3, "A"),
    (1, 102, 4, "B"),
    (23_399, 99, 9, "A"),
    (23_400, 98, 1, "N"),
]
OUTRIGHTS_AND_SPREAD = ("NQZ5", "NQH6", "NQZ5-NQH6")


@pytest.fixture
def tape(tmp_path):
    """Write a tape of batches; 7 and 8 are outrights, 9 is their spread."""

    def write(
        *batches, name="tape.dbn", schema=Schema.TRADES, symbols=("NQZ5", "NQH6", "NQZ5-NQH6")
    ):
        mappings = {symbol: [(*DAYS, str(key))] for key, symbol in enumerate(symbols, start=7)}
        metadata = make_metadata("GLBX.MDP3", schema, REGULAR, None, list(symbols), mappings)
        path = tmp_path / name
        with DbnWriter(path, metadata) as writer:
            for batch in batches:
                writer.write(batch)
        return str(path)

    return write


@pytest.fixture
def document(ticktape):
    def ask(*arguments):
        status, out, err = ticktape("flow", *arguments, "--json")
        assert (status, err) == (0, "")
        return json.loads(out)

    return ask


def test_json_has_the_fields_that_were_promised(document, tape):
    said = document(tape(Batch(Schema.TRADES, trades(*ROWS))), "--symbol", "NQZ5")
    assert list(said) == FIELDS
    assert said["symbol"] == "NQZ5"
    assert said["trades"] == 5
    assert said["volume"] == {"buy": 9, "sell": 12, "none": 1}
    assert [said[name] for name in ("open", "high", "low", "close")] == [
        "25",
        "25.5",
        "24.5",
        "24.5",
    ]
    assert said["cvd"] == {"last": -3, "max": 6, "min": -3}
    assert said["windows"] == {"count": 4, "significant": 4, "buy_dominant": 2, "balanced": 0}
    assert said["delta_flips"] == 1
    assert list(said["profile"]) == ["poc", "vah", "val", "value_area_volume", "total"]
    assert (said["profile"]["poc"], said["profile"]["total"]) == ("24.75", 21)
    assert list(said["signals"]) == [kind.name.lower() for kind in SignalKind]


def test_the_vwap_is_that_of_all_trades_those_without_a_side_too(document, tape):
    path = tape(Batch(Schema.TRADES, trades((0, 100, 1, "B"), (1, 104, 3, "N"))))
    assert document(path, "--symbol", "NQZ5")["vwap"] == "25.75"


@pytest.mark.parametrize("symbol", ["NQZ5", "7", "NQ.c.0"])
def test_a_symbol_chooses_its_instrument(document, tape, symbol):
    path = tape(
        Batch(Schema.TRADES, trades(*ROWS)),
        Batch(Schema.TRADES, trades((0, 5, 50, "B"), instrument_id=8)),
        Batch(Schema.TRADES, trades((0, 5, 50, "B"), instrument_id=9)),
    )
    assert document(path, "--symbol", symbol)["trades"] == 5


def test_no_symbol_is_needed_for_one_instrument(document, tape):
    path = tape(Batch(Schema.TRADES, trades(*ROWS)), symbols=("NQZ5",))
    assert document(path)["symbol"] == "NQZ5"


@pytest.mark.parametrize(
    ("options", "volumes"),
    [
        ((), [5, 3, 4, 9, 1]),
        (("--session", "rth"), [3, 4, 9]),
        (("--session", "eth"), [5, 1]),
        (("--start", "2025-11-24T14:30Z"), [3, 4, 9, 1]),
        (("--end", "2025-11-24T14:30:01Z"), [5, 3]),
        (("--start", str(REGULAR), "--end", str(REGULAR + 1)), [3]),
        (("--start", "2025-11-24", "--session", "rth", "--end", "2025-11-24T15:00Z"), [3, 4]),
    ],
)
def test_hours_choose_the_trades(document, tape, options, volumes):
    said = document(tape(Batch(Schema.TRADES, trades(*ROWS))), "--symbol", "NQZ5", *options)
    assert said["trades"] == len(volumes)
    assert sum(said["volume"].values()) == sum(volumes)


@pytest.mark.parametrize("schema", [Schema.MBO, Schema.TBBO, Schema.MBP_1, Schema.MBP_10])
def test_any_tape_with_prints_will_do(document, tape, schema):
    path = tape(Batch(schema, trades(*ROWS, schema=schema)), schema=schema)
    assert document(path, "--symbol", "NQZ5")["trades"] == 5


def test_a_known_symbol_without_trades_has_none(document, ticktape, tape):
    path = tape(Batch(Schema.TRADES, trades(*ROWS)))
    said = document(path, "--symbol", "NQH6")
    assert (said["trades"], said["open"], said["vwap"]) == (0, None, None)
    assert said["profile"] == {
        "poc": None,
        "vah": None,
        "val": None,
        "value_area_volume": 0,
        "total": 0,
    }
    assert ticktape("flow", path, "--symbol", "NQH6") == (0, "no trades\n", "")


@pytest.mark.parametrize(("start", "count"), [("2024-01-01", 5), ("2026-01-01", 0)])
def test_a_start_beyond_the_tape_is_no_reason_not_to_know_a_symbol(document, tape, start, count):
    path = tape(Batch(Schema.TRADES, trades(*ROWS)))
    assert document(path, "--symbol", "NQZ5", "--start", start)["trades"] == count


def test_a_product_that_is_not_known_needs_its_tick(ticktape, document, tape):
    path = tape(Batch(Schema.TRADES, trades(*ROWS)), symbols=("WIDGET",))
    assert one_clear_line(ticktape("flow", path), has="the tick of WIDGET is not known")
    assert document(path, "--tick", "0.25")["profile"]["poc"] == "24.75"


def test_the_report_shows_prices_delta_profile_and_signals(ticktape, tmp_path):
    path = tmp_path / "day.trades.dbn.zst"
    write_day(path, day_of_trades(30_000))
    status, out, err = ticktape("flow", path, "--symbol", "NQZ5")
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].startswith("NQZ5   2025-11-24T23:0")
    assert "30,000 trades" in lines[0]
    starts = [line.split()[0] for line in lines if line.strip()]
    assert {"price", "volume", "delta", "seconds", "CVD", "profile:", "signal"} <= set(starts)
    assert all(any(mark in line for line in lines) for mark in ("POC ", "VAH ", "VAL "))
    assert max(map(len, lines)) <= 100


def test_every_studys_rows_are_written_as_parquet(ticktape, tape, tmp_path):
    import pyarrow.parquet as pq

    path = tape(Batch(Schema.TRADES, trades(*ROWS)))
    status, _, _ = ticktape("flow", path, "--symbol", "NQZ5", "--out", tmp_path / "rows")
    assert status == 0
    written = {one.stem: pq.read_table(one) for one in (tmp_path / "rows").iterdir()}
    assert set(written) >= {
        *("bars", "levels", "windows", "sweeps", "cvd", "flips", "divergences", "developing"),
        *("footprints", "footprint_levels", "stacks", "naked_pocs", "legs", "leg_nodes"),
        *("absorptions", "zones", "icebergs", "touch", "signals", "confluences", "outcomes"),
    }
    windows = written["windows"].to_pydict()
    assert windows["buy_volume"] == [5, 0, 4, 0, 0]
    assert windows["unsided_volume"] == [0, 0, 0, 0, 1]
    assert len(written["cvd"]["buckets"][0]) == 8
    assert len(written["icebergs"]) == 0
    assert written["windows"].schema.metadata[b"symbol"] == b"NQZ5"


def test_a_folder_that_cannot_be_made_is_one_clear_line(ticktape, tape, tmp_path):
    (tmp_path / "taken").touch()
    path = tape(Batch(Schema.TRADES, trades(*ROWS)))
    answer = ticktape("flow", path, "--symbol", "NQZ5", "--out", tmp_path / "taken")
    assert one_clear_line(answer, has="taken")


def test_an_unknown_symbol_is_one_clear_line(ticktape, tape):
    path = tape(Batch(Schema.TRADES, trades(*ROWS)))
    answer = ticktape("flow", path, "--symbol", "ZZZ")
    assert one_clear_line(answer, has="does not know 'ZZZ'; it has NQH6, NQZ5, NQZ5-NQH6")


@pytest.mark.parametrize("symbol", [(), ("--symbol", "NQ.FUT")])
def test_several_instruments_are_one_clear_line(ticktape, tape, symbol):
    path = tape(Batch(Schema.TRADES, trades(*ROWS)))
    assert one_clear_line(ticktape("flow", path, *symbol), has="NQH6, NQZ5")


def test_a_parent_with_one_outright_is_that(document, tape):
    path = tape(Batch(Schema.TRADES, trades(*ROWS)), symbols=("NQZ5", "NQZ5-NQH6"))
    assert document(path, "--symbol", "NQ.FUT")["symbol"] == "NQZ5"


def test_a_tape_without_trades_is_one_clear_line(ticktape, tape):
    path = tape(Batch(Schema.STATUS, new_records(Schema.STATUS, 2)), schema=Schema.STATUS)
    assert one_clear_line(ticktape("flow", path), has="holds status records")


def test_a_tape_with_prints_twice_asks_which_to_take(ticktape, document, tape):
    batches = [
        Batch(schema, trades(*ROWS, schema=schema)) for schema in (Schema.MBO, Schema.TRADES)
    ]
    path = tape(*batches, schema=None)
    answer = ticktape("flow", path, "--symbol", "NQZ5")
    assert one_clear_line(answer, has="choose one with --schema")
    assert document(path, "--symbol", "NQZ5", "--schema", "mbo")["trades"] == 5


@pytest.mark.parametrize(
    "option",
    [
        ("--start", "yesterday"),
        ("--session", "lunch"),
        ("--schema", "status"),
        ("--tick", "a bit"),
        ("--tick", "0"),
        ("--start", "2025-11-24", "--end", "2025-11-23"),
    ],
)
def test_a_bad_option_is_one_clear_line(ticktape, tape, option):
    path = tape(Batch(Schema.TRADES, trades(*ROWS)))
    answer = ticktape("flow", path, "--symbol", "NQZ5", *option)
    assert one_clear_line(answer, has="", status=2)


def test_a_cut_tape_is_read_to_its_cut_which_is_told(ticktape, tape, tmp_path):
    cut = tmp_path / "cut.dbn"
    cut.write_bytes(Path(tape(Batch(Schema.TRADES, trades(*ROWS)))).read_bytes()[:-10])
    status, out, err = ticktape("flow", cut, "--symbol", "NQZ5")
    assert (status, "4 trades" in out, "was cut" in err) == (1, True, True)
    assert ticktape("flow", cut, "--symbol", "NQZ5", "--json")[:2] == (1, "")


def test_missing_empty_and_foreign_files_are_one_clear_line(ticktape, tmp_path):
    (tmp_path / "empty.dbn").touch()
    (tmp_path / "notes.dbn").write_text("no tape\n" * 99)
    for name in ("gone.dbn", "empty.dbn", "notes.dbn"):
        assert one_clear_line(ticktape("flow", tmp_path / name), has=name)


@pytest.mark.parametrize("day", FACTS)
def test_a_real_evening_has_the_facts_of_the_reference(document, real_tape, day):
    said = document(real_tape(f"NQ.FUT-{day}.trades.csv.zst"), "--symbol", "NQZ5")
    facts = FACTS[day]
    assert {name: said[name] for name in ("trades", "volume", "cvd")} == {
        name: facts[name] for name in ("trades", "volume", "cvd")
    }
    assert tuple(said[name] for name in PRICES) == facts["prices"]
    assert float(said["vwap"]) == pytest.approx(facts["vwap"], abs=5e-7)
    assert tuple(said["profile"].values()) == facts["profile"]
    assert said["windows"]["count"] == facts["windows"]


def test_windows_and_flips_of_a_real_evening_are_those_of_the_fixed_rules(document, real_tape):
    said = document(real_tape("NQ.FUT-20251123.trades.csv.zst"), "--symbol", "NQZ5")
    assert said["windows"] == {
        "count": 2_022, "significant": 1_832, "buy_dominant": 942, "balanced": 158
    }  # fmt: skip
    assert said["delta_flips"] == 1


def test_spreads_do_not_enter_their_legs(document, real_tape):
    path = real_tape("NQ.FUT-20251207.trades.csv.zst")
    assert document(path, "--symbol", "NQH6")["trades"] == 32


def test_orders_tell_of_the_touch_too(ticktape, real_tape, tmp_path):
    import pyarrow.parquet as pq

    path = real_tape("CLX5-20250924.mbo.dbn")
    assert ticktape("flow", path, "--symbol", "CLX5", "--out", tmp_path)[0] == 0
    assert len(pq.read_table(tmp_path / "touch.parquet")) > 1_000


def test_the_made_day_is_the_same_for_the_same_seed():
    one, other = day_of_trades(5_000, seed=4), day_of_trades(5_000, seed=4)
    assert one.tobytes() == other.tobytes()
    assert (np.diff(one["ts_event"].astype("i8")) >= 0).all()


def test_colours_change_no_letter_and_can_be_turned_off(monkeypatch):
    text = (
        "price    open 25   +379\nCVD    ▂▅█   -46\n24490 ┃██ 937  +25  POC 24490\nsweep  bullish"
    )
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    shown = coloured(text)
    assert re.sub(r"\x1b\[[\d;]*m", "", shown) == text
    assert "\x1b[32m+379" in shown
    assert "\x1b[31m-46" in shown
    assert "\x1b[32mbullish" in shown
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[32m" not in coloured(text)
