"""A made-up half minute of one book, in which every size, trade and hole is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from tests.server.market_day import ES, MIDS, SECOND, START_NS, TICK, definitions, write_tape

from ticktape.tape import Batch, Schema, new_records

MID = MIDS[ES] // TICK
# Ticks from the middle, and what rests there. Of 24 levels, 19 are small and 2 are large.
SMALL, MIDDLING, LARGE = 10, 40, 160
SIZES = dict.fromkeys((*range(-12, 0), *range(1, 13)), SMALL)
SIZES |= {-5: MIDDLING, -9: MIDDLING, 6: MIDDLING, -7: LARGE, 8: LARGE}
# Seconds from the start: the best prices rise, somebody buys, somebody sells, records are missing.
RISE_S, BUY_S, SELL_S, QUIET_S, HOLE_S, KNOWN_S, CURSOR_S, END_S = 10, 15, 20, 24, 27, 29, 33, 38
# Best bid and ask in ticks from the middle, before and after they rise.
BEFORE, AFTER = (-1, 1), (0, 2)
TRADED = 5
LAST, MAYBE_BAD_BOOK = 128, 4


def _order_id(away: int) -> int:
    return 1_000 + away


def _rows() -> list[tuple[float, str, str, int, int, int]]:
    """Give second, action, side, ticks from the middle, size and flags of each record."""
    opening = [
        (0.0, "A", "B" if away < 0 else "A", away, size, LAST) for away, size in SIZES.items()
    ]
    return [
        *opening,
        (RISE_S, "C", "A", 1, SMALL, LAST),
        (RISE_S, "A", "B", 0, SMALL, LAST),
        *_trade(BUY_S, "B", 2),
        *_trade(SELL_S, "A", 0),
        (QUIET_S, "A", "A", 13, SMALL, LAST),
        (HOLE_S, "A", "A", 14, SMALL, LAST | MAYBE_BAD_BOOK),
        (KNOWN_S, "A", "A", 17, SMALL, LAST),
        (CURSOR_S, "A", "A", 15, SMALL, LAST),
        (END_S, "A", "A", 16, LARGE, LAST),
    ]


def _trade(second: float, aggressor: str, away: int) -> list[tuple[float, str, str, int, int, int]]:
    """Half of what rests at a best price is taken."""
    resting = "A" if aggressor == "B" else "B"
    return [
        (second, "T", aggressor, away, TRADED, 0),
        (second, "F", resting, away, TRADED, 0),
        (second, "C", resting, away, TRADED, LAST),
    ]


def liquidity_tape(folder: Path) -> Path:
    rows = _rows()
    records = new_records(Schema.MBO, len(rows))
    for record, (second, action, side, away, size, flags) in zip(records, rows, strict=True):
        record["ts_event"] = record["ts_recv"] = START_NS + round(second * SECOND)
        record["action"], record["side"] = ord(action), ord(side)
        record["price"], record["size"], record["flags"] = (MID + away) * TICK, size, flags
        record["order_id"] = 0 if action == "T" else _order_id(away)
    records["publisher_id"], records["instrument_id"] = 1, ES
    records["sequence"] = np.arange(len(rows))
    return write_tape(folder / "liquidity.dbn", definitions(), Batch(Schema.MBO, records))
