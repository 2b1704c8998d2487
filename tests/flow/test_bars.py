"""Time bars of every instrument in a stream."""

import numpy as np
import pytest
from tests.flow.bars_oracle import bars_of

from ticktape.flow.bars import BAR_ROWS, TimeBars, parse_every
from ticktape.tape import Schema, format_time, new_records, read_dbn
from ticktape.tape.errors import BadValueError, WrongSchemaError
from ticktape.tape.files import open_tape

SECOND = 1_000_000_000
MINUTE = 60 * SECOND
UNDEF_TIME = 2**64 - 1


def prints(*rows, schema=Schema.TRADES):
    """Prints from (seconds, instrument, price, size, side)."""
    records = new_records(schema, len(rows))
    for record, (seconds, instrument, price, size, side) in zip(records, rows, strict=True):
        record["ts_recv"] = int(seconds * SECOND)
        record["ts_event"] = int(seconds * SECOND)
        record["instrument_id"], record["price"] = instrument, price
        record["size"], record["side"] = size, ord(side)
    records["action"] = ord("T")
    records["publisher_id"] = 1
    return records


def random_prints(seed, count, schema):
    chance = np.random.default_rng(seed)
    records = new_records(schema, count)
    records["ts_recv"] = np.cumsum(chance.integers(0, 2 * SECOND, count)) + 1_700_000_000 * SECOND
    records["ts_event"] = records["ts_recv"] - 1
    records["publisher_id"] = chance.integers(1, 3, count)
    records["instrument_id"] = chance.integers(1, 90, count)
    records["price"] = chance.integers(-50, 50, count)
    records["size"] = chance.integers(0, 2**32, count)
    records["side"] = chance.choice(list(b"ABN"), count)
    records["action"] = chance.choice(list(b"TTTTFAC"), count)
    return records


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("schema", [Schema.TRADES, Schema.MBO, Schema.MBP_10])
@pytest.mark.parametrize("every_ns", [SECOND, 7 * SECOND, 3600 * SECOND])
def test_bars_are_those_of_the_oracle_however_records_are_cut(seed, schema, every_ns):
    records = random_prints(seed, 1_500, schema)
    bars = TimeBars(every_ns)
    cuts = np.sort(np.random.default_rng(seed).integers(0, len(records) + 1, 20))
    closed = [bars.update(piece) for piece in np.split(records, cuts)]
    still_open = bars.current()
    rows = np.concatenate([*closed, still_open])
    assert rows.dtype == BAR_ROWS
    assert rows.tolist() == bars_of(records, every_ns)
    assert bars.flush().tobytes() == still_open.tobytes()
    assert len(bars.current()) == 0


def test_more_bars_than_a_call_of_the_kernel_has_room_for_close_each_at_its_time():
    rows = [(second + 0.5, 7, second, 1, "B") for second in range(5_000)]
    records = prints(*rows)
    bars = TimeBars(SECOND)
    closed = np.concatenate([bars.update(records), bars.flush()])
    assert closed["close"].tolist() == list(range(5_000))
    assert set(closed["volume"].tolist()) == {1}


def test_four_ticks_over_a_minute_and_a_half_are_two_bars_of_two():
    bars = TimeBars(MINUTE)
    closed = bars.update(prints(*[(t, 7, 100, 1, "B") for t in (0, 30, 60, 90)]))
    assert closed["trades"].tolist() == [2]
    assert bars.current()["trades"].tolist() == [2]


def test_buyers_add_to_buy_volume_sellers_to_sell_volume_and_neither_only_to_volume():
    bars = TimeBars(MINUTE)
    bars.update(prints((0, 7, 100, 5, "B"), (1, 7, 101, 3, "A"), (2, 7, 101, 4, "N")))
    (bar,) = bars.current()
    assert [bar[name] for name in ("open", "high", "low", "close")] == [100, 101, 100, 101]
    assert [bar[name] for name in ("volume", "buy_volume", "sell_volume")] == [12, 5, 3]


