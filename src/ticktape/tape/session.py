"""A session of an exchange: the span that one trade date covers."""

from __future__ import annotations

from typing import NamedTuple


class Session(NamedTuple):
    """One trade date of an exchange, its open and its regular hours.

    Attributes
    ----------
    trade_date : int
        Days since 1970-01-01 of the date that the exchange books its trades under.
    open_ns, close_ns : int
        First nanosecond of the session, and the one after its last (UTC).
    regular_open_ns, regular_close_ns : int
        The same for the regular trading hours; before them it is overnight. Equal where the day
        has none.
    """

    trade_date: int
    open_ns: int
    close_ns: int
    regular_open_ns: int
    regular_close_ns: int
