"""The sessions of exchanges: trade dates, hours, holidays, and the two changes of the clock."""

from __future__ import annotations

from datetime import date, time

import exchange_calendars
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticktape.tape import calendar_days as days_module
from ticktape.tape.calendar_days import calendar_cache_root, calendar_days
from ticktape.tape.errors import BadValueError
from ticktape.tape.session_rules import (
    CME_ENERGY,
    CME_EQUITY_INDEX,
    CME_GLOBEX,
    CME_GRAINS,
    CME_LIVESTOCK,
    SESSION_RULES,
    US_EQUITIES,
    UTC_DAYS,
    SessionRules,
    session_rules,
)
from ticktape.tape.sessions import Sessions
from ticktape.tape.times import NS_PER_DAY, format_time, parse_time


def day(text):
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


def hours(session):
    """Open, close, regular open, regular close: without seconds."""
    return [format_time(ns)[:16] for ns in session[1:]]


def at(rules, text):
    return Sessions(rules).at(parse_time(text))


@pytest.mark.parametrize(
    ("when", "is_open"),
    [
        ("2024-06-03T14:00Z", True),
        ("2024-03-11T10:00-04:00", True),
        ("2024-11-04T10:00-05:00", True),
        ("2024-03-10T10:00-04:00", False),
        ("2024-11-03T10:00-05:00", False),
        ("2024-06-03T03:00-04:00", False),
        ("2024-06-03T09:29:59-04:00", False),
        ("2024-06-03T09:30:00-04:00", True),
        ("2024-06-03T15:59:59-04:00", True),
        ("2024-06-03T16:00:00-04:00", False),
    ],
)
def test_regular_hours_of_us_stocks(when, is_open):
    assert Sessions(US_EQUITIES).is_open(parse_time(when), regular=True) is is_open


@pytest.mark.parametrize(
    ("when", "is_open"),
    [
        ("2024-06-03T10:00-05:00", True),
        ("2024-06-07T10:00-05:00", True),
        ("2024-06-08T10:00-05:00", False),
        ("2024-06-09T10:00-05:00", False),
        ("2024-06-09T17:00-05:00", True),
        ("2024-06-10T16:30-05:00", False),
    ],
)
def test_hours_of_globex(when, is_open):
    assert Sessions(CME_GLOBEX).is_open(parse_time(when)) is is_open


@pytest.mark.parametrize(
    ("opens", "closes", "minutes"),
    [
        (time(9, 30), time(16), 390),
        (time(17), time(16), 1380),
        (time(22), time(6), 480),
        (time(), time(), 1440),
    ],
)
def test_how_long_a_session_is(opens, closes, minutes):
    assert SessionRules("mine", "UTC", opens, closes).minutes == minutes
    session = Sessions(SessionRules("mine", "UTC", opens, closes)).of_date(day("2024-06-04"))
    assert session.close_ns - session.open_ns == minutes * 60 * 1_000_000_000


@pytest.mark.parametrize(
    ("when", "trade_date"),
    [
        ("2025-11-23T23:00:00Z", "2025-11-24"),
        ("2025-11-24T21:59:59Z", "2025-11-24"),
        # In the daily halt, and at its end.
        ("2025-11-24T22:59:59.999999999Z", "2025-11-24"),
        ("2025-11-24T23:00:00Z", "2025-11-25"),
        # A Saturday belongs to the Friday before it.
        ("2025-11-22T12:00:00Z", "2025-11-21"),
    ],
)
def test_the_trade_date_changes_when_the_evening_opens(when, trade_date):
    assert at(CME_EQUITY_INDEX, when).trade_date == day(trade_date)


@pytest.mark.parametrize(
    ("trade_date", "expected"),
    [
        # The Friday before and the Monday after the clocks go forward, and back.
        ("2025-03-07", ["2025-03-06T23:00", "2025-03-07T22:00", "2025-03-07T14:30"]),
        ("2025-03-10", ["2025-03-09T22:00", "2025-03-10T21:00", "2025-03-10T13:30"]),
        ("2025-10-31", ["2025-10-30T22:00", "2025-10-31T21:00", "2025-10-31T13:30"]),
        ("2025-11-03", ["2025-11-02T23:00", "2025-11-03T22:00", "2025-11-03T14:30"]),
    ],
)
def test_hours_follow_the_clocks_of_chicago_and_new_york(trade_date, expected):
    session = Sessions(CME_EQUITY_INDEX).of_date(day(trade_date))
    assert hours(session)[:3] == expected
    assert session.regular_close_ns - session.regular_open_ns == 390 * 60 * 1_000_000_000


def test_a_day_of_23_or_of_25_hours_is_one_session_where_it_is_traded_through():
    around = SessionRules("around-the-clock", "America/New_York", time(), time())
    for text, length in (("2025-03-09", 23), ("2025-11-02", 25)):
        session = Sessions(around).of_date(day(text))
        assert session.close_ns - session.open_ns == length * 3_600_000_000_000


@pytest.mark.parametrize(
    ("rules", "trade_date", "expected"),
    [
        # Thanksgiving: an early close and no regular hours; the day after: regular hours end early.
        (
            CME_EQUITY_INDEX,
            "2025-11-27",
            ["2025-11-26T23:00", "2025-11-27T18:00", "2025-11-27T18:00", "2025-11-27T18:00"],
        ),
        (
            CME_EQUITY_INDEX,
            "2025-11-28",
            ["2025-11-27T23:00", "2025-11-28T18:00", "2025-11-28T14:30", "2025-11-28T18:00"],
        ),
        (
            CME_ENERGY,
            "2025-12-24",
            ["2025-12-23T23:00", "2025-12-24T18:00", "2025-12-24T14:00", "2025-12-24T18:00"],
        ),
        (
            US_EQUITIES,
            "2025-07-03",
            ["2025-07-03T08:00", "2025-07-03T17:00", "2025-07-03T13:30", "2025-07-03T17:00"],
        ),
        (
            CME_LIVESTOCK,
            "2025-07-02",
            ["2025-07-02T13:30", "2025-07-02T18:05", "2025-07-02T13:30", "2025-07-02T18:05"],
        ),
    ],
)
def test_early_closes(rules, trade_date, expected):
    assert hours(Sessions(rules).of_date(day(trade_date))) == expected


