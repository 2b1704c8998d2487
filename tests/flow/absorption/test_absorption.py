"""Absorption: events of one second, and the zones where they come again."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.flow.absorption.absorption_oracle import Oracle

from ticktape.flow.absorption.absorption import Absorption
from ticktape.flow.absorption.absorption_kernels import is_near, strength_of
from ticktape.flow.absorption.absorption_signals import absorption_signals
from ticktape.flow.absorption.rows import KEY_LEVELS, Strength
from ticktape.flow.absorption.settings import AbsorptionSettings
from ticktape.flow.prints import PRINT, PrintStream
from ticktape.flow.profile import SessionProfile
from ticktape.flow.profile.settings import ProfileSettings
from ticktape.flow.signals.signal import SignalKind
from ticktape.tape.errors import BadValueError
from ticktape.tape.files import open_tape
from ticktape.tape.layouts import UNDEF_PRICE
from ticktape.tape.session import Session

SECOND = 1_000_000_000
MINUTE = 60 * SECOND
POINT = 1_000_000_000
TICK = POINT // 4
BEGIN = 1_763_938_800 * SECOND


def prints_of(rows):
    """Prints from (ns, price, size, side)."""
    prints = np.zeros(len(rows), PRINT)
    for one, (ts_event, price, size, side) in zip(prints, rows, strict=True):
        one["ts_event"], one["price"], one["size"], one["side"] = ts_event, price, size, ord(side)
    return prints


def at(*rows):
    """Prints from (seconds after the beginning, points, size, side)."""
    return prints_of(
        [(BEGIN + int(s * SECOND), int(p * POINT), size, side) for s, p, size, side in rows]
    )


def levels_of(rows):
    """Key levels from (ns, POC, VAH, VAL); None where there is none."""
    levels = np.zeros(len(rows), KEY_LEVELS)
    for one, row in zip(levels, rows, strict=True):
        for name, value in zip(("ts_ns", "poc", "vah", "val"), row, strict=True):
            one[name] = UNDEF_PRICE if value is None else value
    return levels


def studied(prints, seconds, levels=None, **changed):
    study = Absorption(TICK, AbsorptionSettings(**changed))
    return study, study.update(prints, BEGIN + int(seconds * SECOND), levels)


def test_a_zone_grows_stronger_with_events_key_levels_and_aggression_against_the_trend():
    weak, medium, strong, defended = Strength
    cases = [(1, 0, 0), (2, 0, 0), (3, 0, 0), (4, 0, 0)]
    assert [strength_of(*case) for case in cases] == [weak, medium, strong, defended]
    cases = [(1, 1, 0), (1, 0, 1), (1, 1, 1), (5, 1, 1)]
    assert [strength_of(*case) for case in cases] == [medium, medium, strong, defended]


def test_a_price_is_at_a_level_within_two_ticks():
    assert is_near(5_000_300_000_000, 5000 * POINT, 2 * TICK)
    assert not is_near(5001 * POINT, 5000 * POINT, 2 * TICK)
    assert not is_near(5000 * POINT, UNDEF_PRICE, 2 * TICK)


def test_buying_that_does_not_lift_the_price_is_absorbed():
    _, events = studied(at((0, 100, 50, "B"), (0.5, 100.25, 40, "B"), (0.6, 100.25, 5, "A")), 1)
    (event,) = events
    assert (event["ts_ns"], event["delta"], event["price_change"]) == (BEGIN + SECOND, 85, TICK)
    assert (chr(event["absorbed"]), event["event_count"], event["is_told"]) == ("B", 1, 0)
    assert (event["average_price"], event["price"]) == (100_118_421_053, 100 * POINT)


def test_buying_that_lifts_the_price_by_more_than_a_tick_is_not():
    assert len(studied(at((0, 100, 85, "B"), (0.5, 100.5, 1, "B")), 1)[1]) == 0


def test_selling_that_lifts_the_price_is_absorbed_however_far_it_goes():
    (event,) = studied(at((0, 100, 85, "A"), (0.5, 109, 1, "B")), 1)[1]
    assert chr(event["absorbed"]) == "A"


@pytest.mark.parametrize(("delta", "events"), [(79, 0), (80, 1)])
def test_without_history_the_average_is_two_hundred_a_second(delta, events):
    assert len(studied(at((0, 100, delta, "B")), 1)[1]) == events


@pytest.mark.parametrize(("delta", "events"), [(39, 0), (40, 1)])
def test_the_average_is_that_of_the_seconds_before_empty_ones_and_unsided_volume_counted(
    delta, events
):
    prints = at((0, 100, 150, "A"), (0, 100, 150, "B"), (1, 90, 100, "N"), (4, 100, delta, "B"))
    assert len(studied(prints, 5)[1]) == events


def test_a_few_contracts_are_never_absorption_however_quiet_it_was():
    prints = at((0, 100, 1, "B"), (20, 100, 19, "B"), (40, 100, 20, "B"))
    assert studied(prints, 41)[1]["delta"].tolist() == [20]


def test_a_second_is_judged_only_when_the_clock_reaches_its_end():
    study = Absorption(TICK)
    assert len(study.update(at((0, 100, 90, "B")), BEGIN + SECOND - 1)) == 0
    assert len(study.current()) == 0
    assert len(study.update(at(), BEGIN + SECOND)) == 1


def test_a_first_event_is_told_at_a_key_level_that_stood_at_the_end_of_its_second():
    prints = at((0, 100, 90, "B"), (60, 100, 90, "B"))
    early = levels_of([(BEGIN + SECOND, 100.5 * POINT, None, None)])
    late = levels_of([(BEGIN + SECOND + 1, 100.5 * POINT, None, None)])
    assert studied(prints[:1], 1, early)[1][["at_poc", "strength", "is_told"]].item() == (1, 1, 1)
    assert studied(prints, 61, late)[1]["at_poc"].tolist() == [0, 1]


def test_sizes_may_be_as_large_as_records_can_tell():
    most = 2**32 - 1
    prints = at((0, 100_000, most, "A"), *[(0.5, 100_100, most, "A")] * 999)
    (event,) = studied(prints, 1)[1]
    assert event["delta"] == -1000 * most
    assert event["average_price"] == 100_099_900_000_000


def test_a_session_begins_without_key_levels_and_with_the_zones_of_the_one_before():
    study = Absorption(TICK)
    levels = levels_of([(BEGIN, 100 * POINT, 101 * POINT, 99 * POINT)])
    first = study.update(at((0, 100, 90, "B")), BEGIN + 60 * SECOND, levels)
    study.begin(Session(0, BEGIN + 60 * SECOND, BEGIN + 600 * SECOND, 0, 0))
    second = study.update(at((60, 100, 90, "B")), BEGIN + 61 * SECOND)
    assert [first["at_poc"][0], second["at_poc"][0]] == [1, 0]
    assert second["event_count"].tolist() == [2]


def test_buying_against_a_rising_cvd_is_against_the_trend():
    prints = at((0, 90, 60, "B"), (0.5, 95, 1, "B"), (4, 100, 60, "B"), (9, 100, 60, "B"))
    _, events = studied(prints, 10)
    assert events[["delta", "against_trend"]].tolist() == [(60, 1), (60, 0)]


@pytest.mark.parametrize(
    ("events", "strength", "minutes"), [(1, 0, 5), (2, 1, 5), (3, 2, 15), (4, 3, 30)]
)
def test_a_stronger_zone_lives_longer(events, strength, minutes):
    rows = [(60 * number, 100, 90, "A") for number in range(events)]
    last = BEGIN + (60 * events - 59) * SECOND
    study, found = studied(at(*rows), 60 * events - 59, zone_events=1)
    assert found["strength"].tolist()[-1] == strength
    study.update(at(), last + minutes * MINUTE - 1)
    (zone,) = study.zones()
    assert zone["last_seen_ns"] == last
    assert zone["total_absorbed"] == 90 * events
    study.update(at(), last + minutes * MINUTE)
    assert len(study.zones()) == 0


def test_a_zone_is_shown_from_its_second_event_on():
    study, _ = studied(at((0, 100, 90, "B")), 1)
    assert len(study.zones()) == 0
    study.update(at((60, 100, 90, "B")), BEGIN + 61 * SECOND)
    assert study.zones()["event_count"].tolist() == [2]


def test_what_is_absorbed_turns_the_other_way():
    study, first = studied(at((0, 100, 90, "B"), (60, 100, 95, "B")), 61)
    signals = absorption_signals(first)
    assert signals[["ts_ns", "kind", "direction", "strength", "amount", "score"]].tolist() == [
        (BEGIN + 61 * SECOND, SignalKind.ABSORPTION, -1, 1, 95, 1)
    ]
    more = study.update(at((62, 100, 90, "A"), (63, 100, 90, "A")), BEGIN + 64 * SECOND)
    assert absorption_signals(more)["direction"].tolist() == [1]


@pytest.mark.parametrize(
    "wrong",
    [
        {"window_ns": 0},
        {"average_over_ns": SECOND + 1},
        {"least_share": -0.1},
        {"strong_expiry_ns": 1},
        {"least_delta_contracts": 0},
        {"defended_expiry_ns": 10**18},
    ],
)
def test_settings_that_no_study_can_follow_are_refused(wrong):
    with pytest.raises(BadValueError):
        AbsorptionSettings(**wrong)
    with pytest.raises(BadValueError):
        Absorption(0)


one_print = st.tuples(
    st.sampled_from([0, 1, 10**8, 4 * 10**8, SECOND, 2 * SECOND, 7 * SECOND, 40 * SECOND]),
    st.integers(-2, 2),
    st.integers(1, 120),
    st.sampled_from("BBBBAAN"),
)
some_levels = st.lists(
    st.tuples(
        st.integers(0, 100 * SECOND),
        *[st.none() | st.integers(-6, 6).map(lambda n: n * TICK)] * 3,
    ),
    max_size=6,
)


@settings(max_examples=150, deadline=None)
@given(st.lists(one_print, min_size=1, max_size=120), some_levels, st.data())
def test_events_and_zones_are_those_of_the_oracle_however_prints_are_cut(drawn, levels, data):
    now, price, rows = BEGIN, 0, []
    for gap, ticks, size, side in drawn:
        now += gap
        price += ticks * TICK
        rows.append((now, price, size, side))
    levels = sorted(((BEGIN + row[0], *row[1:]) for row in levels), key=lambda row: row[0])
    clock = now + data.draw(st.sampled_from([0, 1, SECOND, 600 * SECOND]))
    oracle = Oracle(rows, levels, TICK, clock)

    study = Absorption(TICK)
    prints, key_levels = prints_of(rows), levels_of(levels)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(rows)), max_size=5)))
    found, given_levels = [], 0
    for start, stop in zip([0, *cuts], [*cuts, len(rows)], strict=True):
        last = rows[stop - 1][0] if stop else BEGIN
        until = clock if stop == len(rows) else last
        known = int(key_levels["ts_ns"].searchsorted(until, side="right"))
        piece = study.update(prints[start:stop], until, key_levels[given_levels:known])
        found.extend(piece.tolist())
        given_levels = max(given_levels, known)
    assert found == oracle.events
    assert study.zones().tolist() == oracle.zones_at(clock)


@pytest.mark.parametrize("least", [20, 3])
@pytest.mark.parametrize("day", ["20251123", "20251130", "20251207"])
def test_the_events_of_a_real_day_are_those_of_the_oracle(real_tape, day, least):
    records = np.concatenate(
        [batch.records for batch in open_tape(real_tape(f"NQ.FUT-{day}.trades.csv.zst"))]
    )
    ids, counts = np.unique(records["instrument_id"], return_counts=True)
    stream = PrintStream(int(ids[counts.argmax()]))
    prints = stream.take(records)
    clock = stream.clock_ns + SECOND
    developing = SessionProfile(TICK, ProfileSettings()).update(prints, clock)
    study = Absorption(TICK, AbsorptionSettings(least_delta_contracts=least))
    events = study.update(prints, clock, developing)

    names = ("ts_event", "price", "size", "side")
    rows = zip(*[prints[name].tolist() for name in names], strict=True)
    known = zip(
        *[developing[name].tolist() for name in ("ts_ns", "poc", "vah", "val")], strict=True
    )
    levels = [(ts, *[None if p == UNDEF_PRICE else p for p in row]) for ts, *row in known]
    oracle = Oracle([(*row[:3], chr(row[3])) for row in rows], levels, TICK, clock, least)
    assert events.tolist() == oracle.events
    assert study.zones().tolist() == oracle.zones_at(clock)
    assert events["at_poc"].any() == (least == 3)
