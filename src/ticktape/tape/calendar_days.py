"""The days on which an exchange keeps other hours: holidays, late opens, early closes.

They come from the ``exchange_calendars`` package, whose import takes most of a second; so what it
says is kept in a file for each of its versions.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import warnings
from datetime import datetime, time
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from ticktape.tape.times import NS_PER_DAY, NS_PER_SECOND

# Beyond them every weekday is taken for an ordinary one.
_FIRST: Final = "1995-01-01"
_LAST: Final = "2045-12-31"
_SATURDAY: Final = 5


class CalendarDays(NamedTuple):
    """The days that are not ordinary weekdays; keys are days since 1970-01-01.

    Attributes
    ----------
    closed : frozenset of int
        Weekdays without a session.
    late_opens, early_closes : dict of int to int
        Nanoseconds since the epoch at which that day's session opens, or closes.
    """

    closed: frozenset[int]
    late_opens: dict[int, int]
    early_closes: dict[int, int]


def calendar_cache_root() -> Path:
    """Give the folder that keeps what the calendars say.

    Returns
    -------
    pathlib.Path
        ``$TICKTAPE_CALENDAR_CACHE`` where set, else ``$XDG_CACHE_HOME/ticktape/calendars``
        (``~/.cache`` where that is not set).
    """
    chosen = os.environ.get("TICKTAPE_CALENDAR_CACHE")
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "ticktape" / "calendars"


@cache
def calendar_days(name: str) -> CalendarDays:
    """Give the unusual days of a calendar, 1995 to 2045.

    Parameters
    ----------
    name : str
        A calendar of ``exchange_calendars``: ``"CMES"``, ``"XNYS"``.

    Returns
    -------
    CalendarDays
    """
    kept = calendar_cache_root() / f"{name}-{_version()}.json"
    read = _read(kept)
    if read is None:
        read = _ask(name)
        _keep(kept, read)
    return read


@cache
def _version() -> str:
    """Tell one release of the calendars from another, without importing them."""
    spec = find_spec("exchange_calendars")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("exchange_calendars is not installed")
    said = Path(spec.origin).with_name("_version.py").read_bytes()
    # What is kept depends on this file as well.
    return hashlib.sha256(said + Path(__file__).read_bytes()).hexdigest()[:16]


def _read(path: Path) -> CalendarDays | None:
    try:
        kept = json.loads(path.read_bytes())
        return CalendarDays(
            frozenset(kept["closed"]),
            {int(day): ns for day, ns in kept["late_opens"].items()},
            {int(day): ns for day, ns in kept["early_closes"].items()},
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        # Not there, or not whole: it is asked for again.
        return None


def _keep(path: Path, days: CalendarDays) -> None:
    text = json.dumps({**days._asdict(), "closed": sorted(days.closed)})
    beside = path.with_suffix(f".{os.getpid()}")
    # A folder that cannot be written costs the next start a second, and nothing else.
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(text)
        beside.replace(path)


def _ask(name: str) -> CalendarDays:
    import exchange_calendars  # noqa: PLC0415 -- most of a second, and seldom needed

    with warnings.catch_warnings():
        # The calendars' own use of pandas, about which a user can do nothing.
        warnings.simplefilter("ignore")
        calendar: Any = exchange_calendars.get_calendar(name, start=_FIRST, end=_LAST)
        schedule = calendar.schedule
        days = schedule.index.to_numpy("datetime64[D]").astype("i8").tolist()
        opens = schedule["open"].to_numpy("datetime64[ns]").astype("i8").tolist()
        closes = schedule["close"].to_numpy("datetime64[ns]").astype("i8").tolist()
    zone = ZoneInfo(str(calendar.tz))
    usual_open: time = calendar.open_times[-1][1]
    usual_close: time = calendar.close_times[-1][1]
    with_session = frozenset(days)
    return CalendarDays(
        frozenset(
            day
            for day in range(days[0], days[-1] + 1)
            if day not in with_session and (day + 3) % 7 < _SATURDAY
        ),
        {d: ns for d, ns in zip(days, opens, strict=True) if _clock(ns, zone) != usual_open},
        {d: ns for d, ns in zip(days, closes, strict=True) if _clock(ns, zone) != usual_close},
    )


def _clock(ns: int, zone: ZoneInfo) -> time:
    return datetime.fromtimestamp(ns // NS_PER_SECOND, zone).time()


def is_weekend(day: int) -> bool:
    """Tell if a day, counted since 1970-01-01 (a Thursday), is a Saturday or a Sunday."""
    return (day + 3) % 7 >= _SATURDAY


def day_of(ns: int) -> int:
    """Give the UTC day of a time, counted since 1970-01-01."""
    return ns // NS_PER_DAY
