"""Footprint bars of one instrument: volume by price and side, imbalances, stacks of them."""

from __future__ import annotations

from collections import deque
from typing import Final, NamedTuple

import numpy as np

from ticktape.flow.joined_rows import copy_rows, join_rows
from ticktape.flow.profile.footprint_kernels import (
    FOOTPRINT_COUNTS,
    FULL_CONTRACTS,
    FULL_DELTA,
    FULL_PRINTS,
    FULL_TICKS,
    IGNORE_ZEROS,
    LAST_NS,
    LEAST_CONTRACTS,
    STACKED_TICKS,
    TRADES,
    ClosedBars,
    FootprintState,
    close_bar,
    gather_footprint,
    write_bar,
)
from ticktape.flow.profile.grid import is_outside, new_grid, room_for, set_session
from ticktape.flow.profile.grid_kernels import END_NS, HIGH, LOW, NEVER
from ticktape.flow.profile.rows import FOOTPRINT, FOOTPRINT_LEVEL, STACK
from ticktape.flow.profile.settings import FootprintSettings
from ticktape.ops.kernels import kernel_input
from ticktape.tape.session import Session

_BARS_A_CALL = 64
_LEVELS_A_CALL = 8192


class FootprintRows(NamedTuple):
    """Bars and what belongs to them, bar by bar.

    Attributes
    ----------
    bars : numpy.ndarray
        ``FOOTPRINT``, in the order of time.
    levels : numpy.ndarray
        ``FOOTPRINT_LEVEL``: of each bar as many as it says, its lowest price first.
    stacks : numpy.ndarray
        ``STACK``: likewise.
    """

    bars: np.ndarray
    levels: np.ndarray
    stacks: np.ndarray


NO_ROWS: Final = FootprintRows(
    np.empty(0, FOOTPRINT), np.empty(0, FOOTPRINT_LEVEL), np.empty(0, STACK)
)


