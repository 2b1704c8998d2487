"""Impulse legs of one instrument, and the low-volume nodes inside them."""

from __future__ import annotations

from collections import deque
from typing import Final

import numpy as np

from ticktape.flow.joined_rows import join_rows
from ticktape.flow.profile.leg_kernels import (
    CANDLE,
    KNOWN,
    LEAST_CANDLES,
    LEG_COUNTS,
    OPEN_NS,
    LegState,
    follow_candles,
)
from ticktape.flow.profile.rows import FOOTPRINT_LEVEL, LEG, LEG_NODE
from ticktape.flow.profile.settings import LegSettings
from ticktape.ops.kernels import kernel_input
from ticktape.tape.session import Session


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
        self._levels: deque[np.ndarray] = deque()
        self.nodes = np.empty(0, LEG_NODE)

    def begin(self, session: Session) -> None:
        """Begin a session: no leg, and no swing before one, spans two."""
        self._forget_candles()
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
        legs = np.zeros(len(bars), LEG)
        legs = legs[: follow_candles(self._state, kernel_input(bars), legs)].copy()
        self._levels.append(levels)
        if len(legs):
            nodes = self._nodes_of(legs, join_rows(list(self._levels), FOOTPRINT_LEVEL))
            legs["nodes"] = [len(found) for found in nodes]
            self.nodes = join_rows(nodes, LEG_NODE)
        # A leg that ends with the next bar reaches back so many of those that are known.
        candles, counts = self._state
        oldest = candles[max(int(counts[KNOWN]) - self.settings.most_candles + 1, 0)]["start"]
        while self._levels and _is_before(self._levels[0], oldest):
            self._levels.popleft()
        return legs

    def _nodes_of(self, legs: np.ndarray, levels: np.ndarray) -> list[np.ndarray]:
        starts = np.ascontiguousarray(levels["start_ns"])
        firsts = np.searchsorted(starts, legs["start_ns"]).tolist()
        ends = np.searchsorted(starts, legs["end_ns"]).tolist()
        buckets = levels["price"] // (self.settings.node_bucket_ticks * self.tick)
        sided = levels["bid"] + levels["ask"]
        return [
            self._thin_buckets(start_ns, buckets[first:end], sided[first:end])
            for start_ns, first, end in zip(legs["start_ns"].tolist(), firsts, ends, strict=True)
        ]

    def _thin_buckets(self, start_ns: int, buckets: np.ndarray, sided: np.ndarray) -> np.ndarray:
        if not len(buckets):
            return np.empty(0, LEG_NODE)
        lowest = int(buckets.min())
        # Volumes of a few minutes are whole numbers of a float too.
        volumes = np.bincount(buckets - lowest, weights=sided)
        least = volumes.sum() * self.settings.node_percent
        thin = np.flatnonzero(volumes * np.count_nonzero(volumes) * 100 < least)
        thin = thin[volumes[thin] > 0]
        bucket = self.settings.node_bucket_ticks * self.tick
        nodes = np.zeros(len(thin), LEG_NODE)
        nodes["start_ns"] = start_ns
        nodes["price_from"] = (thin + lowest) * bucket
        nodes["price_to"] = nodes["price_from"] + bucket
        nodes["volume"] = volumes[thin]
        return nodes

    def _forget_candles(self) -> None:
        self._state.counts[KNOWN] = 0
        self._levels.clear()
        self.nodes = np.empty(0, LEG_NODE)


def _is_before(levels: np.ndarray, oldest_ns: int) -> bool:
    return not len(levels) or bool(levels["start_ns"][-1] < oldest_ns)
