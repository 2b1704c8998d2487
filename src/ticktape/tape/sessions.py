"""The sessions of an exchange, by trade date and by time."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

from ticktape.tape.calendar_days import CalendarDays, calendar_days, day_of, is_weekend
from ticktape.tape.session import Session
from ticktape.tape.session_rules import SessionRules
from ticktape.tape.times import NS_PER_SECOND

__all__ = ["Sessions"]

_EPOCH: Final = date(1970, 1, 1)
_EPOCH_MOMENT: Final = datetime(1970, 1, 1, tzinfo=UTC)
# No exchange is closed for longer.
_LONGEST_PAUSE_DAYS: Final = 15


class Sessions:
    """The sessions of a family of products.

    Holidays and early closes are those of ``exchange_calendars``; a day that ends early does so
    at the calendar's time, for all the exchange's products, and is a session of its own: CME
    itself books what trades on such a day, Thanksgiving for one, under the next trade date.

    A trade date begins when its session opens and lasts until the next one opens: prints after
    the close, which some venues send, still belong to it.

    Parameters
    ----------
    rules : SessionRules
        The hours.
    """

    def __init__(self, rules: SessionRules) -> None:
        self.rules = rules
        self._zone = ZoneInfo(rules.zone)
        self._regular_zone = ZoneInfo(rules.regular_zone) if rules.regular_zone else None
        self._of_date = cache(self._make)

    def of_date(self, trade_date: int) -> Session | None:
        """Give the session of a trade date.

        Parameters
        ----------
        trade_date : int
            Days since 1970-01-01.

        Returns
        -------
        Session or None
            None on a day without one.
        """
        return self._of_date(trade_date)

    def at(self, ns: int) -> Session:
        """Give the session that a time belongs to: the last one that opened at it or before.

        Parameters
        ----------
        ns : int
            Nanoseconds since the epoch.

        Returns
        -------
        Session
        """
        day = day_of(ns) + 2
        while True:
            session = self._of_date(day)
            if session is not None and session.open_ns <= ns:
                return session
            day -= 1

    def after(self, session: Session) -> Session:
        """Give the session that follows one."""
        for day in range(session.trade_date + 1, session.trade_date + _LONGEST_PAUSE_DAYS):
            following = self._of_date(day)
            if following is not None:
                return following
        raise AssertionError(f"no session follows {session}")

    def between(self, start_ns: int, end_ns: int) -> list[Session]:
        """Give the sessions that times from `start_ns` to before `end_ns` belong to, in order."""
        found = [self.at(start_ns)]
        while (following := self.after(found[-1])).open_ns < end_ns:
            found.append(following)
        return found

    def is_open(self, ns: int, *, regular: bool = False) -> bool:
        """Tell if the exchange trades at a time.

        Parameters
        ----------
        ns : int
            Nanoseconds since the epoch.
        regular : bool
            Whether only the regular hours count.

        Returns
        -------
        bool
            The open is inside, the close is not.
        """
        session = self.at(ns)
        if regular:
            return session.regular_open_ns <= ns < session.regular_close_ns
        return ns < session.close_ns

    def _make(self, day: int) -> Session | None:
        rules = self.rules
        if rules.calendar and is_weekend(day):
            return None
        unusual = _days(rules.calendar)
        if day in unusual.closed:
            return None
        opens = _moment(day - rules.opens_the_day_before, rules.opens, self._zone)
        last = day + (rules.closes <= rules.opens and not rules.opens_the_day_before)
        closes = _moment(last, rules.closes, self._zone)
        closes = min(closes, unusual.early_closes.get(day, closes))
        regular = (closes, closes)
        if self._regular_zone is not None:
            regular = self._regular_hours(day, opens, closes, self._regular_zone)
        return Session(day, opens, closes, *regular)

    def _regular_hours(self, day: int, opens: int, closes: int, zone: ZoneInfo) -> tuple[int, int]:
        unusual = _days(self.rules.regular_calendar)
        if day in unusual.closed:
            return closes, closes
        first = _moment(day, self.rules.regular_opens, zone)
        last = _moment(day, self.rules.regular_closes, zone)
        first = max(first, opens, unusual.late_opens.get(day, first))
        last = min(last, closes, unusual.early_closes.get(day, last))
        return (first, last) if first < last else (closes, closes)


def _days(calendar: str) -> CalendarDays:
    return calendar_days(calendar) if calendar else CalendarDays(frozenset(), {}, {})


def _moment(day: int, clock: time, zone: ZoneInfo) -> int:
    moment = datetime.combine(_EPOCH + timedelta(days=day), clock, zone)
    since = moment.astimezone(UTC) - _EPOCH_MOMENT
    return (since.days * 86_400 + since.seconds) * NS_PER_SECOND
