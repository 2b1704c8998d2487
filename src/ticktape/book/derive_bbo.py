"""BBO on interval (bbo-1s, bbo-1m) from MBP-1 records."""

from __future__ import annotations

from typing import Final

import numpy as np

from ticktape.book.derive import check_layout
from ticktape.book.derive_bbo_kernels import (
    INTERVAL_END,
    BboState,
    close_interval,
    sample_quotes,
)
from ticktape.book.keys_kernels import grow_keys, new_keys
from ticktape.ops.kernels import kernel_input
from ticktape.tape.intervals import SAMPLE_LENGTHS_NS
from ticktape.tape.layouts import LAYOUTS, Schema, new_records


class BboDeriver:
    """The last quote and the last sale of every instrument at the end of each interval.

    A record closes when the clock of the stream (``ts_recv`` of any instrument's record) passes
    the interval's end, so a quiet instrument's record comes with everyone's. Source of the rules:
    databento.com/docs/schemas/bbo.

    Parameters
    ----------
    schema : Schema
        ``BBO_1S`` or ``BBO_1M``.
    """

    def __init__(self, schema: Schema) -> None:
        self.schema: Final = schema
        self._every_ns = SAMPLE_LENGTHS_NS[schema]
        self.reset()

    def reset(self) -> None:
        """Forget every quote."""
        keys = new_keys()
        room = len(keys.of_slot)
        self._state = BboState(
            keys,
            new_records(self.schema, room),
            np.zeros(room, "i4"),
            np.zeros(room, "u1"),
            np.zeros(2, "i8"),
        )
        self._closed = np.zeros(4 * room, LAYOUTS[self.schema])

    def update(self, records: np.ndarray) -> np.ndarray:
        """Take MBP-1 records; give the BBO records of the intervals that they end."""
        check_layout(records, Schema.MBP_1)
        quotes = kernel_input(records)
        done = 0
        pieces = [np.empty(0, LAYOUTS[self.schema])]
        while done < len(quotes):
            done, filled = sample_quotes(self._state, quotes, done, self._every_ns, self._closed)
            pieces.append(self._closed[:filled].copy())
            if done < len(quotes):
                self._make_room()
        return np.concatenate(pieces)

    def advance(self, time_ns: int) -> np.ndarray:
        """Let the clock of the stream go on; give the records of the interval that this ends."""
        counts = self._state.counts
        if time_ns < counts[INTERVAL_END]:
            return np.empty(0, LAYOUTS[self.schema])
        made = self.flush()
        counts[INTERVAL_END] = time_ns - time_ns % self._every_ns + self._every_ns
        return made

    def flush(self) -> np.ndarray:
        """Close the open interval, as at the end of a stream, and give its records."""
        filled = close_interval(self._state, self._closed, 0)
        return self._closed[:filled].copy()

    def _make_room(self) -> None:
        keys, quotes, moved, has_moved, counts = self._state
        if int(keys.used[0]) == len(keys.of_slot):
            self._state = BboState(
                grow_keys(keys),
                np.concatenate([quotes, new_records(self.schema, len(quotes))]),
                np.concatenate([moved, np.zeros_like(moved)]),
                np.concatenate([has_moved, np.zeros_like(has_moved)]),
                counts,
            )
            self._closed = np.zeros(8 * len(quotes), LAYOUTS[self.schema])
