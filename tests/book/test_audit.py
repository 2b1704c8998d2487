"""The audit of order books: everything odd is counted, and nothing is repaired."""

from collections import defaultdict
from types import SimpleNamespace

import msgspec
import numpy as np
import pytest
from tests.book.derive_oracle import as_objects
from tests.conformance.oracle import OracleBook
from tests.conformance.streams import garbage_stream, valid_stream

from ticktape.book.audit import Audit, audit
from ticktape.book.audit_report import AuditReport
from ticktape.tape import Batch, Schema, make_metadata, new_records, parse_time, read_dbn
from ticktape.tape.errors import WrongSchemaError

LAST, SNAPSHOT, BAD_TIME, MAYBE_BAD = 128, 32, 8, 4
UNDEF = 2**63 - 1
TRADING = parse_time("2025-09-24T20:30:00Z")
PRE_OPEN = parse_time("2025-09-24T21:50:00Z")
START = parse_time("2025-09-24T19:30:00Z")


def orders(*rows, start_ns=TRADING):
    """MBO records from (action, side, order_id, price, size, flags), a microsecond apart."""
    records = new_records(Schema.MBO, len(rows))
    for record, (action, side, order_id, price, size, flags) in zip(records, rows, strict=True):
        record["action"], record["side"] = ord(action), ord(side)
        record["order_id"], record["price"], record["size"] = order_id, price, size
        record["flags"] = flags
    records["publisher_id"], records["instrument_id"], records["channel_id"] = 1, 7, 3
    records["ts_event"] = start_ns + np.arange(len(rows)) * 1_000
    records["ts_recv"] = records["ts_event"] + 500
    records["sequence"] = np.arange(len(rows)) + 10
    return records


def report_of(*batches, dataset="GLBX.MDP3", symbols=("X",)):
    auditing = Audit(make_metadata(dataset, Schema.MBO, START, None, list(symbols)))
    for batch in batches:
        auditing.update(batch if isinstance(batch, Batch) else Batch(Schema.MBO, batch))
    return auditing.report()


def book_of(*batches, **settings):
    (book,) = report_of(*batches, **settings).books
    return book


CROSS = (("A", "B", 1, 50, 1, LAST), ("A", "A", 2, 48, 1, LAST))
UNCROSS = ("C", "A", 2, 48, 1, LAST)


def oracle(records):
    """By book: spans of crossed and locked states at F_LAST, states inside events, spreads."""
    books = defaultdict(OracleBook)
    found = defaultdict(lambda: {"crossed": [], "locked": [], "inside": [0, 0], "spreads": {}})
    is_open = defaultdict(dict)
    for number, record in enumerate(as_objects(records)):
        key = (record.publisher_id, record.instrument_id)
        book, mine, spans = books[key], found[key], is_open[key]
        book.apply(record)
        bid, ask = book.best("B"), book.best("A")
        gap = ask[0] - bid[0] if bid and ask else None
        ends = bool(record.flags & LAST)
        for place, kind in enumerate(("crossed", "locked")):
            holds = gap is not None and (gap < 0 if kind == "crossed" else gap == 0)
            if ends and not holds and kind in spans:
                mine[kind].append(spans.pop(kind))
            if holds and (ends or kind in spans):
                first, _, count, depth = spans.get(kind, (number, None, 0, 0))
                spans[kind] = (first, number, count + 1, max(depth, -gap))
            elif holds:
                mine["inside"][place] += 1
        if ends and gap is not None and gap > 0:
            mine["spreads"][gap] = mine["spreads"].get(gap, 0) + 1
    for key, spans in is_open.items():
        for kind, span in spans.items():
            found[key][kind].append(span)
    return books, found


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("stream", [valid_stream, garbage_stream])
def test_findings_are_those_of_the_oracle_however_records_are_cut(seed, stream):
    records = stream(seed, 1_500)
    records["price"][records["price"] < UNDEF] *= 1_000_000_000
    books, found = oracle(records)
    cuts = np.sort(np.random.default_rng(seed).integers(0, len(records) + 1, 8))
    report = report_of(*np.split(records, cuts), dataset="XNAS.ITCH")
    assert report.records == len(records)
    assert {(book.publisher_id, book.instrument_id) for book in report.books} == set(books)
    for book in report.books:
        key = (book.publisher_id, book.instrument_id)
        mine = found[key]
        for kind, apart in (("crossed", book.crossed), ("locked", book.locked)):
            assert [
                (span.first_record, span.last_record, span.records, round(float(span.depth) * 1e9))
                for span in apart.spans
            ] == sorted(mine[kind])
            assert apart.span_count == len(mine[kind])
            assert sum(apart.records.values()) == sum(span[2] for span in mine[kind])
        assert [book.crossed.inside_events, book.locked.inside_events] == mine["inside"]
        spreads = {round(float(one.spread) * 1e9): one.events for one in book.spreads}
        assert spreads == mine["spreads"]
        counted = {name: count for name, count in book.counters.items() if count}
        assert counted == dict(books[key].counters)


