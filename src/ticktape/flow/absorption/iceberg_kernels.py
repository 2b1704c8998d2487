"""Icebergs: orders that are filled beyond what they showed, and chains of orders that act so.

A native iceberg keeps its identifier: after a fill that took all it showed, the venue tells a
modify to a new size (CME), or a fill that is larger than what rested. What an order shows after its
fills, less what they should have left, is what it was replenished by.

A synthetic one is its owner's work: an order of the same size follows, at the same price and side,
soon after one was filled whole. Nothing tells it from another trader's order, so a chain must be
longer before it is told. (Zotikov, Antonov: CME Iceberg Order Detection and Prediction, 2019.)

Only orders that are partly filled are remembered, in places of which eight share a home: where all
are taken, the one that was filled longest ago makes way, and is counted.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from ticktape.book.ladder_activity_kernels import activity_home
from ticktape.book.mbo_state_kernels import Integer, Row
from ticktape.flow.absorption.rows import IcebergKind
from ticktape.flow.absorption.settings import OrderActivitySettings
from ticktape.ops.kernels import lean_kernel

# An order that is partly filled, or the place of one that was filled whole: its identifier; that
# of the first of its chain; when it (or the chain) was first filled, and last; its price; what was
# filled; what it first showed; how often it was replenished; its side, its IcebergKind; one more
# than the strength that was told, 0 for none; and whether the place is used.
FILLED_ORDER: Final = np.dtype(
    {
        "names": [
            "order_id",
            "first_id",
            "first_ns",
            "last_ns",
            "price",
            "filled",
            "shown",
            "replenishments",
            "side",
            "kind",
            "told",
            "used",
        ],
        "formats": ["u8", "u8", "i8", "i8", "i8", "i8", "u4", "u4", "u1", "u1", "u1", "u1"],
        "offsets": [0, 8, 16, 24, 32, 40, 48, 52, 56, 57, 58, 59],
        "itemsize": 64,
    }
)
_FREE: Final = 0
_USED: Final = 1
_FOLLOWED: Final = 2  # of an order that was filled whole: another took its place

_HOMES: Final = 1024
_SHARE: Final = 8
_RECENT: Final = 64  # a power of two

# Columns of `limits`.
NATIVE: Final = 0
SYNTHETIC: Final = 1
WITHIN: Final = 2
LEAST_SIZE: Final = 3
NEXT: Final = 4  # where the next order that is filled whole goes
FORGOTTEN: Final = 5

_NATIVE_KIND: Final = int(IcebergKind.NATIVE)
_SYNTHETIC_KIND: Final = int(IcebergKind.SYNTHETIC)
_DEFENDED: Final = 3


class IcebergState(NamedTuple):
    """What is remembered of orders that are filled.

    Attributes
    ----------
    orders : numpy.ndarray
        dtype ``FILLED_ORDER``: those partly filled, eight to a home.
    gone : numpy.ndarray
        dtype ``FILLED_ORDER``: a ring of the last that were filled whole.
    limits : numpy.ndarray
        ``i8``: the settings, and the counters.
    """

    orders: np.ndarray
    gone: np.ndarray
    limits: np.ndarray


def new_iceberg_state(settings: OrderActivitySettings) -> IcebergState:
    """Make the state in which nothing was filled."""
    limits = [
        settings.native_replenishments,
        settings.synthetic_replenishments,
        settings.synthetic_within_ns,
        settings.synthetic_contracts,
        0,
        0,
    ]
    return IcebergState(
        np.zeros(_HOMES * _SHARE, FILLED_ORDER),
        np.zeros(_RECENT, FILLED_ORDER),
        np.array(limits, np.int64),
    )


@lean_kernel
def place_of(state: IcebergState, order_id: Integer) -> Integer:
    """Give the place of an order; of a new one the place it takes, which is then empty."""
    orders = state.orders
    home = activity_home(order_id, _HOMES) * _SHARE
    best = home
    for at in range(home, home + _SHARE):
        if orders[at]["used"] and orders[at]["order_id"] == order_id:
            return at
        if orders[best]["used"] and (
            not orders[at]["used"] or orders[at]["last_ns"] < orders[best]["last_ns"]
        ):
            best = at
    state.limits[FORGOTTEN] += orders[best]["used"]
    orders[best]["used"] = _FREE
    return best


@lean_kernel
def start_order(
    order: Row, order_id: Integer, side: Integer, price: Integer, shown: Integer, now: Integer
) -> None:
    """Begin to remember an order at its first fill."""
    order["used"] = _USED
    order["order_id"] = order_id
    order["first_id"] = order_id
    order["first_ns"] = now
    order["price"] = price
    order["filled"] = 0
    order["shown"] = shown
    order["replenishments"] = 0
    order["side"] = side
    order["kind"] = _NATIVE_KIND
    order["told"] = 0


@lean_kernel
def is_told(state: IcebergState, order: Row) -> bool:
    """Tell whether an order was replenished often enough to be told."""
    least = state.limits[NATIVE if order["kind"] == _NATIVE_KIND else SYNTHETIC]
    return bool(order["replenishments"] >= least)


@lean_kernel
def write_iceberg(state: IcebergState, order: Row, row: Row, shows: Integer, now: Integer) -> None:
    """Write the row of an order that was replenished, or that came to its end."""
    # Each doubling of the replenishments is a strength.
    least = state.limits[NATIVE if order["kind"] == _NATIVE_KIND else SYNTHETIC]
    times = np.int64(order["replenishments"]) // least
    strength = np.int64(0)
    while strength < _DEFENDED and times >= np.int64(2) << strength:
        strength += 1
    row["ts_ns"] = now
    row["first_ns"] = order["first_ns"]
    row["price"] = order["price"]
    row["order_id"] = order["first_id"]
    row["filled"] = order["filled"]
    row["hidden"] = max(np.int64(order["filled"]) - np.int64(order["shown"]), 0)
    row["shown"] = order["shown"]
    row["shows"] = shows
    row["replenishments"] = order["replenishments"]
    row["side"] = order["side"]
    row["kind"] = order["kind"]
    row["strength"] = strength
    row["is_stronger"] = strength + 1 > np.int64(order["told"])
    order["told"] = max(strength + 1, np.int64(order["told"]))


@lean_kernel
def enter_fill(
    state: IcebergState,
    order_id: Integer,
    side: Integer,
    price: Integer,
    showed: Integer,
    filled: Integer,
    shows: Integer,
    now: Integer,
    row: Row,
) -> Integer:
    """Enter what an event filled of an order, and what the order showed before and shows now.

    Writes `row` and gives 1 where there is something to tell, else 0.
    """
    at = place_of(state, order_id)
    order = state.orders[at]
    is_replenished = shows > showed - filled
    if (
        not order["used"]
        or order["price"] != price
        or order["side"] != side
        # What the venue replenishes is no chain of its owner's.
        or (is_replenished and order["kind"] == _SYNTHETIC_KIND)
    ):
        start_order(order, order_id, side, price, showed, now)
    order["filled"] += filled
    order["last_ns"] = now
    order["replenishments"] += is_replenished
    told = np.int64(0)
    is_native = order["kind"] == _NATIVE_KIND and order["replenishments"] > 0
    if (is_replenished or (shows == 0 and is_native)) and is_told(state, order):
        write_iceberg(state, order, row, shows, now)
        told = np.int64(1)
    if shows == 0:
        if not is_native and order["shown"] >= state.limits[LEAST_SIZE]:
            state.gone[state.limits[NEXT] & (_RECENT - 1)] = order
            state.limits[NEXT] += 1
        order["used"] = _FREE
    return told


@lean_kernel
def enter_order(
    state: IcebergState,
    order_id: Integer,
    side: Integer,
    price: Integer,
    size: Integer,
    now: Integer,
    row: Row,
) -> Integer:
    """Enter a new order: one like it that was just filled whole may be the same owner's.

    Of several the one filled last is taken. Writes `row` and gives 1 where there is something to
    tell, else 0.
    """
    gone = state.gone
    newest = state.limits[NEXT] - 1
    for age in range(_RECENT):
        last = gone[(newest - age) & (_RECENT - 1)]
        if last["used"] == _FREE or now - last["last_ns"] > state.limits[WITHIN]:
            break
        if (
            last["used"] == _USED
            and last["price"] == price
            and last["side"] == side
            and last["shown"] == size
        ):
            last["used"] = _FOLLOWED
            order = state.orders[place_of(state, order_id)]
            order["used"] = _USED
            order["order_id"] = order_id
            order["first_id"] = last["first_id"]
            order["first_ns"] = last["first_ns"]
            order["last_ns"] = now
            order["price"] = price
            order["filled"] = last["filled"]
            order["shown"] = size
            order["replenishments"] = np.int64(last["replenishments"]) + 1
            order["side"] = side
            order["kind"] = _SYNTHETIC_KIND
            order["told"] = last["told"]
            if is_told(state, order):
                write_iceberg(state, order, row, size, now)
                return np.int64(1)
            return np.int64(0)
    return np.int64(0)
