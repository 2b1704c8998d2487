from datetime import date

import numpy as np
import pytest
from tests.tape.tape_samples import records_of

from ticktape.tape.dbn_reader import read_dbn
from ticktape.tape.instruments import Instruments, instrument_of
from ticktape.tape.layouts import UNDEF_PRICE, UNDEF_TIMESTAMP, Schema, new_records
from ticktape.tape.symbol_map import SymbolMap
from ticktape.tape.times import date_to_ns, parse_time

WHOLE = 1_000_000_000


def definition(**fields):
    record = new_records(Schema.DEFINITION, 1)
    for name in ("min_price_increment", "unit_of_measure_qty", "min_price_increment_amount"):
        record[name] = UNDEF_PRICE
    record["display_factor"] = record["strike_price"] = UNDEF_PRICE
    record["contract_multiplier"] = 2**31 - 1
    record["expiration"] = record["activation"] = UNDEF_TIMESTAMP
    record["security_update_action"], record["publisher_id"] = b"A", 1
    record["instrument_class"] = b"F"
    for name, value in fields.items():
        record[name] = value
    return record


def test_real_definitions(real_tape):
    records = records_of(read_dbn(real_tape("futures-20240701.definition.dbn.zst")))
    es, nq = Instruments.from_records(records).all()
    assert (es.raw_symbol, es.asset, es.instrument_class, es.is_spread) == (
        "ESU4",
        "ES",
        "F",
        False,
    )
    assert (es.tick, es.multiplier, es.currency, es.lot) == (250_000_000, 50.0, "USD", 1)
    assert es.expiration_ns == parse_time("2024-09-20T13:30Z")
    assert (es.delivery, es.exchange, es.parent) == ((2024, 9), "XCME", "ES.FUT")
    assert (nq.raw_symbol, nq.tick, nq.multiplier) == ("NQU4", 250_000_000, 20.0)


def test_real_options(real_tape):
    records = records_of(read_dbn(real_tape("ES.OPT-20230801.definition.dbn.zst")))
    call = Instruments.from_records(records).by_symbol("ESM4 C4250")
    assert (call.instrument_class, call.strike, call.underlying) == ("C", 4250 * WHOLE, "ESM4")
    assert (call.tick, call.multiplier, call.parent) == (None, 50.0, "ES.OPT")


@pytest.mark.parametrize(
    ("tick", "amount", "factor", "size", "multiplier"),
    [
        (0.25, 0.125, 0.01, 50, 50),  # E-mini S&P as the vendor sends it
        (0.25, 12.5, 0.01, 50, 50),  # the same without the display factor in the amount
        (0.01, 0.10, 0.01, 1000, 1000),  # crude oil
        (0.25, 0.125, 0.01, 5000, 50),  # corn: cents a bushel, 5,000 bushels
        (0.015625, 15.625, 1, 100_000, 1000),  # ten-year note: points of a hundred
        (None, 0, 0.01, 50, 50),
        (0.25, None, None, 20, 20),
    ],
)
def test_the_multiplier_is_the_money_of_one_point(tick, amount, factor, size, multiplier):
    def fixed(value):
        return UNDEF_PRICE if value is None else round(value * WHOLE)

    record = definition(
        min_price_increment=fixed(tick),
        min_price_increment_amount=fixed(amount),
        display_factor=fixed(factor),
        unit_of_measure_qty=fixed(size),
    )
    assert instrument_of(record[0]).multiplier == pytest.approx(multiplier)


def test_a_multiplier_of_contracts_counts_where_nothing_else_does():
    assert instrument_of(definition(contract_multiplier=100)[0]).multiplier == 100.0
    assert instrument_of(definition()[0]).multiplier is None


def test_a_spread_gathers_the_legs_of_its_records():
    legs = [
        definition(
            instrument_id=9,
            raw_symbol=b"ESH6-ESM6",
            instrument_class=b"S",
            leg_count=2,
            leg_index=place,
            leg_instrument_id=5 + place,
            leg_raw_symbol=symbol,
            leg_side=side,
            leg_ratio_qty_numerator=1,
        )
        for place, (symbol, side) in enumerate([(b"ESH6", b"B"), (b"ESM6", b"A")])
    ]
    spread = Instruments.from_records(np.concatenate(legs[::-1])).by_id(9)
    assert spread.is_spread
    assert spread.leg_ids == (5, 6)
    assert [(leg.raw_symbol, leg.side, leg.ratio) for leg in spread.legs] == [
        ("ESH6", "B", 1),
        ("ESM6", "A", 1),
    ]


def test_a_later_definition_replaces_an_earlier_and_a_deletion_does_not():
    instruments = Instruments.from_records(definition(instrument_id=1, raw_symbol=b"A"))
    instruments.add_records(definition(instrument_id=1, raw_symbol=b"A", min_price_increment=5))
    instruments.add_records(
        definition(instrument_id=1, raw_symbol=b"A", security_update_action=b"D")
    )
    assert len(instruments) == 1
    assert instruments.by_id(1).tick == 5


def test_one_id_of_two_publishers_is_two_instruments():
    both = np.concatenate(
        [
            definition(instrument_id=1, publisher_id=p, raw_symbol=s)
            for p, s in ((1, b"A"), (2, b"B"))
        ]
    )
    instruments = Instruments.from_records(both)
    assert instruments.by_id(1, publisher_id=1).raw_symbol == "A"
    assert instruments.by_id(1).raw_symbol == "B"
    assert instruments.by_id(7) is None


def test_symbols_alone_tell_product_class_and_legs():
    symbols = SymbolMap()
    day = date_to_ns(date(2025, 11, 23))
    for key, symbol in ((1, "NQZ5"), (2, "NQH6"), (3, "NQZ5-NQH6"), (4, "UD:1V: GN 1")):
        symbols.add(key, symbol, day, day + 10)
    instruments = Instruments.from_symbol_map(symbols, day)
    assert [one.asset for one in instruments] == ["NQ"] * 3
    spread = instruments.by_id(3)
    assert (spread.is_spread, spread.leg_ids, spread.delivery) == (True, (1, 2), (2025, 12))
