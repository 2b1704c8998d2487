"""When a venue trades and when it only takes orders: by its calendar, where that is known."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from ticktape.book.audit_kernels import CLOSED, CONTINUOUS, PRE_OPEN, UNKNOWN
from ticktape.tape.session_rules import CME_GLOBEX
from ticktape.tape.sessions import Sessions
from ticktape.tape.times import NS_PER_SECOND

_CHICAGO: Final = ZoneInfo("America/Chicago")
_SUNDAY: Final = 6
_FRIDAY: Final = 4
_SATURDAY: Final = 5

# CME Globex: trading from 17:00 to 16:00 of the next day, Chicago time, Sunday to Friday; orders
# are taken again, without matching, from 16:45 (Sunday: 16:00). Source: CME's Globex trading hours.
_RULES_OF: Final = {"GLBX.MDP3": CME_GLOBEX}
# How the status schema's actions (StatusMsg.action) read here; others say nothing of matching.
PHASE_OF_STATUS: Final = {
    1: PRE_OPEN,
    2: PRE_OPEN,
    3: PRE_OPEN,
    4: PRE_OPEN,
    5: PRE_OPEN,
    7: CONTINUOUS,
    8: CLOSED,
    9: CLOSED,
    10: CLOSED,
    11: PRE_OPEN,
    12: CLOSED,
    13: CLOSED,
    15: CLOSED,
}


def weekly_phases(dataset: str, start_ns: int, end_ns: int) -> tuple[np.ndarray, np.ndarray]:
    """Give the phases of a venue's ordinary weeks.

    Parameters
    ----------
    dataset : str
        Dataset code; only ``GLBX.MDP3`` is known.
    start_ns, end_ns : int
        The time to cover.

    Returns
    -------
    tuple of numpy.ndarray
        Times in order and the phase that begins at each; empty where the venue is not known.
    """
    if dataset not in _RULES_OF or end_ns <= start_ns:
        return np.empty(0, "i8"), np.empty(0, "i8")
    day = datetime.fromtimestamp(start_ns // NS_PER_SECOND, UTC).date() - timedelta(days=4)
    last = datetime.fromtimestamp(end_ns // NS_PER_SECOND, UTC).date() + timedelta(days=1)
    changes: list[tuple[int, int]] = []
    while day <= last:
        weekday = day.weekday()
        if weekday <= _FRIDAY:
            changes.append((_at(day, time(16)), CLOSED))
        if weekday not in (_FRIDAY, _SATURDAY):
            opens = time(16) if weekday == _SUNDAY else time(16, 45)
            changes.append((_at(day, opens), PRE_OPEN))
            changes.append((_at(day, time(17)), CONTINUOUS))
        day += timedelta(days=1)
    starts, phases = zip(*changes, strict=True)
    return np.array(starts, "i8"), np.array(phases, "i8")


def phase_on_holidays(dataset: str, now_ns: int) -> int:
    """Give the phase at a time that the ordinary week calls continuous: holidays say otherwise.

    Parameters
    ----------
    dataset : str
        Dataset code.
    now_ns : int
        The time.

    Returns
    -------
    int
        ``CONTINUOUS`` or ``CLOSED``; ``UNKNOWN`` where the venue's calendar is not known.
    """
    if dataset not in _RULES_OF:
        return UNKNOWN
    return CONTINUOUS if _sessions(dataset).is_open(now_ns) else CLOSED


@cache
def _sessions(dataset: str) -> Sessions:
    return Sessions(_RULES_OF[dataset])


def _at(day: date, clock: time) -> int:
    return int(datetime.combine(day, clock, _CHICAGO).timestamp()) * NS_PER_SECOND
