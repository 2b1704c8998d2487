"""Rows of levels, against books in plain Python; and their text, against a JSON library."""

from __future__ import annotations

import json
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.book.level_rows_oracle import Row, rows_of_events, rows_of_intervals
from tests.conformance.make_corpus import fields_of
from tests.conformance.streams import (
    UNDEF,
    garbage_rows,
    garbage_stream,
    records_of,
    valid_stream,
)

from ticktape.book.level_rows import LevelRowDeriver
from ticktape.book.level_text import level_documents
from ticktape.tape import Schema, new_records, read_dbn
from ticktape.tape.errors import WrongSchemaError

cuts = st.lists(st.integers(0, 120), max_size=6)


def parts_of(records, depth, every_ns=0, cut_at=(), most_rows=None):
    deriver = LevelRowDeriver(depth, every_ns)
    deriver._room = most_rows or deriver._room
    positions = np.arange(len(records))
    at = sorted(min(cut, len(records)) for cut in cut_at)
    runs = zip(np.split(records, at), np.split(positions, at), strict=True)
    parts = [part for run in runs for part in deriver.update(*run)]
    return parts + list(deriver.flush())


def side_of(levels, side):
    rows = [
        (int(one[f"{side}_px"]), int(one[f"{side}_sz"]), int(one[f"{side}_ct"])) for one in levels
    ]
    there = [row for row in rows if row[0] != UNDEF]
    assert rows[len(there) :] == [(UNDEF, 0, 0)] * (len(rows) - len(there))
    return there


def read(parts) -> list[Row]:
    return [
        Row(
            int(head["position"]),
            int(head["ts_recv"]),
            (int(head["publisher_id"]), int(head["instrument_id"])),
            side_of(levels, "bid"),
            side_of(levels, "ask"),
        )
        for part in parts
        for head, levels in zip(*part, strict=True)
    ]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(garbage_rows, cuts, st.sampled_from([1, 2, 5]), st.sampled_from([None, 1, 2]))
def test_a_row_for_every_event_that_changed_the_levels(rows, cut_at, depth, most_rows):
    records = records_of(rows)
    made = read(parts_of(records, depth, 0, cut_at, most_rows))
    assert made == rows_of_events(fields_of(records), depth)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(garbage_rows, cuts, st.sampled_from([1, 3]), st.sampled_from([1, 7, 40]), st.randoms())
def test_a_row_for_every_interval_with_an_event(rows, cut_at, depth, every_ns, chance):
    records = records_of(rows)
    times = np.cumsum([chance.choice([0, 1, 5, 60]) for _ in rows] or [0])[: len(rows)]
    records["ts_recv"] = 2_000 + times
    made = read(parts_of(records, depth, every_ns, cut_at, chance.choice([None, 1])))
    assert made == rows_of_intervals(fields_of(records), depth, every_ns)


@pytest.mark.parametrize("stream", [garbage_stream, valid_stream])
@pytest.mark.parametrize("every_ns", [0, 100])
def test_long_streams_of_many_books(stream, every_ns):
    records = stream(8, 4_000)
    expected = (
        rows_of_intervals(fields_of(records), 10, every_ns)
        if every_ns
        else rows_of_events(fields_of(records), 10)
    )
    assert read(parts_of(records, 10, every_ns, [3, 1_999])) == expected


def test_a_recorded_session_at_its_ends_of_seconds(real_tape):
    (batch,) = read_dbn(real_tape("CLX5-20250924.mbo.dbn"), chunk_records=1 << 20)
    made = read(parts_of(batch.records, 5, 10**9))
    assert made == rows_of_intervals(fields_of(batch.records), 5, 10**9)


def test_what_leads_to_the_range_gives_no_rows():
    records = valid_stream(2, 1_000)
    positions = np.arange(1_000)
    deriver = LevelRowDeriver(4)
    assert not list(deriver.update(records[:600], positions[:600], is_wanted=False))
    made = read(deriver.update(records[600:], positions[600:]))
    assert made == [row for row in rows_of_events(fields_of(records), 4) if row.position >= 600]


def test_records_of_another_schema_are_refused():
    with pytest.raises(WrongSchemaError):
        list(LevelRowDeriver(1).update(new_records(Schema.TRADES, 1), np.zeros(1, np.int64)))


def level_document(price, size, count):
    text = format(Decimal(price).scaleb(-9), "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return {"price": text, "price_i64": price, "size": size, "count": count}


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(garbage_rows, st.sampled_from([1, 4]))
def test_documents_are_what_a_json_library_reads(rows, depth):
    records = records_of(rows)
    records["sequence"] = 2**32 - 1
    parts = parts_of(records, depth)
    text = b"".join(piece for part in parts for piece in level_documents(part, str))
    expected = [
        {
            "position": row.position,
            "symbol": str(row.key[1]),
            "instrument_id": row.key[1],
            "publisher_id": row.key[0],
            "ts_recv": str(row.ts_recv),
            "ts_recv_unix_ns": row.ts_recv,
            "ts_event": str(records["ts_event"][row.position]),
            "ts_event_unix_ns": int(records["ts_event"][row.position]),
            "sequence": 2**32 - 1,
            "flags": int(records["flags"][row.position]),
            "bids": [level_document(*level) for level in row.bids],
            "asks": [level_document(*level) for level in row.asks],
        }
        for row in rows_of_events(fields_of(records), depth)
    ]
    assert [json.loads(line) for line in text.splitlines()] == expected
