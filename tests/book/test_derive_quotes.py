"""mbp-1, mbp-10 and tbbo out of orders."""

import numpy as np
import pytest
from tests.book.derive_oracle import EMPTY, quotes_of, rows_of
from tests.conformance.streams import garbage_stream, valid_stream

from ticktape.book.derive_quotes import QuoteDeriver
from ticktape.tape import Schema, new_records, read_dbn

DEPTHS = {Schema.MBP_1: 1, Schema.MBP_10: 10, Schema.TBBO: 1}
LAST = 128
UNDEF = 2**63 - 1


def orders(*rows):
    """MBO records from (action, side, order_id, price, size, flags)."""
    records = new_records(Schema.MBO, len(rows))
    for record, (action, side, order_id, price, size, flags) in zip(records, rows, strict=True):
        record["action"], record["side"] = ord(action), ord(side)
        record["order_id"], record["price"], record["size"] = order_id, price, size
        record["flags"] = flags
    records["publisher_id"] = 1
    records["instrument_id"] = 7
    records["ts_event"] = np.arange(len(rows)) + 100
    records["ts_recv"] = np.arange(len(rows)) + 200
    records["sequence"] = np.arange(len(rows))
    return records


def in_cuts(deriver, records, seed):
    cuts = np.sort(np.random.default_rng(seed).integers(0, len(records) + 1, 9))
    pieces = [deriver.update(piece) for piece in np.split(records, cuts)]
    return np.concatenate([*pieces, deriver.flush()])


