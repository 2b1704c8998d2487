"""Gaps: what a feed missed while it was not connected, said in its own stream.

A gap stands in the stream where the missed records would have been: a system record with code 255
(unset) whose text begins ``ticktape feed: gap``. Everything that reads a feed can show it.

When the connection is lost, nobody knows yet where the gap ends: a system record with the same code
and a text that begins ``ticktape feed: upstream lost at`` says so at once, the gap follows later.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

import numpy as np

from ticktape.tape.batch import Batch
from ticktape.tape.layouts import Schema, new_records

_UNSET: Final = 255
_TEXT: Final = re.compile(rb"ticktape feed: gap (\d+) (\d+) (.*)", re.DOTALL)
_LOSS: Final = re.compile(rb"ticktape feed: upstream lost at (\d+): (.*)", re.DOTALL)


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
    return _said(f"ticktape feed: gap {gap.start_ns} {gap.end_ns} {gap.reason}", gap.end_ns)


def loss_batch(last_ns: int, reason: str) -> Batch:
    """Make what is said at the moment of a loss: a batch of one system record.

    Parameters
    ----------
    last_ns : int
        Time of the last record before it, ns; also the record's ``ts_event``.
    reason : str
        Why, for people.
    """
    return _said(f"ticktape feed: upstream lost at {last_ns}: {reason}", last_ns)


def _said(text: str, ts_event: int) -> Batch:
    record = new_records(Schema.SYSTEM, 1)
    record["ts_event"] = ts_event
    record["msg"] = text.encode()[:302]
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


def losses_in(records: np.ndarray) -> list[tuple[int, str]]:
    """Give the time before, and the reason of, every loss among system records, in order."""
    found = (_LOSS.fullmatch(bytes(one["msg"])) for one in records[records["code"] == _UNSET])
    return [(int(one[1]), one[2].decode(errors="replace")) for one in found if one]
