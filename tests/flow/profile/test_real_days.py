"""Facts of three recorded days of NQ, and equal rows for any cutting of them."""

import numpy as np
import pytest
from tests.flow.profile.footprint_oracle import footprint, leg_nodes, legs, naked, time_bars
from tests.flow.profile.profile_oracle import Print, developing, level_rows
from tests.flow.profile.profile_oracle import Session as OracleSession
from tests.flow.profile.some_prints import MINUTE, session

from ticktape.flow.prints import PrintStream
from ticktape.flow.profile import (
    Footprint,
    FootprintSettings,
    ImpulseLegs,
    LegSettings,
    NakedPocs,
    ProfileSettings,
    RangeProfile,
    SessionProfile,
    merge_levels,
    profile_of,
    stacked_signals,
    summary_of,
)
from ticktape.tape.files import open_tape

TICK = 250_000_000
HOUR = 60 * MINUTE
# 17:00 in Chicago to 16:00 of the next day.
OPEN = {
    "20251123": 1_763_938_800_000_000_000,
    "20251130": 1_764_543_600_000_000_000,
    "20251207": 1_765_148_400_000_000_000,
}
FACTS = {
    "20251123": (24490.00, 24502.25, 24464.50, 6_304, 8_999, 162),
    "20251130": (25470.00, 25498.50, 25446.50, 7_904, 11_272, 20),
    "20251207": (25749.75, 25754.50, 25737.00, 3_480, 4_944, 28),
}


@pytest.fixture(scope="module", params=sorted(OPEN))
def day(request, real_tape):
    """The date, the prints of NQZ5 and their clock."""
    tape = open_tape(real_tape(f"NQ.FUT-{request.param}.trades.csv.zst"))
    records = np.concatenate([batch.records for batch in tape])
    # Of the contracts in the tape NQZ5 has the most trades; spreads are instruments of their own.
    ids, counts = np.unique(records["instrument_id"], return_counts=True)
    stream = PrintStream(int(ids[np.argmax(counts)]))
    prints = stream.take(records)
    return request.param, prints, stream.clock_ns


def as_oracle_prints(prints):
    return [
        Print(int(p["ts_event"]), int(p["price"]), int(p["size"]), chr(p["side"])) for p in prints
    ]


def studied(study, day, pieces=1):
    date, prints, clock = day
    study.begin(session(OPEN[date], OPEN[date] + 23 * HOUR))
    for piece in np.array_split(prints, pieces):
        yield study.update(piece, int(piece["ts_event"][-1]))
    yield study.update(prints[:0], max(clock, OPEN[date] + 1 * HOUR))


def test_point_of_control_and_value_area_are_the_known_ones(day):
    profile = SessionProfile(TICK)
    list(studied(profile, day))
    poc, vah, val, inside, total, unsided = FACTS[day[0]]
    assert profile.summary() == (*(int(p * 10**9) for p in (poc, vah, val)), inside, total)
    assert summary_of(profile.levels()) == profile.summary()
    assert profile.levels()["unsided"].sum() == unsided


def test_with_trades_of_no_side_the_point_of_control_would_be_another(day):
    if day[0] != "20251207":
        return
    levels = profile_of(day[1], TICK)
    levels["buy"] += levels["unsided"]
    assert summary_of(levels).poc == 25750 * 10**9


@pytest.mark.parametrize("pieces", [1, 60, 1500])
def test_developing_rows_are_the_oracles_however_the_day_is_cut(day, pieces):
    date, prints, clock = day
    settings = ProfileSettings(developing_ns=5 * MINUTE)
    found = np.concatenate(list(studied(SessionProfile(TICK, settings), day, pieces)))
    span = OracleSession(OPEN[date], OPEN[date] + 23 * HOUR, 2**62)
    expected = developing(as_oracle_prints(prints), TICK, 5 * MINUTE, span, clock + HOUR)
    assert found.tolist() == expected
    assert len(found) == 12


