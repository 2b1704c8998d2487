from datetime import date

import pytest

from ticktape.tape.futures_symbols import FuturesSymbol, parse_futures_symbol

AUTUMN_2025 = date(2025, 9, 24)


@pytest.mark.parametrize(
    ("symbol", "when", "root", "year", "month"),
    [
        ("ESH6", AUTUMN_2025, "ES", 2026, 3),
        ("CLX5", AUTUMN_2025, "CL", 2025, 11),
        ("CLM25", date(2025, 1, 2), "CL", 2025, 6),
        ("GCZ24", date(2024, 6, 1), "GC", 2024, 12),
        ("ESU5", AUTUMN_2025, "ES", 2025, 9),
        ("ESQ5", AUTUMN_2025, "ES", 2025, 8),
        ("ESN5", AUTUMN_2025, "ES", 2035, 7),
        ("ESZ9", date(2020, 1, 5), "ES", 2019, 12),
        ("CLZ34", AUTUMN_2025, "CL", 2034, 12),
        ("6EZ5", AUTUMN_2025, "6E", 2025, 12),
        ("MNQZ5", AUTUMN_2025, "MNQ", 2025, 12),
        ("M2KH6", AUTUMN_2025, "M2K", 2026, 3),
    ],
)
def test_an_outright_names_its_delivery_month(symbol, when, root, year, month):
    assert parse_futures_symbol(symbol, when) == FuturesSymbol(root, year, month)


@pytest.mark.parametrize(
    ("symbol", "legs"),
    [
        ("ESH6-ESM6", ("ESH6", "ESM6")),
        ("CL:BF X5-Z5-F6", ("CLX5", "CLZ5", "CLF6")),
    ],
)
def test_a_spread_names_its_legs(symbol, legs):
    assert parse_futures_symbol(symbol, AUTUMN_2025).legs == legs


@pytest.mark.parametrize(
    "symbol", ["AAPL", "ESM4 C4250", "UD:1V: GN 2830122", "ESH6-NQH6", "ESA5", "", "ES.FUT", "H6"]
)
def test_other_symbols_are_no_futures(symbol):
    assert parse_futures_symbol(symbol, AUTUMN_2025) is None
