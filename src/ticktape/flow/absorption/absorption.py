"""Absorption of aggression: its events, and the zones where it comes again."""

from __future__ import annotations

from typing import Final

import numpy as np

from ticktape.flow.absorption.absorption_kernels import (
    ZONES,
    KeyLevels,
    find_absorption,
    new_absorption_state,
)
from ticktape.flow.absorption.rows import ABSORPTION, KEY_LEVELS
from ticktape.flow.absorption.settings import AbsorptionSettings
from ticktape.flow.gather import ROOM, gather
from ticktape.ops.kernels import kernel_input
from ticktape.tape.errors import BadValueError
from ticktape.tape.layouts import UNDEF_PRICE
from ticktape.tape.session import Session

_NO_LEVELS: Final = kernel_input(np.empty(0, KEY_LEVELS))


class Absorption:
    """Finds windows in which aggression was absorbed.

    A window counts where its delta is large against the volume of the time before, and the price
    did not go with it; the rules stand in ``absorption_kernels``. Windows with an event are rows;
    zones are asked for.

    A session begins without key levels, and takes over the zones of the one before as far as they
    live. The state is bounded: a ring of past windows, and one zone a window of the longest life.

    Parameters
    ----------
    tick : int
        The instrument's tick in 1e-9.
    settings : AbsorptionSettings, optional
        What counts.

    Raises
    ------
    BadValueError
        Where the tick is not more than zero.
    """

    rows: Final = ABSORPTION

    def __init__(self, tick: int, settings: AbsorptionSettings | None = None) -> None:
        if tick <= 0:
            raise BadValueError(f"a tick cannot be {tick}", hint="give it in 1e-9, above zero")
        self.tick = tick
        self.settings = settings or AbsorptionSettings()
        self._closed = np.zeros(ROOM, ABSORPTION)
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self._state = new_absorption_state(self.settings, self.tick)
        self._clock_ns = 0

    def begin(self, session: Session) -> None:  # noqa: ARG002 -- every study's
        """Begin a session: its profile has no levels yet."""
        self._state.levels[["poc", "vah", "val"]] = UNDEF_PRICE

    def update(
        self, prints: np.ndarray, clock_ns: int, levels: np.ndarray | None = None
    ) -> np.ndarray:
        """Take prints, and give the events of the windows that close.

        Parameters
        ----------
        prints : numpy.ndarray
            dtype ``PRINT``.
        clock_ns : int
            The instrument's clock after them.
        levels : numpy.ndarray, optional
            Key levels that became known since the last call, up to the clock, in order of time:
            dtype ``KEY_LEVELS``, or rows with its fields, such as ``DEVELOPING``. A window takes
            the last of those known at its end; so its row does not depend on the batches.

        Returns
        -------
        numpy.ndarray
            dtype ``ABSORPTION``, weak events too (``is_told`` 0).
        """
        self._clock_ns = max(self._clock_ns, clock_ns)
        prints = kernel_input(prints)
        known = KeyLevels(_key_levels(levels), np.zeros(1, np.int64))
        return gather(
            lambda done: find_absorption(self._state, prints, done, clock_ns, known, self._closed),
            len(prints) + 1,
            self._closed,
        )

    def current(self) -> np.ndarray:
        """Give the open rows: none, as a window is judged by what its end shows."""
        return np.empty(0, ABSORPTION)

    def zones(self) -> np.ndarray:
        """Give the zones that live at the clock.

        Returns
        -------
        numpy.ndarray
            dtype ``ZONE``: those of ``zone_events`` events and more, by their first event.
        """
        zones = self._state.zones[: int(self._state.window[ZONES])]
        lives = zones["expires_ns"] > self._clock_ns
        shown: np.ndarray = zones[lives & (zones["event_count"] >= self.settings.zone_events)]
        return shown


def _key_levels(levels: np.ndarray | None) -> np.ndarray:
    if levels is None or not len(levels):
        return _NO_LEVELS
    if levels.dtype != KEY_LEVELS:
        own = np.empty(len(levels), KEY_LEVELS)
        for name in KEY_LEVELS.names or ():
            own[name] = levels[name]
        levels = own
    return kernel_input(levels)
