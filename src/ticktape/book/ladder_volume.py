"""Volume traded at each price, of every instrument."""

from __future__ import annotations

from typing import Final

import numpy as np

from ticktape.book.ladder_volume_kernels import (
    PRICE_VOLUME,
    SERIAL,
    USED,
    VolumeState,
    add_trades,
    enter_rows,
    new_volume_state,
)
from ticktape.ops.kernels import kernel_input
from ticktape.tape.layouts import ACTION_TRADE

__all__ = ["PRICE_VOLUME", "PriceVolumes"]

# What a trade is known by, whatever its schema: kernels are compiled for this one layout.
_TRADE: Final = np.dtype(
    [
        ("instrument_id", "u4"),
        ("publisher_id", "u2"),
        ("action", "u1"),
        ("side", "u1"),
        ("price", "i8"),
        ("size", "u4"),
    ]
)


class PriceVolumes:
    """Counts what is traded at each price, by the side of the aggressor; cumulative.

    Only records with action ``T`` count: a fill (``F``) tells the other side of the same trade.
    """

    def __init__(self) -> None:
        self._state = new_volume_state()

    def __len__(self) -> int:
        """Count the prices at which anything traded, of all instruments."""
        return int(self._state.usage[USED])

    @property
    def serial(self) -> int:
        """Counts the trades."""
        return int(self._state.usage[SERIAL])

    def update(self, records: np.ndarray) -> None:
        """Add the trades among records.

        Parameters
        ----------
        records : numpy.ndarray
            Of any schema with ``action``, ``side``, ``price`` and ``size``.
        """
        is_trade = records["action"] == ACTION_TRADE
        found = records if is_trade.all() else records[is_trade]
        if not len(found):
            return
        trades = np.zeros(len(found), _TRADE)
        for field in _TRADE.names or ():
            trades[field] = found[field]
        trades = kernel_input(trades)
        done = 0
        while True:
            done = add_trades(self._state, trades, done)
            if done == len(trades):
                return
            self._state = _with_room(self._state)

    def of_book(self, publisher_id: int, instrument_id: int, since: int = 0) -> np.ndarray:
        """Give the prices at which an instrument traded.

        Parameters
        ----------
        publisher_id, instrument_id : int
            The book.
        since : int
            Only prices at which it traded after the trade of this serial.

        Returns
        -------
        numpy.ndarray
            dtype ``PRICE_VOLUME``, by price.
        """
        state = self._state
        used = int(state.usage[USED])
        key = np.uint64((publisher_id << 32) | instrument_id)
        wanted = (state.keys[:used] == key) & (state.changed[:used] > since)
        found: np.ndarray = state.rows[:used][wanted]
        return found[np.argsort(found["price"])]

    def standing(self) -> tuple[np.ndarray, np.ndarray]:
        """Give all volumes: keys (publisher in the upper half) ``u8``, ``PRICE_VOLUME`` rows."""
        used = int(self._state.usage[USED])
        return self._state.keys[:used].copy(), self._state.rows[:used].copy()

    def restore(self, keys: np.ndarray, rows: np.ndarray) -> None:
        """Go on from volumes that :meth:`standing` gave; all count as changed by one trade."""
        serial = self.serial + 1
        room = len(new_volume_state().rows)
        while room < len(rows):
            room *= 2
        state = new_volume_state(room)
        state.keys[: len(keys)] = keys
        state.rows[: len(rows)] = rows
        state.changed[: len(rows)] = serial
        state.usage[USED], state.usage[SERIAL] = len(rows), serial
        enter_rows(state)
        self._state = state

    def reset(self) -> None:
        """Forget every trade; the serial goes on."""
        serial = self.serial
        self._state = new_volume_state()
        self._state.usage[SERIAL] = serial


def _with_room(state: VolumeState) -> VolumeState:
    roomier = new_volume_state(2 * len(state.rows))
    used = int(state.usage[USED])
    for old, new in ((state.keys, roomier.keys), (state.changed, roomier.changed)):
        new[:used] = old[:used]
    roomier.rows[:used] = state.rows[:used]
    roomier.usage[:] = state.usage
    enter_rows(roomier)
    return roomier
