"""Cutting a range out of a tape."""

import numpy as np

from ticktape.server.ranges import Wanted, cut_range
from ticktape.tape.batch import Batch
from ticktape.tape.layouts import Schema, new_records

SECOND = 1_000_000_000
IDS = np.array([7], np.uint32)


def bars_of_seconds(count):
    bars = new_records(Schema.OHLCV_1S, count)
    bars["instrument_id"] = 7
    bars["ts_event"] = np.arange(count, dtype=np.uint64) * SECOND
    bars["volume"] = 1
    return bars


def test_a_bar_that_ends_after_the_clip_is_not_shown():
    bars = bars_of_seconds(10)
    wanted = Wanted(Schema.OHLCV_1S, IDS, 0, 10 * SECOND, 4 * SECOND + 1, 100)
    cut = cut_range([Batch(Schema.OHLCV_1S, bars)], Schema.OHLCV_1S, wanted)
    assert cut["ts_event"].tolist() == [0, SECOND, 2 * SECOND, 3 * SECOND]


def test_a_longer_bar_counts_only_the_bars_that_ended_before_the_clip():
    bars = bars_of_seconds(100)
    wanted = Wanted(Schema.OHLCV_1M, IDS, 0, 100 * SECOND, 90 * SECOND, 100)
    cut = cut_range([Batch(Schema.OHLCV_1S, bars)], Schema.OHLCV_1S, wanted)
    assert cut["volume"].tolist() == [60, 29]


def test_the_end_of_a_range_is_exclusive():
    bars = bars_of_seconds(10)
    wanted = Wanted(Schema.OHLCV_1S, IDS, 2 * SECOND, 5 * SECOND, 2**63, 100)
    cut = cut_range([Batch(Schema.OHLCV_1S, bars)], Schema.OHLCV_1S, wanted)
    assert cut["ts_event"].tolist() == [2 * SECOND, 3 * SECOND, 4 * SECOND]
