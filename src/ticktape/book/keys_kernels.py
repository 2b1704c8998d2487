"""The slot of a publisher and instrument: for kernels that keep one row of state for each."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from ticktape.ops.kernels import lean_kernel

NO_ROOM: Final = -1

_FIRST_ROOM: Final = 64
_HALF: Final = np.uint64(32)
_LOW_HALF: Final = np.uint64(0xFFFFFFFF)
# 2**32 over the golden ratio: spreads neighbouring keys (Knuth, TAOCP 3, 6.4).
_SPREAD: Final = np.uint64(2654435769)


class Keys(NamedTuple):
    """Which slot each key has; slots are given in the order of first appearance.

    Attributes
    ----------
    table : numpy.ndarray
        ``i4``, a power of two long, at least twice as long as `of_slot`; slot or -1.
    of_slot : numpy.ndarray
        ``u8``, the key of each slot.
    used : numpy.ndarray
        ``i8``, shape ``(1,)``: slots in use.
    """

    table: np.ndarray
    of_slot: np.ndarray
    used: np.ndarray


def new_keys(room: int = _FIRST_ROOM) -> Keys:
    """Make an empty table with room for `room` keys, a power of two."""
    return Keys(np.full(2 * room, -1, "i4"), np.zeros(room, "u8"), np.zeros(1, "i8"))


def grow_keys(keys: Keys) -> Keys:
    """Make a table twice as large in which every key keeps its slot."""
    grown = new_keys(2 * len(keys.of_slot))
    for key in keys.of_slot[: int(keys.used[0])]:
        slot_of_key(grown, key)
    return grown


@lean_kernel
def home_of(key: np.uint64, length: int) -> np.int64:
    """Give the entry of a table of that length where a 64-bit key belongs."""
    folded = (key ^ (key >> _HALF)) & _LOW_HALF
    hashed = (folded * _SPREAD) & _LOW_HALF
    return np.int64((hashed * np.uint64(length)) >> _HALF)


@lean_kernel
def slot_of_key(keys: Keys, key: np.uint64) -> int:
    """Find the slot of a key, giving it one if it is new; ``NO_ROOM`` where all are taken.

    Linear probing from a multiplicative hash; keys are never removed.
    """
    mask = len(keys.table) - 1
    place = home_of(key, len(keys.table))
    while True:
        slot: int = keys.table[place]
        if slot < 0:
            break
        if keys.of_slot[slot] == key:
            return slot
        place = (place + 1) & mask
    if keys.used[0] == len(keys.of_slot):
        return NO_ROOM
    slot = keys.used[0]
    keys.of_slot[slot] = key
    keys.table[place] = slot
    keys.used[0] += 1
    return slot


@lean_kernel
def key_of(publisher_id: int, instrument_id: int) -> np.uint64:
    """Pack a publisher and an instrument; an instrument id is unique only within a publisher."""
    return (np.uint64(publisher_id) << _HALF) | np.uint64(instrument_id)


def keys_of(records: np.ndarray) -> np.ndarray:
    """Give the key of each record: ``key_of`` over a whole array."""
    publishers = records["publisher_id"].astype(np.uint64) << _HALF
    keys: np.ndarray = publishers | records["instrument_id"]
    return keys
