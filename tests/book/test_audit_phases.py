"""When a venue trades and when it only takes orders."""

import numpy as np
import pytest

from ticktape.book.audit_kernels import CLOSED, CONTINUOUS, PRE_OPEN, UNKNOWN
from ticktape.book.audit_phases import phase_on_holidays, weekly_phases
from ticktape.tape import parse_time


def phase_at(text, dataset="GLBX.MDP3"):
    now = parse_time(text)
    starts, phases = weekly_phases(dataset, now, now + 1)
    at = int(np.searchsorted(starts, now, side="right"))
    return phases[at - 1] if at else UNKNOWN


@pytest.mark.parametrize(
    ("time", "phase"),
    [
        ("2025-09-24T20:59:59-00:00", CONTINUOUS),
        ("2025-09-24T16:00:00-05:00", CLOSED),
        ("2025-09-24T16:44:59-05:00", CLOSED),
        ("2025-09-24T16:45:00-05:00", PRE_OPEN),
        ("2025-09-24T17:00:00-05:00", CONTINUOUS),
        ("2025-01-15T16:45:00-06:00", PRE_OPEN),
        ("2025-09-26T16:50:00-05:00", CLOSED),
        ("2025-09-27T12:00:00-05:00", CLOSED),
        ("2025-09-28T15:59:59-05:00", CLOSED),
        ("2025-09-28T16:00:00-05:00", PRE_OPEN),
        ("2025-09-28T17:00:00-05:00", CONTINUOUS),
        ("2025-11-02T17:00:00-06:00", CONTINUOUS),
    ],
)
def test_globex_weeks_follow_chicago_time(time, phase):
    assert phase_at(time) == phase


def test_a_venue_without_a_known_calendar_has_no_phase():
    assert phase_at("2025-09-24T20:00Z", "XNAS.ITCH") == UNKNOWN
    assert phase_on_holidays("XNAS.ITCH", parse_time("2025-09-24T20:00Z")) == UNKNOWN


@pytest.mark.parametrize(
    ("time", "phase"),
    [
        ("2025-11-26T19:00Z", CONTINUOUS),
        ("2025-11-27T19:00Z", CLOSED),
        ("2025-12-25T15:00Z", CLOSED),
        ("2025-12-31T23:30Z", CLOSED),
        ("2012-03-07T15:00Z", CONTINUOUS),
    ],
)
def test_holidays_and_early_closes_are_those_of_the_exchange(time, phase):
    assert phase_on_holidays("GLBX.MDP3", parse_time(time)) == phase
