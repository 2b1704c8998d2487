"""Levels of one instrument's sessions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.flow.session.levels_oracle import BANDS, OPENINGS, session_levels, vwap_and_bands
from tests.flow.session.print_samples import (
    HOUR,
    MINUTE,
    NQ_TICK,
    SECOND,
    cut,
    nq_evening,
    prints_of,
    runs_of_prints,
)

from ticktape.flow.session import (
    LEVEL,
    LevelKind,
    LevelsSettings,
    SessionLevels,
    profile_levels,
)
from ticktape.flow.session.levels_kernels import steps_of
from ticktape.tape.errors import BadValueError
from ticktape.tape.layouts import UNDEF_PRICE
from ticktape.tape.session import Session
from ticktape.tape.times import parse_time

OPEN = 1_000 * SECOND
REGULAR = OPEN + 2 * HOUR
CLOSE = OPEN + 8 * HOUR
SESSION = Session(7, OPEN, CLOSE, REGULAR, CLOSE - HOUR)
WITHOUT_REGULAR_HOURS = Session(7, OPEN, CLOSE, CLOSE, CLOSE)
NEXT = Session(8, CLOSE + HOUR, CLOSE + 9 * HOUR, CLOSE + 3 * HOUR, CLOSE + 8 * HOUR)
TICK = 100
NAMES = SessionLevels(TICK).names
# As by default; and otherwise, with what is in the names of each.
LENGTHS = [OPENINGS, {"90s": 90 * SECOND, "7": 7 * MINUTE, "60": HOUR}]
DEVIATIONS = [BANDS, {"0.5": 0.5, "1.25": 1.25, "4": 4.0}]
PRICES = st.one_of(st.integers(-20, 20), st.integers(-(10**6), 10**6))


def levels(session=SESSION, *, tick=TICK, **settings_of):
    study = SessionLevels(tick, LevelsSettings(**settings_of))
    study.begin(session)
    return study


def told(rows, names=NAMES):
    return [(row["ts_ns"], names[row["kind"]], row["price"]) for row in rows]


def prices(rows, names=NAMES):
    return {names[row["kind"]]: int(row["price"]) for row in rows}


def is_band(row):
    return row[1].startswith(("vwap+", "vwap-"))


@pytest.mark.parametrize("session", [SESSION, WITHOUT_REGULAR_HOURS])
@pytest.mark.parametrize("vwap_every", [SECOND, 7 * MINUTE])
@settings(deadline=None)
@given(
    found=runs_of_prints(10 * MINUTE, start=OPEN, prices=PRICES),
    cuts=st.lists(st.integers(0, 60), max_size=6),
    later=st.integers(0, HOUR),
    balance=st.sampled_from([10 * MINUTE, 15 * MINUTE, HOUR]),
    unit=st.sampled_from([1, 50]),
    openings=st.sampled_from(LENGTHS),
    bands=st.sampled_from(DEVIATIONS),
)
def test_levels_are_those_of_the_oracle_however_prints_are_cut(
    session, vwap_every, found, cuts, later, balance, unit, openings, bands
):
    found = [(ts, unit * price, size, side) for ts, price, size, side in found]
    prints = prints_of(*found)
    clock = (found[-1][0] if found else OPEN) + later
    ways = {
        "tick": 100 * unit,
        "vwap_every_ns": vwap_every,
        "initial_balance_ns": balance,
        "opening_ranges_ns": tuple(openings.values()),
        "vwap_bands": tuple(bands.values()),
    }
    study = levels(session, **ways)
    names = study.names
    rows = cut(study, prints, cuts, clock)
    whole = levels(session, **ways).update(prints, clock)
    assert rows.tobytes() == whole.tobytes()
    expected = session_levels(
        found,
        session,
        clock,
        vwap_every=vwap_every,
        balance=balance,
        least=unit,
        openings=openings,
        bands=bands,
    )
    # Bands come out of floating point: one may be told once more, or later, than the oracle's.
    exact = [row for row in expected if not is_band(row)]
    assert [row for row in told(rows, names) if not is_band(row)] == exact
    for ts, name, price in filter(is_band, told(rows, names)):
        of_then = vwap_and_bands([one for one in found if one[0] < ts], bands)
        assert abs(of_then[name] - price) <= 1 + unit // 10
    ended = {name: price for _, name, price in filter(is_band, expected)}
    last_told = {name: price for _, name, price in filter(is_band, told(rows, names))}
    assert last_told.keys() == ended.keys()
    assert all(abs(last_told[name] - ended[name]) <= 1 + 2 * unit for name in last_told)
    assert np.all(np.diff(rows["ts_ns"]) >= 0)
    assert np.all(rows["session"] == 7)
    if found:
        now = prices(study.current(), names)
        assert now["vwap"] == vwap_and_bands(found)["vwap"]
        last = {name: price for _, name, price in exact if name != "vwap"}
        assert {name: now[name] for name in last} == last


def test_an_opening_range_is_known_at_its_end_and_not_before():
    study = levels()
    prints = prints_of((REGULAR, 10, 1, "B"), (REGULAR + 4 * MINUTE, 14, 1, "B"))
    assert "or5h" not in prices(study.update(prints, REGULAR + 5 * MINUTE - 1))
    rows = study.update(prints[:0], REGULAR + 5 * MINUTE)
    assert told(rows)[:2] == [
        (REGULAR + 5 * MINUTE, "or5h", 14),
        (REGULAR + 5 * MINUTE, "or5l", 10),
    ]


def test_the_overnight_high_develops_until_the_regular_hours():
    study = levels()
    prints = prints_of(
        (OPEN + 1, 10, 1, "B"),
        (OPEN + 2, 12, 1, "B"),
        (OPEN + 3, 11, 1, "B"),
        (REGULAR, 99, 1, "B"),
    )
    rows = [row for row in told(study.update(prints, REGULAR)) if row[1] in ("onh", "onl")]
    assert rows == [(OPEN + 1, "onh", 10), (OPEN + 1, "onl", 10), (OPEN + 2, "onh", 12)]


def test_a_day_without_regular_hours_has_no_overnight_and_opens_with_its_session():
    study = levels(WITHOUT_REGULAR_HOURS)
    names = prices(study.update(prints_of((OPEN, 10, 1, "B")), OPEN + 5 * MINUTE))
    assert "onh" not in names
    assert names["or5h"] == 10


def test_the_previous_day_is_known_from_the_open_on():
    study = levels()
    study.update(prints_of((OPEN, 10, 1, "B"), (OPEN + 1, 30, 1, "A"), (CLOSE, 20, 1, "N")), CLOSE)
    study.know_profile(21, 25, UNDEF_PRICE)
    study.begin(NEXT)
    rows = study.update(prints_of(), NEXT.open_ns)
    assert told(rows) == [
        (NEXT.open_ns, name, price)
        for name, price in (("pdh", 30), ("pdl", 10), ("pdc", 20), ("ppoc", 21), ("pvah", 25))
    ]
    assert set(rows["session"]) == {8}
    assert prices(study.current())["pdh"] == 30
    assert "vwap" not in prices(study.current())


def test_the_previous_day_may_be_its_regular_hours_alone():
    study = levels(previous_regular_only=True)
    prints = prints_of(
        (OPEN, 99, 1, "B"), (REGULAR, 10, 1, "B"), (REGULAR + 1, 12, 1, "B"), (CLOSE, 1, 1, "B")
    )
    study.update(prints, CLOSE)
    study.begin(NEXT._replace(regular_open_ns=NEXT.close_ns, regular_close_ns=NEXT.close_ns))
    expected = {"pdh": 12, "pdl": 10, "pdc": 12}
    # The day that follows has no regular hours, and leaves it so.
    assert prices(study.update(prints_of((NEXT.open_ns, 50, 1, "B")), NEXT.open_ns)).items() >= (
        expected.items()
    )
    after = NEXT._replace(trade_date=9, open_ns=NEXT.open_ns + 24 * HOUR)
    study.begin(after)
    assert prices(study.update(prints_of(), after.open_ns)) == expected


@pytest.mark.parametrize(("days", "known"), [(1, True), (5, True), (6, False)])
def test_a_session_of_long_ago_is_not_the_previous_day(days, known):
    study = levels()
    study.update(prints_of((OPEN, 10, 1, "B")), OPEN)
    study.begin(NEXT._replace(trade_date=SESSION.trade_date + days))
    assert ("pdh" in prices(study.update(prints_of(), NEXT.open_ns))) is known


def test_a_session_without_prints_leaves_the_previous_day_as_it_was():
    study = levels()
    study.update(prints_of((OPEN, 10, 1, "B")), OPEN)
    study.begin(NEXT)
    study.begin(NEXT._replace(trade_date=9, open_ns=CLOSE + 24 * HOUR))
    rows = study.update(prints_of(), CLOSE + 24 * HOUR)
    assert told(rows)[-1] == (CLOSE + 24 * HOUR, "pdc", 10)


def test_what_counts_from_the_open_starts_over_on_the_next_trade_date():
    study = levels()
    study.update(prints_of((OPEN, 10, 5, "B")), CLOSE)
    study.begin(NEXT)
    study.update(prints_of((NEXT.open_ns, 50, 1, "B")), NEXT.open_ns)
    now = prices(study.current())
    assert (now["vwap"], now["onh"], now["onl"]) == (50, 50, 50)


def test_the_levels_of_a_profile_are_told_as_it_develops():
    developing = np.zeros(2, [(name, "i8") for name in ("ts_ns", "poc", "vah", "val")])
    developing["ts_ns"] = 5, 6
    developing["poc"] = UNDEF_PRICE, 100
    developing["vah"], developing["val"] = 110, 90
    rows = profile_levels(developing, SESSION)
    assert rows.dtype == LEVEL
    assert told(rows) == [(6, "poc", 100), (6, "vah", 110), (6, "val", 90)]
    assert set(rows["session"]) == {7}


def test_more_rows_than_the_kernel_has_room_for_all_come():
    prints = prints_of(*((OPEN + n, n, 1, "B") for n in range(5_000)))
    rows = levels().update(prints, OPEN + 5_000)
    highs = rows[rows["kind"] == LevelKind.OVERNIGHT_HIGH]
    assert highs["price"].tolist() == list(range(5_000))


@settings(deadline=None)
@given(st.integers(-(2**60), 2**60) | st.integers(-(2**24), 2**24), st.integers(1, 2**33))
def test_whole_units_of_a_distance_are_exact_however_far_it_is(distance, unit):
    for exactly in (distance, distance // unit * unit):
        assert steps_of(exactly, unit, 1.0 / unit) == exactly // unit


@pytest.mark.parametrize(
    "wrong",
    [
        {"opening_ranges_ns": (5 * MINUTE, 15 * MINUTE)},
        {"opening_ranges_ns": (5 * MINUTE, 5 * MINUTE, 15 * MINUTE)},
        {"opening_ranges_ns": (0, 5 * MINUTE, 15 * MINUTE)},
        {"opening_ranges_ns": (SECOND, 1_500_000_000, 2 * SECOND)},
        {"vwap_bands": (1.0, 2.0)},
        {"vwap_bands": (1.0, 3.0, 2.0)},
        {"vwap_bands": (0.0, 1.0, 2.0)},
        {"vwap_bands": (1.0, 2.0, 101.0)},
    ],
)
def test_ranges_and_bands_that_cannot_be_are_refused(wrong):
    with pytest.raises(BadValueError, match=r"opening ranges cannot|bands cannot"):
        LevelsSettings(**wrong)


@pytest.mark.parametrize("name", ["vwap_every_ns", "initial_balance_ns", "previous_within_days"])
def test_spans_of_nothing_are_refused(name):
    with pytest.raises(BadValueError, match=name):
        LevelsSettings(**{name: 0})


def test_forgetting_is_a_new_study():
    study = levels()
    study.update(prints_of((OPEN, 10, 5, "B")), OPEN)
    study.reset()
    assert len(study.current()) == 0
    study.begin(SESSION)
    assert len(study.update(prints_of(), OPEN)) == 0


def test_levels_of_a_real_nasdaq_evening(real_tape):
    prints, clock, sessions = nq_evening(real_tape, "20251123")
    session = sessions.at(int(prints["ts_event"][0]))
    study = SessionLevels(NQ_TICK)
    study.begin(session)
    rows = study.update(prints, clock)
    now = prices(study.current())
    assert now["vwap"] / 1e9 == pytest.approx(24491.073873, abs=1e-6)
    assert (now["onh"] / 1e9, now["onl"] / 1e9) == (24555.25, 24455.25)
    # The opening range is that of 9:30 in New York, which this evening does not reach.
    assert "or5h" not in now
    assert rows["ts_ns"].max() <= clock
    assert session.regular_open_ns == parse_time("2025-11-24T14:30Z")
    # Two passes over the prices in floating point, which one pass of exact sums must agree with.
    weights = prints["size"].astype(float)
    away = prints["price"] - np.average(prints["price"], weights=weights)
    deviation = np.sqrt(np.average(away**2, weights=weights))
    assert now["vwap+2"] - now["vwap"] == pytest.approx(2 * deviation, rel=1e-9)
