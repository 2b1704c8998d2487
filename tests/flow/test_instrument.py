"""What the studies of one instrument know of it."""

from __future__ import annotations

import pytest

from ticktape.flow.instrument import FlowInstrument, flow_instrument
from ticktape.flow.products import KNOWN_PRODUCTS
from ticktape.tape import read_dbn
from ticktape.tape.errors import BadValueError
from ticktape.tape.instruments import Instrument, Instruments
from ticktape.tape.session_rules import (
    CME_ENERGY,
    CME_EQUITY_INDEX,
    CME_GLOBEX,
    EUREX,
    ICE_ENERGY,
    US_EQUITIES,
    UTC_DAYS,
)


def test_a_known_root_says_tick_point_value_and_hours():
    nq = flow_instrument("NQZ5", 42, 1)
    assert nq == FlowInstrument("NQZ5", 42, 1, 250_000_000, 20, "USD", CME_EQUITY_INDEX)
    # Ten points of NQ.
    assert 10 * nq.point_value == 200
    assert flow_instrument("CLX25", 1).sessions is CME_ENERGY


def test_a_definition_counts_for_more_than_the_root():
    definition = Instrument(7, 1, "NQZ5", "NQ", "F", tick=500_000_000, multiplier=2.0)
    known = flow_instrument("NQZ5", 7, 1, definition=definition)
    assert (known.tick, known.point_value, known.currency) == (500_000_000, 2.0, "USD")
    assert known.sessions is CME_EQUITY_INDEX


def test_what_is_given_counts_for_more_than_a_definition():
    definition = Instrument(7, 1, "NQZ5", "NQ", "F", tick=500_000_000, multiplier=2.0)
    known = flow_instrument(
        "NQZ5", 7, 1, definition=definition, tick=1, point_value=3.0, sessions=UTC_DAYS
    )
    assert (known.tick, known.point_value, known.sessions) == (1, 3.0, UTC_DAYS)


def test_an_unknown_tick_is_asked_for():
    with pytest.raises(BadValueError, match="tick of QQQ is not known"):
        flow_instrument("QQQ", 1, 2)
    with pytest.raises(BadValueError, match="no price step"):
        flow_instrument("QQQ", 1, 2, tick=0)


def test_a_spread_does_not_have_the_tick_of_its_legs():
    with pytest.raises(BadValueError, match="NQZ5-NQH6"):
        flow_instrument("NQZ5-NQH6", 1, 1)
    spread = flow_instrument("NQZ5-NQH6", 1, 1, tick=50_000_000)
    assert spread.is_spread
    assert spread.sessions is CME_EQUITY_INDEX
    defined = Instrument(7, 1, "UD:1V: VT 123", "NQ", "T", tick=50_000_000)
    assert flow_instrument("UD:1V: VT 123", 7, 1, definition=defined).is_spread


@pytest.mark.parametrize(
    ("publisher", "sessions"),
    [
        (1, CME_GLOBEX),
        (2, US_EQUITIES),
        (95, US_EQUITIES),
        (57, ICE_ENERGY),
        (101, EUREX),
        (105, UTC_DAYS),
        (None, UTC_DAYS),
    ],
)
def test_the_hours_of_an_unknown_product_are_its_venues(publisher, sessions):
    assert flow_instrument("XYZ", 1, publisher, tick=1).sessions is sessions


def test_known_products_have_ticks_of_money():
    worth = {
        root: round(known.tick * known.point_value / 1e9, 4)
        for root, known in KNOWN_PRODUCTS.items()
    }
    assert {root: worth[root] for root in ("ES", "NQ", "MNQ", "CL", "GC", "ZN", "6E", "ZC")} == {
        "ES": 12.5,
        "NQ": 5,
        "MNQ": 0.5,
        "CL": 10,
        "GC": 10,
        "ZN": 15.625,
        "6E": 6.25,
        "ZC": 12.5,
    }


def test_real_definitions_agree_with_the_known_products(real_tape):
    path = real_tape("futures-20240701.definition.dbn.zst")
    for batch in read_dbn(path):
        for defined in Instruments.from_records(batch.records):
            known = KNOWN_PRODUCTS[defined.asset]
            assert (defined.tick, defined.multiplier) == (known.tick, known.point_value)