@pytest.mark.parametrize(
    ("rules", "holiday"),
    [
        (CME_EQUITY_INDEX, "2025-12-25"),
        (CME_EQUITY_INDEX, "2025-04-18"),
        (CME_EQUITY_INDEX, "2025-11-23"),
        (CME_GRAINS, "2025-11-27"),
        (US_EQUITIES, "2025-01-09"),
    ],
)
def test_holidays_and_weekends_have_no_session(rules, holiday):
    sessions = Sessions(rules)
    assert sessions.of_date(day(holiday)) is None
    before = sessions.at(parse_time(f"{holiday}T15:00Z"))
    assert before.trade_date < day(holiday) < sessions.after(before).trade_date


@pytest.mark.parametrize("rules", [CME_GLOBEX, UTC_DAYS])
def test_products_without_regular_hours_have_none_on_any_day(rules):
    session = at(rules, "2025-06-04T15:00Z")
    assert session.regular_open_ns == session.regular_close_ns == session.close_ns


def test_utc_days_have_no_weekend():
    session = at(UTC_DAYS, "2025-11-22T12:00Z")
    assert hours(session)[:2] == ["2025-11-22T00:00", "2025-11-23T00:00"]
    assert Sessions(UTC_DAYS).after(session).open_ns == session.close_ns


@given(
    name=st.sampled_from(sorted(SESSION_RULES)),
    ns=st.integers(parse_time("1971-01-01"), parse_time("2100-01-01")),
)
def test_every_time_belongs_to_one_session_and_sessions_follow_each_other(name, ns):
    sessions = Sessions(SESSION_RULES[name])
    session = sessions.at(ns)
    following = sessions.after(session)
    assert session.open_ns <= ns < following.open_ns
    assert session.open_ns < session.close_ns <= following.open_ns
    assert session.open_ns <= session.regular_open_ns <= session.regular_close_ns
    assert session.regular_close_ns <= session.close_ns
    assert sessions.at(following.open_ns) == following
    assert sessions.at(following.open_ns - 1) == session
    assert sessions.of_date(session.trade_date) == session
    assert sessions.between(ns, following.open_ns + 1) == [session, following]
    assert sessions.between(ns, following.open_ns) == [session]


@pytest.mark.filterwarnings("ignore:Series.values")
@pytest.mark.parametrize(
    ("rules", "name", "latest_close"),
    [(CME_GLOBEX, "CMES", time(16)), (US_EQUITIES, "XNYS", None)],
)
def test_the_days_and_the_early_closes_are_the_librarys(rules, name, latest_close):
    calendar = exchange_calendars.get_calendar(name, start="2010-01-01", end="2030-12-31")
    schedule = calendar.schedule
    first, last = day("2010-01-01"), day("2030-12-31")
    sessions = Sessions(rules)
    made = {n: sessions.of_date(n) for n in range(first, last + 1)}
    found = schedule.index.to_numpy("datetime64[D]").astype(int).tolist()
    assert [n for n in made if made[n] is not None] == found
    opens = schedule["open"].dt.tz_convert(None).to_numpy("datetime64[ns]").astype(int)
    closes = schedule["close"].dt.tz_convert(None).to_numpy("datetime64[ns]").astype(int)
    if latest_close is None:
        assert [made[n].regular_open_ns for n in found] == opens.tolist()
        assert [made[n].regular_close_ns for n in found] == closes.tolist()
    else:
        assert [made[n].open_ns for n in found] == opens.tolist()
        # The calendar's usual day lasts until the next one opens; the market closes an hour before.
        early = np.array([made[n].close_ns for n in found]) - closes
        assert set(early.tolist()) == {0, -3_600_000_000_000}


def test_what_the_calendars_say_is_kept_and_asked_for_once(tmp_path, monkeypatch):
    monkeypatch.setenv("TICKTAPE_CALENDAR_CACHE", str(tmp_path / "calendars"))
    asked = []
    ask = days_module._ask
    monkeypatch.setattr(days_module, "_ask", lambda name: asked.append(name) or ask(name))
    first = calendar_days.__wrapped__("CMES")
    assert calendar_days.__wrapped__("CMES") == first
    assert asked == ["CMES"]
    (kept,) = calendar_cache_root().iterdir()
    for broken in (b"", b"[]", b"{}", kept.read_bytes()[:100]):
        kept.write_bytes(broken)
        assert calendar_days.__wrapped__("CMES") == first
    assert asked == ["CMES"] * 5


def test_a_folder_that_cannot_be_written_costs_time_only(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("TICKTAPE_CALENDAR_CACHE", str(tmp_path / "file"))
    assert day("2025-12-25") in calendar_days.__wrapped__("CMES").closed


def test_times_before_the_calendars_begin_have_ordinary_weeks():
    session = at(CME_GLOBEX, "1980-12-25T12:00Z")
    assert session.trade_date * NS_PER_DAY == parse_time("1980-12-25")


def test_rules_are_asked_for_by_name():
    assert session_rules("cme-energy") is CME_ENERGY
    with pytest.raises(BadValueError, match="cme-equity-index"):
        session_rules("cme-cheese")
