"""The latest records of every instrument among many."""

from __future__ import annotations

import numpy as np

from ticktape.book.keys_kernels import grow_keys, new_keys
from ticktape.flow.latest_kernels import mark_latest
from ticktape.ops.kernels import kernel_input


class LatestOfEach:
    """Finds the latest records of every publisher and instrument, batch by batch from the last.

    Parameters
    ----------
    most : int
        How many of each, at most.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._keys = new_keys()
        self._left = np.full(len(self._keys.of_slot), most, np.int64)

    def pick(self, records: np.ndarray) -> np.ndarray:
        """Find those of a batch that comes before the batches that were asked about.

        Parameters
        ----------
        records : numpy.ndarray
            Any with ``publisher_id`` and ``instrument_id``.

        Returns
        -------
        numpy.ndarray
            Their indices, ``i8``, in order.
        """
        count = len(records)
        if count == 1:
            # A column of one record would count as contiguous, and have a kernel of its own.
            records = np.concatenate([records, records])
        records = kernel_input(records)
        is_latest = np.zeros(count, np.uint8)
        columns = records["publisher_id"], records["instrument_id"]
        at = count - 1
        while at >= 0:
            at = mark_latest(self._keys, self._left, *columns, at, is_latest)
            if at >= 0:
                self._keys = grow_keys(self._keys)
                more = np.full(len(self._left), self._most, np.int64)
                self._left = np.concatenate([self._left, more])
        return np.flatnonzero(is_latest)


def latest_of_each(records: np.ndarray, most: int) -> np.ndarray:
    """Find the latest records of every publisher and instrument.

    Parameters
    ----------
    records : numpy.ndarray
        Any with ``publisher_id`` and ``instrument_id``.
    most : int
        How many of each, at most.

    Returns
    -------
    numpy.ndarray
        Their indices, ``i8``, in order.
    """
    if len(records) <= most:
        return np.arange(len(records))
    return LatestOfEach(most).pick(records)
