"""Futures that are known by their root, for tapes that come without definitions.

Source: CME Group's contract specifications. A definition record counts for more.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final, NamedTuple

from ticktape.tape.layouts import PRICE_SCALE
from ticktape.tape.session_rules import (
    CME_CURRENCIES,
    CME_ENERGY,
    CME_EQUITY_INDEX,
    CME_GLOBEX,
    CME_GRAINS,
    CME_LIVESTOCK,
    CME_METALS,
    CME_RATES,
    SessionRules,
)


class KnownProduct(NamedTuple):
    """A product's units.

    Attributes
    ----------
    tick : int
        Of an outright, units of 1e-9.
    point_value : float
        Money of one unit of price of one contract.
    sessions : SessionRules
        Its hours.
    """

    tick: int
    point_value: float
    sessions: SessionRules


def _products(
    sessions: SessionRules, units: dict[str, tuple[float, float]]
) -> dict[str, KnownProduct]:
    return {
        root: KnownProduct(round(tick * PRICE_SCALE), point_value, sessions)
        for root, (tick, point_value) in units.items()
    }


# All are in US dollars; grains, soybean oil and livestock are quoted in cents.
KNOWN_PRODUCTS: Final = MappingProxyType(
    {
        **_products(
            CME_EQUITY_INDEX,
            {
                "ES": (0.25, 50),
                "MES": (0.25, 5),
                "NQ": (0.25, 20),
                "MNQ": (0.25, 2),
                "YM": (1, 5),
                "MYM": (1, 0.5),
                "RTY": (0.1, 50),
                "M2K": (0.1, 5),
                "EMD": (0.1, 100),
                "NKD": (5, 5),
            },
        ),
        **_products(
            CME_ENERGY,
            {
                "CL": (0.01, 1_000),
                "MCL": (0.01, 100),
                "QM": (0.025, 500),
                "NG": (0.001, 10_000),
                "MNG": (0.001, 1_000),
                "RB": (0.0001, 42_000),
                "HO": (0.0001, 42_000),
                "BZ": (0.01, 1_000),
            },
        ),
        **_products(
            CME_METALS,
            {
                "GC": (0.1, 100),
                "MGC": (0.1, 10),
                "SI": (0.005, 5_000),
                "SIL": (0.005, 1_000),
                "HG": (0.0005, 25_000),
                "MHG": (0.0005, 2_500),
                "PL": (0.1, 50),
                "PA": (0.5, 100),
            },
        ),
        **_products(
            CME_RATES,
            {
                "ZT": (1 / 256, 2_000),
                "ZF": (1 / 128, 1_000),
                "ZN": (1 / 64, 1_000),
                "TN": (1 / 64, 1_000),
                "ZB": (1 / 32, 1_000),
                "UB": (1 / 32, 1_000),
                "SR3": (0.005, 2_500),
            },
        ),
        **_products(
            CME_CURRENCIES,
            {
                "6A": (0.00005, 100_000),
                "6B": (0.0001, 62_500),
                "6C": (0.00005, 100_000),
                "6E": (0.00005, 125_000),
                "6J": (0.0000005, 12_500_000),
                "6N": (0.00005, 100_000),
                "6S": (0.00005, 125_000),
                "M6E": (0.0001, 12_500),
            },
        ),
        **_products(
            CME_GRAINS,
            {
                "ZC": (0.25, 50),
                "ZS": (0.25, 50),
                "ZW": (0.25, 50),
                "KE": (0.25, 50),
                "ZM": (0.1, 100),
                "ZL": (0.01, 600),
            },
        ),
        **_products(CME_LIVESTOCK, {"LE": (0.025, 400), "HE": (0.025, 400), "GF": (0.025, 500)}),
        **_products(
            CME_GLOBEX,
            {"BTC": (5, 5), "MBT": (5, 0.1), "ETH": (0.5, 50), "MET": (0.5, 0.1)},
        ),
    }
)
