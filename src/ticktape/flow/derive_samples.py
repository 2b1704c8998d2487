"""BBO on interval out of records that are richer than MBP-1: orders, or ten levels."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from ticktape.book.derive import Deriver
from ticktape.book.derive_bbo import BboDeriver
from ticktape.book.time_kernels import NO_TIME
from ticktape.tape.batch import join_records
from ticktape.tape.intervals import SAMPLE_LENGTHS_NS
from ticktape.tape.layouts import F_BAD_TS_RECV, F_SNAPSHOT, Schema


class SampledChain:
    """The quotes of richer records, sampled by the clock of those.

    An interval ends with the first record at or after its end, whether that made a quote or not:
    by the quotes' own clock its records would come later, behind records of the next interval, or
    not, as the stream is cut.

    Parameters
    ----------
    quotes : Deriver
        Makes ``mbp-1`` of the richer records.
    schema : Schema
        ``BBO_1S`` or ``BBO_1M``.
    """

    def __init__(self, quotes: Deriver, schema: Schema) -> None:
        self._quotes = quotes
        self._samples = BboDeriver(schema)
        self._every_ns = SAMPLE_LENGTHS_NS[schema]
        self._clock_ns = NO_TIME

    @property
    def schema(self) -> Schema:
        """The schema of the records made."""
        return self._samples.schema

    def update(self, records: np.ndarray) -> np.ndarray:
        """Take the richer records; give the samples of the intervals that they end."""
        if not len(records):
            return self._samples.update(self._quotes.update(records))
        clock = np.maximum.accumulate(np.maximum(_times(records), self._clock_ns))
        before = np.concatenate([[self._clock_ns], clock[:-1]])
        self._clock_ns = int(clock[-1])
        begins = np.flatnonzero(clock // self._every_ns != before // self._every_ns)
        cuts = [*begins.tolist(), len(records)]
        made = [self._samples.update(self._quotes.update(records[: cuts[0]]))]
        for start, end in pairwise(cuts):
            made.append(self._samples.advance(int(clock[start])))
            made.append(self._samples.update(self._quotes.update(records[start:end])))
        return join_records(made)

    def flush(self) -> np.ndarray:
        """Give what is still open, as at the end of a stream."""
        last = self._samples.update(self._quotes.flush())
        return join_records([last, self._samples.flush()])

    def reset(self) -> None:
        """Start over."""
        self._quotes.reset()
        self._samples.reset()
        self._clock_ns = NO_TIME


# As `event_time` of one record.
def _times(records: np.ndarray) -> np.ndarray:
    times, flags = records["ts_recv"].view("i8"), records["flags"]
    is_bad = (flags & (F_BAD_TS_RECV | F_SNAPSHOT)) == F_BAD_TS_RECV
    found: np.ndarray = np.where(is_bad | (times == NO_TIME), records["ts_event"].view("i8"), times)
    return found