def test_a_bar_begins_at_a_multiple_of_its_length_and_holds_its_first_instant():
    closed = TimeBars(MINUTE).update(
        prints((60, 7, 1, 1, "B"), (119.9, 7, 2, 1, "B"), (120, 7, 3, 1, "B"))
    )
    assert closed[["ts_event", "close"]].tolist() == [(MINUTE, 2)]


def test_any_record_of_any_instrument_moves_the_clock():
    bars = TimeBars(MINUTE)
    assert len(bars.update(prints((0, 7, 1, 1, "B"), (30, 8, 1, 1, "B")))) == 0
    quote = prints((60, 9, 1, 1, "B"), schema=Schema.MBO)
    quote["action"] = ord("A")
    assert bars.update(quote)["instrument_id"].tolist() == [7, 8]
    assert len(bars.current()) == 0


def test_an_interval_without_prints_has_no_bar():
    closed = TimeBars(SECOND).update(
        prints((1, 7, 1, 1, "B"), (9, 7, 2, 1, "B"), (20, 7, 3, 1, "B"))
    )
    assert closed["ts_event"].tolist() == [SECOND, 9 * SECOND]


def test_a_print_after_its_bar_has_closed_is_counted_and_changes_nothing():
    bars = TimeBars(MINUTE)
    closed = bars.update(prints((0, 7, 1, 1, "B"), (61, 7, 2, 1, "B"), (59, 7, 99, 9, "B")))
    assert closed["high"].tolist() == [1]
    assert bars.current()["high"].tolist() == [2]
    assert bars.late == 1


def test_a_print_out_of_order_within_its_interval_is_taken():
    bars = TimeBars(MINUTE)
    bars.update(prints((50, 7, 1, 1, "B"), (40, 7, 2, 1, "B")))
    assert bars.current()["trades"].tolist() == [2]
    assert bars.late == 0


def test_a_print_without_a_price_is_counted_and_in_no_bar():
    bars = TimeBars(MINUTE)
    bars.update(prints((0, 7, 2**63 - 1, 1, "B")))
    assert len(bars.current()) == 0
    assert bars.unusable == 1


def test_a_receive_time_that_cannot_be_trusted_gives_way_to_the_event_time():
    records = prints((0, 7, 1, 1, "B"), (1, 7, 2, 1, "B"), (2, 7, 3, 1, "B"))
    records["ts_recv"][1] = 10**9 * SECOND
    records["flags"][1] = 8
    records["ts_recv"][2] = UNDEF_TIME
    bars = TimeBars(MINUTE)
    assert len(bars.update(records)) == 0
    assert bars.current()["trades"].tolist() == [3]


def test_a_print_without_any_time_is_counted_and_in_no_bar():
    records = prints((0, 7, 1, 1, "B"))
    records["ts_recv"] = records["ts_event"] = UNDEF_TIME
    bars = TimeBars(MINUTE)
    bars.update(records)
    assert (len(bars.current()), bars.unusable) == (0, 1)


def test_an_instrument_of_two_publishers_has_two_bars():
    records = prints((0, 7, 1, 1, "B"), (1, 7, 5, 1, "B"))
    records["publisher_id"] = [1, 2]
    bars = TimeBars(MINUTE)
    bars.update(records)
    assert bars.current()["open"].tolist() == [1, 5]


def test_reset_forgets_bars_clock_and_counts():
    bars = TimeBars(MINUTE)
    bars.update(prints((600, 7, 1, 1, "B"), (1, 7, 1, 1, "B")))
    bars.reset()
    bars.update(prints((1, 7, 1, 1, "B")))
    assert (len(bars.current()), bars.late) == (1, 0)


def test_records_without_prints_are_refused_by_name():
    with pytest.raises(WrongSchemaError, match="carry no trades"):
        TimeBars(MINUTE).update(new_records(Schema.STATUS, 1))


@pytest.mark.parametrize(
    ("text", "ns"),
    [("1s", SECOND), ("15m", 15 * MINUTE), ("4h", 240 * MINUTE), ("1d", 86_400 * SECOND)],
)
def test_a_length_is_read(text, ns):
    assert parse_every(text) == ns


