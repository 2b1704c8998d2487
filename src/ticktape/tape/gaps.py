"""Gaps: what a feed missed while it was not connected, said in its own stream.

A gap stands in the stream where the missed records would have been: a system record with code 255
(unset) whose text begins ``ticktape feed: gap``. Everything that reads a feed can show it.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

import numpy as np

from ticktape.tape.batch import Batch
from ticktape.tape.layouts import Schema, new_records

_UNSET: Final = 255
_TEXT: Final = re.compile(rb"ticktape feed: gap (\d+) (\d+) (.*)", re.DOTALL)


class Gap(NamedTuple):
    """A span of event time of which records may be missing.

    Attributes
    ----------
    start_ns : int
        Time of the last record before the gap.
    end_ns : int
        Where the stream goes on; before `start_ns` where the source starts over.
    reason : str
        Why, for people.
    """

    start_ns: int
    end_ns: int
    reason: str


def gap_batch(gap: Gap) -> Batch:
    """Make the in-band form of a gap: a batch of one system record."""
    record = new_records(Schema.SYSTEM, 1)
    record["ts_event"] = gap.end_ns
    record["msg"] = f"ticktape feed: gap {gap.start_ns} {gap.end_ns} {gap.reason}".encode()[:302]
    record["code"] = _UNSET
    return Batch(Schema.SYSTEM, record)


def gaps_in(records: np.ndarray) -> list[Gap]:
    """Give the gaps among system records (dtype ``LAYOUTS[Schema.SYSTEM]``), in order."""
    gaps = []
    for record in records[records["code"] == _UNSET]:
        found = _TEXT.fullmatch(bytes(record["msg"]))
        if found:
            gaps.append(Gap(int(found[1]), int(found[2]), found[3].decode(errors="replace")))
    return gaps
