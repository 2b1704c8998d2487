"""What each record did to its book, against a book in plain Python looked at before and after."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.conformance.effects_oracle import Effect, apply_and_tell
from tests.conformance.make_corpus import fields_of
from tests.conformance.oracle import OracleMarket
from tests.conformance.streams import (
    UNDEF,
    garbage_rows,
    garbage_stream,
    records_of,
    valid_stream,
)
from tests.plain_python import assert_same_without_compilation

from ticktape.book import EFFECT, EffectKind, MboBook, MboBooks, NoEffect
from ticktape.tape import read_dbn
from ticktape.tape.errors import WrongSchemaError
from ticktape.tape.layouts import Schema, new_records

cuts = st.lists(st.integers(0, 120), max_size=6)


def told(row) -> Effect:
    side, old_side = (chr(code) if code else "" for code in (row["side"], row["old_side"]))
    reason = NoEffect(row["reason"])
    return Effect(
        EffectKind(row["kind"]).name.lower(),
        "" if reason is NoEffect.NOT_NONE else reason.name.lower().replace("_", "-"),
        side,
        old_side,
        *(int(row[name]) for name in ("price", "old_price", "size", "old_size")),
    )


def effects_of(records: np.ndarray, cut_at=()) -> list[Effect]:
    books = MboBooks()
    runs = np.split(records, sorted(min(at, len(records)) for at in cut_at))
    parts = [books.update_effects(run) for run in runs]
    assert [part.dtype for part in parts] == [EFFECT] * len(runs)
    assert [len(part) for part in parts] == [len(run) for run in runs]
    return [told(row) for part in parts for row in part]


def expected_effects(records: np.ndarray) -> list[Effect]:
    market = OracleMarket()
    return [apply_and_tell(market, record) for record in fields_of(records)]


def one_book(*rows: tuple) -> np.ndarray:
    """Records of one book from (action, side, order_id, price, size, flags)."""
    return records_of(
        [
            (1, 100, ord(action), ord(side), flags, order_id, price, size)
            for action, side, order_id, price, size, flags in rows
        ]
    )


def test_an_order_from_its_add_to_its_end():
    records = one_book(
        ("A", "B", 7, 100, 5, 128),
        ("C", "B", 7, 100, 2, 128),
        ("M", "B", 7, 101, 9, 128),
        ("T", "A", 0, 101, 1, 0),
        ("F", "B", 7, 101, 1, 0),
        ("C", "B", 7, 101, 99, 128),
        ("C", "B", 7, 101, 1, 128),
        ("R", "N", 0, UNDEF, 0, 128),
    )
    assert effects_of(records) == [
        Effect("add", side="B", price=100, size=5),
        Effect("cancel", side="B", price=100, size=2),
        Effect("modify", "", "B", "B", 101, 100, 9, 3),
        Effect(reason="never-rests"),
        Effect(reason="never-rests"),
        Effect("cancel", side="B", price=101, size=9),
        Effect(reason="unknown-order"),
        Effect("clear"),
    ]


def test_a_modify_of_an_unknown_order_is_an_add():
    (effect,) = effects_of(one_book(("M", "A", 7, 100, 5, 128)))
    assert effect == Effect("add", side="A", price=100, size=5)


def test_a_modify_never_changes_the_side_and_to_nothing_is_a_cancel():
    records = one_book(
        ("A", "B", 7, 100, 5, 128), ("M", "A", 7, 100, 6, 128), ("M", "A", 7, 102, 0, 128)
    )
    assert effects_of(records)[1:] == [
        Effect("modify", "", "B", "B", 100, 100, 6, 5),
        Effect("cancel", side="B", price=100, size=6),
    ]


def test_an_add_of_an_identifier_that_rests_replaces_the_order():
    records = one_book(("A", "B", 7, 100, 5, 128), ("A", "A", 7, 104, 2, 128))
    assert effects_of(records)[1] == Effect("modify", "", "A", "B", 104, 100, 2, 5)


@pytest.mark.parametrize(
    "row",
    [
        ("A", "N", 7, 100, 5, 128),
        ("A", "B", 7, UNDEF, 5, 128),
        ("M", "B", 7, 100, 0, 128),
        ("X", "B", 7, 100, 1, 128),
    ],
)
def test_what_no_book_can_take(row):
    assert effects_of(one_book(row)) == [Effect(reason="bad-record")]


def test_a_feed_without_orders_tells_of_levels():
    by_level, top = 16 | 128, 64 | 128
    records = one_book(
        ("A", "B", 0, 100, 5, by_level),
        ("A", "B", 0, 100, 8, by_level),
        ("C", "B", 0, 100, 3, by_level),
        ("A", "A", 0, 103, 4, top),
        ("A", "A", 0, 102, 6, top),
        ("C", "A", 0, 102, 1, top),
    )
    assert effects_of(records) == [
        Effect("add", side="B", price=100, size=5),
        Effect("modify", "", "B", "B", 100, 100, 8, 5),
        Effect("cancel", side="B", price=100, size=3),
        Effect("add", side="A", price=103, size=4),
        Effect("modify", "", "A", "A", 102, 103, 6, 4),
        Effect("cancel", side="A", price=102, size=6),
    ]


def test_a_book_of_one_instrument_passes_over_others():
    records = one_book(("A", "B", 7, 100, 5, 128), ("A", "B", 8, 100, 5, 128))
    records["instrument_id"] = [100, 200]
    book = MboBook(publisher_id=1, instrument_id=100)
    effects = [told(row) for row in book.update_effects(records)]
    assert effects == [Effect("add", side="B", price=100, size=5), Effect(reason="not-kept")]
    assert book.skipped_records == 1


def test_records_of_another_schema_are_refused():
    with pytest.raises(WrongSchemaError):
        MboBooks().update_effects(new_records(Schema.TRADES, 1))


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(garbage_rows, cuts)
@example([(1, 100, ord("A"), ord("B"), 16, 0, 1, 2**32 - 1)] * 2, [])
def test_garbage_cut_anywhere(rows, cut_at):
    records = records_of(rows)
    assert effects_of(records, cut_at) == expected_effects(records)


@pytest.mark.parametrize("stream", [garbage_stream, valid_stream])
@pytest.mark.parametrize("seed", range(3))
def test_long_streams(stream, seed):
    records = stream(seed, 4_000)
    assert effects_of(records, [17, 1_800, 1_801]) == expected_effects(records)


@pytest.mark.parametrize("seed", range(2))
def test_the_books_are_those_of_a_plain_update(seed):
    records = garbage_stream(seed, 4_000)
    plain, telling = MboBooks(), MboBooks()
    plain.update(records)
    telling.update_effects(records)
    assert plain.keys() == telling.keys()
    for key in list(plain.keys()):
        one, other = plain.book(*key), telling.book(*key)
        assert one.counters == other.counters
        assert one.snapshot_records(5).tobytes() == other.snapshot_records(5).tobytes()


def test_the_effects_of_a_recorded_session(real_tape):
    (batch,) = read_dbn(real_tape("CLX5-20250924.mbo.dbn"), chunk_records=1 << 20)
    effects = effects_of(batch.records, [371, 21_268])
    assert effects == expected_effects(batch.records)
    kinds = Counter((one.kind, one.reason) for one in effects)
    # 14,959 adds and 216 modifies of orders from before the tape; 16,252 cancels, 1,224 of them of
    # such orders; 2,701 modifies; 1,599 trades and 2,701 fills.
    assert kinds == {
        ("add", ""): 14_959 + 216,
        ("cancel", ""): 16_252 - 1_224,
        ("none", "unknown-order"): 1_224,
        ("modify", ""): 2_701 - 216,
        ("none", "never-rests"): 1_599 + 2_701,
    }


def test_without_compilation_the_effects_are_the_same():
    program = """
import json
from tests.conformance.streams import garbage_stream
from ticktape.book import MboBooks
print(json.dumps(MboBooks().update_effects(garbage_stream(5, 300)).tolist()))
"""
    assert_same_without_compilation(program)
