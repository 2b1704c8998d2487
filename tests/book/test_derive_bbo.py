"""BBO on interval out of mbp-1."""

import numpy as np
import pytest

from ticktape.book.derive_bbo import BboDeriver
from ticktape.tape import Schema, new_records, read_dbn

SECOND = 1_000_000_000
UNDEF_PRICE = 2**63 - 1
UNDEF_TIME = 2**64 - 1
QUOTE = ("bid_px_00", "ask_px_00", "bid_sz_00", "ask_sz_00", "bid_ct_00", "ask_ct_00")


def quotes(*rows):
    """MBP-1 records from (ts_recv in seconds, instrument, action, bid price)."""
    records = new_records(Schema.MBP_1, len(rows))
    for record, (seconds, instrument, action, bid) in zip(records, rows, strict=True):
        record["ts_recv"] = int(seconds * SECOND)
        record["ts_event"] = int(seconds * SECOND) - 5
        record["instrument_id"], record["action"], record["bid_px_00"] = (
            instrument,
            ord(action),
            bid,
        )
        record["price"], record["size"], record["side"] = bid, 2, ord("B")
    records["publisher_id"] = 1
    records["sequence"] = np.arange(len(rows))
    return records


def random_quotes(seed, count):
    chance = np.random.default_rng(seed)
    records = new_records(Schema.MBP_1, count)
    records["ts_recv"] = np.cumsum(chance.integers(0, SECOND, count)) + 50 * SECOND
    records["ts_event"] = records["ts_recv"] - 100
    records["publisher_id"] = chance.integers(1, 3, count)
    records["instrument_id"] = chance.integers(1, 5, count)
    records["action"] = chance.choice(list(b"AACCMT"), count)
    records["side"] = chance.choice(list(b"ABN"), count)
    for name in ("price", "size", "sequence", "flags", *QUOTE):
        records[name] = chance.integers(0, 100, count)
    records["flags"] &= 0b11110111
    return records


def oracle(records, every):
    """Plain Python: everything by interval, then forward-filled."""
    known, rows, by_interval = {}, [], {}
    for record in records:
        by_interval.setdefault(int(record["ts_recv"]) // every, []).append(record)
    for interval, members in sorted(by_interval.items()):
        moved = {}
        for record in members:
            key = (int(record["publisher_id"]), int(record["instrument_id"]))
            sale = known.get(key, ((UNDEF_TIME, UNDEF_PRICE, 0, ord("N")),))[0]
            if record["action"] == ord("T"):
                sale = tuple(int(record[name]) for name in ("ts_event", "price", "size", "side"))
            quote = tuple(int(record[name]) for name in ("flags", "sequence", *QUOTE))
            known[key] = moved[key] = (sale, quote)
        rows += [(key, (interval + 1) * every, *known[key]) for key in moved]
    return rows


def as_rows(records):
    return [
        (
            (int(one["publisher_id"]), int(one["instrument_id"])),
            int(one["ts_recv"]),
            tuple(int(one[name]) for name in ("ts_event", "price", "size", "side")),
            tuple(int(one[name]) for name in ("flags", "sequence", *QUOTE)),
        )
        for one in records
    ]


@pytest.mark.parametrize("seed", range(5))
def test_rows_are_those_of_the_oracle_however_records_are_cut(seed):
    records = random_quotes(seed, 600)
    deriver = BboDeriver(Schema.BBO_1S)
    pieces = np.split(records, np.sort(np.random.default_rng(seed).integers(0, 601, 12)))
    made = np.concatenate([*[deriver.update(piece) for piece in pieces], deriver.flush()])
    assert as_rows(made) == oracle(records, SECOND)


def test_the_time_is_the_intervals_end_and_empty_intervals_give_nothing():
    deriver = BboDeriver(Schema.BBO_1S)
    made = deriver.update(quotes((1.0, 7, "A", 10), (1.9, 7, "A", 11), (5.2, 7, "A", 12)))
    assert made[["ts_recv", "bid_px_00", "rtype"]].tolist() == [(2 * SECOND, 11, 195)]
    assert deriver.flush()["ts_recv"].tolist() == [6 * SECOND]
    assert len(deriver.flush()) == 0


def test_a_quiet_instruments_record_comes_with_everyones():
    made = BboDeriver(Schema.BBO_1M).update(
        quotes((1, 7, "A", 10), (2, 8, "A", 5), (60, 8, "A", 6))
    )
    assert made["instrument_id"].tolist() == [7, 8]
    assert set(made["ts_recv"]) == {60 * SECOND}


def test_the_last_sale_is_filled_forward_and_undefined_before_the_first():
    deriver = BboDeriver(Schema.BBO_1S)
    rows = quotes((1, 7, "A", 10), (2, 7, "T", 11), (3, 7, "A", 12))
    made = np.concatenate([deriver.update(rows), deriver.flush()])
    assert made["price"].tolist() == [UNDEF_PRICE, 11, 11]
    assert made["size"].tolist() == [0, 2, 2]
    assert made["ts_event"].tolist() == [UNDEF_TIME, 2 * SECOND - 5, 2 * SECOND - 5]
    assert bytes(made["side"]) == b"NBB"


def test_more_instruments_than_there_is_room_for_at_first():
    rows = quotes(*[(1, n, "A", n) for n in range(500)], (2, 0, "A", 1))
    made = BboDeriver(Schema.BBO_1S).update(rows)
    assert made["instrument_id"].tolist() == list(range(500))
    assert made["bid_px_00"].tolist() == list(range(500))


def test_the_last_quote_of_every_second_of_a_real_tape(real_tape):
    records = next(iter(read_dbn(real_tape("futures-20240701.mbp-1.dbn.zst")))).records
    deriver = BboDeriver(Schema.BBO_1S)
    made = np.concatenate([deriver.update(records), deriver.flush()])
    seconds = records["ts_recv"] // SECOND
    assert (made["ts_recv"] // SECOND - 1).tolist() == np.unique(seconds).tolist()
    last = records[np.flatnonzero(np.append(seconds[1:] != seconds[:-1], True))]
    assert made[list(QUOTE)].tolist() == last[list(QUOTE)].tolist()
