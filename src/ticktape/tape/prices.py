"""Prices: exact integers in units of 1e-9, and their decimal text.

Never through a float: 64.83 has none that is exact. Source of the scale and of the undefined
price: the DBN specification (``FIXED_PRICE_SCALE``, ``UNDEF_PRICE``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from ticktape.tape.errors import BadValueError
from ticktape.tape.layouts import PRICE_SCALE, UNDEF_PRICE

_DECIMAL = re.compile(r"([+-]?)(\d*)(?:\.(\d*))?", re.ASCII)


def format_price(price: int) -> str:
    """Write a price as the shortest exact decimal.

    Parameters
    ----------
    price : int
        In units of 1e-9.

    Returns
    -------
    str
        ``"64.83"``, ``"-0.05"``, ``"24455"``; empty for the undefined price.
    """
    price = int(price)
    if price == UNDEF_PRICE:
        return ""
    whole, fraction = divmod(abs(price), PRICE_SCALE)
    sign = "-" if price < 0 else ""
    if not fraction:
        return f"{sign}{whole}"
    return f"{sign}{whole}.{fraction:09d}".rstrip("0")


def parse_price(text: str | None) -> int:
    """Read a decimal price exactly.

    Parameters
    ----------
    text : str or None
        ``"64.83"``; empty or None is the undefined price.

    Returns
    -------
    int
        In units of 1e-9.

    Raises
    ------
    BadValueError
        If it is no decimal, is finer than 1e-9, or does not fit 64 bits.
    """
    text = (text or "").strip()
    if not text:
        return UNDEF_PRICE
    match = _DECIMAL.fullmatch(text)
    if match is None or not (match[2] or match[3]):
        raise BadValueError(f"price {text!r} is not a decimal", hint='write it as "64.83"')
    fraction = (match[3] or "").rstrip("0")
    if len(fraction) > 9:
        raise BadValueError(f"price {text!r} is finer than 1e-9")
    price = int(match[2] or "0") * PRICE_SCALE + int(fraction.ljust(9, "0"))
    price = -price if match[1] == "-" else price
    if not -UNDEF_PRICE <= price < UNDEF_PRICE:
        raise BadValueError(f"price {text!r} does not fit 64 bits in units of 1e-9")
    return price


def format_prices(prices: np.ndarray) -> list[str]:
    """Write many prices; each as :func:`format_price` does, each distinct one only once.

    Parameters
    ----------
    prices : numpy.ndarray
        Shape ``(n,)``, ``int64``, units of 1e-9.

    Returns
    -------
    list of str
    """
    distinct, places = np.unique(prices, return_inverse=True)
    texts = [format_price(price) for price in distinct.tolist()]
    return [texts[place] for place in places.tolist()]


def parse_prices(texts: Sequence[str | None]) -> np.ndarray:
    """Read many prices; each as :func:`parse_price` does.

    Parameters
    ----------
    texts : sequence of str or None
        Decimals; empty or None is the undefined price.

    Returns
    -------
    numpy.ndarray
        Shape ``(n,)``, ``int64``, units of 1e-9.
    """
    known: dict[str | None, int] = {}
    for text in texts:
        if text not in known:
            known[text] = parse_price(text)
    return np.fromiter((known[text] for text in texts), np.int64, len(texts))


def prices_to_float(prices: np.ndarray) -> np.ndarray:
    """Turn prices into floats for display and for statistics.

    Parameters
    ----------
    prices : numpy.ndarray
        Any shape, ``int64``, units of 1e-9.

    Returns
    -------
    numpy.ndarray
        Same shape, ``float64``, in units of the quote; NaN for the undefined price.
    """
    floats: np.ndarray = prices / PRICE_SCALE
    floats[prices == UNDEF_PRICE] = np.nan
    return floats
