"""Records that speak of an interval: how long it is, and when they could first be known."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np

from ticktape.tape.batch import Batch
from ticktape.tape.layouts import Schema, index_field
from ticktape.tape.times import NS_PER_DAY, NS_PER_SECOND

# A bar's ts_event is when it opened.
BAR_LENGTHS_NS: Final[Mapping[Schema, int]] = MappingProxyType(
    {
        Schema.OHLCV_1S: NS_PER_SECOND,
        Schema.OHLCV_1M: 60 * NS_PER_SECOND,
        Schema.OHLCV_1H: 3_600 * NS_PER_SECOND,
        Schema.OHLCV_1D: NS_PER_DAY,
    }
)

# A sampled quote's ts_recv is the end of its interval.
SAMPLE_LENGTHS_NS: Final[Mapping[Schema, int]] = MappingProxyType(
    {
        Schema.BBO_1S: NS_PER_SECOND,
        Schema.BBO_1M: 60 * NS_PER_SECOND,
        Schema.CBBO_1S: NS_PER_SECOND,
        Schema.CBBO_1M: 60 * NS_PER_SECOND,
    }
)


def known_times(batch: Batch) -> np.ndarray:
    """Tell when each record could first be known: a bar when it ends, all else at its index time.

    Parameters
    ----------
    batch : Batch
        Records of any schema.

    Returns
    -------
    numpy.ndarray
        Shape ``(n,)``, ``uint64`` nanoseconds.
    """
    times: np.ndarray = batch.records[index_field(batch.schema)]
    length_ns = BAR_LENGTHS_NS.get(batch.schema)
    return times if length_ns is None else times + np.uint64(length_ns)
