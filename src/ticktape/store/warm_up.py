"""Running every kernel of the stores once, so that it is compiled."""

from __future__ import annotations

from ticktape.store.kept_books import KeptBooks
from ticktape.tape.layouts import ACTION_ADD, F_LAST, SIDE_BID, Schema, new_records


def warm_up() -> None:
    """Compile the kernels of this package, or load them from the cache."""
    records = new_records(Schema.MBO, 1)
    records["action"] = ACTION_ADD
    records["side"] = SIDE_BID
    records["flags"] = F_LAST
    records["size"] = 1
    books = KeptBooks()
    books.apply(records)
    books.records(0)
