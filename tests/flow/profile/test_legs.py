"""Impulse legs and the low-volume nodes inside them."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.flow.profile.footprint_oracle import leg_nodes, legs
from tests.flow.profile.profile_oracle import Print
from tests.flow.profile.some_prints import MINUTE, TICK, as_array, cut_lists, session

from ticktape.flow.profile import FOOTPRINT, FOOTPRINT_LEVEL, Footprint, ImpulseLegs, LegSettings
from ticktape.flow.profile.rows import LEG_RULES
from ticktape.tape.errors import BadValueError

POINT = 10**9
NO_LEVELS = np.empty(0, FOOTPRINT_LEVEL)
FIELDS = {"start": "start_ns", "end": "end_ns"}


def bars_of(candles):
    bars = np.zeros(len(candles), FOOTPRINT)
    for bar, candle in zip(bars, candles, strict=True):
        for name, value in candle.items():
            bar[FIELDS.get(name, name)] = value
    return bars


def candle(minute, opened, closed, volume=100, wick=0):
    return {
        "start": minute * MINUTE,
        "end": (minute + 1) * MINUTE,
        "open": opened * POINT,
        "high": (max(opened, closed) + wick) * POINT,
        "low": (min(opened, closed) - wick) * POINT,
        "close": closed * POINT,
        "volume": volume,
    }


@st.composite
def candle_lists(draw):
    """Candles that often run 30 points in a few minutes."""
    minute, price, candles = 0, 1000, []
    moves = st.sampled_from((-25, -15, -10, -1, 0, 1, 10, 10, 15, 15, 25))
    for _ in range(draw(st.integers(0, 40))):
        minute += draw(st.sampled_from((1, 1, 1, 1, 1, 1, 2)))
        opened = price + draw(st.sampled_from((0, 0, 0, -12, 7)))
        price = opened + draw(moves)
        volume = draw(st.sampled_from((80, 100, 120, 121, 300)))
        candles.append(candle(minute, opened, price, volume, draw(st.integers(0, 5))))
    return candles


def as_oracle_row(leg):
    rules = frozenset(name for bit, name in enumerate(LEG_RULES) if leg["rules"] >> bit & 1)
    assert leg["score"] == len(rules)
    names = ("start_ns", "end_ns", "start_price", "end_price", "volume", "candles", "direction")
    return (*(int(leg[name]) for name in names), rules)


@settings(deadline=None)
@given(candle_lists(), cut_lists)
def test_legs_are_the_oracles_however_bars_are_cut(candles, cuts):
    study, bars = ImpulseLegs(TICK), bars_of(candles)
    found = []
    for piece in np.split(bars, sorted(min(cut, len(bars)) for cut in cuts)):
        found += [as_oracle_row(leg) for leg in study.update(piece, NO_LEVELS)]
    assert found == legs(candles, 30 * POINT)


def quiet(minutes=10):
    return [candle(minute, 1000, 1001, 100) for minute in range(minutes)]


def run_up(*, steps=(10, 10, 10), start=10, volume=200):
    price, candles = 1001, []
    for minute, step in enumerate(steps):
        candles.append(candle(start + minute, price, price + step, volume))
        price += step
    return candles


def test_a_leg_is_known_when_its_last_candle_has_closed_and_not_before():
    study = ImpulseLegs(TICK)
    candles = quiet() + run_up()
    assert len(study.update(bars_of(candles[:-1]), NO_LEVELS)) == 0
    (leg,) = study.update(bars_of(candles[-1:]), NO_LEVELS)
    assert (leg["start_ns"], leg["end_ns"]) == (10 * MINUTE, 13 * MINUTE)
    assert (leg["start_price"], leg["end_price"]) == (1001 * POINT, 1031 * POINT)
    assert (leg["direction"], leg["score"], leg["candles"], leg["volume"]) == (1, 5, 3, 600)


def test_a_run_of_less_than_thirty_points_is_no_leg():
    assert (
        len(ImpulseLegs(TICK).update(bars_of(quiet() + run_up(steps=(10, 10, 9))), NO_LEVELS)) == 0
    )


def test_four_rules_of_five_are_enough_and_three_are_not():
    def rules_of(candles):
        return [int(leg["rules"]) for leg in ImpulseLegs(TICK).update(bars_of(candles), NO_LEVELS)]

    assert rules_of(quiet() + run_up(volume=100)) == [0b10111]
    # Neither heavy nor beyond the swing before it.
    higher = [candle(minute, 1000, 1040, 100) for minute in range(10)]
    assert rules_of(higher + run_up(volume=100)) == []
    # Nine candles before it cannot tell a swing of ten, nor their volume.
    assert rules_of(quiet()[1:] + run_up()) == []


@pytest.mark.parametrize(("volume", "is_heavy"), [(120, False), (121, True)])
def test_a_leg_is_heavy_with_more_than_the_share_of_the_candles_before(volume, is_heavy):
    (leg,) = ImpulseLegs(TICK).update(bars_of(quiet() + run_up(volume=volume)), NO_LEVELS)
    assert bool(leg["rules"] & 1 << LEG_RULES.index("heavy")) == is_heavy


@pytest.mark.parametrize(("top", "broke"), [(1031, False), (1030, True)])
@pytest.mark.parametrize("way", [1, -1])
def test_a_swing_is_broken_beyond_it_and_not_at_it(top, broke, way):
    candles = [*quiet()[:-1], candle(9, 1001, 1001, wick=top - 1001), *run_up()]
    bars = bars_of(candles)
    if way < 0:
        mirrored = 2_000 * POINT
        for name in ("open", "close"):
            bars[name] = mirrored - bars[name]
        bars["high"], bars["low"] = mirrored - bars["low"], mirrored - bars["high"]
    (leg,) = ImpulseLegs(TICK).update(bars, NO_LEVELS)
    assert leg["direction"] == way
    assert bool(leg["rules"] & 1 << LEG_RULES.index("broke_swing")) == broke


@pytest.mark.parametrize(("back", "is_uniform"), [(17, True), (18, False)])
def test_a_leg_is_uniform_where_less_than_half_of_its_bodies_overlap(back, is_uniform):
    # Three bodies of 24; the second and the third begin so far below the end of the one before.
    opens = (1001, 1025 - back, 1049 - 2 * back)
    candles = [candle(10 + n, opened, opened + 24, 200) for n, opened in enumerate(opens)]
    legs_found = ImpulseLegs(TICK, LegSettings(least_ticks=40)).update(
        bars_of(quiet() + candles), NO_LEVELS
    )
    assert [bool(leg["rules"] & 4) for leg in legs_found] == [is_uniform]


def test_no_leg_spans_two_sessions():
    study = ImpulseLegs(TICK)
    candles = quiet() + run_up()
    study.update(bars_of(candles[:-1]), NO_LEVELS)
    study.begin(session(12 * MINUTE, 100 * MINUTE))
    assert len(study.update(bars_of(candles[-1:]), NO_LEVELS)) == 0


def test_a_bar_from_before_the_session_is_none_of_its_candles():
    study = ImpulseLegs(TICK)
    study.begin(session(MINUTE, 100 * MINUTE))
    candles = quiet() + run_up()
    assert [leg["rules"] for leg in study.update(bars_of(candles), NO_LEVELS)] == []
    assert len(ImpulseLegs(TICK).update(bars_of(candles), NO_LEVELS)) == 1


leg_prints = st.lists(
    st.tuples(st.integers(0, 12), st.sampled_from((1, 2, 9, 60)), st.sampled_from("BANB")),
    min_size=1,
    max_size=40,
)


@settings(deadline=None)
@given(leg_prints, cut_lists)
def test_nodes_are_the_thin_buckets_of_the_trades_inside_the_leg(extra, cuts):
    opened = 10 * MINUTE
    prints = [Print(minute * MINUTE, 0, 1, "B") for minute in range(10)]
    inside = [Print(opened, 1 * POINT, 1, "B")]
    inside += [Print(opened + 1, ticks * TICK + POINT, size, side) for ticks, size, side in extra]
    inside += [Print(opened + 2, 11 * POINT, 90, "B"), Print(opened + MINUTE, 21 * POINT, 90, "A")]
    inside += [Print(opened + 2 * MINUTE, 31 * POINT, 90, "B")]
    prints += inside
    # Another minute, which is not in the leg.
    prints += [Print(opened + 3 * MINUTE, 5 * POINT, 7, "B")]
    footprint, study = Footprint(TICK), ImpulseLegs(TICK, LegSettings(least_ticks=100))
    found, nodes = [], []
    bounds = [0, *sorted({cut % (len(prints) + 1) for cut in cuts}), len(prints)]
    for first, end in itertools.pairwise(bounds):
        piece = prints[first:end]
        footprint.update(as_array(piece), piece[-1].ts if piece else 0)
        found += study.update(footprint.closed.bars, footprint.closed.levels).tolist()
        nodes += study.nodes.tolist()
    if found:
        (leg,) = found
        assert leg[:2] == (opened, opened + 3 * MINUTE)
        assert [row[1:] for row in nodes] == leg_nodes(inside, POINT // 2)
    assert {row[0] for row in nodes} <= {opened}


@pytest.mark.parametrize(
    "wrong",
    [
        {"least_candles": 0},
        {"most_candles": 2},
        {"most_candles": 61},
        {"prior_candles": 0},
        {"prior_candles": 201},
        {"least_ticks": 0},
        {"node_bucket_ticks": 0},
        {"node_percent": -1},
    ],
)
def test_a_setting_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(BadValueError):
        LegSettings(**wrong)
