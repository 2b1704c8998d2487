"""All studies of one instrument, driven together."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.flow.flow_rows import assert_same_rows, gathered, in_runs

from ticktape.bench.flow import INSTRUMENT_ID, SYMBOL, day_of_trades
from ticktape.flow.flow_settings import FlowSettings
from ticktape.flow.instrument import flow_instrument
from ticktape.flow.instrument_flow import InstrumentFlow
from ticktape.flow.joined_rows import join_rows
from ticktape.flow.print_hours import PARTS, PrintHours
from ticktape.flow.session.bars import BarKind, BarsSettings
from ticktape.flow.session.level_kinds import LevelKind
from ticktape.flow.signals.signal import SignalKind
from ticktape.flow.thresholds import read_thresholds
from ticktape.tape.batch import Batch
from ticktape.tape.layouts import F_SNAPSHOT, Schema, new_records
from ticktape.tape.session_rules import CME_EQUITY_INDEX
from ticktape.tape.sessions import Sessions

SECOND = 1_000_000_000
HOUR = 3_600 * SECOND
# Monday's session of 2025-11-24; the next opens a day later.
SESSION = Sessions(CME_EQUITY_INDEX).at(1_763_938_800 * SECOND)
NEXT = Sessions(CME_EQUITY_INDEX).after(SESSION)
TICK = 250_000_000


def flow_of(**options):
    return InstrumentFlow(flow_instrument("NQZ5", 7), **options)


def trades(*rows, schema=Schema.TRADES, instrument_id=7):
    """Prints from (nanoseconds since the session's open, price in ticks, size, side)."""
    records = new_records(schema, len(rows))
    for record, (after_ns, price, size, side) in zip(records, rows, strict=True):
        record["ts_recv"] = record["ts_event"] = SESSION.open_ns + after_ns
        record["price"], record["size"], record["side"] = price * TICK, size, ord(side)
    records["instrument_id"], records["action"], records["publisher_id"] = instrument_id, 84, 1
    return records


def batch(*rows, **options):
    return Batch(Schema.TRADES, trades(*rows, **options))


def test_the_names_of_the_rows_are_those_of_every_study():
    flow = flow_of()
    assert set(flow.rows) == {
        *("bars", "levels", "windows", "sweeps", "cvd", "flips", "divergences", "developing"),
        *("footprints", "footprint_levels", "stacks", "naked_pocs", "legs", "leg_nodes"),
        *("absorptions", "zones", "icebergs", "touch", "signals", "confluences", "outcomes"),
    }
    assert all(dtype.names for dtype in flow.rows.values())


def test_only_names_of_which_a_row_closed_are_given():
    flow = flow_of()
    # The night's high and low are told at once.
    assert set(flow.update(batch((0, 100, 1, "B")))) == {"levels"}
    closed = flow.update(batch((SECOND, 100, 2, "A")))
    assert {"windows", "cvd"} <= set(closed)
    assert "bars" not in closed
    assert all(len(rows) and rows.dtype == flow.rows[name] for name, rows in closed.items())


def test_what_is_open_is_asked_for():
    flow = flow_of()
    flow.update(batch((0, 100, 1, "B"), (1, 101, 3, "A")))
    opened = flow.current()
    assert opened["windows"]["buy_volume"].tolist() == [1]
    assert opened["footprint_levels"]["ask"].tolist() == [1, 0]
    assert flow.prints.profile.levels()["sell"].tolist() == [0, 3]


def test_batches_without_prints_and_of_others_tell_nothing():
    flow = flow_of()
    assert flow.update(Batch(Schema.DEFINITION, new_records(Schema.DEFINITION, 1))) == {}
    assert flow.update(Batch(Schema.OHLCV_1S, new_records(Schema.OHLCV_1S, 1))) == {}
    assert flow.update(batch((0, 100, 1, "B"), instrument_id=8)) == {}
    assert (flow.clock_ns, flow.session, int(flow.sums()["trades"])) == (0, None, 0)


def test_a_spreads_prints_are_not_its_legs():
    flow = flow_of()
    flow.update(batch((0, 100, 1, "B")))
    flow.update(batch((1, -3, 50, "A"), instrument_id=9))
    sums = flow.sums()
    assert (int(sums["trades"]), int(sums["low"])) == (1, 100 * TICK)


def test_a_session_begins_at_its_open_and_its_delta_at_zero():
    flow = flow_of()
    flow.update(batch((0, 100, 5, "B")))
    assert flow.session == SESSION
    closed = flow.update(batch((NEXT.open_ns - SESSION.open_ns, 100, 2, "A")))
    assert flow.session == NEXT
    assert closed["cvd"]["close"].tolist() == [5]
    opened = flow.current()["cvd"]
    assert (opened["close"].tolist(), opened["continuous"].tolist()) == ([-2], [3])
    assert flow.prints.profile.levels()["buy"].sum() == 0
    assert int(flow.sums()["cvd"]) == 3


def test_sessions_without_a_print_begin_all_the_same():
    flow, whole = flow_of(), flow_of()
    after = Sessions(CME_EQUITY_INDEX).after(NEXT)
    rows = [(0, 100, 5, "B"), (after.open_ns - SESSION.open_ns + HOUR, 90, 1, "A")]
    assert_same_rows(
        gathered(flow, [batch(rows[0]), batch(rows[1])]), gathered(whole, [batch(*rows)])
    )
    assert flow.session == after


def test_old_orders_of_a_snapshot_begin_no_session():
    flow = flow_of()
    orders = new_records(Schema.MBO, 2)
    orders["instrument_id"], orders["action"], orders["side"] = 7, ord("A"), ord("B")
    orders["ts_event"] = SESSION.open_ns - 90 * 24 * HOUR, SESSION.open_ns - 2 * 24 * HOUR
    orders["flags"], orders["price"], orders["size"] = F_SNAPSHOT, TICK, 1
    assert flow.update(Batch(Schema.MBO, orders)) == {}
    assert flow.session is None
    flow.update(Batch(Schema.MBO, trades((0, 100, 1, "B"), schema=Schema.MBO)))
    assert flow.session == SESSION


def test_orders_move_the_clock_that_closes_windows():
    flow = flow_of()
    flow.update(Batch(Schema.MBO, trades((0, 100, 1, "B"), schema=Schema.MBO)))
    order = trades((SECOND, 100, 1, "B"), schema=Schema.MBO)
    order["action"] = ord("A")
    assert flow.update(Batch(Schema.MBO, order))["windows"]["buy_volume"].tolist() == [1]


def test_orders_move_the_clock_that_ends_an_opening_range_of_any_length():
    # Nothing else ends within a minute.
    of_seconds = (
        *("windows.length", "cvd.length", "legs.candle", "levels.vwap_every"),
        *("absorption.window", "absorption.average_over", "absorption.trend_over"),
    )
    long = [f"{name}=1m" for name in of_seconds]
    chosen = read_thresholds({}, [*long, "levels.opening_ranges=7s,20s,1h"]).settings_of("NQZ5")
    flow = flow_of(settings=chosen)
    opens_ns = SESSION.regular_open_ns - SESSION.open_ns

    def order(after_ns):
        record = trades((opens_ns + after_ns, 100, 1, "B"), schema=Schema.MBO)
        record["action"] = ord("A")
        return [
            int(row["kind"]) for row in flow.update(Batch(Schema.MBO, record)).get("levels", ())
        ]

    flow.update(Batch(Schema.MBO, trades((opens_ns, 100, 1, "B"), schema=Schema.MBO)))
    told = [order(after_ns) for after_ns in (SECOND, 7 * SECOND - 1, 7 * SECOND, 20 * SECOND)]
    first, second = (
        [LevelKind.OPENING_1_HIGH, LevelKind.OPENING_1_LOW],
        [LevelKind.OPENING_2_HIGH, LevelKind.OPENING_2_LOW],
    )
    assert told == [[], [], first, second]


@pytest.mark.parametrize(
    ("hours", "sizes"),
    [
        (PrintHours(), [1, 2, 4, 8]),
        (PrintHours(part="rth"), [2, 4]),
        (PrintHours(part="eth"), [1, 8]),
        (PrintHours(SESSION.regular_open_ns), [2, 4, 8]),
        (PrintHours(end_ns=SESSION.regular_open_ns), [1]),
    ],
)
def test_hours_choose_what_is_studied(hours, sizes):
    opens = SESSION.regular_open_ns - SESSION.open_ns
    closes = SESSION.regular_close_ns - SESSION.open_ns
    rows = [
        (opens - 1, 9, 1, "B"),
        (opens, 9, 2, "B"),
        (closes - 1, 9, 4, "B"),
        (closes, 9, 8, "B"),
    ]
    rows, sums = gathered(flow_of(hours=hours), [batch(*rows)])
    assert int(sums["buy_volume"]) == sum(sizes)
    assert rows["windows"]["buy_volume"].sum() == sum(sizes)


def test_nothing_is_known_after_the_end():
    flow = flow_of(hours=PrintHours(end_ns=SESSION.open_ns + HOUR))
    prints = batch((0, 9, 1, "B"), (NEXT.close_ns - SESSION.open_ns, 9, 2, "B"))
    rows, sums = gathered(flow, [prints])
    assert (int(sums["buy_volume"]), flow.session) == (1, SESSION)
    times = [some["ts_ns"] for some in rows.values() if "ts_ns" in some.dtype.names]
    assert max(int(some.max()) for some in times if len(some)) <= SESSION.open_ns + HOUR


def test_signals_of_all_studies_come_in_one_order_after_their_time():
    flow = flow_of()
    walk = np.cumsum(np.random.default_rng(5).choice([-3, -1, 0, 1, 3], 6_000))
    rows = [
        (at * 90_000_000 - at % 3, 1_000 + int(step), 1 + at % 9, "BA"[at // 40 % 2])
        for at, step in enumerate(walk)
    ]
    seen = []
    for at in range(0, len(rows), 50):
        closed = flow.update(batch(*rows[at : at + 50]))
        for one in closed.get("signals", ()):
            assert one["ts_ns"] < flow.clock_ns
            seen.append(tuple(one[name] for name in ("ts_ns", "kind", "direction", "price")))
    assert seen == sorted(seen)
    assert len({kind for _, kind, _, _ in seen}) >= 4
    assert SignalKind.CONFLUENCE in {kind for _, kind, _, _ in seen}


def test_legs_are_of_their_own_candles_whatever_the_footprint_is():
    flow = flow_of(settings=FlowSettings())
    other = FlowSettings(
        footprint=type(FlowSettings().footprint)(every_ns=0, bar_prints=10),
        bars=BarsSettings(BarKind.VOLUME, 20),
    )
    ticked = flow_of(settings=other)
    rng = np.random.default_rng(3)
    walk = np.cumsum(rng.choice([-2, 2], 4_000) + np.where(np.arange(4_000) // 250 % 2, 2, -2))
    rows = [(at * SECOND, 2_000 + int(step), 1, "BA"[at % 2]) for at, step in enumerate(walk)]
    by_minute, _ = gathered(flow, [batch(*rows)])
    by_prints, _ = gathered(ticked, [batch(*rows)])
    assert len(by_minute["legs"]) > 0
    assert by_minute["legs"].tobytes() == by_prints["legs"].tobytes()
    assert len(by_prints["footprints"]) == 400


records_of_a_tape = st.lists(
    st.tuples(
        st.sampled_from([0, 0, 1, SECOND // 3, SECOND, 61 * SECOND, 5 * HOUR, 30 * HOUR]),
        st.integers(90, 110),
        st.integers(0, 60),
        st.sampled_from("BBAAN"),
        st.sampled_from([7, 7, 7, 9]),
        st.sampled_from("TTTA"),
    ),
    min_size=1,
    max_size=60,
)


some_hours = st.builds(
    PrintHours,
    st.sampled_from([0, SESSION.open_ns + SECOND, NEXT.open_ns]),
    st.sampled_from([None, NEXT.open_ns + SECOND, NEXT.open_ns + HOUR]),
    st.sampled_from(PARTS),
)


# As by default; and with parts of the session and ends of horizons at times of their own.
some_settings = st.sampled_from(
    [
        FlowSettings(),
        read_thresholds(
            {},
            [
                *("levels.opening_ranges=7s,61s,5h", "levels.initial_balance=1s"),
                *("levels.vwap_bands=0.5,2,4", "levels.vwap_every=1500ms"),
                *("outcomes.horizons=1s,61s", "outcomes.win_move=0.5"),
            ],
        ).settings_of("NQZ5"),
    ]
)


@settings(deadline=None, max_examples=100)
@given(records_of_a_tape, st.lists(st.integers(1, 59), max_size=8), some_hours, some_settings)
def test_any_cutting_gives_the_same_rows(rows, cuts, hours, chosen):
    records = new_records(Schema.MBO, len(rows))
    now = SESSION.open_ns
    for at, (after_ns, price, size, side, instrument_id, action) in enumerate(rows):
        now += after_ns
        record = records[at]
        record["ts_event"] = record["ts_recv"] = now
        record["price"], record["size"], record["side"] = price * TICK, size, ord(side)
        record["instrument_id"], record["action"] = instrument_id, ord(action)
        record["order_id"], record["publisher_id"], record["flags"] = at + 1, 1, 128

    def flow():
        return flow_of(hours=hours, settings=chosen)

    expected = gathered(flow(), [Batch(Schema.MBO, records)])
    pieces = np.split(records, sorted({cut for cut in cuts if cut < len(records)}))
    given_ = gathered(flow(), [Batch(Schema.MBO, piece) for piece in pieces])
    assert_same_rows(given_, expected)
    alone = [Batch(Schema.MBO, records[at : at + 1]) for at in range(len(records))]
    assert_same_rows(gathered(flow(), alone), expected)


def test_nothing_is_in_the_padding_of_rows():
    flow = InstrumentFlow(flow_instrument(SYMBOL, INSTRUMENT_ID))
    told = set()
    for run in in_runs([Batch(Schema.TRADES, day_of_trades(40_000))], 7_000):
        for name, rows in flow.update(run).items():
            told.add(name)
            assert rows.tobytes() == join_rows([rows[:0], rows], flow.rows[name]).tobytes(), name
    assert told >= {"windows", "sweeps", "flips", "absorptions", "signals", "outcomes"}
