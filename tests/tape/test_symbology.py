from datetime import date

import pytest

from ticktape.tape.errors import BadValueError, UnresolvableSymbolError
from ticktape.tape.instruments import Instrument, Instruments
from ticktape.tape.symbol_map import SymbolMap
from ticktape.tape.symbology import infer_stype, resolve_symbols
from ticktape.tape.times import date_to_ns, parse_time

NOW = parse_time("2025-09-24T14:00Z")


def future(key, symbol, expires, kind="F", asset="ES"):
    return Instrument(
        instrument_id=key,
        publisher_id=1,
        raw_symbol=symbol,
        asset=asset,
        instrument_class=kind,
        expiration_ns=parse_time(expires),
        delivery=(int(expires[:4]), int(expires[5:7])),
    )


DEFINED = Instruments(
    [
        future(3, "ESM6", "2026-06-19T13:30Z"),
        future(1, "ESZ5", "2025-12-19T14:30Z"),
        future(2, "ESH6", "2026-03-20T13:30Z"),
        future(9, "ESU5", "2025-09-19T13:30Z"),
        future(4, "ESZ5-ESH6", "2025-12-19T14:30Z", kind="S"),
        future(5, "ESZ5 C7000", "2025-12-19T14:30Z", kind="C"),
        future(6, "NQZ5", "2025-12-19T14:30Z", asset="NQ"),
    ]
)


def ids(asked, stype=None, when=NOW, **rankings):
    resolution = resolve_symbols([asked], stype, DEFINED, None, when, **rankings)
    return [one.instrument_id for one in resolution.found.get(asked, [])]


@pytest.mark.parametrize(
    ("symbol", "stype"),
    [
        ("ES.FUT", "parent"),
        ("ES.OPT", "parent"),
        ("ES.c.0", "continuous"),
        ("es.V.12", "continuous"),
        ("432669", "instrument_id"),
        ("ESZ5", "raw_symbol"),
        ("ESZ5-ESH6", "raw_symbol"),
        ("ALL_SYMBOLS", "raw_symbol"),
        ("BRK.B", "raw_symbol"),
    ],
)
def test_the_form_of_a_symbol_tells_its_kind(symbol, stype):
    assert infer_stype(symbol) == stype


def test_each_kind_of_symbol():
    assert ids("ESH6") == [2]
    assert ids("2") == [2]
    assert ids("ES.FUT") == [3, 1, 2, 9, 4]
    assert ids("es.fut", "parent") == [3, 1, 2, 9, 4]
    assert ids("ES.OPT") == [5]
    assert ids("ALL_SYMBOLS") == [1, 2, 3, 4, 5, 6, 9]


def test_spreads_are_told_apart_by_class():
    resolution = resolve_symbols(["ES.FUT"], "parent", DEFINED, None, NOW)
    outrights = {key for key, kind in resolution.classes.items() if kind == "F"}
    assert outrights == {1, 2, 3, 9}
    assert resolution.classes[4] == "S"
    assert resolution.instrument_ids == {1, 2, 3, 4, 9}


def test_the_nearest_contract_is_the_first_that_has_not_expired():
    assert [ids(f"ES.c.{rank}") for rank in range(4)] == [[1], [2], [3], []]


def test_a_contract_stays_nearest_for_the_whole_day_of_its_expiry():
    assert ids("ES.c.0", when=parse_time("2025-09-19T23:59Z")) == [9]
    assert ids("ES.c.0", when=parse_time("2025-09-20T00:00Z")) == [1]


def test_volume_and_open_interest_rank_contracts():
    assert ids("ES.v.0", volumes={1: 5, 2: 9, 4: 100}) == [2]
    assert ids("ES.n.1", open_interest={1: 5, 2: 9}) == [1]


@pytest.mark.parametrize(("symbol", "missing"), [("ES.v.0", "volume"), ("ES.n.0", "open interest")])
def test_a_ranking_that_is_not_there_is_named(symbol, missing):
    with pytest.raises(UnresolvableSymbolError, match=f"{missing} of the day before"):
        ids(symbol)


def test_what_stands_for_nothing_is_not_found():
    asked = ["ESZ5", "XXZ5", "7", "ZZ.FUT", "ES.c.9"]
    resolution = resolve_symbols(asked, None, DEFINED, None, NOW)
    assert resolution.not_found == ["XXZ5", "7", "ZZ.FUT", "ES.c.9"]
    assert list(resolution.found) == ["ESZ5"]


@pytest.mark.parametrize(
    ("symbol", "stype"),
    [("ESZ5", "parent"), ("ES.FUT", "continuous"), ("ES", "instrument_id"), ("ES", "isin")],
)
def test_a_symbol_of_another_kind_is_refused(symbol, stype):
    with pytest.raises(BadValueError):
        ids(symbol, stype)


@pytest.fixture
def undefined_tape():
    """Mappings of a tape that has no definitions."""
    symbols = SymbolMap()
    start = date_to_ns(date(2025, 11, 23))
    for key, symbol in ((1, "NQZ5"), (2, "NQH6"), (3, "NQZ5-NQH6"), (4, "CLF6")):
        symbols.add(key, symbol, start, start + 86_400 * 10**9)
    return symbols, start + 1


def test_parents_and_continuous_work_without_definitions(undefined_tape):
    symbols, when = undefined_tape

    def found(asked):
        return resolve_symbols([asked], None, None, symbols, when).found[asked]

    assert [one.raw_symbol for one in found("NQ.FUT")] == ["NQZ5", "NQH6", "NQZ5-NQH6"]
    assert found("NQ.c.0") == [(1, "NQZ5")]
    assert found("NQ.c.1") == [(2, "NQH6")]
    assert found("NQH6") == [(2, "NQH6")]
    assert found("4") == [(4, "CLF6")]
    assert [key for key, _ in found("ALL_SYMBOLS")] == [1, 2, 3, 4]


def test_symbols_hold_at_their_time_only(undefined_tape):
    symbols, when = undefined_tape
    later = when + 2 * 86_400 * 10**9
    assert resolve_symbols(["NQZ5", "NQ.FUT"], None, None, symbols, later).found == {}
