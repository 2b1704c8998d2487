"""One pass over records of the ``mbo`` schema: the books, and what a reader may want to go to."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from ticktape.book.mbo_find_kernels import find_book
from ticktape.book.mbo_kernels import apply_row
from ticktape.book.mbo_state_kernels import BOOK_NOT_WANTED, NO_ROOM, Integer, MboState
from ticktape.ops.kernels import lean_kernel
from ticktape.tape.layouts import F_LAST

STALE: Final = 0
CROSSING: Final = 1
FOUND: Final = np.dtype([("row", "i8"), ("kind", "i8")])


class Scan(NamedTuple):
    """What the pass knows beside the books.

    Attributes
    ----------
    last : numpy.ndarray
        The last record of each book, of the ``mbo`` layout.
    crossed : numpy.ndarray
        ``u1``: whether each book was crossed where its last event ended.
    """

    last: np.ndarray
    crossed: np.ndarray


@lean_kernel
def is_crossed(state: MboState, book: Integer) -> bool:
    """Tell whether a book's best bid is above its best ask."""
    bids = state.sides[2 * book]
    asks = state.sides[2 * book + 1]
    if bids["levels"] == 0 or asks["levels"] == 0:
        return False
    bid = state.ladder_levels[np.int64(bids["start"]) + np.int64(bids["levels"]) - 1]
    ask = state.ladder_levels[np.int64(asks["start"]) + np.int64(asks["levels"]) - 1]
    return bool(state.slots[bid]["price"] > state.slots[ask]["price"])


# A book is judged where its event ends (F_LAST), as in the audit: inside, a venue may add the
# aggressor's rest before it takes away what it traded with.
@lean_kernel
def scan_records(
    state: MboState,
    scan: Scan,
    records: np.ndarray,
    start: Integer,
    found: np.ndarray,
    filled: Integer,
) -> tuple[Integer, Integer]:
    """Apply records from `start`; give the next to apply and how many places were found.

    Stops early where anything is full: the caller takes what was found, makes room, calls again.
    """
    for i in range(start, len(records)):
        record = records[i]
        book = find_book(state, record["publisher_id"], record["instrument_id"])
        if book == BOOK_NOT_WANTED:
            continue
        if book == NO_ROOM or book >= len(scan.last) or filled + 2 > len(found):
            return i, filled
        was_stale = state.books[book]["stale"]
        if apply_row(state, book, record) == NO_ROOM:
            return i, filled
        scan.last[book] = record
        if state.books[book]["stale"] > was_stale:
            found[filled]["row"] = i
            found[filled]["kind"] = STALE
            filled += 1
        if record["flags"] & F_LAST:
            crossed = is_crossed(state, book)
            if crossed and not scan.crossed[book]:
                found[filled]["row"] = i
                found[filled]["kind"] = CROSSING
                filled += 1
            scan.crossed[book] = crossed
    return len(records), filled
