"""Bars and levels over several trade dates: cut at the opens, they start over at each."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.flow.session.bars_oracle import session_bars
from tests.flow.session.levels_oracle import session_levels
from tests.flow.session.print_samples import HOUR, MINUTE, SECOND, prints_of, runs_of_prints

from ticktape.flow.session import (
    BAR,
    BarKind,
    BarsSettings,
    LevelKind,
    SessionBars,
    SessionLevels,
)
from ticktape.tape.session_rules import CME_EQUITY_INDEX
from ticktape.tape.sessions import Sessions
from ticktape.tape.times import parse_time

# Thanksgiving, the short day after it, a weekend, and the Monday.
START = parse_time("2025-11-26T23:00Z")
END = parse_time("2025-12-02T23:00Z")
PRICES = st.integers(-50, 50)
TICK = 100
SESSIONS = Sessions(CME_EQUITY_INDEX)


def drive(study, prints, cuts, clock_ns):
    """Rows of a study given prints in pieces, and begun where a session opens between them."""
    session = SESSIONS.at(START)
    study.begin(session)
    rows = []
    places = sorted({0, len(prints), *(cut % (len(prints) + 1) for cut in cuts)})
    spans = list(pairwise(places)) or [(0, 0)]
    for place, (first, last) in enumerate(spans):
        rest = prints[first:last]
        now = clock_ns if place == len(spans) - 1 else int(rest["ts_event"][-1])
        while (following := SESSIONS.after(session)).open_ns <= now:
            count = int(np.searchsorted(rest["ts_event"], following.open_ns))
            rows.append(study.update(rest[:count], following.open_ns))
            study.begin(following)
            session, rest = following, rest[count:]
        rows.append(study.update(rest, now))
    return np.concatenate(rows)


def by_session(found):
    """The prints of each session that has begun by START and later, in order."""
    return [
        (session, [one for one in found if SESSIONS.at(one[0]) == session])
        for session in SESSIONS.between(START, END)
    ]


found_prints = runs_of_prints(9 * HOUR, start=START, prices=PRICES).map(
    lambda found: [one for one in found if one[0] < END]
)
any_cuts = st.lists(st.integers(0, 60), max_size=6)


@pytest.mark.parametrize(
    ("kind", "every"), [(BarKind.TIME, 7 * HOUR), (BarKind.TIME, 24 * HOUR), (BarKind.TICK, 4)]
)
@settings(deadline=None)
@given(found=found_prints, cuts=any_cuts)
def test_bars_of_several_sessions_are_those_of_each(kind, every, found, cuts):
    rows = drive(SessionBars(BarsSettings(kind, every), TICK), prints_of(*found), cuts, END)
    expected = []
    for session, prints in by_session(found):
        bounds = (session.open_ns, session.close_ns)
        following = SESSIONS.after(session)
        for row in session_bars(prints, bounds, kind.name.lower(), every):
            # A bar of what was printed after the close lasts until the next session at most.
            expected.append(row | {"end_ns": min(row["end_ns"], following.open_ns)})
    assert [dict(zip(BAR.names, row, strict=True)) for row in rows.tolist()] == expected


@settings(deadline=None)
@given(found=found_prints, cuts=any_cuts)
def test_levels_of_several_sessions_are_those_of_each(found, cuts):
    study = SessionLevels(TICK)
    rows = drive(study, prints_of(*found), cuts, END)
    expected, before = [], None
    for session, prints in by_session(found):
        if before:
            prices = [price for _, price, _, _ in before]
            expected += [
                (session.open_ns, "pdh", max(prices)),
                (session.open_ns, "pdl", min(prices)),
                (session.open_ns, "pdc", prices[-1]),
            ]
        expected += session_levels(
            prints,
            session,
            SESSIONS.after(session).open_ns,
            vwap_every=SECOND,
            balance=60 * MINUTE,
            least=1,
        )
        before = prints or before
    bands = range(LevelKind.VWAP_PLUS_1, LevelKind.VWAP_MINUS_3 + 1)
    told = [
        (row["ts_ns"], study.names[row["kind"]], row["price"])
        for row in rows
        if row["kind"] not in bands and row["ts_ns"] < END
    ]
    expected = [row for row in expected if row[1][:5] not in ("vwap+", "vwap-") and row[0] < END]
    assert told == expected
