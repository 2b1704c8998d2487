"""Impulse legs: a few candles that run one way."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from ticktape.book.mbo_state_kernels import Integer
from ticktape.ops.kernels import lean_kernel

# What a leg needs of a candle.
CANDLE: Final = np.dtype(
    [(name, "i8") for name in ("start", "end", "open", "high", "low", "close", "volume")]
)

# Columns of ``LegState.counts``: candles known, the end of the last leg, and the settings.
KNOWN: Final = 0
LAST_END: Final = 1
LEAST_CANDLES: Final = 2
MOST_CANDLES: Final = 3
LEAST_MOVE: Final = 4
PRIOR: Final = 5
SAME_WAY: Final = 6
OVERLAP: Final = 7
HEAVIER: Final = 8
LEAST_SCORE: Final = 9
FAST_NS: Final = 10
OPEN_NS: Final = 11  # of the session; a bar that began before it is none of its candles
LEG_COUNTS: Final = 12


class LegState(NamedTuple):
    """The candles that a leg may still be made of.

    Attributes
    ----------
    candles : numpy.ndarray
        ``CANDLE``, the oldest first, as many as `counts` says.
    counts : numpy.ndarray
        ``i8``.
    """

    candles: np.ndarray
    counts: np.ndarray


# The five rules are the reference's (B1.6): the leg broke the swing of the candles before it; it
# was fast; its candles close its way and hardly overlap; it is heavier than those before; it is
# large. The first and the fourth fail where too few candles are before it; fast is told by the
# clock, as minutes without trade have no candle.
@lean_kernel
def rules_of_leg(state: LegState, first: Integer, direction: int, move: Integer) -> int:
    """Give the rules that hold, as bits, for the leg from the candle `first` to the last known."""
    candles, counts = state
    known = counts[KNOWN]
    length = known - first
    volume = 0
    bodies = 0
    overlap = 0
    same_way = 0
    high = candles[first]["high"]
    low = candles[first]["low"]
    bottom_before = 0
    top_before = 0
    for place in range(first, known):
        candle = candles[place]
        volume += candle["volume"]
        high = max(high, candle["high"])
        low = min(low, candle["low"])
        same_way += (candle["close"] - candle["open"]) * direction > 0
        bottom = min(candle["open"], candle["close"])
        top = max(candle["open"], candle["close"])
        bodies += top - bottom
        if place > first:
            overlap += max(min(top, top_before) - max(bottom, bottom_before), 0)
        bottom_before = bottom
        top_before = top
    rules = 0
    prior = counts[PRIOR]
    if first >= prior:
        volume_before = 0
        high_before = candles[first - 1]["high"]
        low_before = candles[first - 1]["low"]
        for place in range(first - prior, first):
            volume_before += candles[place]["volume"]
            high_before = max(high_before, candles[place]["high"])
            low_before = min(low_before, candles[place]["low"])
        if (direction > 0 and high > high_before) or (direction < 0 and low < low_before):
            rules |= 1
        if volume * prior * 100 > volume_before * length * counts[HEAVIER]:
            rules |= 8
    if candles[known - 1]["end"] - candles[first]["start"] <= counts[FAST_NS]:
        rules |= 2
    if same_way * 100 >= length * counts[SAME_WAY] and overlap * 100 < bodies * counts[OVERLAP]:
        rules |= 4
    if move >= counts[LEAST_MOVE]:
        rules |= 16
    return rules


# A leg is known when its last candle has closed, and not before. Of those that end with a candle
# the one with the most rules counts, the longest of equal ones; it begins after the leg before it.
@lean_kernel
def follow_candles(state: LegState, bars: np.ndarray, legs: np.ndarray) -> int:
    """Take bars, and write the legs that they end; give how many."""
    candles, counts = state
    filled = 0
    for i in range(len(bars)):
        if bars[i]["start_ns"] < counts[OPEN_NS]:
            continue
        if counts[KNOWN] == len(candles):
            for place in range(1, len(candles)):
                candles[place - 1] = candles[place]
            counts[KNOWN] -= 1
        known = counts[KNOWN] + 1
        counts[KNOWN] = known
        last = candles[known - 1]
        last["start"] = bars[i]["start_ns"]
        last["end"] = bars[i]["end_ns"]
        last["open"] = bars[i]["open"]
        last["high"] = bars[i]["high"]
        last["low"] = bars[i]["low"]
        last["close"] = bars[i]["close"]
        last["volume"] = bars[i]["volume"]
        best = 0
        best_rules = 0
        best_first = -1
        for length in range(counts[LEAST_CANDLES], min(counts[MOST_CANDLES], known) + 1):
            first = known - length
            if candles[first]["start"] < counts[LAST_END]:
                break
            move = last["close"] - candles[first]["open"]
            if abs(move) < counts[LEAST_MOVE]:
                continue
            rules = rules_of_leg(state, first, 1 if move > 0 else -1, abs(move))
            score = 0
            for bit in range(5):
                score += (rules >> bit) & 1
            if score >= counts[LEAST_SCORE] and score >= best:
                best = score
                best_rules = rules
                best_first = first
        if best_first < 0:
            continue
        leg = legs[filled]
        leg["start_ns"] = candles[best_first]["start"]
        leg["end_ns"] = last["end"]
        leg["start_price"] = candles[best_first]["open"]
        leg["end_price"] = last["close"]
        leg["volume"] = 0
        for place in range(best_first, known):
            leg["volume"] += candles[place]["volume"]
        leg["nodes"] = 0
        leg["candles"] = known - best_first
        leg["direction"] = 1 if last["close"] > candles[best_first]["open"] else -1
        leg["rules"] = best_rules
        leg["score"] = best
        counts[LAST_END] = last["end"]
        filled += 1
    return filled
