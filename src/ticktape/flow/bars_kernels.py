"""Time bars: every instrument's prints gathered by interval of the stream's own clock."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from ticktape.book.keys_kernels import NO_ROOM, Keys, key_of, slot_of_key
from ticktape.book.time_kernels import NO_TIME, event_time
from ticktape.ops.kernels import kernel
from ticktape.tape.layouts import ACTION_TRADE, SIDE_ASK, SIDE_BID, UNDEF_PRICE

BAR_ROWS: Final = np.dtype(
    [
        ("publisher_id", "u2"),
        ("instrument_id", "u4"),
        ("ts_event", "u8"),
        ("open", "i8"),
        ("high", "i8"),
        ("low", "i8"),
        ("close", "i8"),
        ("volume", "u8"),
        ("buy_volume", "u8"),
        ("sell_volume", "u8"),
        ("trades", "u4"),
    ]
)

CLOCK: Final = 0
NEXT_CLOSE: Final = 1
OPEN_BARS: Final = 2
LATE: Final = 3
UNUSABLE: Final = 4

NEVER: Final = 2**63 - 1


class BarState(NamedTuple):
    """The open bars, and the clock that closes them.

    Attributes
    ----------
    keys : Keys
        The slot of each publisher and instrument.
    bars : numpy.ndarray
        ``BAR_ROWS``, one a slot; a bar is open while its ``trades`` is not zero.
    opened : numpy.ndarray
        ``i4``: the slots with an open bar, in the order in which they opened.
    counts : numpy.ndarray
        ``i8[5]``: the clock, the time at which the next bar closes, how many are open, late
        prints, prints without a price or a time.
    """

    keys: Keys
    bars: np.ndarray
    opened: np.ndarray
    counts: np.ndarray


class Prints(NamedTuple):
    """Columns of records that may be prints: ``action``, ``T`` for those that are.

    A print has one price, a bar to be merged into a longer one has four; times are ``i8``.
    """

    publisher_id: np.ndarray
    instrument_id: np.ndarray
    ts_recv: np.ndarray
    ts_event: np.ndarray
    flags: np.ndarray
    action: np.ndarray
    side: np.ndarray
    open: np.ndarray
    high: np.ndarray
    low: np.ndarray
    close: np.ndarray
    volume: np.ndarray


@kernel
def close_bars(state: BarState, interval_ns: int, rows: np.ndarray, filled: int) -> int:
    """Move the bars whose time is over to `rows` after `filled`; give the new count of rows."""
    counts = state.counts
    still_open = 0
    counts[NEXT_CLOSE] = NEVER
    for place in range(counts[OPEN_BARS]):
        slot = state.opened[place]
        closes = np.int64(state.bars[slot]["ts_event"]) + interval_ns
        if closes <= counts[CLOCK]:
            rows[filled] = state.bars[slot]
            filled += 1
            state.bars[slot]["trades"] = 0
        else:
            state.opened[still_open] = slot
            still_open += 1
            counts[NEXT_CLOSE] = min(counts[NEXT_CLOSE], closes)
    counts[OPEN_BARS] = still_open
    return filled


# A bar of an interval [t, t + every) closes when the stream's clock, the latest time of any record
# of any instrument, reaches t + every: so a quiet instrument's bar closes with everyone's, and the
# rows do not depend on how records were cut into batches. A print of an interval that has closed is
# late: it is counted and changes nothing. B adds to buy volume, A to sell volume, N to neither.
@kernel
def gather_bars(
    state: BarState, prints: Prints, start: int, count: int, every_ns: int, rows: np.ndarray
) -> tuple[int, int]:
    """Apply records from `start` to `count`; give the next to apply and the count of closed rows.

    Stops early where `rows` or the slots are full: the caller takes the rows, makes room and
    calls again.
    """
    counts = state.counts
    filled = 0
    for i in range(start, count):
        now = event_time(prints.ts_recv[i], prints.ts_event[i], prints.flags[i])
        is_print = prints.action[i] == ACTION_TRADE
        if now == NO_TIME or (is_print and prints.close[i] == UNDEF_PRICE):
            counts[UNUSABLE] += is_print
            continue
        if now > counts[CLOCK]:
            closes = now >= counts[NEXT_CLOSE]
            # The clock stands until there is room: the record comes again, and closes them then.
            if closes and filled + counts[OPEN_BARS] > len(rows):
                return i, filled
            counts[CLOCK] = now
            if closes:
                filled = close_bars(state, every_ns, rows, filled)
        if not is_print:
            continue
        opens = now - now % every_ns
        if opens + every_ns <= counts[CLOCK]:
            counts[LATE] += 1
            continue
        slot = slot_of_key(state.keys, key_of(prints.publisher_id[i], prints.instrument_id[i]))
        if slot == NO_ROOM:
            return i, filled
        bar = state.bars[slot]
        if bar["trades"] == 0:
            state.opened[counts[OPEN_BARS]] = slot
            counts[OPEN_BARS] += 1
            counts[NEXT_CLOSE] = min(counts[NEXT_CLOSE], opens + every_ns)
            bar["publisher_id"] = prints.publisher_id[i]
            bar["instrument_id"] = prints.instrument_id[i]
            bar["ts_event"] = opens
            bar["open"] = prints.open[i]
            bar["high"] = prints.high[i]
            bar["low"] = prints.low[i]
            bar["volume"] = 0
            bar["buy_volume"] = 0
            bar["sell_volume"] = 0
        bar["high"] = max(bar["high"], prints.high[i])
        bar["low"] = min(bar["low"], prints.low[i])
        bar["close"] = prints.close[i]
        bar["trades"] += 1
        bar["volume"] += prints.volume[i]
        if prints.side[i] == SIDE_BID:
            bar["buy_volume"] += prints.volume[i]
        elif prints.side[i] == SIDE_ASK:
            bar["sell_volume"] += prints.volume[i]
    return count, filled


@kernel
def reopen_bars(state: BarState, rows: np.ndarray, start: int) -> int:
    """Open bars anew from `start` on, as they stood; give the first without room, or the end."""
    for i in range(start, len(rows)):
        slot = slot_of_key(state.keys, key_of(rows[i]["publisher_id"], rows[i]["instrument_id"]))
        if slot == NO_ROOM:
            return i
        state.bars[slot] = rows[i]
        state.opened[state.counts[OPEN_BARS]] = slot
        state.counts[OPEN_BARS] += 1
    return len(rows)
