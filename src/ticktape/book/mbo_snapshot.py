"""The records that make a by-order book anew."""

from __future__ import annotations

from typing import Final

import numpy as np

from ticktape.book.mbo_read_kernels import list_side
from ticktape.book.mbo_state_kernels import MboState
from ticktape.tape.layouts import (
    ACTION_ADD,
    ACTION_CLEAR,
    F_BAD_TS_RECV,
    F_LAST,
    F_MAYBE_BAD_BOOK,
    F_MBP,
    F_SNAPSHOT,
    SIDE_ASK,
    SIDE_BID,
    SIDE_NONE,
    UNDEF_PRICE,
    Schema,
    new_records,
)

_SNAPSHOT: Final = F_SNAPSHOT | F_BAD_TS_RECV


def snapshot_records(state: MboState, book: int, ts_recv_ns: int) -> np.ndarray:
    """Give a clear, then an add for every order: bids, then asks, best level first, in queue order.

    All carry ``F_SNAPSHOT`` and ``F_BAD_TS_RECV``, the last one ``F_LAST`` too, and
    ``F_MAYBE_BAD_BOOK`` where the book is stale; an empty book is the clear alone. What rests at a
    level without orders (top-of-book and aggregated feeds) is an add with ``F_MBP``, before the
    level's orders. Source: Databento's snapshots in the ``mbo`` schema.

    Parameters
    ----------
    state : MboState
        The books.
    book : int
        The number of the book.
    ts_recv_ns : int
        The snapshot's time, in ns; each order keeps its own ``ts_event``.

    Returns
    -------
    numpy.ndarray
        dtype ``LAYOUTS[Schema.MBO]``; applied to a new book, they make an equal one.
    """
    clear = new_records(Schema.MBO, 1)
    clear["action"] = ACTION_CLEAR
    clear["side"] = SIDE_NONE
    clear["price"] = UNDEF_PRICE
    clear["ts_event"] = ts_recv_ns
    records = np.concatenate(
        [clear, *(_adds(state, side, ts_recv_ns) for side in (2 * book, 2 * book + 1))]
    )
    records["publisher_id"] = state.books[book]["publisher_id"]
    records["instrument_id"] = state.books[book]["instrument_id"]
    records["ts_recv"] = ts_recv_ns
    records["flags"] |= _SNAPSHOT
    records["flags"][-1] |= F_LAST
    if state.books[book]["stale"]:
        records["flags"][-1] |= F_MAYBE_BAD_BOOK
    return records


def _adds(state: MboState, side: int, ts_recv_ns: int) -> np.ndarray:
    own = state.sides[side]
    found = np.empty(int(own["levels"]) + int(own["orders"]), np.uint32)
    list_side(state, side, found)
    levels = np.zeros(len(found), bool)
    levels[_level_starts(state, found)] = True
    slots = state.slots[found]
    adds = new_records(Schema.MBO, len(found))
    adds["action"] = ACTION_ADD
    adds["side"] = SIDE_ASK if side & 1 else SIDE_BID
    adds["price"] = slots["price"]
    adds["order_id"] = np.where(levels, 0, slots["order_id"])
    adds["size"] = np.where(levels, _without_orders(slots, levels), slots["size"])
    adds["ts_event"] = np.where(levels, np.uint64(ts_recv_ns), state.times[found])
    adds["flags"][levels] = F_MBP
    return adds[~levels | (adds["size"] > 0)]


def _level_starts(state: MboState, found: np.ndarray) -> np.ndarray:
    starts = []
    at = 0
    while at < len(found):
        starts.append(at)
        at += 1 + int(state.slots[found[at]]["count"])
    return np.array(starts, np.int64)


def _without_orders(slots: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """Give, at each level, its total less the sizes of the orders that follow it."""
    sizes = np.where(levels, 0, slots["size"]).astype(np.uint64)
    starts = np.flatnonzero(levels)
    rest = np.zeros(len(slots), np.uint64)
    if len(starts):
        rest[starts] = slots["total"][starts] - np.add.reduceat(sizes, starts)
    return rest
