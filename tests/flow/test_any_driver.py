"""The same rows whoever drives the studies: a file, a replay at any speed, a gateway."""

from dataclasses import replace

import numpy as np
import pytest
from tests.feeds.clocks import HandClock
from tests.flow.flow_rows import assert_same_rows, gathered, in_runs
from tests.gateway.gateway_clients import DATASET, KEY, serving

from ticktape.bench.flow import day_of_trades, write_day
from ticktape.feeds.databento_live import DatabentoLiveFeed
from ticktape.feeds.live_subscriptions import LiveSubscription
from ticktape.feeds.replay import Replay
from ticktape.feeds.simulator import SimulatedExchange
from ticktape.flow.flow_settings import FlowSettings
from ticktape.flow.instrument import flow_instrument
from ticktape.flow.instrument_flow import InstrumentFlow
from ticktape.flow.signals.rows import Outcome
from ticktape.flow.signals.signal import SignalKind
from ticktape.gateway.live import SessionReplaySource
from ticktape.tape.convert import convert_tape
from ticktape.tape.dbn_reader import read_dbn
from ticktape.tape.layouts import SIDE_ASK, Schema
from ticktape.tape.symbol_map import SymbolMap
from ticktape.tape.times import NS_PER_SECOND

SPEEDS = [1.0, 50.0, None]
TAPES = ["orders", "trades", "real orders", "real trades"]
REAL = {
    "real orders": ("CLX5-20250924.mbo.dbn", "CLX5"),
    "real trades": ("NQ.FUT-20251130.trades.csv.zst", "NQZ5"),
}
RUNS = [1, 37, 4_096]
# Of what a tape has nothing. Trades tell nothing of orders; twenty seconds of orders are one bar,
# without a leg or a divergence in it; zones are those that live at the end.
BY_ORDER = {"icebergs", "touch"}
SILENT = {
    "orders": {"stacks", "naked_pocs", "legs", "leg_nodes", "divergences", "zones"},
    "trades": BY_ORDER,
    "real orders": {"stacks", "legs", "leg_nodes", "divergences", "zones"},
    "real trades": BY_ORDER | {"zones"},
}
MADE_UP = ["orders", "trades"]


class Driven:
    """A tape on disk and an instrument of it."""

    def __init__(self, path, symbol):
        self.path = path
        metadata = read_dbn(path).metadata
        self.schema = Schema(str(metadata.schema))
        self.symbol = symbol
        self.instrument_id = SymbolMap.from_metadata(metadata).id_of(symbol)

    def flow(self):
        settings = FlowSettings()
        # More of everything than a short tape would have.
        settings = replace(
            settings,
            flips=replace(settings.flips, reversal_contracts=20),
            divergences=replace(settings.divergences, swing_ticks=8),
            absorption=replace(settings.absorption, default_average_contracts=20.0),
            footprint=replace(settings.footprint, imbalance_contracts=2),
        )
        return InstrumentFlow(flow_instrument(self.symbol, self.instrument_id), settings)

    def from_file(self):
        return gathered(self.flow(), read_dbn(self.path))


def simulated_orders(folder):
    exchange = SimulatedExchange(seed=3, rate=2_000)
    records = np.concatenate([exchange.snapshot(), exchange.run(40_000)])
    path = folder / "orders.mbo.dbn"
    path.write_bytes(bytes(exchange.metadata.encode()) + records.tobytes())
    traded = records["instrument_id"][records["action"] == ord("T")]
    busiest = int(np.bincount(traded).argmax())
    return path, SymbolMap.from_metadata(exchange.metadata).symbol_of(busiest)


def held_day():
    """A day that ends with sellers who do not move the price: their zone lives at the end."""
    day = day_of_trades(20_000, seed=2)
    before, last = day[-5], day[-4:]
    last["ts_event"] = before["ts_event"] + np.arange(1, 5) * NS_PER_SECOND
    last["ts_recv"] = last["ts_event"]
    last["price"], last["size"], last["side"] = before["price"], 40, SIDE_ASK
    return day


@pytest.fixture(scope="module")
def tapes(tmp_path_factory, real_tape):
    made = {}

    def tape(name):
        if name in made:
            return made[name]
        folder = tmp_path_factory.mktemp("flow")
        if name in REAL:
            source, symbol = REAL[name]
            path = folder / "real.dbn"
            convert_tape(real_tape(source), path)
        elif name == "orders":
            path, symbol = simulated_orders(folder)
        else:
            path, symbol = folder / "day.trades.dbn", "NQZ5"
            write_day(path, held_day())
        driven = Driven(path, symbol)
        made[name] = driven, driven.from_file()
        return made[name]

    return tape


@pytest.mark.parametrize("name", TAPES)
def test_every_study_has_something_to_tell(tapes, name):
    _, (rows, sums) = tapes(name)
    assert sums["trades"] > 0
    assert {study for study, some in rows.items() if not len(some)} == SILENT[name]
    assert (np.diff(rows["signals"]["ts_ns"]) >= 0).all()


def test_no_study_is_silent_on_both_made_up_tapes():
    assert set.intersection(*(SILENT[name] for name in MADE_UP)) == set()


def test_the_made_up_tapes_have_signals_of_every_kind_and_outcomes_of_every_sort(tapes):
    every = [tapes(name)[1][0] for name in MADE_UP]
    kinds = {kind for rows in every for kind in rows["signals"]["kind"].tolist()}
    results = {result for rows in every for result in rows["outcomes"]["outcome"].tolist()}
    assert kinds == set(SignalKind)
    assert results == set(Outcome)


@pytest.mark.parametrize("count", RUNS)
@pytest.mark.parametrize("name", TAPES)
def test_recomputation_from_the_file_in_runs_of_any_length(tapes, name, count):
    driven, expected = tapes(name)
    batches = [batch for batch in read_dbn(driven.path) if len(batch.records)]
    if count == 1:
        # One record at a time takes long: the first of them so, the rest as they come.
        first = [type(one)(one.schema, one.records[:3_000]) for one in batches[:1]]
        rest = [type(one)(one.schema, one.records[3_000:]) for one in batches[:1]] + batches[1:]
        runs = [*in_runs(first, 1), *rest]
    else:
        runs = in_runs(batches, count)
    assert_same_rows(gathered(driven.flow(), runs), expected)


@pytest.mark.parametrize("speed", SPEEDS, ids=["1x", "50x", "unpaced"])
@pytest.mark.parametrize("name", TAPES)
async def test_a_replay_at_any_speed(tapes, name, speed):
    driven, expected = tapes(name)
    replay = Replay(driven.path, speed, clock=HandClock())
    batches = [batch async for batch in replay]
    assert_same_rows(gathered(driven.flow(), batches), expected)


@pytest.mark.parametrize("name", TAPES)
async def test_live_through_the_gateway(tapes, name):
    driven, expected = tapes(name)
    async with serving(SessionReplaySource([driven.path])) as gateway:
        feed = DatabentoLiveFeed(
            KEY,
            DATASET,
            [LiveSubscription(driven.schema)],
            gateway="127.0.0.1",
            port=gateway.port,
        )
        batches = [batch async for batch in feed]
    assert_same_rows(gathered(driven.flow(), batches), expected)


@pytest.mark.parametrize("name", TAPES)
async def test_after_a_reset_everything_is_as_it_was(tapes, name):
    driven, expected = tapes(name)
    flow = driven.flow()
    gathered(flow, read_dbn(driven.path))
    flow.reset()
    assert_same_rows(gathered(flow, read_dbn(driven.path)), expected)
