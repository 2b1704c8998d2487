"""``ticktape flow`` of a continuous symbol that rolls on the tape."""

import json
from datetime import date

import numpy as np
import pytest

from ticktape.tape import Batch, DbnWriter, Schema, make_metadata, new_records

SECOND = 1_000_000_000
# 2025-11-24T14:30Z.
START = 1_763_994_600 * SECOND
DAYS = (date(2025, 11, 20), date(2025, 11, 30))


def trades(count, instrument_id, start_ns):
    records = new_records(Schema.TRADES, count)
    records["ts_event"] = records["ts_recv"] = start_ns + np.arange(count) * SECOND
    records["price"], records["size"], records["side"] = 25_000 * SECOND, 1, ord("B")
    records["instrument_id"], records["action"] = instrument_id, ord("T")
    return records


def tape_that_rolls(path, mappings, stype_in):
    """Write trades of 7 on one day, and of 8 three days later."""
    metadata = make_metadata(
        "GLBX.MDP3", Schema.TRADES, START, None, list(mappings), mappings, stype_in=stype_in
    )
    with DbnWriter(path, metadata) as writer:
        writer.write(Batch(Schema.TRADES, trades(5, 7, START)))
        writer.write(Batch(Schema.TRADES, trades(3, 8, START + 3 * 86_400 * SECOND)))
    return path


ROLL = date(2025, 11, 26)
ROLLING = {
    "as the vendor maps it": (
        {"NQ.v.0": [(DAYS[0], ROLL, "7"), (ROLL, DAYS[1], "8")]},
        "continuous",
        "NQ.v.0",
        ("NQ.v.0", "NQ.v.0"),
        "NQ.v.0 is instrument 7 until 2025-11-26T00:00:00Z, instrument 8 from then on",
    ),
    "as contracts end": (
        {"NQX5": [(DAYS[0], ROLL, "7")], "NQZ5": [(*DAYS, "8")]},
        "raw_symbol",
        "NQ.c.0",
        ("NQX5", "NQZ5"),
        "NQ.c.0 is NQX5 until 2025-11-26T00:00:00Z, NQZ5 from then on",
    ),
}


@pytest.mark.parametrize("how", ROLLING)
def test_where_a_symbol_rolls_the_studies_end_and_it_is_said(ticktape, tmp_path, how):
    mappings, stype_in, symbol, names, said = ROLLING[how]
    path = tape_that_rolls(tmp_path / "tape.dbn", mappings, stype_in)
    status, out, err = ticktape("flow", path, "--symbol", symbol, "--json")
    assert (status, json.loads(out)["symbol"], json.loads(out)["trades"]) == (0, names[0], 5)
    assert (err.count("\n"), said in err) == (1, True)
    start = ("--start", "2025-11-26T00:00:00Z")
    status, out, err = ticktape("flow", path, "--symbol", symbol, *start, "--json")
    assert (status, err) == (0, "")
    assert (json.loads(out)["symbol"], json.loads(out)["trades"]) == (names[1], 3)


def test_a_symbol_that_does_not_roll_before_the_end_is_not_spoken_of(ticktape, tmp_path):
    mappings, stype_in, symbol, _, _ = ROLLING["as contracts end"]
    path = tape_that_rolls(tmp_path / "tape.dbn", mappings, stype_in)
    _, out, err = ticktape("flow", path, "--symbol", symbol, "--end", "2025-11-25", "--json")
    assert (json.loads(out)["trades"], err) == (5, "")


def test_a_tape_of_one_continuous_symbol_needs_no_symbol(ticktape, tmp_path):
    mappings, stype_in, *_ = ROLLING["as the vendor maps it"]
    path = tape_that_rolls(tmp_path / "tape.dbn", mappings, stype_in)
    status, out, _ = ticktape("flow", path, "--json")
    assert (status, json.loads(out)["trades"]) == (0, 5)