class Footprint:
    """Footprint bars: by time from the session's open, or by what fills them; never empty.

    The rows are the bars; :attr:`closed` has their levels and stacks too. Closed bars are kept up
    to ``kept_bars``. No bar spans two sessions.

    Parameters
    ----------
    tick : int
        Price step in 1e-9; a price between two ticks belongs to the lower.
    settings : FootprintSettings, optional
        The defaults by default.

    Attributes
    ----------
    closed : FootprintRows
        What the last :meth:`update` closed.
    outside : int
        Prints that were left out, too far from the others of their bar (``most_ticks``).
    """

    rows: Final = FOOTPRINT

    def __init__(self, tick: int, settings: FootprintSettings | None = None) -> None:
        self.tick = tick
        self.settings = settings or FootprintSettings()
        self.reset()

    def reset(self) -> None:
        """Forget everything, bars that have closed too."""
        settings = self.settings
        cells, inverse, counts = new_grid(
            self.tick, settings.every_ns, settings.most_ticks, FOOTPRINT_COUNTS
        )
        counts[FULL_PRINTS] = settings.bar_prints or NEVER
        counts[FULL_CONTRACTS] = settings.bar_contracts or NEVER
        counts[FULL_TICKS] = settings.bar_ticks or NEVER
        counts[FULL_DELTA] = settings.bar_delta_contracts or NEVER
        counts[LEAST_CONTRACTS] = settings.imbalance_contracts
        counts[IGNORE_ZEROS] = settings.ignore_zeros
        counts[STACKED_TICKS] = settings.stacked_ticks
        inverse = np.array([inverse[0], settings.imbalance_ratio])
        self._state = FootprintState(cells, inverse, counts)
        self._out = _room(_BARS_A_CALL, _LEVELS_A_CALL)
        self._filled = np.zeros(3, "i8")
        self._pending: list[FootprintRows] = []
        self._kept: deque[FootprintRows] = deque()
        self._bars_kept = 0
        self.closed = NO_ROWS
        self.outside = 0

    def begin(self, session: Session) -> None:
        """Begin a session: bars are aligned to its open."""
        counts = self._state.counts
        if counts[TRADES]:
            # Trade after the close of the session before; its bar ends with the new open.
            self._pending.append(self._stands(session.open_ns))
            close_bar(self._state)
        set_session(counts, session)

    def update(self, prints: np.ndarray, clock_ns: int) -> np.ndarray:
        """Take prints, and give the bars that they and the clock close.

        Parameters
        ----------
        prints : numpy.ndarray
            dtype ``PRINT``; times never fall.
        clock_ns : int
            The instrument's clock after them.

        Returns
        -------
        numpy.ndarray
            dtype ``FOOTPRINT``; their levels and stacks are in :attr:`closed`.
        """
        prints = kernel_input(prints)
        pieces, self._pending = self._pending, []
        done = 0
        while done <= len(prints):
            done = gather_footprint(
                self._state, prints, done, len(prints), clock_ns, self._out, self._filled
            )
            bars, levels, stacks = (int(count) for count in self._filled)
            if bars:
                out = self._out
                pieces.append(
                    FootprintRows(
                        copy_rows(out.bars[:bars]),
                        copy_rows(out.levels[:levels]),
                        copy_rows(out.stacks[:stacks]),
                    )
                )
            if done <= len(prints):
                done += self._make_room(prints[done : done + 1], taken=bars > 0)
        self.closed = _joined(pieces)
        if pieces:
            self._keep(self.closed)
        return self.closed.bars

    def current(self) -> np.ndarray:
        """Give the bar that is open, as it stands: one row with its end, or none; ``FOOTPRINT``."""
        return self.open_bar().bars

    def open_bar(self) -> FootprintRows:
        """Give the bar that is open, with its levels and stacks, as they stand.

        ``end_ns`` is when a bar of time will end; of any other the time of its last print.
        """
        counts = self._state.counts
        if not counts[TRADES]:
            return NO_ROWS
        return self._stands(int(counts[END_NS if self.settings.every_ns else LAST_NS]))

    def kept(self) -> FootprintRows:
        """Give all closed bars that are kept, the oldest first."""
        rows = _last_bars(_joined(list(self._kept)), self.settings.kept_bars)
        self._bars_kept = len(rows.bars)
        self._kept = deque([rows] if self._bars_kept else [])
        return rows

    def _stands(self, end_ns: int) -> FootprintRows:
        counts = self._state.counts
        out = _room(1, int(counts[HIGH] - counts[LOW]) + 1)
        levels, stacks = write_bar(self._state, end_ns, out, 0, 0, 0)
        return FootprintRows(out.bars, out.levels[:levels], out.stacks[:stacks])

    def _make_room(self, stopped_at: np.ndarray, *, taken: bool) -> int:
        """Make room where the kernel has stopped; give how many prints to leave out."""
        cells, inverse, counts = self._state
        price = int(stopped_at["price"][0]) if len(stopped_at) else None
        if price is not None and is_outside(counts, inverse, price):
            made = room_for(cells, counts, price)
            if made is None:
                self.outside += 1
                return 1
            self._state = FootprintState(made[0], inverse, counts)
        elif not taken:
            self._out = _room(_BARS_A_CALL, 2 * len(self._out.levels))
        return 0

    def _keep(self, rows: FootprintRows) -> None:
        self._kept.append(rows)
        self._bars_kept += len(rows.bars)
        while self._bars_kept - len(self._kept[0].bars) >= self.settings.kept_bars:
            self._bars_kept -= len(self._kept.popleft().bars)


def _room(bars: int, levels: int) -> ClosedBars:
    return ClosedBars(
        np.zeros(bars, FOOTPRINT), np.zeros(levels, FOOTPRINT_LEVEL), np.zeros(levels, STACK)
    )


def _joined(pieces: list[FootprintRows]) -> FootprintRows:
    if not pieces:
        return NO_ROWS
    if len(pieces) == 1:
        return pieces[0]
    return FootprintRows(*(join_rows(parts, parts[0].dtype) for parts in zip(*pieces, strict=True)))


def _last_bars(rows: FootprintRows, count: int) -> FootprintRows:
    before = rows.bars[: max(len(rows.bars) - count, 0)]
    return FootprintRows(
        rows.bars[len(before) :],
        rows.levels[int(before["levels"].sum()) :],
        rows.stacks[int(before["stacks"].sum()) :],
    )
