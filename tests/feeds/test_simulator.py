"""The simulated exchange as a source of records: same seed, same bytes; books that agree."""

import hashlib
import random

import numpy as np
import pytest
from tests.conformance.make_corpus import fields_of
from tests.conformance.oracle import OracleMarket

from ticktape.book import MboBook
from ticktape.feeds.simulator import DEFAULT_PRODUCTS, SimulatedExchange
from ticktape.tape import Instruments, SymbolMap
from ticktape.tape.batch import Batch
from ticktape.tape.errors import BadValueError
from ticktape.tape.layouts import F_LAST, LAYOUTS, UNDEF_PRICE, Schema

SECOND = 1_000_000_000
# Of 200,000 records of seed 1. It changes only where the simulation is meant to change.
PINNED = "6864c96780c790bd8a7184347602074f6699d98efa34c4e887641e58538791c8"


def digest(parts):
    return hashlib.sha256(b"".join(part.tobytes() for part in parts)).hexdigest()


def test_the_same_seed_gives_the_same_bytes_on_every_run_and_machine():
    exchange = SimulatedExchange(seed=1)
    assert digest([exchange.snapshot(), exchange.run(200_000)]) == PINNED


def test_the_bytes_do_not_depend_on_how_they_are_asked_for():
    whole = SimulatedExchange(seed=2).run(100_000)
    draw = random.Random(3)
    exchange = SimulatedExchange(seed=2)
    parts, count = [], 0
    while count < 100_000:
        if draw.random() < 0.5:
            part = exchange.run(min(draw.choice([1, 7, 1_000, 9_999]), 100_000 - count))
        else:
            part = exchange.run_until(exchange.now_ns + draw.randrange(20_000_000))
        parts.append(part)
        count += len(part)
    assert np.concatenate(parts)[:100_000].tobytes() == whole.tobytes()


def test_another_seed_gives_other_bytes():
    assert SimulatedExchange(seed=4).run(1_000).tobytes() != (
        SimulatedExchange(seed=5).run(1_000).tobytes()
    )


def test_looking_at_the_books_changes_nothing():
    looked, alone = SimulatedExchange(seed=6), SimulatedExchange(seed=6)
    parts = []
    for _ in range(10):
        looked.books()
        parts.append(looked.run(5_000))
    assert digest(parts) == digest([alone.run(50_000)])


def test_run_until_gives_whole_events_up_to_the_time():
    exchange = SimulatedExchange(seed=7)
    until = exchange.start_ns + SECOND // 2
    records = exchange.run_until(until)
    assert records["ts_event"].max() <= until
    assert records["flags"][-1] == F_LAST
    assert exchange.now_ns == records["ts_event"][-1]
    assert exchange.run(1)["ts_event"][0] > until


def test_records_are_read_only_mbo():
    records = SimulatedExchange(seed=8).run(100)
    assert records.dtype == LAYOUTS[Schema.MBO]
    assert not records.flags.writeable


