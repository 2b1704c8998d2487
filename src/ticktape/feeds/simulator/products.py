"""What the simulated exchange lists: products, and their contracts at a date."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from ticktape.tape.layouts import PRICE_SCALE

_MONTH_CODES: Final = "FGHJKMNQUVXZ"
_EASTERN: Final = ZoneInfo("America/New_York")
_QUARTERLY: Final = (3, 6, 9, 12)
_MONTHLY: Final = tuple(range(1, 13))


@dataclass(frozen=True)
class Product:
    """A futures product whose front two expiries are listed.

    Attributes
    ----------
    asset, group, exchange : str
        As in CME's definitions, for example ``ES``, ``ES``, ``XCME``.
    channel : int
        MDP channel of its contracts.
    tick, price, carry : int
        Tick size, price of the front expiry at the start, and what the second expiry is above
        it; all in 1e-9 units.
    multiplier : int
        Units of the underlying in a contract.
    unit : str
        Unit of measure, for example ``IPNT`` (index points) or ``BBL``.
    volatility : float
        Of the fair value, in ticks per square root of a second of event time.
    share, next_share : float
        Shares of the order flow that go to the front and to the second expiry.
    is_monthly : bool
        True if every month is listed (crude oil); else quarterly, on the third Friday.
    spread_tick : int
        Tick of the calendar spread of the two expiries; 0 where none is listed.
    spread_share : float
        Its share of the order flow.
    """

    asset: str
    group: str
    exchange: str
    channel: int
    tick: int
    price: int
    carry: int
    multiplier: int
    unit: str
    volatility: float
    share: float
    next_share: float
    is_monthly: bool = False
    spread_tick: int = 0
    spread_share: float = 0.0


DEFAULT_PRODUCTS: Final = (
    Product(
        asset="ES",
        group="ES",
        exchange="XCME",
        channel=310,
        tick=PRICE_SCALE // 4,
        price=6_650 * PRICE_SCALE,
        carry=-9 * PRICE_SCALE // 2,
        multiplier=50,
        unit="IPNT",
        volatility=0.9,
        share=0.32,
        next_share=0.06,
        spread_tick=PRICE_SCALE // 20,
        spread_share=0.03,
    ),
    Product(
        asset="NQ",
        group="NQ",
        exchange="XCME",
        channel=318,
        tick=PRICE_SCALE // 4,
        price=24_500 * PRICE_SCALE,
        carry=220 * PRICE_SCALE,
        multiplier=20,
        unit="IPNT",
        volatility=2.5,
        share=0.26,
        next_share=0.05,
    ),
    Product(
        asset="CL",
        group="CL",
        exchange="XNYM",
        channel=382,
        tick=PRICE_SCALE // 100,
        price=65 * PRICE_SCALE,
        carry=-35 * PRICE_SCALE // 100,
        multiplier=1_000,
        unit="BBL",
        volatility=0.6,
        share=0.20,
        next_share=0.08,
        is_monthly=True,
    ),
)


@dataclass(frozen=True)
class Contract:
    """A listed instrument: an outright future, or the calendar spread of two.

    Attributes
    ----------
    product : Product
        What it is a contract of.
    raw_symbol : str
        For example ``ESZ6`` or ``ESZ6-ESH7``.
    instrument_id : int
        Of this exchange; the same for the same symbol.
    tick, price : int
        Tick size and price at the start, in 1e-9 units.
    share, volatility : float
        Share of the order flow; ticks per square root of a second.
    expiration_ns : int
        End of trading.
    year, month : int
        Of maturity; of the first leg for a spread.
    legs : tuple of Contract
        Sold and bought by who buys the spread; empty for an outright.
    """

    product: Product
    raw_symbol: str
    instrument_id: int
    tick: int
    price: int
    share: float
    volatility: float
    expiration_ns: int
    year: int
    month: int
    legs: tuple[Contract, ...] = ()


def list_contracts(products: tuple[Product, ...], start_ns: int) -> list[Contract]:
    """List the front two expiries of each product, and its calendar spread, at a time.

    Parameters
    ----------
    products : tuple of Product
        What to list.
    start_ns : int
        The time, ns since the epoch; contracts expiring before it are not listed.

    Returns
    -------
    list of Contract
        For each product: front, second, spread where it has one.
    """
    contracts = []
    for product in products:
        front, second = (
            _outright(product, which, expiry)
            for which, expiry in enumerate(_front_two(product, start_ns))
        )
        contracts += [front, second]
        if product.spread_tick:
            contracts.append(
                Contract(
                    product=product,
                    raw_symbol=f"{front.raw_symbol}-{second.raw_symbol}",
                    instrument_id=_instrument_id(product, 9_000 + front.month),
                    tick=product.spread_tick,
                    price=product.carry,
                    share=product.spread_share,
                    volatility=0.15,
                    expiration_ns=front.expiration_ns,
                    year=front.year,
                    month=front.month,
                    legs=(front, second),
                )
            )
    return contracts


def _outright(product: Product, which: int, expiry: tuple[int, int, int]) -> Contract:
    year, month, expiration_ns = expiry
    return Contract(
        product=product,
        raw_symbol=f"{product.asset}{_MONTH_CODES[month - 1]}{year % 10}",
        instrument_id=_instrument_id(product, (year % 100) * 12 + month),
        tick=product.tick,
        price=product.price + (product.carry if which else 0),
        share=product.next_share if which else product.share,
        volatility=product.volatility,
        expiration_ns=expiration_ns,
        year=year,
        month=month,
    )


def _instrument_id(product: Product, contract: int) -> int:
    return 10_000 * product.channel + contract


def _front_two(product: Product, start_ns: int) -> list[tuple[int, int, int]]:
    start = dt.datetime.fromtimestamp(start_ns // 10**9, dt.UTC)
    listed: list[tuple[int, int, int]] = []
    months = _MONTHLY if product.is_monthly else _QUARTERLY
    year, month = start.year, start.month
    while len(listed) < 2:
        if month in months:
            ends = _expiration(product, year, month)
            expiration_ns = int(ends.timestamp()) * 10**9
            if expiration_ns > start_ns:
                listed.append((year, month, expiration_ns))
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return listed


# Equity indices: the third Friday of the month at 09:30 New York. Crude oil: three business days
# before the 25th of the month before delivery (four where the 25th is none), at 14:30; weekends
# count, holidays do not: the exchange is a simulated one.
def _expiration(product: Product, year: int, month: int) -> dt.datetime:
    if not product.is_monthly:
        first = dt.date(year, month, 1)
        third_friday = first + dt.timedelta(days=(4 - first.weekday()) % 7 + 14)
        return dt.datetime.combine(third_friday, dt.time(9, 30), _EASTERN)
    before = dt.date(year, month, 1) - dt.timedelta(days=1)
    day = before.replace(day=25)
    left = 3 if day.weekday() < 5 else 4
    while left:
        day -= dt.timedelta(days=1)
        left -= day.weekday() < 5
    return dt.datetime.combine(day, dt.time(14, 30), _EASTERN)
