import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticktape.tape.errors import BadValueError
from ticktape.tape.layouts import UNDEF_TIMESTAMP
from ticktape.tape.times import format_time, parse_time, utc_date

EIGHT_PM = 1_758_744_000_000_000_000


@pytest.mark.parametrize(
    "text",
    [
        "2025-09-24T20:00Z",
        "2025-09-24T20:00:00Z",
        "2025-09-24 20:00:00.000",
        "2025-09-24T20",
        "2025-09-24t20:00:00.000000000z",
        "2025-09-24T15:00:00-05:00",
        "2025-09-25T01:30:00+0530",
        str(EIGHT_PM),
        EIGHT_PM,
    ],
)
def test_one_time_written_in_many_ways(text):
    assert parse_time(text) == EIGHT_PM


def test_a_date_is_its_midnight():
    assert format_time(parse_time("2025-09-24")) == "2025-09-24T00:00:00.000000000Z"


def test_nanoseconds_are_kept():
    assert parse_time("2025-09-24T20:00:00.000000001Z") == EIGHT_PM + 1


def test_a_leap_second_is_the_second_after_it():
    assert parse_time("2016-12-31T23:59:60Z") == parse_time("2017-01-01T00:00:00Z")


@pytest.mark.parametrize(
    "text",
    [
        "not-a-date",
        "2025-13-01",
        "2025-02-30",
        "2025-09-24T25:00Z",
        "2025-09-24T20:00:00.0000000001Z",
        "2025-09-24T20:00+99:00",
        "1969-12-31",
        "٢٠٢٥-٠٩-٢٤",
        str(2**64 - 1),
        "",
        -1,
        2**64,
    ],
)
def test_what_is_no_time_is_refused(text):
    with pytest.raises(BadValueError):
        parse_time(text)


@given(st.integers(0, UNDEF_TIMESTAMP - 1))
def test_every_time_survives_its_text(ns):
    assert parse_time(format_time(ns)) == ns


def test_the_undefined_time_has_no_text():
    assert format_time(UNDEF_TIMESTAMP) == ""


def test_a_day_begins_at_midnight_utc():
    assert utc_date(EIGHT_PM).isoformat() == "2025-09-24"
