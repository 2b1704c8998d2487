"""Running every kernel of the books once, so that it is compiled."""

from __future__ import annotations

import numpy as np

from ticktape.book.derive_warm_up import warm_up_derived
from ticktape.book.effect_events import effect_events
from ticktape.book.ladder_warm_up import warm_up_ladders
from ticktape.book.mbo_book import MboBook
from ticktape.book.mbo_books import MboBooks
from ticktape.book.mbo_room import make_room
from ticktape.book.mbo_state_kernels import new_mbo_state
from ticktape.book.mbp_book import MbpBook
from ticktape.tape.layouts import ACTION_ADD, F_LAST, SIDE_BID, Schema, new_records


def warm_up() -> None:
    """Compile the kernels of this package, or load them from the cache."""
    warm_up_books()
    warm_up_derived()


def warm_up_books() -> None:
    """Run every kernel of the order books once, on a record or two."""
    records = new_records(Schema.MBO, 2)
    records["action"] = ACTION_ADD
    records["side"] = SIDE_BID
    records["flags"] = F_LAST
    records["size"] = 1
    records["order_id"] = [1, 2]
    MboBooks().book(0, 0)
    MboBooks().books_of_order(1)
    book = MboBook(publisher_id=0, instrument_id=0)
    book.update(records)
    list(effect_events(records[:1], book.update_effects(records[:1]), np.zeros(1, np.int64), str))
    book.update_bbos(book.snapshot_records(0))
    book.orders_at("B", 0)
    book.queue_position(1)
    make_room(new_mbo_state())
    for schema in (Schema.MBP_1, Schema.MBP_10):
        MbpBook().update(new_records(schema, 1))
    warm_up_ladders()
