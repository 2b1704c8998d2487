"""The scenarios of the book corpus: each a few records, and what they are about.

``A(1, "B", 6483, 5)`` adds order 1 to the bids at 64.83 for 5; ``C``, ``M``, ``T``, ``F`` and ``R``
likewise. Every record ends its event unless it is followed by others in one list.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

LAST, TOP_OF_BOOK, SNAPSHOT, AGGREGATED, BAD_TS_RECV, MAYBE_BAD = 128, 64, 32, 16, 8, 4
TICK = 10_000_000
UNDEF = 2**63 - 1


@dataclass(frozen=True)
class Line:
    """A record: price in ticks of 0.01, or ``UNDEF``."""

    action: str
    order_id: int
    side: str
    price_ticks: int
    size: int
    flags: int = LAST
    publisher_id: int = 1
    instrument_id: int = 100

    def of(self, **changes: int) -> Line:
        return replace(self, **changes)

    def but(self, flags: int) -> Line:
        return replace(self, flags=flags)

    def also(self, flags: int) -> Line:
        return replace(self, flags=self.flags | flags)


def _maker(action: str) -> Callable[..., Line]:
    def make(order_id: int, side: str, price_ticks: int, size: int) -> Line:
        return Line(action, order_id, side, price_ticks, size)

    return make


A, C, M, T, F = (_maker(action) for action in "ACMTF")
R = Line("R", 0, "N", UNDEF, 0)


def event(*lines: Line) -> list[Line]:
    """Records of one event: only the last one ends it."""
    return [*(line.but(line.flags & ~LAST) for line in lines[:-1]), lines[-1]]


def snapshot(*adds: Line) -> list[Line]:
    mark = SNAPSHOT | BAD_TS_RECV
    lines = [line.but(mark | (line.flags & ~LAST)) for line in (R, *adds)]
    return [*lines[:-1], lines[-1].also(LAST)]


def depth_of(side: str, first_id: int) -> list[Line]:
    step = -1 if side == "B" else 1
    best = 6483 if side == "B" else 6484
    return [A(first_id + i, side, best + i * step, 2 + i) for i in range(3)]


BOTH = [*depth_of("B", 10), *depth_of("A", 20)]
OTHER = {"publisher_id": 2}
SPREAD = {"instrument_id": 200}

SCENARIOS: dict[str, tuple[str, list[Line]]] = {
    "add-and-cancel": (
        "Orders join the tail of their level; a cancel of all that rests takes the order, and an "
        "empty level goes.",
        [
            A(1, "B", 6483, 5),
            A(2, "B", 6483, 3),
            A(3, "A", 6485, 1),
            C(1, "B", 6483, 5),
            C(3, "A", 6485, 1),
        ],
    ),
    "partial-cancel": (
        "A cancel reduces by its size, it does not remove: the order keeps its place.",
        [A(1, "B", 6483, 5), A(2, "B", 6483, 3), C(1, "B", 6483, 2), C(1, "B", 6483, 3)],
    ),
    "size-increase-loses-priority": (
        "A modify to a larger size sends the order to the tail of its level.",
        [A(1, "A", 6484, 5), A(2, "A", 6484, 3), A(3, "A", 6484, 1), M(1, "A", 6484, 6)],
    ),
    "size-decrease-keeps-priority": (
        "A modify to a smaller (or the same) size leaves the order where it is.",
        [A(1, "A", 6484, 5), A(2, "A", 6484, 3), M(1, "A", 6484, 4), M(1, "A", 6484, 4)],
    ),
    "price-change": (
        "A modify to another price joins the tail there, whatever the size; coming back does not "
        "give the old place back.",
        [
            A(1, "B", 6483, 5),
            A(2, "B", 6483, 3),
            A(3, "B", 6482, 1),
            M(1, "B", 6482, 4),
            M(1, "B", 6483, 4),
        ],
    ),
    "single-order-size-increase": (
        "The only order of a level grows: the level stays.",
        [A(1, "B", 6483, 5), M(1, "B", 6483, 50)],
    ),
    "unknown-modify": (
        "A modify of an order that was never added is adopted as an add: the tape starts late.",
        [A(1, "B", 6483, 5), M(9, "B", 6483, 2), M(9, "B", 6483, 1), C(9, "B", 6483, 1)],
    ),
    "unknown-cancel": (
        "A cancel of an order that was never added is counted and does nothing.",
        [A(1, "B", 6483, 5), C(9, "B", 6483, 5), C(9, "A", 6490, 1)],
    ),
    "trade-fill-cancel": (
        "One aggressor, two resting orders: trade, then for each a fill and a cancel, one event. "
        "Only the cancels change the book.",
        [
            *BOTH,
            *event(
                T(0, "B", 6484, 4),
                F(20, "A", 6484, 2),
                F(21, "A", 6485, 2),
                C(20, "A", 6484, 2),
                C(21, "A", 6485, 2),
            ),
        ],
    ),
    "partial-fill-by-modify": (
        "A fill accompanied by a modify to the remaining size: the order keeps its place.",
        [
            A(1, "B", 6483, 5),
            A(2, "B", 6483, 3),
            *event(T(0, "A", 6483, 2), F(1, "B", 6483, 2), M(1, "B", 6483, 3)),
        ],
    ),
    "hidden-iceberg-fill": (
        "Fills of identifiers that were never added (hidden size): no effect. The shown part is "
        "cancelled, then added anew at the tail.",
        [
            A(1, "A", 6484, 2),
            A(2, "A", 6484, 7),
            *event(
                T(0, "B", 6484, 5),
                F(1, "A", 6484, 2),
                F(999, "A", 6484, 3),
                C(1, "A", 6484, 2),
                A(1, "A", 6484, 2),
            ),
        ],
    ),
    "trade-without-side": (
        "Trades and records of no action never touch the book, whatever their fields say.",
        [*BOTH, Line("T", 10, "N", 6483, 2), Line("N", 10, "B", 6483, 2)],
    ),
    "mid-stream-snapshot": (
        "A snapshot in the middle of the tape replaces the book; it is one event.",
        [
            *BOTH,
            *snapshot(A(31, "B", 6470, 1), A(32, "B", 6470, 2), A(33, "A", 6471, 4)),
            A(34, "B", 6470, 8),
            C(10, "B", 6483, 2),
        ],
    ),
    "empty-snapshot": (
        "A snapshot of an empty book is a single clear that ends its event.",
        [*BOTH, *snapshot(), A(40, "B", 6400, 1)],
    ),
    "snapshot-without-end": (
        "A live snapshot may lack F_LAST: the book is in an event until the next record with it.",
        [*(line.but(SNAPSHOT | BAD_TS_RECV) for line in (R, *BOTH)), A(41, "B", 6483, 1)],
    ),
    "clear": (
        "A clear empties both sides, at any time; old identifiers mean nothing after it.",
        [*BOTH, R, C(10, "B", 6483, 2), A(10, "A", 6490, 1)],
    ),
    "clear-within-event": (
        "A clear in the middle of an event, followed by adds of the same event.",
        [*BOTH, *event(A(50, "B", 6483, 1), R, A(51, "B", 6480, 1))],
    ),
    "top-of-book": (
        "F_TOB: an add replaces its whole side by one level, which counts no orders; the other "
        "side stays.",
        [
            A(0, "B", 6483, 5).also(TOP_OF_BOOK),
            A(0, "A", 6484, 7).also(TOP_OF_BOOK),
            A(0, "B", 6482, 6).also(TOP_OF_BOOK),
            A(0, "B", 6484, 1).also(TOP_OF_BOOK),
        ],
    ),
    "top-of-book-empty-side": (
        "F_TOB without a price: the side is empty.",
        [
            A(0, "B", 6483, 5).also(TOP_OF_BOOK),
            A(0, "A", 6484, 7).also(TOP_OF_BOOK),
            A(0, "B", UNDEF, 0).also(TOP_OF_BOOK),
            A(0, "A", UNDEF, 9).also(TOP_OF_BOOK),
        ],
    ),
    "top-of-book-over-orders": (
        "F_TOB on a side with orders: the orders are gone, their cancels unknown.",
        [
            *BOTH,
            A(0, "B", 6481, 5).also(TOP_OF_BOOK),
            C(10, "B", 6483, 2),
            C(0, "B", 6481, 5).also(TOP_OF_BOOK),
            C(0, "B", 6481, 5).also(TOP_OF_BOOK),
        ],
    ),
    "aggregated": (
        "F_MBP: records are whole levels without orders; an add or modify sets the level's size, a "
        "cancel takes size off it.",
        [line.also(AGGREGATED) for line in BOTH]
        + [line.also(AGGREGATED) for line in (M(0, "B", 6483, 9), C(0, "B", 6483, 4))]
        + [line.also(AGGREGATED) for line in (C(0, "B", 6481, 4), C(0, "A", 6499, 4))],
    ),
    "aggregated-over-orders": (
        "F_MBP at a price where orders rest: they are forgotten; later orders add to the level.",
        [
            A(1, "B", 6483, 5),
            A(0, "B", 6483, 9).also(AGGREGATED),
            A(2, "B", 6483, 1),
            C(1, "B", 6483, 5),
            C(2, "B", 6483, 1),
        ],
    ),
    "event-in-many-records": (
        "State is read at F_LAST: in between, the book may be crossed. Cut batches anywhere.",
        [*BOTH, *event(A(60, "B", 6485, 9), C(20, "A", 6484, 2), C(21, "A", 6485, 3))],
    ),
    "two-publishers": (
        "One instrument id, two publishers: two books, equal identifiers are different orders.",
        [
            A(1, "B", 6483, 5),
            A(1, "B", 6490, 7).of(**OTHER),
            C(1, "B", 6490, 7).of(**OTHER),
            A(2, "A", 6484, 1).of(**OTHER),
            R.of(**OTHER),
        ],
    ),
    "two-instruments-interleaved": (
        "Events of two instruments interleave: each has its own F_LAST.",
        [
            A(1, "B", 6483, 5).but(0),
            A(1, "A", 35, 2).of(**SPREAD),
            C(1, "B", 6483, 5),
            A(2, "A", 35, 2).of(**SPREAD),
        ],
    ),
    "crossed-auction": (
        "Before an opening, books cross for many events: that is what the venue says.",
        [*BOTH, A(70, "B", 6540, 1), A(71, "A", 6400, 3), A(72, "B", 6540, 2)],
    ),
    "locked": (
        "Bid and ask at one price: locked, not crossed.",
        [A(1, "B", 6483, 5), A(2, "A", 6483, 5), C(1, "B", 6483, 5)],
    ),
    "duplicate-add": (
        "An add of an identifier that rests replaces the order, at the tail, other side or not.",
        [A(1, "B", 6483, 5), A(2, "B", 6483, 3), A(1, "B", 6483, 5), A(1, "A", 6484, 4)],
    ),
    "cancel-too-much": (
        "A cancel of more than what rests takes what rests.",
        [A(1, "B", 6483, 5), A(2, "B", 6483, 3), C(1, "B", 6483, 6)],
    ),
    "cancel-elsewhere": (
        "The identifier decides: a cancel with another price or side applies where the order is.",
        [A(1, "B", 6483, 5), C(1, "A", 6490, 1), C(1, "B", 6482, 1)],
    ),
    "modify-other-side": (
        "Side never changes: a modify with another side moves the order on its own.",
        [A(1, "B", 6483, 5), M(1, "A", 6482, 5)],
    ),
    "modify-to-nothing": (
        "A modify to size 0, or without a price, takes the order out.",
        [A(1, "B", 6483, 5), A(2, "B", 6483, 3), M(1, "B", 6483, 0), M(2, "B", UNDEF, 3)],
    ),
    "nothing-to-rest": (
        "Adds of size 0, without a price, without a side; a cancel of size 0; a stranger action.",
        [
            A(1, "B", 6483, 0),
            A(2, "B", UNDEF, 1),
            A(3, "N", 6483, 1),
            A(4, "B", 6483, 2),
            C(4, "B", 6483, 0),
            Line("X", 4, "B", 6483, 2),
            M(5, "N", 6483, 1),
        ],
    ),
    "order-id-zero": (
        "0 is an identifier like any other.",
        [A(0, "B", 6483, 5), A(1, "B", 6483, 1), C(0, "B", 6483, 2), A(0, "B", 6483, 4)],
    ),
    "maybe-bad-book": (
        "After an unrecoverable gap the book is stale until a clear or snapshot.",
        [
            *BOTH,
            C(10, "B", 6483, 2).also(MAYBE_BAD),
            A(80, "B", 6483, 1),
            *snapshot(A(81, "B", 6483, 1)),
        ],
    ),
    "clear-that-is-bad": (
        "A clear that itself carries F_MAYBE_BAD_BOOK leaves the book stale.",
        [*BOTH, R.also(MAYBE_BAD), A(80, "B", 6483, 1), R],
    ),
    "negative-prices": (
        "Spreads trade below zero: the best bid is the highest, the best ask the lowest.",
        [
            A(1, "B", -35, 5),
            A(2, "B", -40, 3),
            A(3, "A", -30, 1),
            A(4, "A", 5, 2),
            A(5, "B", -32, 1),
            M(2, "B", 0, 3),
        ],
    ),
    "largest-size": (
        "Sizes up to 2**32 - 1 add up in 64 bits.",
        [A(1, "B", 6483, 2**32 - 1), A(2, "B", 6483, 2**32 - 1), C(1, "B", 6483, 1)],
    ),
}