def test_a_cross_that_outlives_its_event_is_a_span_with_its_depth():
    (span,) = book_of(orders(*CROSS, ("N", "N", 0, UNDEF, 0, LAST), UNCROSS)).crossed.spans
    assert (span.first_record, span.last_record, span.records, span.events) == (1, 2, 2, 2)
    assert span.depth == "0.000000002"
    assert span.phase == "continuous"


def test_a_cross_inside_an_event_is_only_counted():
    book = book_of(orders(CROSS[0], ("A", "A", 2, 48, 1, 0), UNCROSS))
    assert book.crossed.spans == []
    assert book.crossed.inside_events == 1


def test_before_the_open_crossing_is_told_apart():
    (span,) = book_of(orders(*CROSS, start_ns=PRE_OPEN)).crossed.spans
    assert span.phase == "pre-open"


def test_a_cross_that_lasts_into_trading_is_two_spans():
    records = orders(*CROSS, ("N", "N", 0, UNDEF, 0, LAST), start_ns=PRE_OPEN)
    records["ts_event"][2] = parse_time("2025-09-24T22:00:00Z")
    assert book_of(records).crossed.records == {"pre-open": 1, "continuous": 1}


def test_on_a_holiday_the_calendar_says_closed():
    thanksgiving = parse_time("2025-11-27T19:00:00Z")
    assert book_of(orders(*CROSS, start_ns=thanksgiving)).crossed.records == {"closed": 1}


def test_a_status_record_outweighs_the_calendar():
    status = new_records(Schema.STATUS, 1)
    status["publisher_id"], status["instrument_id"], status["action"] = 1, 7, 1
    book = book_of(Batch(Schema.STATUS, status), orders(*CROSS))
    assert book.crossed.records == {"pre-open": 1}


def test_of_an_unknown_venue_the_phase_is_unknown():
    assert book_of(orders(*CROSS), dataset="XEUR.EOBI").crossed.records == {"unknown": 1}


def test_a_locked_book_is_no_crossed_one():
    book = book_of(orders(CROSS[0], ("A", "A", 2, 50, 1, LAST)))
    assert (book.crossed.span_count, book.locked.span_count) == (0, 1)


def test_unknown_orders_and_duplicate_adds_are_counted():
    counters = book_of(
        orders(
            ("C", "B", 9, 50, 1, LAST),
            ("M", "B", 1, 50, 1, LAST),
            ("A", "B", 1, 51, 1, LAST),
        )
    ).counters
    odd = ("unknown_cancels", "adopted_modifies", "duplicate_adds")
    assert [counters[name] for name in odd] == [1, 1, 1]


def test_times_that_go_back_are_counted_for_each_instrument():
    records = orders(*[("N", "N", 0, UNDEF, 0, LAST)] * 4)
    records["ts_event"][2] -= 5_000
    records["ts_recv"][3] -= 9_000
    book = book_of(records)
    assert (book.time_reversals.ts_event, book.time_reversals.ts_recv) == (1, 1)


def test_a_snapshots_times_and_sequence_are_its_orders_own():
    records = orders(
        ("N", "N", 0, UNDEF, 0, LAST),
        ("R", "N", 0, UNDEF, 0, SNAPSHOT | BAD_TIME),
        ("A", "B", 1, 50, 1, SNAPSHOT | BAD_TIME),
        ("A", "A", 2, 51, 1, SNAPSHOT | BAD_TIME | LAST),
        ("N", "N", 0, UNDEF, 0, LAST),
    )
    records["ts_event"][1:4] = 5
    records["sequence"][1:4] = 1
    report = report_of(records)
    (book,) = report.books
    assert (book.time_reversals.ts_event, book.bad_ts_recv) == (0, 0)
    assert report.channels[0].decreases == 0
    (snapshot,) = book.snapshots
    assert (snapshot.first_record, snapshot.last_record, snapshot.records) == (1, 3, 3)


