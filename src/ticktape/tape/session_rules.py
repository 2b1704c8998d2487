"""When the products of an exchange trade, in the exchange's own local time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from types import MappingProxyType
from typing import Final

from ticktape.tape.errors import BadValueError

_MINUTES_PER_DAY: Final = 1_440


@dataclass(frozen=True, slots=True)
class SessionRules:
    """The hours of a family of products.

    Attributes
    ----------
    name : str
        What a user writes: ``"cme-equity-index"``.
    zone : str
        IANA time zone of `opens` and `closes`.
    opens, closes : datetime.time
        Of a trade date; where `opens` is not before `closes`, it is on the day before. Equal:
        the whole day.
    calendar : str
        The exchange's calendar in ``exchange_calendars``: on which weekdays there is no session,
        and which end early. Empty: a session on every day of the week.
    regular_zone : str
        IANA time zone of the regular hours; empty where there are none.
    regular_opens, regular_closes : datetime.time
        The regular trading hours.
    regular_calendar : str
        The calendar of the days that have regular hours.
    """

    name: str
    zone: str
    opens: time
    closes: time
    calendar: str = ""
    regular_zone: str = ""
    regular_opens: time = time()
    regular_closes: time = time()
    regular_calendar: str = ""

    @property
    def opens_the_day_before(self) -> bool:
        """True if a trade date begins in the evening before it."""
        return self.opens >= self.closes and self.opens != time()

    @property
    def minutes(self) -> int:
        """How long an ordinary session is."""
        span = _minute(self.closes) - _minute(self.opens)
        return span if span > 0 else span + _MINUTES_PER_DAY


def _minute(clock: time) -> int:
    return 60 * clock.hour + clock.minute


def _globex(name: str, regular_zone: str, opens: time, closes: time) -> SessionRules:
    """Give hours of CME Globex: 17:00 to 16:00 in Chicago, and those of the pit that was."""
    return SessionRules(
        name, _CHICAGO, time(17), time(16), "CMES", regular_zone, opens, closes, "XNYS"
    )


_CHICAGO: Final = "America/Chicago"
_NEW_YORK: Final = "America/New_York"
_BERLIN: Final = "Europe/Berlin"

# Hours: the published ones of CME Group, NYSE, ICE and Eurex. Regular hours of the commodities are
# those of the former pits, which the settlement still goes by. Grains and livestock have no session
# on the stock exchange's holidays.
UTC_DAYS: Final = SessionRules("utc-days", "UTC", time(), time())
CME_EQUITY_INDEX: Final = _globex("cme-equity-index", _NEW_YORK, time(9, 30), time(16))
CME_ENERGY: Final = _globex("cme-energy", _NEW_YORK, time(9), time(14, 30))
CME_METALS: Final = _globex("cme-metals", _NEW_YORK, time(8, 20), time(13, 30))
CME_RATES: Final = _globex("cme-rates", _CHICAGO, time(7, 20), time(14))
CME_CURRENCIES: Final = _globex("cme-currencies", _CHICAGO, time(7, 20), time(14))
CME_GRAINS: Final = SessionRules(
    "cme-grains",
    _CHICAGO,
    time(19),
    time(13, 20),
    "XNYS",
    _CHICAGO,
    time(8, 30),
    time(13, 20),
    "XNYS",
)
CME_LIVESTOCK: Final = SessionRules(
    "cme-livestock",
    _CHICAGO,
    time(8, 30),
    time(13, 5),
    "XNYS",
    _CHICAGO,
    time(8, 30),
    time(13, 5),
    "XNYS",
)
CME_GLOBEX: Final = SessionRules("cme-globex", _CHICAGO, time(17), time(16), "CMES")
US_EQUITIES: Final = SessionRules(
    "us-equities", _NEW_YORK, time(4), time(20), "XNYS", _NEW_YORK, time(9, 30), time(16), "XNYS"
)
ICE_ENERGY: Final = SessionRules(
    "ice-energy",
    _NEW_YORK,
    time(20),
    time(18),
    "IEPA",
    _NEW_YORK,
    time(9),
    time(14, 30),
    "XNYS",
)
EUREX: Final = SessionRules(
    "eurex", _BERLIN, time(1, 10), time(22), "XEUR", _BERLIN, time(9), time(17, 30), "XEUR"
)

SESSION_RULES: Final = MappingProxyType(
    {
        rules.name: rules
        for rules in (
            UTC_DAYS,
            CME_EQUITY_INDEX,
            CME_ENERGY,
            CME_METALS,
            CME_RATES,
            CME_CURRENCIES,
            CME_GRAINS,
            CME_LIVESTOCK,
            CME_GLOBEX,
            US_EQUITIES,
            ICE_ENERGY,
            EUREX,
        )
    }
)


def session_rules(name: str) -> SessionRules:
    """Give rules by their name.

    Parameters
    ----------
    name : str
        A key of ``SESSION_RULES``.

    Returns
    -------
    SessionRules

    Raises
    ------
    BadValueError
        If there are none of that name.
    """
    rules = SESSION_RULES.get(name)
    if rules is None:
        raise BadValueError(
            f"there are no sessions called {name!r}", hint=f"give one of {', '.join(SESSION_RULES)}"
        )
    return rules
