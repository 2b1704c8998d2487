"""What an ``mbo`` record did to its book."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

import numpy as np


class EffectKind(IntEnum):
    """Kinds of effect."""

    NONE = 0
    ADD = 1
    CANCEL = 2
    MODIFY = 3
    CLEAR = 4


class NoEffect(IntEnum):
    """Why a record had no effect."""

    NOT_NONE = 0
    """It had one."""
    NEVER_RESTS = 1
    """A trade, a fill or a record without action: they tell of orders, and change none."""
    UNKNOWN_ORDER = 2
    """A cancel of an order that the book does not hold."""
    BAD_RECORD = 3
    """A record that no book can take: no side, no price, a size of zero, no such action."""
    NOT_KEPT = 4
    """A record of another instrument than the one that an ``MboBook`` follows."""


# The effect of one record, 32 bytes: beside it, not in it. `price` and `size` are what rests after
# an add or a modify, and what a cancel took away; `old_*` are set by a modify alone, and `old_side`
# is another than `side` only where an add took the identifier of an order of the other side.
# 0 elsewhere.
EFFECT: Final = np.dtype(
    [
        ("kind", "u1"),
        ("reason", "u1"),
        ("side", "u1"),
        ("old_side", "u1"),
        ("_reserved", "u4"),
        ("price", "i8"),
        ("old_price", "i8"),
        ("size", "u4"),
        ("old_size", "u4"),
    ]
)
