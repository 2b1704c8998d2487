"""Places on a tape from which a reader can go on."""

from __future__ import annotations

from typing import Final, NamedTuple

from ticktape.store.tape_past import NO_PAST, TapeMark


class Resting(NamedTuple):
    """A place from which a reader can go on: the state before a record.

    Attributes
    ----------
    position : int
        Of the first record that is not in the state.
    mbo_position : int
        How many ``mbo`` records are.
    ts_ns : int
        Time of the last record that is; 0 before the first.
    kept, told : int
        How many kept records are before it: trades and bars; and others.
    state : tuple of int
        Where the records of the state are among all states' records.
    past : TapeMark
        What the kept trades and bars have led to.
    """

    position: int
    mbo_position: int
    ts_ns: int
    kept: int
    told: int
    state: tuple[int, int]
    past: TapeMark


BEGINNING: Final = Resting(0, 0, 0, 0, 0, (0, 0), NO_PAST)
