"""Running every kernel of ladders and depth columns once, so that it is compiled."""

from __future__ import annotations

import numpy as np

from ticktape.book.depth_columns import DepthColumns
from ticktape.book.ladder import EMPTY_LADDER, ladder_changes, read_ladder
from ticktape.book.ladder_activity import LadderActivity
from ticktape.book.ladder_volume import PriceVolumes
from ticktape.book.mbo_book import MboBook
from ticktape.tape.layouts import ACTION_ADD, ACTION_TRADE, F_LAST, SIDE_BID, Schema, new_records

# More prices and fills in one event than a new activity has room for, so that it grows.
_RECORDS = 200


def warm_up_ladders() -> None:
    """Run what ``/ws/book`` and heatmaps use, on a few records."""
    records = new_records(Schema.MBO, _RECORDS)
    records["action"] = ACTION_ADD
    records["side"] = SIDE_BID
    records["flags"] = F_LAST
    records["size"] = 1
    records["order_id"] = records["price"] = np.arange(_RECORDS)
    book = MboBook(publisher_id=0, instrument_id=0)
    book.update(records)
    activity = LadderActivity(0, 0)
    activity.update(records)
    ladder = read_ladder(book, 1, orders=True)
    activity.mark(ladder)
    ladder_changes(EMPTY_LADDER, ladder)
    columns = DepthColumns(0, 0, 1)
    columns.update(records)
    columns.advance(1)
    columns.finish()
    records["action"] = ACTION_TRADE
    volumes = PriceVolumes()
    for shift in range(6):
        records["price"] += _RECORDS * (shift > 0)
        volumes.update(records)
