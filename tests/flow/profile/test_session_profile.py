"""Volume by price of a session."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.flow.profile.profile_oracle import Print, developing, level_rows, sided, value_area
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
    ProfileSettings,
    ProfileSummary,
    SessionProfile,
    merge_levels,
    summary_of,
)
from ticktape.tape.errors import BadValueError

TWO_SESSIONS = ((0, 10 * MINUTE + 30 * SECOND), (12 * MINUTE, 200 * MINUTE))


@settings(deadline=None)
@given(print_lists(), cut_lists, st.sampled_from((SECOND, MINUTE, 7 * MINUTE)))
def test_rows_and_levels_are_the_oracles_however_prints_are_cut(prints, cuts, every):
    clock = 100 * MINUTE
    study = SessionProfile(TICK, ProfileSettings(developing_ns=every))
    rows = drive(study, prints, TWO_SESSIONS, clock, cuts)
    found = [row for piece in rows for row in piece.tolist()]
    pieces = sessions_of(prints, TWO_SESSIONS)
    expected = [
        row for span, inside in pieces for row in developing(inside, TICK, every, span, clock)
    ]
    assert {piece.dtype for piece in rows} == {DEVELOPING}
    assert found == expected
    assert study.levels().tolist() == level_rows(pieces[-1][1], TICK)
    assert study.composite(2).tolist() == level_rows(prints, TICK)
    assert study.composite(1).tobytes() == study.levels().tobytes()


@settings(deadline=None)
@given(print_lists(), cut_lists)
def test_changed_levels_laid_over_the_whole_are_the_whole(prints, cuts):
    study = SessionProfile(TICK)
    study.begin(session(0, 10**18))
    seen, revision = {}, 0
    bounds = [0, *sorted({cut % (len(prints) + 1) for cut in cuts}), len(prints)]
    for first, end in itertools.pairwise(bounds):
        study.update(as_array(prints[first:end]), 0)
        asked, (revision, whole, levels) = revision, study.changes(revision)
        assert whole == (asked == 0)
        seen |= {row[0]: row for row in levels.tolist()}
        assert [seen[row[0]] for row in levels.tolist()] == levels.tolist()
        if not whole:
            traded = {one.price for one in prints[first:end]}
            assert {row[0] for row in levels.tolist()} == traded
    assert sorted(seen.values()) == level_rows(prints, TICK)


def test_two_who_ask_do_not_take_changes_from_each_other():
    study = SessionProfile(TICK)
    study.update(as_array([Print(0, 0, 1, "B")]), 0)
    one, other = study.changes().revision, study.changes().revision
    study.update(as_array([Print(1, TICK, 1, "B")]), 1)
    assert study.changes(one).levels["price"].tolist() == [TICK]
    assert study.changes(other).levels["price"].tolist() == [TICK]
    assert study.changes(other).levels["price"].tolist() == [TICK]


def test_after_a_session_began_whoever_asks_is_told_to_start_over():
    study = SessionProfile(TICK)
    study.update(as_array([Print(0, 0, 1, "B"), Print(0, 5 * TICK, 1, "B")]), 0)
    revision = study.changes().revision
    study.begin(session(MINUTE, 100 * MINUTE))
    study.update(as_array([Print(MINUTE, 5 * TICK, 2, "A")]), MINUTE)
    changes = study.changes(revision)
    assert changes.whole
    assert changes.levels.tolist() == [(5 * TICK, 0, 2, 0)]


@settings(deadline=None)
@given(print_lists())
def test_the_summary_is_that_of_the_levels(prints):
    study = SessionProfile(TICK)
    study.update(as_array(prints), 0)
    volumes = sided(prints, TICK)
    area = value_area(volumes)
    expected = ProfileSummary(*area, sum(volumes.values())) if area else None
    assert study.summary() == expected
    assert summary_of(study.levels()) == expected


def test_the_open_window_is_told_as_it_stands():
    study = SessionProfile(TICK)
    assert len(study.current()) == 0
    assert len(study.update(as_array([Print(1, 0, 5, "B"), Print(2, TICK, 4, "N")]), 2)) == 0
    assert study.current().tolist() == [(MINUTE, 0, 0, 0, 5, 5, 4)]
    assert study.update(as_array([]), MINUTE).tolist() == [(MINUTE, 0, 0, 0, 5, 5, 4)]
    assert len(study.current()) == 0


def test_a_window_of_trade_after_the_close_ends_with_the_next_open():
    study = SessionProfile(TICK, ProfileSettings(developing_ns=7 * MINUTE))
    rows = drive(study, [Print(11 * MINUTE, 0, 3, "B")], TWO_SESSIONS, 100 * MINUTE)
    assert [row for piece in rows for row in piece.tolist()] == [(12 * MINUTE, 0, 0, 0, 3, 3, 0)]
    assert len(study.levels()) == 0


def test_more_windows_than_a_call_of_the_kernel_has_room_for_close_each_at_its_time():
    prints = [Print(second * SECOND, second % 3000 * TICK, 1, "B") for second in range(4000)]
    study = SessionProfile(TICK, ProfileSettings(developing_ns=SECOND))
    rows = study.update(as_array(prints), 4000 * SECOND)
    assert rows["ts_ns"].tolist() == [(second + 1) * SECOND for second in range(4000)]
    assert rows["total"].tolist() == list(range(1, 4001))


def test_prices_far_apart_find_room_and_those_too_far_are_counted():
    study = SessionProfile(TICK, ProfileSettings(most_ticks=100_000))
    prints = [Print(0, 24_000 * 10**9, 3, "B"), Print(0, 0, 1, "B"), Print(0, 2**63 - 2, 1, "A")]
    prints += [Print(0, 1_000 * 10**9, 1, "A"), Print(0, 40_000 * 10**9, 1, "A")]
    prints += [Print(0, -(2**63), 1, "A")]
    study.update(as_array(prints), 0)
    assert (study.levels()["price"] // 10**9).tolist() == [0, 1_000, 24_000]
    assert study.outside == 3
    assert study.summary().poc == 24_000 * 10**9


def test_the_widest_span_may_be_filled_and_no_more():
    study = SessionProfile(TICK, ProfileSettings(most_ticks=100))
    study.update(as_array([Print(0, tick * TICK, 1, "B") for tick in (0, 99, -1, 100)]), 0)
    assert (study.levels()["price"] // TICK).tolist() == [0, 99]
    assert study.outside == 2


@settings(deadline=None)
@given(
    st.integers(1, 10**10),
    st.lists(st.integers(-500_000, 500_000), min_size=1, max_size=30),
    st.integers(-1, 1),
)
def test_every_price_finds_its_own_tick_however_a_tick_divides(tick, places, beside):
    study = SessionProfile(tick)
    prints = [Print(0, place * tick + beside, 1, "B") for place in places]
    study.update(as_array(prints), 0)
    assert study.levels()["price"].tolist() == sorted({p.price // tick * tick for p in prints})


def test_a_price_between_two_ticks_belongs_to_the_lower():
    study = SessionProfile(TICK)
    study.update(as_array([Print(0, TICK - 1, 3, "B"), Print(0, -1, 2, "A")]), 0)
    assert study.levels().tolist() == [(-TICK, 0, 2, 0), (0, 3, 0, 0)]


def test_only_so_many_sessions_are_kept():
    study = SessionProfile(TICK, ProfileSettings(kept_sessions=2))
    profiles = []
    for day in range(4):
        study.begin(session(day * MINUTE, (day + 1) * MINUTE))
        study.update(as_array([Print(day * MINUTE, day * TICK, 1, "B")]), day * MINUTE)
        profiles.append(study.levels())
    assert study.composite(99).tolist() == merge_levels(profiles[1:]).tolist()
    study.reset()
    assert len(study.composite(99)) == 0


def test_an_instrument_without_a_tick_is_refused():
    with pytest.raises(BadValueError):
        SessionProfile(0)
