"""Volume traded at each price, of many books, in one table."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from ticktape.book.keys_kernels import key_of
from ticktape.book.mbo_find_kernels import table_home
from ticktape.book.mbo_state_kernels import HALF, LOW_HALF, Integer
from ticktape.ops.kernels import lean_kernel
from ticktape.tape.layouts import ACTION_TRADE, SIDE_ASK, SIDE_BID, UNDEF_PRICE

# What was traded at a price: bought and sold by the side of the aggressor, and what had no side.
# Its layout is that of the book stream.
PRICE_VOLUME: Final = np.dtype(
    [("price", "<i8"), ("bought", "<u8"), ("sold", "<u8"), ("unsided", "<u8")]
)

# 2**32 over the golden ratio, as for orders: its product with 32 bits stays within 64.
_SPREAD: Final = np.uint64(2654435769)

USED: Final = 0
SERIAL: Final = 1


class VolumeState(NamedTuple):
    """Traded volumes in the order in which their prices first came.

    Attributes
    ----------
    keys : numpy.ndarray
        Publisher in the upper half, instrument in the lower, ``u8``.
    changed : numpy.ndarray
        Serial of the trade that last changed a row, ``i8``.
    rows : numpy.ndarray
        dtype ``PRICE_VOLUME``.
    table : numpy.ndarray
        Row number plus one, found by key and price; ``u4``, a power of two long.
    usage : numpy.ndarray
        Rows in use, and trades so far, ``i8``.
    """

    keys: np.ndarray
    changed: np.ndarray
    rows: np.ndarray
    table: np.ndarray
    usage: np.ndarray


def new_volume_state(rows: int = 1024) -> VolumeState:
    """Make a state without trades; ``rows`` is a power of two."""
    return VolumeState(
        np.zeros(rows, np.uint64),
        np.zeros(rows, np.int64),
        np.zeros(rows, PRICE_VOLUME),
        np.zeros(2 * rows, np.uint32),
        np.zeros(2, np.int64),
    )


@lean_kernel
def volume_home(key: Integer, price: Integer, length: Integer) -> Integer:
    """Give the entry of the table where a price of a book belongs."""
    folded = (np.uint64(price) & LOW_HALF) ^ (np.uint64(price) >> HALF)
    folded ^= ((np.uint64(key) & LOW_HALF) * _SPREAD) & LOW_HALF
    folded ^= np.uint64(key) >> HALF
    return table_home((folded * _SPREAD) & LOW_HALF, length)


@lean_kernel
def enter_row(state: VolumeState, row: Integer) -> None:
    """Put a row into the table."""
    at = volume_home(state.keys[row], state.rows[row]["price"], len(state.table))
    while state.table[at] != 0:
        at = (at + 1) & (len(state.table) - 1)
    state.table[at] = row + 1


@lean_kernel
def add_trade(
    state: VolumeState, key: Integer, price: Integer, size: Integer, side: Integer
) -> bool:
    """Add a trade; False, with nothing done, where there is no room for its price."""
    at = volume_home(key, price, len(state.table))
    row = np.int64(-1)
    while state.table[at] != 0:
        found = np.int64(state.table[at]) - 1
        if state.keys[found] == key and state.rows[found]["price"] == price:
            row = found
            break
        at = (at + 1) & (len(state.table) - 1)
    if row < 0:
        row = state.usage[USED]
        if row == len(state.rows):
            return False
        state.keys[row] = key
        state.rows[row]["price"] = price
        state.table[at] = row + 1
        state.usage[USED] = row + 1
    state.usage[SERIAL] += 1
    state.changed[row] = state.usage[SERIAL]
    # The sizes are unsigned 64-bit: mixed with a signed number they would become floats.
    if side == SIDE_BID:
        state.rows[row]["bought"] += np.uint64(size)
    elif side == SIDE_ASK:
        state.rows[row]["sold"] += np.uint64(size)
    else:
        state.rows[row]["unsided"] += np.uint64(size)
    return True


@lean_kernel
def add_trades(state: VolumeState, records: np.ndarray, start: Integer) -> Integer:
    """Add the trades among records of a trades layout; return the first without room."""
    for i in range(start, len(records)):
        record = records[i]
        if record["action"] != ACTION_TRADE or record["price"] == UNDEF_PRICE:
            continue
        key = key_of(record["publisher_id"], record["instrument_id"])
        if not add_trade(state, key, record["price"], record["size"], record["side"]):
            return i
    return len(records)


@lean_kernel
def enter_rows(state: VolumeState) -> None:
    """Put every row in use into an empty table."""
    for row in range(state.usage[USED]):
        enter_row(state, row)
