"""Impulse legs of one instrument, and the low-volume nodes inside them."""

from __future__ import annotations

from typing import Final

import numpy as np

from ticktape.flow.joined_rows import copy_rows, join_rows
from ticktape.flow.profile.leg_kernels import (
    CANDLE,
    KNOWN,
    LEAST_CANDLES,
    LEG_COUNTS,
    OPEN_NS,
    LegState,
    follow_candles,
)
from ticktape.flow.profile.leg_nodes_kernels import NodeRules, find_nodes, first_from
from ticktape.flow.profile.rows import FOOTPRINT_LEVEL, LEG, LEG_NODE
from ticktape.flow.profile.settings import LegSettings
from ticktape.ops.kernels import kernel_input
from ticktape.tape.session import Session

_NO_LEVELS: Final = kernel_input(np.empty(0, FOOTPRINT_LEVEL))


class ImpulseLegs:
    """Impulse legs, from closed footprint bars of one length, a minute by the reference's rules.

    A leg is a row when its last candle has closed. Legs do not overlap.

    Parameters
    ----------
    tick : int
        The instrument's tick in 1e-9.
    settings : LegSettings, optional
        The defaults by default.

    Attributes
    ----------
    nodes : numpy.ndarray
        ``LEG_NODE``: the low-volume nodes of the legs that the last :meth:`update` gave, leg by
        leg, lowest price first.
    """

    rows: Final = LEG

    def __init__(self, tick: int, settings: LegSettings | None = None) -> None:
        self.tick = tick
        self.settings = settings or LegSettings()
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        settings = self.settings
        counts = np.zeros(LEG_COUNTS, "i8")
        counts[LEAST_CANDLES:OPEN_NS] = (
            settings.least_candles,
            settings.most_candles,
            settings.least_ticks * self.tick,
            settings.prior_candles,
            settings.same_way_percent,
            settings.overlap_percent,
            settings.heavier_percent,
            settings.least_score,
            settings.most_candles * settings.candle_ns,
        )
        room = settings.prior_candles + settings.most_candles
        self._state = LegState(np.zeros(room, CANDLE), counts)
        self._rules = NodeRules(settings.node_bucket_ticks * self.tick, settings.node_percent)
        self._levels: np.ndarray = _NO_LEVELS
        self.nodes = np.empty(0, LEG_NODE)

    def begin(self, session: Session) -> None:
        """Begin a session: no leg, and no swing before one, spans two."""
        self._levels = _NO_LEVELS
        self.nodes = np.empty(0, LEG_NODE)
        self._state.counts[KNOWN] = 0
        self._state.counts[OPEN_NS] = session.open_ns

    def update(self, bars: np.ndarray, levels: np.ndarray) -> np.ndarray:
        """Take closed bars, and give the legs that end with them.

        Parameters
        ----------
        bars : numpy.ndarray
            ``FOOTPRINT``, every bar once, in the order of time.
        levels : numpy.ndarray
            ``FOOTPRINT_LEVEL`` of those bars.

        Returns
        -------
        numpy.ndarray
            dtype ``LEG``.
        """
        self.nodes = np.empty(0, LEG_NODE)
        if not len(bars):
            return np.empty(0, LEG)
        levels = kernel_input(levels)
        room = np.zeros(len(bars), LEG)
        legs = copy_rows(room[: follow_candles(self._state, kernel_input(bars), room)])
        if len(legs):
            # Legs do not overlap.
            nodes = np.zeros(len(self._levels) + len(levels), LEG_NODE)
            filled = find_nodes(legs, self._levels, levels, self._rules, nodes)
            self.nodes = copy_rows(nodes[:filled])
        self._keep_levels(levels)
        return legs

    def _keep_levels(self, levels: np.ndarray) -> None:
        # A leg that ends with the next bar reaches back so many of those that are known.
        candles, counts = self._state
        oldest_ns = candles[max(int(counts[KNOWN]) - self.settings.most_candles + 1, 0)]["start"]
        needed = [rows[first_from(rows, oldest_ns) :] for rows in (self._levels, levels)]
        self._levels = kernel_input(join_rows(needed, FOOTPRINT_LEVEL))
