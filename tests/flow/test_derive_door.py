"""make_deriver: which schema is made from which, and the same whatever way it is made."""

from itertools import pairwise

import numpy as np
import pytest
from tests.conformance.streams import valid_stream

from ticktape.flow.derive import make_deriver
from ticktape.tape import Schema, new_records, read_dbn
from ticktape.tape.errors import WrongSchemaError

S = Schema
BARS = [S.OHLCV_1S, S.OHLCV_1M, S.OHLCV_1H, S.OHLCV_1D]
MAKES = {
    S.MBO: {S.TRADES, S.TBBO, S.MBP_1, S.MBP_10, S.BBO_1S, S.BBO_1M, *BARS},
    S.MBP_10: {S.TRADES, S.TBBO, S.MBP_1, S.BBO_1S, S.BBO_1M, *BARS},
    S.MBP_1: {S.TRADES, S.TBBO, S.BBO_1S, S.BBO_1M, *BARS},
    S.TBBO: {S.TRADES, *BARS},
    S.TRADES: set(BARS),
    S.OHLCV_1S: set(BARS[1:]),
    S.OHLCV_1M: set(BARS[2:]),
    S.OHLCV_1H: set(BARS[3:]),
}
PAIRS = [(source, target) for source, targets in MAKES.items() for target in sorted(targets)]


def derive(source, target, records):
    deriver = make_deriver(source, target)
    return np.concatenate([deriver.update(records), deriver.flush()])


def stream(seed=5, count=3_000):
    records = valid_stream(seed, count)
    steps = np.random.default_rng(seed).integers(0, 300_000_000, len(records))
    records["ts_recv"] = np.cumsum(steps) + 1_700_000_000_000_000_000
    records["ts_event"] = records["ts_recv"] - 1_000
    return records


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_any_cutting_gives_the_same_records(source, target):
    records = derive(S.MBO, source, stream())
    deriver = make_deriver(source, target)
    assert deriver.schema is target
    cuts = np.sort(np.random.default_rng(1).integers(0, len(records) + 1, 15))
    pieces = [deriver.update(piece) for piece in np.split(records, cuts)]
    made = np.concatenate([*pieces, deriver.flush()])
    assert len(made) > 0
    assert made.tobytes() == derive(source, target, records).tobytes()
    deriver.reset()
    assert np.concatenate([deriver.update(records), deriver.flush()]).tobytes() == made.tobytes()


@pytest.mark.parametrize("source", [S.MBP_10, S.MBP_1, S.TBBO, S.TRADES])
@pytest.mark.parametrize("target", BARS)
def test_bars_are_the_same_from_any_source(source, target):
    records = stream()
    straight = derive(S.MBO, target, records)
    assert derive(source, target, derive(S.MBO, source, records)).tobytes() == straight.tobytes()


@pytest.mark.parametrize(("shorter", "longer"), [*pairwise(BARS)])
def test_longer_bars_are_the_same_from_shorter_ones(shorter, longer):
    records = stream()
    made = derive(shorter, longer, derive(S.TRADES, shorter, derive(S.MBO, S.TRADES, records)))
    assert made.tobytes() == derive(S.MBO, longer, records).tobytes()


@pytest.mark.parametrize("source", [S.MBP_10, S.MBP_1])
def test_trades_and_tbbo_are_the_same_from_any_source(source):
    records = stream()
    for target in (S.TRADES, S.TBBO):
        made = derive(source, target, derive(S.MBO, source, records))
        assert made.tobytes() == derive(S.MBO, target, records).tobytes()


def test_a_schema_from_itself_is_the_records_as_they_are():
    records = new_records(S.STATISTICS, 3)
    assert make_deriver(S.STATISTICS, S.STATISTICS).update(records) is records


def test_what_cannot_be_derived_is_refused_and_says_what_can():
    for source in Schema:
        for target in Schema:
            if source is target or target in MAKES.get(source, set()):
                continue
            with pytest.raises(WrongSchemaError, match=f"{target} cannot be derived from {source}"):
                make_deriver(source, target)


def test_ohlcv_of_real_trades_is_the_vendors_own(real_tape):
    trades = next(iter(read_dbn(real_tape("futures-20240701.trades.dbn.zst")))).records
    vendor = next(iter(read_dbn(real_tape("futures-20240701.ohlcv-1m.dbn.zst")))).records
    made = derive(S.TRADES, S.OHLCV_1M, trades)
    same = np.isin(vendor["ts_event"], made["ts_event"]) & (vendor["instrument_id"] == 118)
    assert made.tobytes() == vendor[same].tobytes()


def test_ohlcv_of_a_real_quote_tape_is_the_vendors_own(real_tape):
    quotes = next(iter(read_dbn(real_tape("futures-20240701.mbp-1.dbn.zst")))).records
    vendor = next(iter(read_dbn(real_tape("futures-20240701.ohlcv-1m.dbn.zst")))).records
    made = derive(S.MBP_1, S.OHLCV_1M, quotes)
    same = np.isin(vendor["ts_event"], made["ts_event"]) & (vendor["instrument_id"] == 118)
    assert made.tobytes() == vendor[same].tobytes()
