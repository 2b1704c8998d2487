from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticktape.tape.errors import BadValueError
from ticktape.tape.layouts import UNDEF_PRICE
from ticktape.tape.prices import (
    format_price,
    format_prices,
    parse_price,
    parse_prices,
    prices_to_float,
)

PRICES = st.integers(-(2**63) + 1, 2**63 - 1)


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("64.83", 64_830_000_000),
        ("24455.75", 24_455_750_000_000),
        ("0", 0),
        ("-0.05", -50_000_000),
        ("0.000000001", 1),
        ("1.123456789", 1_123_456_789),
        ("", UNDEF_PRICE),
    ],
)
def test_a_price_and_its_text(text, price):
    assert parse_price(text) == price
    assert format_price(price) == text


@pytest.mark.parametrize("text", ["64.830000000", "+64.83", " 64.83 ", "064.83000000000"])
def test_other_ways_to_write_a_price(text):
    assert parse_price(text) == 64_830_000_000


def test_no_price_is_the_undefined_price():
    assert parse_price(None) == UNDEF_PRICE


@pytest.mark.parametrize(
    "text", ["abc", "1e5", ".", "-", "1.0000000001", "9223372036.854775807", "1,5", "nan", "٣"]
)
def test_what_is_no_price_is_refused(text):
    with pytest.raises(BadValueError, match="price"):
        parse_price(text)


@given(PRICES)
def test_every_price_survives_its_text(price):
    text = format_price(price)
    assert parse_price(text) == price
    if price != UNDEF_PRICE:
        assert Decimal(text) == Decimal(price).scaleb(-9)


@given(st.lists(PRICES, max_size=30))
def test_many_prices_are_each_like_one(prices):
    array = np.array(prices, np.int64)
    texts = format_prices(array)
    assert texts == [format_price(price) for price in prices]
    assert parse_prices(texts).tolist() == prices


def test_floats_have_a_gap_for_the_undefined_price():
    floats = prices_to_float(np.array([64_830_000_000, UNDEF_PRICE]))
    assert floats[0] == 64.83
    assert np.isnan(floats[1])
