"""Arrays in a file without a name, and writing where a write may do less than was asked."""

from __future__ import annotations

import os
from typing import NamedTuple

import numpy as np

from ticktape.store.cache_folder import open_scratch
from ticktape.tape.errors import TapeError


class Span(NamedTuple):
    """Where an array stands in a file: its first byte, and how many elements."""

    offset: int
    length: int


class DiskArrays:
    """Arrays written one after the other to a file without a name, read from anywhere.

    One thread writes while others read what they know to be there.
    """

    def __init__(self) -> None:
        self._descriptor = open_scratch()
        self._end = 0

    def write(self, values: np.ndarray) -> Span:
        """Write an array; ``OSError`` where there is no room."""
        offset = self._end
        self._end += write_at(self._descriptor, values, offset)
        return Span(offset, len(values))

    def read(self, span: Span, dtype: np.dtype | type) -> np.ndarray:
        """Give an array that was written, not writable.

        Raises
        ------
        TapeError
            If the file was cut short meanwhile.
        """
        dtype = np.dtype(dtype)
        return read_at(self._descriptor, dtype, span.offset, span.length)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._descriptor)


def write_at(descriptor: int, values: np.ndarray, offset: int) -> int:
    """Write a whole array at a byte of a file; give how many bytes that were.

    Raises
    ------
    OSError
        If there is no room.
    """
    view = np.ascontiguousarray(values).view(np.uint8).data
    written = 0
    while written < len(view):
        written += os.pwrite(descriptor, view[written:], offset + written)
    return written


def read_at(descriptor: int, dtype: np.dtype, offset: int, count: int) -> np.ndarray:
    """Read so many elements at a byte of a file of an index; not writable.

    Raises
    ------
    TapeError
        If the file is shorter.
    """
    content = os.pread(descriptor, count * dtype.itemsize, offset)
    if len(content) < count * dtype.itemsize:
        raise TapeError("is shorter than it was", path="a file of the tape's index")
    return np.frombuffer(content, dtype)