def test_unreliable_receive_times_are_counted_and_not_compared():
    records = orders(("N", "N", 0, UNDEF, 0, LAST), ("N", "N", 0, UNDEF, 0, LAST | BAD_TIME))
    records["ts_recv"][1] = 0
    book = book_of(records)
    assert (book.bad_ts_recv, book.time_reversals.ts_recv) == (1, 0)


def test_a_maybe_bad_book_is_stale_until_a_clear():
    book = book_of(
        orders(
            ("A", "B", 1, 50, 1, LAST | MAYBE_BAD),
            ("A", "B", 2, 50, 1, LAST),
            ("R", "N", 0, UNDEF, 0, LAST),
            ("A", "B", 3, 50, 1, LAST),
        )
    )
    (span,) = book.stale
    assert (span.first_record, span.last_record) == (0, 1)


def test_a_sequence_may_stay_and_go_up_by_one_within_a_channel():
    records = orders(*[("N", "N", 0, UNDEF, 0, LAST)] * 6)
    records["sequence"] = [5, 5, 6, 9, 4, 100]
    records["channel_id"][5] = 8
    first, second = report_of(records).channels
    assert (first.gaps, first.missing, first.decreases) == (1, 2, 1)
    assert (second.channel_id, second.gaps) == (8, 0)
    assert not first.gaps_are_losses


def test_gaps_of_a_tape_of_all_symbols_are_losses():
    records = orders(*[("N", "N", 0, UNDEF, 0, LAST)] * 2)
    (channel,) = report_of(records, symbols=["ALL_SYMBOLS"]).channels
    assert channel.gaps_are_losses


def test_the_tick_is_the_defined_one_where_there_is_a_definition():
    definition = new_records(Schema.DEFINITION, 1)
    definition["publisher_id"], definition["instrument_id"] = 1, 7
    definition["min_price_increment"], definition["raw_symbol"] = 2, b"X"
    definition["instrument_class"] = b"F"
    records = orders(CROSS[0], ("A", "A", 2, 54, 1, LAST))
    book = book_of(Batch(Schema.DEFINITION, definition), records)
    assert (book.tick, book.tick_is_inferred) == ("0.000000002", False)
    assert [(one.ticks, one.events) for one in book.spreads] == [(2, 1)]
    assert book_of(records).tick_is_inferred


def test_thousands_of_books_are_kept_apart():
    records = orders(*CROSS * 1_500)
    records["instrument_id"] = np.repeat(np.arange(1_500), 2)
    report = report_of(records)
    assert len(report.books) == 1_500
    assert {book.crossed.span_count for book in report.books} == {1}


def test_a_tape_of_other_records_is_refused():
    tape = SimpleNamespace(metadata=make_metadata("GLBX.MDP3", Schema.TRADES, START), cut=None)
    batches = [Batch(Schema.TRADES, new_records(Schema.TRADES, 1))]
    with pytest.raises(WrongSchemaError, match="needs mbo"):
        audit(FakeTape(tape.metadata, batches))


class FakeTape:
    cut = None

    def __init__(self, metadata, batches):
        self.metadata = metadata
        self._batches = batches

    def __iter__(self):
        return iter(self._batches)


def test_a_report_is_json_and_back():
    report = report_of(orders(*CROSS, UNCROSS))
    assert msgspec.json.decode(msgspec.json.encode(report), type=AuditReport) == report


def test_a_real_session_is_crossed_only_before_the_open(real_tape):
    report = audit(read_dbn(real_tape("CLX5-20250924.mbo.dbn")))
    (book,) = report.books
    assert report.records == 38_212
    assert book.crossed.records == {"pre-open": 172}
    assert book.crossed.inside_events == 8
    (span,) = book.crossed.spans
    assert (span.first_record, span.last_record) == (38_040, 38_211)
    assert span.start.startswith("2025-09-24T21:47:19")
    assert span.end.startswith("2025-09-24T21:59:59")
    assert (book.locked.span_count, book.locked.inside_events) == (0, 102)
    counters = [book.counters[name] for name in ("unknown_cancels", "adopted_modifies")]
    assert counters == [1_224, 216]
    assert book.live_orders == 147
    assert book.tick == "0.01"
    assert {one.phase for one in book.spreads if one.ticks > 4} == set()
    assert (book.time_reversals.ts_event, book.time_reversals.ts_recv) == (0, 0)


def test_a_real_snapshot_is_found(real_tape):
    report = audit(read_dbn(real_tape("ESH4-20231224.mbo.dbn.zst")))
    (book,) = report.books
    assert book.counters["adds"] == 8_725
    assert book.crossed.span_count == 0
