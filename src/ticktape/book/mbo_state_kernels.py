"""The state of by-order books: what the kernels of many books share, as one tuple of arrays.

All books share one pool of slots. A slot is an order or a price level, so that the queue of a
level is a ring through its own slot (``next`` of a level is its first order, ``previous`` its
last): taking an order out, or adding one at the tail, needs no case for the ends.

Each side of a book keeps its levels in a run of two shared arrays, sorted so that the best is
last: ``ladder_keys`` (price for bids, its complement for asks) and ``ladder_levels`` (slots).
Orders are found by identifier through one open-addressing table of all books.

Slot 0 is never used, so that 0 means none.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np

# What kernels count and index with: a Python integer or a NumPy one of any width.
Integer: TypeAlias = Any
# One element of a structured array.
Row: TypeAlias = Any

# An order and a level have the same width; a level keeps its total where an order keeps its id,
# its number of orders where an order keeps its size, its side where an order keeps its level.
SLOT: Final = np.dtype(
    {
        "names": [
            "order_id",
            "total",
            "price",
            "size",
            "count",
            "next",
            "previous",
            "level",
            "side",
        ],
        "formats": ["u8", "u8", "i8", "u4", "u4", "u4", "u4", "u4", "u4"],
        "offsets": [0, 0, 8, 16, 16, 20, 24, 28, 28],
        "itemsize": 32,
    }
)

# A side's run in the ladder arrays: where it starts, levels in use, levels it has room for; and
# the orders resting on it. Side 2 * book is the bids, 2 * book + 1 the asks.
SIDE: Final = np.dtype([("start", "u4"), ("levels", "u4"), ("room", "u4"), ("orders", "u4")])

# Of a book: what its last record left it in, and whether its last whole event left it crossed.
BOOK: Final = np.dtype(
    [
        ("instrument_id", "u4"),
        ("publisher_id", "u2"),
        ("in_event", "u1"),
        ("stale", "u1"),
        ("crossed", "u8"),
    ]
)

# A best bid and offer: the keys and times of the record that ended its event, prices in 1e-9
# (UNDEF_PRICE where the side is empty), total sizes, numbers of orders. One cache line wide.
BBO: Final = np.dtype(
    [
        ("ts_event", "u8"),
        ("ts_recv", "u8"),
        ("instrument_id", "u4"),
        ("publisher_id", "u2"),
        ("flags", "u1"),
        ("_reserved", "u1"),
        ("bid_price", "i8"),
        ("ask_price", "i8"),
        ("bid_size", "u8"),
        ("ask_size", "u8"),
        ("bid_count", "u4"),
        ("ask_count", "u4"),
    ]
)

# Names of the columns of ``counters``, in order. The first seven count records by action; the
# rest count what was odd about them.
COUNTERS: Final = (
    "adds",
    "cancels",
    "modifies",
    "trades",
    "fills",
    "clears",
    "nones",
    "unknown_cancels",
    "adopted_modifies",
    "duplicate_adds",
    "over_cancels",
    "mismatched_sides",
    "mismatched_prices",
    "bad_sides",
    "bad_actions",
    "undefined_prices",
    "zero_sizes",
    "snapshots",
    "maybe_bad_books",
    "events",
    "crossings",
)
ADDS: Final = 0
CANCELS: Final = 1
MODIFIES: Final = 2
TRADES: Final = 3
FILLS: Final = 4
CLEARS: Final = 5
NONES: Final = 6
UNKNOWN_CANCELS: Final = 7
ADOPTED_MODIFIES: Final = 8
DUPLICATE_ADDS: Final = 9
OVER_CANCELS: Final = 10
MISMATCHED_SIDES: Final = 11
MISMATCHED_PRICES: Final = 12
BAD_SIDES: Final = 13
BAD_ACTIONS: Final = 14
UNDEFINED_PRICES: Final = 15
ZERO_SIZES: Final = 16
SNAPSHOTS: Final = 17
MAYBE_BAD_BOOKS: Final = 18
EVENTS: Final = 19
CROSSINGS: Final = 20  # events that left the book crossed where the one before had not

# Columns of ``usage``.
FREE: Final = 0  # the first of the freed slots, linked by ``next``
FRESH: Final = 1  # the first slot never used
LIVE_SLOTS: Final = 2
LIVE_LEVELS: Final = 3
LADDER_END: Final = 4  # the first entry of the ladder arrays that no side owns
BOOKS: Final = 5
LAST_KEY: Final = 6
LAST_BOOK: Final = 7
MOST_BOOKS: Final = 8  # records of further books are skipped
SKIPPED: Final = 9
USAGE_COLUMNS: Final = 10

SMALLEST_LADDER: Final = 8

# Answers of kernels that can run out of room, or that meet a book beyond those wanted.
NO_ROOM: Final = -1
BOOK_NOT_WANTED: Final = -2

LOW_HALF: Final = np.uint64(0xFFFFFFFF)
HALF: Final = np.uint64(32)


class MboState(NamedTuple):
    """Everything that the by-order kernels know.

    Attributes
    ----------
    slots : numpy.ndarray
        Orders and levels, dtype ``SLOT``.
    times : numpy.ndarray
        For the order in a slot, the ``ts_event`` at which it took its place, ``u8``.
    order_table : numpy.ndarray
        Hash in the upper half, slot in the lower; ``u8``, a power of two long, half full at most.
    ladder_keys, ladder_levels : numpy.ndarray
        ``i8`` and ``u4``: each side's levels, best last.
    sides : numpy.ndarray
        dtype ``SIDE``, two to a book.
    books : numpy.ndarray
        dtype ``BOOK``.
    book_table : numpy.ndarray
        Book number plus one, found by publisher and instrument; ``u4``, a power of two long.
    counters : numpy.ndarray
        Shape ``(books, len(COUNTERS))``, ``i8``.
    usage : numpy.ndarray
        What is in use of the arrays above, ``i8``.
    """

    slots: np.ndarray
    times: np.ndarray
    order_table: np.ndarray
    ladder_keys: np.ndarray
    ladder_levels: np.ndarray
    sides: np.ndarray
    books: np.ndarray
    book_table: np.ndarray
    counters: np.ndarray
    usage: np.ndarray


def _power_of_two(at_least: int) -> int:
    return 1 << max(at_least - 1, 1).bit_length()


def new_mbo_state(
    *, slots: int = 1024, ladder: int = 256, books: int = 1, most_books: int = 2**31
) -> MboState:
    """Make the state of books that hold nothing.

    Parameters
    ----------
    slots : int
        Room for orders and levels together.
    ladder : int
        Room for levels, with the spare room of every side.
    books : int
        Room for books.
    most_books : int
        Records of books beyond these are skipped and counted, not given a book.

    Returns
    -------
    MboState
        Empty state.
    """
    usage = np.zeros(USAGE_COLUMNS, np.int64)
    usage[FRESH] = 1
    usage[LAST_KEY] = -1
    usage[MOST_BOOKS] = most_books
    return MboState(
        slots=np.zeros(slots, SLOT),
        times=np.zeros(slots, np.uint64),
        order_table=np.zeros(_power_of_two(2 * slots), np.uint64),
        ladder_keys=np.zeros(ladder, np.int64),
        ladder_levels=np.zeros(ladder, np.uint32),
        sides=np.zeros(2 * books, SIDE),
        books=np.zeros(books, BOOK),
        book_table=np.zeros(_power_of_two(2 * books), np.uint32),
        counters=np.zeros((books, len(COUNTERS)), np.int64),
        usage=usage,
    )


# ---- finding
