"""Prints taken out of records of any schema, and the clock of their instrument."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ticktape.ops.kernels import lean_kernel
from ticktape.tape.layouts import ACTION_TRADE, F_SNAPSHOT, UNDEF_PRICE, UNDEF_TIMESTAMP


class PrintColumns(NamedTuple):
    """The columns of records that may be prints, one entry a record."""

    publisher_id: np.ndarray
    instrument_id: np.ndarray
    ts_event: np.ndarray
    price: np.ndarray
    size: np.ndarray
    sequence: np.ndarray
    action: np.ndarray
    side: np.ndarray
    flags: np.ndarray


# A record without a time of its own, or with one before the clock, has the clock's.
@lean_kernel
def take_prints(
    columns: PrintColumns,
    count: int,
    instrument_id: int,
    publisher_id: int,
    clock: np.ndarray,
    prints: np.ndarray,
) -> int:
    """Write the prints of an instrument among `count` records into `prints`; give how many.

    `clock` is ``i8[2]``: the clock, and what it was at the first record outside a snapshot, 0
    before it. A `publisher_id` below 0 means every one.
    """
    filled = 0
    now = clock[0]
    for at in range(count):
        if columns.instrument_id[at] != instrument_id:
            continue
        if publisher_id >= 0 and columns.publisher_id[at] != publisher_id:
            continue
        stated = columns.ts_event[at]
        if stated != UNDEF_TIMESTAMP:
            now = max(now, np.int64(stated))
        if clock[1] == 0 and not columns.flags[at] & F_SNAPSHOT:
            clock[1] = now
        if columns.action[at] != ACTION_TRADE or columns.size[at] == 0:
            continue
        if columns.price[at] == UNDEF_PRICE:
            continue
        prints[filled]["ts_event"] = now
        prints[filled]["price"] = columns.price[at]
        prints[filled]["size"] = columns.size[at]
        prints[filled]["sequence"] = columns.sequence[at]
        prints[filled]["side"] = columns.side[at]
        prints[filled]["flags"] = columns.flags[at]
        filled += 1
    clock[0] = now
    return filled
