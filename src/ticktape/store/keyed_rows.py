"""Rows of many keys on disk, each key's own in order, so that the last of any can be read."""

from __future__ import annotations

import os
from array import array
from itertools import pairwise
from typing import Final

import numpy as np

from ticktape.store.disk_arrays import read_at, write_at

_BLOCK_ROWS: Final = 2048


class KeyedRows:
    """Appends rows under keys to a file, in blocks of one key each; read with ``pread``.

    One thread appends while others read what they know to be there. A block that is not full yet
    is a hole in the file, where the file system has holes.

    Parameters
    ----------
    descriptor : int
        An empty file; closed by :meth:`close`.
    dtype : numpy.dtype
        Of the rows.
    """

    def __init__(self, descriptor: int, dtype: np.dtype) -> None:
        self._descriptor = descriptor
        self._dtype = dtype
        self._end = 0
        self._slots: dict[int, int] = {}
        self._keys: list[int] = []
        self._counts: list[int] = []
        self._blocks: list[array[int]] = []

    def append(self, keys: np.ndarray, rows: np.ndarray) -> None:
        """Write rows at the ends of their keys' own.

        Parameters
        ----------
        keys : numpy.ndarray
            ``u8``, one for every row.
        rows : numpy.ndarray
            Of the dtype.

        Raises
        ------
        OSError
            If there is no room.
        """
        if not len(rows):
            return
        # As plain bytes: NumPy would take records one field after the other.
        plain = np.ascontiguousarray(rows).view(f"V{self._dtype.itemsize}")
        if (keys != keys[0]).any():
            order = np.argsort(keys, kind="stable")
            keys, plain = keys[order], plain[order]
        firsts = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]])).tolist()
        for begin, end in pairwise([*firsts, len(keys)]):
            self._write(self._slot(int(keys[begin])), plain[begin:end])

    def _slot(self, key: int) -> int:
        slot = self._slots.get(key)
        if slot is None:
            slot = len(self._keys)
            self._counts.append(0)
            self._blocks.append(array("q"))
            self._keys.append(key)
            self._slots[key] = slot
        return slot

    def _write(self, slot: int, rows: np.ndarray) -> None:
        size = self._dtype.itemsize
        while len(rows):
            within = self._counts[slot] % _BLOCK_ROWS
            if within == 0:
                self._blocks[slot].append(self._end)
                self._end += _BLOCK_ROWS * size
            part, rows = rows[: _BLOCK_ROWS - within], rows[_BLOCK_ROWS - within :]
            write_at(self._descriptor, part, self._blocks[slot][-1] + within * size)
            self._counts[slot] += len(part)

    def counts(self) -> np.ndarray:
        """Give how many rows each key has now, ``i8``, in the order in which the keys came."""
        return np.array(self._counts, np.int64)

    def keys(self, count: int) -> list[int]:
        """Give the first keys, in the order in which they came."""
        return self._keys[:count]

    def read(self, slot: int, begin: int, end: int) -> np.ndarray:
        """Give rows of the key that came as number `slot`, by their numbers among its own.

        Raises
        ------
        TapeError
            If the file was cut short meanwhile.
        """
        pieces = [np.zeros(0, self._dtype)]
        size = self._dtype.itemsize
        while begin < end:
            block, within = divmod(begin, _BLOCK_ROWS)
            count = min(end - begin, _BLOCK_ROWS - within)
            offset = self._blocks[slot][block] + within * size
            pieces.append(read_at(self._descriptor, self._dtype, offset, count))
            begin += count
        return pieces[1] if len(pieces) == 2 else np.concatenate(pieces)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._descriptor)
