"""OHLCV records (1s, 1m, 1h, 1d) from trades, or from shorter OHLCV records."""

from __future__ import annotations

from typing import Final

import numpy as np

from ticktape.book.derive import as_schema
from ticktape.flow.bars import TimeBars
from ticktape.tape.intervals import BAR_LENGTHS_NS
from ticktape.tape.layouts import Schema


class OhlcvDeriver:
    """The vendor's bars: aligned to UTC, ``ts_event`` the bar's open, none where nothing traded.

    Parameters
    ----------
    schema : Schema
        ``OHLCV_1S``, ``OHLCV_1M``, ``OHLCV_1H`` or ``OHLCV_1D``; what is taken are records that
        carry prints, or OHLCV records of a shorter schema. See `TimeBars` for when a bar closes.
    """

    def __init__(self, schema: Schema) -> None:
        self.schema: Final = schema
        self._bars = TimeBars(BAR_LENGTHS_NS[schema])

    def update(self, records: np.ndarray) -> np.ndarray:
        """Take records; give the bars that they close."""
        return as_schema(self._bars.update(records), self.schema)

    def flush(self) -> np.ndarray:
        """Give the bars that are still open, as at the end of a stream."""
        return as_schema(self._bars.flush(), self.schema)

    def reset(self) -> None:
        """Forget every bar."""
        self._bars.reset()
