"""Volume by price between any two times, from the prints themselves."""

from __future__ import annotations

import numpy as np

from ticktape.flow.prints import PRINT
from ticktape.flow.profile.session_profile import SessionProfile
from ticktape.flow.profile.settings import ProfileSettings
from ticktape.tape.errors import BadValueError

_FIRST_ROOM = 4096
_BYTES = np.dtype((np.void, PRINT.itemsize))


def profile_of(prints: np.ndarray, tick: int) -> np.ndarray:
    """Give the volume by price of prints.

    Parameters
    ----------
    prints : numpy.ndarray
        dtype ``PRINT``.
    tick : int
        Price step in 1e-9.

    Returns
    -------
    numpy.ndarray
        ``PROFILE_LEVEL``, lowest price first; see ``summary_of`` and ``nodes_of``.
    """
    profile = SessionProfile(tick, ProfileSettings(developing_ns=1 << 60))
    profile.update(prints, 0)
    return profile.levels()


class RangeProfile:
    """Keeps prints, for the profile of a visible or a fixed range: exact to the nanosecond.

    Parameters
    ----------
    tick : int
        Price step in 1e-9.
    most_prints : int
        How many are kept, 32 bytes each; the oldest go first.
    """

    def __init__(self, tick: int, most_prints: int = 1 << 20) -> None:
        if most_prints < 1:
            raise BadValueError(f"{most_prints} prints cannot be kept", hint="give 1 or more")
        self.tick = tick
        self.most_prints = most_prints
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self._prints = np.empty(min(_FIRST_ROOM, 2 * self.most_prints), PRINT)
        self._first = 0
        self._end = 0
        self._is_all = True

    @property
    def kept_from_ns(self) -> int:
        """From when on all prints are kept; 0 where none has gone."""
        # Others of the oldest one's time may have gone.
        return 0 if self._is_all else int(self._prints["ts_event"][self._first]) + 1

    def update(self, prints: np.ndarray, clock_ns: int = 0) -> None:  # noqa: ARG002 -- as a study
        """Keep prints, dtype ``PRINT``, whose times never fall."""
        if len(prints) > self.most_prints:
            prints = prints[-self.most_prints :]
            self._first = self._end
            self._is_all = False
        if self._end + len(prints) > len(self._prints):
            self._move(len(prints))
        # As bytes: NumPy copies rows with unused bytes field by field, five times as slowly.
        room = self._prints[self._end : self._end + len(prints)]
        room.view(_BYTES)[:] = np.ascontiguousarray(prints).view(_BYTES)
        self._end += len(prints)
        if self._end - self._first > self.most_prints:
            self._first = self._end - self.most_prints
            self._is_all = False

    def prints_between(self, start_ns: int, end_ns: int) -> np.ndarray:
        """Give the kept prints from a time (inclusive) to a time (exclusive); ``PRINT``."""
        kept = self._prints[self._first : self._end]
        first, end = np.searchsorted(kept["ts_event"], [start_ns, end_ns])
        return kept[first : max(first, end)].copy()

    def profile_between(self, start_ns: int, end_ns: int) -> np.ndarray:
        """Give the volume by price from a time (inclusive) to a time (exclusive).

        Parameters
        ----------
        start_ns, end_ns : int
            UTC; what is before ``kept_from_ns`` is not in it.

        Returns
        -------
        numpy.ndarray
            ``PROFILE_LEVEL``, lowest price first.
        """
        return profile_of(self.prints_between(start_ns, end_ns), self.tick)

    def _move(self, more: int) -> None:
        # Room for twice what may be kept: so the prints are moved once every so many.
        kept = self._prints[self._first : self._end]
        room = len(self._prints)
        while room < len(kept) + more:
            room *= 2
        room = min(max(room, 2 * len(kept)), 2 * self.most_prints)
        moved = np.empty(max(room, len(kept) + more), PRINT)
        moved.view(_BYTES)[: len(kept)] = kept.view(_BYTES)
        self._prints, self._first, self._end = moved, 0, len(kept)
