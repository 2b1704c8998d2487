"""``ticktape book``: what it prints, and what it says where it cannot."""

from __future__ import annotations

import json

import pytest
from tests.conformance.make_corpus import CORPUS, FIRST_NS, STEP_NS, records_of
from tests.conformance.scenarios import BOTH, SPREAD, A

from ticktape.cli.main import run
from ticktape.tape import Batch, DbnWriter, Schema, make_metadata, new_records

TRADES = str(CORPUS / "trade-fill-cancel.mbo.dbn")
TWO = str(CORPUS / "two-instruments-interleaved.mbo.dbn")


@pytest.fixture
def answer(capsys):
    """Run a command line; give its status, what it printed, and its error."""

    def ask(*arguments: str) -> tuple[int, str, str]:
        status = run(["book", *arguments])
        printed = capsys.readouterr()
        errors = [line for line in printed.err.splitlines() if not line.startswith("compiling")]
        return status, printed.out, "\n".join(errors)

    return ask


@pytest.fixture
def document(answer):
    def ask(*arguments: str) -> dict:
        status, out, error = answer(*arguments, "--json")
        assert (status, error) == (0, "")
        return json.loads(out)

    return ask


def test_json_is_the_documented_document(document):
    assert document(TRADES, "--levels", "1") == {
        "symbol": "TTF6",
        "instrument_id": 100,
        "publisher_id": 1,
        "record": 11,
        "ts_event": "2026-01-01T00:00:00.010000000Z",
        "bids": [{"price": "64.83", "size": 2, "count": 1}],
        "asks": [{"price": "64.85", "size": 1, "count": 1}],
        "bid_levels": 3,
        "ask_levels": 2,
        "live_orders": 5,
        "crossed": False,
        "counters": {
            "adds": 6,
            "cancels": 2,
            "modifies": 0,
            "trades": 1,
            "fills": 2,
            "clears": 0,
            "unknown_cancels": 0,
            "adopted_modifies": 0,
            "duplicate_adds": 0,
        },
    }


def test_at_record_applies_that_many(document):
    found = document(TRADES, "--at-record", "4")
    assert (found["record"], found["counters"]["adds"]) == (4, 4)
    assert found["asks"] == [{"price": "64.84", "size": 2, "count": 1}]


def test_at_time_applies_what_was_received_until_then(document):
    received_ns = FIRST_NS + 3 * STEP_NS + 20_000
    assert document(TRADES, "--at-time", str(received_ns))["record"] == 4
    assert document(TRADES, "--at-time", str(received_ns - 1))["record"] == 3
    assert document(TRADES, "--at-time", "2026-01-01T00:00:00.004Z")["record"] == 4


def test_levels_are_ten_by_default(document, tmp_path):
    path = tmp_path / "deep.dbn"
    lines = [A(i, "B", 6000 - i, 1) for i in range(1, 30)]
    with DbnWriter(path, make_metadata("TEST.BOOK", Schema.MBO, FIRST_NS)) as tape:
        tape.write(Batch(Schema.MBO, records_of(lines)))
    found = document(str(path))
    assert len(found["bids"]) == 10
    assert found["bid_levels"] == 29
    assert found["symbol"] == "100"


def test_symbol_chooses_of_several(document):
    assert document(TWO, "--symbol", "TTF6-TTG6")["asks"][0]["price"] == "0.35"
    assert document(TWO, "--symbol", "200")["symbol"] == "TTF6-TTG6"
    assert document(TWO, "--symbol", "TTF6")["live_orders"] == 0


def test_publisher_chooses_of_several(document, answer):
    path = str(CORPUS / "two-publishers.mbo.dbn")
    assert document(path, "--publisher", "1")["live_orders"] == 1
    status, _, error = answer(path)
    assert status == 1
    assert "--publisher: 1, 2" in error


def test_ladder_is_for_reading(answer):
    status, out, _ = answer(TRADES)
    assert status == 0
    rows = [line.split() for line in out.splitlines()[3:8]]
    assert rows == [
        ["64.86", "4", "1"],
        ["64.85", "1", "1"],
        ["1", "2", "64.83"],
        ["1", "3", "64.82"],
        ["1", "4", "64.81"],
    ]
    assert "3 bid and 2 ask levels, 5 orders" in out


