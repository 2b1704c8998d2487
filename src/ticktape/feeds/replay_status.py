"""Where a replay stands."""

from __future__ import annotations

from typing import NamedTuple

from ticktape.store import TapeIndex


class ReplayStatus(NamedTuple):
    """Where a replay stands.

    Attributes
    ----------
    start_ns, end_ns : int
        First and last index time of the tape; the end as its metadata state it.
    cursor_ns : int
        Event time reached, also inside a gap of the tape.
    speed : float or None
        Event seconds per wall second; None for as fast as the consumer takes it.
    paused : bool
        True while nothing but steps and seeks moves it.
    finished : bool
        True once the last record was delivered, until a seek.
    loops : int
        How often it has started over by itself.
    position : int
        How many records of the tape, of any schema, come before the cursor: delivered, or asked
        for by a seek that is under way.
    mbo_position : int or None
        How many of them are ``mbo`` records; None without an index.
    records : int or None
        How many records the tape has; None before it is indexed.
    indexed : float or None
        How much of the tape is indexed, 0 to 1 by time; None where it is not, and will not be.
    """

    start_ns: int
    end_ns: int
    cursor_ns: int
    speed: float | None
    paused: bool
    finished: bool
    loops: int
    position: int = 0
    mbo_position: int | None = None
    records: int | None = None
    indexed: float | None = None


def with_index(status: ReplayStatus, index: TapeIndex) -> ReplayStatus:
    """Add what the tape's index knows of where a replay stands."""
    if index.error is not None:
        return status
    if index.is_ready:
        mbo_position = index.mbo_position_of(status.position)
        return status._replace(mbo_position=mbo_position, records=index.end, indexed=1.0)
    length_ns = max(status.end_ns - status.start_ns, 1)
    done = (index.latest_ns - status.start_ns) / length_ns
    is_passed = status.position <= index.end
    return status._replace(
        mbo_position=index.mbo_position_of(status.position) if is_passed else None,
        indexed=round(min(max(done, 0.0), 0.999), 3),
    )
