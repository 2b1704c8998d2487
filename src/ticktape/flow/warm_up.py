"""Running every kernel of the flow studies once, so that it is compiled."""

from __future__ import annotations

import numpy as np

from ticktape.flow.bars import TimeBars
from ticktape.flow.indicators import ema, highest, sma
from ticktape.flow.latest import latest_of_each
from ticktape.flow.prints import PrintStream
from ticktape.flow.tally import Tally
from ticktape.tape.layouts import ACTION_TRADE, Schema, new_records


def warm_up() -> None:
    """Compile the kernels of this package, or load them from the cache."""
    for schema in (Schema.TRADES, Schema.MBO, Schema.MBP_1, Schema.MBP_10, Schema.OHLCV_1S):
        bars = TimeBars(1_000_000_000)
        bars.update(new_records(schema, 2))
        bars.update(np.frombuffer(new_records(schema, 2).tobytes(), new_records(schema, 1).dtype))
        bars.stand(bars.standing())
    latest_of_each(new_records(Schema.TRADES, 3), 1)
    for schema in (Schema.TRADES, Schema.MBO, Schema.MBP_10):
        Tally().update(PrintStream(0).take(_one_trade(schema)))
    for indicator in (sma, ema, highest):
        indicator([1.0], 1)


def _one_trade(schema: Schema) -> np.ndarray:
    record = new_records(schema, 1)
    record["action"], record["price"], record["size"] = ACTION_TRADE, 1, 1
    return record
