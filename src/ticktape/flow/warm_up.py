"""Running every kernel of the flow studies once, so that it is compiled."""

from __future__ import annotations

import numpy as np

from ticktape.flow.bars import TimeBars
from ticktape.flow.latest import latest_of_each
from ticktape.tape.layouts import Schema, new_records


def warm_up() -> None:
    """Compile the kernels of this package, or load them from the cache."""
    for schema in (Schema.TRADES, Schema.MBO, Schema.MBP_1, Schema.MBP_10, Schema.OHLCV_1S):
        bars = TimeBars(1_000_000_000)
        bars.update(new_records(schema, 2))
        bars.update(np.frombuffer(new_records(schema, 2).tobytes(), new_records(schema, 1).dtype))
        bars.stand(bars.standing())
    latest_of_each(new_records(Schema.TRADES, 3), 1)
