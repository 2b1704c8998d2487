"""In-band marks of a replay: system records, so that every client sees them in order.

A mark is a ``SystemMsg`` with code 255 (unset) and one of the texts below; the live protocol
carries it as it is. After ``RESET_TEXT`` everything derived so far is void and what follows starts
over; after ``CAUGHT_UP_TEXT`` records are paced again.

Where a replay begins at a checkpoint, it says so between the two:

- ``PAST_TEXT`` and a number: what follows is not all there was in the so many records before the
  checkpoint, but what has to be seen of it record by record: an empty book of every instrument,
  definitions and the like, then trades and bars; these may be left out where everybody who listens
  knows them from the tape. No quote may be made of it.
- ``BOOKS_TEXT``: what follows makes the books as they stood at the checkpoint.
- ``POSITION_TEXT`` and two numbers: how many ``mbo`` records, and how many of all schemas, come
  before what follows. From here on every record of the tape comes.

A reset that is not followed by ``PAST_TEXT`` is followed by the tape from its beginning.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import Final

import numpy as np

from ticktape.tape.batch import Batch
from ticktape.tape.layouts import Schema, new_records

RESET_TEXT: Final = "ticktape replay: reset"
CAUGHT_UP_TEXT: Final = "ticktape replay: caught up"
PAST_TEXT: Final = "ticktape replay: past"
BOOKS_TEXT: Final = "ticktape replay: books"
POSITION_TEXT: Final = "ticktape replay: position"
MARK_CODE: Final = 255


class Mark(Enum):
    """What a mark says."""

    RESET = RESET_TEXT
    CAUGHT_UP = CAUGHT_UP_TEXT
    PAST = PAST_TEXT
    BOOKS = BOOKS_TEXT
    POSITION = POSITION_TEXT


_MARKS: Final = {mark.value.encode(): mark for mark in Mark}
_NUMBERED: Final = re.compile(rb"(ticktape replay: position|ticktape replay: past)( \d+)+")
_POSITION: Final = re.compile(rb"ticktape replay: position (\d+) (\d+)")
_PAST: Final = re.compile(rb"ticktape replay: past (\d+)")


def make_position_mark(mbo_position: int, position: int, ts_event: int) -> Batch:
    """Make the mark that says where on its tape a replay goes on.

    Parameters
    ----------
    mbo_position, position : int
        How many ``mbo`` records, and how many of all schemas, come before what follows.
    ts_event : int
        Index time of the tape there, ns.

    Returns
    -------
    Batch
        Schema ``system``, one record.
    """
    return _make(f"{POSITION_TEXT} {mbo_position} {position}", ts_event)


def make_past_mark(position: int, ts_event: int) -> Batch:
    """Make the mark that says that the past up to a checkpoint follows.

    Parameters
    ----------
    position : int
        How many records of all schemas come before the checkpoint.
    ts_event : int
        Index time of the tape's beginning, ns.

    Returns
    -------
    Batch
        Schema ``system``, one record.
    """
    return _make(f"{PAST_TEXT} {position}", ts_event)


def positions_in(batch: Batch) -> list[tuple[int, int]]:
    """Give the two numbers of every position mark of a batch, in order."""
    return [(int(one[1]), int(one[2])) for one in _matches(batch, _POSITION)]


def past_positions_in(batch: Batch) -> list[int]:
    """Give the number of every past mark of a batch, in order."""
    return [int(one[1]) for one in _matches(batch, _PAST)]


def _matches(batch: Batch, pattern: re.Pattern[bytes]) -> list[re.Match[bytes]]:
    if batch.schema is not Schema.SYSTEM:
        return []
    own = batch.records[batch.records["code"] == MARK_CODE]
    found = [pattern.fullmatch(bytes(text)) for text in own["msg"]]
    return [one for one in found if one is not None]


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
    return _make(mark.value, ts_event)


def _make(text: str, ts_event: int) -> Batch:
    records = new_records(Schema.SYSTEM, 1)
    records["ts_event"] = ts_event
    records["msg"] = text.encode()
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
    text = bytes(record["msg"])
    numbered = _NUMBERED.fullmatch(text)
    return _MARKS.get(text if numbered is None else numbered[1])


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
