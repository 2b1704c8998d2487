"""Times: integer nanoseconds since the Unix epoch (UTC), and their RFC 3339 text."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Final

import numpy as np

from ticktape.tape.errors import BadValueError
from ticktape.tape.layouts import UNDEF_TIMESTAMP

NS_PER_SECOND: Final = 1_000_000_000
NS_PER_DAY: Final = 86_400 * NS_PER_SECOND

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DATE: Final = date(1970, 1, 1)
_RFC3339: Final = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})"
    r"(?:[Tt ](\d{2})(?::?(\d{2})(?::?(\d{2})(?:[.,](\d+))?)?)?"
    r"\s*([Zz]|[+-]\d{2}(?::?\d{2})?)?)?",
    re.ASCII,
)


def parse_time(time: str | int) -> int:
    """Read a time.

    Parameters
    ----------
    time : str or int
        RFC 3339 of any precision from a date to nanoseconds, with ``Z``, an offset, or neither
        (then UTC): ``"2025-09-24"``, ``"2025-09-24T20:00Z"``,
        ``"2025-09-24 15:00:00.000000001-05:00"``. Or nanoseconds, as a number or as digits.

    Returns
    -------
    int
        Nanoseconds since the Unix epoch.

    Raises
    ------
    BadValueError
        If it is not a time, or does not fit unsigned 64 bits.
    """
    if isinstance(time, (int, np.integer)):
        return _in_range(int(time), time)
    text = time.strip()
    if text.isascii() and text.isdigit():
        return _in_range(int(text), time)
    match = _RFC3339.fullmatch(text)
    if match is None:
        raise BadValueError(
            f"{time!r} is not a time", hint="write it as 2025-09-24T20:00:00Z or as nanoseconds"
        )
    year, month, day, hour, minute, second, fraction, offset = match.groups()
    fraction = (fraction or "").rstrip("0")
    if len(fraction) > 9:
        raise BadValueError(f"{time!r} is finer than a nanosecond")
    # A leap second is the second after it, as in Unix time.
    leap = second == "60"
    try:
        moment = datetime(
            int(year),
            int(month),
            int(day),
            int(hour or 0),
            int(minute or 0),
            59 if leap else int(second or 0),
            tzinfo=UTC,
        )
    except ValueError as error:
        raise BadValueError(f"{time!r} is not a time: {error}") from error
    since = moment - _EPOCH - _offset(offset, time) + timedelta(seconds=int(leap))
    seconds = since.days * 86_400 + since.seconds
    return _in_range(seconds * NS_PER_SECOND + int(fraction.ljust(9, "0")), time)


def _offset(offset: str | None, time: str) -> timedelta:
    if offset is None or offset in "Zz":
        return timedelta()
    digits = offset[1:].replace(":", "").ljust(4, "0")
    hours, minutes = int(digits[:2]), int(digits[2:])
    if hours > 23 or minutes > 59:
        raise BadValueError(f"{time!r} has an impossible offset {offset}")
    span = timedelta(hours=hours, minutes=minutes)
    return -span if offset[0] == "-" else span


def _in_range(ns: int, time: object) -> int:
    if not 0 <= ns < UNDEF_TIMESTAMP:
        raise BadValueError(f"{time!r} is before 1970 or beyond 64 bits of nanoseconds")
    return ns


def format_time(ns: int) -> str:
    """Write a time in the vendor's form.

    Parameters
    ----------
    ns : int
        Nanoseconds since the Unix epoch.

    Returns
    -------
    str
        ``"2025-09-24T20:00:00.000000000Z"``; empty for the undefined time.
    """
    ns = int(ns)
    if ns == UNDEF_TIMESTAMP:
        return ""
    seconds, fraction = divmod(ns, NS_PER_SECOND)
    moment = _EPOCH + timedelta(seconds=seconds)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{fraction:09d}Z"


def format_times(times: np.ndarray) -> list[str]:
    """Write many times; each as :func:`format_time` does.

    Parameters
    ----------
    times : numpy.ndarray
        Shape ``(n,)``, ``uint64`` nanoseconds.

    Returns
    -------
    list of str
    """
    return [format_time(ns) for ns in times.tolist()]


def utc_date(ns: int) -> date:
    """Give the UTC date that a time falls on.

    Parameters
    ----------
    ns : int
        Nanoseconds since the Unix epoch.

    Returns
    -------
    datetime.date
    """
    return _EPOCH_DATE + timedelta(days=int(ns) // NS_PER_DAY)


def date_to_ns(day: date) -> int:
    """Give the first nanosecond of a UTC date.

    Parameters
    ----------
    day : datetime.date
        The date.

    Returns
    -------
    int
        Nanoseconds since the Unix epoch.
    """
    return (day - _EPOCH_DATE).days * NS_PER_DAY
