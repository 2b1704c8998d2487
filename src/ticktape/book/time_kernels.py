"""Which of a record's times places it in an interval."""

from __future__ import annotations

from typing import Final

import numpy as np

from ticktape.ops.kernels import lean_kernel
from ticktape.tape.layouts import F_BAD_TS_RECV, F_SNAPSHOT

# UNDEF_TIMESTAMP, seen as a signed integer.
NO_TIME: Final = -1


@lean_kernel
def event_time(ts_recv: np.int64, ts_event: np.int64, flags: int) -> np.int64:
    """Give the time that places a record in an interval: ``ts_recv``, where that can be trusted.

    The vendor's bars are "based on the ts_recv from trade messages"
    (databento.com/docs/schemas/ohlcv). A record flagged ``F_BAD_TS_RECV`` counts by its
    ``ts_event``, unless it belongs to a snapshot: there ``ts_recv`` is the snapshot's time and
    ``ts_event`` the order's own, which may be days old. ``NO_TIME`` where there is none.
    """
    if ts_recv == NO_TIME or flags & (F_BAD_TS_RECV | F_SNAPSHOT) == F_BAD_TS_RECV:
        return ts_event
    return ts_recv