def test_ladder_warns_of_a_state_not_to_rely_on(answer):
    path = str(CORPUS / "event-in-many-records.mbo.dbn")
    _, out, _ = answer(path, "--at-record", "7")
    assert "inside an event" in out
    assert "crossed" in out


def test_quotes_make_a_book_by_price(document, tmp_path):
    records = new_records(Schema.MBP_1, 1)
    records["bid_px_00"], records["bid_sz_00"], records["bid_ct_00"] = 5 * 10**9, 7, 2
    records["ask_px_00"] = 2**63 - 1
    path = tmp_path / "quotes.dbn"
    with DbnWriter(path, make_metadata("TEST.BOOK", Schema.MBP_1, 0)) as tape:
        tape.write(Batch(Schema.MBP_1, records))
    found = document(str(path))
    assert found["bids"] == [{"price": "5", "size": 7, "count": 2}]
    assert found["asks"] == []
    assert found["live_orders"] is None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([TWO], "several instruments; choose one with --symbol: TTF6, TTF6-TTG6"),
        ([TWO, "--symbol", "ESH6"], "no 'ESH6'; it has"),
        ([TWO, "--symbol", "999"], "no '999'; it has"),
        ([TRADES, "--at-record", "12"], "no record 12; the tape has 11 records"),
        ([TRADES, "--at-time", "2025-12-31"], "before the first record; the tape begins at 2026"),
        ([TRADES, "--at-time", "2026-01-02"], "after the tape; it ends at 2026-01-01T00:00:00.011"),
        ([TRADES, "--at-time", "noon"], "'noon' is not a time"),
        ([TRADES, "--at-time", "2026-01-01", "--at-record", "1"], "give one of them"),
        (["missing.dbn"], "missing.dbn: there is no such file"),
    ],
)
def test_what_cannot_be_answered_is_one_line(answer, arguments, said):
    status, out, error = answer(*arguments)
    assert (status, out) == (2 if "noon" in arguments or len(arguments) > 4 else 1, "")
    assert error.count("\n") == 0
    assert said in error


def test_schema_without_books_is_refused(answer, tmp_path):
    path = tmp_path / "trades.dbn"
    with DbnWriter(path, make_metadata("TEST.BOOK", Schema.TRADES, 0)) as tape:
        tape.write(Batch(Schema.TRADES, new_records(Schema.TRADES, 3)))
    status, _, error = answer(str(path))
    assert status == 1
    assert "holds trades records, which make no book; books are made from mbo" in error


def test_tape_without_records_is_refused(answer, tmp_path):
    path = tmp_path / "empty.dbn"
    with DbnWriter(path, make_metadata("TEST.BOOK", Schema.MBO, 0)):
        pass
    assert answer(str(path))[0] == 1


def test_cut_tape_gives_its_book_and_says_so(answer, tmp_path):
    path = tmp_path / "cut.dbn"
    path.write_bytes((CORPUS / "clear.mbo.dbn").read_bytes()[:-100])
    status, out, error = answer(str(path))
    assert status == 1
    assert "after 7 records" in out
    assert "was cut" in error
    assert answer(str(path), "--json")[:2] == (1, "")


def test_point_before_the_cut_is_no_error(document, tmp_path):
    path = tmp_path / "cut.dbn"
    path.write_bytes((CORPUS / "clear.mbo.dbn").read_bytes()[:-100])
    assert document(str(path), "--at-record", "5")["record"] == 5


def test_records_of_other_instruments_count(document, tmp_path):
    path = tmp_path / "two.dbn"
    lines = [*BOTH, *(line.of(**SPREAD) for line in BOTH)]
    with DbnWriter(path, make_metadata("TEST.BOOK", Schema.MBO, FIRST_NS)) as tape:
        tape.write(Batch(Schema.MBO, records_of(lines)))
    found = document(str(path), "--symbol", "200", "--at-record", "8")
    assert (found["record"], found["live_orders"]) == (8, 2)


def test_real_session_at_a_checkpoint(document, real_tape):
    found = document(str(real_tape("CLX5-20250924.mbo.dbn")), "--at-time", "2025-09-24T21:00:00Z")
    assert found["record"] == 37_343
    assert found["bids"][0] == {"price": "64.81", "size": 4, "count": 4}
    assert found["asks"][0] == {"price": "64.83", "size": 9, "count": 8}
    assert (found["bid_levels"], found["ask_levels"], found["live_orders"]) == (86, 70, 266)
