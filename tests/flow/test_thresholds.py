"""Thresholds that a user sets."""

import numpy as np
import pytest
from tests.flow.flow_rows import gathered

from ticktape.bench.flow import day_of_trades
from ticktape.feeds.simulator import SimulatedExchange
from ticktape.flow.flow_settings import FlowSettings
from ticktape.flow.instrument import flow_instrument, root_of
from ticktape.flow.instrument_flow import InstrumentFlow
from ticktape.flow.threshold_list import threshold_list
from ticktape.flow.threshold_values import format_value, read_value
from ticktape.flow.thresholds import DEFAULT_THRESHOLDS, read_thresholds
from ticktape.tape.batch import Batch
from ticktape.tape.errors import BadValueError
from ticktape.tape.layouts import Schema

SECOND = 1_000_000_000
START = 1_763_994_600_000_000_000
# Another value of each threshold on which no signal depends.
CHANGED = {
    "levels.vwap_every": "7s",
    "levels.vwap_bands": "0.5,1,4",
    "levels.opening_ranges": "90s,7m,1h",
    "levels.initial_balance": "10m",
    "levels.previous_within_days": "1",
    "levels.previous_regular_only": "true",
    "windows.length": "3s",
    "windows.min_size_contracts": "4",
    "windows.significance": "fixed",
    "windows.imbalance_percent": "60",
    "windows.percentile": "50",
    "windows.tiers_contracts": "3,6",
    "cvd.bounds_contracts": "2",
    "profile.smooth_ticks": "1",
    "profile.node_reach_ticks": "3",
    "profile.high_node_percent": "200",
    "profile.low_node_percent": "20",
    "legs.candle": "10s",
    "legs.least_candles": "2",
    "legs.most_candles": "9",
    "legs.least_ticks": "4",
    "legs.prior_candles": "3",
    "legs.same_way_percent": "10",
    "legs.overlap_percent": "90",
    "legs.heavier_percent": "50",
    "legs.least_score": "1",
    "legs.node_bucket_ticks": "1",
    "legs.node_percent": "80",
    "absorption.zone_events": "1",
    "orders.window": "3s",
    "orders.near_ticks": "1",
}


def test_nothing_is_listed_where_nothing_is_set():
    threshold_list.cache_clear()
    assert DEFAULT_THRESHOLDS.texts_of("NQZ5") == {}
    assert DEFAULT_THRESHOLDS.settings_of("NQZ5") == FlowSettings()
    assert threshold_list.cache_info().currsize == 0


@pytest.mark.parametrize("name", threshold_list())
def test_every_threshold_has_a_meaning_and_reads_what_it_writes(name):
    threshold = threshold_list()[name]
    assert threshold.meaning.endswith(".")
    assert read_value(threshold, format_value(threshold, threshold.default)) == threshold.default


def test_without_any_the_settings_are_the_defaults():
    assert DEFAULT_THRESHOLDS.settings_of("NQZ5") == FlowSettings()
    assert DEFAULT_THRESHOLDS.rules_of("NQZ5") == ""


def test_a_symbol_goes_before_its_root_and_that_before_all():
    section = {
        "flips": {"reversal_contracts": 1, "lookback": "2s"},
        "of": {
            "NQ": {"flips": {"reversal_contracts": 2}},
            "NQH6": {"flips": {"reversal_contracts": 3}},
        },
    }
    thresholds = read_thresholds(section, ["flips.lookback=3s"])
    found = {
        symbol: thresholds.settings_of(symbol).flips.reversal_contracts
        for symbol in ("ESZ5", "NQZ5", "NQ.c.0", "NQH6")
    }
    assert found == {"ESZ5": 1, "NQZ5": 2, "NQ.c.0": 2, "NQH6": 3}
    assert thresholds.settings_of("NQH6").flips.lookback_ns == 3_000_000_000


def test_values_are_told_as_they_are_written():
    thresholds = read_thresholds(
        {
            "absorption": {"expiry": "90s", "least_share": 0.5},
            "windows": {"tiers_contracts": [5, 9]},
            "levels": {"vwap_bands": [1, 1.5, 2.25], "opening_ranges": ["90s", "15m", "1h"]},
        },
        ["flips.is_zero_passed=false", "outcomes.win_move=2.5", "outcomes.horizons=30s,2m"],
    )
    assert thresholds.texts_of("CLX5") == {
        "windows.tiers_contracts": "5,9",
        "flips.is_zero_passed": "false",
        "absorption.least_share": "0.5",
        "absorption.expiry": "90s",
        "outcomes.win_move": "2.5",
        "outcomes.horizons": "30s,2m",
        "levels.vwap_bands": "1,1.5,2.25",
        "levels.opening_ranges": "90s,15m,1h",
    }
    settings = thresholds.settings_of("CLX5")
    assert settings.outcomes.win_move == 2_500_000_000
    assert settings.outcomes.horizons_ns == (30 * SECOND, 120 * SECOND)
    assert settings.levels.vwap_bands == (1.0, 1.5, 2.25)
    assert settings.levels.opening_ranges_ns == (90 * SECOND, 900 * SECOND, 3_600 * SECOND)


