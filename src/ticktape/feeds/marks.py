"""In-band marks of a replay: system records, so that every client sees them in order.

A mark is a ``SystemMsg`` with code 255 (unset) and one of the texts below; the live protocol
carries it as it is. After ``RESET_TEXT`` everything derived so far is void and what follows starts
over; after ``CAUGHT_UP_TEXT`` records are paced again.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

import numpy as np

from ticktape.tape.batch import Batch
from ticktape.tape.layouts import Schema, new_records

RESET_TEXT: Final = "ticktape replay: reset"
CAUGHT_UP_TEXT: Final = "ticktape replay: caught up"
MARK_CODE: Final = 255


class Mark(Enum):
    """What a mark says."""

    RESET = RESET_TEXT
    CAUGHT_UP = CAUGHT_UP_TEXT


_MARKS: Final = {mark.value.encode(): mark for mark in Mark}


def make_mark(mark: Mark, ts_event: int) -> Batch:
    """Make a mark as a batch of one system record.

    Parameters
    ----------
    mark : Mark
        What it says.
    ts_event : int
        Index time of the tape at the mark, ns.

    Returns
    -------
    Batch
        Schema ``system``, one record.
    """
    records = new_records(Schema.SYSTEM, 1)
    records["ts_event"] = ts_event
    records["msg"] = mark.value.encode()
    records["code"] = MARK_CODE
    records.flags.writeable = False
    return Batch(Schema.SYSTEM, records)


def read_mark(record: np.void) -> Mark | None:
    """Tell what a system record marks.

    Parameters
    ----------
    record : numpy.void
        One record of dtype ``LAYOUTS[Schema.SYSTEM]``.

    Returns
    -------
    Mark or None
        None for any other system record.
    """
    if record["code"] != MARK_CODE:
        return None
    return _MARKS.get(bytes(record["msg"]))


def marks_in(batch: Batch) -> list[Mark]:
    """List the marks of a batch, in order.

    Parameters
    ----------
    batch : Batch
        Of any schema.

    Returns
    -------
    list of Mark
        Empty for all schemas but ``system``.
    """
    if batch.schema is not Schema.SYSTEM:
        return []
    return [mark for mark in map(read_mark, batch.records) if mark is not None]
