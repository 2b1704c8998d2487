"""Running every kernel of the books once, so that it is compiled."""

from __future__ import annotations

from ticktape.book.mbo_book import MboBook
from ticktape.tape.layouts import ACTION_ADD, F_LAST, SIDE_BID, Schema, new_records


def warm_up() -> None:
    """Compile the kernels of this package, or load them from the cache."""
    warm_up_books()


def warm_up_books() -> None:
    """Run every kernel of the order books once, on two orders."""
    records = new_records(Schema.MBO, 2)
    records["action"] = ACTION_ADD
    records["side"] = SIDE_BID
    records["flags"] = F_LAST
    records["size"] = 1
    records["order_id"] = [1, 2]
    book = MboBook()
    book.update(records)
    book.update_bbos(book.snapshot_records(0))
    book.orders_at("B", 0)
    book.queue_position(1)
