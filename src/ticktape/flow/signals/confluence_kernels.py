"""Agreement of signals: how many kinds pointed the same way within a time."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from ticktape.book.mbo_state_kernels import Integer, Row
from ticktape.flow.signals.signal import SignalKind
from ticktape.ops.kernels import lean_kernel

_KINDS: Final = int(max(SignalKind)) + 1
_CONFLUENCE_KIND: Final = int(SignalKind.CONFLUENCE)
NEVER: Final = -(2**62)

# Columns of `limits`.
WITHIN: Final = 0
LEAST_KINDS: Final = 1
COOLDOWN: Final = 2
LAST: Final = 3  # when there was a confluence


class ConfluenceState(NamedTuple):
    """The last signal of each kind and direction.

    Attributes
    ----------
    seen : numpy.ndarray
        ``i8``, shape ``(2, kinds)``: its time, of bearish and of bullish ones; ``NEVER``.
    low, high : numpy.ndarray
        ``i8``, the same shape: the prices that it covers.
    limits : numpy.ndarray
        ``i8[4]``: the settings, and when there was a confluence.
    """

    seen: np.ndarray
    low: np.ndarray
    high: np.ndarray
    limits: np.ndarray


def new_confluence_state(within_ns: int, least_kinds: int, cooldown_ns: int) -> ConfluenceState:
    """Make the state in which nothing was seen."""
    shape = (2, _KINDS)
    return ConfluenceState(
        np.full(shape, NEVER, np.int64),
        np.zeros(shape, np.int64),
        np.zeros(shape, np.int64),
        np.array([within_ns, least_kinds, cooldown_ns, NEVER], np.int64),
    )


@lean_kernel
def kinds_seen(state: ConfluenceState, bullish: Integer, now: Integer) -> tuple[Integer, Integer]:
    """Give how many kinds of a direction were seen within the time, and their bits."""
    count = np.int64(0)
    bits = np.int64(0)
    for kind in range(state.seen.shape[1]):
        if state.seen[bullish, kind] >= now - state.limits[WITHIN]:
            count += 1
            bits |= np.int64(1) << kind
    return count, bits


@lean_kernel
def write_confluence(
    state: ConfluenceState, bullish: Integer, now: Integer, row: Row, price: Integer
) -> None:
    """Write a confluence, and forget what it was made of."""
    count, bits = kinds_seen(state, bullish, now)
    row["ts_ns"] = now
    row["price"] = price
    row["kinds"] = bits
    row["score"] = count
    row["direction"] = 2 * bullish - 1
    low = np.int64(2**63 - 1)
    high = np.int64(-(2**63))
    for kind in range(state.seen.shape[1]):
        if bits >> kind & 1:
            low = min(low, state.low[bullish, kind])
            high = max(high, state.high[bullish, kind])
    row["price_low"] = low
    row["price_high"] = high
    for side in range(2):
        for kind in range(state.seen.shape[1]):
            state.seen[side, kind] = NEVER
    state.limits[LAST] = now


# All signals of one time are taken before it is judged: they are known at once, and a confluence
# that took the first two of them would leave the third behind. Where as many kinds say the one as
# the other, they do not agree.
@lean_kernel
def find_confluences(state: ConfluenceState, signals: np.ndarray, rows: np.ndarray) -> Integer:
    """Write a row for every confluence among signals in order; give how many.

    `rows` has room for as many as there are signals.
    """
    filled = np.int64(0)
    price = np.int64(0)
    is_new = False
    for i in range(len(signals)):
        signal = signals[i]
        now = np.int64(signal["ts_ns"])
        kind = np.int64(signal["kind"])
        direction = np.int64(signal["direction"])
        if direction != 0 and kind < state.seen.shape[1] and kind != _CONFLUENCE_KIND:
            bullish = np.int64(direction > 0)
            if state.seen[bullish, kind] == now:
                state.low[bullish, kind] = min(state.low[bullish, kind], signal["price_low"])
                state.high[bullish, kind] = max(state.high[bullish, kind], signal["price_high"])
            else:
                state.low[bullish, kind] = signal["price_low"]
                state.high[bullish, kind] = signal["price_high"]
            state.seen[bullish, kind] = now
            price = np.int64(signal["price"])
            is_new = True
        if i + 1 < len(signals) and signals[i + 1]["ts_ns"] == now:
            continue
        if not is_new:
            continue
        is_new = False
        if now - state.limits[LAST] < state.limits[COOLDOWN]:
            continue
        bears, _ = kinds_seen(state, 0, now)
        bulls, _ = kinds_seen(state, 1, now)
        if bears != bulls and max(bears, bulls) >= state.limits[LEAST_KINDS]:
            write_confluence(state, np.int64(bulls > bears), now, rows[filled], price)
            filled += 1
    return filled