@pytest.mark.parametrize("text", ["", "m", "0s", "-1m", "1.5h", "1y", "1 m", "9999999d"])
def test_a_length_that_is_none_is_refused(text):
    with pytest.raises(BadValueError, match="no length of time"):
        parse_every(text)


def test_a_bar_of_no_length_is_refused():
    with pytest.raises(BadValueError):
        TimeBars(0)


def test_bars_of_real_trades_are_the_vendors_own(real_tape):
    trades = next(iter(read_dbn(real_tape("futures-20240701.trades.dbn.zst")))).records
    vendor = next(iter(read_dbn(real_tape("futures-20240701.ohlcv-1m.dbn.zst")))).records
    bars = TimeBars(MINUTE)
    made = np.concatenate([bars.update(trades), bars.current()])
    fields = ["publisher_id", "instrument_id", "ts_event", "open", "high", "low", "close", "volume"]
    same = np.isin(vendor["ts_event"], made["ts_event"]) & (vendor["instrument_id"] == 118)
    assert len(made) == 4
    assert made[fields].tolist() == vendor[same][fields].tolist()


# Facts computed by independent programs: minutes with trades, volume by aggressor, trades, O H L C.
NQ_DAYS = {
    "20251123": (60, (4486, 4513, 162), 6_931, (24455.75, 24555.25, 24455.25, 24471.50)),
    "20251130": (60, (5734, 5538, 20), 8_299, (25482.50, 25546.00, 25442.75, 25466.25)),
    "20251207": (60, (2565, 2379, 28), 3_712, (25750.00, 25770.00, 25719.50, 25746.50)),
}


@pytest.mark.parametrize("day", NQ_DAYS)
def test_minutes_of_real_nasdaq_trades(real_tape, day):
    minutes, (bought, sold, neither), trades, (first, high, low, last) = NQ_DAYS[day]
    bars = TimeBars(MINUTE)
    tape = open_tape(real_tape(f"NQ.FUT-{day}.trades.csv.zst"))
    rows = np.concatenate([*[bars.update(batch.records) for batch in tape], bars.flush()])
    ids, counts = np.unique(rows["instrument_id"], return_counts=True)
    rows = rows[rows["instrument_id"] == ids[np.argmax(counts)]]
    assert len(rows) == minutes
    assert (rows["buy_volume"].sum(), rows["sell_volume"].sum()) == (bought, sold)
    assert rows["volume"].sum() == bought + sold + neither
    assert rows["trades"].sum() == trades
    prices = (rows["open"][0], rows["high"].max(), rows["low"].min(), rows["close"][-1])
    assert prices == tuple(int(price * 1e9) for price in (first, high, low, last))


def test_the_first_minute_of_a_real_nasdaq_evening(real_tape):
    bars = TimeBars(MINUTE)
    tape = open_tape(real_tape("NQ.FUT-20251123.trades.csv.zst"))
    rows = np.concatenate([*[bars.update(batch.records) for batch in tape], bars.flush()])
    bar = rows[np.argmax(rows["volume"] == 1163)]
    assert format_time(int(bar["ts_event"])) == "2025-11-23T23:00:00.000000000Z"
    assert [int(bar[name]) / 1e9 for name in ("open", "high", "low", "close")] == [
        24455.75,
        24555.25,
        24455.75,
        24510.00,
    ]
    assert [int(bar[name]) for name in ("buy_volume", "sell_volume", "trades")] == [650, 351, 749]


def test_trades_of_a_real_crude_session(real_tape):
    records = next(iter(read_dbn(real_tape("CLX5-20250924.mbo.dbn")))).records
    bars = TimeBars(24 * 60 * MINUTE)
    bars.update(records)
    (bar,) = bars.current()
    assert (bar["volume"], bar["buy_volume"], bar["sell_volume"]) == (3_613, 1_545, 1_829)
    assert (bar["high"], bar["low"], bar["close"]) == (
        64_840_000_000,
        64_790_000_000,
        64_810_000_000,
    )
    assert bar["trades"] == 1_599
