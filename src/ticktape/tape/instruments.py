"""Instruments: what definition records say, in the units a trader thinks in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Self

import numpy as np

from ticktape.tape.futures_symbols import FuturesSymbol, parse_futures_symbol
from ticktape.tape.layouts import PRICE_SCALE, UNDEF_PRICE, UNDEF_TIMESTAMP
from ticktape.tape.symbol_map import SymbolMap
from ticktape.tape.times import utc_date

_UNDEF_I32: Final = 2**31 - 1
# Classes of the DBN specification that are made of several instruments.
SPREAD_CLASSES: Final = frozenset({"S", "T", "M"})
FUTURE: Final = "F"
FUTURE_SPREAD: Final = "S"
OPTION_CLASSES: Final = frozenset({"C", "P", "T"})
_UPDATE_DELETE: Final = b"D"


@dataclass(frozen=True, slots=True)
class Leg:
    """One leg of a spread.

    Attributes
    ----------
    instrument_id : int
        The leg's instrument.
    raw_symbol : str
        Its symbol.
    side : str
        ``"B"`` bought, ``"A"`` sold, ``"N"`` not said, when the spread is bought.
    ratio : int
        How many of it, per spread.
    """

    instrument_id: int
    raw_symbol: str
    side: str
    ratio: int


@dataclass(frozen=True, slots=True)
class Instrument:
    """What can be traded.

    Attributes
    ----------
    instrument_id, publisher_id : int
        Its key, within a day; publisher 0 where only its symbol is known.
    raw_symbol : str
        The publisher's symbol: ``"ESZ5"``.
    asset : str
        The product, root of the parent symbol: ``"ES"``.
    instrument_class : str
        ``"F"`` future, ``"S"`` futures spread, ``"C"`` and ``"P"`` options, ``"T"`` options
        spread, ``"M"`` mixed spread, ``"K"`` stock, ``"B"`` bond, ``"X"`` currency.
    tick : int or None
        Least price step, units of 1e-9; None where it varies or is not known.
    multiplier : float or None
        Money, in the currency, of one unit of price of one contract; None where not known.
    currency : str
        ISO code; empty where not known.
    activation_ns, expiration_ns : int or None
        When trading begins and ends; None where not known, or never.
    lot : int
        Least quantity to trade.
    legs : tuple of Leg
        Of a spread.
    strike : int or None
        Of an option, units of 1e-9.
    underlying : str
        Symbol of an option's underlying.
    exchange : str
        Market code: ``"XCME"``.
    delivery : tuple of int, int, or None
        Year and month.
    """

    instrument_id: int
    publisher_id: int
    raw_symbol: str
    asset: str
    instrument_class: str
    tick: int | None = None
    multiplier: float | None = None
    currency: str = ""
    activation_ns: int | None = None
    expiration_ns: int | None = None
    lot: int = 1
    legs: tuple[Leg, ...] = ()
    strike: int | None = None
    underlying: str = ""
    exchange: str = ""
    delivery: tuple[int, int] | None = None

    @property
    def is_spread(self) -> bool:
        """True if it is made of other instruments."""
        return self.instrument_class in SPREAD_CLASSES

    @property
    def leg_ids(self) -> tuple[int, ...]:
        """The instrument ids of its legs."""
        return tuple(leg.instrument_id for leg in self.legs)

    @property
    def parent(self) -> str:
        """The parent symbol that means it and its siblings: ``"ES.FUT"``, ``"ES.OPT"``."""
        kind = "OPT" if self.instrument_class in OPTION_CLASSES else "FUT"
        return f"{self.asset}.{kind}"

    def has_expired(self, when_ns: int) -> bool:
        """Tell if trading has ended at a time.

        Parameters
        ----------
        when_ns : int
            Nanoseconds since the epoch.

        Returns
        -------
        bool
            False where the expiry is not known.
        """
        return self.expiration_ns is not None and self.expiration_ns <= when_ns


class Instruments:
    """Instruments by id and by symbol; a later definition replaces an earlier one."""

    def __init__(self, instruments: Iterable[Instrument] = ()) -> None:
        self._by_key: dict[tuple[int, int], Instrument] = {}
        self._by_id: dict[int, Instrument] = {}
        self._by_symbol: dict[str, Instrument] = {}
        for instrument in instruments:
            self._keep(instrument)

    @classmethod
    def from_records(cls, records: np.ndarray) -> Self:
        """Make instruments from definition records.

        Parameters
        ----------
        records : numpy.ndarray
            Dtype ``LAYOUTS[Schema.DEFINITION]``.

        Returns
        -------
        Instruments
        """
        made = cls()
        made.add_records(records)
        return made

    @classmethod
    def from_symbol_map(cls, symbols: SymbolMap, when_ns: int, publisher_id: int = 0) -> Self:
        """Make what can be known of instruments from futures symbols alone.

        Parameters
        ----------
        symbols : SymbolMap
            Symbols of another form than a future's, or a futures spread's, give no instrument.
        when_ns : int
            A time on the tape: the symbols that hold then are taken.
        publisher_id : int
            Of the tape; 0 where it is not known.

        Returns
        -------
        Instruments
            Without tick, multiplier, currency and expiry.
        """
        day = utc_date(when_ns)
        found = (
            _from_symbol(instrument_id, publisher_id, symbol, day, symbols)
            for instrument_id, symbol in symbols.at(when_ns).items()
        )
        return cls(instrument for instrument in found if instrument is not None)

    def add_records(self, records: np.ndarray) -> None:
        """Add definition records, the several of a spread together.

        Parameters
        ----------
        records : numpy.ndarray
            Dtype ``LAYOUTS[Schema.DEFINITION]``. A record that deletes an instrument leaves what
            is known of it.
        """
        legs: dict[tuple[int, int], dict[int, Leg]] = {}
        for record in records:
            key = (int(record["publisher_id"]), int(record["instrument_id"]))
            if record["security_update_action"] == _UPDATE_DELETE and key in self._by_key:
                continue
            known = legs.setdefault(key, {})
            if record["leg_count"]:
                known[int(record["leg_index"])] = _leg(record)
            in_order = tuple(known[place] for place in sorted(known))
            self._keep(instrument_of(record, in_order))

    def _keep(self, instrument: Instrument) -> None:
        self._by_key[instrument.publisher_id, instrument.instrument_id] = instrument
        self._by_id[instrument.instrument_id] = instrument
        self._by_symbol[instrument.raw_symbol] = instrument

    def by_id(self, instrument_id: int, publisher_id: int | None = None) -> Instrument | None:
        """Give an instrument by its id.

        Parameters
        ----------
        instrument_id : int
            Unique within a publisher's dataset.
        publisher_id : int, optional
            By default the one defined last counts.

        Returns
        -------
        Instrument or None
        """
        if publisher_id is None:
            return self._by_id.get(int(instrument_id))
        return self._by_key.get((int(publisher_id), int(instrument_id)))

    def by_symbol(self, raw_symbol: str) -> Instrument | None:
        """Give an instrument by its raw symbol, or None."""
        return self._by_symbol.get(raw_symbol)

    def all(self) -> list[Instrument]:
        """Give every instrument, in the order first defined."""
        return list(self._by_key.values())

    def __len__(self) -> int:
        """Count the instruments."""
        return len(self._by_key)

    def __iter__(self) -> Iterator[Instrument]:
        return iter(self._by_key.values())


def instrument_of(record: np.void, legs: tuple[Leg, ...] = ()) -> Instrument:
    """Read one definition record.

    Parameters
    ----------
    record : numpy.void
        Dtype ``LAYOUTS[Schema.DEFINITION]``.
    legs : tuple of Leg
        Its legs, gathered from the spread's records.

    Returns
    -------
    Instrument
    """
    year, month = int(record["maturity_year"]), int(record["maturity_month"])
    lot = _defined(record["min_trade_vol"], 2**32 - 1)
    return Instrument(
        instrument_id=int(record["instrument_id"]),
        publisher_id=int(record["publisher_id"]),
        raw_symbol=_text(record["raw_symbol"]),
        asset=_text(record["asset"]),
        instrument_class=_text(record["instrument_class"]),
        tick=_defined(record["min_price_increment"], UNDEF_PRICE),
        multiplier=multiplier_of(record),
        currency=_text(record["currency"]),
        activation_ns=_defined(record["activation"], UNDEF_TIMESTAMP),
        expiration_ns=_defined(record["expiration"], UNDEF_TIMESTAMP),
        lot=lot or 1,
        legs=legs,
        strike=_defined(record["strike_price"], UNDEF_PRICE),
        underlying=_text(record["underlying"]),
        exchange=_text(record["exchange"]),
        delivery=(year, month) if 0 < month <= 12 and year < 2**16 - 1 else None,
    )


def multiplier_of(record: np.void) -> float | None:
    """Tell the money that one unit of price of one contract is worth.

    The money of one tick over the tick, where both are defined: right also for products quoted in
    cents, such as grains, where the contract's size is not. CME's ``min_price_increment_amount``
    comes scaled by ``display_factor``, like its prices (ES: 0.125 for 12.50 dollars, factor 0.01);
    it is taken as it is where it then agrees with the contract's size. Without it: the contract's
    size (``unit_of_measure_qty``), then ``contract_multiplier``.

    Parameters
    ----------
    record : numpy.void
        Dtype ``LAYOUTS[Schema.DEFINITION]``.

    Returns
    -------
    float or None
        None where the record does not say.
    """
    size = _defined(record["unit_of_measure_qty"], UNDEF_PRICE) or None
    tick = _defined(record["min_price_increment"], UNDEF_PRICE) or None
    amount = _defined(record["min_price_increment_amount"], UNDEF_PRICE) or None
    factor = _defined(record["display_factor"], UNDEF_PRICE) or None
    if tick is not None and amount is not None:
        per_point = amount / tick
        if factor is None or (size is not None and size * tick == amount * PRICE_SCALE):
            return per_point
        return amount * PRICE_SCALE / (tick * factor)
    if size is not None:
        return size / PRICE_SCALE
    contracts = _defined(record["contract_multiplier"], _UNDEF_I32) or None
    return None if contracts is None else float(contracts)


def _leg(record: np.void) -> Leg:
    return Leg(
        instrument_id=int(record["leg_instrument_id"]),
        raw_symbol=_text(record["leg_raw_symbol"]),
        side=_text(record["leg_side"]) or "N",
        ratio=_defined(record["leg_ratio_qty_numerator"], _UNDEF_I32) or 1,
    )


def _defined(value: Any, undefined: int) -> int | None:  # noqa: ANN401 -- a NumPy scalar
    number = int(value)
    return None if number == undefined else number


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")


def _from_symbol(
    instrument_id: int, publisher_id: int, symbol: str, day: date, symbols: SymbolMap
) -> Instrument | None:
    parsed: FuturesSymbol | None = parse_futures_symbol(symbol, day)
    if parsed is None:
        return None
    legs = tuple(Leg(symbols.id_of(leg) or 0, leg, "N", 1) for leg in parsed.legs)
    return Instrument(
        instrument_id=instrument_id,
        publisher_id=publisher_id,
        raw_symbol=symbol,
        asset=parsed.root,
        instrument_class=FUTURE_SPREAD if parsed.legs else FUTURE,
        legs=legs,
        delivery=(parsed.year, parsed.month),
    )
