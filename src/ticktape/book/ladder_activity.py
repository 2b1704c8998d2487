"""Pulling and stacking: what was added and cancelled at each price of a book that is watched."""

from __future__ import annotations

import numpy as np

from ticktape.book.effects import EFFECT
from ticktape.book.ladder import LADDER_LEVEL, Ladder
from ticktape.book.ladder_activity_kernels import (
    FILLS_USED,
    PRICES_USED,
    TOUCH,
    ActivityState,
    enter_current_fills,
    enter_current_prices,
    follow_records,
    has_activity_room,
    mark_levels,
    new_activity_state,
)
from ticktape.book.mbo_find_kernels import enter_book
from ticktape.book.mbo_room import make_room, trim_room
from ticktape.book.mbo_state_kernels import BOOKS, new_mbo_state
from ticktape.ops.kernels import kernel_input


class LadderActivity:
    """Follows one book, and counts what is added and cancelled at its prices.

    Counts are of the time since the best bid or the best ask last changed, judged at the ends of
    events; the rules stand in ``ladder_activity_kernels``.

    Parameters
    ----------
    publisher_id, instrument_id : int
        The book. Records of others are skipped.
    beginning : numpy.ndarray, optional
        dtype ``LAYOUTS[Schema.MBO]``: records that make the book as it stands now, as
        ``MboBook.snapshot_records`` gives them. Nothing of them counts.
    """

    def __init__(
        self, publisher_id: int, instrument_id: int, beginning: np.ndarray | None = None
    ) -> None:
        self._book = new_mbo_state(most_books=1)
        enter_book(self._book, 0, publisher_id, instrument_id)
        self._book.usage[BOOKS] = 1
        self._state = new_activity_state()
        if beginning is not None:
            self.update(beginning)

    @property
    def touch(self) -> int:
        """Counts the changes of the best prices; with each, everything counts from zero."""
        return int(self._state.usage[TOUCH])

    def update(self, records: np.ndarray) -> np.ndarray:
        """Apply records.

        Parameters
        ----------
        records : numpy.ndarray
            Shape ``(n,)``, dtype ``LAYOUTS[Schema.MBO]``.

        Returns
        -------
        numpy.ndarray
            Shape ``(n,)``, dtype ``EFFECT``: what each record did to the book.
        """
        records = kernel_input(records)
        effects = np.zeros(len(records), EFFECT)
        done = 0
        while True:
            done = follow_records(self._book, self._state, records, done, effects)
            if done == len(records):
                break
            if has_activity_room(self._state):
                self._book = make_room(self._book)
            else:
                self._state = _with_room(self._state)
        self._book = trim_room(self._book)
        return effects

    def mark(self, ladder: Ladder) -> None:
        """Write what was added and cancelled into the levels of a ladder of this book."""
        mark_levels(self._state, ladder.levels)

    def at(self, side: str, price: int) -> tuple[int, int]:
        """Give what was added and what was cancelled at a price of a side, ``"B"`` or ``"A"``."""
        levels = np.zeros(1, LADDER_LEVEL)
        levels["price"] = price
        levels["side"] = ord(side)
        mark_levels(self._state, levels)
        return int(levels["added"][0]), int(levels["cancelled"][0])


def _with_room(state: ActivityState) -> ActivityState:
    """Move what counts now into tables of which it fills a quarter at most."""
    current = int((state.prices["touch"] == state.usage[TOUCH]).sum())
    roomier = new_activity_state(
        prices=_power_of_two(max(256, 4 * (current + 2))),
        fills=_power_of_two(max(64, 4 * (int(state.usage[FILLS_USED]) + 1))),
    )
    roomier.usage[:] = state.usage
    roomier.usage[PRICES_USED] = 0
    roomier.usage[FILLS_USED] = 0
    enter_current_prices(state, roomier)
    enter_current_fills(state, roomier)
    return roomier


def _power_of_two(at_least: int) -> int:
    return 1 << (at_least - 1).bit_length()
