"""What a record did to a book, found by looking at the oracle's book before and after.

Imports nothing of ticktape.
"""

from __future__ import annotations

from typing import NamedTuple

from tests.conformance.oracle import AGGREGATED, TOP_OF_BOOK, UNDEF_PRICE

MOST = 2**32 - 1


class Effect(NamedTuple):
    kind: str = "none"
    reason: str = ""
    side: str = ""
    old_side: str = ""
    price: int = 0
    old_price: int = 0
    size: int = 0
    old_size: int = 0


def apply_and_tell(market, record):
    """Apply a record to an OracleMarket, and tell its effect."""
    key = (record.publisher_id, record.instrument_id)
    before = look(market.books.get(key), record)
    book = market.apply(record)
    after = look(book, record)
    action = chr(record.action)
    if action == "R":
        return Effect("clear")
    if action in "TFN":
        return Effect(reason="never-rests")
    if before and after and action == "C":
        taken = before[2] - after[2]
        if not taken:
            return Effect(reason="bad-record")
        return Effect("cancel", side=before[0], price=before[1], size=min(taken, MOST))
    if before and after and action == "A" and cannot_rest(record):
        return Effect(reason="bad-record")
    if before and after:
        return Effect(
            "modify",
            "",
            after[0],
            before[0],
            after[1],
            before[1],
            min(after[2], MOST),
            min(before[2], MOST),
        )
    if after:
        return Effect("add", side=after[0], price=after[1], size=min(after[2], MOST))
    if before:
        return Effect("cancel", side=before[0], price=before[1], size=min(before[2], MOST))
    return Effect(reason="unknown-order" if is_unknown(action, record) else "bad-record")


def cannot_rest(record):
    """Whether an add is one that no book can take."""
    return chr(record.side) not in "BA" or record.size == 0 or record.price == UNDEF_PRICE


def look(book, record):
    """What a record speaks of, as it stands: side, price and size; None where there is nothing."""
    action, side = chr(record.action), chr(record.side)
    if book is None or action not in "ACM":
        return None
    if not record.flags & (TOP_OF_BOOK | AGGREGATED):
        if record.order_id not in book.places:
            return None
        side, price = book.places[record.order_id]
        return side, price, book.resting(record.order_id)[1]
    if side not in "BA":
        return None
    if record.flags & TOP_OF_BOOK:
        best = book.best(side)
        return best and (side, best[0], best[1])
    level = book.sides[side].get(record.price)
    return level and (side, record.price, level.size)


def is_unknown(action, record):
    """Whether a record without effect would have had one, had its order or level been known."""
    if action != "C":
        return False
    if not record.flags & (TOP_OF_BOOK | AGGREGATED):
        return True
    if chr(record.side) not in "BA":
        return False
    if record.flags & TOP_OF_BOOK:
        return True
    return record.price != UNDEF_PRICE and record.size > 0
