"""Signals and prints for the tests of this package: made by hand, by chance, and cut by a clock."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from hypothesis import strategies as st

from ticktape.flow.prints import PRINT
from ticktape.flow.signals.signal import SIGNAL

SECOND = 1_000_000_000
POINT = 1_000_000_000
TICK = POINT // 4


def signals_of(rows):
    """Signals from (ns, kind, direction, price)."""
    signals = np.zeros(len(rows), SIGNAL)
    for one, (ts_ns, kind, direction, price) in zip(signals, rows, strict=True):
        one["ts_ns"], one["kind"], one["direction"] = ts_ns, kind, direction
        one["price"] = one["price_low"] = one["price_high"] = price
    return signals


def prints_of(rows):
    """Prints from (ns, price)."""
    prints = np.zeros(len(rows), PRINT)
    for one, (ts_event, price) in zip(prints, rows, strict=True):
        one["ts_event"], one["price"] = ts_event, price
    return prints


class Stream(NamedTuple):
    """Signals (ns, kind, direction, price) and prints (ns, price), and how they are cut.

    Attributes
    ----------
    cuts : list of (int, int)
        Up to which print a batch goes, and the clock after it; the last is of all.
    """

    signals: list
    prints: list
    cuts: list

    @property
    def clock(self):
        """The clock after all."""
        return self.cuts[-1][1]

    def batches(self):
        """What the clock brings: the prints so far, and the signals whose time is past."""
        signals, prints = signals_of(self.signals), prints_of(self.prints)
        given_signals = given_prints = 0
        for prints_now, until in self.cuts:
            signals_now = int(signals["ts_ns"].searchsorted(until))
            yield signals[given_signals:signals_now], prints[given_prints:prints_now], until
            given_signals, given_prints = signals_now, prints_now


_STEPS = st.sampled_from([0, 1, SECOND // 2, SECOND, 5 * SECOND, 30 * SECOND])
_SIGNALS = st.tuples(_STEPS, st.integers(1, 8), st.sampled_from([-1, 1]), st.integers(-8, 8))


@st.composite
def streams(draw):
    """Give a stream whose signals are in order of time, kind, direction and price."""
    now, signals = 0, []
    for gap, kind, way, ticks in draw(st.lists(_SIGNALS, max_size=60)):
        now += gap
        signals.append((now, kind, way, ticks * TICK))
    signals.sort()
    now, prints = 0, []
    for gap, ticks in draw(st.lists(st.tuples(_STEPS, st.integers(-12, 12)), max_size=60)):
        now += gap
        prints.append((now, ticks * TICK))
    ends = max([one[0] for one in signals + prints], default=0)
    clock = ends + draw(st.sampled_from([1, 60 * SECOND, 400 * SECOND]))
    cuts = [(len(prints), clock)]
    for cut in draw(st.lists(st.integers(0, len(prints)), max_size=6)):
        earliest = prints[cut - 1][0] if cut else 0
        latest = prints[cut][0] if cut < len(prints) else clock
        cuts.append((cut, draw(st.integers(earliest, latest))))
    return Stream(signals, prints, sorted(cuts))
