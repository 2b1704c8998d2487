"""The published corpus of book scenarios: it is what the scenarios say, and our books keep it."""

from __future__ import annotations

import json

import pytest
from tests.conformance.make_corpus import CORPUS, as_json, write_tape
from tests.conformance.scenarios import SCENARIOS

from ticktape.book import MboBooks
from ticktape.tape import Schema, format_price, read_dbn


def expected(name: str) -> dict:
    return json.loads((CORPUS / f"{name}.json").read_text())


def records_of(name: str):
    (batch,) = read_dbn(CORPUS / f"{name}.mbo.dbn", schema=Schema.MBO)
    return batch.records


def ladder(book, side: str) -> list[dict]:
    bids, asks = book.levels(1000)
    return [
        {
            "price": format_price(int(level["price"])),
            "size": int(level["size"]),
            "count": int(level["count"]),
            "orders": [
                {"order_id": int(order["order_id"]), "size": int(order["size"])}
                for order in book.orders_at(side, int(level["price"]))
            ],
        }
        for level in (bids if side == "B" else asks)
    ]


def state_of(applied: int, book) -> dict:
    return {
        "records_applied": applied,
        "publisher_id": book.publisher_id,
        "instrument_id": book.instrument_id,
        "in_event": book.in_event,
        "stale": book.is_stale,
        "crossed": book.is_crossed,
        "locked": book.is_locked,
        "bids": ladder(book, "B"),
        "asks": ladder(book, "A"),
        "counters": {name: count for name, count in sorted(book.counters.items()) if count},
    }


def with_same_decimals(state: dict) -> dict:
    for level in state["bids"] + state["asks"]:
        level["price"] = f"{float(level['price']):.2f}"
    return state


@pytest.mark.parametrize("name", SCENARIOS)
def test_book_is_in_the_expected_state_after_every_record(name):
    books = MboBooks()
    records = records_of(name)
    states = expected(name)["states"]
    assert len(states) == len(records)
    for i, state in enumerate(states):
        books.update(records[i : i + 1])
        book = books.book(state["publisher_id"], state["instrument_id"])
        assert with_same_decimals(state_of(i + 1, book)) == state


@pytest.mark.parametrize("name", SCENARIOS)
def test_snapshot_makes_an_equal_book(name):
    books = MboBooks()
    books.update(records_of(name))
    for key in list(books.keys()):
        book = books.book(*key)
        anew = MboBooks()
        anew.update(book.snapshot_records(1))
        for side in "BA":
            assert ladder(anew.book(*key), side) == ladder(book, side)
        assert anew.book(*key).is_stale == book.is_stale
        assert not anew.book(*key).in_event


@pytest.mark.parametrize("name", SCENARIOS)
def test_committed_files_are_what_the_generator_writes(name, tmp_path):
    write_tape(tmp_path / "tape.dbn", SCENARIOS[name][1])
    assert (tmp_path / "tape.dbn").read_bytes() == (CORPUS / f"{name}.mbo.dbn").read_bytes()
    assert as_json(name) == (CORPUS / f"{name}.json").read_text()


def test_corpus_holds_nothing_else():
    names = {path.name.split(".")[0] for path in CORPUS.iterdir()}
    assert names == set(SCENARIOS)
