"""BBO on interval: the last quote and the last sale of every instrument at each interval's end."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from ticktape.book.keys_kernels import NO_ROOM, Keys, key_of, slot_of_key
from ticktape.book.time_kernels import NO_TIME, event_time
from ticktape.ops.kernels import kernel
from ticktape.tape.layouts import ACTION_TRADE, SIDE_NONE, UNDEF_PRICE

INTERVAL_END: Final = 0
MOVED: Final = 1
_UNDEF_TIME: Final = np.uint64(2**64 - 1)


class BboState(NamedTuple):
    """The last quote and sale of every instrument.

    Attributes
    ----------
    keys : Keys
        The slot of each publisher and instrument.
    quotes : numpy.ndarray
        BBO records, one a slot, kept from interval to interval: what is not new is filled forward.
    moved : numpy.ndarray
        ``i4``: the slots with a quote or a trade in this interval, in the order of the first.
    has_moved : numpy.ndarray
        ``u1``, one a slot.
    counts : numpy.ndarray
        ``i8[2]``: the end of the interval, how many have moved in it.
    """

    keys: Keys
    quotes: np.ndarray
    moved: np.ndarray
    has_moved: np.ndarray
    counts: np.ndarray


@kernel
def close_interval(state: BboState, rows: np.ndarray, filled: int) -> int:
    """Write the records of the interval to `rows` after `filled`; give the new count of rows."""
    for place in range(state.counts[MOVED]):
        slot = state.moved[place]
        state.has_moved[slot] = 0
        rows[filled] = state.quotes[slot]
        rows[filled]["ts_recv"] = state.counts[INTERVAL_END]
        filled += 1
    state.counts[MOVED] = 0
    return filled


# databento.com/docs/schemas/bbo: ts_recv is the end of the interval; no record where neither a
# trade nor a quote came in it; the last sale (ts_event, price, size, side) and the quote are filled
# forward from earlier intervals; ts_event UNDEF_TIMESTAMP, price UNDEF_PRICE, size 0 before the
# first sale. The interval ends when the clock of the stream, any instrument's, passes it. Records
# apply in the order received: one with an earlier time than the clock belongs to the open interval.
@kernel
def sample_quotes(
    state: BboState, quotes: np.ndarray, start: int, every_ns: int, rows: np.ndarray
) -> tuple[int, int]:
    """Apply MBP-1 records from `start`; give the next record to apply and the count of rows.

    Stops early where `rows` or the slots are full: the caller takes the rows, makes room and
    calls again.
    """
    counts = state.counts
    filled = 0
    for i in range(start, len(quotes)):
        quote = quotes[i]
        now = event_time(np.int64(quote["ts_recv"]), np.int64(quote["ts_event"]), quote["flags"])
        if now != NO_TIME and now >= counts[INTERVAL_END]:
            if filled + counts[MOVED] > len(rows):
                return i, filled
            filled = close_interval(state, rows, filled)
            counts[INTERVAL_END] = now - now % every_ns + every_ns
        known = state.keys.used[0]
        slot = slot_of_key(state.keys, key_of(quote["publisher_id"], quote["instrument_id"]))
        if slot == NO_ROOM:
            return i, filled
        bbo = state.quotes[slot]
        if slot == known:
            bbo["publisher_id"] = quote["publisher_id"]
            bbo["instrument_id"] = quote["instrument_id"]
            bbo["ts_event"] = _UNDEF_TIME
            bbo["price"] = UNDEF_PRICE
            bbo["side"] = SIDE_NONE
        if quote["action"] == ACTION_TRADE:
            bbo["ts_event"] = quote["ts_event"]
            bbo["price"] = quote["price"]
            bbo["size"] = quote["size"]
            bbo["side"] = quote["side"]
        bbo["flags"] = quote["flags"]
        bbo["sequence"] = quote["sequence"]
        bbo["bid_px_00"] = quote["bid_px_00"]
        bbo["ask_px_00"] = quote["ask_px_00"]
        bbo["bid_sz_00"] = quote["bid_sz_00"]
        bbo["ask_sz_00"] = quote["ask_sz_00"]
        bbo["bid_ct_00"] = quote["bid_ct_00"]
        bbo["ask_ct_00"] = quote["ask_ct_00"]
        if not state.has_moved[slot]:
            state.has_moved[slot] = 1
            state.moved[counts[MOVED]] = slot
            counts[MOVED] += 1
    return len(quotes), filled
