"""Running every kernel of absorption and of orders once, so that it is compiled."""

from __future__ import annotations

from typing import Final

import numpy as np

from ticktape.flow.absorption.absorption import Absorption
from ticktape.flow.absorption.order_activity import OrderActivity
from ticktape.flow.prints import PRINT
from ticktape.tape.layouts import Schema, new_records

_FILLS: Final = 40


def warm_up() -> None:
    """Compile the kernels of this package, or load them from the cache."""
    Absorption(1).update(np.zeros(2, PRINT), 1)
    # More fills than an event has room for at first: so the room is made as well.
    records = new_records(Schema.MBO, _FILLS)
    records["action"] = ord("F")
    records["side"] = ord("A")
    records["size"] = 1
    records["order_id"] = np.arange(_FILLS)
    OrderActivity(0, 1).update(records)
