"""What the studies of one instrument must know of it: its units, its hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

from ticktape.flow.products import KNOWN_PRODUCTS
from ticktape.tape.errors import BadValueError
from ticktape.tape.futures_symbols import parse_futures_symbol
from ticktape.tape.instruments import Instrument
from ticktape.tape.publishers import DATASET_OF_PUBLISHER
from ticktape.tape.session_rules import (
    CME_GLOBEX,
    EUREX,
    ICE_ENERGY,
    US_EQUITIES,
    UTC_DAYS,
    SessionRules,
)
from ticktape.tape.symbology import infer_stype

_HOURS_OF: Final = {"GLBX.MDP3": CME_GLOBEX, "IFEU.IMPACT": ICE_ENERGY, "XEUR.EOBI": EUREX}
# Datasets of US stocks by the start of their names.
_US_STOCKS: Final = (
    *("XNAS.", "XBOS.", "XPSX.", "BATS.", "BATY.", "EDGA.", "EDGX.", "XNYS.", "XCIS.", "XASE."),
    *("XCHI.", "MEMX.", "EPRL.", "DBEQ.", "IEXG.", "ARCX.", "EQUS."),
)
# A root says the same in every year: the date only tells the decade of the delivery.
_ANY_DATE: Final = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class FlowInstrument:
    """An instrument as its studies take it.

    Attributes
    ----------
    symbol : str
        Its raw symbol: ``"NQZ5"``.
    instrument_id : int
        Whose prints are its own.
    publisher_id : int or None
        None where every publisher's prints count.
    tick : int
        Least price step, units of 1e-9.
    point_value : float or None
        Money of one unit of price of one contract; None where not known.
    currency : str
        Of that money, ISO code; empty where not known.
    sessions : SessionRules
        Its hours.
    is_spread : bool
        True if it is made of other instruments.
    """

    symbol: str
    instrument_id: int
    publisher_id: int | None
    tick: int
    point_value: float | None
    currency: str
    sessions: SessionRules
    is_spread: bool = False

    def __post_init__(self) -> None:
        """Refuse units that no study can count in."""
        if self.tick <= 0:
            raise BadValueError(
                f"{self.symbol}: a tick of {self.tick} (1e-9) is no price step",
                hint="give more than zero",
            )


def flow_instrument(
    symbol: str,
    instrument_id: int,
    publisher_id: int | None = None,
    *,
    definition: Instrument | None = None,
    tick: int | None = None,
    point_value: float | None = None,
    sessions: SessionRules | None = None,
) -> FlowInstrument:
    """Tell what is known of an instrument: what is given, else its definition, else its root.

    Parameters
    ----------
    symbol : str
        Its raw symbol.
    instrument_id : int
        Its id on the tape.
    publisher_id : int, optional
        Its publisher; every one by default.
    definition : Instrument, optional
        What a definition record says of it.
    tick : int, optional
        Least price step, units of 1e-9.
    point_value : float, optional
        Money of one unit of price of one contract.
    sessions : SessionRules, optional
        Its hours; by default those of its product, else of its venue, else UTC days.

    Returns
    -------
    FlowInstrument

    Raises
    ------
    BadValueError
        If its tick is not given, not in the definition, and its root is not known.
    """
    read = parse_futures_symbol(symbol, _ANY_DATE)
    root = definition.asset if definition is not None and definition.asset else root_of(symbol)
    is_spread = bool(read is not None and read.legs)
    known = KNOWN_PRODUCTS.get(root)
    currency = ""
    if definition is not None:
        is_spread = definition.is_spread or is_spread
        tick = tick if tick is not None else definition.tick
        point_value = point_value if point_value is not None else definition.multiplier
        currency = definition.currency
    if known is not None:
        # A spread has the money of its legs, but seldom their tick.
        if tick is None and not is_spread:
            tick = known.tick
        point_value = point_value if point_value is not None else known.point_value
        currency = currency or "USD"
    if tick is None:
        raise BadValueError(
            f"the tick of {symbol} is not known: the tape has no definition of it",
            hint="give its tick",
        )
    if sessions is None:
        sessions = known.sessions if known is not None else _venue_hours(publisher_id)
    return FlowInstrument(
        symbol, instrument_id, publisher_id, tick, point_value, currency, sessions, is_spread
    )


@cache
def root_of(symbol: str) -> str:
    """Give the root of a future's symbol, or of a continuous one; of any other it itself."""
    if infer_stype(symbol) == "continuous":
        return symbol.rsplit(".", 2)[0].upper()
    read = parse_futures_symbol(symbol, _ANY_DATE)
    return symbol if read is None else read.root


def _venue_hours(publisher_id: int | None) -> SessionRules:
    dataset = DATASET_OF_PUBLISHER.get(publisher_id, "") if publisher_id is not None else ""
    if dataset.startswith(_US_STOCKS):
        return US_EQUITIES
    return _HOURS_OF.get(dataset, UTC_DAYS)
