"""Books by price: what the last record of each instrument said."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from ticktape.book.keys_kernels import NO_ROOM, Keys, key_of, slot_of_key
from ticktape.ops.kernels import lean_kernel
from ticktape.tape.layouts import (
    ACTION_ADD,
    ACTION_CANCEL,
    ACTION_CLEAR,
    ACTION_MODIFY,
    ACTION_NONE,
    ACTION_TRADE,
    F_LAST,
    F_MAYBE_BAD_BOOK,
)

DEEPEST: Final = 10

# The fields that a quote's book is kept by, at their places in mbp-1, mbp-10, tbbo and bbo
# records. Interval quotes (bbo) have no action: zero there.
QUOTE: Final = np.dtype(
    {
        "names": ["publisher_id", "instrument_id", "action", "flags"],
        "formats": ["u2", "u4", "u1", "u1"],
        "offsets": [2, 4, 28, 30],
        "itemsize": 48,
    }
)
PAIR: Final = np.dtype(
    [
        ("bid_price", "i8"),
        ("ask_price", "i8"),
        ("bid_size", "u4"),
        ("ask_size", "u4"),
        ("bid_count", "u4"),
        ("ask_count", "u4"),
    ]
)
MBP_COUNTERS: Final = (
    "records",
    "adds",
    "cancels",
    "modifies",
    "trades",
    "clears",
    "nones",
    "maybe_bad_books",
    "events",
)
_RECORDS: Final = 0
_ADDS: Final = 1
_CANCELS: Final = 2
_MODIFIES: Final = 3
_TRADES: Final = 4
_CLEARS: Final = 5
_NONES: Final = 6
_MAYBE_BAD_BOOKS: Final = 7
_EVENTS: Final = 8


class MbpState(NamedTuple):
    """Everything that the by-price kernels know.

    Attributes
    ----------
    keys : Keys
        The book of each publisher and instrument.
    pairs : numpy.ndarray
        Shape ``(books, DEEPEST)``, dtype ``PAIR``.
    told : numpy.ndarray
        How many levels the last record told, ``u1``.
    flags : numpy.ndarray
        The last record's flags, ``u1``.
    counters : numpy.ndarray
        Shape ``(books, len(MBP_COUNTERS))``, ``i8``.
    """

    keys: Keys
    pairs: np.ndarray
    told: np.ndarray
    flags: np.ndarray
    counters: np.ndarray


@lean_kernel
def apply_quotes(state: MbpState, quotes: np.ndarray, pairs: np.ndarray, start: int) -> int:
    """Take quotes from one on; return the first not taken for want of room.

    A record of these schemas tells its levels whole, so the book is the last record's; a trade's
    record tells the levels before it, which are the last known. Source: Databento's schemas.
    """
    depth = pairs.shape[1]
    for i in range(start, len(quotes)):
        quote = quotes[i]
        book = slot_of_key(state.keys, key_of(quote["publisher_id"], quote["instrument_id"]))
        if book == NO_ROOM:
            return i
        for level in range(depth):
            state.pairs[book, level] = pairs[i, level]
        state.told[book] = depth
        flags = quote["flags"]
        state.flags[book] = flags
        counted = state.counters[book]
        counted[_RECORDS] += 1
        action = quote["action"]
        if action == ACTION_ADD:
            counted[_ADDS] += 1
        elif action == ACTION_CANCEL:
            counted[_CANCELS] += 1
        elif action == ACTION_MODIFY:
            counted[_MODIFIES] += 1
        elif action == ACTION_TRADE:
            counted[_TRADES] += 1
        elif action == ACTION_CLEAR:
            counted[_CLEARS] += 1
        elif action == ACTION_NONE:
            counted[_NONES] += 1
        if flags & F_MAYBE_BAD_BOOK:
            counted[_MAYBE_BAD_BOOKS] += 1
        if flags & F_LAST:
            counted[_EVENTS] += 1
    return len(quotes)