@pytest.mark.parametrize("schema", DEPTHS)
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("stream", [valid_stream, garbage_stream])
def test_rows_are_those_of_the_oracle_however_records_are_cut(schema, seed, stream):
    records = stream(seed, 1_000)
    expected = quotes_of(records, DEPTHS[schema], only_trades=schema is Schema.TBBO)
    derived = in_cuts(QuoteDeriver(schema), records, seed)
    assert rows_of(derived, DEPTHS[schema]) == expected
    assert set(derived["length"]) == {derived.itemsize // 4}
    assert set(derived["rtype"]) == {10 if schema is Schema.MBP_10 else 1}


def test_a_trade_shows_the_levels_before_its_effect():
    derived = QuoteDeriver(Schema.MBP_1).update(
        orders(
            ("A", "A", 1, 50, 3, LAST),
            ("T", "B", 0, 50, 3, 0),
            ("F", "A", 1, 50, 3, 0),
            ("C", "A", 1, 50, 3, LAST),
        )
    )
    assert bytes(derived["action"]) == b"ATC"
    assert derived["ask_sz_00"].tolist() == [3, 3, 0]
    assert derived["ask_px_00"].tolist() == [50, 50, UNDEF]
    assert derived["flags"].tolist() == [LAST, 0, LAST]


def test_a_sweep_of_several_orders_is_one_row_at_the_events_end():
    derived = QuoteDeriver(Schema.MBP_10).update(
        orders(
            ("A", "A", 1, 50, 3, LAST),
            ("A", "A", 2, 50, 4, LAST),
            ("A", "A", 3, 51, 5, LAST),
            ("C", "A", 1, 50, 3, 0),
            ("C", "A", 2, 50, 4, 0),
            ("C", "A", 3, 51, 1, LAST),
        )
    )
    assert len(derived) == 4
    last = derived[-1]
    assert (last["size"], last["price"], last["depth"], last["flags"]) == (1, 51, 0, LAST)
    assert (last["ask_px_00"], last["ask_sz_00"], last["ask_ct_00"]) == (51, 4, 1)


def test_an_event_that_changes_both_sides_has_no_side():
    derived = QuoteDeriver(Schema.MBP_1).update(
        orders(
            ("A", "A", 1, 50, 3, LAST),
            ("T", "B", 0, 50, 3, 0),
            ("C", "A", 1, 50, 3, 0),
            ("A", "B", 2, 50, 6, LAST),
        )
    )
    last = derived[-1]
    assert (chr(last["action"]), chr(last["side"]), last["size"]) == ("A", "N", 6)
    assert (last["bid_px_00"], last["bid_sz_00"], last["ask_px_00"]) == (50, 6, UNDEF)


def test_a_change_below_the_levels_shown_gives_no_row():
    derived = QuoteDeriver(Schema.MBP_1).update(
        orders(("A", "B", 1, 50, 3, LAST), ("A", "B", 2, 49, 3, LAST), ("C", "B", 2, 49, 3, LAST))
    )
    assert len(derived) == 1


def test_a_modify_that_only_loses_priority_gives_no_row():
    derived = QuoteDeriver(Schema.MBP_1).update(
        orders(("A", "B", 1, 50, 3, LAST), ("M", "B", 1, 50, 3, LAST))
    )
    assert len(derived) == 1


def test_a_snapshot_is_one_row_with_its_flags():
    derived = QuoteDeriver(Schema.MBP_1).update(
        orders(
            ("A", "B", 1, 50, 3, LAST),
            ("A", "A", 2, 51, 3, LAST),
            ("R", "N", 0, UNDEF, 0, 40),
            ("A", "B", 1, 50, 3, 40),
            ("A", "A", 2, 51, 3, 168),
        )
    )
    assert derived["flags"].tolist() == [LAST, LAST, 168]
    assert (chr(derived[-1]["action"]), chr(derived[-1]["side"])) == ("A", "N")
    assert derived[-1]["bid_sz_00"] == derived[-1]["ask_sz_00"] == 3


def test_quotes_of_a_top_of_book_feed_count_no_orders():
    derived = QuoteDeriver(Schema.MBP_1).update(orders(("A", "B", 0, 50, 3, LAST | 64)))
    assert derived[["bid_px_00", "bid_sz_00", "bid_ct_00"]].tolist() == [(50, 3, 0)]


def test_levels_that_are_empty_have_no_price():
    (row,) = rows_of(QuoteDeriver(Schema.MBP_10).update(orders(("A", "B", 1, 50, 3, LAST))), 10)
    assert row[3] == [(50, 3, 1)] + [EMPTY] * 9
    assert row[4] == [EMPTY] * 10


def test_a_trade_that_ends_an_event_of_changes_comes_after_their_row():
    derived = QuoteDeriver(Schema.MBP_1).update(
        orders(("A", "B", 1, 50, 3, 0), ("T", "N", 0, 50, 1, LAST))
    )
    assert bytes(derived["action"]) == b"AT"
    assert derived["flags"].tolist() == [0, LAST]


def test_thousands_of_books_are_kept_apart():
    records = orders(*[("A", "B", n + 1, 50, n % 9 + 1, LAST) for n in range(3_000)])
    records["instrument_id"] = np.arange(3_000)
    derived = QuoteDeriver(Schema.MBP_1).update(records)
    assert derived["instrument_id"].tolist() == list(range(3_000))
    assert (derived["bid_sz_00"] == records["size"]).all()


def test_reset_forgets_every_book():
    deriver = QuoteDeriver(Schema.MBP_1)
    deriver.update(orders(("A", "B", 1, 50, 3, LAST)))
    deriver.reset()
    derived = deriver.update(orders(("A", "A", 2, 60, 3, LAST)))
    assert derived["bid_px_00"].tolist() == [UNDEF]


def test_a_real_session_shows_its_trades_and_its_last_quote(real_tape):
    records = next(iter(read_dbn(real_tape("CLX5-20250924.mbo.dbn")))).records
    derived = QuoteDeriver(Schema.MBP_10).update(records)
    trades = derived[derived["action"] == ord("T")]
    assert len(trades) == 1_599
    assert trades["size"].sum() == 3_613
    assert (derived[derived["action"] != ord("T")]["flags"] & LAST).all()
    last = derived[-1]
    assert (last["bid_px_00"], last["bid_sz_00"], last["bid_ct_00"]) == (65_400_000_000, 1, 1)
    assert (last["ask_px_00"], last["ask_sz_00"], last["ask_ct_00"]) == (64_780_000_000, 3, 1)


def test_a_real_session_derives_as_the_oracle_does(real_tape):
    records = next(iter(read_dbn(real_tape("CLX5-20250924.mbo.dbn")))).records[:6_000]
    derived = in_cuts(QuoteDeriver(Schema.MBP_1), records, 1)
    assert rows_of(derived, 1) == quotes_of(records, 1)
