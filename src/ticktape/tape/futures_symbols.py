"""Futures symbols of CME's form: root, month code, year; and spreads of them.

The month codes are the exchanges' common ones. The decade is told by the tape's date: a symbol
means the first such delivery month that is not long past. ``ESH6`` in 2025 is March 2026.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final, NamedTuple

MONTH_CODES: Final = "FGHJKMNQUVXZ"
_OUTRIGHT: Final = re.compile(rf"([A-Z0-9]{{1,5}}?)([{MONTH_CODES}])(\d{{1,2}})")
# Strategies of more legs: "CL:BF X5-Z5-F6". User-defined ones ("UD:…") do not name their product.
_STRATEGY: Final = re.compile(r"(?!UD:)([A-Z0-9]{1,5}):([A-Z0-9]{1,3}) (.+)")
# A contract is gone at the latest in the month after its delivery month.
_MONTHS_TRADED_AFTER_DELIVERY: Final = 1


class FuturesSymbol(NamedTuple):
    """What a futures symbol says.

    Attributes
    ----------
    root : str
        The product: ``"ES"``.
    year, month : int
        Delivery; of a spread, that of its first leg.
    legs : tuple of str
        The outright symbols of a spread; empty for an outright.
    """

    root: str
    year: int
    month: int
    legs: tuple[str, ...] = ()


def parse_futures_symbol(symbol: str, when: date) -> FuturesSymbol | None:
    """Read a futures symbol.

    Parameters
    ----------
    symbol : str
        ``"ESH6"``, ``"CLX25"``, or a spread of such: ``"ESH6-ESM6"``.
    when : datetime.date
        A date on which the symbol was listed: it tells the decade.

    Returns
    -------
    FuturesSymbol or None
        None if the symbol has another form.
    """
    strategy = _STRATEGY.fullmatch(symbol)
    if strategy is not None:
        root, _, names = strategy.groups()
        legs = [leg if leg.startswith(root) else root + leg for leg in names.split("-")]
    else:
        legs = symbol.split("-")
    parsed = [_parse_outright(leg, when) for leg in legs]
    first = parsed[0]
    if first is None or any(leg is None or leg.root != first.root for leg in parsed):
        return None
    return first if len(legs) == 1 and strategy is None else first._replace(legs=tuple(legs))


def _parse_outright(symbol: str, when: date) -> FuturesSymbol | None:
    match = _OUTRIGHT.fullmatch(symbol)
    if match is None:
        return None
    root, code, digits = match.groups()
    month = MONTH_CODES.index(code) + 1
    earliest = when.year * 12 + (when.month - 1) - _MONTHS_TRADED_AFTER_DELIVERY
    first_year = -((month - 1 - earliest) // 12)
    year = first_year + (int(digits) - first_year) % 10 ** len(digits)
    return FuturesSymbol(root, year, month)