@pytest.mark.parametrize("pre_open_ns", [0, SECOND])
def test_an_independent_reader_of_the_records_has_the_engines_own_queues(pre_open_ns):
    exchange = SimulatedExchange(seed=9, rate=20_000, pre_open_ns=pre_open_ns)
    market = OracleMarket()
    records = exchange.snapshot()
    for fifth in range(1, 9):
        for record in fields_of(records):
            market.apply(record)
        own = OracleMarket()
        for record in fields_of(exchange.books()):
            own.apply(record)
        assert market.books.keys() == own.books.keys()
        for key, book in own.books.items():
            assert queues(market.books[key]) == queues(book)
        records = exchange.run_until(exchange.start_ns + fifth * SECOND // 5)
    for book in market.books.values():
        odd = {name for name, count in book.counters.items() if count}
        assert odd <= {"adds", "cancels", "modifies", "trades", "fills", "clears", *HARMLESS}


# Before the opening auction a book may be crossed.
HARMLESS = {"events", "snapshots", "crossings"}


def queues(book):
    return {
        (side, price): [(order_id, size) for order_id, size, _ in queue]
        for side in "BA"
        for price, _, _, queue in book.ladder(side)
    }


def test_queue_order_agrees_with_the_kernel_book():
    exchange = SimulatedExchange(seed=10)
    first = exchange.contracts[0].instrument_id
    book = MboBook(1, first)
    book.update(exchange.snapshot())
    book.update(exchange.run_until(exchange.start_ns + 2 * SECOND))
    engine = exchange.books()
    engine = engine[(engine["instrument_id"] == first) & (engine["action"] == 65)]
    for side in "BA":
        orders = engine[engine["side"] == ord(side)]
        for price in np.unique(orders["price"]):
            queue = book.orders_at(side, int(price))
            assert (
                queue["order_id"].tolist() == orders["order_id"][orders["price"] == price].tolist()
            )


def test_the_snapshot_is_one_clear_then_orders_in_priority_per_instrument():
    exchange = SimulatedExchange(seed=11)
    snapshot = exchange.snapshot()
    for contract in exchange.contracts:
        rows = snapshot[snapshot["instrument_id"] == contract.instrument_id]
        assert chr(rows["action"][0]) == "R"
        assert chr(rows["side"][0]) == "N"
        assert rows["price"][0] == UNDEF_PRICE
        assert set(rows["flags"][:-1].tolist()) == {40}
        assert rows["flags"][-1] == 168
        assert (rows["ts_recv"] == exchange.start_ns).all()
        assert (rows["ts_event"] <= exchange.start_ns).all()
        bids = rows[rows["side"] == ord("B")]["price"]
        asks = rows[rows["side"] == ord("A")]["price"]
        assert (np.diff(bids) <= 0).all()
        assert (np.diff(asks) >= 0).all()
        assert bids[0] < asks[0]


def test_definitions_and_mappings_describe_the_contracts():
    exchange = SimulatedExchange(seed=12)
    instruments = Instruments.from_records(exchange.definitions())
    symbols = SymbolMap.from_metadata(exchange.metadata)
    ticks = {"ES": 250_000_000, "NQ": 250_000_000, "CL": 10_000_000}
    for contract in exchange.contracts:
        instrument = instruments.by_id(contract.instrument_id)
        assert instrument.raw_symbol == contract.raw_symbol
        assert symbols.symbol_of(contract.instrument_id, exchange.start_ns) == contract.raw_symbol
        assert instrument.is_spread == bool(contract.legs)
        assert instrument.tick == (50_000_000 if contract.legs else ticks[instrument.asset])
        assert instrument.expiration_ns > exchange.start_ns
    assert [c.raw_symbol for c in exchange.contracts] == [
        *("ESH6", "ESM6", "ESH6-ESM6", "NQH6", "NQM6", "CLG6", "CLH6")
    ]


@pytest.mark.parametrize(
    ("start", "symbols"),
    [
        ("2026-11-21", ["ESZ6", "ESH7", "CLF7", "CLG7"]),
        ("2025-09-24", ["ESZ5", "ESH6", "CLX5", "CLZ5"]),
        ("2025-12-19T14:31", ["ESH6", "ESM6", "CLF6", "CLG6"]),
    ],
)
def test_symbols_are_those_of_the_start(start, symbols):
    start_ns = int(np.datetime64(start, "ns").astype(np.int64))
    contracts = SimulatedExchange(start_ns=start_ns).contracts
    listed = [c.raw_symbol for c in contracts if not c.legs and c.product.asset != "NQ"]
    assert listed == symbols


def test_one_product_can_be_had_alone():
    alone = SimulatedExchange(seed=1, products=DEFAULT_PRODUCTS[2:])
    together = SimulatedExchange(seed=1)
    ids = {c.instrument_id for c in together.contracts if c.product.asset == "CL"}
    assert set(alone.run(10_000)["instrument_id"].tolist()) == ids


def test_bad_settings_are_refused():
    for settings in (
        {"rate": 0},
        {"rate": float("nan")},
        {"products": ()},
        {"pre_open_ns": -1},
        {"iceberg_share": 1.5},
    ):
        with pytest.raises(BadValueError):
            SimulatedExchange(**settings)


def test_a_batch_can_be_made_of_every_array():
    exchange = SimulatedExchange(seed=1)
    assert Batch(Schema.MBO, exchange.run(3)).records["rtype"].tolist() == [160] * 3
    assert exchange.status(trading=True)["is_trading"].tolist() == [b"Y"] * 7
