"""What the simulated records say: CME's sequences, and a market that looks like one."""

import numpy as np
import pytest

from ticktape.book import MboBook
from ticktape.feeds.simulator import SimulatedExchange
from ticktape.flow.absorption.order_activity import OrderActivity
from ticktape.flow.absorption.rows import IcebergKind
from ticktape.tape.layouts import F_LAST

SECOND = 1_000_000_000


@pytest.fixture(scope="module")
def exchange():
    return SimulatedExchange(seed=21)


@pytest.fixture(scope="module")
def records(exchange):
    return exchange.run_until(exchange.start_ns + 10 * SECOND)


@pytest.fixture(scope="module")
def events(records):
    ends = np.flatnonzero(records["flags"] & F_LAST) + 1
    return [records[begin:end] for begin, end in zip([0, *ends[:-1]], ends, strict=True)]


def letters(event, field="action"):
    return event[field].tobytes().decode()


def test_flags_are_last_alone_at_the_end_of_an_event_and_zero_within(records, events):
    assert set(records["flags"].tolist()) == {0, F_LAST}
    assert sum(map(len, events)) == len(records)


def test_the_records_of_an_event_share_instrument_times_and_sequence(records):
    within = records["flags"][:-1] != F_LAST
    for name in ("instrument_id", "ts_event", "ts_recv", "ts_in_delta", "sequence"):
        assert (records[name][1:] == records[name][:-1])[within].all()


def test_times_go_forward_and_sequences_count_the_events_of_a_channel(records, events):
    assert (np.diff(records["ts_recv"].astype(np.int64)) >= 0).all()
    assert (np.diff(records["ts_event"].astype(np.int64)) >= 0).all()
    latency = records["ts_recv"] - records["ts_event"]
    assert (latency < 1_000_000).all()
    for channel in np.unique(records["channel_id"]):
        sequences = [e["sequence"][0] for e in events if e["channel_id"][0] == channel]
        assert (np.diff(np.array(sequences, np.int64)) == 1).all()


def test_every_event_is_a_single_change_or_trades_fills_then_changes(events):
    for event in events:
        actions = letters(event)
        if len(actions) == 1:
            assert actions in "ACM"
            continue
        book_part = actions.lstrip("TF")
        head = actions[: len(actions) - len(book_part)]
        assert head.startswith("TF")
        assert "TT" not in head
        assert set(book_part) <= set("ACM")
        assert book_part


def test_trades_carry_the_aggressor_and_their_fills_add_up(events):
    for event in events:
        actions = letters(event)
        if "T" not in actions:
            continue
        aggressor = event["side"][0]
        resting = ord("A") if aggressor == ord("B") else ord("B")
        trades, fills = event[event["action"] == ord("T")], event[event["action"] == ord("F")]
        assert (trades["side"] == aggressor).all()
        assert (trades["order_id"] == trades["order_id"][0]).all()
        assert (fills["side"] == resting).all()
        for trade in trades:
            at_price = fills["price"] == trade["price"]
            assert fills["size"][at_price].sum() == trade["size"]
        steps = np.diff(trades["price"])
        assert (steps > 0).all() if aggressor == ord("B") else (steps < 0).all()


def test_every_fill_has_its_own_change_bids_before_asks(events):
    for event in events:
        if "F" not in letters(event):
            continue
        filled = set(event["order_id"][event["action"] == ord("F")].tolist())
        changes = event[np.isin(event["action"], [ord("C"), ord("M")])]
        assert sorted(changes["order_id"].tolist()) == sorted(filled)
        book_part = event[~np.isin(event["action"], [ord("T"), ord("F")])]
        sides = letters(book_part, "side")
        assert sides == "".join(sorted(sides, reverse=True))


def test_the_rest_of_an_aggressor_joins_the_book_under_its_own_id(events):
    rests = [e for e in events if len(e) > 1 and "A" in letters(e)]
    assert len(rests) > 50
    for event in rests:
        added = event[event["action"] == ord("A")][0]
        assert added["order_id"] == event["order_id"][0]
        assert added["side"] == event["side"][0]


def test_icebergs_fill_beyond_what_they_showed_and_refill_by_a_modify():
    exchange = SimulatedExchange(seed=21, iceberg_share=0.05)
    records = exchange.run_until(exchange.start_ns + 10 * SECOND)
    shown = {int(r["order_id"]): int(r["size"]) for r in exchange.snapshot()}
    hidden_fills, lost_places = 0, 0
    filled = {}
    for record in records:
        action, order_id = chr(record["action"]), int(record["order_id"])
        size = int(record["size"])
        if action == "F":
            filled[order_id] = filled.get(order_id, 0) + size
        elif action == "M" and order_id in filled:
            left = shown[order_id] - filled.pop(order_id)
            hidden_fills += left < 0
            lost_places += size > shown[order_id]
            shown[order_id] = size
        elif action in "AM":
            shown[order_id] = size
        elif action == "C":
            filled.pop(order_id, None)
            shown.pop(order_id)
    assert hidden_fills > 5
    assert lost_places > 20


