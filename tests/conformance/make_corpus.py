"""Writes the corpus: a DBN file and a JSON file of expected states for every scenario.

Run it from the project's folder after a change of ``scenarios.py``, and review what changed:
``python -m tests.conformance.make_corpus``.
"""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
from tests.conformance.oracle import OracleBook, OracleMarket
from tests.conformance.scenarios import SCENARIOS, TICK, UNDEF, Line

from ticktape.tape import Batch, DbnWriter, Schema, make_metadata, new_records

CORPUS = Path(__file__).parent / "corpus"
FIRST_NS = 1_767_225_600_000_000_000  # 2026-01-01T00:00:00Z
STEP_NS = 1_000_000
SYMBOLS = {100: "TTF6", 200: "TTF6-TTG6"}


def records_of(lines: list[Line]) -> np.ndarray:
    records = new_records(Schema.MBO, len(lines))
    for i, line in enumerate(lines):
        record = records[i]
        record["publisher_id"] = line.publisher_id
        record["instrument_id"] = line.instrument_id
        record["ts_event"] = FIRST_NS + i * STEP_NS
        record["ts_recv"] = FIRST_NS + i * STEP_NS + 20_000
        record["ts_in_delta"] = 10_000
        record["sequence"] = i + 1
        record["order_id"] = line.order_id
        record["price"] = UNDEF if line.price_ticks == UNDEF else line.price_ticks * TICK
        record["size"] = line.size
        record["flags"] = line.flags
        record["action"] = ord(line.action)
        record["side"] = ord(line.side)
    return records


def fields_of(records: np.ndarray) -> list[np.record]:
    """Records as objects with attributes that are Python's own integers."""
    names = records.dtype.names
    kind = type("Fields", (), {"__slots__": names})
    rows = []
    for values in records.tolist():
        row = kind()
        for name, value in zip(names, values, strict=True):
            setattr(row, name, value)
        rows.append(row)
    return rows


def decimal(price: int) -> str:
    return format(Decimal(price) / Decimal(10**9), ".2f")


def ladder(book: OracleBook, side: str) -> list[dict]:
    return [
        {
            "price": decimal(price),
            "size": size,
            "count": count,
            "orders": [{"order_id": order_id, "size": rests} for order_id, rests, _ in queue],
        }
        for price, size, count, queue in book.ladder(side)
    ]


def state_of(applied: int, record: np.record, book: OracleBook) -> dict:
    return {
        "records_applied": applied,
        "publisher_id": record.publisher_id,
        "instrument_id": record.instrument_id,
        "in_event": book.in_event,
        "stale": book.stale,
        "crossed": book.crossed,
        "locked": book.locked,
        "bids": ladder(book, "B"),
        "asks": ladder(book, "A"),
        "counters": {name: count for name, count in sorted(book.counters.items()) if count},
    }


def expected_states(lines: list[Line]) -> list[dict]:
    market = OracleMarket()
    return [
        state_of(i + 1, record, market.apply(record))
        for i, record in enumerate(fields_of(records_of(lines)))
    ]


def write_tape(path: Path, lines: list[Line]) -> None:
    ids = sorted({line.instrument_id for line in lines})
    metadata = make_metadata(
        "TEST.BOOK",
        Schema.MBO,
        FIRST_NS,
        FIRST_NS + len(lines) * STEP_NS,
        [SYMBOLS[one] for one in ids],
        {SYMBOLS[one]: [(date(2026, 1, 1), date(2026, 1, 2), str(one))] for one in ids},
    )
    with DbnWriter(path, metadata, overwrite=True) as tape:
        tape.write(Batch(Schema.MBO, records_of(lines)))


def as_json(name: str) -> str:
    about, lines = SCENARIOS[name]
    head = json.dumps({"scenario": name, "about": about}, indent=1)[:-2]
    states = ",\n  ".join(json.dumps(state) for state in expected_states(lines))
    return f'{head},\n "states": [\n  {states}\n ]\n}}\n'


def make_corpus(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for name, (_, lines) in SCENARIOS.items():
        write_tape(folder / f"{name}.mbo.dbn", lines)
        (folder / f"{name}.json").write_text(as_json(name))


if __name__ == "__main__":
    make_corpus(CORPUS)
