"""Derivations that need no book, against the vendor's own files and against each other."""

import numpy as np
import pytest
from tests.conformance.streams import valid_stream

from ticktape.book.derive import SameRecords, TopOfBook, TradesOnly, empty_quotes
from ticktape.book.derive_bbo import BboDeriver
from ticktape.book.derive_quotes import QuoteDeriver
from ticktape.tape import LAYOUTS, Schema, new_records, read_dbn
from ticktape.tape.errors import WrongSchemaError

TOP = ["bid_px_00", "ask_px_00", "bid_sz_00", "ask_sz_00", "bid_ct_00", "ask_ct_00"]


def all_records(path):
    return np.concatenate([batch.records for batch in read_dbn(path)])


def test_the_trades_of_a_real_mbp_1_tape_are_the_vendors_trades(real_tape):
    quotes = all_records(real_tape("futures-20240701.mbp-1.dbn.zst"))
    trades = all_records(real_tape("futures-20240701.trades.dbn.zst"))
    assert TradesOnly(Schema.TRADES).update(quotes).tobytes() == trades.tobytes()


def test_tbbo_is_the_trades_of_mbp_1_with_their_quotes(real_tape):
    quotes = all_records(real_tape("futures-20240701.mbp-1.dbn.zst"))
    derived = TradesOnly(Schema.TBBO).update(quotes)
    assert derived.tobytes() == quotes[quotes["action"] == ord("T")].tobytes()


def test_fills_are_no_trades():
    records = new_records(Schema.MBO, 3)
    records["action"] = list(b"TFT")
    records["size"] = [1, 2, 3]
    assert TradesOnly(Schema.TRADES).update(records)["size"].tolist() == [1, 3]


def test_a_derived_trade_keeps_what_the_order_record_said():
    record = new_records(Schema.MBO, 1)
    record["action"], record["side"], record["flags"] = ord("T"), ord("N"), 130
    record["price"], record["size"], record["sequence"] = 5, 6, 7
    record["ts_event"], record["ts_recv"], record["ts_in_delta"] = 8, 9, -1
    (trade,) = TradesOnly(Schema.TRADES).update(record)
    assert (trade["rtype"], trade["length"], trade["depth"]) == (0, 12, 0)
    for name in ("side", "flags", "price", "size", "sequence", "ts_event", "ts_recv"):
        assert trade[name] == record[0][name]


def test_mbp_1_out_of_mbp_10_has_the_quotes_of_mbp_1_out_of_orders():
    orders = valid_stream(3, 4_000)
    ten = QuoteDeriver(Schema.MBP_10).update(orders)
    one = QuoteDeriver(Schema.MBP_1).update(orders)
    deriver = TopOfBook()
    cut = np.concatenate([deriver.update(piece) for piece in np.array_split(ten, 7)])
    whole = TopOfBook().update(ten)
    assert cut.tobytes() == whole.tobytes()
    for key in np.unique(orders[["publisher_id", "instrument_id"]]):
        mine = whole[whole[["publisher_id", "instrument_id"]] == key]
        theirs = one[one[["publisher_id", "instrument_id"]] == key]
        changed = np.ones(len(theirs), bool)  # an event may end with the quote it began with
        changed[1:] = theirs[TOP][1:] != theirs[TOP][:-1]
        theirs = theirs[changed | (theirs["action"] == ord("T"))]
        assert mine[TOP].tolist() == theirs[TOP].tolist()
        assert mine["ts_recv"].tolist() == theirs["ts_recv"].tolist()


@pytest.mark.parametrize(
    "deriver", [QuoteDeriver(Schema.MBP_1), BboDeriver(Schema.BBO_1S), TopOfBook()]
)
def test_records_of_another_schema_are_refused(deriver):
    with pytest.raises(WrongSchemaError, match="these are no"):
        deriver.update(new_records(Schema.TRADES, 1))


def test_an_identity_gives_the_very_records():
    records = new_records(Schema.MBO, 3)
    assert SameRecords(Schema.MBO).update(records) is records
    assert len(SameRecords(Schema.MBO).flush()) == 0


def test_empty_quotes_have_no_price_at_any_level():
    (quote,) = empty_quotes(Schema.MBP_10, 1)
    for name in LAYOUTS[Schema.MBP_10].names:
        if "_px_" in name:
            assert quote[name] == 2**63 - 1


def test_trades_of_a_real_session_have_its_volume_and_its_average_price(real_tape):
    records = all_records(real_tape("CLX5-20250924.mbo.dbn"))
    trades = TradesOnly(Schema.TRADES).update(records)
    assert len(trades) == 1_599
    assert trades["size"].sum() == 3_613
    average = (trades["price"] * trades["size"].astype("i8")).sum() / 3_613
    assert round(average / 1e9, 6) == 64.814932