@pytest.mark.parametrize(
    "option",
    [
        *("=1", "flips.=1", "flips.lookback", ":flips.lookback=1s", "flips.lookback=-1s"),
        *("flips.lookback=2d", "flips.reversal_contracts=1e9", "flips.reversal_contracts=0"),
        *("divergences.swing_ticks=99999999999", "windows.tiers_contracts=5,5"),
        *("absorption.least_share=inf", "flips.is_zero_passed=1", "outcomes.win_move=-1"),
        *("legs.most_candles=2", "absorption.expiry=1d", "bars.every=1m"),
        *("outcomes.horizons=1m", "outcomes.horizons=1m,5m,9m", "outcomes.horizons=5m,1m"),
        *("outcomes.horizons=0,5m", "outcomes.horizons=1m,2d", "outcomes.horizons=60,300"),
        *("levels.opening_ranges=5m,15m", "levels.opening_ranges=5m,1500ms,30m"),
        *("levels.vwap_bands=1,2", "levels.vwap_bands=1,3,2", "levels.vwap_bands=1,2,inf"),
        "levels.vwap_bands=1,2,999",
    ],
)
def test_what_cannot_be_is_refused(option):
    with pytest.raises(BadValueError):
        read_thresholds({}, [option])


def test_studies_that_do_not_go_together_are_refused():
    with pytest.raises(BadValueError, match="86400 windows"):
        read_thresholds({}, ["cvd.length=1ms", "flips.lookback=1h"])


@pytest.mark.parametrize(
    ("symbol", "root"),
    [("NQZ5", "NQ"), ("NQZ5-NQH6", "NQ"), ("ES.c.0", "ES"), ("nq.v.1", "NQ"), ("AAPL", "AAPL")],
)
def test_the_root_of_a_symbol(symbol, root):
    assert root_of(symbol) == root


def test_rules_are_told_apart_by_what_signals_depend_on():
    def rules(*options, symbol="NQZ5"):
        return read_thresholds({}, options).rules_of(symbol)

    one = rules("flips.reversal_contracts=50")
    assert (len(one), one.isalnum()) == (8, True)
    assert rules("NQ:flips.reversal_contracts=50") == one
    assert rules("NQ:flips.reversal_contracts=50", symbol="ESZ5") == ""
    assert rules("flips.reversal_contracts=50", "windows.length=2s") == one
    assert rules("flips.reversal_contracts=51") != one
    assert rules("flips.reversal_contracts=100") == ""


def test_a_value_is_known_for_each_threshold_without_signals():
    assert set(CHANGED) == {name for name, one in threshold_list().items() if not one.is_of_signals}


@pytest.fixture(scope="module")
def tapes():
    """Give trades enough for signals, and orders: each with their instrument."""
    exchange = SimulatedExchange(seed=4, rate=4_000, start_ns=START)
    batches = [Batch(Schema.MBO, exchange.snapshot()), Batch(Schema.MBO, exchange.run(150_000))]
    instrument_id = int(np.bincount(batches[1].records["instrument_id"]).argmax())
    trades = day_of_trades(40_000)
    return [
        (Batch(Schema.TRADES, trades), int(trades["instrument_id"][0])),
        (batches[1], instrument_id),
    ]


def signals_by(settings, batch, instrument_id):
    flow = InstrumentFlow(flow_instrument("ESZ5", instrument_id), settings)
    rows, _ = gathered(flow, [batch])
    return {name: rows[name] for name in ("signals", "outcomes", "confluences")}


def test_no_signal_depends_on_thresholds_that_are_said_to_be_of_none(tapes):
    changed = read_thresholds({}, [f"{name}={value}" for name, value in CHANGED.items()])
    settings = changed.settings_of("ESZ5")
    for batch, instrument_id in tapes:
        expected = signals_by(FlowSettings(), batch, instrument_id)
        assert len(expected["signals"])
        found = signals_by(settings, batch, instrument_id)
        assert {name: rows.tobytes() for name, rows in found.items()} == {
            name: rows.tobytes() for name, rows in expected.items()
        }
