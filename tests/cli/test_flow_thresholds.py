"""Thresholds of ``ticktape flow``, from its options and from the settings."""

import json

import pyarrow.parquet as pq
import pytest

from ticktape.bench.flow import day_of_trades, write_day
from ticktape.flow.threshold_list import threshold_list


@pytest.fixture
def day(tmp_path, monkeypatch):
    """Write a day of trades of NQZ5, in a folder of its own settings."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "day.trades.dbn.zst"
    write_day(path, day_of_trades(30_000))
    return path


@pytest.fixture
def signals(ticktape, day):
    def count(*options, said=""):
        status, out, err = ticktape("flow", day, "--symbol", "NQZ5", "--json", *options)
        assert (status, err) == (0, said)
        return json.loads(out)["signals"]

    return count


def test_a_threshold_is_set_for_all_or_for_one_product(signals):
    by_default = signals()
    fewer = signals("--set", "flips.reversal_contracts=5000")
    assert fewer["delta_reversal"] < by_default["delta_reversal"]
    assert signals("--set", "NQ:flips.reversal_contracts=5000") == fewer
    assert signals("--set", "NQZ5:flips.reversal_contracts=5000") == fewer


def test_a_product_that_the_tape_has_not_is_said_once(signals, tmp_path):
    by_default = signals()
    wrong = ("--set", "NG:flips.reversal_contracts=5000", "--set", "NG:flips.lookback=2s")
    said = (
        "warning: thresholds are set for NG, but no instrument is of that product or symbol; "
        "there is NQ\n"
    )
    assert signals(*wrong, said=said) == by_default
    # Settings are those of many tapes.
    (tmp_path / "ticktape.toml").write_text("[flow.of.NG.flips]\nreversal_contracts = 5000\n")
    assert signals() == by_default


def test_the_settings_hold_thresholds_and_options_go_before_them(signals, tmp_path, monkeypatch):
    by_default = signals()
    fewer = signals("--set", "flips.reversal_contracts=5000")
    (tmp_path / "ticktape.toml").write_text("[flow.of.NQ.flips]\nreversal_contracts = 5000\n")
    assert signals() == fewer
    assert signals("--set", "NQ:flips.reversal_contracts=100") == by_default
    (tmp_path / "ticktape.toml").unlink()
    monkeypatch.setenv("TICKTAPE_FLOW", '{"flips": {"reversal_contracts": 5000}}')
    assert signals() == fewer


def test_what_is_set_is_told_with_the_report_and_the_rows(ticktape, day, tmp_path):
    options = ("--set", "flips.lookback=2s", "--out", tmp_path / "rows")
    _, out, _ = ticktape("flow", day, "--symbol", "NQZ5", *options)
    assert out.splitlines()[-1].split() == ["set", "flips.lookback", "=", "2s"]
    kept = pq.read_schema(tmp_path / "rows" / "signals.parquet").metadata
    assert json.loads(kept[b"thresholds"]) == {"flips.lookback": "2s"}


def test_every_threshold_is_listed_with_its_default_and_meaning(ticktape):
    status, out, err = ticktape("flow", "--thresholds", "--set", "NQ:outcomes.win_ticks=12")
    assert (status, err) == (0, "")
    entries = [line for line in out.splitlines() if line.startswith("  ") and line[2] != " "]
    listed = {line.split()[0]: line for line in entries}
    assert list(listed) == list(threshold_list())
    assert listed["outcomes.win_ticks"].split() == [
        *("outcomes.win_ticks", "8", "ticks", "set", "to", "NQ:", "12")
    ]
    document = json.loads(ticktape("flow", "--thresholds", "--json")[1])
    assert [one["name"] for one in document] == list(threshold_list())
    assert all(one["meaning"] for one in document)


@pytest.mark.parametrize(
    ("option", "says"),
    [
        ("flips", "sets no threshold"),
        ("tea.sugar=1", "there is no study 'tea'; one of levels, windows"),
        ("flips.sugar=1", "flips has no threshold 'sugar'; one of flip_cooldown"),
        ("flips.lookback=5", "give a time of 0 to 1d"),
        ("windows.significance=often", "give adaptive or fixed"),
        ("windows.percentile=nan", "give a number"),
        ("absorption.average_over=1500ms", "whole windows"),
        ("outcomes.horizons=5m,1m", "give 2 rising times up to 1d: 1m,5m"),
        ("levels.vwap_bands=1,2", "give 3 rising numbers: 1,2,3"),
        ("levels.opening_ranges=1m,90500ms,2m", "give whole seconds"),
    ],
)
def test_a_threshold_that_cannot_be_is_one_clear_line(ticktape, day, option, says):
    status, out, err = ticktape("flow", day, "--set", option)
    assert (status, out, err.count("\n"), says in err) == (2, "", 1, True)


def test_the_viewer_refuses_them_before_anything_is_started(ticktape, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for option in ("flips.sugar=1", "NQ:flips.lookback=never"):
        status, out, err = ticktape("up", "--set", option)
        assert (status, out, err.count("\n"), err[:7]) == (2, "", 1, "error: ")


@pytest.mark.parametrize(
    "settings", ["[flow.flips]\nsugar = 1\n", "[flow]\nflips = 1\n", "flow = 1\n", "[flow\n"]
)
def test_settings_that_cannot_be_are_one_clear_line(ticktape, day, tmp_path, settings):
    (tmp_path / "ticktape.toml").write_text(settings)
    status, out, err = ticktape("flow", day)
    assert (status, out, err.count("\n"), err[:7]) == (2, "", 1, "error: ")


def test_signals_are_judged_at_the_horizons_and_by_the_move_that_are_set(ticktape, day, tmp_path):
    def judged(*options):
        status, out, _ = ticktape("flow", day, "--symbol", "NQZ5", "--out", tmp_path, *options)
        assert status == 0
        told = [line for line in out.splitlines() if line.startswith("signal ")]
        return told[0], pq.read_table(tmp_path / "outcomes.parquet").to_pydict()

    heads, rows = judged("--set", "outcomes.horizons=500ms,20s", "--set", "outcomes.win_move=3")
    assert "0.5 s: won" in heads
    assert "20 s: won" in heads
    assert set(rows["horizon_ns"]) == {500_000_000, 20_000_000_000}
    horizons = zip(rows["ts_ns"], rows["signal_ns"], rows["horizon_ns"], strict=True)
    assert all(end - signal == horizon for end, signal, horizon in horizons)
    # 1 win, 2 loss, 3 breakeven; without a print 0.
    expected = [1 if move >= 3e9 else 2 if move <= -3e9 else 3 for move in rows["move"]]
    assert rows["outcome"] == expected
    assert set(expected) == {1, 2, 3}
    heads, rows = judged()
    assert "60 s: won" in heads
    assert set(rows["horizon_ns"]) == {60_000_000_000, 300_000_000_000}


def test_the_value_area_of_the_report_is_as_large_as_chosen(ticktape, day):
    def area(*options):
        status, out, _ = ticktape("flow", day, "--symbol", "NQZ5", "--json", *options)
        assert status == 0
        return json.loads(out)["profile"]

    chosen = area("--set", "profile.value_area_percent=40")
    assert 0.4 <= chosen["value_area_volume"] / chosen["total"] < 0.7
    by_default = area()
    assert by_default["value_area_volume"] >= 0.7 * by_default["total"]
