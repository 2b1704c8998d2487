"""A range of a log that forgets, kept until it has been read once."""

from __future__ import annotations

from bisect import bisect_right
from typing import Protocol

import numpy as np

from ticktape.store.mbo_log import Checkpoint
from ticktape.tape.errors import PositionGoneError
from ticktape.tape.layouts import LAYOUTS, Schema


class Segment(Protocol):
    """Records from a checkpoint on; those that were filled in once never change."""

    @property
    def checkpoint(self) -> Checkpoint:
        """The books at its beginning."""

    @property
    def first(self) -> int:
        """Position of its first record."""

    def view(self, begin: int, end: int) -> np.ndarray:
        """Give its records from a position to another."""


class PinnedLog:
    """An ``MboLog`` of a fixed range, for one reader that goes forwards; what it passed is let go.

    Parameters
    ----------
    segments : list of Segment
        From the one that holds the first record on.
    end : int
        Position after the last record.
    gaps : list of int
        Where the feed missed records, ascending.
    """

    def __init__(self, segments: list[Segment], end: int, gaps: list[int]) -> None:
        self._segments = segments
        self._gaps = gaps
        self.end_position = end

    @property
    def restarted_at(self) -> int:
        """What is pinned does not start over: 0."""
        return 0

    @property
    def first_position(self) -> int:
        """Position of the oldest record that can be read."""
        return self._segments[0].first

    def position_at(self, ts_ns: int) -> int:
        """Give the position of the first record whose ``ts_recv`` is not before a time."""
        for at, segment in enumerate(self._segments):
            records = segment.view(segment.first, self._end_of(at))
            not_before = records["ts_recv"] >= np.uint64(max(ts_ns, 0))
            if not_before.any():
                return segment.first + int(not_before.argmax())
        return self.end_position

    def _end_of(self, at: int) -> int:
        following = self._segments[at + 1 : at + 2]
        return following[0].first if following else self.end_position

    def read(self, position: int, count: int) -> np.ndarray:
        """Give records from a position on, at most `count`, those of one segment; not writable.

        Raises
        ------
        PositionGoneError
            If they were passed already.
        """
        at = self._segment_of(position)
        del self._segments[:at]
        stop = min(position + count, self._end_of(0))
        if position >= stop:
            return np.zeros(0, LAYOUTS[Schema.MBO])
        return self._segments[0].view(position, stop)

    def checkpoint(self, position: int) -> Checkpoint:
        """Give the latest checkpoint that is not after a position.

        Raises
        ------
        PositionGoneError
            If there is none any more.
        """
        return self._segments[self._segment_of(position)].checkpoint

    def gaps_between(self, begin: int, end: int) -> list[int]:
        """Give where the feed missed records, as ``MboLog`` says."""
        return [at for at in self._gaps if begin <= at <= end]

    def _segment_of(self, position: int) -> int:
        at = bisect_right([one.first for one in self._segments], position) - 1
        if at < 0:
            raise PositionGoneError(
                f"record {position} is not kept here",
                hint=f"the oldest that is kept is {self.first_position}",
            )
        return at