@pytest.mark.parametrize("pieces", [1, 60, 1500])
def test_bars_legs_and_naked_prices_are_the_oracles_however_the_day_is_cut(day, pieces):
    date, prints, _ = day
    study, pocs = Footprint(TICK), NakedPocs()
    impulses = ImpulseLegs(TICK, LegSettings(least_ticks=60))
    rows, levels, stacks, ended, found_legs, nodes = [], [], [], [], [], []
    for bars in studied(study, day, pieces):
        rows += bars.tolist()
        levels += study.closed.levels.tolist()
        stacks += study.closed.stacks.tolist()
        ended += pocs.update(bars).tolist()
        found_legs += impulses.update(bars, study.closed.levels).tolist()
        nodes += impulses.nodes.tolist()
    span = OracleSession(OPEN[date], OPEN[date] + 23 * HOUR, 2**62)
    trades = as_oracle_prints(prints)
    rules = {"ratio": 3.0, "least": 5, "ignore_zeros": True, "stacked": 3}
    expected = [footprint(bar, TICK, **rules) for bar in time_bars(trades, MINUTE, span, 2**62)]
    assert len(rows) == 60
    assert rows == [bar for bar, _, _ in expected]
    assert levels == [level for _, its, _ in expected for level in its]
    assert stacks == [stack for _, _, its in expected for stack in its]
    bars = np.array(rows, study.rows)
    assert (ended, pocs.current().tolist()) == naked(bars)
    names = ("open", "high", "low", "close", "volume")
    candles = [
        {"start": int(bar["start_ns"]), "end": int(bar["end_ns"])} | {n: int(bar[n]) for n in names}
        for bar in bars
    ]
    wanted = legs(candles, 15 * 10**9)
    assert [leg[:4] for leg in found_legs] == [leg[:4] for leg in wanted]
    inside = [[one for one in trades if leg[0] <= one.ts < leg[1]] for leg in wanted]
    assert [node[1:] for node in nodes] == [
        node for its in inside for node in leg_nodes(its, 10**9 // 2)
    ]


def test_the_first_minute_of_the_first_day_is_the_known_one(day):
    if day[0] != "20251123":
        return
    study = Footprint(TICK)
    bar = np.concatenate(list(studied(study, day)))[0]
    assert [bar[name] / 10**9 for name in ("open", "high", "low", "close")] == [
        24455.75,
        24555.25,
        24455.75,
        24510.00,
    ]
    assert [bar[name] for name in ("buy", "sell", "volume", "unsided", "trades")] == [
        650,
        351,
        1163,
        162,
        749,
    ]


def test_minutes_added_up_are_the_session_and_so_is_the_whole_range(day):
    date, prints, _ = day
    study, ranges, profile = Footprint(TICK), RangeProfile(TICK), SessionProfile(TICK)
    list(studied(study, day))
    list(studied(profile, day))
    ranges.update(prints)
    kept = study.kept()
    minutes = np.zeros(len(kept.levels), profile.levels().dtype)
    minutes["price"], minutes["buy"] = kept.levels["price"], kept.levels["ask"]
    minutes["sell"], minutes["unsided"] = kept.levels["bid"], kept.levels["unsided"]
    whole = profile.levels().tolist()
    assert merge_levels([minutes]).tolist() == whole
    assert ranges.profile_between(OPEN[date], OPEN[date] + HOUR).tolist() == whole
    start, end = OPEN[date] + 7 * MINUTE + 1, OPEN[date] + 9 * MINUTE
    expected = [one for one in as_oracle_prints(prints) if start <= one.ts < end]
    assert ranges.profile_between(start, end).tolist() == level_rows(expected, TICK)


def test_stacked_imbalances_are_seen_on_a_real_day(day):
    study = Footprint(TICK, FootprintSettings(imbalance_contracts=2))
    signals = [stacked_signals(study.closed.stacks) for _ in studied(study, day)]
    assert sum(len(piece) for piece in signals) > 0
