"""Running the kernels of the derived schemas and of the audit once, so that they are compiled."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from ticktape.book.audit import Audit
from ticktape.book.derive_bbo import BboDeriver
from ticktape.book.derive_quotes import QuoteDeriver
from ticktape.book.level_rows import LevelRowDeriver
from ticktape.book.level_text import level_documents
from ticktape.tape.batch import Batch
from ticktape.tape.layouts import ACTION_ADD, F_LAST, SIDE_BID, Schema, new_records


def warm_up_derived() -> None:
    """Compile the kernels, or load them from the cache."""
    records = new_records(Schema.MBO, 2)
    records["action"] = ACTION_ADD
    records["side"] = SIDE_BID
    records["flags"] = F_LAST
    records["size"] = 1
    records["order_id"] = [1, 2]
    for schema in (Schema.MBP_1, Schema.MBP_10):
        QuoteDeriver(schema).update(records)
    bbo = BboDeriver(Schema.BBO_1S)
    bbo.update(new_records(Schema.MBP_1, 2))
    bbo.flush()
    rows = LevelRowDeriver(1)
    for part in rows.update(records, np.arange(2)):
        list(level_documents(part, str))
    list(rows.flush())
    nowhere = SimpleNamespace(
        dataset="", symbols=[], mappings={}, stype_in=None, stype_out=None, start=0
    )
    auditing = Audit(nowhere)
    auditing.update(Batch(Schema.MBO, records))
    auditing.report()
