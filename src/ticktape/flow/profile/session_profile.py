"""Volume by price of a session, and how its point of control and value area develop."""

from __future__ import annotations

from collections import deque
from typing import Final, NamedTuple

import numpy as np

from ticktape.flow.joined_rows import copy_rows, join_rows
from ticktape.flow.profile.grid import clear_cells, new_grid, room_for, set_session
from ticktape.flow.profile.grid_kernels import BASE, END_NS, HIGH, LOW, NEVER, REVISION, TICK
from ticktape.flow.profile.levels import (
    Nodes,
    ProfileSummary,
    merge_levels,
    nodes_of,
)
from ticktape.flow.profile.profile_kernels import (
    PERCENT,
    POC,
    POC_VOLUME,
    PROFILE_COUNTS,
    SIDED,
    UNSIDED,
    ProfileState,
    gather_profile,
    write_developing,
)
from ticktape.flow.profile.rows import DEVELOPING, PROFILE_LEVEL
from ticktape.flow.profile.settings import ProfileSettings
from ticktape.ops.kernels import kernel_input
from ticktape.tape.session import Session

_ROWS_A_CALL = 256


class ProfileChanges(NamedTuple):
    """What changed of a profile.

    Attributes
    ----------
    revision : int
        To be given the next time.
    whole : bool
        Whether these are all levels, to be taken in place of any before.
    levels : numpy.ndarray
        ``PROFILE_LEVEL``, lowest price first: the levels as they are now.
    """

    revision: int
    whole: bool
    levels: np.ndarray


class SessionProfile:
    """What was bought, sold and unsided at each price since the session's open.

    A row tells how the point of control and the value area stood at the end of a window
    (``developing_ns``) in which there was trade. The levels grow with the span of prices of the
    session, and past sessions are kept up to ``kept_sessions``.

    Parameters
    ----------
    tick : int
        Price step in 1e-9; a price between two ticks belongs to the lower.
    settings : ProfileSettings, optional
        The defaults by default.

    Attributes
    ----------
    outside : int
        Prints that were left out, too far from the others (``most_ticks``).
    """

    rows: Final = DEVELOPING

    def __init__(self, tick: int, settings: ProfileSettings | None = None) -> None:
        self.tick = tick
        self.settings = settings or ProfileSettings()
        self.reset()

    def reset(self) -> None:
        """Forget everything, past sessions too."""
        grid = new_grid(
            self.tick,
            self.settings.developing_ns,
            self.settings.most_ticks,
            PROFILE_COUNTS,
        )
        self._state = ProfileState(*grid)
        self._clear()
        self._state.counts[PERCENT] = self.settings.value_area_percent
        self._state.counts[REVISION] = 1
        self._first_revision = 1
        self._rows = np.zeros(_ROWS_A_CALL, DEVELOPING)
        self._pending: list[np.ndarray] = []
        self._past: deque[np.ndarray] = deque(maxlen=self.settings.kept_sessions)
        self.outside = 0

    def begin(self, session: Session) -> None:
        """Begin a session: the profile starts over, and the one before goes to the past ones."""
        counts = self._state.counts
        if counts[END_NS] != NEVER:
            # Trade after the close of the session before; its window ends with the new open.
            self._pending.append(self._stands(session.open_ns))
        if counts[HIGH] >= counts[LOW]:
            self._past.append(self.levels())
        self._clear()
        set_session(counts, session)
        counts[REVISION] += 1
        self._first_revision = int(counts[REVISION])

    def update(self, prints: np.ndarray, clock_ns: int) -> np.ndarray:
        """Take prints, and give a row for each window that they and the clock close.

        Parameters
        ----------
        prints : numpy.ndarray
            dtype ``PRINT``; times never fall.
        clock_ns : int
            The instrument's clock after them.

        Returns
        -------
        numpy.ndarray
            dtype ``DEVELOPING``.
        """
        prints = kernel_input(prints)
        pieces, self._pending = self._pending, []
        done = 0
        while done <= len(prints):
            done, filled = gather_profile(
                self._state, prints, done, len(prints), clock_ns, self._rows
            )
            if filled:
                pieces.append(copy_rows(self._rows[:filled]))
            if done < len(prints) and filled < len(self._rows):
                done += not self._make_room(int(prints[done]["price"]))
        return join_rows(pieces, DEVELOPING)

    def current(self) -> np.ndarray:
        """Give how the open window stands: one row with its end, or none; ``DEVELOPING``."""
        end_ns = int(self._state.counts[END_NS])
        return self._stands(end_ns) if end_ns != NEVER else np.empty(0, DEVELOPING)

    def levels(self) -> np.ndarray:
        """Give every price with a trade, lowest first; ``PROFILE_LEVEL``."""
        return self._levels_since(0)

    def summary(self) -> ProfileSummary | None:
        """Give the point of control and the value area; None before a trade with a side."""
        (row,) = self._stands(0)
        if not row["total"]:
            return None
        return ProfileSummary(
            *(int(row[name]) for name in ("poc", "vah", "val", "value_area_volume", "total"))
        )

    def nodes(self) -> Nodes:
        """Give the high- and low-volume nodes."""
        return nodes_of(self.levels(), self.tick, self.settings)

    def changes(self, since: int = 0) -> ProfileChanges:
        """Give the levels that changed since a revision, as they are now.

        Parameters
        ----------
        since : int
            ``revision`` of the last answer; 0 for everything.

        Returns
        -------
        ProfileChanges
            Everything, and ``whole``, where `since` is of a session before.
        """
        counts = self._state.counts
        whole = since < self._first_revision
        levels = self._levels_since(0 if whole else since)
        counts[REVISION] += 1
        return ProfileChanges(int(counts[REVISION]), whole, levels)

    def composite(self, sessions: int) -> np.ndarray:
        """Give the sum of this session's levels and of those before it.

        Parameters
        ----------
        sessions : int
            How many in all, this one included; as many as are kept where that is less.

        Returns
        -------
        numpy.ndarray
            ``PROFILE_LEVEL``, lowest price first; see :func:`summary_of`.
        """
        before = list(self._past)
        return merge_levels([*before[max(len(before) - sessions + 1, 0) :], self.levels()])

    def _clear(self) -> None:
        counts = self._state.counts
        clear_cells(self._state.cells, counts)
        counts[POC], counts[POC_VOLUME], counts[SIDED], counts[UNSIDED] = -1, 0, 0, 0

    def _stands(self, end_ns: int) -> np.ndarray:
        row = np.zeros(1, DEVELOPING)
        write_developing(self._state, end_ns, row, 0)
        return row

    def _levels_since(self, revision: int) -> np.ndarray:
        cells, _, counts = self._state
        low, high = int(counts[LOW]), int(counts[HIGH])
        used = cells[low : high + 1]
        is_asked = used["touched"] >= max(revision, 1)
        found = used[is_asked]
        levels = np.empty(len(found), PROFILE_LEVEL)
        places = np.flatnonzero(is_asked) + low
        levels["price"] = counts[BASE] + places * counts[TICK]
        for name in ("buy", "sell", "unsided"):
            levels[name] = found[name]
        return levels

    def _make_room(self, price: int) -> bool:
        cells, inverse, counts = self._state
        made = room_for(cells, counts, price)
        if made is None:
            self.outside += 1
            return False
        cells, moved = made
        if counts[POC] >= 0:
            counts[POC] += moved
        self._state = ProfileState(cells, inverse, counts)
        return True
