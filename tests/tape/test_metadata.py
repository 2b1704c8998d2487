from datetime import date

import pytest

from ticktape.tape.errors import BadValueError, NotDbnError
from ticktape.tape.layouts import UNDEF_TIMESTAMP, Schema
from ticktape.tape.metadata import (
    MappingInterval,
    decode_metadata,
    make_metadata,
    merge_metadata,
    metadata_end_ns,
    schema_of,
    without_ts_out,
)

MONDAY, TUESDAY, WEDNESDAY = date(2025, 9, 22), date(2025, 9, 23), date(2025, 9, 24)


def test_metadata_survives_its_bytes():
    made = make_metadata(
        "GLBX.MDP3", Schema.MBO, 5, 9, ["ES"], {"ESZ5": [(MONDAY, TUESDAY, "118")]}, ts_out=True
    )
    decoded = decode_metadata(made.encode())
    assert (decoded.dataset, decoded.start, decoded.end) == ("GLBX.MDP3", 5, 9)
    assert schema_of(decoded) is Schema.MBO
    assert decoded.ts_out
    assert decoded.mappings == {
        "ESZ5": [{"start_date": MONDAY, "end_date": TUESDAY, "symbol": "118"}]
    }


def test_every_schema_of_the_market_can_be_stated():
    for schema in Schema:
        if schema in (Schema.ERROR, Schema.SYSTEM, Schema.SYMBOL_MAPPING):
            continue
        assert schema_of(make_metadata("XNAS.ITCH", schema, 0)) is schema


def test_an_open_end_stays_open():
    assert metadata_end_ns(make_metadata("GLBX.MDP3", None, 0)) is None
    assert metadata_end_ns(make_metadata("GLBX.MDP3", None, 0, UNDEF_TIMESTAMP)) is None


@pytest.mark.parametrize(
    ("dataset", "schema"), [("A dataset's name too long", "mbo"), ("GLBX.MDP3", "mbo-2")]
)
def test_metadata_that_cannot_be_written_is_refused(dataset, schema):
    with pytest.raises(BadValueError, match="cannot make metadata"):
        make_metadata(dataset, schema, 0)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"DBN",
        b"DBN\x04" + bytes(200),
        b"DBN\x03" + bytes(200),
        b"DBN\x03\xff\xff\xff\xff" + bytes(200),
    ],
)
def test_what_is_no_metadata_is_refused(content):
    with pytest.raises(NotDbnError):
        decode_metadata(content)


def test_merged_metadata_covers_its_parts():
    monday = make_metadata("GLBX.MDP3", "mbo", 1, 5, ["A"], {"ESZ5": [(MONDAY, TUESDAY, "1")]})
    tuesday = make_metadata(
        "GLBX.MDP3",
        "trades",
        4,
        8,
        ["A", "B"],
        {"ESZ5": [(MONDAY, TUESDAY, "1"), (TUESDAY, WEDNESDAY, "2")]},
    )
    merged = merge_metadata([monday, tuesday])
    assert (merged.start, merged.end, merged.schema) == (1, 8, None)
    assert merged.symbols == ["A", "B"]
    assert [entry["symbol"] for entry in merged.mappings["ESZ5"]] == ["1", "2"]


def test_several_datasets_are_called_mixed():
    parts = [make_metadata(name, "mbo", 0) for name in ("GLBX.MDP3", "XNAS.ITCH")]
    assert merge_metadata(parts).dataset == "MIXED"


def test_without_ts_out_nothing_else_changes():
    entries = {"ESZ5": [MappingInterval(MONDAY, TUESDAY, "1")]}
    kept = make_metadata("GLBX.MDP3", "mbo", 1, 5, ["A"], entries, ts_out=True)
    plain = make_metadata("GLBX.MDP3", "mbo", 1, 5, ["A"], entries)
    assert without_ts_out(kept).encode() == plain.encode()
