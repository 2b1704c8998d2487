"""Bars of one instrument, aligned to its sessions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.flow.session.bars_oracle import session_bars
from tests.flow.session.print_samples import (
    MINUTE,
    NQ_TICK,
    SECOND,
    cut,
    nq_evening,
    prints_of,
    runs_of_prints,
)

from ticktape.flow.session import BAR, BarKind, BarsSettings, SessionBars, parse_bars
from ticktape.tape import format_time
from ticktape.tape.errors import BadValueError
from ticktape.tape.session import Session

OPEN = 1_000 * SECOND
CLOSE = OPEN + 10 * MINUTE
SESSION = Session(0, OPEN, CLOSE, CLOSE, CLOSE)
ALL_KINDS = [
    (BarKind.TIME, 7 * SECOND),
    (BarKind.TIME, 4 * MINUTE),
    (BarKind.TICK, 3),
    (BarKind.VOLUME, 12),
    (BarKind.RANGE, 6),
    (BarKind.DELTA, 5),
]


def bars(kind, every, *, flat=False, tick=1):
    made = SessionBars(BarsSettings(kind, every, flat), tick)
    made.begin(SESSION)
    return made


def dicts(rows):
    return [dict(zip(BAR.names, row, strict=True)) for row in rows.tolist()]


@pytest.mark.parametrize(("kind", "every"), ALL_KINDS)
@pytest.mark.parametrize("flat", [False, True])
@settings(deadline=None)
@given(
    found=runs_of_prints(40 * SECOND, start=OPEN),
    cuts=st.lists(st.integers(0, 60), max_size=6),
    later=st.integers(0, 20 * SECOND),
)
def test_bars_are_those_of_the_oracle_however_prints_are_cut(kind, every, flat, found, cuts, later):
    prints = prints_of(*found)
    clock = (found[-1][0] if found else OPEN) + later
    study = bars(kind, every, flat=flat)
    rows = cut(study, prints, cuts, clock)
    whole = bars(kind, every, flat=flat).update(prints, clock)
    assert rows.tobytes() == whole.tobytes()
    expected = session_bars(
        found, (OPEN, CLOSE), kind.name.lower(), every, flat=flat, clock_ns=clock
    )
    assert dicts(rows) + dicts(study.current()) == expected
    assert all(row["end_ns"] <= clock for row in dicts(rows))
    assert study.current().tobytes() == study.current().tobytes()


def test_more_bars_than_the_kernel_has_room_for_all_come():
    prints = prints_of(*((OPEN + n, n, 1, "B") for n in range(5_000)))
    rows = bars(BarKind.TICK, 1).update(prints, OPEN + 5_000)
    assert rows["open"].tolist() == list(range(5_000))
    flat = bars(BarKind.TIME, SECOND // 10, flat=True)
    rows = flat.update(prints[:1], CLOSE)
    assert len(rows) == 10 * 60 * 10
    assert np.array_equal(rows["start_ns"][1:], rows["end_ns"][:-1])
    assert rows["end_ns"][-1] == CLOSE
    assert len(flat.current()) == 0


def test_ticks_at_0_30_60_and_90_seconds_are_two_minute_bars_of_two():
    prints = prints_of(*((OPEN + n * SECOND, 1, 1, "B") for n in (0, 30, 60, 90)))
    rows = bars(BarKind.TIME, MINUTE).update(prints, OPEN + 2 * MINUTE)
    assert rows["trades"].tolist() == [2, 2]


def test_a_tick_bar_closes_on_its_nth_tick():
    prints = prints_of(*((OPEN + n, n, 1, "B") for n in range(5)))
    study = bars(BarKind.TICK, 3)
    assert len(study.update(prints[:2], OPEN + 1)) == 0
    assert study.update(prints[2:3], OPEN + 2)["trades"].tolist() == [3]
    assert len(study.update(prints[3:], OPEN + 4)) == 0
    assert study.current()["trades"].tolist() == [2]


def test_a_volume_bar_takes_the_whole_print_that_fills_it():
    prints = prints_of(*((OPEN, 1, size, "B") for size in (10, 15, 20, 12, 8)))
    study = bars(BarKind.VOLUME, 25)
    assert study.update(prints, OPEN)["volume"].tolist() == [25, 32]
    assert study.current()["volume"].tolist() == [8]


def test_a_range_bar_counts_in_ticks():
    prints = prints_of(*((OPEN, price, 1, "B") for price in (100, 125, 75, 175, 175)))
    study = bars(BarKind.RANGE, 2, tick=25)
    assert study.update(prints, OPEN)["close"].tolist() == [75]
    assert study.current()["high"].tolist() == [175]


def test_five_bought_and_three_sold_make_one_bar():
    prints = prints_of((OPEN, 100, 5, "B"), (OPEN, 101, 3, "A"))
    row = bars(BarKind.TIME, MINUTE).update(prints, CLOSE)[0]
    assert row[["open", "high", "low", "close", "delta"]].tolist() == (100, 101, 100, 101, 2)


def test_what_has_no_aggressor_is_volume_and_not_delta():
    row = bars(BarKind.TIME, MINUTE).update(prints_of((OPEN, 100, 5, "N")), CLOSE)[0]
    assert row[["volume", "unsided_volume", "delta"]].tolist() == (5, 5, 0)


def test_no_bar_spans_two_sessions():
    following = Session(1, CLOSE + MINUTE, CLOSE + 20 * MINUTE, 0, 0)
    for kind, every in ALL_KINDS:
        study = bars(kind, every)
        rows = [study.update(prints_of((CLOSE - 1, 5, 1, "B")), CLOSE)]
        assert len(study.current()) == 0
        # Printed after the close, before the next session.
        rows.append(study.update(prints_of((CLOSE + 1, 6, 1, "B")), CLOSE + 1))
        study.begin(following)
        rows.append(study.update(prints_of((following.open_ns, 7, 1, "A")), following.open_ns))
        closed = np.concatenate(rows)
        assert closed["open"].tolist() == [5, 6]
        assert closed["end_ns"][0] == CLOSE
        assert closed["end_ns"][1] <= following.open_ns
        assert study.current()["start_ns"].tolist() == [following.open_ns]


def test_a_day_bar_is_the_session():
    study = SessionBars(parse_bars("1d"), 1)
    study.begin(SESSION)
    row = study.update(prints_of((OPEN + 5, 3, 1, "B")), CLOSE)[0]
    assert (row["start_ns"], row["end_ns"]) == (OPEN, CLOSE)


@pytest.mark.parametrize(
    ("text", "kind", "every"),
    [
        ("1s", BarKind.TIME, SECOND),
        ("5m", BarKind.TIME, 5 * MINUTE),
        ("233t", BarKind.TICK, 233),
        ("1000v", BarKind.VOLUME, 1000),
        ("8range", BarKind.RANGE, 8),
        ("500delta", BarKind.DELTA, 500),
    ],
)
def test_bars_are_asked_for_by_number_and_unit(text, kind, every):
    assert parse_bars(text) == BarsSettings(kind, every)


@pytest.mark.parametrize("text", ["", "0t", "t", "5x", "-1m", "1.5m", "9" * 30 + "t"])
def test_bars_of_nothing_are_refused(text):
    with pytest.raises(BadValueError):
        parse_bars(text)


def test_forgetting_is_a_new_study():
    study = bars(BarKind.TIME, MINUTE)
    study.update(prints_of((OPEN, 1, 1, "B")), OPEN)
    study.reset()
    assert len(study.current()) == 0


NQ_DAYS = {
    "20251123": (60, 6_931, (4486, 4513, 162), (24455.75, 24555.25, 24455.25, 24471.50)),
    "20251130": (60, 8_299, (5734, 5538, 20), (25482.50, 25546.00, 25442.75, 25466.25)),
    "20251207": (60, 3_712, (2565, 2379, 28), (25750.00, 25770.00, 25719.50, 25746.50)),
}
NQ_VWAP = {"20251123": 24491.073873, "20251130": 25484.002413, "20251207": 25743.132140}


@pytest.mark.parametrize("day", NQ_DAYS)
def test_bars_of_a_real_nasdaq_evening(real_tape, day):
    minutes, trades, volumes, prices = NQ_DAYS[day]
    prints, clock, sessions = nq_evening(real_tape, day)
    session = sessions.at(int(prints["ts_event"][0]))
    made = {}
    for every in ("1m", "1s", "1d", "100t"):
        study = SessionBars(parse_bars(every), NQ_TICK)
        study.begin(session)
        made[every] = np.concatenate([study.update(prints, clock), study.current()])
        assert made[every]["trades"].sum() == trades
    rows = made["1m"]
    assert len(rows) == minutes
    assert len(made["100t"]) == -(-trades // 100)
    names = ("buy_volume", "sell_volume", "unsided_volume")
    assert tuple(rows[name].sum() for name in names) == volumes
    assert rows["delta"].sum() == volumes[0] - volumes[1]
    day_bar = made["1d"][0]
    assert day_bar["start_ns"] == session.open_ns
    told = [int(day_bar[name]) / 1e9 for name in ("open", "high", "low", "close")]
    assert told == list(prices)
    assert int(day_bar["vwap"]) / 1e9 == pytest.approx(NQ_VWAP[day], abs=1e-6)


def test_the_first_minute_of_a_real_nasdaq_evening(real_tape):
    prints, clock, sessions = nq_evening(real_tape, "20251123")
    study = SessionBars(parse_bars("1m"), NQ_TICK)
    study.begin(sessions.at(int(prints["ts_event"][0])))
    bar = study.update(prints, clock)[0]
    assert format_time(int(bar["start_ns"])) == "2025-11-23T23:00:00.000000000Z"
    told = [int(bar[name]) / 1e9 for name in ("open", "high", "low", "close")]
    assert told == [24455.75, 24555.25, 24455.75, 24510.00]
    names = ("buy_volume", "sell_volume", "volume", "unsided_volume", "trades")
    assert [int(bar[name]) for name in names] == [650, 351, 1163, 162, 749]