def replenished(exchange, records):
    found = set()
    for contract in exchange.contracts:
        orders = OrderActivity(contract.instrument_id, contract.tick)
        orders.update(exchange.snapshot())
        icebergs = orders.update(records).icebergs
        found |= set(icebergs["order_id"][icebergs["kind"] == IcebergKind.NATIVE].tolist())
    return len(found)


def test_icebergs_are_as_rare_as_on_a_real_tape(exchange, records):
    orders = np.count_nonzero(records["action"] == ord("A"))
    # Crude oil of 2025-09-24: 4 of 14,959.
    assert 0.00005 < replenished(exchange, records) / orders < 0.0006


def test_without_a_share_of_icebergs_nothing_is_hidden():
    exchange = SimulatedExchange(seed=21, iceberg_share=0.0)
    assert replenished(exchange, exchange.run(200_000)) == 0


def test_sizes_are_positive_and_prices_on_the_tick(exchange, records):
    assert (records["size"] > 0).all()
    for contract in exchange.contracts:
        prices = records["price"][records["instrument_id"] == contract.instrument_id]
        assert (prices % contract.tick == 0).all()
        if contract.legs:
            assert (prices < 0).any()
        else:
            assert (prices > 0).all()


def test_shares_of_actions_are_near_those_of_a_real_tape(records):
    share = {a: np.mean(records["action"] == ord(a)) for a in "ACMFT"}
    assert share["A"] == pytest.approx(0.39, abs=0.06)
    assert share["C"] == pytest.approx(0.41, abs=0.06)
    assert share["M"] == pytest.approx(0.07, abs=0.04)
    assert share["F"] == pytest.approx(0.08, abs=0.05)
    assert share["T"] == pytest.approx(0.045, abs=0.02)


def test_the_book_is_never_crossed_in_trading_and_the_spread_mostly_one_or_two_ticks(
    exchange, records
):
    for contract in exchange.contracts:
        book = MboBook(1, contract.instrument_id)
        book.update(exchange.snapshot())
        quotes = book.update_bbos(records[records["instrument_id"] == contract.instrument_id])
        ticks = (quotes["ask_price"] - quotes["bid_price"]) // contract.tick
        assert (ticks >= 1).all()
        assert np.mean(ticks <= 2) > 0.9


@pytest.mark.parametrize("rate", [200, 50_000, 2_000_000])
def test_the_mean_rate_is_what_was_asked_for(rate):
    exchange = SimulatedExchange(seed=22, rate=rate)
    count = 100_000 if rate < 1_000 else 1_000_000
    exchange.run(count)
    span = (exchange.now_ns - exchange.start_ns) / SECOND
    # The mean is held over seconds of event time; within less, spells of activity show.
    assert count / span == pytest.approx(rate, rel=0.08 if span > 5 else 0.8)


def test_arrivals_come_in_clusters(records):
    counts = np.bincount(((records["ts_event"] - records["ts_event"][0]) // 10**7).astype(int))
    assert counts.var() / counts.mean() > 5


def test_order_sizes_and_lifetimes_are_heavy_tailed(records):
    sizes = records["size"][records["action"] == ord("A")]
    assert np.median(sizes) == 1
    assert sizes.max() >= 50
    born = {}
    lives = []
    for order_id, action, ts in zip(
        records["order_id"].tolist(),
        records["action"].tolist(),
        records["ts_event"].tolist(),
        strict=True,
    ):
        if action == ord("A"):
            born[order_id] = ts
        elif action == ord("C") and order_id in born:
            lives.append(ts - born.pop(order_id))
    early, middle, late = np.percentile(lives, [10, 50, 99])
    assert middle > 5 * early
    assert late > 20 * middle


def test_hours_of_event_time_keep_prices_sane_and_live_orders_bounded():
    exchange = SimulatedExchange(seed=23, rate=100)
    exchange.run(2_000_000)
    hours = (exchange.now_ns - exchange.start_ns) / SECOND / 3600
    assert hours > 5
    books = exchange.books()
    assert len(books) < 20_000
    for contract in exchange.contracts:
        own = books[(books["instrument_id"] == contract.instrument_id) & (books["action"] == 65)]
        best_bid = own["price"][own["side"] == ord("B")].max()
        best_ask = own["price"][own["side"] == ord("A")].min()
        assert best_bid < best_ask < best_bid + 12 * contract.tick
        assert abs(int(best_bid) - contract.price) < 3_500 * contract.tick


def test_a_tape_of_a_few_seconds_has_about_the_rate_asked_for():
    rates = []
    for seed in range(1, 7):
        exchange = SimulatedExchange(seed=seed, rate=50_000)
        exchange.snapshot()
        rates.append(len(exchange.run_until(exchange.start_ns + 5 * SECOND - 1)) / 5)
    assert np.mean(rates) == pytest.approx(50_000, rel=0.1)
    assert rates == pytest.approx([50_000] * 6, rel=0.2)
