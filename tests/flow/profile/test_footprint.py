"""Footprint bars: volume by price and side, diagonal imbalances and stacks of them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.flow.profile.footprint_oracle import footprint, full_bars, time_bars
from tests.flow.profile.profile_oracle import Print
from tests.flow.profile.some_prints import (
    MINUTE,
    SECOND,
    TICK,
    as_array,
    cut_lists,
    drive,
    print_lists,
    session,
    sessions_of,
)

from ticktape.flow.profile import (
    DEVELOPING,
    FOOTPRINT,
    FOOTPRINT_LEVEL,
    LEG,
    NAKED_POC,
    STACK,
    Footprint,
    FootprintSettings,
    stacked_signals,
)
from ticktape.flow.signals import SIGNAL, SignalKind
from ticktape.tape.errors import BadValueError

TWO_SESSIONS = ((0, 10 * MINUTE + 30 * SECOND), (12 * MINUTE, 200 * MINUTE))
CLOCK = 250 * MINUTE


class Collected:
    """A footprint whose closed levels and stacks are all kept."""

    def __init__(self, settings):
        self.study = Footprint(TICK, settings)
        self.begin = self.study.begin
        self.levels, self.stacks = [], []

    def update(self, prints, clock_ns):
        bars = self.study.update(prints, clock_ns)
        assert self.study.closed.bars is bars
        self.levels += self.study.closed.levels.tolist()
        self.stacks += self.study.closed.stacks.tolist()
        return bars


rules = st.fixed_dictionaries(
    {
        "imbalance_ratio": st.sampled_from((1.0, 1.5, 3.0)),
        "imbalance_contracts": st.sampled_from((1, 3)),
        "ignore_zeros": st.booleans(),
        "stacked_ticks": st.sampled_from((2, 3)),
    }
)


def expected_of(bars, rules):
    rows, levels, stacks = [], [], []
    for bar in bars:
        row, its_levels, its_stacks = footprint(
            bar,
            TICK,
            ratio=rules["imbalance_ratio"],
            least=rules["imbalance_contracts"],
            ignore_zeros=rules["ignore_zeros"],
            stacked=rules["stacked_ticks"],
        )
        rows.append(row)
        levels += its_levels
        stacks += its_stacks
    return rows, levels, stacks


@settings(deadline=None)
@given(print_lists(), cut_lists, st.sampled_from((SECOND, MINUTE, 7 * MINUTE)), rules)
def test_bars_of_time_are_the_oracles_however_prints_are_cut(prints, cuts, every, rules):
    study = Collected(FootprintSettings(every_ns=every, **rules))
    pieces = drive(study, prints, TWO_SESSIONS, CLOCK, cuts)
    assert {piece.dtype for piece in pieces} == {FOOTPRINT}
    bars = [
        bar
        for span, inside in sessions_of(prints, TWO_SESSIONS)
        for bar in time_bars(inside, every, span, CLOCK)
    ]
    found = [row for piece in pieces for row in piece.tolist()]
    assert (found, study.levels, study.stacks) == expected_of(bars, rules)


def span_in_ticks(inside):
    ticks = [one.price // TICK for one in inside]
    return max(ticks) - min(ticks)


FILLED_BY = {
    "bar_prints": len,
    "bar_contracts": lambda inside: sum(one.size for one in inside),
    "bar_ticks": span_in_ticks,
    "bar_delta_contracts": lambda inside: abs(
        sum(one.size * {"B": 1, "A": -1}.get(one.side, 0) for one in inside)
    ),
}


@pytest.mark.parametrize("kind", FILLED_BY)
@settings(deadline=None)
@given(print_lists(), cut_lists, st.sampled_from((1, 3, 7)), rules)
def test_bars_that_prints_fill_are_the_oracles(kind, prints, cuts, full, rules):
    study = Collected(FootprintSettings(every_ns=0, **{kind: full}, **rules))
    pieces = drive(study, prints, TWO_SESSIONS, CLOCK, cuts)

    def is_full(inside):
        return FILLED_BY[kind](inside) >= full

    bars = [
        bar
        for span, inside in sessions_of(prints, TWO_SESSIONS)
        for bar in full_bars(inside, span, CLOCK, is_full)
    ]
    found = [row for piece in pieces for row in piece.tolist()]
    assert (found, study.levels, study.stacks) == expected_of(bars, rules)


def bar_of(*prints, **settings):
    """The footprint of one bar from (ticks, size, side)."""
    study = Footprint(TICK, FootprintSettings(**{"imbalance_contracts": 1, **settings}))
    rows = [Print(at, ticks * TICK, size, side) for at, (ticks, size, side) in enumerate(prints)]
    study.update(as_array(rows), MINUTE)
    assert len(study.closed.bars) == 1
    return study.closed


def imbalances(closed):
    return {
        row["price"] // TICK: int(row["imbalance"]) for row in closed.levels if row["imbalance"]
    }


def test_what_was_bought_is_held_against_what_was_sold_a_tick_below():
    closed = bar_of((10, 3, "A"), (11, 9, "B"), (11, 9, "A"), (12, 26, "B"))
    # 9 against 3; 26 against 9 is less than three times as much. 9 sold at 11 against 26.
    assert imbalances(closed) == {11: 1}


def test_what_was_sold_is_held_against_what_was_bought_a_tick_above():
    assert imbalances(bar_of((10, 9, "A"), (11, 3, "B"))) == {10: 2}


def test_nothing_to_be_held_against_is_no_imbalance_unless_zeros_count():
    prints = ((10, 3, "B"), (12, 50, "A"))
    assert imbalances(bar_of(*prints)) == {}
    assert imbalances(bar_of(*prints, ignore_zeros=False)) == {10: 1, 12: 2}


def test_little_volume_is_no_imbalance():
    prints = ((10, 1, "A"), (11, 9, "B"))
    assert imbalances(bar_of(*prints, imbalance_contracts=9)) == {11: 1}
    assert imbalances(bar_of(*prints, imbalance_contracts=10)) == {}


def three_in_a_row():
    return [one for tick in (10, 11, 12) for one in ((tick, 1, "A"), (tick + 1, 9, "B"))]


def test_imbalances_at_three_adjacent_ticks_are_a_stack():
    closed = bar_of(*three_in_a_row())
    assert closed.stacks.tolist() == [
        (0, MINUTE, 13 * TICK, 11 * TICK, 13 * TICK, 24, 3, 1),
    ]
    assert closed.bars["stacks"].tolist() == [1]
    assert len(bar_of(*three_in_a_row(), stacked_ticks=4).stacks) == 0


@pytest.mark.parametrize(("traded", "side"), [("B", 1), ("A", -1)])
def test_a_stack_may_reach_from_the_lowest_to_the_highest_price(traded, side):
    prints = [(tick, 5, traded) for tick in (10, 11, 12)]
    closed = bar_of(*prints, ignore_zeros=False)
    assert closed.stacks[["price_low", "price_high", "levels", "side", "excess"]].tolist() == [
        (10 * TICK, 12 * TICK, 3, side, 15)
    ]
    assert len(bar_of(*prints, ignore_zeros=False, stacked_ticks=4).stacks) == 0


@pytest.mark.parametrize(("traded", "side"), [("B", 1), ("A", -1)])
def test_a_stack_may_end_inside_the_bar(traded, side):
    prints = [*((tick, 5, traded) for tick in (10, 11, 12)), (9, 1, "N"), (13, 1, "N")]
    closed = bar_of(*prints, ignore_zeros=False)
    assert closed.stacks[["price_low", "price_high", "levels", "side"]].tolist() == [
        (10 * TICK, 12 * TICK, 3, side)
    ]


def test_a_tick_between_breaks_a_stack():
    prints = [one for one in three_in_a_row() if one[0] != 11]
    assert len(bar_of(*prints).stacks) == 0


def test_a_stack_is_a_signal_known_when_its_bar_has_ended():
    signals = stacked_signals(bar_of(*three_in_a_row()).stacks)
    assert signals.dtype == SIGNAL
    (signal,) = signals
    assert signal["ts_ns"] == MINUTE
    assert signal["kind"] == SignalKind.STACKED_IMBALANCE
    assert (signal["direction"], signal["strength"], signal["amount"]) == (1, 0, 24)
    assert (signal["price"], signal["price_low"], signal["price_high"]) == (
        13 * TICK,
        11 * TICK,
        13 * TICK,
    )


def test_stacked_signals_are_in_the_order_of_signals():
    stacks = np.zeros(3, STACK)
    stacks["end_ns"], stacks["side"], stacks["levels"] = (9, 5, 5), (1, 1, -1), (3, 5, 30)
    signals = stacked_signals(stacks)
    assert signals[["ts_ns", "direction", "strength"]].tolist() == [
        (5, -1, 3),
        (5, 1, 2),
        (9, 1, 0),
    ]


def test_an_auction_is_unfinished_where_both_sides_traded_at_the_extreme():
    (bar,) = bar_of((10, 1, "A"), (10, 1, "B"), (12, 5, "B")).bars
    assert (bar["unfinished_high"], bar["unfinished_low"]) == (0, 1)


def test_buys_add_to_the_delta_sells_subtract_and_others_are_volume_only():
    closed = bar_of((100, 5, "B"), (101, 3, "A"), (102, 4, "N"))
    (bar,) = closed.bars
    assert (bar["delta"], bar["volume"], bar["unsided"]) == (2, 12, 4)
    assert bar["poc"] == 100 * TICK
    assert closed.levels[["bid", "ask", "unsided"]].tolist() == [(0, 5, 0), (3, 0, 0), (0, 0, 4)]


def test_a_vwap_between_two_prices_is_rounded_down():
    study = Footprint(TICK)
    prints = [Print(0, 24_500 * 10**9 + 1, 1, "B"), Print(0, 24_500 * 10**9 + 2, 2, "B")]
    study.update(as_array(prints), MINUTE)
    assert study.closed.bars["vwap"].tolist() == [24_500 * 10**9 + 1]


def test_a_vwap_of_great_volumes_does_not_overflow():
    study = Footprint(TICK)
    most = 2**32 - 1
    price = 100_000 * 10**9
    study.update(as_array([Print(0, price, most, "B"), Print(0, price + TICK, most, "A")]), MINUTE)
    assert study.closed.bars["vwap"].tolist() == [price + TICK // 2]


@settings(deadline=None)
@given(print_lists())
def test_the_open_bar_stands_as_it_would_close(prints):
    study = Footprint(TICK, FootprintSettings(every_ns=1000 * MINUTE))
    study.update(as_array(prints), 0)
    opened = study.open_bar()
    assert study.current().tobytes() == opened.bars.tobytes()
    study.update(as_array([]), 1000 * MINUTE if prints else 0)
    for open_rows, closed_rows in zip(opened, study.closed, strict=True):
        assert open_rows.tobytes() == closed_rows.tobytes()
    assert len(study.current()) == 0


def test_the_open_bar_of_prints_ends_so_far_with_its_last_print():
    study = Footprint(TICK, FootprintSettings(every_ns=0, bar_prints=9))
    study.update(as_array([Print(3, 0, 1, "B"), Print(8, 0, 1, "B")]), 50)
    assert study.current()[["start_ns", "end_ns", "trades"]].tolist() == [(3, 8, 2)]


def test_a_bar_wider_than_the_room_for_levels_closes_whole():
    study = Footprint(TICK)
    prints = [Print(0, tick * TICK, 1, "B") for tick in range(0, 90_000, 3)]
    study.update(as_array(prints), MINUTE)
    assert len(study.closed.levels) == 30_000
    assert study.closed.bars["levels"].tolist() == [30_000]


def test_a_price_too_far_is_left_out_and_counted():
    study = Footprint(TICK, FootprintSettings(most_ticks=100))
    prints = [Print(0, 0, 1, "B"), Print(1, 100 * TICK, 1, "B"), Print(2, 99 * TICK, 1, "B")]
    study.update(as_array(prints), MINUTE)
    assert study.closed.bars["trades"].tolist() == [2]
    assert study.outside == 1


def test_only_so_many_closed_bars_are_kept_with_their_levels():
    study = Footprint(TICK, FootprintSettings(every_ns=SECOND, kept_bars=5))
    for second in range(40):
        batch = [Print(second * SECOND + i, i * TICK, 1, "B") for i in range(second % 4 + 1)]
        study.update(as_array(batch), second * SECOND)
    kept = study.kept()
    assert (kept.bars["start_ns"] // SECOND).tolist() == [34, 35, 36, 37, 38]
    assert kept.bars["levels"].tolist() == [3, 4, 1, 2, 3]
    assert len(kept.levels) == 13
    assert study.kept().levels.tobytes() == kept.levels.tobytes()
    study.update(as_array([]), 40 * SECOND)
    assert (study.kept().bars["start_ns"] // SECOND).tolist() == [35, 36, 37, 38, 39]
    study.reset()
    assert len(study.kept().bars) == 0


def test_of_many_bars_closed_at_once_the_last_are_kept_with_what_is_theirs():
    rules = {"imbalance_contracts": 1, "ignore_zeros": False}
    study = Footprint(TICK, FootprintSettings(every_ns=SECOND, kept_bars=4, **rules))
    prints = [
        Print(second * SECOND, tick * TICK, 1, "B")
        for second in range(10)
        for tick in range(second + 1)
    ]
    study.update(as_array(prints), 10 * SECOND)
    kept = study.kept()
    assert kept.bars["levels"].tolist() == [7, 8, 9, 10]
    seconds = [6] * 7 + [7] * 8 + [8] * 9 + [9] * 10
    assert (kept.levels["start_ns"] // SECOND).tolist() == seconds
    assert (kept.stacks["start_ns"] // SECOND).tolist() == [6, 7, 8, 9]


def test_bars_are_aligned_to_the_open_of_the_session():
    study = Footprint(TICK)
    study.begin(session(30 * SECOND, 100 * MINUTE))
    study.update(as_array([Print(40 * SECOND, 0, 1, "B")]), 90 * SECOND)
    assert study.closed.bars[["start_ns", "end_ns"]].tolist() == [(30 * SECOND, 90 * SECOND)]


@pytest.mark.parametrize("kind", [{"every_ns": 7 * MINUTE}, {"every_ns": 0, "bar_prints": 9}])
def test_a_bar_of_trade_after_the_close_ends_with_the_next_open(kind):
    study = Collected(FootprintSettings(**kind))
    pieces = drive(study, [Print(11 * MINUTE, 0, 3, "B")], TWO_SESSIONS, CLOCK)
    bars = np.concatenate(pieces)
    assert bars[["end_ns", "volume"]].tolist() == [(12 * MINUTE, 3)]
    assert len(study.levels) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"every_ns": 0},
        {"every_ns": MINUTE, "bar_prints": 5},
        {"every_ns": -1},
        {"imbalance_ratio": 0.5},
        {"imbalance_ratio": float("nan")},
        {"stacked_ticks": 1},
        {"imbalance_contracts": 0},
        {"kept_bars": 0},
    ],
)
def test_a_setting_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(BadValueError):
        FootprintSettings(**wrong)


def test_levels_have_the_documented_form():
    assert bar_of((1, 1, "B")).levels.dtype == FOOTPRINT_LEVEL


@pytest.mark.parametrize("rows", [DEVELOPING, FOOTPRINT, FOOTPRINT_LEVEL, STACK, LEG, NAKED_POC])
def test_equal_rows_are_equal_bytes(rows):
    assert rows.itemsize == sum(rows[name].itemsize for name in rows.names)
    assert rows.itemsize % 8 == 0
