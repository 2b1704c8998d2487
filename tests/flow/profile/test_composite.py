"""Volume by price of several sessions together."""

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.flow.profile.profile_oracle import composite, level_rows, nodes, sided, value_area
from tests.flow.profile.some_prints import (
    MINUTE,
    TICK,
    as_array,
    cut_lists,
    print_lists,
    session,
    sessions_of,
)

from ticktape.flow.profile import ProfileSettings, ProfileSummary, SessionProfile, summary_of
from ticktape.flow.profile.levels import nodes_of

SPANS = tuple((minute * MINUTE, (minute + 2) * MINUTE) for minute in (0, 2, 3, 6, 9, 15))
some_kept = st.integers(0, 4)


def after_each_batch(study, prints, cuts):
    """Give a study the prints; after each batch what every session has printed so far."""
    ended = []
    for span, inside in sessions_of(prints, SPANS):
        study.begin(session(span.open, span.close))
        yield [*ended, []]
        bounds = [0, *sorted({cut % (len(inside) + 1) for cut in cuts}), len(inside)]
        for first, end in itertools.pairwise(bounds):
            piece = inside[first:end]
            study.update(as_array(piece), piece[-1].ts if piece else span.open)
            yield [*ended, inside[:end]]
        ended.append(inside)


@settings(deadline=None)
@given(print_lists(), cut_lists, some_kept)
def test_it_is_at_any_time_of_the_latest_sessions_that_have_traded(prints, cuts, kept):
    study = SessionProfile(TICK, ProfileSettings(kept_sessions=kept))
    for sessions in after_each_batch(study, prints, cuts):
        for count in (1, 2, 3, 9):
            expected = level_rows(composite(sessions, count, kept), TICK)
            assert study.composite(count).tolist() == expected


@settings(deadline=None)
@given(print_lists(), st.integers(1, 6), st.integers(30, 100))
def test_its_value_area_and_nodes_are_those_of_all_its_prints(prints, count, percent):
    ways = ProfileSettings(value_area_percent=percent, smooth_ticks=1, node_reach_ticks=2)
    study = SessionProfile(TICK, ways)
    for sessions in after_each_batch(study, prints, ()):
        volumes = sided(composite(sessions, count, ways.kept_sessions), TICK)
        levels = study.composite(count)
        area = value_area(volumes, percent / 100)
        expected = ProfileSummary(*area, sum(volumes.values())) if area else None
        assert summary_of(levels, percent) == expected
        found = nodes_of(levels, TICK, ways)
        shares = ways.high_node_percent, ways.low_node_percent
        assert (found.high.tolist(), found.low.tolist()) == nodes(volumes, TICK, 1, 2, *shares)
