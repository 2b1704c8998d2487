from datetime import date

import databento as db
import numpy as np
import pytest
from tests.tape.tape_samples import metadata_of

from ticktape.tape.dbn_reader import read_dbn
from ticktape.tape.errors import BadValueError
from ticktape.tape.layouts import UNDEF_TIMESTAMP, Schema, new_records
from ticktape.tape.metadata import MappingInterval, make_metadata
from ticktape.tape.symbol_map import SymbolMap
from ticktape.tape.times import date_to_ns, utc_date

MONDAY, TUESDAY, WEDNESDAY = date(2025, 9, 22), date(2025, 9, 23), date(2025, 9, 24)
ROLLING = {"ES.c.0": [(MONDAY, TUESDAY, "1"), (TUESDAY, WEDNESDAY, "2")]}
RESOLVED = {
    "result": {
        "ES.c.0": [
            {"d0": "2023-01-01", "d1": "2023-03-19", "s": "206299"},
            {"d0": "2023-03-19", "d1": "2023-06-01", "s": "95414"},
        ],
        "ES.c.9": [],
    },
    "symbols": ["ES.c.0", "ES.c.9"],
    "stype_in": "continuous",
    "stype_out": "instrument_id",
    "start_date": "2023-01-01",
    "end_date": "2023-06-01",
    "partial": [],
    "not_found": ["ES.c.9"],
    "message": "OK",
    "status": 0,
}


def test_a_symbol_holds_from_its_first_day_to_before_its_last():
    symbols = SymbolMap.from_metadata(
        make_metadata("GLBX.MDP3", "mbo", 0, mappings=ROLLING, stype_in="continuous")
    )
    midnight = date_to_ns(TUESDAY)
    assert symbols.symbol_of(1, midnight - 1) == "ES.c.0"
    assert symbols.symbol_of(1, midnight) is None
    assert symbols.id_of("ES.c.0", midnight - 1) == 1
    assert symbols.id_of("ES.c.0", midnight) == 2
    assert symbols.id_of("ES.c.0", date_to_ns(WEDNESDAY)) is None
    assert symbols.at(midnight) == {2: "ES.c.0"}
    assert symbols.symbol_of(3) is None


def test_ids_that_were_asked_for_map_to_symbols():
    metadata = make_metadata(
        "GLBX.MDP3",
        "mbo",
        0,
        mappings={"118": [(MONDAY, TUESDAY, "ESZ5")]},
        stype_in="instrument_id",
        stype_out="raw_symbol",
    )
    assert SymbolMap.from_metadata(metadata).symbol_of(118) == "ESZ5"


def test_an_answer_of_symbology_resolve():
    symbols = SymbolMap.from_resolve(RESOLVED)
    theirs = db.common.symbology.InstrumentMap()
    theirs.insert_json(RESOLVED)
    for day in (date(2022, 12, 31), date(2023, 1, 1), date(2023, 3, 19), date(2023, 6, 1)):
        for key in (206299, 95414, 7):
            assert symbols.symbol_of(key, date_to_ns(day)) == theirs.resolve(key, day)


@pytest.mark.parametrize("answer", [{}, {"result": {"A": [{}]}, "stype_in": "", "stype_out": ""}])
def test_what_is_no_answer_is_refused(answer):
    with pytest.raises(BadValueError, match=r"symbology\.resolve"):
        SymbolMap.from_resolve(answer)


def test_an_id_that_is_no_number_is_refused():
    with pytest.raises(BadValueError, match="no instrument id"):
        SymbolMap.from_metadata(
            make_metadata("X", "mbo", 0, mappings={"A": [(MONDAY, TUESDAY, "x")]})
        )


def mapping_records(*rows):
    records = new_records(Schema.SYMBOL_MAPPING, len(rows))
    for record, (key, asked, raw, event) in zip(records, rows, strict=True):
        record["instrument_id"], record["ts_event"] = key, event
        record["stype_in_symbol"], record["stype_out_symbol"] = asked.encode(), raw.encode()
        record["start_ts"] = record["end_ts"] = UNDEF_TIMESTAMP
    return records


def test_a_mapping_record_holds_until_the_next():
    symbols = SymbolMap()
    symbols.add_mapping_records(
        mapping_records((5, "ES.c.0", "ESZ5", 10), (5, "ES.c.0", "ESH6", 20))
    )
    assert symbols.symbol_of(5, 9) is None
    assert symbols.symbol_of(5, 10) == "ESZ5"
    assert symbols.symbol_of(5, 20) == "ESH6"
    assert symbols.symbol_of(5) == "ESH6"


def test_a_mapping_record_to_an_id_names_what_was_asked():
    symbols = SymbolMap()
    symbols.add_mapping_records(mapping_records((5, "ESZ5", "5", 10)))
    assert symbols.symbol_of(5) == "ESZ5"


def test_many_records_get_the_symbols_that_each_would():
    rng = np.random.default_rng(4)
    symbols = SymbolMap()
    for _ in range(60):
        start = int(rng.integers(0, 100))
        symbols.add(
            int(rng.integers(1, 9)),
            f"S{rng.integers(0, 30)}",
            start,
            start + int(rng.integers(1, 40)),
        )
    ids = rng.integers(0, 11, 3000).astype(np.uint32)
    times = rng.integers(0, 150, 3000).astype(np.uint64)
    codes, names = symbols.symbol_codes(ids, times)
    got = [None if code < 0 else names[code] for code in codes]
    assert got == [
        symbols.symbol_of(key, when) for key, when in zip(ids.tolist(), times.tolist(), strict=True)
    ]


def test_a_map_of_nothing_knows_nothing():
    codes, names = SymbolMap().symbol_codes(np.array([1], np.uint32), np.array([1], np.uint64))
    assert codes.tolist() == [-1]
    assert names == []


def test_mappings_survive_the_way_back_to_metadata():
    symbols = SymbolMap.from_metadata(metadata_of("mbo"))
    again = make_metadata("GLBX.MDP3", "mbo", 0, mappings=symbols.to_mappings())
    assert again.mappings == metadata_of("mbo").mappings


def test_eleven_thousand_real_mappings_are_the_vendors(real_tape):
    path = real_tape("ES.OPT-20230801.definition.dbn.zst")
    metadata = read_dbn(path).metadata
    symbols = SymbolMap.from_metadata(metadata)
    theirs = db.common.symbology.InstrumentMap()
    theirs.insert_metadata(metadata)
    assert len(metadata.mappings) == 11_294
    rng = np.random.default_rng(0)
    known = np.array(list(symbols.at()), np.uint32)
    ids = rng.choice(known, 20_000)
    days = rng.integers(
        date_to_ns(date(2023, 7, 30)), date_to_ns(date(2023, 9, 3)), len(ids), np.uint64
    )
    codes, names = symbols.symbol_codes(ids, days)
    expected = theirs.resolve_many(ids, days.view("M8[ns]").astype("M8[D]"))
    assert [None if code < 0 else names[code] for code in codes] == expected.tolist()
    for key, when in zip(ids[:500].tolist(), days[:500].tolist(), strict=True):
        assert symbols.symbol_of(key, when) == theirs.resolve(key, utc_date(when))


def test_symbols_of_one_instrument_are_told_apart_in_the_same_way_every_time():
    days = [MappingInterval(date(2025, 9, 1), date(2025, 10, 1), "7")]
    metadata = make_metadata("GLBX.MDP3", "mbo", 0, mappings=dict.fromkeys("CABED", days))
    named = {SymbolMap.from_metadata(metadata).symbol_of(7) for _ in range(20)}
    assert named == {"E"}
