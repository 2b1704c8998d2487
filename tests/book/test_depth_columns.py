"""Depth columns: the book at the end of each stretch of time, and what traded in it."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conformance.streams import BOOKS, garbage_rows, records_of, valid_stream

from ticktape.book import MboBook
from ticktape.book.depth_columns import DepthColumns, read_columns
from ticktape.tape import Schema, read_dbn
from ticktape.tape.layouts import F_MAYBE_BAD_BOOK

UNDEF = 2**63 - 1
KEY = BOOKS[0]
LAST = 128
MOST = 2**32 - 1


def oracle_columns(records, every, levels):
    """Event by event, with the ordinary book: every column as plain values."""
    book = MboBook(*KEY)
    open_column, columns, trades = None, [], Counter()
    amid_event = maybe_bad = False

    def close():
        bids, asks = book.levels(levels)
        best = book.bbo()
        flags = 2 * book.is_crossed + 4 * book.is_locked + 8 * book.is_stale + amid_event
        flags += 16 * maybe_bad
        cells = [
            (int(one["price"]), min(int(one["size"]), MOST), ord(side))
            for side, own in (("B", bids), ("A", asks))
            for one in own
        ]
        traded = [
            (price, *(min(trades[price, kind], MOST) for kind in "BAN"))
            for price in sorted({price for price, _ in trades})
        ]
        columns.append((open_column, best.bid_price, best.ask_price, flags, cells, traded))
        trades.clear()

    for i, record in enumerate(records):
        if (record["publisher_id"], record["instrument_id"]) != KEY:
            continue
        ts = int(record["ts_recv"])
        if open_column is not None and not amid_event and ts - open_column >= every:
            close()
            open_column, maybe_bad = None, False
        if open_column is None:
            open_column = ts - ts % every
        if record["action"] == ord("T") and record["price"] != UNDEF:
            side = chr(record["side"])
            kind = side if side in "BA" else "N"
            trades[int(record["price"]), kind] += int(record["size"])
        book.update(records[i : i + 1])
        amid_event = not record["flags"] & LAST
        maybe_bad |= bool(record["flags"] & F_MAYBE_BAD_BOOK)
    if open_column is not None:
        close()
    return columns


def plain(cells):
    return [
        (
            *(int(column.head[field]) for field in ("begin", "best_bid", "best_ask", "flags")),
            column.depth.tolist(),
            column.trades.tolist(),
        )
        for column in read_columns(cells)
    ]


def parts_of(records, at):
    return np.split(records, sorted(cut for cut in at if cut <= len(records)))


def columns_of(parts, every, levels, *, take_between=False, advance=False):
    columns = DepthColumns(*KEY, every, levels)
    found = []
    for part in parts:
        columns.update(part)
        if advance and len(part):
            columns.advance(int(part["ts_recv"][-1]))
        if take_between:
            found += columns.take_each()
    columns.finish()
    count, rest = columns.take()
    cells = b"".join(found) + rest
    assert len(list(read_columns(cells))) == len(found) + count
    return plain(cells)


@settings(max_examples=200, deadline=None)
@given(
    garbage_rows,
    st.lists(st.integers(0, 150), max_size=6),
    st.sampled_from([1, 3, 7, 40, 1_000]),
    st.sampled_from([1, 2, 64]),
    st.booleans(),
    st.booleans(),
)
def test_columns_are_the_book_at_the_end_of_each_stretch(rows, at, every, levels, take, advance):
    records = records_of(rows)
    found = columns_of(parts_of(records, at), every, levels, take_between=take, advance=advance)
    assert found == oracle_columns(records, every, levels)


@pytest.mark.parametrize("seed", range(3))
def test_many_columns_with_many_trades_outgrow_the_first_room(seed):
    records = valid_stream(seed, 4_000)
    records["ts_recv"] = np.cumsum(np.random.default_rng(seed).integers(0, 300, len(records)))
    trades = records[-1_000:]
    trades["action"], trades["price"] = ord("T"), np.arange(1_000)
    trades["publisher_id"], trades["instrument_id"] = KEY
    expected = oracle_columns(records, 1_000, 64)
    assert len(expected) > 300
    assert columns_of([records], 1_000, 64) == expected
    assert columns_of(np.split(records, 40), 1_000, 64) == expected


def test_time_that_goes_back_or_is_undefined_stays_in_the_open_column():
    rows = [(*KEY, ord("A"), ord("B"), LAST, n, 100, 1) for n in range(4)]
    records = records_of(rows)
    records["ts_recv"] = [5_000, 3_000, 5_999, 6_000]
    assert [column[0] for column in columns_of([records], 1_000, 1)] == [5_000, 6_000]
    records["ts_recv"] = [5_000, 2**64 - 1, 5_999, 6_000]
    assert [column[0] for column in columns_of([records], 1_000, 1)] == [5_000, 6_000]


def test_a_column_says_that_records_were_missed():
    columns = DepthColumns(*KEY, 10)
    records = records_of([(*KEY, ord("A"), ord("B"), LAST, n, 100, 1) for n in range(30)])
    columns.update(records[:12])
    columns.note_missing()
    columns.update(records[12:])
    columns.finish()
    assert flags_of(columns) == [0, 16, 16]


def flags_of(columns):
    return [column.head["flags"] for column in read_columns(columns.take()[1])]


def test_records_missed_between_two_columns_are_told_in_the_one_behind():
    columns = DepthColumns(*KEY, 10)
    records = records_of([(*KEY, ord("A"), ord("B"), LAST, n, 100, 1) for n in range(30)])
    records["ts_recv"] = np.arange(30)
    columns.update(records[:10])
    columns.advance(10)
    columns.note_missing()
    columns.update(records[10:])
    columns.finish()
    assert flags_of(columns) == [0, 16, 0]


def test_a_record_that_says_its_book_may_be_bad_tells_of_records_missed():
    records = records_of([(*KEY, ord("A"), ord("B"), LAST, n, 100, 1) for n in range(30)])
    records["flags"][13] |= F_MAYBE_BAD_BOOK
    # From there on the book is stale.
    assert [column[3] for column in columns_of([records], 10, 1)] == [0, 16 | 8, 8]
    assert [column[3] for column in columns_of(np.split(records, 30), 10, 1)] == [0, 24, 8]


def test_columns_that_begin_with_a_book_do_not_show_when_it_was_told():
    book = MboBook(*KEY)
    stream = valid_stream(5, 600)
    stream = stream[(stream["publisher_id"] == 1) & (stream["instrument_id"] == 100)]
    stream["flags"] |= LAST
    book.update(stream[:100])
    late = DepthColumns(*KEY, 10, beginning=book.snapshot_records(1))
    late.update(stream[100:])
    late.finish()
    whole = DepthColumns(*KEY, 10)
    whole.update(stream)
    whole.finish()
    found, expected = plain(late.take()[1]), plain(whole.take()[1])
    assert found[1:] == expected[-len(found) + 1 :]
    assert found[0][:5] == expected[-len(found)][:5]


def test_a_real_tape_has_a_column_for_every_second_with_records(real_tape):
    records = np.concatenate(
        [
            batch.records
            for batch in read_dbn(real_tape("CLX5-20250924.mbo.dbn"))
            if batch.schema is Schema.MBO
        ]
    )
    key = int(records["publisher_id"][0]), int(records["instrument_id"][0])
    columns = DepthColumns(*key, 10**9)
    for part in np.array_split(records, 97):
        columns.update(part)
    columns.finish()
    found = list(read_columns(columns.take()[1]))
    seconds = np.unique(records["ts_recv"] // 10**9)
    assert len(found) == len(seconds)
    traded = sum(
        int(column.trades[field].sum())
        for column in found
        for field in ("bought", "sold", "unsided")
    )
    assert traded == records["size"][records["action"] == ord("T")].sum()
